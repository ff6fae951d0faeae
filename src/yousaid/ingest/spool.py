# ruff: noqa: S608 (SQL is put together from our own names; the path of a file is quoted)
"""A table brought to where SQL can ask it: its rows as they are written, all cells as text.

A plain CSV file is read by DuckDB itself, on all cores. Everything else, and what DuckDB refuses,
goes row by row through the reader of its format, which says what is wrong and where, into a file
that DuckDB reads. Of a file that both can read both make the same rows: a test holds them together.
"""

import csv
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from yousaid.duck import escape_glob, quote
from yousaid.ingest.delimited import Dialect, count_lines
from yousaid.ingest.encoding import CHUNK_BYTES, open_text
from yousaid.ingest.plain import count_plain_rows
from yousaid.ingest.tables import Table, TextFile
from yousaid.ingest.values import BLANK_PATTERN, WHITESPACE_PATTERN

# DuckDB's own limit of a line; longer ones cost it 32 times as much memory.
_LONGEST_LINE_BYTES = 2_097_152
_BYTES_A_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class Spooled:
    """A relation with a row for each that has anything in it: `row`, its number in the file, and
    the columns asked for by `get_name`. `digest` is made of all cells of a row."""

    relation: str
    columns: tuple[str, ...]

    def get_name(self, column: str) -> str:
        return _name(self.columns.index(column))


def spool(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    table: Table,
    columns: Sequence[str],
    *,
    named_by: str | None,
) -> Spooled:
    """Read all rows of a table and keep what is in `columns`. A row that has nothing in the
    column that rows are `named_by` has a digest; so has every row where that is None.

    What does not fit into memory goes into the folder. Raises InputError at a row that cannot be
    read, and then keeps nothing.
    """
    wanted = [table.columns.index(column) for column in dict.fromkeys(columns)]
    cells = [_name(place) for place in range(len(table.columns))]
    kept = [f"coalesce({_name(place)}, '') AS {_name(place)}" for place in sorted(wanted)]
    digest = f"md5(concat({_list_with_lengths(cells)}))"
    if named_by is not None:
        name = f"coalesce({_name(table.columns.index(named_by))}, '')"
        digest = f"CASE WHEN {sql_for_blank(name)} THEN {digest} END"
    nothing = " AND ".join(
        f"coalesce(regexp_full_match({cell}, '{WHITESPACE_PATTERN}*'), true)" for cell in cells
    )
    # Mostly the first cell shows it, for a tenth of the time.
    nothing = f"CASE WHEN {cells[0]} BETWEEN '!' AND '~' THEN false ELSE {nothing} END"
    select = ", ".join((*kept, f"{digest} AS digest", f"{nothing} AS is_empty"))
    file = table.text_file and _make_utf8(table.text_file, folder / "utf8.csv")
    if file is not None and _read_plain(duck, file, table, select):
        # Rows of a table in memory are numbered in their order, and those of the file from 1.
        number = f"rowid + {table.above_count + 2}"
    else:
        number = "number"
        _read_row_by_row(duck, folder / "rows.csv", table, select)
    relation = f"(SELECT {number} AS row, * FROM raw WHERE NOT is_empty)"
    return Spooled(relation, table.columns)


def _make_utf8(file: TextFile, path: Path) -> TextFile:
    """The file itself, or a copy in UTF-8, which alone DuckDB reads as it is written."""
    if file.dialect.encoding.startswith("utf-8"):
        return file
    with (
        open_text(open(file.path, "rb"), file.dialect.encoding) as text,
        path.open("w", encoding="utf-8", errors="replace", newline="") as copy,
    ):
        shutil.copyfileobj(text, copy, CHUNK_BYTES)
    return TextFile(str(path), Dialect("utf-8", file.dialect.delimiter))


def _read_plain(duck: duckdb.DuckDBPyConnection, file: TextFile, table: Table, select: str) -> bool:

    def open_bytes() -> BinaryIO:
        return open(file.path, "rb")

    def count_rows() -> int | None:
        with open_bytes() as opened:
            return count_plain_rows(opened, file.dialect.delimiter)

    skip = table.above_count + 1
    # To skip so many rows or so many lines must be one.
    if count_lines(open_bytes, file.dialect, skip) != skip:
        return False
    columns = [_name(place) for place in range(len(table.columns))]
    read = _sql_for_csv(Path(file.path), file.dialect.delimiter, columns, skip)
    with ThreadPoolExecutor(1) as beside:
        counting = beside.submit(count_rows)
        try:
            duck.execute(f"CREATE TABLE raw AS SELECT {select} FROM {read}")
        except duckdb.InvalidInputException:
            return False  # its message may quote the row
    [(found_count,)] = duck.execute("SELECT count(*) FROM raw").fetchall()
    if counting.result() == found_count + skip:
        return True
    # DuckDB 1.5 loses rows without a word where, for example, line ends differ.
    duck.execute("DROP TABLE raw")
    return False


def _read_row_by_row(
    duck: duckdb.DuckDBPyConnection, path: Path, table: Table, select: str
) -> None:
    longest = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        # All in quotation marks, so that no cell can be taken for anything else.
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, cells in table.rows():
            # Text files have none of these; a workbook or JSON may, and no table could keep them.
            written = [cell.replace("\0", "\ufffd") for cell in cells]
            longest = max(longest, writer.writerow([number, *written]))
    columns = ["number", *(_name(place) for place in range(len(table.columns)))]
    read = _sql_for_csv(path, ",", columns, 0, longest * _BYTES_A_CHARACTER)
    duck.execute(f"CREATE TABLE raw AS SELECT number::BIGINT AS number, {select} FROM {read}")
    path.unlink()


def _sql_for_csv(
    path: Path, delimiter: str, columns: Sequence[str], skip: int, longest: int = 0
) -> str:
    listed = ", ".join(f"{column}: 'VARCHAR'" for column in columns)
    return (
        f"read_csv({quote(escape_glob(path))}, auto_detect = false, header = false, skip = {skip}, "
        f"delim = {quote(delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
        f"max_line_size = {max(longest + 1, _LONGEST_LINE_BYTES)}, columns = {{{listed}}})"
    )


def sql_for_blank(cell: str) -> str:
    """Whether a cell is what `is_blank_answer` holds to be blank."""
    return f"regexp_full_match({cell}, {quote(BLANK_PATTERN)})"


def _list_with_lengths(cells: Sequence[str]) -> str:
    # With their lengths, or “a” and “bc” would make the same as “ab” and “c”.
    return ", ".join(f"coalesce(strlen({cell}), 0), ':', {cell}" for cell in cells)


def _name(place: int) -> str:
    return f"c{place}"
