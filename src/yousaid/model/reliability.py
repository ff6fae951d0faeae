"""Whether probabilities mean what they say: of the topics given 0.8, are about eight in ten right?

The error is counted in bins that hold equally many answers (equal mass), as most probabilities are
near 0 and bins of equal width would put nearly all answers in one. A picture wants equal width.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.model.evaluate import BOOTSTRAP_ROUNDS, Figure, draw_rounds, make_figure

BIN_COUNT = 10
_LUCK_ROUNDS = 200

Bools = NDArray[np.bool_]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about one probability: how many, their mean probability 0…1, how many are true."""

    count: int
    mean_probability: float
    true_count: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far probabilities are from what happened, over `count` answers, `true_count` true.

    `calibration_error` is the expected calibration error (Naeini, Cooper and Hauskrecht 2015): the
    gap between mean probability and share of true ones, averaged over bins by size; 0 is best. By
    chance alone honest probabilities would show `luck` on so many answers, and in 95 of 100 cases
    no more than `most_luck`. (A bootstrap would add its own noise to the gap, and shift it.)
    `brier` (Brier 1950) is the mean squared error with its 95 % interval by bootstrap over
    comments, 0 is best; `constant_brier` is that of giving each topic its share everywhere.
    """

    count: int
    true_count: int
    calibration_error: float
    luck: float
    most_luck: float
    brier: Figure
    constant_brier: float

    @property
    def is_honest(self) -> bool:
        """Whether luck alone may account for the calibration error."""
        return self.calibration_error <= self.most_luck


def score_reliability(
    truth: Bools,
    probabilities: Reals,
    *,
    bin_count: int = BIN_COUNT,
    seed: int = 0,
    rounds: int = BOOTSTRAP_ROUNDS,
) -> Reliability:
    """The reliability of the answers for one topic or several (comments × topics, at least one of
    each). No two answers of one probability are in two bins."""
    edges = np.quantile(probabilities, np.linspace(0, 1, bin_count + 1))
    bins = np.searchsorted(edges[1:-1], probabilities)
    draws = draw_rounds(len(truth), rounds, seed)
    random = np.random.default_rng(seed)
    luck = [
        _find_error(random.random(truth.shape) < probabilities, probabilities, bins)
        for _ in range(_LUCK_ROUNDS)
    ]
    shares = truth.mean(0)
    return Reliability(
        truth.size,
        int(truth.sum()),
        _find_error(truth, probabilities, bins),
        float(np.mean(luck)),
        float(np.quantile(luck, 0.95)),
        make_figure(draws @ ((probabilities - truth) ** 2).mean(1) / len(truth)),
        float((shares * (1 - shares)).mean()),
    )


def _find_error(truth: Bools, probabilities: Reals, bins: NDArray[np.int64]) -> float:
    """|Σ (probability − truth)| of each bin, summed over bins, by answers."""
    sums = np.bincount(bins.ravel(), (probabilities - truth).ravel())
    return float(np.abs(sums).sum() / truth.size)


def make_bins(truth: Bools, probabilities: Reals, bin_count: int = BIN_COUNT) -> tuple[Bin, ...]:
    """The answers in bins of equal width from 0 to 1, in order; those that stay empty left out."""
    places = np.minimum((probabilities * bin_count).astype(np.int64), bin_count - 1)
    found = []
    for place in np.unique(places):
        chosen = places == place
        hits = int(truth[chosen].sum())
        found.append(Bin(int(chosen.sum()), float(probabilities[chosen].mean()), hits))
    return tuple(found)
