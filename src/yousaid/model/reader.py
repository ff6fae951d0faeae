"""From texts to readings: what each comment is about, how people feel about it, what shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.artefact import DEFAULT_MODEL, Model, load_model
from yousaid.model.explain import WordShares
from yousaid.model.features import Features, make_features
from yousaid.model.segment import split_segments
from yousaid.records import (
    SENTIMENT_LEVELS,
    Mention,
    QuestionKind,
    Reading,
    Span,
    TopicSentiment,
)

# Texts read at once: large enough for array arithmetic, small enough to stay in the cache.
BATCH_SIZE = 1000
# No comment is longer than a book chapter; what lies behind is not read, and spans stay valid.
LONGEST_TEXT = 100_000

_TOPIC_COUNT = len(get_framework().topics)
_NOT_POSSIBLE = get_framework().topic_ids.index(NOT_POSSIBLE)
# The score of each level, so that an expected score runs from 1 to −1.
_LEVEL_SCORES = np.array([1.0, 0.5, 0.0, -0.5, -1.0])
# From where a score is called praise or criticism of one thing; between them it is neutral.
_PRAISE, _CRITICISM = 0.15, -0.15
# From where a piece of a comment counts as clear praise or criticism when both are looked for.
_CLEAR = 0.3
# How much the whole comment says of the feeling about one topic, beside the pieces that show it.
_WHOLE_SHARE = 0.25

Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model's outputs mean: `topics` are probabilities (texts × topics, framework order),
    `levels` probabilities of the five levels (texts × 5), `praise` runs from −1 (criticism) to 1
    (praise) and is made for pieces that say one thing, `urgency` is 0…1."""

    topics: Reals
    levels: Reals
    praise: Reals
    urgency: Reals

    @property
    def expected(self) -> Reals:
        """The expected sentiment score of each text, −1…1."""
        return np.asarray(self.levels @ _LEVEL_SCORES)


def make_scores(outputs: NDArray[np.float32]) -> Scores:
    """The meaning of a linear layer's outputs."""
    raw = outputs.astype(np.float64)
    levels = raw[:, _TOPIC_COUNT : _TOPIC_COUNT + len(SENTIMENT_LEVELS)]
    levels = np.exp(levels - levels.max(1, keepdims=True))
    return Scores(
        _sigmoid(raw[:, :_TOPIC_COUNT]),
        levels / levels.sum(1, keepdims=True),
        2 * _sigmoid(raw[:, -2]) - 1,
        _sigmoid(raw[:, -1]),
    )


def _sigmoid(scores: Reals) -> Reals:
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -50, 50))))


def decide_topics(probabilities: Reals, thresholds: Sequence[float], readable: Bools) -> Bools:
    """Which topics are said of each text (texts × topics): those at or over their threshold, but
    “Labelling not possible” alone or not at all."""
    decided: Bools = probabilities >= np.array(thresholds)
    rest = np.delete(probabilities, _NOT_POSSIBLE, axis=1)
    unreadable = ~readable | (
        decided[:, _NOT_POSSIBLE] & (probabilities[:, _NOT_POSSIBLE] >= rest.max(1, initial=0))
    )
    decided[:, _NOT_POSSIBLE] = False
    decided[unreadable] = False
    decided[unreadable, _NOT_POSSIBLE] = True
    return decided


class Reader:
    """A model that reads.

    >>> reading = Reader("fast").read(["The food was cold"], question="could_improve")[0]
    >>> [(mention.topic, mention.sentiment) for mention in reading.mentions]
    [('food', 'negative')]
    """

    def __init__(self, model: str | Model = DEFAULT_MODEL) -> None:
        """Raises ModelError where there is no such model, or it is damaged."""
        self.model = model if isinstance(model, Model) else load_model(model)

    def read(
        self,
        texts: Sequence[str | None],
        question: QuestionKind | Sequence[QuestionKind] = "why",
        *,
        with_evidence: bool = True,
    ) -> list[Reading]:
        """One reading for each text, in order; None and blank texts are “Labelling not possible”.

        `question` is the kind of question that the texts answer, one for all or one each. Without
        evidence the mentions have no spans, which takes half the time.
        """
        kinds = [question] * len(texts) if isinstance(question, str) else list(question)
        if len(kinds) != len(texts):
            raise ValueError(f"{len(texts)} texts, but {len(kinds)} question kinds")
        readings: list[Reading] = []
        for start in range(0, len(texts), BATCH_SIZE):
            batch = [(text or "")[:LONGEST_TEXT] for text in texts[start : start + BATCH_SIZE]]
            readings += self._read_batch(batch, kinds[start : start + BATCH_SIZE], with_evidence)
        return readings

    def _read_batch(
        self, texts: list[str], kinds: list[QuestionKind], with_evidence: bool
    ) -> list[Reading]:
        features = make_features(texts, kinds)
        scores = make_scores(self.model.layer.score(features))
        readable = np.diff(features.folded.starts) > 1
        decided = decide_topics(scores.topics, self.model.thresholds, readable)
        feelings, mixed = self._feel_topics(texts, kinds, scores)
        mentions = _make_mentions(scores.topics, decided, feelings)
        if with_evidence:
            mentions = self._add_spans(texts, features, mentions)
        return self._make_readings(mentions, scores, mixed)

    def _feel_topics(
        self, texts: list[str], kinds: list[QuestionKind], scores: Scores
    ) -> tuple[Reals, Bools]:
        """The feeling −1…1 about each topic (texts × topics), and whether a text is mixed."""
        feelings = np.repeat(scores.praise[:, None], _TOPIC_COUNT, axis=1)
        mixed = np.zeros(len(texts), bool)
        pieces = [(row, split_segments(text)) for row, text in enumerate(texts)]
        pieces = [(row, spans) for row, spans in pieces if len(spans) > 1]
        if not pieces:
            return feelings, mixed
        rows = np.array([row for row, _ in pieces])
        firsts = np.cumsum([0] + [len(spans) for _, spans in pieces[:-1]])
        piece_texts = [texts[row][s.start : s.end] for row, spans in pieces for s in spans]
        piece_kinds = [kinds[row] for row, spans in pieces for _ in spans]
        outputs = self.model.layer.score(make_features(piece_texts, piece_kinds))
        piece = make_scores(outputs)
        # Squared, so that the piece that shows a topic clearly outweighs those that hardly do.
        weight = piece.topics**2
        shown = np.add.reduceat(weight * piece.praise[:, None], firsts)
        shown /= np.maximum(np.add.reduceat(weight, firsts), 1e-12)
        feelings[rows] = _WHOLE_SHARE * feelings[rows] + (1 - _WHOLE_SHARE) * shown
        best = np.maximum.reduceat(piece.praise, firsts)
        worst = np.minimum.reduceat(piece.praise, firsts)
        mixed[rows] = (best >= _CLEAR) & (worst <= -_CLEAR)
        return feelings, mixed

    def _add_spans(
        self, texts: list[str], features: Features, mentions: list[list[Mention]]
    ) -> list[list[Mention]]:
        ids = get_framework().topic_ids
        pairs = [
            (row, ids.index(mention.topic))
            for row, found in enumerate(mentions)
            for mention in found
            if mention.topic != NOT_POSSIBLE
        ]
        if not pairs:
            return mentions
        shares = WordShares(self.model.layer, features, pairs)
        spans = (shares.get_spans(pair, texts[row]) for pair, (row, _) in enumerate(pairs))
        return [[_with_spans(mention, spans) for mention in found] for found in mentions]

    def _make_readings(
        self, mentions: list[list[Mention]], scores: Scores, mixed: Bools
    ) -> list[Reading]:
        readings = []
        levels = (scores.levels.argmax(1) + 1).tolist()
        expected = scores.expected.tolist()
        rows = zip(
            mentions,
            levels,
            expected,
            mixed.tolist(),
            scores.urgency.tolist(),
            scores.topics.tolist(),
            strict=True,
        )
        for found, level, score, is_mixed, urgency, probabilities in rows:
            is_readable = not found or found[0].topic != NOT_POSSIBLE
            readings.append(
                Reading(
                    mentions=tuple(found),
                    sentiment=level if is_readable else None,
                    sentiment_score=score if is_readable else None,
                    mixed=is_mixed and is_readable,
                    urgency=urgency if is_readable else 0.0,
                    probabilities=tuple(probabilities),
                    model=self.model.label,
                )
            )
        return readings


def _with_spans(mention: Mention, spans: Iterator[tuple[Span, ...]]) -> Mention:
    if mention.topic == NOT_POSSIBLE:
        return mention
    return Mention(mention.topic, mention.probability, mention.sentiment, next(spans))


def _make_mentions(probabilities: Reals, decided: Bools, feelings: Reals) -> list[list[Mention]]:
    """The mentions of each text, most probable first."""
    ids = get_framework().topic_ids
    found: list[list[Mention]] = [[] for _ in range(len(probabilities))]
    for row, topic in zip(*np.nonzero(decided), strict=True):
        sentiment = (
            "neutral" if topic == _NOT_POSSIBLE else _name_feeling(float(feelings[row, topic]))
        )
        found[row].append(Mention(ids[topic], float(probabilities[row, topic]), sentiment))
    return [sorted(mentions, key=lambda m: -m.probability) for mentions in found]


def _name_feeling(feeling: float) -> TopicSentiment:
    if feeling >= _PRAISE:
        return "positive"
    return "negative" if feeling <= _CRITICISM else "neutral"
