import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from yousaid.frameworks import get_framework
from yousaid.model.calibrate import (
    calibrate,
    choose_level_offsets,
    choose_points,
    choose_thresholds,
    make_folds,
)
from yousaid.model.scores import NOT_POSSIBLE_AT


@given(st.lists(st.text("aAbB !é", max_size=4)), st.integers(2, 6))
def test_make_folds_one_wording_one_fold(texts: list[str], count: int) -> None:
    folds = make_folds(texts, count, seed=3)
    where: dict[str, int] = {}
    for text, fold in zip(texts, folds, strict=True):
        wording = "".join(c for c in text.lower() if c.isalpha())
        assert where.setdefault(wording, fold) == fold
        assert 0 <= fold < count


def _drawn(slope: float, offset: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    outputs = random.normal(0, 2, (20_000, 1))
    chance = 1 / (1 + np.exp(-(slope * outputs + offset)))
    return outputs, random.random(chance.shape) < chance, chance


def test_calibrate_finds_the_true_curve() -> None:
    outputs, truth, chance = _drawn(0.6, -1.0)
    found = calibrate(outputs, truth, np.ones_like(truth))
    assert np.abs(found.apply(outputs) - chance).max() < 0.03


def test_calibrate_one_sided_topic_is_left() -> None:
    outputs = np.array([[1.0], [2.0]])
    found = calibrate(outputs, np.zeros((2, 1), bool), np.ones((2, 1), bool))
    assert (found.slopes.tolist(), found.offsets.tolist()) == ([1.0], [0.0])


def test_choose_thresholds_best_f1_where_plenty() -> None:
    probabilities = np.linspace(0, 1, 5000)[:, None]
    truth = probabilities >= 0.7
    (found,) = choose_thresholds(probabilities, truth, np.ones_like(truth))
    assert abs(found - 0.7) < 0.02


def test_choose_thresholds_rare_topic_leans_on_all() -> None:
    common = np.linspace(0, 1, 5000)
    probabilities = np.stack([common, np.where(common == 1, 0.06, 0.0)], axis=1)
    truth = np.stack([common >= 0.5, common == 1], axis=1)
    _, rare = choose_thresholds(probabilities, truth, np.ones_like(truth))
    assert rare > 0.4


def _recall(probabilities: np.ndarray, truth: np.ndarray, threshold: float) -> float:
    return float((probabilities >= threshold)[truth].mean())


def test_choose_thresholds_beta_finds_more() -> None:
    _, truth, chance = _drawn(1.0, -1.0)
    judged = np.ones_like(truth)
    (even,) = choose_thresholds(chance, truth, judged)
    (eager,) = choose_thresholds(chance, truth, judged, beta=2)
    # A slow twin: the F2 of every threshold from its precision and recall.
    best, best_at = 0.0, 0.0
    for at in np.arange(0.05, 0.951, 0.01):
        said = chance >= at
        precision, recall = truth[said].mean(), said[truth].mean()
        score = 5 * precision * recall / (4 * precision + recall)
        if score > best:
            best, best_at = score, at
    # One topic is also all topics, so its own threshold and the common one are the same.
    assert abs(eager - best_at) < 1e-9
    assert _recall(chance, truth, eager) > _recall(chance, truth, even)


@given(st.integers(0, 2**32 - 1))
def test_choose_points_find_all_never_above_balanced(seed: int) -> None:
    random = np.random.default_rng(seed)
    probabilities = random.random((60, len(get_framework().topics)))
    truth = random.random(probabilities.shape) < random.random(probabilities.shape[1]) ** 2
    judged = random.random(probabilities.shape) < 0.9
    points = choose_points(probabilities, truth, judged)
    assert points["balanced"] == choose_thresholds(probabilities, truth, judged)
    assert all(a <= b for a, b in zip(points["find_all"], points["balanced"], strict=True))
    assert points["find_all"][NOT_POSSIBLE_AT] == points["balanced"][NOT_POSSIBLE_AT]


def test_choose_level_offsets_brings_back_a_rare_level() -> None:
    random = np.random.default_rng(1)
    levels = random.choice(5, 2000, p=[0.5, 0.3, 0.1, 0.07, 0.03]) + 1
    outputs = random.normal(0, 1, (2000, 5)) + 2 * (levels[:, None] == np.arange(1, 6))
    outputs[:, 4] -= 2  # a layer that hardly ever says the last level
    offsets = choose_level_offsets(outputs, levels)

    def score(values: np.ndarray) -> float:
        return float(f1_score(levels, values.argmax(1) + 1, average="macro"))

    assert score(outputs + offsets) > score(outputs) + 0.05
    assert offsets[4] > 0.5


def test_choose_level_offsets_unrated_do_not_count() -> None:
    outputs = np.random.default_rng(2).normal(0, 1, (50, 5))
    assert not choose_level_offsets(outputs, np.zeros(50, np.int64)).any()
