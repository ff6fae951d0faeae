"""The two folders: which parts there are to read, and that nobody else writes beside us.

A part is one Parquet file of a folder. What is read of it goes into a file of the same name in
another folder, so both have the same shape.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yousaid.errors import InputError, OutputError

_ENDING = ".parquet"
_WORK_PREFIX = ".yousaid-"


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet file to read, the file to make of it, and what messages call it: its path within
    its folder."""

    name: str
    source: Path
    target: Path


def find_parts(source: Path, target: Path) -> list[Part]:
    """The parts in a folder and the folders within, by name. Raises InputError where there is none,
    and for a Delta table."""
    names = sorted(find_names(source))
    if not names:
        raise InputError(f"{source} holds no Parquet files. Name a folder with {_ENDING} files.")
    return [Part(name, source / name, target / name) for name in names]


def find_names(source: Path) -> Iterator[str]:
    """The Parquet files in a folder and the folders within. What begins with “_” or “.” is left
    out, as Spark does. Raises InputError as `find_parts` does."""

    def refuse(error: OSError) -> None:
        raise InputError(
            f"{error.filename} may not be read by you. Ask for permission to read it."
        ) from error

    for folder, folders, files in os.walk(source, onerror=refuse):
        if "_delta_log" in folders:
            raise InputError(
                f"{folder} is a Delta table, which keeps files that no longer count. Write its "
                "rows to a folder of Parquet files first, or read it with yousaid.spark."
            )
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        for name in files:
            if name.lower().endswith(_ENDING) and not name.startswith(("_", ".")):
                yield os.path.relpath(os.path.join(folder, name), source)


def check_folders(source: Path, target: Path) -> None:
    """Raise InputError or OutputError where parts cannot go from the one folder to the other."""
    if not source.is_dir():
        raise InputError(f"{source} is not a folder. Name a folder of Parquet files.")
    read, written = source.resolve(), target.resolve()
    if read == written or read in written.parents or written in read.parents:
        raise OutputError(
            f"{target} and {source} lie in each other, so that what is written would be read "
            "again. Choose another folder to write to."
        )
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file. Name a folder to write to.")
    above = next(folder for folder in (written, *written.parents) if folder.exists())
    if not os.access(above, os.W_OK | os.X_OK, effective_ids=True):
        raise OutputError(f"{target}: you may not write in {above}. Choose another folder.")


@contextmanager
def open_work_folder(target: Path) -> Iterator[Path]:
    """A hidden folder in the target, which is made where it is missing, for what is not whole yet.

    What a run that was stopped left behind is removed. Raises OutputError where another run writes
    to the same folder.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_RDONLY)
    except OSError as error:
        raise OutputError(f"{target} cannot be made ({error.strerror}).") from error
    try:
        _lock(descriptor, target)
        for left in target.glob(f"{_WORK_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(
            prefix=_WORK_PREFIX, dir=target, ignore_cleanup_errors=True
        ) as work:
            yield Path(work)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, target: Path) -> None:
    # The kernel frees the lock when its holder dies, and a lock on the folder leaves no file.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OutputError(f"Another run is writing to {target}. Wait until it is done.") from error
    except OSError:
        return  # a network file system without such locks; two runs would do the same work twice


def put_in_place(made: Path, part: Part) -> None:
    """Give a part that is whole its name, safe from a loss of power."""
    # What is said of patients is for those who may read what they said.
    made.chmod(made.stat().st_mode & part.source.stat().st_mode | 0o600)
    _sync(made)
    missing = [folder for folder in part.target.parents if not folder.exists()]
    part.target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(made, part.target)
    for folder in {part.target.parent, *(folder.parent for folder in missing)}:
        _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
