"""What a layer's outputs mean, for a whole comment and for the pieces that it is made of.

A long comment's topics are thin when all its words are weighed together, so a topic's score is
that of the whole, drawn towards that of the piece that shows it best. The feeling about a topic is
that of the pieces that show it. A comment of one piece is its own piece.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.characters import (
    BOUNDARY,
    SYMBOL_FLAG,
    Characters,
    Folded,
    fold_characters,
    join_texts,
)
from yousaid.model.features import Features, make_features_of
from yousaid.model.linear import Floats, LinearLayer, Parts
from yousaid.model.segment import Pieces, split_texts
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
_FEELING_NAMES: dict[int, TopicSentiment] = {1: "positive", 0: "neutral", -1: "negative"}
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


class PieceOutputs(Mapping[int, tuple[tuple[Span, ...], Floats]]):
    """The texts of several pieces, by row: the pieces, and their outputs (pieces × outputs)."""

    def __init__(
        self, rows: NDArray[np.int64], spans: tuple[NDArray[np.int64], ...], outputs: Floats
    ) -> None:
        """`rows` never fall; `spans` are where the pieces begin and end in their texts."""
        self.rows, self.firsts = np.unique(rows, return_index=True)
        self.outputs = outputs
        self._spans = spans
        ends = np.append(self.firsts[1:], len(rows)).tolist()
        slices = map(slice, self.firsts.tolist(), ends)
        self._places = dict(zip(self.rows.tolist(), slices, strict=True))

    def __getitem__(self, row: int) -> tuple[tuple[Span, ...], Floats]:
        place = self._places[row]
        begins, ends = (found[place].tolist() for found in self._spans)
        return tuple(map(Span, begins, ends)), self.outputs[place]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True, slots=True)
class EncodedText:
    """What an encoder says of one text: `outputs`, and `feelings` (one a topic, log-odds of praise
    against criticism). `spans` are the places of the text's word pieces, `scores` what each says of
    each output and `weights` how much that counts (word pieces × outputs): an output is the
    weighted sum, and the weights of an output sum to 1. `hidden` is where the text stands among
    others: the mean of what the last layer holds for its word pieces.
    """

    outputs: Floats
    feelings: Floats
    spans: tuple[Span, ...]
    scores: Floats
    weights: Floats
    hidden: Floats


@dataclass(frozen=True, slots=True)
class Outputs:
    """A layer's outputs (texts × outputs) with those of pieces worked in, and what the pieces say
    beside: `feelings` as in `Scores`. `features` are those of the whole texts. `pieces` maps the
    rows of texts of several pieces to those pieces and their outputs (pieces × outputs). Where an
    encoder read along, all of this is of both together, and `encoded` has its own part, by text.
    """

    features: Features
    outputs: Floats
    feelings: Reals
    pieces: Mapping[int, tuple[tuple[Span, ...], Floats]]
    encoded: tuple[EncodedText, ...] = ()

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
    characters = join_texts(texts)
    features = make_features_of(fold_characters(characters), kinds)
    found = split_texts(characters)
    parts, of_piece = _make_parts(characters, features.folded, found)
    outputs, part_outputs = layer.score_parts(features, parts)
    feelings = np.repeat(_make_praise(outputs)[:, None], TOPIC_COUNT, axis=1)
    shifts = characters.begins[found.rows]
    spans = found.begins - shifts, found.ends - shifts
    pieces = PieceOutputs(found.rows, spans, part_outputs[of_piece])
    if pieces:
        _work_in(pieces, outputs, feelings)
    return Outputs(features, outputs, feelings, pieces)


def _make_parts(
    characters: Characters, folded: Folded, pieces: Pieces
) -> tuple[Parts, NDArray[np.int32]]:
    """The pieces and what lies between them as parts of their texts, and the part of each piece."""
    is_edge = np.zeros(len(characters.points), bool)
    for edges in (characters.begins, pieces.begins, pieces.ends):
        is_edge[edges] = True
    number = np.cumsum(is_edge, dtype=np.int32) - 1
    # A boundary belongs to the word behind it.
    behind = np.arange(len(folded.codes))
    behind[:-1] += folded.codes[:-1] == BOUNDARY
    shifts = np.repeat(characters.begins, np.diff(folded.starts))
    of_code = number[(folded.places + shifts)[behind]]
    # Between two pieces there is mostly nothing but space: such a part is left out.
    used = np.zeros(int(number[-1]) + 1 if len(number) else 0, bool)
    used[of_code] = True
    for begins in (characters.begins, pieces.begins):
        used[number[begins]] = True
    renumbered = np.cumsum(used, dtype=np.int32) - 1
    texts = np.searchsorted(characters.ends, np.flatnonzero(is_edge)[used])
    return Parts(renumbered[of_code], texts), renumbered[number[pieces.begins]]


def _work_in(pieces: PieceOutputs, outputs: Floats, feelings: Reals) -> None:
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
    return name_feelings(np.array([feeling]))[0]


def name_feelings(feelings: Reals) -> list[TopicSentiment]:
    """What each of many feelings about a topic, −1…1, is called."""
    signs = (feelings >= _PRAISED).astype(np.int8) - (feelings <= _CRITICISED)
    return [_FEELING_NAMES[sign] for sign in signs.tolist()]


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
