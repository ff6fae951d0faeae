"""Probabilities that mean what they say, and the thresholds from which a topic is said.

Both are learnt from the outputs for comments that the layer had not seen, so they do not flatter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import MissingExtraError
from yousaid.model.evaluate import make_f1, split_cases
from yousaid.model.labels import normalise_text

# A topic with this many examples takes half of its threshold from itself, half from all topics: a
# threshold chosen on a dozen comments fits their luck.
_OWN_HALF = 20
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


def choose_thresholds(probabilities: Reals, truth: Bools, judged: Bools) -> tuple[float, ...]:
    """For each topic the probability from which it is said: what gives it the best F1, drawn
    towards what gives all topics together the best F1, the more so the rarer it is."""
    counts = np.array([_count(probabilities >= at, truth, judged) for at in _GRID])
    hit, wrong, missed = counts[:, 0], counts[:, 1], counts[:, 2]
    own = _GRID[make_f1(hit, wrong, missed).argmax(0)]
    common = _GRID[make_f1(hit.sum(1), wrong.sum(1), missed.sum(1)).argmax()]
    examples = (truth & judged).sum(0)
    trust = examples / (examples + _OWN_HALF)
    return tuple((trust * own + (1 - trust) * common).tolist())


def _count(said: Bools, truth: Bools, judged: Bools) -> tuple[Reals, Reals, Reals]:
    cases = split_cases(truth, said)
    hit, wrong, missed = ((case & judged).sum(0).astype(np.float64) for case in cases)
    return hit, wrong, missed
