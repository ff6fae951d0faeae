"""Training the `fast` model: hashed n-grams, one linear layer, thresholds from unseen folds.

Training needs the extra `train`; using a model does not. Everything that decides the outcome is in
the configuration file, and the same file and data give the same model.
"""

import glob
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import InputError
from yousaid.model.artefact import Model, show
from yousaid.model.calibrate import (
    Calibration,
    calibrate,
    choose_points,
    choose_thresholds,
    make_folds,
)
from yousaid.model.description import is_name, is_number, is_text
from yousaid.model.evaluate import Evaluation, Figure, Predicted, evaluate, score_micro
from yousaid.model.fit import Settings, Weights, fit_layer, make_mixed, make_truth
from yousaid.model.labels import (
    LabelledComment,
    find_first_wordings,
    get_file_digest,
    read_labelled,
)
from yousaid.model.linear import LinearLayer
from yousaid.model.points import DEFAULT_POINT, POINTS, OperatingPoint
from yousaid.model.scores import (
    LEVELS,
    MIXED,
    OUTPUT_COUNT,
    TOPIC_COUNT,
    decide_topics,
    score_texts,
    sigmoid,
)

# Scored examples from which a topic's threshold can be learnt from scored rows alone.
ENOUGH_SCORED = 40
Progress = Callable[[str], None]
Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Source:
    """Labelled comments from one file. The weights are how much each comment counts, against 1;
    only comments of scored sources are ever scored. `about` says in a sentence where they come
    from."""

    file_name: str
    digest: str
    weight: float
    sentiment_weight: float
    is_scored: bool
    comments: tuple[LabelledComment, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Comments of all sources in one list, with their weights; `positions` is where each stands
    among the comments of its file, the first at 0."""

    comments: tuple[LabelledComment, ...]
    weights: Weights
    is_scored: Bools
    positions: NDArray[np.int64]


def read_configuration(path: Path, data: Path) -> tuple[Settings, tuple[Source, ...]]:
    """The settings of a configuration file and the labelled comments that it names.

    The files of a source are those in `data`, or where it has none, those beside the configuration.
    Raises InputError where the file or one of the sources cannot be used.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        listed = table.pop("sources")
        settings = Settings(**table)
        _check_settings(settings)
        sources = [
            source for entry in listed for source in _read_source(path.parent, data, **entry)
        ]
    except FileNotFoundError as error:
        raise InputError(f"{error.filename} does not exist. Check the path.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Name a TOML file.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not a training configuration: {error}.") from error
    return settings, tuple(sources)


def _check_settings(settings: Settings) -> None:
    """Raise ValueError where a setting has a value that training cannot use."""
    counts = {"seed": 0, "folds": 2, "minimum_comment_count": 1}
    faults = [
        f"“{name}” is not a whole number from {least}"
        for name, least in counts.items()
        if type(getattr(settings, name)) is not int or getattr(settings, name) < least
    ]
    faults += [
        f"“{name}” is not a number above 0"
        for name in ("topic_regularisation", "sentiment_regularisation")
        if not (is_number(getattr(settings, name)) and getattr(settings, name) > 0)
    ]
    faults += [
        f"“{name}” is not a number from 0 to 1"
        for name in ("topic_balance", "sentiment_balance")
        if not (is_number(getattr(settings, name)) and 0 <= getattr(settings, name) <= 1)
    ]
    faults += [
        f"“{name}” is not a short name that prints"
        for name in ("name", "version", "licence")
        if not is_name(getattr(settings, name))
    ]
    if faults:
        raise ValueError("; ".join(faults))


def _check_source(weight: float, sentiment_weight: float, scored: bool, about: str) -> None:
    if not all(is_number(w) and w >= 0 for w in (weight, sentiment_weight)):
        raise ValueError("a weight is not a number from 0")
    if not isinstance(scored, bool) or not is_text(about):
        raise ValueError("“scored” is not true or false, or “about” is not a line of text")


def _read_source(
    beside: Path,
    data: Path,
    *,
    files: str,
    weight: float,
    sentiment_weight: float,
    scored: bool,
    about: str = "",
) -> list[Source]:
    _check_source(weight, sentiment_weight, scored, about)
    paths = _find_files(data, files) or _find_files(beside, files)
    if not paths:
        raise InputError(f"No file {files} in {data} or {beside}. Give its folder with --data.")
    return [
        Source(
            show(path.name),
            get_file_digest(path),
            weight,
            sentiment_weight,
            scored,
            tuple(read_labelled(path)),
            about,
        )
        for path in paths
    ]


def _find_files(folder: Path, pattern: str) -> list[Path]:
    return [folder / name for name in sorted(glob.glob(pattern, root_dir=folder))]


def train_model(
    settings: Settings,
    sources: Sequence[Source],
    progress: Progress = lambda _: None,
    *,
    today: date | None = None,
) -> tuple[Model, Evaluation]:
    """A model fitted to all comments, and its scores on comments that it had not seen.

    The scores come from folds grouped by wording; thresholds and calibration of each fold come
    from the others. `today` goes onto the card. Raises MissingExtraError without scikit-learn,
    InputError where the sources hold too little to learn from.
    """
    rows = gather_rows(sources)
    folds = make_folds([c.text for c in rows.comments], settings.folds, settings.seed)
    _check_enough(settings, rows, folds)
    outputs = cross_validate(settings, rows.comments, rows.weights, folds, progress)
    truth, judged = make_choice_rows(rows)
    scores = _score_points(rows, outputs, (truth, judged), folds, settings.seed)
    topics = outputs[:, :TOPIC_COUNT]
    calibration = calibrate(topics, truth, judged)
    points = choose_points(calibration.apply(topics), truth, judged)
    is_mixed, is_judged = make_mixed(rows.comments)
    is_judged &= find_first_wordings(rows.comments)
    chances = sigmoid(outputs[:, [MIXED]])
    mixed = choose_thresholds(chances, is_mixed[:, None], is_judged[:, None])
    progress("fitting the whole")
    layer = _calibrate_layer(fit_layer(settings, rows.comments, rows.weights), calibration)
    card = make_facts(settings, sources, scores, today)
    model = Model(settings.name, settings.version, layer, points, mixed[0], card)
    return model, scores["balanced"].evaluation


def _check_enough(settings: Settings, rows: Rows, folds: NDArray[np.int64]) -> None:
    found = len(np.unique(folds))
    if found < settings.folds:
        raise InputError(
            f"The sources hold {found:,} differently worded comments to learn from, too few for "
            f"{settings.folds:,} folds. Label more, or ask for fewer folds."
        )
    if not any(comment.sentiment for comment in rows.comments):
        raise InputError(
            "No comment of the sources has a sentiment to learn from. Fill in its column."
        )


def make_choice_rows(rows: Rows) -> tuple[Bools, Bools]:
    """The truth from which calibration and thresholds are learnt, and which of it counts.

    Scored rows only, as they come as often as in life; but a topic that has too few of them learns
    from all rows, or a subject that these organisations lack (parking) could never be said. Each
    wording counts once: a form's stock answer that stands in a thousand rows is all in one fold,
    so it is read by a layer that never saw it, and would drown what it looks like.
    """
    truth, judged = make_truth(rows.comments)
    plenty = truth[rows.is_scored].sum(0) >= ENOUGH_SCORED
    first = find_first_wordings(rows.comments)
    return truth, judged & first[:, None] & (rows.is_scored[:, None] | ~plenty)


def gather_rows(sources: Sequence[Source]) -> Rows:
    """The comments of all sources in their order, without those that hold no text or no label.
    Raises InputError where none is left."""
    found = [
        (comment, source.weight, source.sentiment_weight, source.is_scored, position)
        for source in sources
        for position, comment in enumerate(source.comments)
        if comment.text.strip() and (comment.topics or comment.sentiment)
    ]
    if not found:
        raise InputError(
            "No comment of the sources has both words and a label: there is nothing to learn from. "
            "Fill in the columns of topics and sentiment."
        )
    comments, topic_weights, sentiment_weights, scored, positions = zip(*found, strict=True)
    weights = Weights(np.array(topic_weights), np.array(sentiment_weights))
    return Rows(comments, weights, np.array(scored, bool), np.array(positions, np.int64))


def cross_validate(
    settings: Settings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    folds: NDArray[np.int64],
    progress: Progress = lambda _: None,
) -> Reals:
    """Each comment's outputs (comments × outputs) from a layer that saw no wording of its fold."""
    found = np.zeros((len(comments), OUTPUT_COUNT))
    for fold in range(settings.folds):
        progress(f"fold {fold + 1} of {settings.folds}")
        held = folds == fold
        layer = fit_layer(settings, _pick(comments, ~held), weights.pick(~held))
        unseen = _pick(comments, held)
        scored = score_texts(layer, [c.text for c in unseen], [c.kind for c in unseen])
        found[held] = scored.outputs
    return found


def _pick(comments: Sequence[LabelledComment], rows: Bools) -> list[LabelledComment]:
    return [comment for comment, picked in zip(comments, rows, strict=True) if picked]


@dataclass(frozen=True, slots=True)
class PointScores:
    """Scores at one operating point; `micro` as `score_micro` gives it."""

    evaluation: Evaluation
    micro: dict[str, Figure | None]


def _score_points(
    rows: Rows,
    outputs: Reals,
    choice: tuple[Bools, Bools],
    folds: NDArray[np.int64],
    seed: int,
) -> dict[OperatingPoint, PointScores]:
    """The scores at each operating point."""
    scored = np.flatnonzero(rows.is_scored)
    comments = [rows.comments[row] for row in scored]
    scores = {}
    for point in POINTS:
        predicted = decide_folds(outputs, choice, folds, point).pick(scored)
        scores[point] = PointScores(
            evaluate(comments, predicted, seed=seed), score_micro(comments, predicted, seed=seed)
        )
    return scores


def decide_folds(
    outputs: Reals,
    choice: tuple[Bools, Bools],
    folds: NDArray[np.int64],
    point: OperatingPoint = DEFAULT_POINT,
) -> Predicted:
    """What is said of each comment, with calibration and thresholds from the other folds.

    `choice` is the truth and which of it may be learnt from. Comments of folds below 0, which no
    layer left out, are neither learnt from nor told anything.
    """
    truth, judged = choice
    probabilities = np.zeros(truth.shape)
    decisions = np.zeros(truth.shape, bool)
    topics = outputs[:, :TOPIC_COUNT]
    for fold in np.unique(folds[folds >= 0]):
        held, other = folds == fold, (folds != fold) & (folds >= 0)
        calibration = calibrate(topics[other], truth[other], judged[other])
        learnt = calibration.apply(topics[other])
        thresholds = choose_points(learnt, truth[other], judged[other])[point]
        probabilities[held] = calibration.apply(topics[held])
        readable = np.ones(int(held.sum()), bool)
        decisions[held] = decide_topics(probabilities[held], thresholds, readable)
    levels = np.where(folds >= 0, outputs[:, LEVELS].argmax(1) + 1, 0)
    return Predicted(probabilities, decisions, levels)


def _calibrate_layer(layer: LinearLayer, calibration: Calibration) -> LinearLayer:
    """The layer with the calibration of its topics folded into weights and bias."""
    extra = layer.weights.shape[1] - len(calibration.slopes)
    slopes = np.append(calibration.slopes, np.ones(extra)).astype(np.float32)
    offsets = np.append(calibration.offsets, np.zeros(extra)).astype(np.float32)
    return LinearLayer(layer.vocabulary, layer.weights * slopes, layer.bias * slopes + offsets)


def make_facts(
    settings: Settings,
    sources: Sequence[Source],
    scores: Mapping[OperatingPoint, PointScores],
    today: date | None,
) -> dict[str, Any]:
    """What a model says of its training and scores (`Model.card`)."""
    return {
        "settings": asdict(settings),
        "trained_on": today.isoformat() if today else "",
        "licence": settings.licence,
        "base_model": None,
        "sources": [_describe_source(source) for source in sources],
        "scores": asdict(scores["balanced"].evaluation),
        "find_all_scores": asdict(scores["find_all"].evaluation),
        "operating_points": {
            point: {name: figure and asdict(figure) for name, figure in scores[point].micro.items()}
            for point in POINTS
        },
    }


def _describe_source(source: Source) -> dict[str, Any]:
    return {
        "file": source.file_name,
        "about": source.about,
        "sha256": source.digest,
        "comment_count": len(source.comments),
        "synthetic_count": sum(comment.is_synthetic for comment in source.comments),
        "weight": source.weight,
        "sentiment_weight": source.sentiment_weight,
        "is_scored": source.is_scored,
    }
