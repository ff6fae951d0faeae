# ruff: noqa: S608 (paths that are quoted and names of our own; every other value is bound)
"""One part read: its columns as they are, those of the readings behind them, all or nothing.

The comments alone pass through Python. Their readings are kept on the disk until the last is there,
and DuckDB lays the two side by side: a column that is not read keeps its type, and memory does not
grow with the part.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import duckdb
from arro3.core import Array, DataType, Table

from yousaid.duck import connect_duckdb, quote
from yousaid.errors import InputError, OutputError
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.values import is_blank_answer
from yousaid.model.columns import READING_COLUMNS, get_probability_columns
from yousaid.model.reader import Reader
from yousaid.parts.folders import Part, put_in_place
from yousaid.parts.record import KEY, Plan
from yousaid.parts.source import Row, Source
from yousaid.pipeline import MENTIONS_COLUMN, make_cells
from yousaid.records import QuestionKind
from yousaid.reports.tables import Cell

Progress = Callable[[int], None]


def read_part(part: Part, plan: Plan, reader: Reader, work: Path, progress: Progress) -> None:
    """Read a part and put it in its place; `work` is an empty folder for what is not whole yet.

    Raises InputError where the part cannot be read, OutputError where the disk refuses; what was in
    its place is then as it was. `progress` is told of rows as they are read, and of none once
    before the part takes its place.
    """
    made = work / "part.parquet"
    try:
        before, record = _identify(part), plan.make_record(part.source)
    except OSError as error:
        raise InputError(
            f"{part.name} cannot be read ({error.strerror}). Check that you may read it."
        ) from error
    with connect_duckdb(threads=1, temp_directory=str(work)) as duck:
        source = Source(duck, part)
        source.check(plan, get_added_columns(plan))
        try:
            duck.execute(f"ATTACH {quote(str(work / 'readings.duckdb'))} AS made")
            _keep_readings(duck, source, plan, reader, progress)
            _join(duck, source, made, record)
        except duckdb.Error as error:
            raise _explain(error, source, part) from None  # the cause may quote a comment
    if _identify(part) != before:
        raise InputError(f"{part.name} changed while it was read. Read it again.")
    progress(0)
    try:
        put_in_place(made, part)
    except OSError as error:
        raise OutputError(f"{part.target} cannot be written ({error.strerror}).") from error


def get_added_columns(plan: Plan) -> tuple[str, ...]:
    """The names of the columns behind those of a part."""
    return (
        *READING_COLUMNS,
        *(get_probability_columns() if plan.with_probabilities else ()),
        *((MENTIONS_COLUMN,) if plan.with_mentions else ()),
    )


def _identify(part: Part) -> tuple[int, ...] | None:
    try:
        status = os.stat(part.source)
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _explain(error: duckdb.Error, source: Source, part: Part) -> Exception:
    if isinstance(error, duckdb.OutOfMemoryException):
        return InputError(
            f"{part.name} needs more memory than there is. Use fewer cores, or write it again in "
            "smaller row groups."
        )
    if fault := source.find_fault():
        return InputError(fault)
    if isinstance(error, duckdb.IOException):
        return OutputError(
            f"{part.target} could not be written. Check the space on the disk and the permissions "
            "of the folder."
        )
    return RuntimeError(f"{part.name}: DuckDB stopped with a {type(error).__name__}")


def _keep_readings(
    duck: duckdb.DuckDBPyConnection,
    source: Source,
    plan: Plan,
    reader: Reader,
    progress: Progress,
) -> None:
    """The readings of all rows as the table `made.reading`, in order."""
    duck.begin()
    duck.from_arrow(_read([], plan, reader)).create("made.reading")
    for rows in source.read(plan):
        duck.from_arrow(_read(rows, plan, reader)).insert_into("made.reading")
        progress(len(rows))
    duck.commit()


def _join(duck: duckdb.DuckDBPyConnection, source: Source, made: Path, record: str) -> None:
    duck.execute(
        f"COPY (SELECT part.*, reading.* FROM {source.table} part POSITIONAL JOIN made.reading) "
        f"TO {quote(str(made))} (FORMAT parquet, COMPRESSION zstd, "
        f"ROW_GROUP_SIZE {source.get_group_rows()}, KV_METADATA {{{KEY}: {quote(record)}}})",
        [source.path],
    )


def _read(rows: Sequence[Row], plan: Plan, reader: Reader) -> Table:
    """The columns that are added to some rows."""
    texts = ["" if is_blank_answer(text or "") else text for text, _ in rows]
    asked = [wording if plan.question_column else plan.kind for _, wording in rows]
    if plan.with_mentions:
        return _read_mentions(texts, asked, plan, reader)
    found = reader.read_table(
        _make_table({"text": texts, "question": asked}),
        "text",
        "question",
        with_probabilities=plan.with_probabilities,
    )
    return Table(found).select(list(get_added_columns(plan)))


def _read_mentions(
    texts: list[str | None], asked: list[str | None], plan: Plan, reader: Reader
) -> Table:
    columns = get_added_columns(plan)
    readings = reader.read(texts, [_find_kind(wording or "") for wording in asked])
    cells = [make_cells(reading, plan.with_probabilities, True) for reading in readings]
    given = dict(zip(columns, zip(*cells, strict=True), strict=True)) if cells else {}
    return _make_table({name: list(given.get(name, ())) for name in columns})


@lru_cache(maxsize=1024)
def _find_kind(wording: str) -> QuestionKind:
    return question_kind(wording) or "why"


def _make_table(columns: Mapping[str, Sequence[Cell]]) -> Table:
    return Table.from_pydict(
        {
            name: Array(cells, type=_TYPES.get(name, DataType.string()))
            for name, cells in columns.items()
        }
    )


_TYPES = {
    "sentiment_score": DataType.float64(),
    "mixed": DataType.bool(),
    "urgency": DataType.float64(),
    **dict.fromkeys(get_probability_columns(), DataType.float64()),
}
