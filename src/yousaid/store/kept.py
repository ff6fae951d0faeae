"""What people keep by a name: views of the dashboard, events on its charts, maps of columns."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, delete, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from yousaid.errors import InputError
from yousaid.store.app import KEPT, begin
from yousaid.store.layout import Store
from yousaid.store.lock import lock_writers
from yousaid.store.reasons import say_reason
from yousaid.store.state import commit, get_state, say_unreadable
from yousaid.store.write import saying_what_failed

KeptKind = Literal["view", "event", "map"]

LONGEST_NAME = 100
LONGEST_VALUE = 20_000
# Of each kind: more than anybody looks through.
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is kept. Of a view `value` is the address of its page, of an event the day on
    which it happened, of a map TOML."""

    name: str
    value: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day, to be seen on the charts."""

    day: date
    words: str


def clean_words(written: str) -> str:
    """What somebody typed on one line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in written).split())


def list_kept(store: Store, kind: KeptKind) -> tuple[Kept, ...]:
    """Everything of a kind, by name."""
    query = select(KEPT).where(KEPT.c.kind == kind).order_by(KEPT.c.name)
    with _begin(store) as app:
        if not inspect(app).has_table(KEPT.name):
            return ()
        rows = app.execute(query).all()
    return tuple(Kept(r.name, r.value, datetime.fromisoformat(r.made_at)) for r in rows)


def keep(store: Store, kind: KeptKind, name: str, value: str, *, now: datetime) -> None:
    """Keep something by a name, in the place of what had that name. Raises InputError for a name or
    a value that is empty or too long, and where too many are kept already."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InputError(f"Give a name of 1 to {LONGEST_NAME} characters.")
    if not value or len(value) > LONGEST_VALUE:
        raise InputError("That is empty or too long to be kept.")
    entry = {"kind": kind, "name": name, "value": value, "made_at": now.astimezone(UTC).isoformat()}
    with _begin(store) as app:
        # Stores that were made before there was such a table get it with the first that is kept.
        KEPT.create(app, checkfirst=True)
        _forget(app, kind, name)
        names = app.execute(select(KEPT.c.name).where(KEPT.c.kind == kind)).all()
        if len(names) >= MOST_KEPT:
            raise InputError(f"{MOST_KEPT} are kept already. Remove one first.")
        app.execute(insert(KEPT), entry)


def forget(store: Store, kind: KeptKind, name: str) -> None:
    """Keep it no longer; nothing happens where it is not there."""
    with _begin(store) as app:
        if inspect(app).has_table(KEPT.name):
            _forget(app, kind, name)


def _forget(app: Connection, kind: KeptKind, name: str) -> None:
    app.execute(delete(KEPT).where(KEPT.c.kind == kind, KEPT.c.name == name))


@contextmanager
def _begin(store: Store) -> Iterator[Connection]:
    try:
        with begin(store.database) as app:
            yield app
    except SQLAlchemyError as error:
        raise say_unreadable(store, say_reason(error)) from None


def list_events(store: Store) -> tuple[Event, ...]:
    """All events, by day."""
    found = [Event(date.fromisoformat(one.value), one.name) for one in list_kept(store, "event")]
    return tuple(sorted(found, key=lambda event: (event.day, event.words)))


def add_event(store: Store, event: Event, *, now: datetime) -> None:
    """Keep an event. Charts change by it, so it is a change of the store."""
    with _changing(store, now):
        keep(store, "event", clean_words(event.words), event.day.isoformat(), now=now)


def remove_event(store: Store, words: str, *, now: datetime) -> None:
    """Keep an event no longer."""
    with _changing(store, now):
        forget(store, "event", words)


@contextmanager
def _changing(store: Store, now: datetime) -> Iterator[None]:
    with lock_writers(store), saying_what_failed(store, "The event"):
        yield
        with begin(store.database) as app:
            commit(app, get_state(store), "event", now)


def find_map(store: Store, columns: tuple[str, ...]) -> str | None:
    """The map, in TOML, by which a table with these columns was last brought in."""
    name = _name_columns(columns)
    return next((one.value for one in list_kept(store, "map") if one.name == name), None)


def keep_map(store: Store, columns: tuple[str, ...], written: str, *, now: datetime) -> None:
    """Remember a map for the next table with these columns, in whatever order."""
    if len(written) <= LONGEST_VALUE:
        keep(store, "map", _name_columns(columns), written, now=now)


def _name_columns(columns: tuple[str, ...]) -> str:
    return sha256("\0".join(sorted(columns)).encode("utf-8", "replace")).hexdigest()[:32]
