"""Titles and notes above the names of the columns."""

import doctest

import pytest
import xlsxwriter

from yousaid.ingest import header
from yousaid.ingest.header import count_rows_above
from yousaid.ingest.tables import open_table, take_rows

NAMES = ["Response ID", "Date", "Ward", "Comments"]
ROWS = [[str(n), "02/03/2026", "Ward 1", "Kind nurses"] for n in range(5)]


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["FFT report"]],
        [["FFT report", "", "", ""], ["Made on 3 May 2026", "", "", ""]],
        [["Northfield Hospital"], ["All wards"], ["Confidential"], ["Page 1"]],
    ],
)
def test_names_below_titles_are_found(above):
    assert count_rows_above([*above, NAMES, *ROWS]) == len(above)


@pytest.mark.parametrize(
    "rows",
    [
        # Names come first, however few there are.
        [["Date", "Ward"], *ROWS],
        [NAMES, ["only one", "", "", ""], *ROWS],
        # Comments that were cut at their commas.
        [["Comment"], ["Good", " kind", " the ward was nice"], ["Bad", " cold", " slow"]] * 5,
        [["Comments"], *[["Date with my son", "a ward", "thanks"]] * 3],
        # Nothing that we know by its name.
        [["Title"], ["x", "y", "z"], ["1", "2", "3"], ["4", "5", "6"]],
        # Numbers are no names.
        [["Title"], ["1", "Date", "Ward", "Comments"], *ROWS],
        [["Title"]],
        [],
    ],
)
def test_what_only_seems_to_be_a_title_is_not_passed_over(rows):
    assert count_rows_above(rows) == 0


def test_csv_with_a_title_keeps_its_row_numbers(tmp_path):
    path = tmp_path / "t.csv"
    rows = ["FFT report,,,", "", ",".join(NAMES), *(",".join(row) for row in ROWS)]
    path.write_text("\n".join(rows))
    table = open_table(str(path))
    assert table.columns == tuple(NAMES)
    assert next(table.rows()) == (4, tuple(ROWS[0]))
    assert len(list(take_rows(table, 2).rows())) == 2


def test_workbook_with_notes(tmp_path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write(0, 0, "Friends and Family Test")
        sheet.write(1, 0, "Extracted by the survey team")
        for place, row in enumerate([NAMES, *ROWS], start=3):
            sheet.write_row(place, 0, row)
    table = open_table(str(path))
    assert table.columns == tuple(NAMES)
    assert next(table.rows()) == (5, tuple(ROWS[0]))


def test_examples_run():
    assert doctest.testmod(header).failed == 0
