"""A lock on a file, which the kernel frees when its holder dies, so that none is left behind."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from yousaid.errors import OutputError, StoreError

# How long a writer waits for another: a write of a thousand comments takes well under a second.
LOCK_WAIT_SECONDS = 5.0
_POLL_SECONDS = 0.05
# In a store's folder, held by whoever writes there.
LOCK_FILE = "write.lock"


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """The right to write into a folder, for the block. Raises StoreError where another holds it for
    long or the folder went away meanwhile."""
    path = folder / LOCK_FILE
    try:
        lock = path.open("ab")
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written ({error.strerror}). Check that you may write there."
        ) from error
    with lock:
        wait_for(folder, lambda: try_lock(lock.fileno()))
        if not _is_there(path, lock.fileno()):
            raise StoreError(f"{folder} was removed meanwhile. Look what is there, then try again.")
        yield


def _is_there(path: Path, descriptor: int) -> bool:
    """Whether an open file is still the one of this name: who waited may have got the lock of a
    folder that was removed, and another made."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def try_lock(descriptor: int) -> bool:
    """Lock an open file, if nobody else has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for(folder: Path, is_held: Callable[[], bool]) -> None:
    """Try until it is held. Raises StoreError after some seconds."""
    give_up_at = time.monotonic() + LOCK_WAIT_SECONDS
    while not is_held():
        if time.monotonic() >= give_up_at:
            raise StoreError(f"Another program is writing to {folder}. Try again in a minute.")
        time.sleep(_POLL_SECONDS)
