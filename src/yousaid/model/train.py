"""Training a model: the layer, the encoder if it has one, and thresholds from unseen folds.

Training needs the extra `train`; using a model does not. Everything that decides the outcome is in
the configuration file. The same file and data give the same layer on any machine, and the same
encoder on one machine with as many threads; a graphics card adds up in an order of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import InputError
from yousaid.model.artefact import Model
from yousaid.model.calibrate import (
    calibrate,
    choose_level_offsets,
    choose_points,
    choose_thresholds,
    make_folds,
)
from yousaid.model.crossfit import check_can_fine_tune, encode_unseen, fit_whole
from yousaid.model.evaluate import Evaluation, Figure, Predicted, evaluate, score_micro
from yousaid.model.fit import Weights, fit_layer, make_mixed, make_truth
from yousaid.model.joined import JoinedEncoder, find_centre
from yousaid.model.labels import LabelledComment, find_first_wordings
from yousaid.model.linear import Floats, LinearLayer
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
from yousaid.model.settings import EncoderSettings, Settings, Source, TeacherSettings

# Scored examples from which a topic's threshold can be learnt from scored rows alone.
ENOUGH_SCORED = 40
Progress = Callable[[str], None]
Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """Comments of all sources in one list, with their weights; `positions` is where each stands
    among the comments of its file, the first at 0."""

    comments: tuple[LabelledComment, ...]
    weights: Weights
    is_scored: Bools
    positions: NDArray[np.int64]

    def pick(self, chosen: Bools) -> "Rows":
        """The comments that are marked, with what belongs to them."""
        return Rows(
            tuple(_pick(self.comments, chosen)),
            self.weights.pick(chosen),
            self.is_scored[chosen],
            self.positions[chosen],
        )


def train_model(
    settings: Settings,
    sources: Sequence[Source],
    progress: Progress = lambda _: None,
    *,
    today: date | None = None,
    work: Path | None = None,
) -> tuple[Model, Evaluation]:
    """A model fitted to all comments, and its scores on comments that it had not seen.

    The scores come from folds grouped by wording; thresholds and calibration of each fold come
    from the others. `today` goes onto the card. In the folder `work` an encoder's training keeps
    what is done, and goes on from there when it was stopped. Raises MissingExtraError where an
    extra is not installed, InputError where the sources hold too little to learn from.
    """
    if settings.encoder:
        check_can_fine_tune(settings.encoder)  # before minutes of work
    rows = gather_rows(sources)
    folds = make_folds([c.text for c in rows.comments], settings.folds, settings.seed)
    _check_enough(settings, rows, folds)
    outputs = cross_validate(settings, rows.comments, rows.weights, folds, progress)
    own = learn_scaling(rows, outputs)
    usual, without = np.zeros(OUTPUT_COUNT, np.float32), None
    if settings.encoder:
        encoded = encode_unseen(
            settings.encoder, rows.comments, rows.weights, folds, work, progress
        )
        usual = np.median(encoded, 0)
        without = join_folds(rows, outputs, encoded, folds, settings.encoder_share)
        outputs = join_outputs(own.apply(outputs), encoded, settings.encoder_share)
    truth, judged = make_choice_rows(rows)
    scores = _score_points(rows, outputs, (truth, judged), folds, settings.seed, without)
    scaling = learn_scaling(rows, outputs)
    points = choose_points(sigmoid(scaling.apply(outputs)[:, :TOPIC_COUNT]), truth, judged)
    progress("fitting the whole")
    layer = fit_layer(settings, rows.comments, rows.weights)
    card = make_facts(settings, sources, scores, today)
    model = Model(
        settings.name,
        settings.version,
        own.scale(layer) if settings.encoder else scaling.scale(layer),
        points,
        _choose_mixed_threshold(rows, outputs),
        card,
        _fit_joined(settings, rows, scaling, usual, work, progress),
    )
    return model, scores["balanced"].evaluation


def join_outputs(layer: Reals, encoder: Floats, share: float) -> Reals:
    """The outputs of a layer and of an encoder as those of one model; `share` 0…1 is how much of
    them is the encoder's."""
    return np.asarray((1 - share) * layer + share * encoder)


def join_folds(
    rows: Rows, layer: Reals, encoder: Floats, folds: NDArray[np.int64], share: float
) -> dict[int, Reals]:
    """For each fold the joined outputs (comments × outputs) as they are where the scaling of the
    layer was learnt from the other folds only: what that fold may be scored by. Nothing is learnt
    from comments of folds below 0, which no layer left out."""
    found = {}
    for fold in np.unique(folds[folds >= 0]).tolist():
        other = (folds != fold) & (folds >= 0)
        scaled = learn_scaling(rows.pick(other), layer[other]).apply(layer)
        found[fold] = join_outputs(scaled, encoder, share)
    return found


def _fit_joined(
    settings: Settings,
    rows: Rows,
    scaling: "Scaling",
    usual: Floats,
    work: Path | None,
    progress: Progress,
) -> JoinedEncoder | None:
    if settings.encoder is None:
        return None
    encoder = fit_whole(settings.encoder, rows.comments, rows.weights, work, progress)
    share = settings.encoder_share
    return JoinedEncoder(
        encoder,
        ((1 - share) * scaling.slopes).astype(np.float32),
        (share * scaling.slopes).astype(np.float32),
        scaling.offsets.astype(np.float32),
        usual,
        find_centre(encoder, ((comment.text, comment.kind) for comment in rows.comments)),
    )


def _choose_mixed_threshold(rows: Rows, outputs: Reals) -> float:
    is_mixed, is_judged = make_mixed(rows.comments)
    is_judged &= find_first_wordings(rows.comments)
    chances = sigmoid(outputs[:, [MIXED]])
    return choose_thresholds(chances, is_mixed[:, None], is_judged[:, None])[0]


@dataclass(frozen=True, slots=True)
class Scaling:
    """What each output is multiplied with, and what is then added, so that topics are calibrated
    and levels come out as often as they should (one value an output each)."""

    slopes: Reals
    offsets: Reals

    def apply(self, outputs: Reals) -> Reals:
        """The outputs (comments × outputs), scaled."""
        return np.asarray(outputs * self.slopes + self.offsets)

    def scale(self, layer: LinearLayer) -> LinearLayer:
        """The layer that gives scaled outputs."""
        return LinearLayer(
            layer.vocabulary,
            (layer.weights * self.slopes).astype(np.float32),
            (layer.bias * self.slopes + self.offsets).astype(np.float32),
        )


def learn_scaling(rows: Rows, outputs: Reals) -> Scaling:
    """The scaling of outputs (comments × outputs) for comments that their layer had not seen:
    Platt scaling of the topics (`calibrate`), offsets of the levels (`choose_level_offsets`)."""
    calibration = calibrate(outputs[:, :TOPIC_COUNT], *make_choice_rows(rows))
    slopes, offsets = np.ones(OUTPUT_COUNT), np.zeros(OUTPUT_COUNT)
    slopes[:TOPIC_COUNT], offsets[:TOPIC_COUNT] = calibration.slopes, calibration.offsets
    offsets[LEVELS] = choose_level_offsets(outputs[:, LEVELS], get_levels(rows))
    return Scaling(slopes, offsets)


def get_levels(rows: Rows) -> NDArray[np.int64]:
    """The level 1…5 of each comment from which the frequency of levels is learnt; 0 for others:
    those that nobody rated or that are not scored, and all of a wording but the first."""
    levels = np.array([comment.sentiment or 0 for comment in rows.comments])
    return np.asarray(levels * (rows.is_scored & find_first_wordings(rows.comments)))


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
    without: Mapping[int, Reals] | None,
) -> dict[OperatingPoint, PointScores]:
    """The scores at each operating point."""
    scored = np.flatnonzero(rows.is_scored)
    comments = [rows.comments[row] for row in scored]
    scores = {}
    for point in POINTS:
        decided = decide_folds(outputs, choice, folds, point, get_levels(rows), without)
        predicted = decided.pick(scored)
        scores[point] = PointScores(
            evaluate(comments, predicted, seed=seed), score_micro(comments, predicted, seed=seed)
        )
    return scores


def decide_folds(
    outputs: Reals,
    choice: tuple[Bools, Bools],
    folds: NDArray[np.int64],
    point: OperatingPoint = DEFAULT_POINT,
    levels: NDArray[np.int64] | None = None,
    without: Mapping[int, Reals] | None = None,
) -> Predicted:
    """What is said of each comment, with calibration and thresholds from the other folds.

    `choice` is the truth and which of it may be learnt from, `levels` what `get_levels` gives;
    without them a comment has the level of its highest output. `without` is what `join_folds`
    gives: outputs that take the place of the others where a fold is decided. Comments of folds
    below 0, which no layer left out, are neither learnt from nor told anything.
    """
    truth, judged = choice
    probabilities = np.zeros(truth.shape)
    decisions = np.zeros(truth.shape, bool)
    chances = outputs[:, LEVELS].copy()
    for fold in np.unique(folds[folds >= 0]).tolist():
        found = without[fold] if without else outputs
        topics = found[:, :TOPIC_COUNT]
        held, other = folds == fold, (folds != fold) & (folds >= 0)
        calibration = calibrate(topics[other], truth[other], judged[other])
        learnt = calibration.apply(topics[other])
        thresholds = choose_points(learnt, truth[other], judged[other])[point]
        probabilities[held] = calibration.apply(topics[held])
        readable = np.ones(int(held.sum()), bool)
        decisions[held] = decide_topics(probabilities[held], thresholds, readable)
        if levels is not None:
            offsets = choose_level_offsets(found[other][:, LEVELS], levels[other])
            chances[held] = found[held][:, LEVELS] + offsets
    said = np.where(folds >= 0, chances.argmax(1) + 1, 0)
    return Predicted(probabilities, decisions, said)


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
        "base_model": _name_base(settings.encoder),
        "teacher": _name_base(settings.encoder and settings.encoder.teacher),
        "sources": [_describe_source(source) for source in sources],
        "scores": asdict(scores["balanced"].evaluation),
        "find_all_scores": asdict(scores["find_all"].evaluation),
        "operating_points": {
            point: {name: figure and asdict(figure) for name, figure in scores[point].micro.items()}
            for point in POINTS
        },
    }


def _name_base(encoder: EncoderSettings | TeacherSettings | None) -> dict[str, str] | None:
    return {"name": encoder.base_name, "licence": encoder.base_licence} if encoder else None


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
