"""One way to read any table that a person may have: every cell as text, a row at a time.

with a delimiter    .csv .tsv .tab .txt, and “-” for standard input
workbooks           .xlsx .xlsm .xls .xlsb .ods
for programs        .parquet .jsonl .ndjson, and .json of the services in `connectors`
"""

import io
import os
import shutil
import stat
import sys
import tempfile
import weakref
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from yousaid.errors import InputError
from yousaid.ingest.delimited import Dialect, NumberedRows, find_dialect, read_delimited
from yousaid.ingest.header import ROWS_LOOKED_AT, count_rows_above
from yousaid.ingest.interchange import read_json_lines, read_parquet, read_service
from yousaid.ingest.workbooks import read_workbook

STANDARD_INPUT = "-"

DELIMITED_ENDINGS = {".csv": None, ".txt": None, ".tsv": "\t", ".tab": "\t"}
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
JSON_ENDINGS = (".jsonl", ".ndjson")
PARQUET_ENDINGS = (".parquet",)
SERVICE_ENDINGS = (".json",)
ENDINGS = (
    *DELIMITED_ENDINGS,
    *WORKBOOK_ENDINGS,
    *JSON_ENDINGS,
    *PARQUET_ENDINGS,
    *SERVICE_ENDINGS,
)

LONGEST_NAME_SHOWN = 40


@dataclass(frozen=True, slots=True)
class TextFile:
    """Where a table lies that is a text file, and how it is read."""

    path: str
    dialect: Dialect


@dataclass(frozen=True)
class Table:
    """A table whose rows are read when they are asked for, as often as they are asked for.

    `name` is the file's, for messages; `sheet` is None where the format has no sheets. `columns`
    are as in the file, except that one without a name is called by its place (“column 7”). So many
    rows stand above their names: titles and notes, which are no data. `text_file` is where all of
    its rows can be read by other means, None where they cannot.
    """

    name: str
    sheet: str | None
    columns: tuple[str, ...]
    _read: NumberedRows
    above_count: int = 0
    text_file: TextFile | None = None

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each data row with its number in the file, where the header is usually row 1.

        Every row is as wide as the header: cells missing at its end are "". Raises InputError at
        a row with more cells than the header has names.
        """
        width = len(self.columns)
        with closing(self._read()) as records:
            for number, cells in islice(records, self.above_count + 1, None):
                if any(cell.strip() for cell in cells[width:]):
                    raise InputError(
                        f"{self.name}, row {number}: there are {len(cells)} cells, but the row of "
                        f"names has {width} columns. Put quotation marks around a cell that holds "
                        "the delimiter, and delete any title above the column names."
                    )
                yield number, tuple(cells[:width]) + ("",) * (width - len(cells))

    def batches(self, size: int = 1000) -> Iterator[list[tuple[str, ...]]]:
        """The data rows in order, in lists of `size` (the last may be shorter)."""
        rows = (cells for _, cells in self.rows())
        while batch := list(islice(rows, size)):
            yield batch


def take_rows(table: Table, count: int) -> Table:
    """The table with its first so many rows alone."""

    def read() -> Generator[tuple[int, list[str]], None, None]:
        with closing(table._read()) as records:
            yield from islice(records, table.above_count + 1 + count)

    return replace(table, _read=read, text_file=None)


def open_table(path: str, sheet: str | None = None) -> Table:
    """The table in a file, or in standard input if `path` is “-”.

    `sheet` names the sheet of a workbook; without it the first that holds a table is read. Raises
    InputError, naming what is wrong and what to do, for anything that cannot be used.
    """
    if path == STANDARD_INPUT:
        name = "standard input"
        kept = _Kept(name)
        dialect = find_dialect(kept.open, name)
        return _make_table(name, None, read_delimited(kept.open, name, dialect))
    name = os.path.basename(path) or path
    check_readable(path, name)
    ending = Path(path).suffix.lower()
    if ending in WORKBOOK_ENDINGS:
        chosen, read = read_workbook(path, name, sheet)
        return _make_table(name, chosen, read)
    if sheet is not None:
        raise InputError(f"{name} is not a workbook, so it has no sheet “{sheet}”. Leave it out.")
    if ending in PARQUET_ENDINGS:
        return _make_table(name, None, read_parquet(path, name), has_titles=False)

    def open_bytes() -> BinaryIO:
        return open(path, "rb")

    if ending in JSON_ENDINGS:
        return _make_table(name, None, read_json_lines(open_bytes, name), has_titles=False)
    if ending in SERVICE_ENDINGS:
        return _make_table(name, None, read_service(open_bytes, name), has_titles=False)
    dialect = find_dialect(open_bytes, name, DELIMITED_ENDINGS[ending])
    table = _make_table(name, None, read_delimited(open_bytes, name, dialect))
    return replace(table, text_file=TextFile(os.path.abspath(path), dialect))


def check_readable(path: str, name: str) -> None:
    """Raise InputError unless the path is a file with something in it that we may read."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist. Check the name and the folder.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder. Name a file in it.") from error
    except PermissionError as error:
        raise InputError(
            f"{path} may not be read by you. Ask for permission to read it."
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{name!r} cannot be opened. Check the name.") from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path} is not an ordinary file. Use “-” to read standard input.")
    if Path(path).suffix.lower() not in ENDINGS:
        raise InputError(f"{name} is of a kind that is not read. Use {', '.join(ENDINGS)}.")
    if status.st_size == 0:
        raise InputError(f"{name} is empty. Export it again.")


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a named pipe would wait for its writer for ever


def _make_table(
    name: str, sheet: str | None, read: NumberedRows, *, has_titles: bool = True
) -> Table:
    with closing(read()) as records:
        first = [cells for _, cells in islice(records, ROWS_LOOKED_AT if has_titles else 2)]
    if not first:
        raise InputError(f"{name} has no rows. Export it again.")
    if len(first) == 1:
        raise InputError(f"{name} has a row of column names and no rows below it. Export it again.")
    above_count = count_rows_above(first) if has_titles else 0
    return Table(name, sheet, _name_columns(first[above_count], name), read, above_count)


def _name_columns(header: list[str], name: str) -> tuple[str, ...]:
    taken = set(header)
    columns: list[str] = []
    for place, column in enumerate(header, start=1):
        given = column if column.strip() else f"column {place}"
        while given != column and given in taken:
            given += " (no name)"
        columns.append(given)
    first_places: dict[str, int] = {}
    faults = [
        f"columns {first} and {place} are both called “{column[:LONGEST_NAME_SHOWN]}”"
        for place, column in enumerate(columns, start=1)
        if (first := first_places.setdefault(column, place)) != place
    ]
    if faults:
        more = f" ({len(faults) - 3} more)" if len(faults) > 3 else ""
        raise InputError(f"{name}: {'; '.join(faults[:3])}{more}. Give each its own name.")
    return tuple(columns)


class _Replay(io.RawIOBase):
    """A file read from its start, with a place of its own, however many others read it too."""

    def __init__(self, kept: "_Kept") -> None:
        self._kept = kept
        self._place = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = os.pread(self._kept.descriptor, len(buffer), self._place)
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


class _Kept:
    """What standard input held, in a file without a name that goes when nobody needs it."""

    def __init__(self, name: str) -> None:
        with tempfile.TemporaryFile() as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
            if file.tell() == 0:
                raise InputError(f"{name} is empty. Pipe a table into it.")
            file.flush()
            self.descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self.descriptor)

    def open(self) -> BinaryIO:
        return io.BufferedReader(_Replay(self))
