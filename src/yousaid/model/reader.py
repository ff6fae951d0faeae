"""From texts to readings: what each comment is about, how people feel about it, what shows it."""

from collections.abc import Iterator, Sequence

import numpy as np

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.artefact import DEFAULT_MODEL, Model, load_model
from yousaid.model.explain import WordShares
from yousaid.model.labels import normalise_text
from yousaid.model.scores import (
    NOT_POSSIBLE_AT,
    Bools,
    Outputs,
    Reals,
    Scores,
    decide_topics,
    find_readable,
    make_scores,
    name_feeling,
    score_texts,
)
from yousaid.records import Mention, QuestionKind, Reading, Span

# Texts read at once: large enough for array arithmetic, small enough to stay in the cache.
BATCH_SIZE = 1000
# No comment is longer than a book chapter; what lies behind is not read, and spans stay valid.
LONGEST_TEXT = 100_000

# What people and programs write to say that they write nothing, as letters alone. “Nothing” is not
# among them: it is praise under one question and criticism under another. “Dim byd” is Welsh.
_NON_ANSWERS = frozenset(
    {"na", "nan", "null", "notapplicable", "didnotanswer", "noanswer", "nocomment", "nocomments"}
    | {"nofurthercomment", "nofurthercomments", "dimbyd", "prefernottosay"}
)
_LONGEST_NON_ANSWER = 40


class Reader:
    """A model that reads.

    >>> reading = Reader("fast").read(["Nowhere to park!"], question="could_improve")[0]
    >>> [(mention.topic, mention.sentiment) for mention in reading.mentions]
    [('parking', 'negative')]
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
        scored = score_texts(self.model.layer, texts, kinds)
        scores = make_scores(scored)
        readable = find_readable(scored.features.folded)
        readable &= [not _is_non_answer(text) for text in texts]
        decided = decide_topics(scores.topics, self.model.thresholds, readable)
        mentions = _make_mentions(scores.topics, decided, scores.feelings)
        if with_evidence:
            mentions = self._add_spans(texts, scored, mentions)
        return self._make_readings(mentions, scores)

    def _add_spans(
        self, texts: list[str], scored: Outputs, mentions: list[list[Mention]]
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
        shares = WordShares(self.model.layer, scored.features, pairs)
        spans = (
            shares.get_spans(pair, texts[row], scored.find_pieces(row, topic))
            for pair, (row, topic) in enumerate(pairs)
        )
        return [[_with_spans(mention, spans) for mention in found] for found in mentions]

    def _make_readings(self, mentions: list[list[Mention]], scores: Scores) -> list[Reading]:
        readings = []
        levels = (scores.levels.argmax(1) + 1).tolist()
        expected = scores.expected.tolist()
        rows = zip(
            mentions,
            levels,
            expected,
            (scores.mixed >= self.model.mixed_threshold).tolist(),
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


def _is_non_answer(text: str) -> bool:
    return len(text) <= _LONGEST_NON_ANSWER and normalise_text(text) in _NON_ANSWERS


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
            "neutral" if topic == NOT_POSSIBLE_AT else name_feeling(float(feelings[row, topic]))
        )
        found[row].append(Mention(ids[topic], float(probabilities[row, topic]), sentiment))
    return [sorted(mentions, key=lambda m: -m.probability) for mentions in found]
