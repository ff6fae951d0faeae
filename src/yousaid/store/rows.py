# ruff: noqa: S608 (SQL is put together from named pieces of our own; paths are quoted by one function)
"""The rows that questions are asked of: each answer beside its reading, as of one version.

DuckDB gets a database of its own for each version of a store, with one relation in it, `rows`. It
goes when the last question about that version has been answered and newer versions have come.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock

import duckdb

from yousaid.errors import StoreError
from yousaid.store.layout import COLUMNS, State, Store, TableName, escape_glob, get_paths, get_state

# Up to this many answers are held in memory, where a question takes 2 to 4 ms against 8 to 10 from
# the files (4,000 answers, two busy cores, November 2026). A hospital trust's ten years fit.
MOST_ROWS_IN_MEMORY = 200_000

# A web worker serves one store, and a version or two of it while an upload comes in.
_KEPT_VERSIONS = 4
_making = Lock()


@contextmanager
def open_rows(store: Store, state: State | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor, for this thread alone, of a database where `rows` is the store's.

    Several questions on one cursor are of one version: the latest, unless a state is given. Raises
    StoreError where the store is damaged.
    """
    state = state or get_state(store)
    try:
        with _making:
            database = _make_rows(store, state, os.getpid())
        with database.cursor() as cursor:
            yield cursor
    except (duckdb.IOException, _DamagedFileError) as error:
        raise StoreError(
            f"A file of the store {store.folder} cannot be read. Check that you may read it, "
            "or restore the folder from a backup."
        ) from error


class _DamagedFileError(Exception):
    """DuckDB could not make sense of a file."""


def connect_duckdb(**config: str | int) -> duckdb.DuckDBPyConnection:
    """A DuckDB database in memory that never looks for an extension on the internet."""
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            **config,
        },
    )


@lru_cache(maxsize=_KEPT_VERSIONS)
def _make_rows(store: Store, state: State, process_id: int) -> duckdb.DuckDBPyConnection:  # noqa: ARG001 (DuckDB's threads do not survive a fork)
    tables = {table: get_paths(store, state, table) for table in COLUMNS}
    sources = {table: _sql_for_table(table, paths) for table, paths in tables.items()}
    rows = (
        f"SELECT comments.*, readings.* EXCLUDE (upload_id, comment_key, comment_id) "
        f"FROM {sources['comments']} JOIN {sources['readings']} USING (comment_key)"
    )
    database = connect_duckdb()
    try:
        _define_rows(database, rows, f"SELECT count(*) FROM {sources['comments']}")
    except duckdb.InvalidInputException as error:
        raise _DamagedFileError from error
    return database


def _define_rows(database: duckdb.DuckDBPyConnection, rows: str, count_sql: str) -> None:
    count = database.execute(count_sql).fetchone()
    if count and count[0] <= MOST_ROWS_IN_MEMORY:
        database.execute(f"CREATE TABLE rows AS {rows} ORDER BY comment_key")
        # A small question is over before a second thread has been woken.
        database.execute("SET threads = 1")
    else:
        database.execute(f"CREATE VIEW rows AS {rows}")


def _sql_for_table(table: TableName, paths: Sequence[Path]) -> str:
    if paths:
        files = ", ".join(_quote(escape_glob(path)) for path in paths)
        return f"read_parquet([{files}]) AS {table}"
    columns = ", ".join(f"NULL::{kind} AS {_name}" for _name, kind in COLUMNS[table].items())
    return f"(SELECT {columns} WHERE false) AS {table}"


def _quote(value: str) -> str:
    # The one place where a value becomes SQL: a view, unlike a question, takes no bound values.
    return "'" + value.replace("'", "''") + "'"
