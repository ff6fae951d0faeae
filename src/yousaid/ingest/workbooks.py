"""Rows of spreadsheet workbooks: xlsx, xlsm, xls, xlsb and ods."""

import re
import struct
import zipfile
import zlib
from collections.abc import Generator
from datetime import date, datetime, time

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from yousaid.errors import InputError
from yousaid.ingest.delimited import NumberedRows

# A real workbook of a million rows unpacks to about a gigabyte, at a ratio of 5 to 30.
MOST_UNPACKED_BYTES = 2_000_000_000
SUSPECT_UNPACKED_BYTES = 200_000_000
SUSPECT_RATIO = 200

# The reader keeps every cell between the first and the last used, 32 bytes each: a stray cell in
# the far corner of a sheet would ask for half a terabyte.
MOST_CELLS = 50_000_000

# What the library raises for a damaged archive, an unknown compression and an encrypted member.
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

_CELL_REFERENCE = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"')
_LONGEST_REFERENCE_BYTES = 16


def read_workbook(path: str, name: str, sheet: str | None) -> tuple[str, NumberedRows]:
    """The name of the sheet that is read, and a function that goes through its rows.

    Without `sheet` it is the first that holds a header and a row below it, hidden ones last. Rows
    are numbered as the spreadsheet numbers them; blank rows are left out. Cells are text: see
    `get_cell_text`. Raises InputError for a workbook that is damaged, locked or dangerously large,
    and for a sheet that is not there.
    """
    check_workbook_size(path, name)
    try:
        return _find_sheet(path, name, sheet)
    except PasswordError as error:
        raise InputError(
            f"{name} is locked with a password. Save a copy without one and use that."
        ) from error
    except (CalamineError, OSError) as error:
        raise _not_a_workbook(path, name) from error
    except BaseException as error:
        # A fault inside the Rust library arrives as PanicException, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _not_a_workbook(path, name) from error


def get_cell_text(value: object) -> str:
    """A cell's value as text: dates in ISO form, whole numbers without “.0”, None as ""."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def check_workbook_size(path: str, name: str) -> None:
    """Raise InputError if unpacking the workbook would fill the memory of an ordinary machine."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            _check_unpacked(archive, name)
            for member in archive.namelist():
                if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                    _check_extent(archive, member, name)
    except _ZIP_FAULTS as error:
        raise _not_a_workbook(path, name) from error


def _check_unpacked(archive: zipfile.ZipFile, name: str) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    suspect = unpacked > SUSPECT_UNPACKED_BYTES and unpacked / packed > SUSPECT_RATIO
    if suspect or unpacked > MOST_UNPACKED_BYTES:
        raise InputError(
            f"{name} would unpack to {unpacked / 1e6:,.0f} MB, more than a table of comments can "
            "need. Save the sheet that you want as CSV and use that."
        )


def _check_extent(archive: zipfile.ZipFile, member: str, name: str) -> None:
    last_row, columns, tail = 0, {b"A"}, b""
    with archive.open(member) as file:
        while chunk := file.read(1 << 20):
            found = _CELL_REFERENCE.findall(tail + chunk)
            columns.update(letters for letters, _ in found)
            last_row = max(last_row, max((int(row) for _, row in found), default=0))
            tail = chunk[-_LONGEST_REFERENCE_BYTES:]
    last_column = max(columns, key=lambda letters: (len(letters), letters)).decode()
    if last_row * _get_column_number(last_column) > MOST_CELLS:
        raise InputError(
            f"{name}: a sheet is used as far as cell {last_column}{last_row}. Delete the stray "
            "cells far from the table, or save the table as CSV."
        )


def _get_column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _find_sheet(path: str, name: str, wanted: str | None) -> tuple[str, NumberedRows]:
    # From an open file the kind is found from the content, from a path only from its ending.
    with open(path, "rb") as file:
        workbook = CalamineWorkbook.from_filelike(file)
        if wanted is not None:
            chosen = _match_sheet(workbook.sheet_names, wanted, name)
            return chosen, _rows_of(workbook.get_sheet_by_name(chosen))
        worksheets = [
            sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet
        ]
        worksheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
        for worksheet in worksheets:
            read = _rows_of(workbook.get_sheet_by_name(worksheet.name))
            if _holds_table(read):
                return worksheet.name, read
    raise InputError(
        f"{name}: no sheet holds a table, that is a row of column names with rows below it. "
        "Check that it is the right workbook."
    )


def _match_sheet(names: list[str], wanted: str, file_name: str) -> str:
    for name in names:
        if name == wanted or name.strip().casefold() == wanted.strip().casefold():
            return name
    listed = ", ".join(f"“{name}”" for name in names)
    raise InputError(f"{file_name} has no sheet “{wanted}”. Its sheets are {listed}: name one.")


def _rows_of(sheet: CalamineSheet) -> NumberedRows:
    def read() -> Generator[tuple[int, list[str]], None, None]:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [get_cell_text(value) for value in row]
            if any(cells):
                yield number, cells

    return read


def _holds_table(read: NumberedRows) -> bool:
    rows = read()
    return next(rows, None) is not None and next(rows, None) is not None


def _not_a_workbook(path: str, name: str) -> InputError:
    with open(path, "rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    what = "is a web page under a workbook's name" if start[:1] == b"<" else "cannot be read"
    return InputError(
        f"{name} {what}: it is no Excel or ODS workbook, or is damaged. Open it in a spreadsheet "
        "and save it as .xlsx."
    )
