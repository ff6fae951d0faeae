"""One writer at a time: by a lock on a file, or in PostgreSQL where several machines write."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from yousaid.errors import OutputError, StoreError
from yousaid.store.app import get_engine
from yousaid.store.layout import Store

# How long a writer waits for another: a write of a thousand comments takes well under a second.
LOCK_WAIT_SECONDS = 5.0
_POLL_SECONDS = 0.05


@contextmanager
def lock_writers(store: Store) -> Iterator[None]:
    """The right to write, for the block. Raises StoreError where another holds it for long."""
    lock = _lock_file(store) if isinstance(store.database, Path) else _lock_database(store)
    with lock:
        yield


@contextmanager
def _lock_file(store: Store) -> Iterator[None]:
    # The kernel frees the lock when its holder dies, so none is ever left behind.
    try:
        lock = (store.folder / "write.lock").open("ab")
    except OSError as error:
        raise OutputError(
            f"{store.folder} cannot be written ({error.strerror}). Check that you may write there."
        ) from error
    with lock:
        _wait_for(store, lambda: _try_file(lock.fileno()))
        yield


def _try_file(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _lock_database(store: Store) -> Iterator[None]:
    # The server frees the lock when the connection ends, however it does.
    values = {"key": int(store.store_id[:15], 16)}
    with get_engine(store.database).connect() as app:
        ask = text("SELECT pg_try_advisory_lock(:key)")
        _wait_for(store, lambda: bool(app.execute(ask, values).scalar_one()))
        try:
            yield
        finally:
            app.execute(text("SELECT pg_advisory_unlock(:key)"), values)
            app.rollback()


def _wait_for(store: Store, is_held: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + LOCK_WAIT_SECONDS
    while not is_held():
        if time.monotonic() >= give_up_at:
            raise StoreError(
                f"Another program is writing to {store.folder}. Try again in a minute."
            )
        time.sleep(_POLL_SECONDS)
