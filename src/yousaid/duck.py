"""DuckDB as every room uses it: in memory, and never on the network."""

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb


def connect_duckdb(**config: str | int) -> duckdb.DuckDBPyConnection:
    """A DuckDB database in memory that never looks for an extension on the internet.

    What finds no room in memory goes to a `temp_directory`, if one is named: DuckDB's own choice is
    a folder that everybody may read, in which patients' words stay where the process is killed.
    """
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "",
            **config,
        },
    )


def sql_for_files(paths: Sequence[Path], columns: dict[str, str]) -> str:
    """A relation over Parquet files of these columns; without files, one without rows."""
    if paths:
        return f"read_parquet([{', '.join(quote(escape_glob(path)) for path in paths)}])"
    nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
    return f"(SELECT {nothing} WHERE false)"


def escape_glob(path: Path) -> str:
    """The path as DuckDB's readers take it, which would read “*” or “?” as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def quote(value: str) -> str:
    """A path as SQL. The one place where a value becomes SQL: a view, unlike a question, takes no
    bound values."""
    return "'" + value.replace("'", "''") + "'"
