"""Writes that are killed, and what must be true of the store after that."""

import multiprocessing
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

from deltalake import DeltaTable

from tests.unit.store import writers
from tests.unit.store.stores import NOW, ask, describe_rows, get_all
from tests.unit.store.traces import find_traces
from tests.unit.store.writers import KINDS, Step, add_next, get_store
from yousaid.errors import InputError, StoreError
from yousaid.store.check import find_faults
from yousaid.store.layout import is_store, read_layout
from yousaid.store.query import get_uploads
from yousaid.store.restore import restore
from yousaid.store.schema import TABLES
from yousaid.store.snapshot import forget_stores

# Its server has read the modules but used none, so that its children begin in no time and whole.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([writers.__name__])

# Until these have ended well, nothing of what they bring may stay.
_BRINGING = ("first upload", "further upload", "files")
_ERASING = ("erase", "erase before")
_FILES = {*TABLES, "write.lock", "app.sqlite", "search.sqlite"}
# What SQLite keeps beside a file that a killed process had open, until the next one closes it.
_BESIDE = {f"{name}.sqlite{end}" for name in ("app", "search") for end in ("-wal", "-shm")}


@dataclass(frozen=True)
class Expected:
    """A kind of write, the folder that it is for, what is seen before and after it, and after
    another upload on top of each."""

    kind: str
    template: Path
    before: Any
    after: Any
    before_and_next: Any
    after_and_next: Any


@cache
def prepare(kind: str, folder: Path) -> Expected:
    """Make what a kind of write is for, and do it once undisturbed. The folder is for all kinds."""
    template = _prepare_template(KINDS[kind].prepare, folder)
    done = folder / "done"
    shutil.copytree(template.home, done)
    KINDS[kind].write(done)
    after = see(done)
    return Expected(
        kind, template.home, template.seen, after, template.seen_with_next, _see_next(done)
    )


class _Template(NamedTuple):
    home: Path
    seen: Any
    seen_with_next: Any


@cache
def _prepare_template(make: Callable[[Path], object], folder: Path) -> _Template:
    home, looked_at = Path(mkdtemp(dir=folder)), folder / "looked at"
    make(home)
    # Never looked at in its place: looking makes a search index where there is none.
    shutil.copytree(home, looked_at)
    seen = see(looked_at)
    with_next = _see_next(looked_at) if is_whole(seen) else shutil.rmtree(looked_at)
    return _Template(home, seen, with_next)


def _see_next(home: Path) -> Any:
    add_next(home)
    seen = see(home)
    shutil.rmtree(home)
    return seen


def see(home: Path) -> Any:
    """All that anyone can see of a store, in an order of its own."""
    forget_stores()
    folder = home / "feedback"
    if not is_store(folder):
        return ("nothing",)
    if read_layout(folder, None)[1] == 2:
        return _see_old(folder)
    store = get_store(home)
    try:
        uploads = [(u.upload_id, u.file_name, u.response_count) for u in ask(store, get_uploads)]
    except StoreError:
        return ("damaged",)
    return "whole", describe_rows(store), get_all(store), uploads


def is_whole(seen: Any) -> bool:
    return seen[0] == "whole"


def _see_old(folder: Path) -> Any:
    with closing(sqlite3.connect(folder / "app.sqlite")) as app:
        versions = app.execute("SELECT comments_version, readings_version FROM state").fetchone()
    tables = [
        DeltaTable(folder / table, version=version).to_pyarrow_table().to_pylist()
        for table, version in zip(("comments", "readings"), versions, strict=True)
    ]
    return "old", repr(tables)


def list_steps(expected: Expected, home: Path) -> list[Step]:
    """The steps of a write, in order."""
    shutil.copytree(expected.template, home)
    ours, theirs = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=writers.list_steps, args=(expected.kind, home, theirs))
    child.start()
    theirs.close()
    steps = ours.recv()
    child.join()
    shutil.rmtree(home)
    return steps


def kill(
    expected: Expected, home: Path, *, at: Step | None = None, after_seconds: float = 0.0
) -> bool:
    """Whether a write was killed, at a step or after a time, before it had ended."""
    shutil.copytree(expected.template, home)
    ours, theirs = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=writers.write_until, args=(expected.kind, home, at, theirs))
    child.start()
    theirs.close()
    ours.recv()
    if at is None:
        time.sleep(after_seconds)
        child.kill()
    child.join()
    assert child.exitcode in (0, -9), child.exitcode
    return child.exitcode == -9


def check_whole(expected: Expected, home: Path, *, with_another: bool) -> None:
    """Raise AssertionError where a killed write left anything by halves.

    What comes next is the same write again or, `with_another`, an upload of something else.
    """
    kind, seen = expected.kind, see(home)
    assert seen in (expected.before, expected.after), "something in between"
    if kind == "backup":
        _check_backup(expected, home)
    counts = seen == expected.after != expected.before
    if not counts and not (with_another and expected.before_and_next):
        KINDS[kind].write(home)
        counts = True
        assert see(home) == expected.after, "not as if it had never been stopped"
    elif counts and kind in _ERASING:
        _erase_again(kind, home)
    if counts and kind in _ERASING:
        assert find_traces(home / "feedback") == set()
    add_next(home)
    after = expected.after_and_next if counts else expected.before_and_next
    assert see(home) == after, "the next write is not as it was"
    faults = find_faults(get_store(home))
    assert faults == [], faults
    if kind in _BRINGING and not counts:
        assert find_traces(home / "feedback") == set()
    assert {path.name for path in (home / "feedback").iterdir()} <= _FILES | _BESIDE


def _erase_again(kind: str, home: Path) -> None:
    # Nobody is there to be erased any more; by a date, nothing is.
    with suppress(InputError):
        KINDS[kind].write(home)


def _check_backup(expected: Expected, home: Path) -> None:
    target = home / "x.tar"
    if target.exists():
        restore(target, home / "again" / "feedback", now=NOW)
        assert see(home / "again") == expected.before
        target.unlink()
