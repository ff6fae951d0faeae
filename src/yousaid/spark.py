"""Reading on Spark: any DataFrame of comments, or those of a store, by every worker of a cluster.

    spark = SparkSession.builder.getOrCreate()
    read = classify(spark.read.parquet("comments"), "comment", "could_improve")

Rows go through `mapInArrow`, so never through pandas, and each Python worker loads the model once.
yousaid must be installed for the workers' Python (PYSPARK_PYTHON). More in docs/scale.md.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from yousaid.errors import MissingExtraError
from yousaid.model.batches import cut
from yousaid.model.columns import check_free
from yousaid.model.points import DEFAULT_MODEL, DEFAULT_POINT
from yousaid.model.reader import Reader
from yousaid.settings import read_settings
from yousaid.store.layout import Store, open_store
from yousaid.store.lock import hold_folder
from yousaid.store.reread import READ_COLUMNS, replace_readings
from yousaid.store.schema import COLUMNS, TableName
from yousaid.store.state import get_paths, get_state
from yousaid.store.working import make_reading_row

try:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
    from pyspark.sql.types import StructType
except ImportError as error:
    raise MissingExtraError("spark", "Reading on Spark") from error

Batches = Iterable[pyarrow.RecordBatch]

_SPARK_TYPES = {
    "BIGINT": "BIGINT",
    "BLOB": "BINARY",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "FLOAT": "FLOAT",
    "INTEGER": "INT",
    "MAP(VARCHAR, VARCHAR)": "MAP<STRING, STRING>",
    "TINYINT": "TINYINT",
    "VARCHAR": "STRING",
}


def classify(
    comments: DataFrame,
    text: str,
    question: str = "why",
    *,
    model: str = DEFAULT_MODEL,
    operating_point: str = DEFAULT_POINT,
    with_probabilities: bool = False,
) -> DataFrame:
    """The DataFrame with the columns of a reading behind its own, as `Reader.read_table` gives it.

    `text` names the column of comments; `question` is a kind for all, or names the column of
    questions. `model` is a shipped one, or a folder that every worker sees. Nothing is read before
    Spark is asked for rows. Raises InputError where a column is missing, holds no text or has a
    name that would be added, ModelError where there is no such model.
    """
    # All that can be wrong shows on a table of these columns without rows.
    nothing = to_arrow_schema(comments.schema).empty_table()
    how = _How(text, question, model, operating_point, with_probabilities)
    added = from_arrow_schema(how.read(nothing).schema).fields[len(comments.columns) :]
    taken = {name.casefold() for name in comments.columns}  # Spark tells no capitals apart
    check_free([f.name for f in added if f.name in taken], [f.name for f in added], "The table")
    return comments.mapInArrow(
        partial(_read_batches, how), StructType([*comments.schema.fields, *added])
    )


def read_comments(spark: SparkSession, folder: str | Path) -> DataFrame:
    """The comments of a store as they are now, whatever is written meanwhile; the columns are those
    of `store/schema.py`. Raises StoreError where there is no store that can be read.

    As for the command, YOUSAID_DATABASE and YOUSAID_INDEX say what lies outside the folder.
    """
    return _read_table(spark, folder, "comments")


def read_readings(spark: SparkSession, folder: str | Path) -> DataFrame:
    """The readings of a store as they are now; see `read_comments`."""
    return _read_table(spark, folder, "readings")


def make_readings(
    comments: DataFrame, *, model: str = DEFAULT_MODEL, operating_point: str = DEFAULT_POINT
) -> DataFrame:
    """Readings of a store's comments, with evidence, for `write_readings`; they are made when Spark
    is asked for rows. Raises ModelError where there is no such model."""
    _get_reader(model, operating_point)
    schema = _make_schema(READ_COLUMNS)
    return comments.select("comment_key", "kind", "text").mapInArrow(
        partial(_make_readings, model, operating_point, to_arrow_schema(schema)), schema
    )


def write_readings(readings: DataFrame, folder: str | Path, *, now: datetime | None = None) -> int:
    """Put readings made by `make_readings` in place of those that the comments have, all or none;
    how many were.

    Spark's workers write Parquet files into the store's folder, which they must see under the same
    path, and the store takes them over in one write of its own: dashboards go on meanwhile, and
    corrections stay. Raises StoreError and OutputError as every write does.
    """
    store = _open_store(folder)
    with hold_folder(store) as working:
        made = working / "readings"
        readings.select(*READ_COLUMNS).write.parquet(_name_path(made))
        paths = sorted(made.glob("part-*.parquet"))
        return replace_readings(store, paths, now=now or datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _How:
    """What a worker must know to read, small enough to be sent to every one."""

    text: str
    question: str
    model: str
    operating_point: str
    with_probabilities: bool

    def read(self, table: Any) -> pyarrow.RecordBatchReader:
        """The table with its readings, as a stream."""
        return pyarrow.RecordBatchReader.from_stream(
            _get_reader(self.model, self.operating_point).read_table(
                table, self.text, self.question, with_probabilities=self.with_probabilities
            )
        )


@lru_cache(maxsize=1)
def _get_reader(model: str, operating_point: str) -> Reader:
    """The reader of this process: Spark keeps its Python workers from task to task."""
    return Reader(model, operating_point)


def _read_batches(how: _How, batches: Batches) -> Batches:
    rest = iter(batches)
    first = next(rest, None)
    if first is not None:
        yield from how.read(
            pyarrow.RecordBatchReader.from_batches(first.schema, chain([first], rest))
        )


def _make_readings(
    model: str, operating_point: str, schema: pyarrow.Schema, batches: Batches
) -> Batches:
    reader = _get_reader(model, operating_point)
    for batch in batches:
        for part in cut(batch.num_rows):
            keys, kinds, texts = (
                batch.column(name)[part].to_pylist() for name in ("comment_key", "kind", "text")
            )
            rows = [
                {"comment_key": key, **make_reading_row(reading), "vector": reading.vector}
                for key, reading in zip(keys, reader.read(texts, kinds), strict=True)
            ]
            yield pyarrow.RecordBatch.from_pylist(rows, schema)


def _open_store(folder: str | Path) -> Store:
    settings = read_settings()
    return open_store(Path(folder), database=settings.database, index_folder=settings.index_folder)


def _read_table(spark: SparkSession, folder: str | Path, table: TableName) -> DataFrame:
    store = _open_store(folder)
    paths = get_paths(store, get_state(store), table)
    schema = _make_schema(COLUMNS[table])
    if not paths:
        return spark.createDataFrame([], schema)
    return spark.read.schema(schema).parquet(*map(_name_path, paths))


def _name_path(path: Path) -> str:
    # Whatever Spark's default file system is, the store is on this machine's; and Spark would read
    # these characters as a pattern.
    return "file://" + re.sub(r"([*?{},\[\]\\])", r"\\\1", str(path.absolute()))


def _make_schema(columns: Mapping[str, str]) -> StructType:
    listed = ", ".join(f"{name} {_name_type(kind)}" for name, kind in columns.items())
    return StructType.fromDDL(listed)


def _name_type(kind: str) -> str:
    """Spark's name of one of DuckDB's types."""
    within = kind.removesuffix("[]")
    return f"ARRAY<{_name_type(within)}>" if within != kind else _SPARK_TYPES[kind]
