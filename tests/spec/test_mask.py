"""`yousaid mask`: a table given back without patients' personal details."""

import csv
from pathlib import Path

from tests.spec.conftest import Run
from yousaid.records import EVERYWHERE
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import open_store
from yousaid.store.query import get_comments
from yousaid.store.snapshot import open_snapshot

ROWS = "Id,What was good?\n1,My husband Emrys rang 07700 900123\n2,Thanks to Dr Patel\n"


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def test_mask_gives_the_table_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS)
    ran = run("mask", tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    assert (ran.code, ran.out) == (0, "")
    assert read(tmp_path / "out.csv") == [
        ["Id", "What was good?"],
        ["1", "My husband [name] rang [phone]"],
        ["2", "Thanks to Dr Patel"],
    ]
    assert "phone number 1" in ran.err
    assert "never certain to be gone" in ran.err
    assert "Emrys" not in ran.err


def test_mask_takes_names_of_staff_where_it_is_told_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS)
    ran = run("mask", tmp_path / "in.csv", "--staff", "--text", "What was good?")
    assert "Thanks to Dr [name]" in ran.out


def test_mask_of_a_column_that_is_not_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS)
    ran = run("mask", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--text", "Nothing")
    assert (ran.code, (tmp_path / "out.csv").exists()) == (2, False)
    assert "no column “Nothing”" in ran.err


def test_load_masks_before_it_stores(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS)
    ran = run("load", tmp_path / "in.csv", "--into", tmp_path / "feedback")
    assert "Masked in the text:" in ran.err
    with open_snapshot(open_store(tmp_path / "feedback")) as snapshot:
        found = get_comments(EVERYWHERE, snapshot, EVERYTHING, order="oldest", page=1, page_size=9)
    assert {one.comment.text for one in found.comments} == {
        "My husband [name] rang [phone]",
        "Thanks to Dr Patel",
    }
