"""A disk that fills up in the middle of a write: on a small file system of memory where this
machine lets us mount one, and by a limit to the size of files everywhere."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.unit.store import writers
from tests.unit.store.killing import PROCESSES, prepare, see
from tests.unit.store.traces import TRACES, find_traces
from tests.unit.store.writers import KINDS, get_store
from yousaid.errors import InputError, OutputError, StoreError
from yousaid.store.check import find_faults

# What is free, from nothing at all to a little less than what each kind of write needs.
FREE_BYTES = {
    "create": [64_000],
    "first upload": [0, 200_000],
    "further upload": [40_000, 96_000, 180_000],
    "files": [150_000],
    "undo": [48_000, 96_000],
    "correction": [56_000],
    "rereading": [96_000],
    "undo of rereading": [64_000],
    "upkeep": [90_000],
    "erase": [64_000, 96_000],
    "erase before": [64_000],
    "backup": [130_000],
    "restore": [200_000],
    "migration": [130_000],
    "index": [64_000],
    "mending": [64_000],
}
# No file may grow beyond. With this much an erasure counts, but not all of its traces go.
MOST_BYTES, MOST_BYTES_FOR_TRACES = 16_000, 50_000


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="module")
def disk():
    """A file system of 16 MB."""
    # Not in pytest's own folder, which it could not remove while something is mounted there.
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    try:
        if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("mounting a file system needs leave of the machine")
        yield folder
        # Lazily: DuckDB may hold a file that is not there any more.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    finally:
        folder.rmdir()


def fill(disk, free_bytes):
    found = os.statvfs(disk)
    with (disk / "filler").open("wb") as filler:
        filler.write(bytes(found.f_bavail * found.f_frsize - free_bytes))


def check_said(said, home):
    """It names the folder and the reason, and nothing of what was being written."""
    assert str(home) in said
    assert any(word in said for word in ("No space", "is full", "I/O error", "too large"))
    assert not any(trace.lower() in said.lower() for trace in TRACES)


def check_goes_on(expected, home):
    """Now that there is room, the same write succeeds."""
    assert see(home) == expected.before
    KINDS[expected.kind].write(home)
    assert see(home) == expected.after
    assert find_faults(get_store(home)) == []


def test_every_kind_of_write_meets_a_full_disk():
    assert FREE_BYTES.keys() == KINDS.keys()


@pytest.mark.parametrize(("kind", "free"), [(k, f) for k, all_ in FREE_BYTES.items() for f in all_])
def test_a_full_disk_is_said_and_changes_nothing(kind, free, disk, templates):
    expected = prepare(kind, templates)
    home = disk / "home"
    shutil.copytree(expected.template, home)
    try:
        fill(disk, free)
        # Where there is no room at all, SQLite cannot even be read.
        with pytest.raises((OutputError, StoreError)) as said:
            KINDS[kind].write(home)
        (disk / "filler").unlink()
        check_said(str(said.value), home)
        check_goes_on(expected, home)
    finally:
        (disk / "filler").unlink(missing_ok=True)
        shutil.rmtree(home)


def write_small(kind, home, most_bytes):
    """The error of a write where no file may grow beyond a size."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=writers.write_small, args=(kind, home, most_bytes, theirs))
    child.start()
    error, said = ours.recv()
    child.join()
    return error, said


# Where nothing can be mounted, these stand for all.
@pytest.mark.parametrize(
    "kind", ["create", "first upload", "undo", "rereading", "erase", "restore", "migration"]
)
def test_a_file_that_may_not_grow_is_said(kind, tmp_path, templates):
    expected = prepare(kind, templates)
    home = tmp_path / "home"
    shutil.copytree(expected.template, home)
    error, said = write_small(kind, home, MOST_BYTES)
    assert error in (OutputError, StoreError)
    check_said(said, home)
    check_goes_on(expected, home)


def test_a_full_disk_after_an_erasure_counts_is_said(tmp_path, templates):
    expected = prepare("erase", templates)
    home = tmp_path / "home"
    shutil.copytree(expected.template, home)
    error, said = write_small("erase", home, MOST_BYTES_FOR_TRACES)
    assert (error, "was taken out, but traces are left" in said) == (StoreError, True)
    check_said(said, home)
    assert see(home) == expected.after
    with pytest.raises(InputError, match="no response of that id"):
        KINDS["erase"].write(home)
    assert find_traces(home) == set()
