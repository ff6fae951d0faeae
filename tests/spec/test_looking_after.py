"""What the person who runs the machine can do to a store: docs/looking-after.md."""

import csv
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.spec.conftest import Run
from tests.unit.store.stores import count_responses, get_all
from yousaid.sample import sample_path
from yousaid.store.layout import open_store

FIRST_COUNT, SECOND_COUNT = 40, 30


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two files of a few responses each."""
    folder = tmp_path_factory.mktemp("files")
    with sample_path().open(encoding="utf-8", newline="") as source:
        header, *rows = list(csv.reader(source))
    parts = {"first": rows[:FIRST_COUNT], "second": rows[FIRST_COUNT : FIRST_COUNT + SECOND_COUNT]}
    for name, part in parts.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([header, *part])
    return [folder / f"{name}.csv" for name in parts]


@pytest.fixture(scope="module")
def loaded(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded") / "feedback"
    for file in files:
        command = ["load", str(file), "--into", str(folder), "--model", "fast"]
        subprocess.run([sys.executable, "-m", "yousaid", *command], check=True)
    return folder


@pytest.fixture
def folder(loaded: Path, tmp_path: Path) -> Path:
    shutil.copytree(loaded, tmp_path / "feedback")
    return tmp_path / "feedback"


def count(folder: Path) -> int:
    return int(count_responses(open_store(folder)))


def test_an_upload_is_listed_and_taken_back_and_comes_again(
    run: Run, folder: Path, files: list[Path]
) -> None:
    listed = run("uploads", folder)
    assert re.search(r"1 .* first\.csv: 40 responses", listed.out)
    assert run("undo", folder, "1").code == 0
    assert count(folder) == SECOND_COUNT
    assert run("load", files[0], "--into", folder, "--model", "fast").code == 0
    assert count(folder) == FIRST_COUNT + SECOND_COUNT


def test_undo_of_no_upload_says_which_there_are(run: Run, folder: Path) -> None:
    ran = run("undo", folder, "7")
    assert (ran.code, "Choose from: 1, 2." in ran.err) == (2, True)


def test_all_comments_are_read_again_and_that_is_taken_back(run: Run, folder: Path) -> None:
    before = get_all(open_store(folder))
    assert run("reread", folder, "--model", "best").code == 0
    after = get_all(open_store(folder))
    assert {found.reading.model.split()[0] for found in after} == {"best"}
    assert [found.comment for found in after] == [found.comment for found in before]
    assert run("reread", folder, "--undo").code == 0
    assert get_all(open_store(folder)) == before


def test_erase_shows_that_nothing_is_left(run: Run, folder: Path) -> None:
    response_id = get_all(open_store(folder))[0].comment.response_id
    ran = run("erase", folder, "--response", response_id, "--yes")
    assert ran.code == 0
    assert "responses 1," in ran.out
    assert "found: comments 0, readings 0, facts 0, corrections 0, search 0." in ran.out
    assert count(folder) == FIRST_COUNT + SECOND_COUNT - 1
    again = run("erase", folder, "--response", response_id, "--yes")
    assert (again.code, "no response of that id" in again.err) == (2, True)


def test_erase_before_a_day(run: Run, folder: Path) -> None:
    assert run("erase", folder, "--before", "2100-01-01", "--yes").code == 0
    assert count(folder) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "either --response or --before"),
        (("--response", "x", "--before", "2020-01-01"), "either --response or --before"),
        (("--before", "1/4/2020"), "is not a date"),
    ],
)
def test_erase_of_nothing_in_particular_is_refused(
    run: Run, folder: Path, options: tuple[str, ...], said: str
) -> None:
    ran = run("erase", folder, *options, "--yes")
    assert (ran.code, said in ran.err) == (2, True)
    assert count(folder) == FIRST_COUNT + SECOND_COUNT


def test_erase_asks_first_and_says_what_it_would_do(folder: Path) -> None:
    command = [sys.executable, "-m", "yousaid", "erase", str(folder), "--before", "2100-01-01"]
    asked = subprocess.run(command, input="n\n", capture_output=True, text=True, check=False)
    assert asked.returncode == 130
    assert f"Erase all {FIRST_COUNT + SECOND_COUNT} responses dated before 1 January 2100" in (
        asked.stderr
    )
    assert count(folder) == FIRST_COUNT + SECOND_COUNT


def test_a_backup_is_restored(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("backup", folder, tmp_path / "x.tar").code == 0
    assert run("restore", tmp_path / "x.tar", tmp_path / "again").code == 0
    assert get_all(open_store(tmp_path / "again")) == get_all(open_store(folder))
    assert run("check", tmp_path / "again").code == 0


def test_check_finds_and_mends(run: Run, folder: Path) -> None:
    assert "is whole" in run("check", folder).err
    shutil.rmtree(folder / "facts")
    found = run("check", folder)
    assert (found.code, "facts/: the table is damaged or missing" in found.err) == (2, True)
    assert run("check", folder, "--repair").code == 0
    assert count(folder) == FIRST_COUNT + SECOND_COUNT


def test_tidy_changes_no_count(run: Run, folder: Path) -> None:
    assert run("tidy", folder).code == 0
    assert len(list((folder / "comments").glob("*.parquet"))) > 0
    assert count(folder) == FIRST_COUNT + SECOND_COUNT


def test_a_rereading_that_is_stopped_leaves_no_files(folder: Path) -> None:
    before = get_all(open_store(folder))
    command = [sys.executable, "-m", "yousaid", "reread", str(folder), "--model", "best"]
    with subprocess.Popen(command) as child:
        deadline = time.monotonic() + 60
        # Until it is in use: one that was only just made goes with the next write.
        while not list(folder.glob("reading-*/held")) and time.monotonic() < deadline:
            time.sleep(0.01)
        child.terminate()
    assert list(folder.glob("reading-*")) == []
    assert [f.comment for f in get_all(open_store(folder))] == [f.comment for f in before]
