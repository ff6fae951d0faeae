"""The commands that look after a store."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yousaid.cli.base import ModelOption, PointOption, app, say, show_progress
from yousaid.errors import InputError, StoreError
from yousaid.model.points import DEFAULT_MODEL, DEFAULT_POINT
from yousaid.settings import read_settings

if TYPE_CHECKING:
    from yousaid.store.layout import Store

FolderArgument = Annotated[Path, typer.Argument(help="The store's folder.")]


def _open(folder: Path) -> "Store":
    from yousaid.store.layout import open_store

    settings = read_settings()
    return open_store(folder, database=settings.database, index_folder=settings.index_folder)


@app.command()
def uploads(folder: FolderArgument) -> None:
    """List the files that were brought into a store, with the numbers to undo them by.

    Example: yousaid uploads feedback
    """
    from yousaid.records import EVERYWHERE
    from yousaid.store.query import get_uploads
    from yousaid.store.snapshot import open_snapshot

    with open_snapshot(_open(folder)) as snapshot:
        for upload in get_uploads(EVERYWHERE, snapshot):
            # A file may be called anything, and a terminal takes some of it for orders.
            name = "".join(c if c.isprintable() else "�" for c in upload.file_name)
            typer.echo(
                f"{upload.upload_id:>5}  {upload.added_at:%Y-%m-%d}  {name}: "
                f"{upload.response_count:,} responses, {upload.comment_count:,} comments"
            )


@app.command()
def undo(
    folder: FolderArgument,
    upload: Annotated[str, typer.Argument(help="The upload's number; see yousaid uploads.")],
) -> None:
    """Take an upload back, whole. Its file can be loaded again.

    Example: yousaid undo feedback 3
    """
    from yousaid.store.write import undo_upload

    undo_upload(_open(folder), upload, now=datetime.now(UTC))
    say(f"Upload {upload} was taken back.")


@app.command()
def reread(
    folder: FolderArgument,
    model: ModelOption = DEFAULT_MODEL,
    operating_point: PointOption = DEFAULT_POINT,
    undo: Annotated[
        bool, typer.Option("--undo", help="Put the readings from before the last time back.")
    ] = False,
) -> None:
    """Read all comments of a store with another model. People go on using it meanwhile.

    Example: yousaid reread feedback --model models/mine
    """
    from yousaid.model.reader import Reader
    from yousaid.rereading import reread_store
    from yousaid.store.reread import undo_reread

    store, now = _open(folder), datetime.now(UTC)
    if undo:
        say(f"Comments with their earlier readings again: {undo_reread(store, now=now):,}.")
        return
    with show_progress("Reading again") as advance:
        count = reread_store(store, Reader(model, operating_point), now=now, progress=advance)
    say(f"Comments read again: {count:,}.")


@app.command()
def erase(
    folder: FolderArgument,
    response: Annotated[str | None, typer.Option(help="The id of the response.")] = None,
    before: Annotated[
        str | None, typer.Option(help="Everything before this day: 2020-04-01.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a response, or all before a day, for good: from every table, version and index.

    Example: yousaid erase feedback --response 12345
    """
    from yousaid.store.erase import describe_erasure, erase_before, erase_response
    from yousaid.store.filter import read_date

    if (response is None) == (before is None):
        raise InputError("Say what to erase: either --response or --before.")
    store, now = _open(folder), datetime.now(UTC)
    day = read_date(before) if before is not None else None
    if not yes:
        what = f"the response “{response}”" if day is None else _describe_before(store, day)
        typer.confirm(f"Erase {what} from {folder}? It cannot be undone.", abort=True, err=True)
    if day is not None:
        erased = erase_before(store, day, now=now)
    else:
        erased = erase_response(store, response or "", now=now)
    typer.echo(describe_erasure(erased))


def _describe_before(store: "Store", day: date) -> str:
    from yousaid.records import EVERYWHERE
    from yousaid.store.filter import Filter
    from yousaid.store.query import get_totals
    from yousaid.store.snapshot import open_snapshot

    with open_snapshot(store) as snapshot:
        dated = Filter(last_date=day - timedelta(days=1)) if day > date.min else Filter()
        count = get_totals(EVERYWHERE, snapshot, dated).response_count
    return f"all {count:,} responses dated before {day:%-d %B %Y} (undated ones stay)"


@app.command("run-job", hidden=True)
def run_job(folder: FolderArgument, job: Annotated[str, typer.Argument()]) -> None:
    """Bring in a file that was given to the dashboard, which starts this by itself."""
    from yousaid.jobs import run_job as run

    run(folder, job, read_settings())


@app.command()
def check(
    folder: FolderArgument,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be, and bring an old store up to date.")
    ] = False,
) -> None:
    """Read a store whole and say what is wrong with it.

    Example: yousaid check feedback --repair
    """
    from yousaid.store.check import describe_fault, find_faults, mend
    from yousaid.store.migrate import migrate

    now = datetime.now(UTC)
    if repair and read_settings().database is None:
        migrate(folder, now=now)
    store = _open(folder)
    faults = find_faults(store)
    for fault in faults:
        say(describe_fault(fault))
    if repair and faults:
        faults = mend(store, faults, now=now)
    if faults:
        raise StoreError(f"Faults in {folder}: {len(faults):,}. What can be is mended by --repair.")
    say(f"{folder} is whole.")


@app.command()
def tidy(folder: FolderArgument) -> None:
    """Join the small files that many uploads leave. The dashboard does so by itself.

    Example: yousaid tidy feedback
    """
    from yousaid.store.upkeep import keep_up

    count = keep_up(_open(folder), now=datetime.now(UTC))
    say(f"Files fewer than before: {count:,}.")


@app.command()
def backup(
    folder: FolderArgument,
    file: Annotated[Path, typer.Argument(help="The file to write, which must not be there yet.")],
) -> None:
    """Write a store into one file, while it is in use. Keep it as safe as the store itself.

    Example: yousaid backup feedback feedback.tar
    """
    from yousaid.store.backup import back_up

    size = back_up(_open(folder), file)
    say(f"Wrote {file} ({size / 1e6:,.1f} MB).")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The file that yousaid backup wrote.")],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder for the store.")],
) -> None:
    """Make a store of a backup.

    Example: yousaid restore feedback.tar feedback
    """
    from yousaid.store.restore import restore as restore_backup

    settings = read_settings()
    restore_backup(
        file,
        folder,
        now=datetime.now(UTC),
        database=settings.database,
        index_folder=settings.index_folder,
    )
    say(f"Restored to {folder}.")
