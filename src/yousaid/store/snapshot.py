# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""One version of a store, for as many questions as a page has.

Each worker process holds the facts and the roll-up in a DuckDB in memory and keeps up with the
store: what was added or corrected is changed there in one transaction, anything else is loaded
anew. A snapshot is a transaction too, so all of its questions are about one version, whatever is
written meanwhile.
"""

import atexit
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from itertools import count
from pathlib import Path
from threading import Lock, Timer
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from yousaid.duck import connect_duckdb, sql_for_files
from yousaid.errors import StoreError
from yousaid.records import Correction
from yousaid.store.app import begin
from yousaid.store.correct import lay_on, read_corrections
from yousaid.store.derive import sql_for_rollup
from yousaid.store.indexing import find_index, find_keys_of, open_index
from yousaid.store.layout import Store
from yousaid.store.names import Names, read_names
from yousaid.store.reasons import say_reason
from yousaid.store.schema import COLUMNS, TableName
from yousaid.store.search import Part
from yousaid.store.state import (
    State,
    check_process,
    get_paths,
    get_state,
    say_changed,
)

_UNREADABLE = (duckdb.IOException, duckdb.InvalidInputException, sqlite3.DatabaseError)
# How often a reader begins again because somebody wrote meanwhile.
_TRIES = 20
# A question about fewer answers is over before a second thread has been woken.
_ROWS_FOR_THREADS = 200_000
_SECONDS_TO_COMPRESSION = 1.0


class Snapshot:
    """What questions are asked of: see `open_snapshot`. For one thread alone."""

    def __init__(self, store: Store, view: "_View") -> None:
        self.store, self.state, self.names = store, view.state, view.names
        self._cursor, self._index, self._loaded = view.cursor, view.search, view.loaded
        self._second_index: sqlite3.Connection | None = None
        self._numbers = count()

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """The rows of a query over `facts` and `rollup`, whose columns are those of `schema.py`
        and, for facts, `is_corrected`."""
        return self._cursor.execute(sql, list(values)).fetchall()

    @contextmanager
    def relation_of(self, keys: NDArray[np.int64]) -> Iterator[str]:
        """The name, within the block, of a relation with these keys as `comment_key`."""
        from arro3.core import Array, Table

        name = f"keys_{next(self._numbers)}"
        self._cursor.register(name, Table.from_pydict({"comment_key": Array.from_numpy(keys)}))
        try:
            yield name
        finally:
            self._cursor.unregister(name)

    def relation_over(self, table: TableName) -> str:
        """A relation over the files of a table, as they were in this version."""
        return sql_for_files(get_paths(self.store, self.state, table), COLUMNS[table])

    @property
    def search(self) -> sqlite3.Connection:
        """The search index. It may hold answers of other versions, so what it finds is always
        joined with `facts`."""
        if self._index is None:
            self._index = open_index(self.store, self.state)
        return self._index

    @property
    def search_parts(self) -> Sequence[Part]:
        """The search index by two connections, of half the keys each; none where there is too
        little for two."""
        middle = self._loaded.middle_key
        if middle is None:
            return ()
        if self._second_index is None:
            # It may be newer than the first, but holds all answers of this version too.
            self._second_index = find_index(self.store, self.state)
        if self._second_index is None:
            return ()
        return Part(self.search, last_key=middle - 1), Part(self._second_index, first_key=middle)

    def close(self) -> None:
        for index in (self._index, self._second_index):
            if index is not None:
                index.close()
        self._loaded.give(self._cursor)


@contextmanager
def open_snapshot(store: Store) -> Iterator[Snapshot]:
    """The store as last committed. Raises StoreError where it is damaged, and where an erasure or
    many writes have taken files of this version since."""
    state = None
    try:
        with closing(Snapshot(store, _get_worker(store, os.getpid()).begin())) as snapshot:
            state = snapshot.state
            yield snapshot
    except duckdb.OutOfMemoryException:
        raise StoreError(
            f"This machine has too little memory to ask {store.folder} that. Ask for less, or use "
            "a machine with more."
        ) from None
    except _UNREADABLE as error:
        if state is not None and get_state(store).number != state.number:
            raise say_changed(store) from error
        raise StoreError(
            f"A file of the store {store.folder} cannot be read ({say_reason(error)}). Check that "
            f"you may read it and that the disk has room, then try: yousaid check {store.folder}"
        ) from error


def forget_stores() -> None:
    """Let go of everything in memory, as a process that has just begun."""
    _get_worker.cache_clear()


@lru_cache(maxsize=4)
def _get_worker(store: Store, process_id: int) -> "_Worker":  # noqa: ARG001 (DuckDB's threads do not survive a fork)
    return _Worker(store)


class _View(NamedTuple):
    """The newest state, with a cursor in a transaction and an index, where there is one, that see
    just that."""

    state: State
    names: Names
    cursor: duckdb.DuckDBPyConnection
    search: sqlite3.Connection | None
    # What the cursor goes back to.
    loaded: "_Loaded"


class _Worker:
    """What one process holds of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._loaded: _Loaded | None = None

    def begin(self) -> _View:
        check_process()
        with self._lock:
            for _ in range(_TRIES):
                state = get_state(self._store)
                if view := self._try(state):
                    return view
        raise say_changed(self._store)

    def _try(self, state: State) -> _View | None:
        """A view of a state, None where another was committed before all of it could be seen."""
        is_new = self._loaded is None or self._loaded.content != state.content
        try:
            loaded = self._keep_up(state)
        except (StoreError, *_UNREADABLE):
            if self._is_newest(state):
                raise
            return None
        index = find_index(self._store, state)
        if (is_new or index is None) and not self._is_newest(state):
            if index:
                index.close()
            return None
        return _View(state, loaded.names, loaded.take(), index, loaded)

    def _is_newest(self, state: State) -> bool:
        return get_state(self._store).number == state.number

    def _keep_up(self, state: State) -> "_Loaded":
        loaded = self._loaded
        if loaded is None or loaded.content != state.content:
            # Held by nobody while it changes, should that fail half-way.
            self._loaded = None
            if loaded is None or not loaded.can_become(self._store, state):
                loaded = _Loaded()
            loaded.become(self._store, state)
            self._loaded = loaded
        return loaded


_HELD: tuple[TableName, ...] = ("facts", "rollup")


class _Loaded:
    """Facts and roll-up in memory, as of one content of the store."""

    names: Names
    # About half of the keys are before it; None where there are few.
    middle_key: int | None = None

    def __init__(self) -> None:
        self.content = -1
        self._files: dict[TableName, set[Path]] = {table: set() for table in _HELD}
        self._corrections: dict[int, Correction] = {}
        self._idle: list[duckdb.DuckDBPyConnection] = []
        self.database = connect_duckdb()
        # Compressed, facts take a third of the memory. That is done behind the first questions.
        self.database.execute("ATTACH ':memory:' AS held (COMPRESS)")
        self.database.execute("USE held")
        self.database.execute("SET GLOBAL parquet_metadata_cache = true")
        for table in _HELD:
            columns = ", ".join(f"{n} {kind}" for n, kind in COLUMNS[table].items())
            self.database.execute(f"CREATE TABLE {table} ({columns})")
        self.database.execute("ALTER TABLE facts ADD COLUMN is_corrected BOOLEAN DEFAULT false")
        # The rows of `facts` that a correction lies on, as the model read them.
        self.database.execute("CREATE TABLE uncorrected AS FROM facts")

    def take(self) -> duckdb.DuckDBPyConnection:
        """A cursor in a transaction that sees the tables as they are now."""
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self.database.cursor()
            cursor.execute("USE held")
        cursor.begin()
        # A transaction's view is fixed by its first look.
        cursor.execute("FROM rollup LIMIT 0").fetchall()
        return cursor

    def give(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Take it back for the next who asks."""
        try:
            cursor.rollback()
        except duckdb.Error:
            cursor.close()
        else:
            self._idle.append(cursor)

    def can_become(self, store: Store, state: State) -> bool:
        """Whether nothing that was loaded has gone: the rest is then added."""
        return all(self._files[table] <= set(get_paths(store, state, table)) for table in _HELD)

    def become(self, store: Store, state: State) -> None:
        """Hold the state, in one transaction."""
        self.database.begin()
        for table in _HELD:
            self._add_files(table, get_paths(store, state, table))
        with begin(store.database) as app:
            self.names = read_names(app)
            said = read_corrections(app)
        self._correct(
            {key: said[comment_id] for comment_id, key in find_keys_of(store, state, said).items()}
        )
        self.database.commit()
        self.content = state.content
        [(row_count,)] = self.database.sql("SELECT count(*) FROM facts").fetchall()
        is_large = row_count > _ROWS_FOR_THREADS
        self.database.execute(f"SET threads = {os.cpu_count() if is_large else 1}")
        self.middle_key = None
        if is_large:
            [(self.middle_key,)] = self.database.execute(
                "SELECT comment_key FROM facts LIMIT 1 OFFSET ?", [row_count // 2]
            ).fetchall()
            _compress_soon(self.database.cursor())

    def _add_files(self, table: TableName, paths: Sequence[Path]) -> None:
        if new := [path for path in paths if path not in self._files[table]]:
            columns = ", ".join(COLUMNS[table])
            source = sql_for_files(new, COLUMNS[table])
            self.database.execute(f"INSERT INTO {table} BY NAME SELECT {columns} FROM {source}")
            self._files[table] |= set(new)

    def _correct(self, said: dict[int, Correction]) -> None:
        """Lay on what people say now, and take off what they said before and no longer do."""
        # The index may know an answer whose facts are not there yet.
        [(held,)] = self.database.execute(
            "SELECT coalesce(list(comment_key), []) FROM facts "
            "WHERE comment_key IN (SELECT unnest(?::BIGINT[]))",
            [list(said)],
        ).fetchall()
        said = {key: said[key] for key in held}
        before = self._corrections
        changed = [key for key in {**before, **said} if before.get(key) != said.get(key)]
        if not changed:
            return
        database = self.database
        database.execute(
            "CREATE OR REPLACE TEMP TABLE changed AS SELECT unnest(?::BIGINT[]) AS comment_key",
            [changed],
        )
        rows = "(FROM facts SEMI JOIN changed USING (comment_key))"
        database.execute(f"INSERT INTO rollup BY NAME {sql_for_rollup(rows, -1)}")
        undone = (
            "comment_key IN "
            "(SELECT comment_key FROM changed SEMI JOIN uncorrected USING (comment_key))"
        )
        database.execute(f"DELETE FROM facts WHERE {undone}")
        database.execute(f"INSERT INTO facts FROM uncorrected WHERE {undone}")
        database.execute(f"DELETE FROM uncorrected WHERE {undone}")
        lay_on(database, {key: said[key] for key in changed if key in said}, self.names.topics)
        database.execute(f"INSERT INTO rollup BY NAME {sql_for_rollup(rows)}")
        self._corrections = said


# Compression that waits or goes on.
_behind: set[Timer] = set()


def _compress_soon(cursor: duckdb.DuckDBPyConnection) -> None:
    """Compress the tables in a moment: a command that only asks something is over by then."""

    def compress() -> None:
        # Where somebody writes, the next change tries again.
        with suppress(duckdb.Error):
            cursor.execute("CHECKPOINT held")
        cursor.close()
        _behind.discard(timer)

    timer = Timer(_SECONDS_TO_COMPRESSION, compress)
    timer.daemon = True
    _behind.add(timer)
    timer.start()


@atexit.register
def _end() -> None:
    # Python stops the threads of a process that ends, and DuckDB then aborts it.
    for timer in list(_behind):
        timer.cancel()
        timer.join()
    # What DuckDB has not let go of by now, it complains of on the terminal.
    forget_stores()
