"""One writer at a time: by a lock on a file, or in PostgreSQL where several machines write."""

import fcntl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from yousaid.errors import StoreError
from yousaid.store.app import get_engine
from yousaid.store.filelock import lock_folder, try_lock, wait_for
from yousaid.store.layout import Store
from yousaid.store.reasons import say_reason
from yousaid.store.state import say_unreadable

_HELD_PREFIX, _HELD_LOCK = "reading-", "held"


@contextmanager
def lock_writers(store: Store) -> Iterator[Callable[[], None]]:
    """The right to write, for the block; it gets what raises StoreError where that was lost.
    Raises StoreError where another holds it for long."""
    with ExitStack() as locks:
        if isinstance(store.database, Path):
            locks.enter_context(lock_folder(store.folder))
            check_held = _hold
        else:
            check_held = locks.enter_context(_lock_database(store))
        if not _has_index_beside(store):
            locks.enter_context(lock_folder(store.index_folder))
        yield check_held


@contextmanager
def lock_index(store: Store) -> Iterator[None]:
    """The right to change this machine's search index, which a writer has anyway: for readers, who
    need not wait for writers on other machines."""
    with lock_folder(store.index_folder):
        yield


def _has_index_beside(store: Store) -> bool:
    """Whether the lock of the app database is that of the index, too."""
    return isinstance(store.database, Path) and store.index_folder == store.folder


def _hold() -> None:
    # The kernel does not take a lock on a file away.
    pass


@contextmanager
def hold_folder(store: Store) -> Iterator[Path]:
    """A folder for long work that is no write yet: gone after the block, or with the next write
    where the block was killed."""
    with ExitStack() as held:
        # Under the lock, so that no writer finds it before it is held.
        with lock_writers(store):
            name = tempfile.TemporaryDirectory(dir=store.folder, prefix=_HELD_PREFIX)
            folder = Path(held.enter_context(name))
            lock = held.enter_context((folder / _HELD_LOCK).open("ab"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def find_abandoned(store: Store) -> list[Path]:
    """The folders of `hold_folder` whose holder is no more. For a writer, who has the lock."""
    return [folder for folder in _find_folders(store) if not _is_held(folder)]


def is_work_under_way(store: Store) -> bool:
    """Whether somebody holds a folder of `hold_folder`."""
    return any(map(_is_held, _find_folders(store)))


def _find_folders(store: Store) -> list[Path]:
    return sorted(store.folder.glob(f"{_HELD_PREFIX}*"))


def _is_held(folder: Path) -> bool:
    return (folder / _HELD_LOCK).exists() and not _can_lock(folder / _HELD_LOCK)


def _can_lock(path: Path) -> bool:
    with path.open("rb") as lock:
        return try_lock(lock.fileno())


@contextmanager
def _lock_database(store: Store) -> Iterator[Callable[[], None]]:
    # The server frees the lock when the connection ends, however it does.
    values = {"key": int(store.store_id[:15], 16)}
    with ExitStack() as open_things:
        try:
            app = open_things.enter_context(get_engine(store.database).connect())
            # A transaction would stay open for the whole write, which servers may forbid.
            app.execution_options(isolation_level="AUTOCOMMIT")
            ask = text("SELECT pg_try_advisory_lock(:key)")
            wait_for(store.folder, lambda: bool(app.execute(ask, values).scalar_one()))
        except SQLAlchemyError as error:
            raise say_unreadable(store, say_reason(error)) from None
        try:
            yield partial(_check_connected, store, app)
        finally:
            with suppress(SQLAlchemyError):
                app.execute(text("SELECT pg_advisory_unlock(:key)"), values)


def _check_connected(store: Store, app: Connection) -> None:
    try:
        app.execute(text("SELECT 1"))
    except SQLAlchemyError:
        raise StoreError(
            f"The connection to the app database of {store.folder} was lost while writing; nothing "
            "was changed. Try again."
        ) from None
