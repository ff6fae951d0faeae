"""What is odd about an upload as a whole."""

from datetime import date, timedelta

import pytest

from yousaid.ingest.column_map import ColumnMap, TextColumn
from yousaid.ingest.doubts import list_doubts
from yousaid.ingest.tables import open_table
from yousaid.ingest.upload import read_upload
from yousaid.reports.tables import write_table

TODAY = date(2026, 5, 1)


MAP = ColumnMap((TextColumn("Comment"),), "Date", "Score", 1, ("Ward",))


def doubt(folder, rows):
    """What is odd about rows of comment, date, score and ward."""
    path = str(folder / "t.csv")
    write_table(path, ["Comment", "Date", "Score", "Ward", "Number"], [
        [(*row, str(number)) for number, row in enumerate(rows)]
    ])  # fmt: skip
    with read_upload(open_table(path), MAP, TODAY) as upload:
        return list_doubts(upload, TODAY)


def make(texts):
    return [
        (text, (TODAY - timedelta(days=n % 40)).isoformat(), str(n % 5 + 1), f"Ward {n % 3}")
        for n, text in enumerate(texts)
    ]


def test_nothing_is_odd_about_an_ordinary_file(tmp_path):
    assert doubt(tmp_path, make([f"{'x' * (n % 90)} said {n}" for n in range(200)])) == []
    assert doubt(tmp_path, make([""])) == []


@pytest.mark.parametrize("limit", [160, 255])
def test_text_that_was_cut(tmp_path, limit):
    texts = ["x" * min(n * 10, limit) for n in range(1, 60)]
    [said] = doubt(tmp_path, make(texts))
    assert f"exactly {limit} characters long" in said
    # One that is longer shows that it was not.
    assert doubt(tmp_path, make([*texts, "x" * (limit + 1)])) == []


def test_dates_that_are_still_to_come(tmp_path):
    rows = [("Kind", (TODAY + timedelta(days=n)).isoformat(), "1", "Elm") for n in range(4)]
    [said] = doubt(tmp_path, rows)
    assert "3 responses have a date that is still to come, the last 4 May 2026" in said


def test_a_column_of_one_value(tmp_path):
    rows = [("Kind", TODAY.isoformat(), str(n % 5 + 1), f"Ward {n % 3}") for n in range(60)]
    assert doubt(tmp_path, rows) == [
        "All 60 responses have the same date. Check that its column is the right one."
    ]
    assert doubt(tmp_path, rows[:40]) == []
    # None at all is no one value.
    assert doubt(tmp_path, [("Kind", "", "", "")] * 60) == []
    placed = [("Kind", "", "", "Elm")] * 60
    assert [said[:44] for said in doubt(tmp_path, placed)] == [
        "All 60 responses have the same place. Check "
    ]
