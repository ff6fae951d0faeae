# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Keeping the search index with the tables.

The index may hold more than a state does, never less: rows go in before they count and out after
they have ceased to. `covered` says of which version of `comments` it holds every answer; a reader
that needs a later one brings the index up to date first.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import duckdb
import numpy as np
from arro3.core import Array, Table
from numpy.typing import NDArray

from yousaid.store.duck import connect_duckdb, sql_for_files
from yousaid.store.layout import Store
from yousaid.store.lock import lock_writers
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
from yousaid.store.state import State, get_paths, get_state

_ROWS_AT_ONCE = 10_000
_ANSWER_COLUMNS = "comment_key, comment_id, response_id, text"


def open_index(store: Store) -> sqlite3.Connection:
    """A connection to read, to an index that holds all answers of the present state.

    Brings it up to date first where it is missing or behind, as it is after a backup was restored
    and on a machine that shares another's store.
    """
    if not _covers(store, get_state(store)):
        with lock_writers(store):
            bring_up_to_date(store, get_state(store))
    return open_search(store.search_path)


def _covers(store: Store, state: State) -> bool:
    return _get_covered(store) >= (state.comments or 0)


def _get_covered(store: Store) -> int:
    if not store.search_path.exists():
        return -1
    try:
        with closing(open_search(store.search_path)) as index:
            noted = get_coverage(index) if can_use(index) else {}
    except sqlite3.DatabaseError:
        return -1
    if noted.get("store_id") != store.store_id:
        return -1
    return int(noted["comments"])


def bring_up_to_date(store: Store, state: State) -> None:
    """Make the index hold exactly the answers of a state. For a writer, who has the lock."""
    covered = _get_covered(store)
    if covered < 0:
        make_anew(store)
    with closing(_connect(store)) as index:
        [(is_exact,)] = index.execute(
            "SELECT count(*) FROM coverage WHERE key = 'is_exact' AND value = '1'"
        )
        if covered != (state.comments or 0) or not is_exact:
            _reconcile(store, state, index)


def make_anew(store: Store) -> None:
    """Put an empty index in the place of whatever is there; the next write, or the next reader,
    fills it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        store.search_path.with_name(store.search_path.name + suffix).unlink(missing_ok=True)
    create_search(store.search_path)
    with closing(_connect(store)) as index, index:
        _note(index, store_id=store.store_id, comments=-1, is_exact=0)


def _connect(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(store.search_path, timeout=10)


def _note(index: sqlite3.Connection, **values: object) -> None:
    index.executemany(
        "INSERT OR REPLACE INTO coverage (key, value) VALUES (?, ?)",
        [(key, str(value)) for key, value in values.items()],
    )


def _reconcile(store: Store, state: State, index: sqlite3.Connection) -> None:
    comments = sql_for_files(get_paths(store, state, "comments"), COLUMNS["comments"])
    with connect_duckdb() as duck, index:
        found = (key for (key,) in index.execute("SELECT comment_key FROM answer"))
        held = np.fromiter(found, np.int64)
        wanted = duck.sql(f"SELECT comment_key FROM {comments}").fetchnumpy()["comment_key"]
        remove_answers(index, np.setdiff1d(held, wanted).tolist())
        missing = Table.from_pydict(
            {"comment_key": Array.from_numpy(np.setdiff1d(wanted, held).astype(np.int64))}
        )
        duck.register("missing", missing)
        add_answers(index, _get_answers(duck, f"{comments} SEMI JOIN missing USING (comment_key)"))
        _note(index, comments=state.comments or 0, is_exact=1)


def _get_answers(duck: duckdb.DuckDBPyConnection, relation: str) -> Iterator[tuple[Any, ...]]:
    cursor = duck.execute(f"SELECT {_ANSWER_COLUMNS} FROM {relation}")
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def index_new(store: Store, version: int, duck: duckdb.DuckDBPyConnection, comments: str) -> None:
    """Take in the answers of a relation, which are those that a version of `comments` adds."""
    with closing(_connect(store)) as index, index:
        add_answers(index, _get_answers(duck, comments))
        _note(index, comments=version)


@contextmanager
def unindex(store: Store, version: int, first_key: int, last_key: int) -> Iterator[None]:
    """Take answers out, when the block, which makes `version` count without them, has ended
    well."""
    with closing(_connect(store)) as index:
        with index:
            _note(index, comments=version, is_exact=0)
        yield
        with index:
            found = index.execute(
                "SELECT comment_key FROM answer WHERE comment_key BETWEEN ? AND ?",
                [first_key, last_key],
            )
            remove_answers(index, [key for (key,) in found])
            _note(index, is_exact=1)


def find_known(store: Store, duck: duckdb.DuckDBPyConnection, comments: str) -> Counter[int]:
    """How many answers of a relation have the id of one that is in the store, by its upload."""
    found: Counter[int] = Counter()
    cursor = duck.execute(f"SELECT comment_id FROM {comments}")
    with closing(open_search(store.search_path)) as index:
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            keys = _find_keys(index, [comment_id for (comment_id,) in rows])
            found.update(key >> 32 for key in keys.values())
    return found


def find_keys_of(store: Store, comment_ids: Iterable[str]) -> dict[str, int]:
    """The keys of those of these comments that the index knows, by id."""
    ids = list(comment_ids)
    if not ids:
        return {}
    with closing(open_index(store)) as index:
        return _find_keys(index, ids)


def _find_keys(index: sqlite3.Connection, comment_ids: list[str]) -> dict[str, int]:
    return dict(
        index.execute(
            "SELECT comment_id, comment_key FROM json_each(?) JOIN answer ON comment_id = value",
            [json.dumps(comment_ids)],
        )
    )


def erase_indexed(store: Store, version: int, keys: NDArray[np.int64]) -> None:
    """Take answers out for good; `version` of `comments` counts without them already."""
    with closing(_connect(store)) as index:
        with index:
            _note(index, comments=version, is_exact=0)
        erase_answers(index, keys.tolist())
        with index:
            _note(index, is_exact=1)


def count_indexed(store: Store, keys: NDArray[np.int64]) -> int:
    """How many of these answers the index still holds."""
    sql = "SELECT count(*) FROM json_each(?) JOIN answer ON comment_key = value"
    with closing(open_search(store.search_path)) as index:
        [(count,)] = index.execute(sql, [json.dumps(keys.tolist())])
    return int(count)
