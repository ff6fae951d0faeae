# ruff: noqa: S608 (SQL is put together from our own names; the path of a file is quoted)
"""What the cells of a column mean, found once for each different one: a table says few days, scores
and places many times over."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb

from yousaid.duck import escape_glob, quote

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Meanings:
    """A relation of what the cells of some columns mean, to be joined to the rows that have them.

    It has the columns that were named to `find_meanings`, NULL for what no cell said, and `code`,
    a number of its own for each combination of cells.
    """

    relation: str
    columns: tuple[str, ...]

    def sql_for_join(self) -> str:
        keys = " AND ".join(
            f"{self.relation}.raw_{place} = rows.{column}"
            for place, column in enumerate(self.columns)
        )
        return f"LEFT JOIN {self.relation} ON {keys or 'true'}"


def find_meanings(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    relation: str,
    columns: Sequence[str],
    meanings: Mapping[str, str],
    parse: Callable[[Sequence[str]], Mapping[str, object]],
    *,
    name: str,
) -> Meanings:
    """What `parse` makes of each different combination of cells in the columns of a relation, as a
    table of this name. `meanings` are the SQL types of what it makes, by name."""
    path = folder / f"{name}.jsonl"
    listed = ", ".join(columns)
    codes = count()
    with path.open("w", encoding="utf-8") as file, duck.cursor() as cursor:
        found = cursor.execute(f"SELECT DISTINCT {listed or '1'} FROM {relation}")
        while batch := found.fetchmany(_AT_ONCE):
            for cells in batch:
                raw = cells if columns else ()
                row = {f"raw_{place}": cell for place, cell in enumerate(raw)}
                made = {"code": next(codes), **row, **parse(raw)}
                file.write(json.dumps(made, ensure_ascii=False) + "\n")
    types = {"code": "BIGINT", **{f"raw_{place}": "VARCHAR" for place in range(len(columns))}}
    types |= meanings
    listed = ", ".join(f"{column}: '{kind}'" for column, kind in types.items())
    duck.execute(
        f"CREATE TABLE {name} AS FROM read_json({quote(escape_glob(path))}, "
        f"format = 'newline_delimited', columns = {{{listed}}})"
    )
    path.unlink()
    return Meanings(name, tuple(columns))
