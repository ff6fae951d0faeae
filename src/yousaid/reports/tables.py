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

from yousaid.errors import OutputError

Cell = str | float | int | bool | None
Batches = Iterable[Sequence[Sequence[Cell]]]

STANDARD_OUTPUT = "-"

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
    except OSError as error:
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
        file.writelines(line(row) for row in check_width(batch, columns))


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


def check_width(
    batch: Sequence[Sequence[Cell]], columns: Sequence[str]
) -> Iterator[Sequence[Cell]]:
    """The rows of a batch, each as wide as the header."""
    for row in batch:
        assert len(row) == len(columns), "a row is not as wide as the header"
        yield row


def _write_json_lines(path: str, columns: Sequence[str], batches: Batches) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        for batch in batches:
            for row in check_width(batch, columns):
                fields = dict(zip(columns, row, strict=True))
                file.write(json.dumps(fields, ensure_ascii=False, allow_nan=False) + "\n")


def _write_workbook(path: str, columns: Sequence[str], batches: Batches) -> None:
    from yousaid.reports.workbook import write_workbook

    write_workbook(path, columns, batches)


def _write_parquet(path: str, columns: Sequence[str], batches: Batches) -> None:
    from yousaid.reports.parquet import write_parquet

    write_parquet(path, columns, batches)


_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_WRITERS: dict[str, Callable[[str, Sequence[str], Batches], None]] = {
    ".xlsx": _write_workbook,
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
}
ENDINGS = (*_DELIMITERS, *_WRITERS)
