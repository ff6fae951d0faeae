"""Any file that a person may bring: read right, or refused in one line that helps."""

import gc
import io
import os
import stat
import sys
import tempfile
import time
import tracemalloc
from datetime import date, datetime
from datetime import time as clock

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.errors import InputError
from yousaid.ingest.tables import ENDINGS, open_table
from yousaid.reports.tables import write_table


def make(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(path)


def rows_of(path, sheet=None):
    return [cells for batch in open_table(path, sheet).batches() for cells in batch]


def refuse(path, words, sheet=None):
    """Reading the whole of the file raises one line that holds these words."""
    with pytest.raises(InputError, match=words) as caught:
        rows_of(path, sheet)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_open_table_csv(tmp_path):
    table = open_table(
        make(tmp_path, "t.csv", 'Date,Ward, Text \n1,A,"x, ""y"""\n\n2, B \n3,,,,\n')
    )
    assert (table.name, table.sheet, table.columns) == ("t.csv", None, ("Date", "Ward", " Text "))
    assert list(table.rows()) == [
        (2, ("1", "A", 'x, "y"')),
        (4, ("2", " B ", "")),
        (5, ("3", "", "")),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_batches_sizes(tmp_path, size):
    table = open_table(make(tmp_path, "t.csv", "a\n" + "1\n" * 5))
    lengths = [len(batch) for batch in table.batches(size)]
    assert sum(lengths) == 5
    assert all(length == size for length in lengths[:-1])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_open_table_encodings(tmp_path, encoding):
    path = make(tmp_path, "t.csv", "Café,b\n“£5” – yes,2\n".encode(encoding))
    assert open_table(path).columns == ("Café", "b")
    assert rows_of(path) == [("“£5” – yes", "2")]


@pytest.mark.parametrize("name", ["t.tsv", "t.TSV", "t.tab", "t.txt"])
def test_open_table_tabs(tmp_path, name):
    assert rows_of(make(tmp_path, name, "a\tb\n1, 2\t3\n")) == [("1, 2", "3")]


def test_open_table_tsv_of_one_column(tmp_path):
    assert rows_of(make(tmp_path, "t.tsv", "Comment\nGood, kind\n")) == [("Good, kind",)]


def test_open_table_standard_input(monkeypatch):
    text = "a;b\n" + "1;é\n" * 100_000
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    table = open_table("-")
    first, second = table.rows(), table.rows()
    assert next(first) == next(second) == (2, ("1", "é"))
    assert sum(len(batch) for batch in table.batches()) == 100_000


def test_open_table_blank_names(tmp_path):
    table = open_table(make(tmp_path, "t.csv", "a,, ,column 2\n1,2,3,4\n"))
    assert table.columns == ("a", "column 2 (no name)", "column 3", "column 2")


def test_open_table_ten_thousand_columns(tmp_path):
    header = ",".join(f"question {n}" for n in range(10_000))
    path = make(tmp_path, "t.csv", header + "\n" + ",".join("x" * 10_000) + "\n")
    assert len(open_table(path).columns) == 10_000
    assert len(rows_of(path)[0]) == 10_000


def test_open_table_excel_cells(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    sheet.write_row(2, 1, ["a", "b", "c", "d"])
    sheet.write_datetime(4, 1, date(2024, 3, 1), day)
    sheet.write_datetime(4, 2, datetime(2024, 3, 1, 10, 30), day)  # noqa: DTZ001 - cells have no zone
    sheet.write_row(4, 3, [3.0, 0.25])
    sheet.write_row(5, 1, [True, False, 9434765919, " 007 "])
    sheet.write_formula(6, 1, '="x"&"y"', None, "xy")
    sheet.write_formula(6, 2, "=1/0", None, "#DIV/0!")
    sheet.write_datetime(6, 3, clock(9, 5), book.add_format({"num_format": "hh:mm"}))
    book.close()
    assert list(open_table(str(tmp_path / "t.xlsx")).rows()) == [
        (5, ("2024-03-01", "2024-03-01 10:30:00", "3", "0.25")),
        (6, ("true", "false", "9434765919", " 007 ")),
        (7, ("xy", "", "09:05:00", "")),
    ]


@pytest.fixture
def workbook(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    book.add_worksheet("Cover").write(0, 0, "Report")
    hidden = book.add_worksheet("Lists")
    hidden.write_column(0, 0, ["list", "x"])
    hidden.hide()
    book.add_worksheet("Data").write_column(0, 0, ["Comment", "Good"])
    book.add_worksheet("More").write_column(0, 0, ["Other", "Bad"])
    book.close()
    return str(tmp_path / "t.xlsx")


@pytest.mark.parametrize(
    ("asked", "got", "column"),
    [(None, "Data", "Comment"), ("More", "More", "Other"), (" lists ", "Lists", "list")],
)
def test_open_table_sheets(workbook, asked, got, column):
    table = open_table(workbook, asked)
    assert (table.sheet, table.columns) == (got, (column,))
    assert list(table.batches()) == list(table.batches())


def test_open_table_wrong_sheet(workbook):
    message = refuse(workbook, "no sheet “Wards”", sheet="Wards")
    assert "“Cover”, “Lists”, “Data”, “More”" in message
    refuse(workbook, "no rows below it", sheet="Cover")


def test_open_table_workbook_without_table(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    book.add_worksheet().write(0, 0, "Only a title")
    book.close()
    refuse(str(tmp_path / "t.xlsx"), "no sheet holds a table")


def test_open_table_sheet_of_a_text_file(tmp_path):
    refuse(make(tmp_path, "t.csv", "a\n1\n"), "not a workbook", sheet="Data")


def test_open_table_workbook_under_another_workbook_ending(tmp_path, workbook):
    os.rename(workbook, tmp_path / "t.xls")
    assert open_table(str(tmp_path / "t.xls")).columns == ("Comment",)


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv", ".tsv", ".xlsx"])
def test_open_table_what_we_write(tmp_path, ending):
    path = str(tmp_path / f"a*[b]{ending}")
    write_table(path, ["Ward", "n"], [[("A", 1), ("£\n", None)], [("x", 2)] * 3000])
    assert rows_of(path) == [("A", "1"), ("£\n", ""), *[("x", "2")] * 3000]


def test_open_table_json_lines(tmp_path):
    lines = '{"a": 1.0, "b": [1, "é"]}\n\n{"c": true, "a": null}\n{"b": "\\ud800"}\n'
    table = open_table(make(tmp_path, "t.jsonl", lines))
    assert table.columns == ("a", "b", "c")
    assert list(table.rows()) == [
        (1, ("1", '[1, "é"]', "")),
        (3, ("", "", "true")),
        (4, ("", "?", "")),
    ]


NOT_TABLES = [
    ("t.csv", b"", "t.csv is empty"),
    ("t.csv", b"\n\n \n"[:2], "has no rows"),
    ("t.csv", b"Date,Comment\n", "no rows below it"),
    ("t.csv", b"Date,Comment\n\n\n", "no rows below it"),
    ("t.csv", b"PK\x03\x04" + b"\x14" * 99, "is a zip file or an Excel workbook"),
    ("t.csv", b"\xff\xd8\xff\xe0", "is a picture"),
    ("t.csv", b"a,b\n1,2\n1,2,Thank you\n", "t.csv, row 3: there are 3 cells"),
    ("t.csv", b"FFT report\nDate,Ward\n1,2\n3,4\n", "row 2: .* delete any title"),
    ("t.csv", b"a,b,a\n1,2,3\n", "columns 1 and 3 are both called “a”"),
    ("t.csv", b"a,a,a,a,a,a\n1,2,3\n", r"\(2 more\)"),
    ("t.xlsx", b"hello", "no Excel or ODS workbook"),
    ("t.xlsx", b"PK\x03\x04 damaged", "no Excel or ODS workbook"),
    ("t.xls", b"\n<html><table><tr><td>a</td></tr></table>", "is a web page"),
    ("t.ods", b"", "is empty"),
    ("t.parquet", b"PAR1 damaged", "cannot be read as Parquet"),
    ("t.jsonl", b'{"a": 1}\nhello\n', "t.jsonl, line 2: this is not JSON"),
    ("t.jsonl", b'{"a": 1}\n[1]\n', "line 2: this is not a JSON object"),
    ("t.jsonl", b"[" * 99_999, "line 1: this is not JSON"),
    ("t.jsonl", b'{"a": ' + b"9" * 5000 + b"}", "line 1: this is not JSON"),
    ("t.jsonl", b"\n\n", "no rows"),
    ("t.docx", b"x", r"is of a kind that is not read. Use \.csv"),
    ("table", b"x", "not read"),
]


@pytest.mark.parametrize(("name", "data", "words"), NOT_TABLES)
def test_open_table_refuses(tmp_path, name, data, words):
    message = refuse(make(tmp_path, name, data), words)
    assert "Thank you" not in message


def test_open_table_missing_file(tmp_path):
    refuse(str(tmp_path / "none.csv"), r"none\.csv does not exist. Check")


def test_open_table_folder(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    refuse(str(tmp_path / "folder.csv"), "is a folder. Name a file")


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "a\0b.csv", "file.txt/t.csv"])
def test_open_table_impossible_name(tmp_path, name):
    (tmp_path / "file.txt").touch()
    refuse(f"{tmp_path}/{name}", "cannot be opened")


def test_open_table_pipe_or_device(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    refuse(str(tmp_path / "t.csv"), "not an ordinary file")
    refuse("/dev/zero", "not an ordinary file")


def test_open_table_without_permission():
    usual = os.geteuid()
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        os.chmod(file.name, 0)
        try:
            if usual == 0:
                os.seteuid(65534)  # permissions do not hold the superuser
            refuse(file.name, "may not be read by you")
        finally:
            os.seteuid(usual)
            os.chmod(file.name, stat.S_IRUSR)


def test_open_table_empty_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    refuse("-", "standard input is empty")


@pytest.mark.parametrize("start", [b"", b"Date,Comment\n1,"])
def test_open_table_line_of_100_megabytes(tmp_path, start):
    path = make(tmp_path, "t.csv", start + b"x" * 100_000_000)
    gc.collect()
    tracemalloc.start()
    begun = time.monotonic()
    try:
        refuse(path, "longer than 10,000,000 characters")
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.monotonic() - begun < 10  # a machine under load; 0.3 s on an idle one
    assert peak_bytes < 60_000_000


def test_open_table_streams(tmp_path):
    path = make(tmp_path, "t.csv", "a,b\n" + "1,some words of a comment\n" * 100_000)
    tracemalloc.start()
    try:
        assert sum(len(batch) for batch in open_table(path).batches()) == 100_000
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 5_000_000


def get_rows_or_refusal(path):
    try:
        return list(open_table(str(path)).rows())
    except InputError as error:
        return str(error)


@settings(deadline=None)
@given(
    data=st.binary(max_size=200)
    | st.text(st.sampled_from('a,;|"\t\r\n \u20ac1'), max_size=60).map(str.encode),
    ending=st.sampled_from([".csv", ".tsv", ".jsonl"]),
)
def test_open_table_any_bytes(tmp_path_factory, data, ending):
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    path.write_bytes(data)
    found = get_rows_or_refusal(path)
    assert "\n" not in found
    assert found  # refused, or with rows


@pytest.fixture(scope="module")
def workbook_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "t.xlsx"
    write_table(str(path), ["a", "b"], [[("x", 1)]])
    return path.read_bytes()


@settings(deadline=None)
@given(place=st.integers(0, 10_000), junk=st.binary(max_size=9))
def test_open_table_any_damage_to_a_workbook(tmp_path_factory, workbook_bytes, place, junk):
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    cut = place % len(workbook_bytes)
    path.write_bytes(workbook_bytes[:cut] + junk + workbook_bytes[cut + len(junk) :])
    found = get_rows_or_refusal(path)
    assert "\n" not in found
    assert found


def test_endings_are_all_tried_here():
    tried = {".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".parquet", ".jsonl", ".ods"}
    assert set(ENDINGS) - tried == {".xlsm", ".xlsb", ".ndjson", ".json"}
