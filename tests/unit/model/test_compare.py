import numpy as np
import pytest

from yousaid.frameworks import get_framework
from yousaid.model.compare import compare
from yousaid.model.evaluate import Predicted, evaluate
from yousaid.model.labels import LabelledComment

IDS = get_framework().topic_ids
NAMES = ("micro_f1", "macro_f1", "sentiment_macro_f1")


def _word(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _make_case(count: int = 300) -> tuple[list[LabelledComment], np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    truth = random.random((count, len(IDS))) < 0.1
    levels = random.integers(0, 6, count)
    comments = [
        LabelledComment(
            _word(row),
            "why",
            {topic: bool(truth[row, column]) for column, topic in enumerate(IDS)},
            int(levels[row]) or None,
        )
        for row in range(count)
    ]
    return comments, truth, levels


def _blur(truth: np.ndarray, levels: np.ndarray, wrong: float, seed: int) -> Predicted:
    random = np.random.default_rng(seed)
    decisions = truth ^ (random.random(truth.shape) < wrong)
    changed = np.where(random.random(len(levels)) < 3 * wrong, 1 + levels % 5, levels)
    return Predicted(decisions.astype(np.float64), decisions, np.maximum(changed, 1))


def test_compare_is_the_difference_of_the_scores() -> None:
    comments, truth, levels = _make_case()
    worse, better = _blur(truth, levels, 0.1, 1), _blur(truth, levels, 0.02, 2)
    found = compare(comments, worse, better, rounds=100)
    before, after = (evaluate(comments, told, rounds=1) for told in (worse, better))
    for name in NAMES:
        expected = getattr(after, name).value - getattr(before, name).value
        assert found[name].value == pytest.approx(expected)
        assert 0 < found[name].low < found[name].value < found[name].high


def test_compare_with_itself_is_nothing() -> None:
    comments, truth, levels = _make_case()
    told = _blur(truth, levels, 0.1, 1)
    for figure in compare(comments, told, told, rounds=20).values():
        assert (figure.value, figure.low, figure.high) == (0, 0, 0)


def test_compare_nothing_to_score() -> None:
    comments = [LabelledComment("a", "why", {"food": True}, None)]
    nothing = Predicted(np.zeros((1, 36)), np.zeros((1, 36), bool), np.zeros(1, np.int64))
    assert compare(comments, nothing, nothing) == dict.fromkeys(NAMES)
