"""Folders to work in: what is in them may be patients' words, and goes whatever happens."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder that its owner alone may read, under TMPDIR, which is gone after the block.

    What programs left that were killed in the block is removed by the next that comes here: each
    holds a lock on its folder, which the kernel takes back however the program ends.
    """
    prefix = f"yousaid-{os.getuid()}-"
    _sweep(Path(tempfile.gettempdir()), prefix)
    folder, lock = _make_held(prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make_held(prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return folder, lock
            os.close(lock)  # swept before we held it


def _sweep(above: Path, prefix: str) -> None:
    for folder in above.glob(f"{prefix}*"):
        # Not by a link that somebody else has laid, nor in a folder of theirs.
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.getuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
