"""What `train` and `evaluate` promise to an analyst who brings labels of their own."""

import re
from pathlib import Path

import pytest

from tests.spec.conftest import Run
from tests.unit.model.test_train import CONFIGURATION, PLACE
from yousaid.model.artefact import get_model_folder
from yousaid.model.labels import read_labelled
from yousaid.model.reader import Reader


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labelled")
    rows = PLACE.read_text("utf-8").splitlines(keepends=True)
    (folder / "ours.csv").write_text("".join(rows[:150]), "utf-8")
    (folder / "small.toml").write_text(CONFIGURATION, "utf-8")
    return folder


def test_train_makes_a_model_that_reads(run: Run, labelled: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    ran = run("train", labelled / "small.toml", "--data", labelled, "-o", target)
    assert ran.code == 0
    assert "topics, macro F1" in ran.out
    assert (target / "CARD.md").read_text("utf-8").startswith("# Model card: small 1")
    label = Reader(str(target)).read(["The food was cold"])[0].model
    assert re.fullmatch(r"small 1 \([0-9a-f]{8}\)", label)
    listed = run("models", target)
    assert (listed.code, label in listed.out) == (0, True)


def test_train_with_nothing_to_learn_from(run: Run, labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("text,question,topics,sentiment,urgent\n")
    ran = run("train", labelled / "small.toml", "--data", tmp_path, "-o", tmp_path / "mine")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "nothing to learn from" in ran.err
    assert not (tmp_path / "mine").exists()


def test_train_says_at_once_that_it_cannot_write(run: Run, labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    ran = run("train", labelled / "small.toml", "--data", labelled, "-o", tmp_path / "taken/mine")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "is not a folder" in ran.err


def test_evaluate_gives_each_score_with_its_interval(run: Run, labelled: Path) -> None:
    ran = run("evaluate", labelled / "ours.csv")
    assert ran.code == 0
    assert "topics, micro F1" in ran.out
    assert "Parking" in ran.out
    assert " to " in ran.out


@pytest.mark.parametrize("row_count", [0, 1, 5])
def test_evaluate_too_little_to_score(run: Run, tmp_path: Path, row_count: int) -> None:
    rows = PLACE.read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "few.csv").write_text("".join(rows[: 1 + row_count]), "utf-8")
    ran = run("evaluate", tmp_path / "few.csv")
    assert (ran.code, ran.err) == (0, "")
    assert "not enough labelled comments (a topic needs 8)" in ran.out
    assert not re.search(r"None|\bnan\b", ran.out)


def test_evaluate_warns_of_the_comments_it_was_trained_on(run: Run) -> None:
    ran = run("evaluate", PLACE)
    assert "these scores flatter it" in ran.err


def test_evaluate_what_is_not_labelled(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("Comment\nThe food was cold\n")
    ran = run("evaluate", tmp_path / "plain.csv")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "layouts" in ran.err


def test_evaluate_behaviour_gives_a_rate_for_each_group(run: Run) -> None:
    ran = run("evaluate", "--behaviour")
    assert (ran.code, ran.err) == (0, "")
    assert re.search(r"^  negation +\d+ +\d+  \d+ % \(\d+ to \d+\)$", ran.out, re.MULTILINE)
    assert "wanted" not in ran.out


def test_evaluate_behaviour_of_a_model_folder_with_failures(run: Run) -> None:
    ran = run("evaluate", "--behaviour", "--failures", "--model", get_model_folder("fast"))
    failed = sum(int(count) for count in re.findall(r"^  \D+\d+ +(\d+)  \d+ %", ran.out, re.M))
    assert failed == ran.out.count("\n    wanted  ") > 0


@pytest.mark.parametrize("arguments", [[], ["--failures"]])
def test_evaluate_nothing_to_score(run: Run, arguments: list[str]) -> None:
    ran = run("evaluate", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--behaviour" in ran.err


def test_evaluate_report_says_where_it_is_wrong(run: Run, labelled: Path, tmp_path: Path) -> None:
    ran = run("evaluate", labelled / "ours.csv", "--report", tmp_path / "found")
    assert ran.code == 0
    page = (tmp_path / "found" / "report.md").read_text("utf-8")
    assert "## What it takes for what" in page
    assert "(reliability.svg)" in page
    assert "<svg" in (tmp_path / "found" / "reliability.svg").read_text("utf-8")
    texts = [comment.text for comment in read_labelled(labelled / "ours.csv")]
    assert not [text for text in texts if len(text) > 20 and text in page + ran.out]


def test_evaluate_report_cannot_be_written(run: Run, labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    ran = run("evaluate", labelled / "ours.csv", "--report", tmp_path / "taken")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "could not be written" in ran.err


def test_evaluate_report_without_files(run: Run, tmp_path: Path) -> None:
    ran = run("evaluate", "--behaviour", "--report", tmp_path / "found")
    assert (ran.code, "Name their files" in ran.err) == (2, True)
