"""Folders to work in: nobody else's to read, and gone whatever happens."""

import signal
import stat
import subprocess
import sys
from contextlib import suppress

import pytest

from yousaid.ingest.working import working_folder

HOLD = """
import sys
from yousaid.ingest.working import working_folder
with working_folder() as folder:
    (folder / "words.csv").write_text("what a patient said")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def hold():
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    return process


def test_it_is_ours_alone_and_gone_afterwards(temporary):
    with suppress(ZeroDivisionError), working_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.parent == temporary
        (folder / "words.csv").write_text("what a patient said")
        raise ZeroDivisionError
    assert not list(temporary.iterdir())


def test_what_a_killed_program_left_is_swept_and_what_is_used_is_not(temporary):
    killed, alive = hold(), hold()
    assert len(list(temporary.iterdir())) == 2
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    with working_folder():
        assert len(list(temporary.iterdir())) == 2
        assert len(list(temporary.glob("*/words.csv"))) == 1
    alive.communicate("")
    assert not list(temporary.iterdir())


def test_a_link_to_somewhere_else_is_left_alone(temporary, monkeypatch):
    with working_folder() as folder:
        prefix = folder.name[: folder.name.rindex("-") + 1]
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (temporary / f"{prefix}link").symlink_to(elsewhere)
    with working_folder():
        pass
    assert (elsewhere / "kept").exists()
