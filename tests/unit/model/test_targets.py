from dataclasses import replace

import numpy as np
import pytest

from tests.unit.model.encoders import VOCABULARY
from yousaid.frameworks import get_framework
from yousaid.model.encoder import WINDOW
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.scores import LEVELS, MIXED, OUTPUT_COUNT, PRAISE, TOPIC_COUNT, URGENCY
from yousaid.model.targets import (
    Told,
    blend,
    cap_copies,
    get_rate,
    join_told,
    make_signs,
    make_targets,
    split_comments,
)

FOOD, PARKING = (get_framework().topic_ids.index(topic) for topic in ("food", "parking"))
LINES = "\n".join(VOCABULARY).encode()


def _comment(
    sentiment: int | None = None,
    signs: dict[str, int] | None = None,
    text: str = "food",
    *,
    is_synthetic: bool = False,
) -> LabelledComment:
    topics = {"food": True, "parking": False}
    return LabelledComment(text, "why", topics, sentiment, None, signs or {}, is_synthetic)


def _weights(count: int) -> Weights:
    return Weights(np.full(count, 0.5), np.full(count, 0.25))


@pytest.mark.parametrize(
    ("level", "sign", "weight"),
    [(1, 1, 0.15), (2, 1, 0.15), (3, 0, 0), (4, -1, 0.15), (5, -1, 0.15), (None, 0, 0)],
)
def test_make_signs_of_a_level(level: int | None, sign: int, weight: float) -> None:
    signs, weights = make_signs([_comment(level)])
    assert (signs[0, FOOD], weights[0, FOOD]) == (sign, pytest.approx(weight))
    assert not np.delete(weights[0], FOOD).any()


def test_make_signs_own_signs_come_before_the_level() -> None:
    signs, weights = make_signs([_comment(5, {"food": 1, "parking": 0})])
    assert (signs[0, FOOD], signs[0, PARKING]) == (1, 0)
    assert weights[0, [FOOD, PARKING]] == pytest.approx(0.3)
    assert np.count_nonzero(weights) == 2


def test_make_targets_a_topic_nobody_judged_weighs_nothing() -> None:
    targets = make_targets([_comment(4)], _weights(1), 0.5)
    assert np.flatnonzero(targets.weights[0, :TOPIC_COUNT]).tolist() == sorted([FOOD, PARKING])
    assert targets.weights[0, FOOD] == targets.weights[0, PARKING] == 0.5
    assert (targets.truth[0, FOOD], targets.truth[0, PARKING]) == (1, 0)


def test_make_targets_signs_are_chances() -> None:
    comments = [_comment(signs={"food": sign}) for sign in (1, 0, -1)]
    targets = make_targets(comments, _weights(3), 0.5)
    assert targets.truth[:, OUTPUT_COUNT + FOOD].tolist() == [1, 0.5, 0]
    assert targets.weights[:, OUTPUT_COUNT + FOOD] == pytest.approx(0.3)


def test_make_targets_real_comments_teach_small_tasks_less() -> None:
    comments = [_comment(1), _comment(1, {"food": 1}, is_synthetic=True)]
    weights = make_targets(comments, _weights(2), 0.5).weights
    for output in (PRAISE, MIXED):
        assert weights[:, output] == pytest.approx([0.09, 0.3])
    assert weights[0, URGENCY] == pytest.approx(0.09)


def test_make_targets_levels() -> None:
    targets = make_targets([_comment(level) for level in (1, 5, None)], _weights(3), 0)
    assert targets.levels.tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0] * 5]
    assert targets.level_weights.tolist() == [0.25, 0.25, 0]


def test_make_targets_rarer_levels_weigh_more() -> None:
    comments = [_comment(1)] * 9 + [_comment(4)]
    weights = Weights(np.ones(10), np.ones(10))
    alike = make_targets(comments, weights, 1).level_weights
    assert alike[:9].sum() == pytest.approx(alike[9])
    half = make_targets(comments, weights, 0.5).level_weights
    assert half[9] / half[0] == pytest.approx(3)


@pytest.mark.parametrize("levels", [(None, None), (2, 2), (1, None)])
@pytest.mark.parametrize("balance", [0, 0.5, 1])
def test_make_targets_absent_levels_stay_finite(
    levels: tuple[int | None, int | None], balance: float
) -> None:
    targets = make_targets([_comment(level) for level in levels], _weights(2), balance)
    assert np.isfinite(targets.level_weights).all()
    assert [bool(w) for w in targets.level_weights] == [bool(level) for level in levels]


def test_blend_part_of_what_was_judged_and_all_of_what_was_not() -> None:
    comments = [_comment(2), replace(_comment(), topics={})]
    told = Told(np.full((2, TOPIC_COUNT), 0.2, np.float32), np.full((2, 5), 0.2, np.float32))
    targets = blend(make_targets(comments, _weights(2), 0), told, 0.5, 0.4)
    assert targets.truth[0, [FOOD, PARKING]] == pytest.approx([0.6, 0.1])
    assert targets.weights[0, FOOD] == pytest.approx(0.5)
    assert targets.truth[1, :TOPIC_COUNT] == pytest.approx(0.2)
    assert targets.weights[1, :TOPIC_COUNT] == pytest.approx(0.4)
    assert targets.levels[0] == pytest.approx([0.1, 0.6, 0.1, 0.1, 0.1])
    assert targets.levels[1] == pytest.approx(0.2)
    assert targets.level_weights == pytest.approx([0.25, 0.4])


def test_blend_leaves_what_teachers_do_not_tell() -> None:
    targets = make_targets([_comment(1)], _weights(1), 0)
    told = Told(np.zeros((1, TOPIC_COUNT), np.float32), np.zeros((1, 5), np.float32))
    blended = blend(targets, told, 1, 1)
    for before, after in ((targets.truth, blended.truth), (targets.weights, blended.weights)):
        assert (before[:, TOPIC_COUNT:] == after[:, TOPIC_COUNT:]).all()


def test_join_told_each_tells_of_what_it_did_not_learn() -> None:
    comments = [_comment(1), _comment(5), replace(_comment(), topics={})]
    outputs = [np.full((3, OUTPUT_COUNT), score, np.float32) for score in (0, 2)]
    for fold, found in enumerate(outputs):
        found[:, LEVELS] = 9 * (np.arange(5) == fold)
    told = join_told(outputs, np.array([0, 1, 1]), comments)
    first, second = 0.5, 1 / (1 + np.exp(-2))
    assert told.topics[:, FOOD] == pytest.approx([first, second, (first + second) / 2])
    assert told.levels.argmax(1)[:2].tolist() == [0, 1]
    assert told.levels[2, :2] == pytest.approx([0.5, 0.5], abs=1e-3)
    assert told.levels.sum(1) == pytest.approx(1)


def test_cap_copies_counts_each_wording() -> None:
    comments = [_comment(text=text) for text in ("Cold food", "cold food!", "warm", "COLD FOOD")]
    assert cap_copies(comments, 2).tolist() == [True, True, True, False]
    comments.append(_comment(text="cold food", is_synthetic=True))
    assert cap_copies(comments, 1).tolist() == [True, False, True, False, True]


def test_split_comments_question_comment_end() -> None:
    asked, own, end = split_comments([_comment(text="the food")], LINES)[0]
    assert [VOCABULARY[piece] for piece in own] == ["the", "food"]
    assert [VOCABULARY[piece] for piece in end] == ["[SEP]"]
    words = [VOCABULARY[piece] for piece in asked]
    assert words == ["[CLS]", "w", "##h", "##y", "?", "[SEP]"]


def test_split_comments_no_more_than_a_window() -> None:
    ((_, own, _), (_, nothing, _)) = split_comments(
        [_comment(text="food " * 2 * WINDOW), _comment(text=" ")], LINES
    )
    assert len(own) == WINDOW
    assert nothing == []


@pytest.mark.parametrize(
    ("done", "warm_up", "rate"),
    [(0, 0.1, 0), (0.05, 0.1, 0.5), (0.1, 0.1, 1), (0.55, 0.1, 0.5), (1, 0.1, 0), (0, 0, 1)],
)
def test_get_rate_up_then_down(done: float, warm_up: float, rate: float) -> None:
    assert get_rate(done, warm_up) == pytest.approx(rate)
