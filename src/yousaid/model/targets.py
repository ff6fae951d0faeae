"""What an encoder's fine-tuning learns from: word pieces, and what each output is held against."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import get_framework
from yousaid.model.encoder import ENCODER_OUTPUT_COUNT, QUESTIONS, WINDOW
from yousaid.model.fit import Weights, make_mixed, make_praise, make_truth, make_urgency
from yousaid.model.labels import LabelledComment, normalise_text
from yousaid.model.linear import Floats
from yousaid.model.scores import (
    LEVELS,
    MIXED,
    OUTPUT_COUNT,
    PRAISE,
    TOPIC_COUNT,
    URGENCY,
    sigmoid,
)
from yousaid.model.wordpiece import WordPieces, read_vocabulary

# How much the smaller tasks weigh in the loss, beside topics and levels at 1.
_TASK_WEIGHT = 0.3
# A real comment's level says how its topics are felt about, but less surely than a sign of its own.
_LEVEL_AS_SIGN = 0.5
# Real comments teach the yes-or-no tasks that nobody labelled them for with this weight.
_BORROWED = 0.3

SplitComment = tuple[list[int], list[int], list[int]]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Targets:
    """What the outputs are held against: truth 0…1 and weight of each (comments × outputs of an
    encoder), 0 where nobody judged; the share 0…1 of each level (comments × 5, the most positive
    first), with the weight of all five."""

    truth: Floats
    weights: Floats
    levels: Floats
    level_weights: Floats


@dataclass(frozen=True, slots=True)
class Told:
    """What teachers tell of comments: the chance 0…1 of each topic (comments × topics), and the
    share of each level (comments × 5, the most positive first)."""

    topics: Floats
    levels: Floats


def split_comments(comments: Sequence[LabelledComment], vocabulary: bytes) -> list[SplitComment]:
    """For each comment the ids before its own, the first of its own (a window of them at most),
    and the one behind."""
    splitter = WordPieces(read_vocabulary(vocabulary))
    asked = {
        kind: [splitter.first, *splitter.split(text).ids, splitter.between]
        for kind, text in QUESTIONS.items()
    }
    return [
        (asked[comment.kind], splitter.split(comment.text).ids[:WINDOW], [splitter.between])
        for comment in comments
    ]


def cap_copies(comments: Sequence[LabelledComment], most: int) -> NDArray[np.bool_]:
    """Which comments count: a form's stock answer stands in a thousand rows and teaches little."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    kept = np.zeros(len(comments), bool)
    for row, comment in enumerate(comments):
        key = normalise_text(comment.text), comment.kind, comment.is_synthetic
        seen[key] += 1
        kept[row] = seen[key] <= most
    return kept


def make_targets(
    comments: Sequence[LabelledComment], weights: Weights, sentiment_balance: float
) -> Targets:
    """The targets of the comments; a balance of 0 leaves levels as frequent as they are, 1 weighs
    them alike."""
    truth = np.zeros((len(comments), ENCODER_OUTPUT_COUNT))
    counted = np.zeros_like(truth)
    truth[:, :TOPIC_COUNT], judged = make_truth(comments)
    counted[:, :TOPIC_COUNT] = judged * weights.topics[:, None]
    is_synthetic = np.array([comment.is_synthetic for comment in comments])
    for output, (is_so, is_judged) in (
        (PRAISE, make_praise(comments)),
        (MIXED, make_mixed(comments)),
        (URGENCY, make_urgency(comments)),
    ):
        truth[:, output] = is_so
        counted[:, output] = _TASK_WEIGHT * is_judged * np.where(is_synthetic, 1, _BORROWED)
    signs, sign_weights = make_signs(comments)
    truth[:, OUTPUT_COUNT:], counted[:, OUTPUT_COUNT:] = (signs + 1) / 2, sign_weights
    levels = np.array([comment.sentiment or 0 for comment in comments])
    level_weights = np.where(levels > 0, weights.sentiment, 0.0)
    totals = np.bincount(levels, level_weights, minlength=6)[1:]
    rarity = (totals.sum() / len(totals) / np.maximum(totals, 1)) ** sentiment_balance
    return Targets(
        truth.astype(np.float32),
        counted.astype(np.float32),
        (levels[:, None] == np.arange(1, 6)).astype(np.float32),
        (level_weights * rarity[levels - 1]).astype(np.float32),
    )


def join_told(
    outputs: Sequence[Floats], folds: NDArray[np.int64], comments: Sequence[LabelledComment]
) -> Told:
    """The mean of what the teachers tell (one array of comments × outputs for each fold), each of
    what it did not learn: the comments of its own fold, and what nobody judged of the others."""
    topics = [sigmoid(found[:, :TOPIC_COUNT].astype(np.float64)) for found in outputs]
    levels = [_soften(found[:, LEVELS].astype(np.float64)) for found in outputs]
    has_topics = np.array([bool(comment.topics) for comment in comments])
    is_rated = np.array([comment.sentiment is not None for comment in comments])
    return Told(_average(topics, folds, has_topics), _average(levels, folds, is_rated))


def _soften(scores: Reals) -> Reals:
    raised = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def _average(
    told: Sequence[Reals], folds: NDArray[np.int64], is_judged: NDArray[np.bool_]
) -> Floats:
    counts = np.stack([(folds == fold) | ~is_judged for fold in range(len(told))])
    total = (np.stack(told) * counts[..., None]).sum(0)
    return np.asarray(total / counts.sum(0)[:, None], np.float32)


def blend(targets: Targets, told: Told, share: float, untold_weight: float) -> Targets:
    """The targets with what teachers tell of topics and levels worked in: `share` 0…1 of each that
    somebody judged, and all of each that nobody did, which weighs `untold_weight`."""
    truth, weights = targets.truth.copy(), targets.weights.copy()
    is_judged, is_rated = weights[:, :TOPIC_COUNT] > 0, targets.level_weights > 0
    theirs = np.where(is_judged, share, 1)
    truth[:, :TOPIC_COUNT] += theirs * (told.topics - truth[:, :TOPIC_COUNT])
    weights[:, :TOPIC_COUNT][~is_judged] = untold_weight
    theirs = np.where(is_rated, share, 1)[:, None]
    levels = targets.levels + theirs * (told.levels - targets.levels)
    level_weights = np.where(is_rated, targets.level_weights, untold_weight)
    return Targets(truth, weights, levels.astype(np.float32), level_weights.astype(np.float32))


def make_signs(comments: Sequence[LabelledComment]) -> tuple[Reals, Reals]:
    """The sign −1…1 of each topic (comments × topics), and how much it counts. Without signs of its
    own a comment lends its topics the sign of its level, unless that is neutral or not known."""
    ids = get_framework().topic_ids
    signs = np.zeros((len(comments), TOPIC_COUNT))
    counted = np.zeros_like(signs)
    for row, comment in enumerate(comments):
        for topic, sign in comment.topic_signs.items():
            signs[row, ids.index(topic)] = sign
            counted[row, ids.index(topic)] = _TASK_WEIGHT
        if not comment.topic_signs and comment.sentiment not in (None, 3):
            for topic in comment.labels:
                signs[row, ids.index(topic)] = 1 if (comment.sentiment or 0) < 3 else -1
                counted[row, ids.index(topic)] = _TASK_WEIGHT * _LEVEL_AS_SIGN
    return signs, counted


def get_rate(done: float, warm_up: float) -> float:
    """The share of the full learning rate when the share `done` 0…1 of the steps is behind: up to
    1 over the first `warm_up` of them, then down to 0."""
    return done / warm_up if done < warm_up else max(0.0, (1 - done) / (1 - warm_up))
