"""A stream that is closed or full, a stop on the way, and words that are no command."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.spec.conftest import Run

YOUSAID = f"{sys.executable} -m yousaid"


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    (tmp_path / "in.csv").write_text("Comment\nThe food was cold and the tea was late\n")
    return tmp_path / "in.csv"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("classify {} --text Comment >/dev/full", "Standard output cannot be written"),
        ("inspect {} >&-", "Standard output cannot be written"),
        ("classify - <&-", "is empty"),
    ],
)
def test_stream_that_fails_is_one_line(comments: Path, command: str, says: str) -> None:
    shell = f"{YOUSAID} {command.format(comments)}"
    done = subprocess.run(shell, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    said = done.stderr.replace(done.stderr[: done.stderr.rfind("yousaid: ")], "")
    assert (done.returncode, says in said, said.count("\n")) == (2, True, 1)
    assert "Traceback" not in done.stderr


def test_stop_leaves_no_working_files(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("Comment\n" + "The food was cold and late\n" * 2_000_000)
    command = [sys.executable, "-m", "yousaid", "classify", "in.csv", "-o", "out.csv"]
    with subprocess.Popen([*command, "--text", "Comment"], cwd=tmp_path) as process:
        while not list(tmp_path.glob(".yousaid-*")):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 128 + signal.SIGTERM
    assert os.listdir(tmp_path) == ["in.csv"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["clasify"], "clasify"),
        (["classify"], "file"),
        (["classify", "x.csv", "--nope"], "--nope"),
        (["serve", "x", "--port", "99999999"], "65535"),
    ],
)
def test_usage_error_is_one_line(run: Run, words: list[str], says: str) -> None:
    ran = run(*words)
    assert (ran.code, ran.err.count("\n"), says in ran.err) == (2, 1, True)
    assert "--help" in ran.err


def test_no_words_show_the_help(run: Run) -> None:
    ran = run()
    assert (ran.code, "classify" in ran.out) == (0, True)


@pytest.mark.parametrize(
    "words", [["--host", ""], ["--name", "a*b"], ["--name", "http://ward-pc/"], ["--name", ""]]
)
def test_serve_refuses_names_that_are_none(run: Run, comments: Path, words: list[str]) -> None:
    store = comments.parent / "store"
    assert run("load", comments, "--into", store).code == 0
    ran = run("serve", store, *words)
    assert (ran.code, ran.err.count("\n"), words[0] in ran.err) == (2, 1, True)


def test_train_with_a_folder_for_configuration(run: Run, tmp_path: Path) -> None:
    ran = run("train", tmp_path, "-o", tmp_path / "model")
    assert (ran.code, ran.err.count("\n"), "Name a TOML file" in ran.err) == (2, 1, True)
