"""What `yousaid classify` promises to those who build on its output."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.spec.conftest import Run
from yousaid.frameworks import get_framework
from yousaid.records import SENTIMENT_LEVELS

ROWS = [
    ["id", "FFT answer", "FFT question"],
    ["1", "The food was cold", "How could we improve?"],
    ["2", "", "What was good?"],
    ["3", "Did not answer", "What was good?"],
    ["4", 'Kind "lovely" nurses, but nowhere to park\nat all', "Who let the dogs out?"],
    ["5", "=1+1 great care, thank you", "Who let the dogs out?"],
    ["007", "Nothing", "could_improve"],
]
ADDED = ["topics", "sentiment", "sentiment_score", "mixed", "urgency", "comment_language", "model"]
NAMES = {topic.name for topic in get_framework().topics}


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    path = tmp_path / "comments.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return path


def _parse(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


ASK = ("--text", "FFT answer", "--question", "FFT question")


def test_every_row_comes_back_in_order_unchanged(run: Run, comments: Path) -> None:
    rows = list(csv.reader(io.StringIO(run("classify", comments, *ASK).out)))
    assert [row[:3] for row in rows] == ROWS
    assert rows[0][3:] == ADDED


def test_values_are_of_the_contract(run: Run, comments: Path) -> None:
    for row in _parse(run("classify", comments, *ASK).out):
        assert set(filter(None, row["topics"].split("; "))) <= NAMES
        assert row["sentiment"] in {*SENTIMENT_LEVELS, ""}
        assert row["mixed"] in {"true", "false"}
        assert 0 <= float(row["urgency"]) <= 1
        assert row["model"] == "best 3"
        assert not row["sentiment"] or -1 <= float(row["sentiment_score"]) <= 1


def test_blank_answers_are_not_possible_to_label(run: Run, comments: Path) -> None:
    rows = _parse(run("classify", comments, *ASK).out)
    for row in (rows[1], rows[2]):
        assert (row["topics"], row["sentiment"]) == ("Labelling not possible", "")
        assert row["sentiment_score"] == ""


def test_other_languages_are_marked_and_not_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text(
        "Comment\nThe food was cold\nPersonel był bardzo miły i pomocny\nBrill\n", "utf-8"
    )
    english, polish, scrap = _parse(run("classify", path, "--text", "Comment").out)
    assert (polish["topics"], polish["sentiment"]) == ("Labelling not possible", "")
    languages = [row["comment_language"] for row in (english, polish, scrap)]
    assert languages == ["en", "pl", ""]


def test_unknown_question_is_said_once(run: Run, comments: Path) -> None:
    ran = run("classify", comments, *ASK)
    assert ran.err.count("Who let the dogs out?") == 1
    assert "“why”" in ran.err


def test_question_may_be_the_kind_itself(run: Run, comments: Path) -> None:
    nothing = _parse(run("classify", comments, *ASK).out)[5]
    assert nothing["sentiment"] in ("very positive", "positive")


def test_one_kind_for_all(run: Run, comments: Path) -> None:
    ran = run("classify", comments, "--text", "FFT answer", "--question", "what_good")
    assert _parse(ran.out)[5]["sentiment"] in ("negative", "very negative")


def test_columns_are_found_without_being_named(run: Run, comments: Path) -> None:
    assert run("classify", comments).out == run("classify", comments, *ASK).out


def test_probabilities_one_column_a_topic(run: Run, comments: Path) -> None:
    rows = _parse(run("classify", comments, *ASK, "--probabilities").out)
    columns = [f"p: {topic.name}" for topic in get_framework().topics]
    assert list(rows[0])[-len(columns) :] == columns
    assert all(0 <= float(row[column]) <= 1 for row in rows for column in columns)
    assert float(rows[0]["p: Food & drink provision & facilities"]) > 0.5


def test_mentions_hold_evidence_in_the_original(run: Run, comments: Path) -> None:
    row = _parse(run("classify", comments, *ASK, "--mentions").out)[3]
    mentions = {mention["topic"]: mention for mention in json.loads(row["mentions"])}
    assert set(row["topics"].split("; ")) == mentions.keys()
    parking = mentions["Parking"]
    shown = [row["FFT answer"][span["start"] : span["end"]] for span in parking["spans"]]
    assert any("park" in words for words in shown)
    assert parking["sentiment"] == "negative"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "jsonl"])
def test_every_format_holds_the_same(run: Run, comments: Path, ending: str) -> None:
    expected = [row["topics"] for row in _parse(run("classify", comments, *ASK).out)]
    target = comments.parent / f"out.{ending}"
    assert run("classify", comments, *ASK, "-o", target).code == 0
    assert _read_topics(target) == expected


def _read_topics(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        query = "select topics from read_parquet(?)"
        return [row[0] for row in duckdb.connect().execute(query, [str(path)]).fetchall()]
    if path.suffix == ".jsonl":
        return [json.loads(line)["topics"] for line in path.read_text("utf-8").splitlines()]
    if path.suffix == ".xlsx":
        rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True, min_row=2)
        return [row[3] or "" for row in rows]
    return [row["topics"] for row in _parse(path.read_text("utf-8"))]


def test_formula_in_a_comment_is_text_in_a_workbook(run: Run, comments: Path) -> None:
    target = comments.parent / "out.xlsx"
    run("classify", comments, *ASK, "-o", target)
    cell = openpyxl.load_workbook(target).active.cell(6, 2)
    assert (cell.value, cell.data_type) == ("=1+1 great care, thank you", "s")


def test_workbook_in_same_as_csv_in(run: Run, comments: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active[
        "B6"
    ].data_type = "s"  # the comment that begins with “=” is text, as a form keeps it
    book.save(comments.parent / "comments.xlsx")
    from_book = _parse(run("classify", comments.parent / "comments.xlsx", *ASK).out)
    from_csv = _parse(run("classify", comments, *ASK).out)
    assert [row["topics"] for row in from_book] == [row["topics"] for row in from_csv]


def test_pipe_in_and_out_says_nothing_else(comments: Path) -> None:
    command = [sys.executable, "-c", "from yousaid.__main__ import main; main()", "classify", "-"]
    done = subprocess.run(
        [*command, *ASK], input=comments.read_bytes(), capture_output=True, check=True
    )
    assert len(_parse(done.stdout.decode())) == len(ROWS) - 1
    assert done.stderr.decode().count("\n") == 1  # the unknown question


def test_closed_pipe_ends_quietly(comments: Path) -> None:
    code = "from yousaid.__main__ import main; main()"
    command = f"{sys.executable} -c '{code}' classify {comments} --text 'FFT answer' | true"
    # The code of the first command of the pipe, as 128 and the number of the signal.
    script = ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"]
    done = subprocess.run(script, capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (141, False)
