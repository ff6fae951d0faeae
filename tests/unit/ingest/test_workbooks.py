"""Workbooks that would harm the machine, and cells as text."""

import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
import xlsxwriter

from yousaid.errors import InputError
from yousaid.ingest.workbooks import check_workbook_size, get_cell_text, read_workbook


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (" a\n", " a\n"),
        (True, "true"),
        (False, "false"),
        (3.0, "3"),
        (-0.5, "-0.5"),
        (9434765919.0, "9434765919"),
        (1e22, "10000000000000000000000"),
        (float("inf"), "inf"),
        (7, "7"),
        (date(2024, 3, 1), "2024-03-01"),
        (datetime(2024, 3, 1), "2024-03-01"),  # noqa: DTZ001 - cells have no zone
        (datetime(2024, 3, 1, 9, 5), "2024-03-01 09:05:00"),  # noqa: DTZ001
        (time(9, 5), "09:05:00"),
        (timedelta(hours=36), "1 day, 12:00:00"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_get_cell_text(value, text):
    assert get_cell_text(value) == text


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return str(path)


def test_check_workbook_size_zip_bomb(tmp_path):
    path = make_zip(tmp_path / "t.xlsx", {"xl/sharedStrings.xml": b" " * 210_000_000})
    with pytest.raises(InputError, match=r"t\.xlsx would unpack to 210 MB.*CSV"):
        check_workbook_size(path, "t.xlsx")


def test_check_workbook_size_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr("yousaid.ingest.workbooks.MOST_UNPACKED_BYTES", 1000)
    path = make_zip(tmp_path / "t.xlsx", {"a": b"x" * 600, "b": b"x" * 401})
    with pytest.raises(InputError, match="would unpack"):
        check_workbook_size(path, "t.xlsx")


@pytest.mark.parametrize(("cell", "fine"), [("AX1000000", True), ("AY1000000", False)])
@pytest.mark.parametrize("filler", [0, (1 << 20) - 12])
def test_check_workbook_size_stray_cell(tmp_path, cell, fine, filler):
    sheet = f'<c r="A1"/>{" " * filler}<c r="{cell}"/>'.encode()
    path = make_zip(tmp_path / "t.xlsx", {"xl/worksheets/sheet1.xml": sheet})
    if fine:
        check_workbook_size(path, "t.xlsx")
        return
    with pytest.raises(InputError, match=r"as far as cell AY1000000\. Delete"):
        check_workbook_size(path, "t.xlsx")


def test_check_workbook_size_before_reading(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    sheet.write_column(0, 0, ["a", "b"])
    sheet.write(1_048_575, 16_383, "stray")  # the reader would ask for 500 GB
    book.close()
    with pytest.raises(InputError, match="XFD1048576"):
        read_workbook(str(tmp_path / "t.xlsx"), "t.xlsx", None)


def test_read_workbook_ods(tmp_path):
    def row(*cells):
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def text(words):
        cell = '<table:table-cell office:value-type="string">'
        return f"{cell}<text:p>{words}</text:p></table:table-cell>"

    day = '<table:table-cell office:value-type="date" office:date-value="2024-03-01"/>'
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Data">{row(text("Date"), text("Comment"))}'
        f"{row(day, text('Kind'))}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    members = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": content,
    }
    sheet, read = read_workbook(make_zip(tmp_path / "t.ods", members), "t.ods", None)
    assert sheet == "Data"
    assert list(read()) == [(1, ["Date", "Comment"]), (2, ["2024-03-01", "Kind"])]
