"""What `yousaid classify` promises of a folder of Parquet files."""

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.spec.conftest import Run
from tests.unit.parts.folder import get_rows, get_types, write_part
from yousaid.errors import InputError
from yousaid.model.reader import Reader
from yousaid.parts.classify import Classified, ReadingOptions, classify_parquet
from yousaid.parts.folders import find_names

ASK = ("--text", "comment", "--question", "question", "--model", "fast")
NAMES = ("a.parquet", "2024/month=1/b.parquet", "2024/month=2/b.parquet")
ADDED = "topics, sentiment, sentiment_score, mixed, urgency, comment_language, model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place, name in enumerate(NAMES):
        write_part(tmp_path / "in" / name, 40, place * 5)
    return tmp_path / "in"


def _digest(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and time of every part that is in its place."""
    return {
        name: (
            hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            (folder / name).stat().st_mtime_ns,
        )
        for name in find_names(folder)
    }


def test_every_part_says_what_its_file_alone_would(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("classify", folder, "-o", tmp_path / "out", *ASK).code == 0
    assert {*_digest(tmp_path / "out")} == {*NAMES}
    for name in NAMES:
        alone = tmp_path / "alone.parquet"
        assert run("classify", folder / name, "-o", alone, *ASK).code == 0
        made = tmp_path / "out" / name
        assert get_rows(made, ADDED) == get_rows(alone, ADDED)
        kept = get_types(folder / name)
        assert {**kept, **get_types(made)} == get_types(made)
        assert get_rows(made, ", ".join(kept)) == get_rows(folder / name)


def test_second_time_nothing_changes(run: Run, folder: Path, tmp_path: Path) -> None:
    first = run("classify", folder, "-o", tmp_path / "out", *ASK)
    assert "Read 120 comments in 3 parts." in first.err
    before = _digest(tmp_path / "out")
    second = run("classify", folder, "-o", tmp_path / "out", *ASK)
    assert second.err == "Read 0 comments in 0 parts. 3 were there already.\n"
    assert _digest(tmp_path / "out") == before


def test_only_what_changed_is_read_again(run: Run, folder: Path, tmp_path: Path) -> None:
    run("classify", folder, "-o", tmp_path / "out", *ASK)
    write_part(folder / "a.parquet", 41)
    write_part(folder / "new.parquet", 2)
    ran = run("classify", folder, "-o", tmp_path / "out", *ASK)
    assert "Read 43 comments in 2 parts. 2 were there already." in ran.err
    again = run("classify", folder, "-o", tmp_path / "out", *ASK, "--operating-point", "find_all")
    assert "Read 123 comments in 4 parts." in again.err
    labels = {row[0] for row in get_rows(tmp_path / "out" / "a.parquet", "model")}
    assert labels == {Reader("fast", "find_all").model.label}


def test_part_without_a_source_is_left_and_said(run: Run, folder: Path, tmp_path: Path) -> None:
    run("classify", folder, "-o", tmp_path / "out", *ASK)
    (folder / "a.parquet").unlink()
    ran = run("classify", folder, "-o", tmp_path / "out", *ASK)
    assert "1 files of no part that is there (such as a.parquet)" in ran.err
    assert (tmp_path / "out" / "a.parquet").exists()


def test_bad_part_is_named_and_the_others_are_read(run: Run, folder: Path, tmp_path: Path) -> None:
    bad, other = folder / NAMES[1], folder / NAMES[2]
    bad.write_bytes(bad.read_bytes()[:200])
    other.write_bytes(b"PAR1")
    ran = run("classify", folder, "-o", tmp_path / "out", *ASK)
    assert ran.code == 2
    message = ran.err.splitlines()[-1]
    assert message.startswith("yousaid: 2 of 3 parts could not be read. ")
    assert all(name in message for name in NAMES[1:])
    assert {*_digest(tmp_path / "out")} == {"a.parquet"}
    for name in NAMES[1:]:
        write_part(folder / name, 3)
    ran = run("classify", folder, "-o", tmp_path / "out", *ASK)
    assert (ran.code, {*_digest(tmp_path / "out")}) == (0, {*NAMES})


def test_columns_are_found_without_being_named(folder: Path, tmp_path: Path) -> None:
    for name in NAMES:
        write_part(folder / name, 3)
    said: list[str] = []
    with pytest.raises(InputError):
        classify_parquet(folder, tmp_path / "out", ReadingOptions(text="said"))
    assert not (tmp_path / "out").exists()
    done = classify_parquet(folder, tmp_path / "out", ReadingOptions("comment"), say=said.append)
    assert done == Classified(read_count=3, kept_count=0, comment_count=9)
    assert len(said) == 3


def test_column_of_unknown_questions_is_said(run: Run, folder: Path, tmp_path: Path) -> None:
    asked = ("--text", "comment", "--question", "comment_2")
    assert run("classify", folder, "-o", tmp_path / "out", *asked).code == 2
    asked = ("--text", "question", "--question", "comment", "--model", "fast")
    ran = run("classify", folder, "-o", tmp_path / "out", *asked)
    assert "wordings of no known kind of question" in ran.err
    assert "Kind nurses" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Name the folder to write to with -o"),
        (("-o", "out", "--sheet", "1"), "Leave --sheet out"),
        (("-o", "out", "--model", "none"), "none"),
        (("-o", "in/out"), "lie in each other"),
    ],
)
def test_wrong_use_is_said_at_once(
    run: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(folder.parent)
    ran = run("classify", "in", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert [path.name for path in folder.parent.iterdir()] == ["in"]


def test_workers_are_at_least_one(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least"):
        classify_parquet(folder, tmp_path / "out", workers=0)


def test_full_disk_stops_all_and_leaves_what_is_whole(folder: Path, tmp_path: Path) -> None:
    # What a full disk answers, asked of the system itself: no file may grow beyond a few bytes.
    limited = f"ulimit -f 4; exec {sys.executable} -c 'from yousaid.__main__ import main; main()'"
    command = [*("classify", str(folder), "-o", str(tmp_path / "out")), *ASK]
    done = subprocess.run(
        ["bash", "-c", f'{limited} "$@"', "bash", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "could not be written" in done.stderr
    assert not [*(tmp_path / "out").iterdir()]


def test_killed_at_any_moment_it_goes_on(folder: Path, tmp_path: Path) -> None:
    for place in range(8):
        write_part(folder / f"{place}.parquet", 1200, place)
    whole, out = tmp_path / "whole", tmp_path / "out"
    options = ReadingOptions("comment", "question", "fast")
    classify_parquet(folder, whole, options)
    wanted = {name: content for name, (content, _) in _digest(whole).items()}
    chance = random.Random(4)
    for kill in range(12):
        out.mkdir(exist_ok=True)
        before = len([*find_names(out)])
        _start_and_kill(folder, out, before + kill % 3, chance.uniform(0, 0.5), bool(kill % 2))
        found = {name: content for name, (content, _) in _digest(out).items()}
        assert {name: wanted[name] for name in found} == found
        assert len(found) >= before
        if len(found) == len(wanted):
            for name in found:
                (out / name).unlink()
    classify_parquet(folder, out, options)
    assert {name: content for name, (content, _) in _digest(out).items()} == wanted


def _start_and_kill(
    folder: Path, out: Path, part_count: int, seconds: float, with_workers: bool
) -> None:
    """Kill a run some time after so many parts are there, and its processes too or itself alone."""
    code = "from yousaid.__main__ import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "classify", str(folder), "-o", str(out), *ASK],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while len([*find_names(out)]) < part_count and process.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    if with_workers:
        # A run that ended by itself in the meantime has no group left to kill.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def test_told_to_stop_it_leaves_no_working_folder(folder: Path, tmp_path: Path) -> None:
    for place in range(6):
        write_part(folder / f"{place}.parquet", 3000)
    code = "from yousaid.__main__ import main; main()"
    for stop in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen(
            [sys.executable, "-c", code, "classify", folder, "-o", tmp_path / "out", *ASK],
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        while not [*(tmp_path / "out").glob("*.parquet")]:
            time.sleep(0.01)
        os.killpg(process.pid, stop)
        _, said = process.communicate()
        assert process.returncode in (0, 130, 128 + signal.SIGTERM)
        assert b"Traceback" not in said
        assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]
        for path in (tmp_path / "out").glob("*.parquet"):
            path.unlink()
