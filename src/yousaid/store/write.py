"""Adding an upload and taking it back: all of it or none of it, one writer at a time.

The Delta tables are written first, each as a new version, then the search index; then one
transaction of the app database names the upload and those versions. A machine that stops before
that leaves rows that no question reads and that the next write removes.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from yousaid.duck import connect_duckdb, sql_for_files
from yousaid.errors import OutputError, StoreError
from yousaid.records import Comment, Reading
from yousaid.store.app import UPLOAD, begin
from yousaid.store.delta import delete_rows, sweep, write_rows
from yousaid.store.derive import sql_for_rollup, stage_facts
from yousaid.store.indexing import bring_up_to_date, find_known, index_new, unindex
from yousaid.store.layout import Store
from yousaid.store.lock import lock_writers
from yousaid.store.names import add_names
from yousaid.store.reasons import say_reason
from yousaid.store.schema import TABLES
from yousaid.store.state import ChangeKind, State, check_process, commit, get_state
from yousaid.store.working import (
    COMMENT_COLUMNS,
    READING_COLUMNS,
    check_files,
    check_records,
    stage,
    write_records,
)

_REFUSALS = (
    *(OSError, DeltaError, sqlite3.Error, SQLAlchemyError),
    # DuckDB is out of memory where the disk has no room for what does not fit.
    *(duckdb.IOException, duckdb.OutOfMemoryException),
)


@dataclass(frozen=True, slots=True)
class Writing:
    """A write under way: the store, its state before, a folder and a DuckDB to work with."""

    store: Store
    before: State
    folder: Path
    duck: duckdb.DuckDBPyConnection
    now: datetime
    check_lock: Callable[[], None]

    def commit(self, app: Connection, kind: ChangeKind, **new: int) -> State:
        """Make the write count, in the caller's transaction: see `state.commit`."""
        self.check_lock()
        return commit(app, self.before, kind, self.now, **new)


@contextmanager
def writing(
    store: Store, now: datetime, what: str, *, is_mending: bool = False
) -> Iterator[Writing]:
    """The right to write, and a tidy store to write into.

    Raises StoreError where another program is writing, and OutputError, in which `what` says what
    was not done, where the disk refuses; the store is then as it was.
    """
    folder = store.folder / "tmp"
    check_process()
    with lock_writers(store) as check_lock, saying_what_failed(store, what):
        before = get_state(store)
        sweep(store, before, is_mending=is_mending)
        folder.mkdir(mode=0o700)
        try:
            with connect_duckdb(temp_directory=str(folder)) as duck:
                bring_up_to_date(store, before)
                yield Writing(store, before, folder, duck, now, check_lock)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def saying_what_failed(store: Store, what: str) -> Iterator[None]:
    """Raise OutputError where the disk refuses in the block."""
    try:
        yield
    except _REFUSALS as error:
        # The cause is cut off: DuckDB and Delta may quote the row that they stopped at.
        raise OutputError(
            f"{what} could not be written to {store.folder} ({say_reason(error)}); nothing was "
            "changed. Check that the disk has room and that you may write there, then try again."
        ) from None


def settle(store: Store, *, now: datetime) -> None:
    """Remove what stopped writes left, and bring the search index up to date, as every write does
    before it begins."""
    with writing(store, now, "The search index"):
        pass


def remove_unused(store: Store) -> None:
    """Remove a store of this machine that nothing was written into, all but its empty folder.

    Raises StoreError where somebody is writing into it.
    """
    if not isinstance(store.database, Path):
        return
    with lock_writers(store):
        if get_state(store).number == 0:
            paths = set(store.folder.iterdir())
            for path in paths | {store.index_folder} - {store.folder}:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def add_upload(
    store: Store,
    file_name: str,
    comments: Sequence[Comment],
    readings: Sequence[Reading],
    *,
    now: datetime,
    framework_version: str,
) -> str:
    """Add one file's comments, each with the reading in the same place, and return the upload's id.

    Rows are one response where response_id, date, unit, score, source and demographics agree.
    Raises InputError where there is nothing to add or one comment_id is there twice, StoreError
    where comments are in the store already or another program is writing, and OutputError where the
    disk refuses; the store is then as it was.
    """
    check_records(file_name, comments, readings)
    with writing(store, now, f"“{file_name}”") as work:
        sources = write_records(work.folder, comments, readings)
        return _add(work, file_name, sources, framework_version)


def add_files(
    store: Store,
    file_name: str,
    comments: Sequence[Path],
    readings: Sequence[Path],
    *,
    now: datetime,
    framework_version: str,
) -> str:
    """The same for Parquet files with the columns of `working.COMMENT_COLUMNS` and
    `working.READING_COLUMNS`, of any number of rows."""
    with writing(store, now, f"“{file_name}”") as work:
        sources = (
            sql_for_files(comments, COMMENT_COLUMNS),
            sql_for_files(readings, READING_COLUMNS),
        )
        check_files(work.duck, file_name, *sources)
        return _add(work, file_name, sources, framework_version)


def _add(work: Writing, file_name: str, sources: tuple[str, str], framework_version: str) -> str:
    store = work.store
    number = work.before.last_upload + 1
    staged = stage(work.duck, work.folder, number, *sources)
    _check_new(work, file_name, staged.comments)
    with begin(store.database) as app:
        facts, names = stage_facts(work.duck, app, work.folder, staged.comments, staged.readings)
    rows = {
        "comments": f"FROM {staged.comments}",
        "readings": f"FROM {staged.readings}",
        "facts": f"FROM {facts}",
        "rollup": sql_for_rollup(facts),
    }
    versions = {
        table: write_rows(store, table, work.duck, rows[table], "append") for table in TABLES
    }
    index_new(store, versions["comments"], work.duck, staged.comments)
    upload = {
        "number": number,
        "file_name": file_name,
        "added_at": work.now.astimezone(UTC).isoformat(),
        "framework_version": framework_version,
    }
    with begin(store.database) as app:
        add_names(app, names)
        app.execute(insert(UPLOAD), upload)
        work.commit(app, "upload", last_upload=number, **versions)
    return str(number)


def _check_new(work: Writing, file_name: str, comments: str) -> None:
    """Raise StoreError where some of these comments are in the store already."""
    found = find_known(work.store, work.duck, comments)
    if not found:
        return
    with begin(work.store.database) as app:
        uploads = {row.number: row for row in app.execute(select(UPLOAD))}
    earlier = "; ".join(
        f"{count:,} in “{uploads[number].file_name}”, added on {uploads[number].added_at[:10]}"
        for number, count in sorted(found.items())
    )
    raise StoreError(
        f"“{file_name}” was not added: comments with the same ids are in the store already "
        f"({earlier}). Leave those out, or undo the earlier upload first."
    )


def undo_upload(store: Store, upload_id: str, *, now: datetime) -> None:
    """Take an upload back, whole. Corrections of its comments are kept, for when they come again.

    Raises StoreError where there is no such upload, and as `add_upload` does.
    """
    with writing(store, now, "What was left after the undo") as work:
        with begin(store.database) as app:
            known = {str(row.number): row.number for row in app.execute(select(UPLOAD))}
        if upload_id not in known:
            raise StoreError(
                f"There is no upload “{upload_id[:40]}”. Choose from: {', '.join(known) or 'none'}."
            )
        number = known[upload_id]
        versions = {table: delete_rows(store, table, f"upload = {number}") for table in TABLES}
        keys = (number << 32, ((number + 1) << 32) - 1)
        with unindex(store, versions["comments"], *keys), begin(store.database) as app:
            app.execute(delete(UPLOAD).where(UPLOAD.c.number == number))
            work.commit(app, "undo", **versions)
