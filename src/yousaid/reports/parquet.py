"""Parquet files out, apart from the other kinds: only these need the database."""

import json
import os
from collections.abc import Sequence

import duckdb

from yousaid.errors import OutputError
from yousaid.reports.tables import Batches, check_width


def write_parquet(path: str, columns: Sequence[str], batches: Batches) -> None:
    """Write a Parquet file. Raises OutputError for names of columns that its readers confuse,
    OSError where the file cannot be written."""
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
    try:
        _convert(lines, path, fields, named, longest_bytes)
    except duckdb.IOException as error:
        raise OSError("the Parquet file could not be written") from error


def _convert(lines: str, path: str, fields: dict[str, str], named: str, longest_bytes: int) -> None:
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
            for row in check_width(batch, columns):
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
