# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Keeping the search index with the tables.

The index may hold more than a state does, never less: rows go in before they count and out after
they have ceased to. Its notes say where it stands:

    comments   it holds every answer of this version of `comments`, and of those before it
    is_exact   1 where it holds no others
    uploads    the number of the last upload that is known to count: the keys of a later one may
               have been given out again, on another machine
    removed    the number of the last state that rows were taken out for: earlier ones may lack some
    is_clean   1 where nothing of rows that must leave no trace is left in the file

A reader that needs a later version brings the index up to date first.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any, NamedTuple

import duckdb
import numpy as np
from arro3.core import Array, Table
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError

from yousaid.duck import connect_duckdb, sql_for_files
from yousaid.errors import StoreError
from yousaid.store.app import shrink_sqlite
from yousaid.store.layout import Store
from yousaid.store.lock import lock_index
from yousaid.store.schema import COLUMNS
from yousaid.store.search.index import (
    add_answers,
    can_use,
    create_search,
    erase_answers,
    get_coverage,
    open_search,
    remove_answers,
)
from yousaid.store.state import State, get_paths, get_state, say_changed

# How long an erasure waits for those who are still asking about the version before it.
READERS_WAIT_SECONDS = 10.0
_ROWS_AT_ONCE = 10_000
_ANSWER_COLUMNS = "comment_key, comment_id, response_id, text"


# What covers a store without comments, whose first version is 0.
_NOTHING = -1


def open_index(store: Store, state: State) -> sqlite3.Connection:
    """A connection to read, to an index that holds all answers of a state and stays as it is now.

    Brings it up to date first where it is missing or behind, as it is after a backup was restored
    and on a machine that shares another's store. Raises StoreError where answers of this state have
    been taken out.
    """
    index = find_index(store, state)
    if index is None:
        with lock_index(store):
            bring_up_to_date(store, get_state(store))
        index = find_index(store, state)
    if index is None:
        raise say_changed(store)
    return index


def find_index(store: Store, state: State) -> sqlite3.Connection | None:
    """The same where the index need not be brought up to date first."""
    found = _open(store)
    if found is None:
        return None
    index, noted = found
    if noted.covered >= _get_wanted(state) and noted.removed <= state.number:
        return index
    index.close()
    return None


def _open(store: Store) -> "tuple[sqlite3.Connection, _Notes] | None":
    """The index, which is seen as it is now, and its notes; None where it is missing, damaged, of
    another store or by other rules."""
    if not store.search_path.exists():
        return None
    with ExitStack() as opened:
        try:
            index = opened.enter_context(closing(open_search(store.search_path)))
            index.execute("BEGIN")
            found = get_coverage(index) if can_use(index) else {}
        except sqlite3.DatabaseError:
            return None
        if found.get("store_id") != store.store_id or not found.keys() >= _NOTED:
            return None
        opened.pop_all()
        return index, _read_notes(found)


_NOTED = {"comments", "uploads", "removed", "is_exact", "is_clean"}


class _Notes(NamedTuple):
    covered: int
    uploads: int
    removed: int
    is_exact: bool
    is_clean: bool


def _read_notes(found: Mapping[str, str]) -> _Notes:
    return _Notes(
        covered=int(found["comments"]),
        uploads=int(found["uploads"]),
        removed=int(found["removed"]),
        is_exact=found["is_exact"] == "1",
        is_clean=found["is_clean"] == "1",
    )


def _get_wanted(state: State) -> int:
    return _NOTHING if state.comments is None else state.comments


def bring_up_to_date(store: Store, state: State) -> None:
    """Make the index hold exactly the answers of a state. For a writer, who has the lock."""
    noted = _find_notes(store)
    if noted is None:
        make_anew(store)
    with closing(_connect(store)) as index:
        if noted is None or noted.covered != _get_wanted(state) or not noted.is_exact:
            _reconcile(store, state, index, noted.uploads if noted else 0)
        elif noted.uploads != state.last_upload:
            with index:
                _note(index, uploads=state.last_upload)
    with suppress(StoreError):
        # While somebody reads the file for long, the next write does it.
        leave_no_trace(store)


def _find_notes(store: Store) -> _Notes | None:
    found = _open(store)
    if found is None:
        return None
    index, noted = found
    index.close()
    return noted


def leave_no_trace(store: Store) -> None:
    """Write the index anew, and the app database, where rows of either were removed for good.
    Raises StoreError where somebody reads them for long."""
    noted = _find_notes(store)
    if noted is None or noted.is_clean:
        return
    with closing(_connect(store)) as index:
        erase_answers(index, [])
        shrink_sqlite(store.database)
        with index:
            _note(index, is_clean=1)


def make_anew(store: Store) -> None:
    """Put an empty index in the place of whatever is there; the next write, or the next reader,
    fills it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        store.search_path.with_name(store.search_path.name + suffix).unlink(missing_ok=True)
    create_search(store.search_path)
    with closing(_connect(store)) as index, index:
        begun = {"comments": _NOTHING, "uploads": 0, "removed": 0, "is_exact": 0, "is_clean": 1}
        _note(index, store_id=store.store_id, **begun)


def _connect(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(store.search_path, timeout=READERS_WAIT_SECONDS)


def _note(index: sqlite3.Connection, **values: object) -> None:
    index.executemany(
        "INSERT OR REPLACE INTO coverage (key, value) VALUES (?, ?)",
        [(key, str(value)) for key, value in values.items()],
    )


def _reconcile(store: Store, state: State, index: sqlite3.Connection, last_upload: int) -> None:
    comments = sql_for_files(get_paths(store, state, "comments"), COLUMNS["comments"])
    with connect_duckdb() as duck, index:
        found = (key for (key,) in index.execute("SELECT comment_key FROM answer"))
        held = np.fromiter(found, np.int64)
        wanted = duck.sql(f"SELECT comment_key FROM {comments}").fetchnumpy()["comment_key"]
        kept = np.intersect1d(held[held < (last_upload + 1) << 32], wanted)
        if gone := np.setdiff1d(held, kept).tolist():
            remove_answers(index, gone)
            _note(index, removed=state.number, is_clean=0)
        missing = Table.from_pydict(
            {"comment_key": Array.from_numpy(np.setdiff1d(wanted, kept).astype(np.int64))}
        )
        duck.register("missing", missing)
        add_answers(index, _get_answers(duck, f"{comments} SEMI JOIN missing USING (comment_key)"))
        _note(index, comments=_get_wanted(state), uploads=state.last_upload, is_exact=1)


def _get_answers(duck: duckdb.DuckDBPyConnection, relation: str) -> Iterator[tuple[Any, ...]]:
    cursor = duck.execute(f"SELECT {_ANSWER_COLUMNS} FROM {relation}")
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def index_new(store: Store, version: int, duck: duckdb.DuckDBPyConnection, comments: str) -> None:
    """Take in the answers of a relation, which are those that a version of `comments` adds."""
    with closing(_connect(store)) as index, index:
        add_answers(index, _get_answers(duck, comments))
        _note(index, comments=version)


def note_same(store: Store, version: int) -> None:
    """A version of `comments`, which does not count yet, has the answers of the one before it."""
    with closing(_connect(store)) as index, index:
        _note(index, comments=version)


@contextmanager
def unindex(store: Store, version: int, first_key: int, last_key: int) -> Iterator[None]:
    """Take answers out, when the block, which makes `version` count without them, has ended
    well."""
    with closing(_connect(store)) as index:
        # The texts are not left in the file either. Words are: that is for an erasure.
        index.execute("PRAGMA secure_delete = ON")
        with index:
            _note(index, comments=version, is_exact=0)
        yield
        # They do not count any more. What fails here is made good by the next write.
        with suppress(sqlite3.Error, SQLAlchemyError), index:
            found = index.execute(
                "SELECT comment_key FROM answer WHERE comment_key BETWEEN ? AND ?",
                [first_key, last_key],
            )
            remove_answers(index, [key for (key,) in found])
            _note(index, removed=get_state(store).number, is_exact=1)


def expect_erasure(store: Store, version: int) -> None:
    """Have answers leave no trace that a version of `comments`, which is about to count, has no
    more: by `bring_up_to_date`, now or by the next write."""
    with closing(_connect(store)) as index, index:
        _note(index, comments=version, is_exact=0, is_clean=0)


def find_known(store: Store, duck: duckdb.DuckDBPyConnection, comments: str) -> Counter[int]:
    """How many answers of a relation have the id of one that is in the store, by its upload."""
    found: Counter[int] = Counter()
    cursor = duck.execute(f"SELECT comment_id FROM {comments}")
    with closing(open_search(store.search_path)) as index:
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            keys = _find_keys(index, [comment_id for (comment_id,) in rows])
            found.update(key >> 32 for key in keys.values())
    return found


def find_keys_of(store: Store, state: State, comment_ids: Iterable[str]) -> dict[str, int]:
    """The keys of those of these comments that the index knows, by id."""
    ids = list(comment_ids)
    if not ids:
        return {}
    with closing(open_index(store, state)) as index:
        return _find_keys(index, ids)


def _find_keys(index: sqlite3.Connection, comment_ids: list[str]) -> dict[str, int]:
    return dict(
        index.execute(
            "SELECT comment_id, comment_key FROM json_each(?) JOIN answer ON comment_id = value",
            [json.dumps(comment_ids)],
        )
    )


def count_indexed(store: Store, keys: NDArray[np.int64]) -> int:
    """How many of these answers the index still holds."""
    sql = "SELECT count(*) FROM json_each(?) JOIN answer ON comment_key = value"
    with closing(open_search(store.search_path)) as index:
        [(count,)] = index.execute(sql, [json.dumps(keys.tolist())])
    return int(count)
