"""Making a file or a folder beside its place, to be moved there when it is whole."""

import fcntl
import glob
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

_ENDING, _LOCK_ENDING = ".unfinished", ".unfinished-lock"


@contextmanager
def make_beside(target: Path) -> Iterator[Path]:
    """A path in the target's folder, of nobody else: what is still there after the block goes.

    So does, at the beginning, what a maker of the same target left there that was killed. A lock
    tells it from the work of one that is alive.
    """
    target = target.absolute()
    _clear_abandoned(target)
    unfinished = target.with_name(f".{target.name}.{uuid4().hex}{_ENDING}")
    lock = unfinished.with_suffix(_LOCK_ENDING)
    with lock.open("xb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield unfinished
        finally:
            _remove(unfinished)
            lock.unlink()


def _clear_abandoned(target: Path) -> None:
    pattern = f".{glob.escape(target.name)}.{'[0-9a-f]' * 32}{_LOCK_ENDING}"
    for lock in target.parent.glob(pattern):
        with lock.open("rb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _remove(lock.with_suffix(_ENDING))
            lock.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
