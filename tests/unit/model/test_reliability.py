import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from yousaid.model.reliability import make_bins, score_reliability

Arrays = tuple[np.ndarray, np.ndarray]


def _draw(count: int = 2000, topics: int = 1, power: float = 1.0) -> Arrays:
    random = np.random.default_rng(2)
    probabilities = random.random((count, topics)) ** 2
    return random.random((count, topics)) < probabilities**power, probabilities


def test_score_reliability_equals_scikit_learn() -> None:
    truth, probabilities = _draw(power=2)
    found = score_reliability(truth, probabilities, rounds=10)
    shares, means = calibration_curve(
        truth[:, 0], probabilities[:, 0], strategy="quantile", n_bins=10
    )
    assert found.calibration_error == pytest.approx(np.abs(shares - means).mean(), abs=1e-9)
    expected = brier_score_loss(truth[:, 0], probabilities[:, 0])
    assert found.brier.value == pytest.approx(expected)
    share = np.full(len(truth), truth.mean())
    assert found.constant_brier == pytest.approx(brier_score_loss(truth[:, 0], share))


def test_make_bins_equals_scikit_learn() -> None:
    truth, probabilities = _draw(topics=3)
    bins = make_bins(truth, probabilities)
    shares, means = calibration_curve(truth.ravel(), probabilities.ravel(), n_bins=10)
    assert [b.true_count / b.count for b in bins] == pytest.approx(shares.tolist())
    assert [b.mean_probability for b in bins] == pytest.approx(means.tolist())
    assert sum(b.count for b in bins) == truth.size


def test_score_reliability_honest_is_no_worse_than_luck() -> None:
    truth, probabilities = _draw(5000)
    honest = score_reliability(truth, probabilities, rounds=10)
    assert honest.is_honest
    assert 0 < honest.luck < honest.most_luck < 2 * honest.luck
    boastful = score_reliability(truth, np.sqrt(probabilities), rounds=10)
    assert boastful.calibration_error > 5 * boastful.luck
    assert not boastful.is_honest


def test_score_reliability_interval_narrows_with_comments() -> None:
    widths = []
    for count in (200, 5000):
        figure = score_reliability(*_draw(count, power=2)).brier
        assert figure.low < figure.value < figure.high
        widths.append(figure.high - figure.low)
    assert widths[1] < widths[0] / 3


def test_score_reliability_ties_do_not_depend_on_order() -> None:
    truth = np.array([[True], [False]] * 50)
    probabilities = np.where(np.arange(100) < 70, 0.1, 0.9)[:, None]
    order = np.random.default_rng(0).permutation(100)
    one = score_reliability(truth, probabilities, rounds=1).calibration_error
    other = score_reliability(truth[order], probabilities[order], rounds=1).calibration_error
    assert one == pytest.approx(other)
    assert one == pytest.approx(0.4)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=40))
def test_score_reliability_keeps_to_its_bounds(answers: list[tuple[bool, float]]) -> None:
    truth = np.array([[yes] for yes, _ in answers])
    probabilities = np.array([[chance] for _, chance in answers])
    found = score_reliability(truth, probabilities, rounds=5)
    # The mean gap over bins is never less than the gap over all, nor more than the mean error.
    gap = abs(float((probabilities - truth).mean()))
    error = float(np.abs(probabilities - truth).mean())
    assert gap - 1e-9 <= found.calibration_error <= error + 1e-9
    assert 0 <= found.brier.value <= 1
    assert sum(b.count for b in make_bins(truth, probabilities)) == len(answers)
