# ruff: noqa: S608 (names of columns are quoted by one function; every value is bound)
"""The rows of a part as DuckDB gives them, checked before the first is read."""

from collections import Counter
from collections.abc import Iterator, Sequence

import duckdb

from yousaid.duck import escape_glob
from yousaid.errors import InputError
from yousaid.model.batches import AT_ONCE
from yousaid.model.columns import check_free
from yousaid.parts.folders import Part
from yousaid.parts.record import Plan

# A text and the wording of its question, where a column holds one.
Row = tuple[str | None, str | None]

_TEXT_TYPES = ("VARCHAR", '"NULL"')
_MOST_COLUMNS_SHOWN = 30
# DuckDB decodes so many values at a time, and fails for all of them.
_ROWS_DECODED = 2_048
# It holds a group of rows in memory until the group is written.
_GROUP_BYTES = 1 << 26
_MOST_ROWS_A_GROUP = 60 * _ROWS_DECODED


class Source:
    """A part that is open. Raises InputError where it is no whole Parquet file."""

    table = "read_parquet(?, hive_partitioning = false)"

    def __init__(self, duck: duckdb.DuckDBPyConnection, part: Part) -> None:
        self._duck, self._name = duck, part.name
        self.path = escape_glob(part.source.absolute())
        try:
            described = duck.execute(f"DESCRIBE SELECT * FROM {self.table}", [self.path])
            self.types = {row[0]: str(row[1]) for row in described.fetchall()}
            self.row_count, self._byte_count = self._measure()
            self._check_names()
        except duckdb.Error:
            raise InputError(
                f"{self._name} cannot be read as Parquet: it is damaged or another kind of file. "
                "Write it again."
            ) from None

    def _measure(self) -> tuple[int, int]:
        return (
            self._count("SELECT num_rows FROM parquet_file_metadata(?)"),
            self._count("SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)"),
        )

    def _count(self, sql: str) -> int:
        found = self._duck.execute(sql, [self.path]).fetchone()
        assert found is not None
        return int(found[0] or 0)

    def _check_names(self) -> None:
        # DuckDB would give a second column of one name another.
        counts = Counter(name.casefold() for name in self._get_top_names())
        if twice := [name for name, count in counts.items() if count > 1]:
            raise InputError(
                f"{self._name} has several columns “{twice[0]}”, capitals aside. Rename all but "
                "one."
            )

    def _get_top_names(self) -> Iterator[str]:
        elements = self._duck.execute(
            "SELECT name, coalesce(num_children, 0) FROM parquet_schema(?)", [self.path]
        ).fetchall()
        within = 0
        for name, children in elements[1:]:  # the first is the table as a whole
            if within == 0:
                yield name
            else:
                within -= 1
            within += children

    def check(self, plan: Plan, added: Sequence[str]) -> None:
        """Raise InputError where a column of the plan is missing or holds no text, or one that is
        to be added is there already."""
        for column in filter(None, (plan.text, plan.question_column)):
            if column not in self.types:
                shown = ", ".join(f"“{name}”" for name in [*self.types][:_MOST_COLUMNS_SHOWN])
                raise InputError(f"{self._name} has no column “{column}”. It has {shown}.")
            if self.types[column] not in _TEXT_TYPES:
                raise InputError(
                    f"{self._name}: the column “{column}” holds no text ({self.types[column]}). "
                    "Name a column that does."
                )
        folded = [name.casefold() for name in self.types]
        check_free([name for name in added if name.casefold() in folded], added, self._name)

    def read(self, plan: Plan) -> Iterator[list[Row]]:
        """The text and question of every row, in order. Raises duckdb.Error where one cannot be
        read, with the value in its message."""
        question = _quote_name(plan.question_column) if plan.question_column else "NULL"
        # On a connection of its own: what is read is written while it is read.
        found = self._duck.cursor().execute(
            f"SELECT {_quote_name(plan.text)}, {question} FROM {self.table}", [self.path]
        )
        while rows := found.fetchmany(AT_ONCE):
            yield rows

    def get_group_rows(self) -> int:
        """How many rows to write in a group, so that rows of any length fit in the memory."""
        if not self.row_count:
            return _MOST_ROWS_A_GROUP
        fitting = _GROUP_BYTES * self.row_count // max(self._byte_count, 1)
        return min(max(fitting, _ROWS_DECODED), _MOST_ROWS_A_GROUP)

    def find_fault(self) -> str | None:
        """Where the part cannot be read: its column and about which row. None where it can be."""
        for column in self.types:
            if not self._can_read(column, self.row_count):
                row = self._count_readable(column) + 1
                return (
                    f"{self._name}: the column “{column}” cannot be read from about row {row:,} "
                    "on: its text is not UTF-8, or the file is damaged. Write it again."
                )
        return None

    def _count_readable(self, column: str) -> int:
        known, beyond = 0, -(-self.row_count // _ROWS_DECODED)
        while beyond - known > 1:
            tried = (known + beyond) // 2
            if self._can_read(column, tried * _ROWS_DECODED):
                known = tried
            else:
                beyond = tried
        return known * _ROWS_DECODED

    def _can_read(self, column: str, row_count: int) -> bool:
        name = _quote_name(column)
        try:
            # On a connection of its own: that of the failure takes no more questions.
            self._duck.cursor().execute(
                f"SELECT max(hash({name})) FROM (SELECT {name} FROM {self.table} LIMIT ?)",
                [self.path, row_count],
            ).fetchall()
        except duckdb.Error:
            return False
        return True


def _quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
