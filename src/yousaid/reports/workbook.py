"""Excel files out, apart from the other kinds: what writes them loads for a quarter of a second."""

import os
from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from yousaid.errors import OutputError
from yousaid.reports.tables import Batches, Cell, check_width

# https://support.microsoft.com/office/excel-specifications-and-limits
EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
EXCEL_TEXT_UNITS = 32_767  # of UTF-16, of which an emoji takes two
EXCEL_EXACT_INTEGER = 2**53


def write_workbook(path: str, columns: Sequence[str], batches: Batches) -> None:
    """Write an Excel file. Raises OutputError for what Excel cannot hold, OSError where the file
    cannot be written."""
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
    except XlsxWriterException as error:
        raise OSError("the workbook could not be written") from error
    finally:
        if sheet.row_data_fh is not None:  # left open after a failure
            sheet.row_data_fh.close()


def _fill_sheet(sheet: Worksheet, columns: Sequence[str], batches: Batches) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        _write_cell(sheet, 0, place, column, column)
    number = 0
    for batch in batches:
        for row in check_width(batch, columns):
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
