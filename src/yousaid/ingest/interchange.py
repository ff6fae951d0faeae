"""Rows of the formats that programs exchange: Parquet, JSON Lines, and the answers of services."""

import json
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import BinaryIO

from yousaid.errors import InputError
from yousaid.ingest.connectors import Piece, list_connectors
from yousaid.ingest.delimited import NumberedRows, bounded_lines, check_magic
from yousaid.ingest.encoding import find_encoding, open_text
from yousaid.ingest.workbooks import get_cell_text

BATCH_ROWS = 1000


def read_parquet(path: str, name: str) -> NumberedRows:
    """A function that goes through the rows of a Parquet file, its column names first, as row 1.

    Raises InputError for a file that is not Parquet or is damaged.
    """

    def read() -> Generator[tuple[int, list[str]], None, None]:
        import duckdb  # a tenth of a second, which a CSV file need not wait for

        try:
            with duckdb.connect() as connection:
                # An absolute path, or a name such as “s3:…” would be taken for an address.
                result = connection.execute(
                    "SELECT * FROM read_parquet(?, hive_partitioning = false)",
                    [os.path.abspath(path)],
                )
                yield 1, [column[0] for column in result.description]
                number = 1
                while rows := result.fetchmany(BATCH_ROWS):
                    for row in rows:
                        number += 1
                        yield number, [get_cell_text(value) for value in row]
        except duckdb.Error as error:
            raise InputError(
                f"{name} cannot be read as Parquet: it is damaged or another kind of file. "
                "Write it again, or use CSV."
            ) from error

    return read


def read_json_lines(open_bytes: Callable[[], BinaryIO], name: str) -> NumberedRows:
    """A function that goes through a JSON Lines file: the names of all fields, then a row a line.

    The names come as row 0 and in order of first appearance; a field that a line lacks is "". Rows
    bear the number of their line. Raises InputError for a line that is not a JSON object.
    """
    with open_bytes() as file:
        check_magic(file.read(8), name)
    with open_bytes() as file:
        encoding = find_encoding(file)

    def objects() -> Iterator[tuple[int, dict[str, object]]]:
        with open_text(open_bytes(), encoding) as text:
            for number, line in enumerate(bounded_lines(text, name), start=1):
                if line.strip():
                    yield number, _parse_object(line, f"{name}, line {number}")

    columns = list(dict.fromkeys(key for _, fields in objects() for key in fields))

    def read() -> Generator[tuple[int, list[str]], None, None]:
        yield 0, columns
        for number, fields in objects():
            yield number, [_get_json_text(fields.get(column)) for column in columns]

    return read


SERVICE_COLUMNS = ("Id", "Date", "Organisation", "Service", "Comment", "Source")
# What a service answers at once is far less; a document has to be held whole.
MOST_DOCUMENT_BYTES = 200_000_000


def read_service(open_bytes: Callable[[], BinaryIO], name: str) -> NumberedRows:
    """A function that goes through the comments of a service's JSON, see `connectors`, under
    `SERVICE_COLUMNS`. Raises InputError for a document of no service that is known."""
    with open_bytes() as file:
        check_magic(file.read(8), name)
    with open_bytes() as file:
        content = file.read(MOST_DOCUMENT_BYTES + 1)
    if len(content) > MOST_DOCUMENT_BYTES:
        raise InputError(f"{name} is larger than a document of JSON may be. Split it.")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name} is not JSON. If each line is an object, end its name in .jsonl."
        ) from error
    for connector in list_connectors():
        pieces = connector.connect(document)
        if pieces is not None:
            return _make_rows(connector.NAME, pieces)
    known = ", ".join(connector.NAME for connector in list_connectors())
    raise InputError(
        f"{name} is JSON of no service that is known ({known}). Use .jsonl, an object a line."
    )


def _make_rows(source: str, pieces: Sequence[Piece]) -> NumberedRows:
    def read() -> Generator[tuple[int, list[str]], None, None]:
        yield 0, [*SERVICE_COLUMNS]
        for number, piece in enumerate(pieces, start=1):
            widest, narrowest, *_ = (*piece.places, "", "")
            cells = [piece.piece_id, piece.date, widest, narrowest, piece.text, source]
            # JSON can name half of a surrogate pair, which no text file or database can hold.
            yield number, [cell.encode("utf-8", "replace").decode("utf-8") for cell in cells]

    return read


def _parse_object(line: str, place: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: this is not JSON. Each line must be one object.") from error
    if not isinstance(value, dict):
        raise InputError(f"{place}: this is not a JSON object, in the form {{…}}. Correct it.")
    return value


def _get_json_text(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else None
    text = get_cell_text(value) if text is None else text
    # JSON can name half of a surrogate pair, which no text file or database can hold.
    return text.encode("utf-8", "replace").decode("utf-8")
