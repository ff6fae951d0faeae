"""What a store holds at one moment: which version of each Delta table counts."""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from sqlalchemy import Connection, Select, desc, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from yousaid.errors import StoreError
from yousaid.store.app import CHANGE, begin
from yousaid.store.layout import Store
from yousaid.store.reasons import say_reason
from yousaid.store.schema import TABLES, TableName

ChangeKind = Literal[
    "created", "upload", "undo", "reread", "correction", "event", "erase", "upkeep", "restored"
]
# What changes no table.
_ENTRIES: tuple[ChangeKind, ...] = ("correction", "event")
# Nothing from before such a change is there any more.
_ENDS: tuple[ChangeKind, ...] = ("erase", "restored")

# Files of this many states behind the present one are kept: a question that is being answered, or
# a re-reading to be taken back, still finds them.
KEPT_STATES = 5


@dataclass(frozen=True, slots=True)
class State:
    """The store after a change: the Delta version of each table, None before any upload.

    `content` is the number of the last change that any answer could show.
    """

    number: int
    kind: ChangeKind
    made_at: str
    content: int
    last_upload: int
    comments: int | None
    readings: int | None
    facts: int | None
    rollup: int | None

    def get_table_version(self, table: TableName) -> int | None:
        version: int | None = getattr(self, table)
        return version


def get_state(store: Store) -> State:
    """The state as last committed. Raises StoreError where the store has gone or is damaged."""
    return _read_states(store, select(CHANGE), 1)[0]


def get_kept_states(store: Store) -> list[State]:
    """Those of the last states whose files are kept."""
    states = get_table_states(store, KEPT_STATES)
    ends = [place for place, state in enumerate(states, start=1) if state.kind in _ENDS]
    return states[: ends[0]] if ends else states


def get_table_states(store: Store, count: int = 1000) -> list[State]:
    """The last states that differ in their tables, newest first."""
    return _read_states(store, select(CHANGE).where(CHANGE.c.kind.not_in(_ENTRIES)), count)


def get_first_versions(store: Store) -> dict[TableName, int | None]:
    """The first version of each table that ever counted."""
    first = [func.min(CHANGE.c[table]) for table in TABLES]
    with begin(store.database) as app:
        [found] = app.execute(select(*first)).all()
    return dict(zip(TABLES, found, strict=True))


def _read_states(store: Store, query: Select[Any], count: int) -> list[State]:
    try:
        with begin(store.database) as app:
            newest = query.order_by(desc(CHANGE.c.number)).limit(count)
            found = [State(**row._mapping) for row in app.execute(newest)]
    except SQLAlchemyError as error:
        raise say_unreadable(store, say_reason(error)) from None
    if not found:
        raise say_unreadable(store, "it is empty")
    return found


def say_changed(store: Store) -> StoreError:
    """Why a state cannot be asked any more: an erasure, or several writes, took its files."""
    return StoreError(f"{store.folder} was changed while it was being asked. Ask again.")


def say_unreadable(store: Store, reason: str) -> StoreError:
    """That the app database is damaged, or its server is not there."""
    remedy = (
        "Check that you may read it and that the disk has room, or restore the folder from a "
        "backup."
        if isinstance(store.database, Path)
        else "Check that its server is running."
    )
    return StoreError(f"The app database of {store.folder} cannot be read ({reason}). {remedy}")


def store_version(store: Store) -> str:
    """What changes whenever an answer of the store could: a cache key and an ETag, not a clock."""
    return make_version(store, get_state(store))


def make_version(store: Store, state: State) -> str:
    """The same for a state that is known."""
    return f"{store.store_id[:8]}-{state.content}"


def commit(app: Connection, before: State, kind: ChangeKind, now: datetime, **new: int) -> State:
    """Make a change count, in the caller's transaction: `new` are the versions that differ, and
    `last_upload`. Another writer that got in between makes the transaction fail: numbers are
    unique."""
    number = before.number + 1
    state = replace(
        before,
        number=number,
        kind=kind,
        made_at=now.astimezone(UTC).isoformat(),
        content=before.content if kind == "upkeep" else number,
        **new,
    )
    app.execute(insert(CHANGE), {name: getattr(state, name) for name in State.__slots__})
    return state


def get_paths(store: Store, state: State, table: TableName) -> tuple[Path, ...]:
    """The Parquet files of a table in this state. Raises StoreError where the table is damaged."""
    check_process()
    version = state.get_table_version(table)
    return () if version is None else list_paths(store, table, version)


def list_paths(store: Store, table: TableName, version: int) -> tuple[Path, ...]:
    """The Parquet files of a version of a table, counted or not."""
    # A folder that was put back by hand, and a table made anew, use a version a second time.
    entry = store.get_table_path(table) / "_delta_log" / f"{version:020}.json"
    try:
        status = entry.stat()
    except OSError:
        stamp = None
    else:
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
    return _list_paths(store, table, version, stamp)


_users: set[int] = set()


def check_process() -> None:
    """Raise StoreError in a process that was forked from one that had used a table: neither
    deltalake's threads nor DuckDB's come along, and both stop the process where they are missed."""
    if _users - {os.getpid()}:
        raise StoreError(
            "This process was forked from one that had used a store. Start it in another way: in "
            "multiprocessing, with the method “spawn” or “forkserver”."
        )
    _users.add(os.getpid())


@lru_cache(maxsize=64)
def _list_paths(
    store: Store,
    table: TableName,
    version: int,
    stamp: object,  # noqa: ARG001 (tells apart what else would be the same)
) -> tuple[Path, ...]:
    path = store.get_table_path(table)
    try:
        addresses = DeltaTable(path, version=version).file_uris()
    except (DeltaError, OSError) as error:
        raise StoreError(
            f"The table {path} is damaged or missing. See what can be mended: "
            f"yousaid check {store.folder}"
        ) from error
    # The addresses come percent-encoded, some twice; our tables are flat, so the name is enough.
    return tuple(path / address.rpartition("/")[2] for address in addresses)
