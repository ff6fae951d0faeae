"""Fitting the layer of the `fast` model: one logistic regression an output, by scikit-learn."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import InputError, MissingExtraError
from yousaid.frameworks import get_framework
from yousaid.model.features import GROUPS, Features, Group, Hashes, make_features
from yousaid.model.labels import LabelledComment
from yousaid.model.linear import LinearLayer, Vocabulary, make_matrix, weigh_features
from yousaid.model.settings import Settings
from yousaid.records import LEVEL_SENTIMENTS, SENTIMENT_LEVELS

_TOPIC_IDS = get_framework().topic_ids
_SIGNS = {"positive": 1, "neutral": 0, "negative": -1}
Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each comment counts in learning topics (and urgency), and sentiment."""

    topics: Reals
    sentiment: Reals

    def pick(self, rows: Bools) -> "Weights":
        return Weights(self.topics[rows], self.sentiment[rows])


def fit_layer(
    settings: Settings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    groups: Sequence[Group] = GROUPS,
) -> LinearLayer:
    """A linear layer fitted to the comments: the outputs that `scores.py` lists.

    Each output learns from the comments that were judged for it, by the features of `groups`.
    """
    features = _make_features(comments)
    vocabulary = _make_vocabulary(features, settings.minimum_comment_count, groups)
    known = weigh_features(features, vocabulary)
    size = len(vocabulary.hashes)
    if not size:
        raise InputError(
            f"Nothing stands in {settings.minimum_comment_count:,} of the comments to learn from. "
            "Label more, or lower minimum_comment_count."
        )
    matrix = sum(
        (make_matrix(k, len(comments), size) for k in known[1:]),
        make_matrix(known[0], len(comments), size),
    )
    fit = _Fitter(matrix, weights, settings)
    truth, judged = make_truth(comments)
    yes_or_no = [(truth[:, topic], judged[:, topic]) for topic in range(len(_TOPIC_IDS))]
    yes_or_no += [make_praise(comments), make_mixed(comments), make_urgency(comments)]
    # The solver lets go of Python's lock, so threads use every core.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        levels = pool.submit(fit.fit_levels, np.array([c.sentiment or 0 for c in comments]))
        *topics, praise, mixed, urgency = pool.map(lambda output: fit.fit_one(*output), yes_or_no)
    columns = [*topics, *levels.result(), praise, mixed, urgency]
    return LinearLayer(
        vocabulary,
        np.stack([weights for weights, _ in columns], axis=1).astype(np.float32),
        np.array([bias for _, bias in columns], np.float32),
    )


def _make_features(comments: Sequence[LabelledComment]) -> Features:
    return make_features([c.text for c in comments], [c.kind for c in comments])


def _make_vocabulary(features: Features, minimum_count: int, groups: Sequence[Group]) -> Vocabulary:
    """The features that occur in enough comments, with smoothed inverse document frequencies."""
    families = [family for family in features.families if family.group in groups]
    hashes = np.concatenate([family.hashes for family in families])
    rows = np.concatenate([family.rows for family in families])
    order = np.lexsort((rows, hashes))
    hashes, rows = hashes[order], rows[order]
    first = np.ones(len(hashes), bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    known: Hashes
    known, counts = np.unique(hashes[first], return_counts=True)
    kept = counts >= minimum_count
    idf = np.log((1 + features.text_count) / (1 + counts[kept])) + 1
    return Vocabulary(known[kept], idf.astype(np.float32))


def make_truth(comments: Sequence[LabelledComment]) -> tuple[Bools, Bools]:
    """Which topics apply, and which were judged at all (comments × topics)."""
    truth = np.array([[c.topics.get(t, False) for t in _TOPIC_IDS] for c in comments], bool)
    judged = np.array([[t in c.topics for t in _TOPIC_IDS] for c in comments], bool)
    return truth, judged


def make_praise(comments: Sequence[LabelledComment]) -> tuple[Bools, Bools]:
    """Praise against criticism, of the comments that hold one of the two and not both."""
    signs = [
        set(c.topic_signs.values())
        or ({_SIGNS[LEVEL_SENTIMENTS[c.sentiment - 1]]} if c.sentiment else set())
        for c in comments
    ]
    return np.array([s == {1} for s in signs]), np.array([s in ({1}, {-1}) for s in signs])


def make_mixed(comments: Sequence[LabelledComment]) -> tuple[Bools, Bools]:
    """Which comments hold praise and criticism both, and which were judged for it."""
    signs = [set(c.topic_signs.values()) for c in comments]
    # Coders of real comments called a mixed one neutral, so their neutral says nothing of it. What
    # they called very positive or very negative was not mixed: without those, the output would know
    # invented comments only, and took every second real one it flagged from the very positive.
    pure = [not s and c.sentiment in (1, 5) for s, c in zip(signs, comments, strict=True)]
    judged = np.array([bool(s) for s in signs]) | np.array(pure)
    return np.array([s >= {1, -1} for s in signs]), judged


def make_urgency(
    comments: Sequence[LabelledComment],
) -> tuple[Bools, Bools]:
    # Nobody judged the urgency of real comments. Those that coders called neutral or better are
    # taken as not urgent, so that the output meets real wording; the critical ones teach nothing.
    calm = np.array([c.urgent is None and 0 < (c.sentiment or 0) <= 3 for c in comments])
    judged = calm | np.array([c.urgent is not None for c in comments])
    return np.array([bool(c.urgent) for c in comments]), judged


class _Fitter:
    """Logistic regressions over one matrix, by scikit-learn."""

    def __init__(self, matrix: Any, weights: Weights, settings: Settings) -> None:
        try:
            from sklearn.linear_model import LogisticRegression
        except ImportError as error:
            raise MissingExtraError("train", "Training a model") from error
        self._regression = LogisticRegression
        self._matrix, self._weights, self._settings = matrix, weights, settings

    def fit_one(self, truth: Bools, judged: Bools) -> tuple[Reals, float]:
        """Weights and bias of one yes-or-no output."""
        if len(set(truth[judged])) < 2:
            # Nobody showed both sides: never said, whatever the words.
            return np.zeros(self._matrix.shape[1]), -10.0
        weights = _balance(
            truth[judged], self._weights.topics[judged], self._settings.topic_balance
        )
        model = self._regression(
            C=self._settings.topic_regularisation,
            solver="liblinear",
            random_state=self._settings.seed,
        )
        model.fit(self._matrix[judged], truth[judged], sample_weight=weights)
        return model.coef_[0], float(model.intercept_[0])

    def fit_levels(self, levels: NDArray[np.int64]) -> list[tuple[Reals, float]]:
        """Weights and bias of the five levels; 0 stands for a comment that nobody rated."""
        judged = levels > 0
        never = (np.zeros(self._matrix.shape[1]), -10.0)
        present = np.unique(levels[judged]).tolist()
        if len(present) < 2:
            # What nobody told apart cannot be learnt: the one level there is, always.
            known = dict.fromkeys(present, (never[0], 0.0))
            return [known.get(level, never) for level in range(1, len(SENTIMENT_LEVELS) + 1)]
        weights = _balance(
            levels[judged], self._weights.sentiment[judged], self._settings.sentiment_balance
        )
        model = self._regression(C=self._settings.sentiment_regularisation, max_iter=500)
        model.fit(self._matrix[judged], levels[judged], sample_weight=weights)
        # Of two classes scikit-learn gives one curve, which says how far the second leads.
        is_pair = len(present) == 2
        slopes = np.vstack([-model.coef_, model.coef_]) / 2 if is_pair else model.coef_
        offset = model.intercept_
        offsets = np.append(-offset, offset) / 2 if is_pair else offset
        known = dict(zip(present, zip(slopes, offsets.tolist(), strict=True), strict=True))
        return [known.get(level, never) for level in range(1, len(SENTIMENT_LEVELS) + 1)]


def _balance(classes: NDArray[Any], weights: Reals, balance: float) -> Reals:
    """The weights with each class brought `balance` of the way to the weight of the others."""
    found, inverse = np.unique(classes, return_inverse=True)
    totals = np.bincount(inverse, weights)
    factors = (totals.sum() / len(found) / totals) ** balance
    return np.asarray(weights * factors[inverse])
