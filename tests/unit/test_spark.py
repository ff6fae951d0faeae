"""Reading on a real Spark, with two workers of this machine. `make test-spark` brings it."""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed; see make test-spark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, which is not here", allow_module_level=True)

import pyarrow  # noqa: E402
from pyspark.sql import DataFrame, Row, SparkSession  # noqa: E402

from yousaid.errors import InputError, ModelError, StoreError  # noqa: E402
from yousaid.model.columns import READING_COLUMNS  # noqa: E402
from yousaid.model.reader import Reader  # noqa: E402
from yousaid.records import Comment  # noqa: E402
from yousaid.spark import (  # noqa: E402
    classify,
    make_readings,
    read_comments,
    read_readings,
    write_readings,
)
from yousaid.store.check import find_faults  # noqa: E402
from yousaid.store.layout import Store, create_store  # noqa: E402
from yousaid.store.write import add_upload, undo_upload  # noqa: E402

TEXTS = ("No parking at all!", None, "Nothing", "", "Kind nurses, cold food", "Était très bien")
NOW = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    # Spark's workers start “python3” from the path where nothing else is said.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


def _make_comments(spark: SparkSession) -> DataFrame:
    rows = [
        Row(number=n, said=TEXTS[n % 6], asked=("What was good?", "why")[n % 2], more=[n, None])
        for n in range(60)
    ]
    schema = "number INT, said STRING, asked STRING, more ARRAY<INT>"
    return spark.createDataFrame(rows, schema).repartition(3, "number")


@pytest.mark.parametrize("question", ["asked", "could_improve"])
@pytest.mark.parametrize("with_probabilities", [False, True])
def test_classify_says_what_read_table_says(
    spark: SparkSession, question: str, with_probabilities: bool
) -> None:
    comments = _make_comments(spark)
    found = classify(
        comments, "said", question, model="fast", with_probabilities=with_probabilities
    ).orderBy("number")
    table = pyarrow.Table.from_pylist(
        [row.asDict() for row in comments.orderBy("number").collect()]
    )
    wanted = pyarrow.table(
        Reader("fast").read_table(table, "said", question, with_probabilities=with_probabilities)
    )
    assert found.columns == wanted.column_names
    assert [row.asDict() for row in found.collect()] == wanted.to_pylist()


def test_classify_by_the_encoder(spark: SparkSession) -> None:
    comments = _make_comments(spark).where("number < 6")
    found = classify(comments, "said").orderBy("number").collect()
    wanted = Reader("best").read(TEXTS)
    assert [row["sentiment_score"] for row in found] == [
        None
        if reading.sentiment_score is None
        else pytest.approx(reading.sentiment_score, abs=2e-4)
        for reading in wanted
    ]
    assert {row["model"] for row in found} == {Reader("best").model.label}


def test_classify_keeps_partitions_that_are_empty(spark: SparkSession) -> None:
    comments = _make_comments(spark).where("number < 0")
    found = classify(comments, "said", model="fast")
    assert tuple(found.columns[4:]) == READING_COLUMNS
    assert found.collect() == []


def test_classify_with_large_texts_on(spark: SparkSession) -> None:
    spark.conf.set("spark.sql.execution.arrow.useLargeVarTypes", "true")
    try:
        found = classify(_make_comments(spark), "said", "asked", model="fast").collect()
    finally:
        spark.conf.unset("spark.sql.execution.arrow.useLargeVarTypes")
    assert {row.said for row in found if row.topics == "Parking"} == {TEXTS[0]}


@pytest.mark.parametrize(
    ("names", "text", "question", "message"),
    [
        (("n", "said"), "comment", "why", "no column “comment”"),
        (("n", "said"), "said", "asked", "no column “asked”"),
        (("n", "said"), "n", "why", "does not hold text"),
        (("topics", "said"), "said", "why", "already has a column “topics”"),
        (("Model", "said"), "said", "why", "already has a column “model”"),
    ],
)
def test_classify_refuses_at_once(
    spark: SparkSession, names: tuple[str, str], text: str, question: str, message: str
) -> None:
    comments = spark.createDataFrame([(1, "ok")], list(names))
    with pytest.raises(InputError, match=message):
        classify(comments, text, question, model="fast")


def test_classify_by_a_model_that_is_not_there(spark: SparkSession) -> None:
    with pytest.raises(ModelError):
        classify(_make_comments(spark), "said", model="none such")


def _make_store(folder: Path) -> Store:
    store = create_store(folder)
    comments = [
        Comment(f"{n}", f"r{n}", None, ("City", "Ward {1}"), "Why?", "why", TEXTS[n % 6] or "", 1)
        for n in range(12)
    ]
    readings = Reader("fast").read([comment.text for comment in comments], with_evidence=False)
    add_upload(store, "one.csv", comments, readings, now=NOW, framework_version="7+4")
    return store


def test_read_comments_as_they_are_now(spark: SparkSession, tmp_path: Path) -> None:
    # A folder whose name Spark would take for a pattern.
    store = _make_store(tmp_path / "feed back {1,2}*")
    found = read_comments(spark, store.folder)
    assert found.count() == 12
    said = {row.comment_id: row for row in found.collect()}
    assert said["0"].text == TEXTS[0]
    assert said["0"].unit == ["City", "Ward {1}"]
    assert (
        read_readings(spark, store.folder).where(f"model = '{Reader('fast').model.label}'").count()
        == 12
    )
    undo_upload(store, "1", now=NOW)
    assert read_comments(spark, store.folder).count() == 0


def test_read_comments_of_a_store_that_is_empty_or_none(
    spark: SparkSession, tmp_path: Path
) -> None:
    create_store(tmp_path / "empty")
    found = read_comments(spark, tmp_path / "empty")
    assert found.count() == 0
    assert "text" in found.columns
    with pytest.raises(StoreError):
        read_comments(spark, tmp_path / "none")


@pytest.mark.parametrize("model", ["fast", "best"])
def test_readings_made_on_spark_go_into_the_store(
    spark: SparkSession, tmp_path: Path, model: str
) -> None:
    store = _make_store(tmp_path / "feedback")
    comments = read_comments(spark, store.folder).repartition(3)
    readings = make_readings(comments, model=model, operating_point="find_all")
    assert write_readings(readings, store.folder, now=NOW) == 12
    assert find_faults(store) == []
    assert not [path for path in store.folder.iterdir() if path.name.startswith("reading-")]
    [texts, found] = (
        {row.comment_key: row for row in read(spark, store.folder).collect()}
        for read in (read_comments, read_readings)
    )
    reader = Reader(model, "find_all")
    for key, row in found.items():
        [wanted] = reader.read([texts[key].text])
        assert row.topics == [mention.topic for mention in wanted.mentions]
        assert row.topic_spans == [
            [place for span in mention.spans for place in (span.start, span.end)]
            for mention in wanted.mentions
        ]
        assert (row.model, bytes(row.vector)) == (wanted.model, wanted.vector)
        assert row.probabilities == pytest.approx(wanted.probabilities, abs=1e-6)


def test_examples_of_the_page_run(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spark.createDataFrame([("No parking",)], ["comment"]).write.parquet(f"{tmp_path}/comments")
    store = _make_store(tmp_path / "feedback")
    page = (Path(__file__).parents[2] / "docs" / "scale.md").read_text("utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n)+", page.split("## Spark")[1], re.MULTILINE)
    examples = [textwrap.dedent(block) for block in blocks if "from yousaid.spark" in block]
    known: dict[str, object] = {}
    for example in examples:
        code = re.sub(r'"(comments|read)"', rf'"{tmp_path}/\1"', example)
        exec(code.replace("/shared/feedback", str(store.folder)), known)
    assert len(examples) == 2
    assert spark.read.parquet(f"{tmp_path}/read").collect()[0].topics == "Parking"
    label = Reader("best").model.label
    assert {row.model for row in read_readings(spark, store.folder).collect()} == {label}
