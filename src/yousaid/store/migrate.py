# ruff: noqa: S608 (SQL is put together from named pieces of our own)
"""Bringing a store of the layout before this one up to date, all of it or nothing.

The tables get new versions beside the old ones, which the old app database goes on naming; then a
new app database takes its place in one step. A machine that stops before that leaves the old store
as it was.
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from deltalake import DeltaTable
from sqlalchemy import insert

from yousaid.duck import connect_duckdb, sql_for_files
from yousaid.errors import OutputError, StoreError
from yousaid.store.app import UPLOAD, begin, close_log, prepare_sqlite
from yousaid.store.delta import get_configuration, sync, write_rows
from yousaid.store.derive import sql_for_rollup, stage_facts
from yousaid.store.layout import (
    APP_FILE,
    Store,
    fill_app_database,
    make_store,
    open_store,
    read_layout,
)
from yousaid.store.lock import lock_writers
from yousaid.store.names import add_names
from yousaid.store.schema import TableName
from yousaid.store.state import commit, get_state, list_paths
from yousaid.store.write import saying_what_failed, settle

OLD_LAYOUT = 2
_SHARED: tuple[TableName, ...] = ("comments", "readings")
# What layout 2 had not, and how its rows are told from those of an upload.
_NEW_COLUMNS: dict[TableName, str] = {
    "comments": "upload_id::INTEGER AS upload, '' AS source",
    "readings": "upload_id::INTEGER AS upload, ''::BLOB AS vector, []::BIGINT[] AS vector_signs",
}


def migrate(folder: Path, *, now: datetime) -> Store:
    """Bring the store in this folder up to date and open it. Nobody else may have it open.

    Raises StoreError where it is of a layout that this program does not know any more.
    """
    store_id, layout_version = read_layout(folder, None)
    if layout_version < OLD_LAYOUT:
        raise StoreError(
            f"{folder} is of layout {layout_version}, which this yousaid cannot bring up to date. "
            "Load its files again into a new folder."
        )
    if layout_version == OLD_LAYOUT:
        old = make_store(folder, store_id, None, None)
        with lock_writers(old), saying_what_failed(old, "The new layout"):
            _migrate(old, now)
        with suppress(OutputError, StoreError):
            # It is up to date; the next write tidies up, and the first who asks makes the index.
            settle(open_store(folder), now=now)
    return open_store(folder)


def _migrate(old: Store, now: datetime) -> None:
    app_file, unfinished = old.folder / APP_FILE, old.folder / f"{APP_FILE}.new"
    working = old.folder / "tmp"
    for leftover in (working, *old.folder.glob(f"{unfinished.name}*")):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
    working.mkdir(mode=0o700)
    uploads, versions, last_upload = _read_old(app_file)
    prepare_sqlite(unfinished)
    fill_app_database(unfinished, old.store_id)
    new = Store(old.folder, old.store_id, unfinished, old.index_folder)
    with begin(unfinished) as app, connect_duckdb(temp_directory=str(working)) as duck:
        if uploads:
            app.execute(insert(UPLOAD), uploads)
        written: dict[str, int] = {}
        if all(version is not None for version in versions.values()):
            sources = {table: _sql_for_old(old, table, versions[table]) for table in _SHARED}
            facts, names = stage_facts(duck, app, working, sources["comments"], sources["readings"])
            add_names(app, names)
            written = {table: _rewrite(new, table, duck, sources[table]) for table in _SHARED}
            written["facts"] = write_rows(new, "facts", duck, f"FROM {facts}", "overwrite")
            rollup = sql_for_rollup(facts)
            written["rollup"] = write_rows(new, "rollup", duck, rollup, "overwrite")
    with begin(unfinished) as app:
        commit(app, get_state(new), "restored", now, last_upload=last_upload, **written)
    _take_place(unfinished, app_file)
    shutil.rmtree(working)


def _read_old(app_file: Path) -> tuple[list[dict[str, Any]], dict[TableName, int | None], int]:
    with closing(sqlite3.connect(app_file)) as app:
        app.row_factory = sqlite3.Row
        rows = app.execute("SELECT number, file_name, added_at, framework_version FROM upload")
        uploads = [dict(row) for row in rows]
        state = app.execute("SELECT comments_version, readings_version FROM state").fetchone()
        last = app.execute("SELECT seq FROM sqlite_sequence WHERE name = 'upload'").fetchone()
    return uploads, {"comments": state[0], "readings": state[1]}, last[0] if last else 0


def _sql_for_old(old: Store, table: TableName, version: int | None) -> str:
    assert version is not None
    files = sql_for_files(list_paths(old, table, version), {})
    return f"(SELECT *, {_NEW_COLUMNS[table]} FROM {files})"


def _rewrite(store: Store, table: TableName, duck: duckdb.DuckDBPyConnection, source: str) -> int:
    DeltaTable(store.get_table_path(table)).alter.set_table_properties(get_configuration(table))
    sql = f"SELECT * FROM {source} ORDER BY comment_key"
    return write_rows(store, table, duck, sql, "overwrite", with_new_schema=True)


def _take_place(unfinished: Path, app_file: Path) -> None:
    # What lies in the log of the old database would be read into the new one.
    with closing(sqlite3.connect(app_file)) as app:
        app.execute("PRAGMA journal_mode = DELETE")
    close_log(unfinished)
    os.replace(unfinished, app_file)
    sync(app_file.parent)
