# ruff: noqa: S608 (SQL is put together from named pieces of our own)
"""The Delta tables: written with our properties, seen safely on the disk, and tidied.

Each function makes or reads a version of a table; which version counts is the affair of `state.py`.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import duckdb
from deltalake import DeltaTable, WriterProperties, write_deltalake

from yousaid.errors import StoreError
from yousaid.store.details import get_details_path, make_details
from yousaid.store.layout import Store
from yousaid.store.lock import find_abandoned
from yousaid.store.schema import COLUMNS, DERIVED, ROWS_A_GROUP, STATISTICS, TABLES, TableName
from yousaid.store.state import State, get_first_versions, get_kept_states, get_paths


def write_rows(
    store: Store,
    table: TableName,
    duck: duckdb.DuckDBPyConnection,
    sql: str,
    mode: Literal["append", "overwrite"],
    *,
    with_new_schema: bool = False,
) -> int:
    """Put the rows of a query into a table and see them safely on the disk; the new version."""
    columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in COLUMNS[table].items())
    with _seen_on_disk(store, table) as path:
        write_deltalake(
            path,
            duck.sql(f"SELECT {columns} FROM ({sql})"),
            mode=mode,
            schema_mode="overwrite" if with_new_schema else None,
            writer_properties=_get_properties(table),
            configuration=get_configuration(table),
        )
    return _get_version(store, table)


def get_configuration(table: TableName) -> dict[str, str]:
    """The properties of a table. Its log is never cleaned by age: that would take the version that
    counts, where a write that has not counted yet makes a checkpoint."""
    return {
        "delta.dataSkippingStatsColumns": ",".join(STATISTICS[table]),
        "delta.enableExpiredLogCleanup": "false",
    }


def delete_rows(store: Store, table: TableName, condition: str) -> int:
    """Leave out the rows that a condition of numbers names; the new version. The condition stands
    in the table's log, so it holds nothing of a person's."""
    with _seen_on_disk(store, table) as path:
        DeltaTable(path).delete(condition, writer_properties=_get_properties(table))
    return _get_version(store, table)


def compact(store: Store, table: TableName) -> int | None:
    """Join small files into large ones; the new version, None where there was nothing to join."""
    before = get_latest_version(store, table)
    if before is None:
        return None
    with _seen_on_disk(store, table) as path:
        DeltaTable(path).optimize.compact(writer_properties=_get_properties(table))
    after = _get_version(store, table)
    return after if after != before else None


def get_latest_version(store: Store, table: TableName) -> int | None:
    """The newest version on the disk, counted or not; None where there is no table."""
    path = store.get_table_path(table)
    return DeltaTable(path).version() if DeltaTable.is_deltatable(str(path)) else None


def sweep(store: Store, state: State, *, is_mending: bool = False) -> None:
    """Remove what writes that were stopped left behind: working files, rows that do not count, and
    files that no kept state names. When mending, tables that are derived may be missing."""
    for folder in (store.folder / "tmp", *find_abandoned(store)):
        shutil.rmtree(folder, ignore_errors=True)
    for table in TABLES:
        if not (is_mending and table in DERIVED):
            _take_back(store, table, state.get_table_version(table))
    for table, first in get_first_versions(store).items():
        _forget_log(store, table, first)
    for path in find_unused_files(store, get_kept_states(store)):
        path.unlink()
    # A store that was restored, or is older than they are, is without.
    _add_details(get_paths(store, state, "readings"))


def _take_back(store: Store, table: TableName, counted: int | None) -> None:
    path, latest = store.get_table_path(table), get_latest_version(store, table)
    if counted is None:
        shutil.rmtree(path, ignore_errors=True)
    elif latest is None or latest < counted:
        raise StoreError(
            f"The table {path} is damaged or missing. See what can be mended: "
            f"yousaid check {store.folder}"
        )
    elif latest != counted:
        with _seen_on_disk(store, table):
            DeltaTable(path).restore(counted)


def _forget_log(store: Store, table: TableName, first: int | None) -> None:
    """Remove what the log says of versions before the first that ever counted. They are of the
    layout before this one, which kept the first words of some texts there."""
    path = store.get_table_path(table)
    entries = [entry for entry in (path / "_delta_log").glob("[0-9]*") if first]
    if old := [entry for entry in entries if int(entry.name.split(".")[0]) < (first or 0)]:
        with _seen_on_disk(store, table):
            DeltaTable(path, version=first).create_checkpoint()
        for entry in old:
            entry.unlink()


def find_unused_files(store: Store, used_by: list[State]) -> list[Path]:
    """The data files that none of these states names. An erased text must not be in one."""
    unused: list[Path] = []
    for table in TABLES:
        path = store.get_table_path(table)
        used = {file for state in used_by for file in _get_known_paths(store, state, table)}
        used |= {get_details_path(file) for file in used if table == "readings"}
        files = path.iterdir() if path.is_dir() else ()
        unused += [file for file in files if file.is_file() and file not in used]
    return sorted(unused)


def _get_known_paths(store: Store, state: State, table: TableName) -> tuple[Path, ...]:
    # The log of a state may have been cleaned away, after a month, before its files are.
    try:
        return get_paths(store, state, table)
    except StoreError:
        return ()


def _get_version(store: Store, table: TableName) -> int:
    version = get_latest_version(store, table)
    assert version is not None
    return version


def _get_properties(table: TableName) -> WriterProperties:
    return WriterProperties(compression="ZSTD", max_row_group_size=ROWS_A_GROUP[table])


@contextmanager
def _seen_on_disk(store: Store, table: TableName) -> Iterator[Path]:
    path = store.get_table_path(table)
    before = set(path.rglob("*"))
    yield path
    if table == "readings":
        _add_details(set(path.glob("*.parquet")) - before)
    # Delta renames files into place without an fsync, and the commit must not outlive them.
    for target in (*(set(path.rglob("*")) - before), path / "_delta_log", path, store.folder):
        sync(target)


def _add_details(paths: Iterable[Path]) -> None:
    """Put details beside data files of `readings` that are without."""
    for path in paths:
        target = get_details_path(path)
        if not target.exists():
            unfinished = target.with_suffix(".details.new")
            # Lists are slower without. The next write tries again.
            with suppress(OSError, duckdb.Error):
                unfinished.write_bytes(make_details(path))
                sync(unfinished)
                unfinished.rename(target)


def sync(target: Path) -> None:
    """See a file, or the names in a folder, safely on the disk."""
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
