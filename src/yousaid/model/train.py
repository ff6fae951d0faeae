"""Training the `fast` model: hashed n-grams, one linear layer, thresholds from unseen folds.

Training needs the extra `train`; using a model does not. Everything that decides the outcome is in
the configuration file, and the same file and data give the same model.
"""

import glob
import os
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import InputError, MissingExtraError
from yousaid.frameworks import get_framework
from yousaid.model.artefact import Model
from yousaid.model.calibrate import Calibration, calibrate, choose_thresholds, make_folds
from yousaid.model.evaluate import Evaluation, Predicted, evaluate
from yousaid.model.features import Features, Hashes, make_features
from yousaid.model.labels import (
    LabelledComment,
    get_file_digest,
    read_labelled,
)
from yousaid.model.linear import LinearLayer, Vocabulary, make_matrix, weigh_features
from yousaid.model.reader import decide_topics, make_scores
from yousaid.records import SENTIMENT_LEVELS

_TOPIC_IDS = get_framework().topic_ids
# Scored examples from which a topic's threshold can be learnt from scored rows alone.
_ENOUGH_SCORED = 40
_LEVEL_SIGNS: dict[int | None, int] = {1: 1, 2: 1, 4: -1, 5: -1}
Progress = Callable[[str], None]
Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration file decides.

    `minimum_comment_count` is in how many comments a feature must occur to be known; the
    regularisations are scikit-learn's C, larger fits closer; a balance of 0 leaves classes as
    frequent as they are, 1 weighs them alike.
    """

    name: str
    version: str
    seed: int
    folds: int
    minimum_comment_count: int
    topic_regularisation: float
    topic_balance: float
    sentiment_regularisation: float
    sentiment_balance: float


@dataclass(frozen=True, slots=True)
class Source:
    """Labelled comments from one file. The weights are how much each comment counts, against 1;
    only comments of scored sources are ever scored."""

    file_name: str
    digest: str
    weight: float
    sentiment_weight: float
    is_scored: bool
    comments: tuple[LabelledComment, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each comment counts in learning topics (and urgency), and sentiment."""

    topics: Reals
    sentiment: Reals

    def pick(self, rows: Bools) -> "Weights":
        return Weights(self.topics[rows], self.sentiment[rows])


@dataclass(frozen=True, slots=True)
class _Rows:
    """Comments of all sources in one list, with their weights."""

    comments: tuple[LabelledComment, ...]
    weights: Weights
    is_scored: Bools


def read_configuration(path: Path, data: Path) -> tuple[Settings, tuple[Source, ...]]:
    """The settings of a configuration file and the labelled comments that it names.

    Files are looked for in `data` first and then beside the configuration. Raises InputError where
    the file or one of the sources cannot be used.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        listed = table.pop("sources")
        settings = Settings(**table)
        sources = [
            source for entry in listed for source in _read_source(path.parent, data, **entry)
        ]
    except FileNotFoundError as error:
        raise InputError(f"{error.filename} does not exist. Check the path.") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not a training configuration: {error}.") from error
    return settings, tuple(sources)


def _read_source(
    beside: Path, data: Path, files: str, weight: float, sentiment_weight: float, scored: bool
) -> list[Source]:
    paths = [Path(p) for folder in (data, beside) for p in sorted(glob.glob(str(folder / files)))]
    if not paths:
        raise InputError(f"No file {files} in {data} or {beside}. Give its folder with --data.")
    return [
        Source(
            p.name, get_file_digest(p), weight, sentiment_weight, scored, tuple(read_labelled(p))
        )
        for p in paths
    ]


def train_model(
    settings: Settings, sources: Sequence[Source], progress: Progress = lambda _: None
) -> tuple[Model, Evaluation]:
    """A model fitted to all comments, and its scores on comments that it had not seen.

    The scores come from folds grouped by wording; thresholds and calibration of each fold come
    from the others. Raises MissingExtraError without scikit-learn.
    """
    rows = _gather(sources)
    folds = make_folds([c.text for c in rows.comments], settings.folds, settings.seed)
    outputs = cross_validate(settings, rows.comments, rows.weights, folds, progress)
    truth, judged = _make_choice_rows(rows)
    evaluation = _evaluate_folds(rows, outputs, (truth, judged), folds, settings.seed)
    topics = outputs[:, : len(_TOPIC_IDS)]
    calibration = calibrate(topics, truth, judged)
    thresholds = choose_thresholds(calibration.apply(topics), truth, judged)
    progress("fitting the whole")
    layer = fit_layer(settings, rows.comments, rows.weights)
    layer = _calibrate_layer(layer, calibration)
    card = _make_card(settings, sources, evaluation)
    return Model(settings.name, settings.version, layer, thresholds, card), evaluation


def _make_choice_rows(rows: _Rows) -> tuple[Bools, Bools]:
    """The truth from which calibration and thresholds are learnt, and which of it counts.

    Scored rows only, as they come as often as in life; but a topic that has too few of them learns
    from all rows, or a subject that these organisations lack (parking) could never be said.
    """
    truth, judged = _make_truth(rows.comments)
    plenty = truth[rows.is_scored].sum(0) >= _ENOUGH_SCORED
    return truth, judged & (rows.is_scored[:, None] | ~plenty)


def _gather(sources: Sequence[Source]) -> _Rows:
    found = [
        (comment, source.weight, source.sentiment_weight, source.is_scored)
        for source in sources
        for comment in source.comments
        if comment.text.strip() and (comment.topics or comment.sentiment)
    ]
    comments, topic_weights, sentiment_weights, scored = zip(*found, strict=True)
    weights = Weights(np.array(topic_weights), np.array(sentiment_weights))
    return _Rows(comments, weights, np.array(scored, bool))


def cross_validate(
    settings: Settings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    folds: NDArray[np.int64],
    progress: Progress = lambda _: None,
) -> Reals:
    """Each comment's outputs (comments × outputs) from a layer that saw no wording of its fold."""
    found: Reals | None = None
    for fold in range(settings.folds):
        progress(f"fold {fold + 1} of {settings.folds}")
        held = folds == fold
        layer = fit_layer(settings, _pick(comments, ~held), weights.pick(~held))
        outputs = layer.score(_make_features(_pick(comments, held)))
        if found is None:
            found = np.zeros((len(comments), outputs.shape[1]))
        found[held] = outputs
    assert found is not None
    return found


def _pick(comments: Sequence[LabelledComment], rows: Bools) -> list[LabelledComment]:
    return [comment for comment, picked in zip(comments, rows, strict=True) if picked]


def _evaluate_folds(
    rows: _Rows,
    outputs: Reals,
    choice: tuple[Bools, Bools],
    folds: NDArray[np.int64],
    seed: int,
) -> Evaluation:
    truth, judged = choice
    probabilities = np.zeros(truth.shape)
    decisions = np.zeros(truth.shape, bool)
    topics = outputs[:, : len(_TOPIC_IDS)]
    for fold in np.unique(folds):
        held, other = folds == fold, folds != fold
        calibration = calibrate(topics[other], truth[other], judged[other])
        learnt = calibration.apply(topics[other])
        thresholds = choose_thresholds(learnt, truth[other], judged[other])
        probabilities[held] = calibration.apply(topics[held])
        readable = np.ones(int(held.sum()), bool)
        decisions[held] = decide_topics(probabilities[held], thresholds, readable)
    levels = make_scores(outputs.astype(np.float32)).levels.argmax(1) + 1
    scored = np.flatnonzero(rows.is_scored)
    predicted = Predicted(probabilities[scored], decisions[scored], levels[scored])
    return evaluate([rows.comments[row] for row in scored], predicted, seed=seed)


def fit_layer(
    settings: Settings, comments: Sequence[LabelledComment], weights: Weights
) -> LinearLayer:
    """A linear layer fitted to the comments: one output a topic, one a level, praise, urgency.

    Each output learns from the comments that were judged for it.
    """
    features = _make_features(comments)
    vocabulary = _make_vocabulary(features, settings.minimum_comment_count)
    known = weigh_features(features, vocabulary)
    size = len(vocabulary.hashes)
    matrix = sum(
        (make_matrix(k, len(comments), size) for k in known[1:]),
        make_matrix(known[0], len(comments), size),
    )
    fit = _Fitter(matrix, weights, settings)
    truth, judged = _make_truth(comments)
    yes_or_no = [(truth[:, topic], judged[:, topic]) for topic in range(len(_TOPIC_IDS))]
    yes_or_no += [_make_praise(comments), _make_urgency(comments)]
    # The solver lets go of Python's lock, so threads use every core.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        levels = pool.submit(fit.fit_levels, np.array([c.sentiment or 0 for c in comments]))
        *topics, praise, urgency = pool.map(lambda output: fit.fit_one(*output), yes_or_no)
    columns = [*topics, *levels.result(), praise, urgency]
    return LinearLayer(
        vocabulary,
        np.stack([weights for weights, _ in columns], axis=1).astype(np.float32),
        np.array([bias for _, bias in columns], np.float32),
    )


def _make_features(comments: Sequence[LabelledComment]) -> Features:
    return make_features([c.text for c in comments], [c.kind for c in comments])


def _make_vocabulary(features: Features, minimum_count: int) -> Vocabulary:
    """The features that occur in enough comments, with smoothed inverse document frequencies."""
    hashes = np.concatenate([family.hashes for family in features.families])
    rows = np.concatenate([family.rows for family in features.families])
    order = np.lexsort((rows, hashes))
    hashes, rows = hashes[order], rows[order]
    first = np.ones(len(hashes), bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    known: Hashes
    known, counts = np.unique(hashes[first], return_counts=True)
    kept = counts >= minimum_count
    idf = np.log((1 + features.text_count) / (1 + counts[kept])) + 1
    return Vocabulary(known[kept], idf.astype(np.float32))


def _make_truth(
    comments: Sequence[LabelledComment],
) -> tuple[Bools, Bools]:
    """Which topics apply, and which were judged at all (comments × topics)."""
    truth = np.array([[c.topics.get(t, False) for t in _TOPIC_IDS] for c in comments], bool)
    judged = np.array([[t in c.topics for t in _TOPIC_IDS] for c in comments], bool)
    return truth, judged


def _make_praise(comments: Sequence[LabelledComment]) -> tuple[Bools, Bools]:
    """Praise against criticism, of the comments that hold one of the two and not both."""
    signs = [set(c.topic_signs.values()) or {_LEVEL_SIGNS.get(c.sentiment, 0)} for c in comments]
    return np.array([s == {1} for s in signs]), np.array([s in ({1}, {-1}) for s in signs])


def _make_urgency(
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
        weights = _balance(
            levels[judged], self._weights.sentiment[judged], self._settings.sentiment_balance
        )
        model = self._regression(C=self._settings.sentiment_regularisation, max_iter=500)
        model.fit(self._matrix[judged], levels[judged], sample_weight=weights)
        known = dict(
            zip(
                model.classes_.tolist(),
                zip(model.coef_, model.intercept_, strict=True),
                strict=True,
            )
        )
        never = (np.zeros(self._matrix.shape[1]), -10.0)
        return [known.get(level, never) for level in range(1, len(SENTIMENT_LEVELS) + 1)]


def _balance(classes: NDArray[Any], weights: Reals, balance: float) -> Reals:
    """The weights with each class brought `balance` of the way to the weight of the others."""
    found, inverse = np.unique(classes, return_inverse=True)
    totals = np.bincount(inverse, weights)
    factors = (totals.sum() / len(found) / totals) ** balance
    return np.asarray(weights * factors[inverse])


def _calibrate_layer(layer: LinearLayer, calibration: Calibration) -> LinearLayer:
    """The layer with the calibration of its topics folded into weights and bias."""
    extra = layer.weights.shape[1] - len(calibration.slopes)
    slopes = np.append(calibration.slopes, np.ones(extra)).astype(np.float32)
    offsets = np.append(calibration.offsets, np.zeros(extra)).astype(np.float32)
    return LinearLayer(layer.vocabulary, layer.weights * slopes, layer.bias * slopes + offsets)


def _make_card(
    settings: Settings, sources: Sequence[Source], evaluation: Evaluation
) -> dict[str, Any]:
    return {
        "settings": asdict(settings),
        "sources": [
            {
                "file": source.file_name,
                "sha256": source.digest,
                "comment_count": len(source.comments),
                "weight": source.weight,
                "sentiment_weight": source.sentiment_weight,
                "is_scored": source.is_scored,
            }
            for source in sources
        ],
        "scores": asdict(evaluation),
    }
