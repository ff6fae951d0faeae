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
from yousaid.model.scores import MIXED, OUTPUT_COUNT, PRAISE, TOPIC_COUNT, URGENCY
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
    encoder), 0 where nobody judged; levels 0…4, the most positive first, with their weights."""

    truth: Floats
    weights: Floats
    levels: NDArray[np.int64]
    level_weights: Floats


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
        np.maximum(levels - 1, 0),
        (level_weights * rarity[levels - 1]).astype(np.float32),
    )


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
