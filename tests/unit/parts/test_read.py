"""One part read, as the whole file would be in any other way."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow
import pyarrow.parquet
import pytest

from tests.unit.parts.folder import get_rows, get_types, write_part
from yousaid.errors import InputError, OutputError
from yousaid.model.artefact import load_model
from yousaid.model.columns import READING_COLUMNS
from yousaid.model.reader import Reader
from yousaid.parts.folders import Part
from yousaid.parts.read import get_added_columns, read_part
from yousaid.parts.record import Plan


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader("fast")


def make_plan(**changed: object) -> Plan:
    usual = Plan(
        text="comment",
        question_column="question",
        kind="why",
        model="fast",
        operating_point="balanced",
        model_label=load_model("fast").label,
        with_probabilities=False,
        with_mentions=False,
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


def read(reader: Reader, source: Path, plan: Plan | None = None) -> Path:
    part = Part(source.name, source, source.parent / "out" / source.name)
    with TemporaryDirectory() as work:
        read_part(part, plan or make_plan(), reader, Path(work), lambda _: None)
    return part.target


@pytest.mark.parametrize("with_probabilities", [False, True])
def test_read_part_says_what_read_table_says(
    reader: Reader, tmp_path: Path, with_probabilities: bool
) -> None:
    write_part(tmp_path / "a.parquet", 2500)
    plan = make_plan(with_probabilities=with_probabilities)
    made = read(reader, tmp_path / "a.parquet", plan)
    rows = get_rows(tmp_path / "a.parquet", "comment, question")
    # What a program writes in place of an answer is none, in a file.
    texts = [None if text == "Did not answer" else text for text, _ in rows]
    table = pyarrow.table({"comment": texts, "question": [asked for _, asked in rows]})
    wanted = pyarrow.table(
        reader.read_table(table, "comment", "question", with_probabilities=with_probabilities)
    )
    columns = list(get_added_columns(plan))
    found = pyarrow.parquet.read_table(made, columns=columns)
    assert found.to_pylist() == wanted.select(columns).to_pylist()
    assert found.schema.remove_metadata().equals(
        wanted.select(columns).schema.remove_metadata(), check_metadata=False
    )


def test_read_part_keeps_columns_types_and_order(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    write_part(source, 2500)
    made = read(reader, source)
    kept = get_types(source)
    assert list(get_types(made)) == [*kept, *READING_COLUMNS]
    assert {name: kind for name, kind in get_types(made).items() if name in kept} == kept
    assert get_rows(made, ", ".join(kept)) == get_rows(source)


def test_read_part_with_mentions_says_what_read_says(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    write_part(source, 9)
    columns = "topics, sentiment, mixed, model"
    made = read(reader, source, make_plan(with_probabilities=True))
    types, plain = get_types(made), get_rows(made, columns)
    made = read(reader, source, make_plan(with_mentions=True, with_probabilities=True))
    rows = get_rows(made, "comment, topics, mentions")
    said = {text: (topics, json.loads(mentions)) for text, topics, mentions in rows}
    topics, mentions = said["lovely nurses, but no parking at all"]
    assert "; ".join(mention["topic"] for mention in mentions) == topics
    assert all(mention["spans"] for mention in mentions)
    assert get_types(made) == {**types, "mentions": "VARCHAR"}
    assert get_rows(made, columns) == plain


def test_read_part_of_one_kind(reader: Reader, tmp_path: Path) -> None:
    write_part(tmp_path / "a.parquet", 9)
    found = {
        kind: get_rows(
            read(reader, tmp_path / "a.parquet", make_plan(question_column=None, kind=kind)),
            "sentiment_score",
        )[2]
        for kind in ("what_good", "could_improve")
    }
    assert found["what_good"][0] < 0 < found["could_improve"][0]  # “Nothing”


def test_read_part_without_rows(reader: Reader, tmp_path: Path) -> None:
    write_part(tmp_path / "a.parquet", 0)
    for plan in (make_plan(), make_plan(with_mentions=True)):
        made = read(reader, tmp_path / "a.parquet", plan)
        assert get_rows(made) == []
        assert list(get_types(made))[-1] == get_added_columns(plan)[-1]


def test_read_part_whose_name_is_a_pattern(reader: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "it's [1] *"
    write_part(folder / "a?[b].parquet", 3)
    write_part(folder / "aab.parquet", 5)
    assert len(get_rows(read(reader, folder / "a?[b].parquet"))) in (3, 8)
    with duckdb.connect() as duck:
        made = folder / "out" / "a?[b].parquet"
        assert duck.from_arrow(pyarrow.parquet.read_table(made)).shape[0] == 3


def _refuse(reader: Reader, source: Path, **changed: object) -> str:
    with pytest.raises(InputError) as refused:
        read(reader, source, make_plan(**changed))
    assert not (source.parent / "out").exists()
    return str(refused.value)


def test_read_part_names_the_missing_column(reader: Reader, tmp_path: Path) -> None:
    write_part(tmp_path / "a.parquet", 3)
    message = _refuse(reader, tmp_path / "a.parquet", text="said")
    assert message.startswith("a.parquet has no column “said”. It has “number”, “small”")
    message = _refuse(reader, tmp_path / "a.parquet", text="number")
    assert message.startswith("a.parquet: the column “number” holds no text (BIGINT).")


def test_read_part_does_not_write_over_a_column(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    said = pyarrow.array(["ok"])
    table = pyarrow.table([said, said], names=["comment", "Topics"])
    pyarrow.parquet.write_table(table, source)
    message = _refuse(reader, source, question_column=None)
    assert message == "a.parquet already has a column “topics”, which would be added. Rename it."


def test_read_part_with_one_name_twice(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    said = pyarrow.array(["ok"])
    nested = pyarrow.array([{"comment": 1, "x": {"comment": 2}}])
    pyarrow.parquet.write_table(
        pyarrow.table([said, nested, said], names=["comment", "in", "Comment"]), source
    )
    message = _refuse(reader, source, question_column=None)
    assert "several columns “comment”" in message


def test_read_part_that_is_cut_short(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    write_part(source, 3)
    source.write_bytes(source.read_bytes()[:-9])
    assert "is damaged or another kind of file" in _refuse(reader, source)


def test_read_part_with_damaged_pages(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    write_part(source, 3000)
    whole = source.read_bytes()
    source.write_bytes(whole[:4] + bytes(2000) + whole[2004:])
    assert "a.parquet: the column “number” cannot be read" in _refuse(reader, source)


def test_read_part_that_is_not_utf8_names_column_and_row(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    cells = [b"fine %d" % row for row in range(9000)]
    cells[5000] = b"a secret of Mr Smith \xff"
    said = pyarrow.array(cells, pyarrow.binary())
    said = pyarrow.Array.from_buffers(pyarrow.string(), len(said), said.buffers())
    table = pyarrow.table({"n": range(9000), "comment": said})
    pyarrow.parquet.write_table(table, source, use_dictionary=False)
    message = _refuse(reader, source, question_column=None)
    assert "a.parquet: the column “comment” cannot be read" in message
    assert "from about row 4,097 on" in message
    assert "secret" not in message


def test_read_part_of_private_comments_stays_private(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    write_part(source, 3)
    source.chmod(0o600)
    assert read(reader, source).stat().st_mode & 0o777 == 0o600


def test_read_part_that_changes_meanwhile(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    write_part(source, 1500)
    part = Part("a.parquet", source, tmp_path / "out" / "a.parquet")
    (tmp_path / "work").mkdir()
    with pytest.raises(InputError, match="changed while it was read"):
        read_part(
            part, make_plan(), reader, tmp_path / "work", lambda _: source.touch(exist_ok=True)
        )
    assert not part.target.exists()


def test_read_part_where_the_disk_refuses(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    write_part(source, 3)
    part = Part("a.parquet", source, source / "below a file")
    (tmp_path / "work").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        read_part(part, make_plan(), reader, tmp_path / "work", lambda _: None)
    with pytest.raises(OutputError, match="could not be written"):
        read_part(part, make_plan(), reader, tmp_path / "no folder", lambda _: None)
