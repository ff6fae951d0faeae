"""Rows of text files with a delimiter: CSV, TSV and their relatives.

Cells come out exactly as they are written. What cannot be read without a guess (a quotation mark
that is not doubled or never closed) is refused with its row, since the guess would lose or join
rows without a word.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, TextIO

from yousaid.errors import InputError
from yousaid.ingest.encoding import find_encoding, open_text

NumberedRows = Callable[[], Generator[tuple[int, list[str]], None, None]]

# The rarer in prose the sooner it is believed, where two divide a file equally well.
DELIMITERS = ("\t", "|", ";", ",")

# Stands in for a delimiter where a file has one column: it never occurs in a comment, so commas in
# unquoted text do not split it.
NO_DELIMITER = "\x1f"

# Far above any answer or row of a survey, far below what would hurt a small machine.
LONGEST_CELL_CHARACTERS = 10_000_000

SAMPLE_CHARACTERS = 1 << 16
SAMPLE_ROWS = 100

# Text has almost none; random or compressed bytes have one in eight.
MOST_CONTROL_SHARE = 0.05

_FORMATS_BY_MAGIC = (
    (b"PK\x03\x04", "a zip file or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or Word document"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "a Word document"),
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is to be read."""

    encoding: str
    delimiter: str


def find_dialect(
    open_bytes: Callable[[], BinaryIO], name: str, delimiter: str | None = None
) -> Dialect:
    """The encoding of a file and its delimiter, if that is not given. `name` is the file's, for
    messages. Raises InputError for what is not text."""
    with open_bytes() as file:
        check_magic(file.read(8), name)
    with open_bytes() as file:
        encoding = find_encoding(file)
    with open_text(open_bytes(), encoding) as text:
        sample = text.read(SAMPLE_CHARACTERS)
    check_is_text(sample, name)
    return Dialect(encoding, delimiter or find_delimiter(sample))


def read_delimited(open_bytes: Callable[[], BinaryIO], name: str, dialect: Dialect) -> NumberedRows:
    """A function that goes through the rows from the first, header included, as often as called.

    Rows are numbered from 1 as a spreadsheet shows them; blank lines count and are left out. `name`
    is the file's, for messages. What is read raises InputError at a row that cannot be.
    """

    def read() -> Generator[tuple[int, list[str]], None, None]:
        with open_text(open_bytes(), dialect.encoding) as text:
            yield from _read_records(text, name, dialect.delimiter)

    return read


def count_lines(open_bytes: Callable[[], BinaryIO], dialect: Dialect, row_count: int) -> int:
    """How many lines the first so many rows take, counting those that end within a cell."""
    _allow_long_cells()
    with open_text(open_bytes(), dialect.encoding) as text:
        records = csv.reader(text, delimiter=dialect.delimiter, strict=True)
        for _ in islice(records, row_count):
            pass
        return records.line_num


def check_magic(start: bytes, name: str) -> None:
    """Raise InputError if the first bytes are those of a well-known format that is not text."""
    for magic, kind in _FORMATS_BY_MAGIC:
        if start.startswith(magic):
            raise InputError(
                f"{name} is {kind}, not a text file as its name says. If it is a workbook, give it "
                "its own ending (.xlsx or .xls); otherwise save the table as CSV."
            )


def check_is_text(sample: str, name: str) -> None:
    """Raise InputError if the characters cannot be those of a table."""
    controls = sum(1 for character in sample if character < " " and character not in "\t\n\r")
    if "\0" in sample or controls > MOST_CONTROL_SHARE * len(sample):
        raise InputError(
            f"{name} does not hold text: it looks like another kind of file that was renamed, or "
            "one saved in a Unicode form without its mark. Save the table as “CSV UTF-8”."
        )


def find_delimiter(sample: str) -> str:
    """The delimiter of the text that opens a file, or NO_DELIMITER for a single column.

    The best candidate splits the header, then agrees with the header in the largest share of rows,
    then makes the most columns. Where none splits the header but the rows below are all of one
    width, that is a table under a title: it is split, so that the reader says so.
    """
    widths = {candidate: _sample_widths(sample, candidate) for candidate in DELIMITERS}
    best = max(DELIMITERS, key=lambda candidate: _rank(widths[candidate]))
    if _rank(widths[best])[0]:
        return best
    for candidate in DELIMITERS:
        below = Counter(widths[candidate][1:]).most_common(1)
        if below and below[0][0] > 1 and below[0][1] >= 0.8 * len(widths[candidate][1:]):
            return candidate
    return NO_DELIMITER


def _rank(widths: list[int]) -> tuple[bool, float, int]:
    header = widths[0] if widths else 0
    return header > 1, widths.count(header) / max(len(widths), 1), header


def _sample_widths(sample: str, delimiter: str) -> list[int]:
    lines = list(io.StringIO(sample, newline=""))
    if len(sample) >= SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()  # cut short by the size of the sample
    _allow_long_cells()
    rows = islice(csv.reader(lines, delimiter=delimiter), SAMPLE_ROWS)
    return [len(row) for row in rows if row]


def _read_records(text: TextIO, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    _allow_long_cells()
    records = csv.reader(bounded_lines(text, name), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(records, start=1):
            if cells:
                yield number, cells
    except csv.Error as error:
        raise InputError(f"{name}, row {number + 1}: {_explain(error)}") from error


def _explain(error: csv.Error) -> str:
    if "field limit" in str(error):
        return (
            f"a cell is longer than {LONGEST_CELL_CHARACTERS:,} characters, or a quotation mark "
            "before it is never closed. Correct the row, or save the table as .xlsx."
        )
    return (
        "a quotation mark is never closed, or is not doubled inside a cell. Correct the row, or "
        "open the file in a spreadsheet and save it as .xlsx."
    )


def bounded_lines(text: TextIO, name: str) -> Iterator[str]:
    """The lines of a file; raises InputError at one that no table holds, before reading it all."""
    number = 0
    while line := text.readline(LONGEST_CELL_CHARACTERS + 1):
        number += 1
        if len(line) > LONGEST_CELL_CHARACTERS:
            raise InputError(
                f"{name}, line {number}: the line is longer than {LONGEST_CELL_CHARACTERS:,} "
                "characters. Check that the file is a table with one response a line."
            )
        if "\0" in line:
            raise InputError(
                f"{name}, line {number}: there are bytes that are not text. The file is damaged: "
                "export it again."
            )
        yield line


def _allow_long_cells() -> None:
    # The limit is one for the whole process and 131,072 by default: another library may have put
    # it back, so it is set before each reading.
    csv.field_size_limit(LONGEST_CELL_CHARACTERS)
