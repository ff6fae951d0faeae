"""The page of tools/report_reader.py, from answers that are made up for it."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.unit.trusts import write_two_trusts
from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.model.evaluate import Predicted
from yousaid.model.labels import get_file_digest, read_labelled
from yousaid.model.out_of_fold import OutOfFold, save_out_of_fold

ROOT = Path(__file__).parents[2]
IDS = get_framework().topic_ids


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import report_reader

    return report_reader


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    return write_two_trusts(tmp_path / "ours.csv", 120)


def _save(
    labelled: Path, name: str, wrong: float, title: str = "a part", fold_count: int = 2
) -> None:
    comments = read_labelled(labelled)
    random = np.random.default_rng(5)
    truth = np.array([[topic in c.labels for topic in IDS] for c in comments])
    said = truth ^ (random.random(truth.shape) < wrong)
    told = Predicted(np.where(said, 0.8, 0.1), said, random.integers(1, 6, len(comments)))
    rows = np.arange(len(comments))
    found = OutOfFold(title, get_file_digest(labelled), rows, rows % fold_count, told)
    save_out_of_fold(labelled.with_name(f"{name}.safetensors"), found)


def test_make_page_has_every_trial(tool: ModuleType, labelled: Path) -> None:
    _save(labelled, "mine", 0.01)
    for name in ("learnt_10", "learnt_50", "other_trust", "without_it"):
        _save(labelled, f"mine_{name}", 0.2, "without it")
    trials = tool.read_trials(labelled.parent, labelled, "Trust")
    page, picture = tool.make_page(trials, "mine", "run this")
    assert picture.startswith("<svg")
    assert "| 10 % |" in page
    assert page.index("| 10 % |") < page.index("| 50 % |") < page.index("| 100 % |")
    assert "Yes: from 50 % to all of them" in page
    assert "| A, 60 comments: topics, micro F1 |" in page
    assert "| without it | **−" in page
    assert not [c.text for c in trials.comments if len(c.text) > 20 and c.text in page]


def test_make_page_says_what_is_not_measured(tool: ModuleType, labelled: Path) -> None:
    _save(labelled, "mine", 0.1)
    trials = tool.read_trials(labelled.parent, labelled, "Trust")
    page, _ = tool.make_page(trials, "mine", "run this")
    assert page.count(tool.NOT_YET) == 4


def test_make_page_of_two_parts(tool: ModuleType, labelled: Path) -> None:
    _save(labelled, "mine", 0.01, "all of it")
    _save(labelled, "mine_encoder", 0.1, "the encoder alone")
    _save(labelled, "mine_layer", 0.1, "the layer alone")
    for name in ("learnt_50", "other_trust", "without_it"):
        _save(labelled, f"mine_layer_{name}", 0.3, "without it")
    trials = tool.read_trials(labelled.parent, labelled, "Trust")
    page, _ = tool.make_page(trials, "mine", "run this")
    assert "| the encoder alone | **−" in page
    assert "| the layer alone | **−" in page
    assert page.index("| **the layer alone** |") < page.index("| without it | **−")
    assert page.count(tool.say_whose("mine_layer", "mine")) == 2
    _save(labelled, "mine_other_trust", 0.3, "the whole in another trust")
    trials = tool.read_trials(labelled.parent, labelled, "Trust")
    page, _ = tool.make_page(trials, "mine", "run this")
    assert page.count(tool.say_whose("mine_layer", "mine")) == 1


def test_describe_cases_reads_with_the_model(tool: ModuleType) -> None:
    page = "\n".join(tool.describe_cases("fast"))
    assert "read by `fast " in page
    assert "| near misses left alone | 0." in page


def test_make_page_parts_by_other_folds(tool: ModuleType, labelled: Path) -> None:
    _save(labelled, "mine", 0.1)
    _save(labelled, "mine_layer", 0.1, fold_count=3)
    trials = tool.read_trials(labelled.parent, labelled, "Trust")
    with pytest.raises(InputError, match="mine_layer was measured by other folds than mine"):
        tool.make_page(trials, "mine", "run this")


def test_read_trials_of_another_file(tool: ModuleType, labelled: Path) -> None:
    _save(labelled, "mine", 0.1)
    labelled.write_text(labelled.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(InputError, match="is not about"):
        tool.read_trials(labelled.parent, labelled, "Trust")


def test_read_trials_without_answers(tool: ModuleType, labelled: Path) -> None:
    with pytest.raises(InputError, match="holds no answers"):
        tool.read_trials(labelled.parent, labelled, "Trust")
