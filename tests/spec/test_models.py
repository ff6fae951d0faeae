"""What `yousaid models` says, and what an operating point changes."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.spec.conftest import Run
from yousaid.model.artefact import get_model_folder, get_shipped_names, load_model


def test_models_lists_the_shipped_ones(run: Run) -> None:
    ran = run("models")
    assert (ran.code, ran.err) == (0, "")
    figure = load_model("fast").card["scores"]["micro_f1"]
    assert f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})" in ran.out
    assert all(f"\n{name} " in f"\n{ran.out}" for name in get_shipped_names())


def test_models_json_holds_the_same_facts(run: Run) -> None:
    ran = run("models", "--json")
    found = json.loads(ran.out)
    assert [model["name"] for model in found] == get_shipped_names()
    assert all(model["licence"] and model["size_bytes"] > 1_000_000 for model in found)


def test_models_damaged_one_is_listed_with_why(run: Run, tmp_path: Path) -> None:
    for path in get_model_folder("fast").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes()[:-1])
    ran = run("models", tmp_path)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert f"{tmp_path}  damaged or missing\n" in ran.out
    assert "fast 3" in ran.out


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    path = tmp_path / "comments.csv"
    texts = ["The food was cold", "Waited for hours", "Nobody told us what would come next"]
    path.write_text("Comment\n" + "\n".join(texts * 5) + "\n")
    return path


def _read(run: Run, comments: Path, *more: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("classify", comments, *more).out)))


def test_find_all_says_no_less_and_says_so(run: Run, comments: Path) -> None:
    balanced = _read(run, comments)
    eager = _read(run, comments, "--operating-point", "find_all")
    assert {row["model"] for row in eager} == {f"{balanced[0]['model']}, find all"}
    for less, more in zip(balanced, eager, strict=True):
        assert set(less["topics"].split("; ")) - {""} <= set(more["topics"].split("; "))


@pytest.mark.parametrize("command", ["classify", "load"])
def test_operating_point_that_is_none(run: Run, comments: Path, command: str) -> None:
    target = comments.parent / "out"
    where = ("-o", f"{target}.csv") if command == "classify" else ("--into", target)
    ran = run(command, comments, *where, "--operating-point", "all")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "Choose one of balanced, find_all" in ran.err
    assert sorted(path.name for path in comments.parent.iterdir()) == ["comments.csv"]
