"""What `yousaid explain` promises to somebody who asks why."""

import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.spec.conftest import Run
from yousaid.model.reader import Reader

COMMAND = [sys.executable, "-c", "from yousaid.__main__ import main; main()", "explain"]
COMMENT = "The nurses were kind and friendly but I could find nowhere to park"


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def give_input(content: bytes) -> None:
        stream = SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", stream)

    return give_input


def test_says_which_words_and_which_piece(run: Run) -> None:
    ran = run("explain", COMMENT, "--question", "could_improve")
    assert "SAID: Parking, negative" in ran.out
    assert "SAID: Staff manner & personal attributes, positive" in ran.out
    assert "in: but I could find nowhere to park" in re.sub(r"\[[+−]|\]", "", ran.out)
    assert "[+park]" in ran.out
    assert "NOT SAID: " in ran.out
    assert "both praise and criticism (mixed); urgency 0." in ran.out
    assert (ran.code, ran.err) == (0, "")


def test_pipe_has_no_colour_and_loses_nothing(run: Run) -> None:
    out = run("explain", COMMENT).out
    assert "\x1b" not in out
    assert not any(line.endswith(" ") for line in out.split("\n"))


@pytest.mark.parametrize("no_colour", [False, True])
def test_terminal_has_colour_unless_unwanted(no_colour: bool) -> None:
    main, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    environment |= {"NO_COLOR": "1"} if no_colour else {}
    done = subprocess.Popen([*COMMAND, COMMENT], stdout=terminal, env=environment)
    os.close(terminal)
    shown = b"".join(iter(lambda: _read_terminal(main), b"")).decode()
    assert done.wait() == 0
    assert ("\x1b[32m[+park]" in shown) != no_colour
    assert "[+park]" in shown


def _read_terminal(handle: int) -> bytes:
    try:
        return os.read(handle, 65_536)
    except OSError:  # the other side is closed
        return b""


def test_comment_may_come_from_standard_input(run: Run, give: Callable[[bytes], None]) -> None:
    said = run("explain", COMMENT).out
    give(f"{COMMENT}\n".encode())
    assert run("explain", "-").out == said
    assert "standard input" in run("explain", "--help").out.replace("\n", " ")


@pytest.mark.parametrize("content", [b"", b"\n", b"N/A\n", b"?!"])
def test_nothing_to_read_is_said(run: Run, give: Callable[[bytes], None], content: bytes) -> None:
    give(content)
    ran = run("explain", "-")
    assert "There is nothing to read: a rule" in ran.out
    assert (ran.code, ran.err) == (0, "")


def test_nothing_raw_reaches_the_terminal() -> None:
    hostile = "Nowhere to park \x1b]0;title\x07\x1b[31m \u202egnp.exe\u202c \x00 \x9b31m [red]"
    done = subprocess.run([*COMMAND, "-"], input=hostile.encode(), capture_output=True, check=True)
    out = done.stdout.decode()
    assert not {"\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u202c"} & {*out}
    assert "[red]" in out


def test_bytes_that_are_no_text_and_a_terminal_that_knows_few_letters() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    comment = b"Nowhere to park \xff\xfe caf\xc3\xa9 \xf0\x9f\x91\x8d"
    done = subprocess.run([*COMMAND, comment], capture_output=True, env=environment, check=True)
    assert b"[+park]" in done.stdout
    assert done.stderr == b""


def test_long_comment_is_read_as_far_as_any(run: Run, give: Callable[[bytes], None]) -> None:
    give(b"Nowhere to park. " + b"a" * 1_000_000)
    ran = run("explain", "-")
    assert "Only its first 100,000 characters were read" in ran.out
    assert "SAID: Parking" in ran.out
    assert len(ran.out) < 10_000


def test_question_decides_and_may_be_its_wording(run: Run) -> None:
    ran = run("explain", "Nothing", "--question", "What could we do better?")
    assert ran.out == run("explain", "Nothing", "--question", "could_improve").out
    assert "Overall: very positive" in ran.out or "Overall: positive" in ran.out


def test_operating_point_is_the_one_asked_for(run: Run) -> None:
    out = run("explain", COMMENT, "--operating-point", "find_all").out
    assert f"Read by {Reader('best', 'find_all').model.label} as" in out


def test_unknown_question_and_model_are_one_line(run: Run) -> None:
    for arguments in (["--question", "how_long"], ["--model", "nowhere"]):
        ran = run("explain", "Secret words", *arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert "Secret" not in ran.err
