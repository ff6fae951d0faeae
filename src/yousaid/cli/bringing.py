"""The commands that look into files, mask them, and bring them into a store."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yousaid.cli.base import (
    ModelOption,
    PointOption,
    SheetOption,
    app,
    say,
    show_progress,
)
from yousaid.errors import InputError, NothingNewError
from yousaid.model.points import DEFAULT_MODEL, DEFAULT_POINT
from yousaid.settings import read_settings

if TYPE_CHECKING:
    from yousaid.model.reader import Reader


@app.command()
def inspect(
    file: Annotated[str, typer.Argument(help="A CSV or Excel file.")], sheet: SheetOption = None
) -> None:
    """Say how the columns of a file would be read, as a map to edit.

    Example: yousaid inspect comments.xlsx > map.toml
    """
    from yousaid.ingest.column_map import describe_map, write_map
    from yousaid.ingest.tables import open_table
    from yousaid.pipeline import guess_columns

    found = guess_columns(open_table(file, sheet))
    say(describe_map(found))
    typer.echo(write_map(found), nl=False)


@app.command()
def mask(
    file: Annotated[str, typer.Argument(help="A CSV or Excel file; - for a pipe.")],
    output: Annotated[
        str, typer.Option("--output", "-o", help=".csv .xlsx .parquet .jsonl, or - for a pipe.")
    ] = "-",
    text: Annotated[
        list[str] | None, typer.Option(help="A column of comments; may be repeated.")
    ] = None,
    sheet: SheetOption = None,
    staff: Annotated[bool, typer.Option("--staff", help="Mask names of staff as well.")] = False,
) -> None:
    """Write each comment back with personal details of patients masked. Names are reduced, never
    certain to be gone.

    Example: yousaid mask comments.csv -o masked.csv --text "What could we improve?"
    """
    from yousaid.ingest.tables import open_table
    from yousaid.ingest.upload import describe_masked
    from yousaid.pipeline import check_not_itself, mask_table
    from yousaid.reports.tables import check_target, write_table

    check_target(output)
    check_not_itself(file, output)
    table = open_table(file, sheet)
    with show_progress(f"Masking {table.name}") as advance:
        masked, rows = mask_table(table, text or (), with_staff=staff, progress=advance)
        write_table(output, table.columns, rows)
    say(describe_masked(masked) or "Nothing was masked.")


@app.command()
def load(
    file: Annotated[
        str, typer.Argument(help="A CSV or Excel file; a folder or zip of them, one upload each.")
    ],
    into: Annotated[Path, typer.Option(help="The store's folder; made where it is missing.")],
    map_file: Annotated[
        str | None, typer.Option("--map", help="What the columns are; see yousaid inspect.")
    ] = None,
    sheet: SheetOption = None,
    model: ModelOption = DEFAULT_MODEL,
    operating_point: PointOption = DEFAULT_POINT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be brought in, and store nothing.")
    ] = False,
    problems: Annotated[
        str | None,
        typer.Option(help="A file for every problem of the dry run: .csv .xlsx .jsonl."),
    ] = None,
) -> None:
    """Bring a file of responses into a store: all of it or nothing.

    Example: yousaid load comments.xlsx --into feedback
    """
    if problems is not None and not dry_run:
        raise InputError("--problems is of a dry run. Add --dry-run, or leave it out.")
    from yousaid.ingest.bundles import list_tables
    from yousaid.model.reader import Reader

    with list_tables(file) as paths:
        if dry_run:
            for path in paths:
                _try_out(path, sheet, map_file, into, problems)
            return
        reader = Reader(model, operating_point)
        if len(paths) == 1:
            _load(paths[0], sheet, map_file, into, reader)
            return
        _load_all(paths, sheet, map_file, into, reader)


def _load_all(
    paths: Sequence[str], sheet: str | None, map_file: str | None, into: Path, reader: "Reader"
) -> None:
    """Each file as an upload of its own; those that cannot be brought in do not stop the others."""
    failed = 0
    for path in paths:
        try:
            _load(path, sheet, map_file, into, reader)
        except NothingNewError as error:
            say(str(error))
        except InputError as error:
            say(str(error))
            failed += 1
    if failed:
        raise InputError(f"{failed:,} of {len(paths):,} files were not brought in: see above.")


def _load(path: str, sheet: str | None, map_file: str | None, into: Path, reader: "Reader") -> None:
    from yousaid.ingest.column_map import read_map
    from yousaid.ingest.tables import open_table
    from yousaid.pipeline import describe_loaded, load_table

    table = open_table(path, sheet)
    with show_progress(f"Reading {table.name}") as advance:
        loaded = load_table(
            table,
            into,
            reader,
            column_map=read_map(map_file) if map_file else None,
            now=datetime.now(UTC),
            settings=read_settings(),
            progress=advance,
        )
    say(loaded.described_map)
    for line in describe_loaded(loaded):
        say(line)


def _try_out(
    file: str, sheet: str | None, map_file: str | None, into: Path, problems: str | None
) -> None:
    from yousaid.ingest.column_map import describe_map, read_map
    from yousaid.ingest.doubts import list_doubts
    from yousaid.ingest.problems import PROBLEM_COLUMNS, describe_problems, make_problem_rows
    from yousaid.ingest.tables import open_table
    from yousaid.ingest.upload import describe_changed, describe_counts, try_out
    from yousaid.pipeline import find_map
    from yousaid.reports.tables import check_target, write_table

    if problems is not None:
        check_target(problems)
    table = open_table(file, sheet)
    column_map = read_map(map_file) if map_file else find_map(table, into, read_settings())
    today = datetime.now(UTC).date()
    with try_out(table, column_map, today) as upload:
        say(describe_map(column_map))
        say(f"A dry run of {table.name}; nothing was stored. It holds {describe_counts(upload)}.")
        kinds = upload.problem_kinds()
        upload.mask_all()
        doubts = list_doubts(upload, today)
        for line in (*describe_changed(upload), *doubts, *describe_problems(kinds)):
            say(line)
        if problems is not None:
            write_table(problems, PROBLEM_COLUMNS, [list(make_problem_rows(upload.problems()))])
    if kinds and column_map.on_bad_date == "stop":
        say("Loading would stop at dates and scores that cannot be read (see on_bad_date).")
