# ruff: noqa: S608 (SQL is put together from our own names; the path of a file is quoted)
"""A table brought to where SQL can ask it: its rows as they are written, all cells as text.

A plain CSV file is read by DuckDB itself, on all cores. Everything else, and what DuckDB refuses,
goes row by row through the reader of its format, which says what is wrong and where, into a file
that DuckDB reads. Of a file that both can read both make the same rows: a test holds them together.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yousaid.duck import escape_glob, quote
from yousaid.ingest.delimited import count_lines
from yousaid.ingest.plain import count_plain_rows
from yousaid.ingest.tables import Table, TextFile

# Every character that `str.strip` takes away, as a class of RE2.
WHITESPACE = r"[\t-\r\x1c-\x1f\x85\p{Z}]"
# DuckDB's own limit of a line; longer ones cost it 32 times as much memory.
_LONGEST_LINE_BYTES = 2_097_152
_BYTES_A_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class Spooled:
    """A relation with a row for each that has anything in it: `row`, its number in the file, and
    the columns asked for by `get_name`. `digest` names all cells of a row, where it was wanted."""

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
    with_digest: bool,
) -> Spooled:
    """Read all rows of a table, and keep of them what is said of `columns` and the digest.

    What does not fit into memory goes into the folder. Raises InputError at a row that cannot be
    read, and then keeps nothing.
    """
    wanted = [table.columns.index(column) for column in dict.fromkeys(columns)]
    cells = [_name(place) for place in range(len(table.columns))]
    kept = ", ".join(f"coalesce({_name(place)}, '') AS {_name(place)}" for place in sorted(wanted))
    if with_digest:
        kept += f", md5(concat({_list_with_lengths(cells)})) AS digest"
    nothing = " AND ".join(
        f"coalesce(regexp_full_match({cell}, '{WHITESPACE}*'), true)" for cell in cells
    )
    select = f"{kept}, {nothing} AS is_empty"
    if table.text_file is not None and _read_plain(duck, table.text_file, table, select):
        # Rows of a table in memory are numbered in their order, and those of the file from 1.
        number = f"rowid + {table.above_count + 2}"
    else:
        number = "number"
        _read_row_by_row(duck, folder / "rows.csv", table, select)
    relation = f"(SELECT {number} AS row, * FROM raw WHERE NOT is_empty)"
    return Spooled(relation, table.columns)


def _read_plain(duck: duckdb.DuckDBPyConnection, file: TextFile, table: Table, select: str) -> bool:
    if not file.dialect.encoding.startswith("utf-8"):
        return False
    skip = table.above_count + 1
    with open(file.path, "rb") as opened:
        row_count = count_plain_rows(opened, file.dialect.delimiter)
    # To skip so many rows or so many lines must be one.
    is_header_plain = count_lines(lambda: open(file.path, "rb"), file.dialect, skip) == skip
    if row_count is None or not is_header_plain:
        return False
    columns = [_name(place) for place in range(len(table.columns))]
    read = _sql_for_csv(Path(file.path), file.dialect.delimiter, columns, skip)
    try:
        duck.execute(f"CREATE TEMP TABLE raw AS SELECT {select} FROM {read}")
    except duckdb.InvalidInputException:
        return False  # its message may quote the row
    [(found_count,)] = duck.execute("SELECT count(*) FROM raw").fetchall()
    if found_count == row_count - skip:
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
    duck.execute(f"CREATE TEMP TABLE raw AS SELECT number::BIGINT AS number, {select} FROM {read}")
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


def _list_with_lengths(cells: Sequence[str]) -> str:
    # With their lengths, or “a” and “bc” would make the same as “ab” and “c”.
    return ", ".join(f"coalesce(strlen({cell}), 0), ':', {cell}" for cell in cells)


def _name(place: int) -> str:
    return f"c{place}"
