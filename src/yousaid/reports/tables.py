"""Tables out: CSV, TSV, Excel, JSON Lines and Parquet, chosen by the ending of the file's name.

Promises: nothing is half-written (the table is made beside its target and renamed when it is
whole, so a failure leaves what was there before), and text comes back from CSV, TSV, JSON Lines
and Parquet exactly as it went in.
"""

import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import duckdb
from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from yousaid.errors import OutputError

Cell = str | float | int | bool | None
Batches = Iterable[Sequence[Sequence[Cell]]]

STANDARD_OUTPUT = "-"

# https://support.microsoft.com/office/excel-specifications-and-limits
EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
EXCEL_TEXT_UNITS = 32_767  # of UTF-16, of which an emoji takes two
EXCEL_EXACT_INTEGER = 2**53

# Every delimiter that our reader or a spreadsheet may look for, so that none is found inside a
# cell, and the mark that would be taken for the start of the file's encoding.
_NEEDS_QUOTES = re.compile('[",;\t|\r\n\x1f]|^\ufeff')

# What makes a spreadsheet take a cell for a formula: OWASP, "CSV Injection".
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_table(
    target: str, columns: Sequence[str], batches: Batches, *, guard_formulas: bool = False
) -> None:
    """Write the rows of all batches under the column names; “-” writes CSV to standard output.

    Rows are as wide as `columns`, which differ from each other; None is a missing value (an empty
    cell, null) and floats are finite. `guard_formulas` puts an apostrophe before text in CSV and
    TSV that a spreadsheet would run as a formula: for files that people download to open there,
    not for a person's own table given back. Excel files hold such text as text and need none.

    Raises OutputError, before the first batch is asked for where that can be known.
    """
    check_target(target)
    if target == STANDARD_OUTPUT:
        _write_standard_output(columns, batches, guard_formulas)
        return
    path = os.path.realpath(target)  # a link keeps pointing at the file that it points at
    ending = Path(target).suffix.lower()
    try:
        with tempfile.TemporaryDirectory(prefix=".yousaid-", dir=os.path.dirname(path)) as folder:
            made = os.path.join(folder, f"table{ending}")
            if ending in _DELIMITERS:
                with open(made, "w", encoding="utf-8", newline="") as file:
                    _write_delimited(file, columns, batches, _DELIMITERS[ending], guard_formulas)
            else:
                _WRITERS[ending](made, columns, batches)
            if os.path.exists(path):
                shutil.copymode(path, made)  # a private file stays private
            os.replace(made, path)
    except (OSError, XlsxWriterException, duckdb.IOException) as error:
        raise OutputError(
            f"{target} could not be written. Check the space on the disk and the permissions of "
            "the folder."
        ) from error


def check_target(target: str) -> None:
    """Raise OutputError if a table cannot be written there, for its name or its folder."""
    if target == STANDARD_OUTPUT:
        return
    ending = Path(target).suffix.lower()
    if ending not in ENDINGS:
        raise OutputError(
            f"{target}: the ending of the name says how to write the table. "
            f"Use one of {', '.join(ENDINGS)}."
        )
    folder = os.path.dirname(os.path.realpath(target))
    if os.path.isdir(target):
        raise OutputError(f"{target} is a folder. Name a file in it.")
    if not os.path.isdir(folder):
        raise OutputError(f"{target}: there is no folder {folder}. Make it first.")
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        raise OutputError(f"{target}: you may not write in {folder}. Choose another folder.")


def _write_standard_output(columns: Sequence[str], batches: Batches, guard_formulas: bool) -> None:
    # A closed pipe (“| head”) is BrokenPipeError and is left to the command line to end quietly.
    file = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    try:
        _write_delimited(file, columns, batches, ",", guard_formulas)
        file.flush()
    finally:
        file.detach()


def _write_delimited(
    file: TextIO, columns: Sequence[str], batches: Batches, delimiter: str, guard_formulas: bool
) -> None:
    def line(cells: Sequence[Cell]) -> str:
        texts = [_get_quoted(cell, guard_formulas) for cell in cells]
        # A single empty cell would be a blank line, which readers leave out.
        return delimiter.join(texts) + "\n" if texts != [""] else '""\n'

    file.write(line(columns))
    for batch in batches:
        file.writelines(line(row) for row in _checked(batch, columns))


def _get_quoted(cell: Cell, guard_formulas: bool) -> str:
    if not isinstance(cell, str):
        return _get_plain(cell)
    if not cell or cell.isalnum():  # most cells of a wide table, and quicker than the search
        return cell
    if guard_formulas and cell.startswith(_FORMULA_STARTS):
        cell = "'" + cell
    if _NEEDS_QUOTES.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _get_plain(cell: float | bool | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell)


def _checked(batch: Sequence[Sequence[Cell]], columns: Sequence[str]) -> Iterator[Sequence[Cell]]:
    for row in batch:
        assert len(row) == len(columns), "a row is not as wide as the header"
        yield row


def _write_json_lines(path: str, columns: Sequence[str], batches: Batches) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        for batch in batches:
            for row in _checked(batch, columns):
                fields = dict(zip(columns, row, strict=True))
                file.write(json.dumps(fields, ensure_ascii=False, allow_nan=False) + "\n")


def _write_workbook(path: str, columns: Sequence[str], batches: Batches) -> None:
    if len(columns) > EXCEL_COLUMNS:
        raise OutputError(
            f"Excel holds {EXCEL_COLUMNS:,} columns and there are {len(columns):,}. Write .csv."
        )
    options = {
        "constant_memory": True,
        "tmpdir": os.path.dirname(path),
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    workbook = Workbook(path, options)
    sheet = workbook.add_worksheet()
    try:
        _fill_sheet(sheet, columns, batches)
        workbook.close()
    finally:
        if sheet.row_data_fh is not None:  # left open after a failure
            sheet.row_data_fh.close()


def _fill_sheet(sheet: Worksheet, columns: Sequence[str], batches: Batches) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        _write_cell(sheet, 0, place, column, column)
    number = 0
    for batch in batches:
        for row in _checked(batch, columns):
            number += 1
            if number >= EXCEL_ROWS:
                raise OutputError(
                    f"Excel holds {EXCEL_ROWS:,} rows and there are more. Write .csv."
                )
            for place, cell in enumerate(row):
                _write_cell(sheet, number, place, cell, columns[place])


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Cell, column: str) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, int) and abs(cell) > EXCEL_EXACT_INTEGER:
        sheet.write_string(row, place, str(cell))
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell)
    elif cell:
        if len(cell.encode("utf-16-le")) > 2 * EXCEL_TEXT_UNITS:
            raise OutputError(
                f"row {row + 1}, column “{column}”: the text is longer than the "
                f"{EXCEL_TEXT_UNITS:,} characters that an Excel cell holds. Write .csv."
            )
        sheet.write_string(row, place, cell)


def _write_parquet(path: str, columns: Sequence[str], batches: Batches) -> None:
    if len({column.casefold() for column in columns}) < len(columns):
        raise OutputError(
            "two columns have names that differ in capitals only, which Parquet readers confuse. "
            "Rename one, or write .csv."
        )
    lines = os.path.join(os.path.dirname(path), "rows.jsonl")
    kinds: list[set[str]] = [set() for _ in columns]
    longest_bytes = _write_plain_rows(lines, columns, batches, kinds)
    keys = [f"c{place}" for place in range(len(columns))]
    fields = {key: _choose_type(kind) for key, kind in zip(keys, kinds, strict=True)}
    named = ", ".join(
        f"{key} AS {_quote_name(column)}" for key, column in zip(keys, columns, strict=True)
    )
    with duckdb.connect(config={"temp_directory": os.path.dirname(path)}) as connection:
        rows = connection.read_json(
            lines,
            columns=fields,
            format="newline_delimited",
            # Twice this much is held in memory for each thread, so no more than is needed.
            maximum_object_size=max(longest_bytes + 1, 1 << 24),
        )
        rows.project(named).write_parquet(path, compression="zstd")


def _write_plain_rows(
    path: str, columns: Sequence[str], batches: Batches, kinds: list[set[str]]
) -> int:
    """Write rows as JSON Lines under the names c0, c1 …, and note what kinds each column holds.

    Gives the length of the longest line in bytes.
    """
    longest_bytes = 0
    with open(path, "wb") as file:
        for batch in batches:
            for row in _checked(batch, columns):
                for cell, kind in zip(row, kinds, strict=True):
                    if cell is not None:
                        kind.add(_get_kind(cell))
                fields = {f"c{place}": cell for place, cell in enumerate(row)}
                line = json.dumps(fields, ensure_ascii=False, allow_nan=False).encode() + b"\n"
                longest_bytes = max(longest_bytes, len(line))
                file.write(line)
    return longest_bytes


def _get_kind(cell: str | float | bool) -> str:
    if isinstance(cell, int) and not isinstance(cell, bool) and not -(2**63) <= cell < 2**63:
        return "long"
    return type(cell).__name__


def _choose_type(kinds: set[str]) -> str:
    """The type of a column: text wherever it holds text, kinds that do not mix, or nothing."""
    for type_name, allowed in (
        ("VARCHAR", set[str]()),
        ("BOOLEAN", {"bool"}),
        ("BIGINT", {"int"}),
        ("DOUBLE", {"int", "float"}),
    ):
        if kinds <= allowed:
            return type_name
    return "VARCHAR"


def _quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_WRITERS: dict[str, Callable[[str, Sequence[str], Batches], None]] = {
    ".xlsx": _write_workbook,
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
}
ENDINGS = (*_DELIMITERS, *_WRITERS)
