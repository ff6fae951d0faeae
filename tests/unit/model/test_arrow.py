"""Tables of other libraries in, the same tables with readings out."""

from collections.abc import Iterator

import duckdb
import polars
import pyarrow
import pytest
from arro3.core import Array, DataType, RecordBatch, RecordBatchReader, Schema, Table

from yousaid.errors import InputError
from yousaid.model.columns import PROBABILITY_PREFIX, READING_COLUMNS
from yousaid.model.reader import Reader
from yousaid.pipeline import make_cells

TEXTS = [
    "The food was cold",
    None,
    "Nothing",
    "  ",
    "lovely nurses, but no parking at all",
    "Nothing",
]
QUESTIONS = ["What was good?", "Anything we could improve?"] * 3


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader("fast")


def _table(**columns: list[object]) -> Table:
    kinds = {str: DataType.string(), int: DataType.int64()}
    return Table.from_pydict(
        {name: Array(cells, type=kinds[type(cells[0])]) for name, cells in columns.items()}
    )


def _rows(found: RecordBatchReader) -> list[tuple[object, ...]]:
    table = found.read_all()
    return list(zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True))


def test_read_table_says_what_read_says(reader: Reader) -> None:
    table = _table(id=list(range(6)), said=TEXTS, asked=QUESTIONS)
    found = reader.read_table(table, "said", "asked", with_probabilities=True)
    assert tuple(found.schema.names[3:10]) == READING_COLUMNS
    assert all(name.startswith(PROBABILITY_PREFIX) for name in found.schema.names[10:])
    readings = reader.read(TEXTS, ["what_good", "could_improve"] * 3, with_evidence=False)
    for place, (row, reading) in enumerate(zip(_rows(found), readings, strict=True)):
        assert row[:3] == (place, TEXTS[place], QUESTIONS[place])
        wanted = make_cells(reading, True, False)
        assert list(row[3:5]) == wanted[:2]
        assert [*row[5:9:2], *row[10:]] == pytest.approx([*wanted[2:6:2], *wanted[7:]], abs=2e-4)


def test_read_table_null_is_not_possible(reader: Reader) -> None:
    row = _rows(reader.read_table(_table(said=TEXTS), "said"))[1]
    assert row[:4] == (None, "Labelling not possible", None, None)


def test_read_table_from_and_to_duckdb(reader: Reader) -> None:
    relation = duckdb.sql("SELECT 'no parking ' || i AS said FROM range(2500) t(i)")
    found = reader.read_table(relation, "said", "could_improve")
    # On a connection of its own: the first is busy giving rows as they are read.
    read = duckdb.connect().from_arrow(found)
    counted = read.aggregate("topics, count(*)").fetchall()
    assert sum(count for _, count in counted) == 2500
    assert all("Parking" in topics for topics, _ in counted)


def test_read_table_reads_as_it_is_asked(reader: Reader) -> None:
    taken = 0

    def make() -> Iterator[RecordBatch]:
        nonlocal taken
        for batch in _table(said=["ok"] * 10).to_batches() * 5:
            taken += 1
            yield batch

    source = RecordBatchReader.from_batches(_table(said=["ok"]).schema, make())
    found = reader.read_table(source, "said")
    assert taken == 0
    assert found.read_next_batch().num_rows == 10
    assert taken < 5


def test_read_table_nothing(reader: Reader) -> None:
    empty = Table.from_batches([], schema=_table(said=["a"]).schema)
    assert reader.read_table(empty, "said").read_all().num_rows == 0


def test_read_table_dictionary_column(reader: Reader) -> None:
    kind = DataType.dictionary(DataType.int32(), DataType.string())
    table = Table.from_pydict({"said": Array(["no parking"], type=DataType.string()).cast(kind)})
    assert "Parking" in _rows(reader.read_table(table, "said", "could_improve"))[0][1]


@pytest.mark.parametrize(
    ("text", "question", "fault"),
    [
        ("words", "why", "no column “words”. It has “said”, “id”"),
        ("said", "asked", "no column “asked”"),
        ("id", "why", "“id” does not hold text"),
    ],
)
def test_read_table_wrong_columns(reader: Reader, text: str, question: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        reader.read_table(_table(said=TEXTS, id=list(range(6))), text, question)


def test_read_table_column_is_there_already(reader: Reader) -> None:
    with pytest.raises(InputError, match="already has a column “topics”"):
        reader.read_table(_table(said=["ok"], topics=["mine"]), "said")


def test_read_table_two_columns_of_one_name(reader: Reader) -> None:
    table = pyarrow.table([["ok"], ["good"]], names=["said", "said"])
    with pytest.raises(InputError, match="several columns “said”"):
        reader.read_table(table, "said")


def test_read_table_bytes_that_are_no_text(reader: Reader) -> None:
    parts = pyarrow.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pyarrow.py_buffer(b"ok\xff\xfe")
    table = pyarrow.table({"said": pyarrow.StringArray.from_buffers(2, *parts)})
    with pytest.raises(InputError, match="“said” holds text that is not UTF-8"):
        reader.read_table(table, "said").read_all()


def test_read_table_a_column_of_nothing_from_polars(reader: Reader) -> None:
    table = polars.DataFrame({"said": ["ok"], "notes": [None]})
    with pytest.raises(InputError, match="give the column a type or leave it out"):
        reader.read_table(table, "said").read_all()


def test_read_table_one_column_for_both(reader: Reader) -> None:
    with pytest.raises(InputError, match="both the comments and the questions"):
        reader.read_table(pyarrow.table({"said": ["ok"]}), "said", "said")


def test_read_table_keeps_what_the_table_says_of_itself(reader: Reader) -> None:
    table = pyarrow.table({"said": ["ok"]}).replace_schema_metadata({"from": "ward 7"})
    assert reader.read_table(table, "said").schema.metadata == {b"from": b"ward 7"}


def test_read_table_schema_is_that_of_its_batches(reader: Reader) -> None:
    found = reader.read_table(_table(said=TEXTS), "said")
    schema: Schema = found.schema
    assert all(batch.schema.equals(schema) for batch in found)
