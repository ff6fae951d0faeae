"""Probabilities that mean what they say, and the thresholds from which a topic is said.

Both are learnt from the outputs for comments that the layer had not seen, so they do not flatter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import MissingExtraError
from yousaid.model.evaluate import split_cases
from yousaid.model.labels import normalise_text
from yousaid.model.points import OperatingPoint
from yousaid.model.scores import NOT_POSSIBLE_AT

# A topic with this many examples takes half of its threshold from itself, half from all topics: a
# threshold chosen on a dozen comments fits their luck.
_OWN_HALF = 20
# What “find all” weighs finding against being right: the usual choice where a miss costs more.
_EAGER_BETA = 2.0
# How far an offset of a level is moved at a time: far first, then finer.
_OFFSET_STEPS = (0.4, 0.1)
_GRID = np.arange(0.05, 0.951, 0.01)

Bools = NDArray[np.bool_]
Reals = NDArray[np.float64]


def make_folds(texts: Sequence[str], count: int, seed: int) -> NDArray[np.int64]:
    """A fold 0…count − 1 for each text; texts of one wording are in one fold."""
    groups: dict[str, int] = {}
    numbers = [groups.setdefault(normalise_text(text), len(groups)) for text in texts]
    order = np.random.default_rng(seed).permutation(len(groups))
    return np.asarray((order % count)[np.array(numbers, np.int64)])


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (Platt 1999): a topic's probability is the logistic of slope × output + offset,
    one slope and offset for each topic."""

    slopes: Reals
    offsets: Reals

    def apply(self, outputs: Reals) -> Reals:
        """The probabilities 0…1 of the outputs (comments × topics)."""
        scores = np.clip(outputs * self.slopes + self.offsets, -50, 50)
        return np.asarray(1 / (1 + np.exp(-scores)))


def calibrate(outputs: Reals, truth: Bools, judged: Bools) -> Calibration:
    """The calibration of each topic; a topic without both sides keeps its outputs as they are."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtraError("train", "Calibrating a model") from error
    slopes, offsets = np.ones(outputs.shape[1]), np.zeros(outputs.shape[1])
    for topic in range(outputs.shape[1]):
        rows = judged[:, topic]
        if len(set(truth[rows, topic])) == 2:
            model = LogisticRegression(C=1.0).fit(outputs[rows, topic, None], truth[rows, topic])
            # Never upside down, however few the examples.
            slopes[topic] = max(float(model.coef_[0, 0]), 0.05)
            offsets[topic] = float(model.intercept_[0])
    return Calibration(slopes, offsets)


def choose_level_offsets(outputs: Reals, levels: NDArray[np.int64]) -> Reals:
    """What to add to the outputs of the five levels (comments × 5) so that the highest is right as
    evenly as can be (macro F1 over levels); `levels` are 1…5, 0 where nobody said.

    A layer learns levels as often as its sources have them, which is not as often as in life. One
    offset at a time is tried, in both directions, until none gains.
    """
    rated = levels > 0
    truth, raw = levels[rated] - 1, outputs[rated]
    offsets = np.zeros(outputs.shape[1])
    best = _macro_f1(raw, truth)
    for step in _OFFSET_STEPS:
        gained = True
        while gained:
            gained = False
            for level in range(len(offsets)):
                for moved in (step, -step):
                    tried = offsets.copy()
                    tried[level] += moved
                    found = _macro_f1(raw + tried, truth)
                    if found > best + 1e-9:
                        best, offsets, gained = found, tried, True
    return offsets


def _macro_f1(scores: Reals, truth: NDArray[np.int64]) -> float:
    size = scores.shape[1]
    said = scores.argmax(1)
    table = np.bincount(truth * size + said, minlength=size * size).reshape(size, size)
    hit, there, found = np.diag(table), table.sum(1), table.sum(0)
    present = there > 0
    if not present.any():
        return 0.0
    return float((2 * hit / np.maximum(there + found, 1))[present].mean())


def choose_thresholds(
    probabilities: Reals, truth: Bools, judged: Bools, beta: float = 1.0
) -> tuple[float, ...]:
    """For each topic the probability from which it is said: what gives it the best F-score, drawn
    towards what gives all topics together the best, the more so the rarer it is.

    Finding all counts `beta` times as much as being right (van Rijsbergen 1979, ch. 7).
    """
    counts = np.array([_count(probabilities >= at, truth, judged) for at in _GRID])
    hit, wrong, missed = counts[:, 0], counts[:, 1], counts[:, 2]
    own = _GRID[_make_f(hit, wrong, missed, beta).argmax(0)]
    common = _GRID[_make_f(hit.sum(1), wrong.sum(1), missed.sum(1), beta).argmax()]
    examples = (truth & judged).sum(0)
    trust = examples / (examples + _OWN_HALF)
    return tuple((trust * own + (1 - trust) * common).tolist())


def choose_points(
    probabilities: Reals, truth: Bools, judged: Bools
) -> dict[OperatingPoint, tuple[float, ...]]:
    """The thresholds of each operating point, by topic in framework order.

    To find all is never to say less: its thresholds are at most the balanced ones. That of
    “Labelling not possible” stays, because saying it takes a comment's other topics away.
    """
    balanced = choose_thresholds(probabilities, truth, judged)
    eager = np.minimum(choose_thresholds(probabilities, truth, judged, _EAGER_BETA), balanced)
    eager[NOT_POSSIBLE_AT] = balanced[NOT_POSSIBLE_AT]
    return {"balanced": balanced, "find_all": tuple(eager.tolist())}


def _make_f(hit: Reals, wrong: Reals, missed: Reals, beta: float) -> Reals:
    """F 0…1 from counts of the three cases; 0 where all three are 0."""
    found = (1 + beta**2) * hit
    return np.asarray(found / np.maximum(found + wrong + beta**2 * missed, 1))


def _count(said: Bools, truth: Bools, judged: Bools) -> tuple[Reals, Reals, Reals]:
    cases = split_cases(truth, said)
    hit, wrong, missed = ((case & judged).sum(0).astype(np.float64) for case in cases)
    return hit, wrong, missed
