"""What a layer's outputs mean, for a whole comment and for the pieces that it is made of.

A long comment's topics are thin when all its words are weighed together, so a topic's score is
that of the whole, drawn towards that of the piece that shows it best. The feeling about a topic is
that of the pieces that show it. A comment of one piece is its own piece.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.characters import BOUNDARY, SYMBOL_FLAG, Folded
from yousaid.model.features import Features, make_features
from yousaid.model.linear import Floats, LinearLayer
from yousaid.model.segment import split_segments
from yousaid.records import SENTIMENT_LEVELS, QuestionKind, Span, TopicSentiment

TOPIC_COUNT = len(get_framework().topics)
NOT_POSSIBLE_AT = get_framework().topic_ids.index(NOT_POSSIBLE)
LEVELS = slice(TOPIC_COUNT, TOPIC_COUNT + len(SENTIMENT_LEVELS))
# Beside topics and levels: praise against criticism, mixed against neither, urgency.
PRAISE, MIXED, URGENCY = (LEVELS.stop + place for place in range(3))
OUTPUT_COUNT = URGENCY + 1

# The share of a topic's score that is the best piece's; the rest is the whole comment's. Measured
# by five folds on the development file (docs/decisions.md, 10).
PIECE_SHARE = 0.4
# How much the whole comment says of the feeling about one topic, beside the pieces that show it.
_WHOLE_SHARE = 0.25
# A piece shows a topic when its chance is this share of that of the best piece.
_NEAR_BEST = 0.5
# What two opposed pieces add to the mixed output, at most.
_OPPOSED = 2.0
# From where a feeling −1…1 is called praise or criticism of one thing; between them it is neutral.
_PRAISED, _CRITICISED = 0.1, -0.1
# The score of each level, so that an expected score runs from 1 to −1.
_LEVEL_SCORES = np.array([1.0, 0.5, 0.0, -0.5, -1.0])

Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model says of many texts (rows).

    `topics`: probabilities 0…1, texts × topics, framework order. `levels`: probabilities of the
    five levels, texts × 5. `feelings`: how each topic is felt about if the text is about it, −1
    (criticism) to 1 (praise), texts × topics. `mixed` and `urgency`: 0…1.
    """

    topics: Reals
    levels: Reals
    feelings: Reals
    mixed: Reals
    urgency: Reals

    @property
    def expected(self) -> Reals:
        """The expected sentiment score of each text, −1…1."""
        return np.asarray(self.levels @ _LEVEL_SCORES)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The texts of several pieces: their `rows`, the pieces of each, the outputs of all pieces in
    order, and where each text's pieces begin in those outputs."""

    rows: NDArray[np.int64]
    spans: tuple[tuple[Span, ...], ...]
    firsts: NDArray[np.int64]
    outputs: Floats


@dataclass(frozen=True, slots=True)
class Outputs:
    """A layer's outputs (texts × outputs) with those of pieces worked in, and what the pieces say
    beside: `feelings` as in `Scores`. `features` are those of the whole texts. `pieces` maps the
    rows of texts of several pieces to those pieces and their outputs (pieces × outputs)."""

    features: Features
    outputs: Floats
    feelings: Reals
    pieces: Mapping[int, tuple[tuple[Span, ...], Floats]]

    def find_pieces(self, row: int, topic: int) -> tuple[Span, ...] | None:
        """The pieces of a text that show a topic about as well as the best one does; None where
        the text is all one piece."""
        if row not in self.pieces:
            return None
        spans, outputs = self.pieces[row]
        chances = sigmoid(outputs[:, topic].astype(np.float64))
        near = chances >= _NEAR_BEST * chances.max()
        return tuple(span for span, is_near in zip(spans, near, strict=True) if is_near)


def score_texts(layer: LinearLayer, texts: Sequence[str], kinds: Sequence[QuestionKind]) -> Outputs:
    """The layer's outputs for each text and its pieces."""
    features = make_features(texts, kinds)
    outputs = layer.score(features)
    feelings = np.repeat(_make_praise(outputs)[:, None], TOPIC_COUNT, axis=1)
    pieces = _score_pieces(layer, texts, kinds)
    if not pieces:
        return Outputs(features, outputs, feelings, {})
    _work_in(pieces, outputs, feelings)
    split = np.split(pieces.outputs, pieces.firsts[1:])
    by_row = zip(pieces.rows.tolist(), zip(pieces.spans, split, strict=True), strict=True)
    return Outputs(features, outputs, feelings, dict(by_row))


def _score_pieces(
    layer: LinearLayer, texts: Sequence[str], kinds: Sequence[QuestionKind]
) -> _Pieces | None:
    found = [(row, split_segments(text)) for row, text in enumerate(texts)]
    found = [(row, spans) for row, spans in found if len(spans) > 1]
    if not found:
        return None
    counts = [len(spans) for _, spans in found]
    piece_texts = [texts[row][span.start : span.end] for row, spans in found for span in spans]
    piece_kinds = [kinds[row] for row, spans in found for _ in spans]
    return _Pieces(
        np.array([row for row, _ in found]),
        tuple(spans for _, spans in found),
        np.cumsum([0, *counts[:-1]]),
        layer.score(make_features(piece_texts, piece_kinds)),
    )


def _work_in(pieces: _Pieces, outputs: Floats, feelings: Reals) -> None:
    rows, firsts = pieces.rows, pieces.firsts
    topics = pieces.outputs[:, :TOPIC_COUNT]
    best = np.maximum.reduceat(topics, firsts)
    outputs[rows, :TOPIC_COUNT] += PIECE_SHARE * (best - outputs[rows, :TOPIC_COUNT])
    praise = _make_praise(pieces.outputs)
    # Squared, so that the piece that shows a topic clearly outweighs those that hardly do.
    weight = sigmoid(topics.astype(np.float64)) ** 2
    shown = np.add.reduceat(weight * praise[:, None], firsts)
    shown /= np.maximum(np.add.reduceat(weight, firsts), 1e-12)
    feelings[rows] = _WHOLE_SHARE * feelings[rows] + (1 - _WHOLE_SHARE) * shown
    opposed = np.minimum(np.maximum.reduceat(praise, firsts), -np.minimum.reduceat(praise, firsts))
    outputs[rows, MIXED] += _OPPOSED * opposed


def make_scores(scored: Outputs) -> Scores:
    """The meaning of the outputs."""
    raw = scored.outputs.astype(np.float64)
    levels = np.exp(raw[:, LEVELS] - raw[:, LEVELS].max(1, keepdims=True))
    return Scores(
        sigmoid(raw[:, :TOPIC_COUNT]),
        levels / levels.sum(1, keepdims=True),
        scored.feelings,
        sigmoid(raw[:, MIXED]),
        sigmoid(raw[:, URGENCY]),
    )


def _make_praise(outputs: Floats) -> Reals:
    return 2 * sigmoid(outputs[:, PRAISE].astype(np.float64)) - 1


def sigmoid(scores: Reals) -> Reals:
    """The logistic function, without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -50, 50))))


def name_feeling(feeling: float) -> TopicSentiment:
    """What a feeling about one topic, −1…1, is called."""
    if feeling >= _PRAISED:
        return "positive"
    return "negative" if feeling <= _CRITICISED else "neutral"


def find_readable(folded: Folded) -> Bools:
    """Which texts hold a letter, a digit or an emoji; ! ? £ % alone say nothing."""
    telling = folded.codes != BOUNDARY
    symbols = folded.codes >= SYMBOL_FLAG
    telling &= ~(symbols & ((folded.codes & ~np.uint32(SYMBOL_FLAG)) < 256))
    counts = np.concatenate(([0], np.cumsum(telling)))
    return np.asarray(np.diff(counts[folded.starts]) > 0)


def decide_topics(probabilities: Reals, thresholds: Sequence[float], readable: Bools) -> Bools:
    """Which topics are said of each text (texts × topics): those at or over their threshold, but
    “Labelling not possible” alone or not at all."""
    decided: Bools = probabilities >= np.array(thresholds)
    rest = np.delete(probabilities, NOT_POSSIBLE_AT, axis=1)
    chance = probabilities[:, NOT_POSSIBLE_AT]
    unreadable = ~readable | (decided[:, NOT_POSSIBLE_AT] & (chance >= rest.max(1, initial=0)))
    decided[:, NOT_POSSIBLE_AT] = False
    decided[unreadable] = False
    decided[unreadable, NOT_POSSIBLE_AT] = True
    return decided
