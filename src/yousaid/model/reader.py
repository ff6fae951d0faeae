"""From texts to readings: what each comment is about, how people feel about it, what shows it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.frameworks.languages import is_english
from yousaid.model.artefact import Model, load_model
from yousaid.model.batches import cut_texts, read_once
from yousaid.model.explain import WordShares
from yousaid.model.explanation import make_explanation
from yousaid.model.joined import join_scores
from yousaid.model.language import find_languages
from yousaid.model.non_answers import is_non_answer
from yousaid.model.points import DEFAULT_MODEL, DEFAULT_POINT
from yousaid.model.scores import (
    NOT_POSSIBLE_AT,
    TOPIC_COUNT,
    Bools,
    Outputs,
    Reals,
    Scores,
    decide_topics,
    find_readable,
    make_scores,
    name_feelings,
    score_texts,
)
from yousaid.records import QUESTION_KINDS, Explanation, Mention, QuestionKind, Reading, Span

if TYPE_CHECKING:
    from arro3.core import RecordBatchReader

    from yousaid.model.arrow import ArrowTable

# No comment is longer than a book chapter; what lies behind is not read, and spans stay valid.
LONGEST_TEXT = 100_000

_Judged = tuple[Outputs, Scores, Bools, Sequence[str | None]]


class Reader:
    """A model that reads.

    >>> reading = Reader("best").read(["No parking at all!"], question="could_improve")[0]
    >>> [(mention.topic, mention.sentiment) for mention in reading.mentions]
    [('parking', 'negative')]
    """

    def __init__(
        self, model: str | Model = DEFAULT_MODEL, operating_point: str = DEFAULT_POINT
    ) -> None:
        """`operating_point` is `balanced`, or `find_all` where a comment that was missed costs more
        than one that was not meant. Raises ModelError where there is no such model or point, or
        the model is damaged."""
        found = model if isinstance(model, Model) else load_model(model)
        self.model = found.at_point(operating_point)

    def read(
        self,
        texts: Sequence[str | None],
        question: QuestionKind | Sequence[QuestionKind] = "why",
        *,
        with_evidence: bool = True,
    ) -> list[Reading]:
        """One reading for each text, in order; None, blank texts and what is not in English are
        “Labelling not possible”.

        `question` is the kind of question that the texts answer, one for all or one each. Without
        evidence the mentions have no spans, and `fast` takes a fifth of the time. Raises TypeError,
        with the position, where a text is neither text nor None, and ValueError for unknown
        questions.
        """
        _check_texts(texts)
        kinds = [question] * len(texts) if isinstance(question, str) else list(question)
        _check_kinds(kinds, len(texts))
        readings: list[Reading] = []
        for part in cut_texts(texts):
            asked = list(zip(_shorten(texts[part]), kinds[part], strict=True))
            found, places = read_once(asked, lambda pairs: self._read_batch(pairs, with_evidence))
            readings += [found[place] for place in places]
        return readings

    def read_table(
        self,
        table: "ArrowTable",
        text: str,
        question: str = "why",
        *,
        with_probabilities: bool = False,
    ) -> "RecordBatchReader":
        """The table with the columns of a reading behind its own (docs/reference.md), as a stream
        of Arrow batches that are read as they are asked for, so memory does not grow with it.

        `table` is one of Polars, pandas, DuckDB, PyArrow or any other that speaks the Arrow
        PyCapsule interface; what comes back does too, once. `text` names the column of comments;
        `question` is a kind for all, or names the column of questions. Raises InputError where a
        column is missing, holds no text, or has a name that would be added or that another has;
        and while the stream is read, where its text is not UTF-8 (a library that takes the stream
        may put an error of its own around it).
        """
        from yousaid.model import arrow

        return arrow.read_table(
            table,
            text,
            question,
            lambda texts, kinds: arrow.Judged(*self._judge(_shorten(texts), kinds)[1:]),
            self.model.label,
            self.model.mixed_threshold,
            with_probabilities,
        )

    def explain(self, text: str | None, question: QuestionKind = "why") -> Explanation:
        """Why `read` says what it says of one text: how sure it is of each topic, where it draws
        the line, and what each word adds, in log-odds.

        >>> explanation = Reader("fast").explain("No parking at all!", "could_improve")
        >>> parking = explanation.topics[0]
        >>> strongest = max(parking.words, key=lambda word: word.share).span
        >>> parking.topic, parking.is_said, explanation.text[strongest.start : strongest.end]
        ('parking', True, 'parking')
        """
        (reading,) = self.read([text], question)
        text = text or ""
        return make_explanation(self.model, text, text[:LONGEST_TEXT], question, reading)

    def _read_batch(
        self, pairs: list[tuple[str, QuestionKind]], with_evidence: bool
    ) -> list[Reading]:
        texts, kinds = [text for text, _ in pairs], [kind for _, kind in pairs]
        scored, scores, decided, languages = self._judge(texts, kinds)
        mentions = _make_mentions(scores.topics, decided, scores.feelings)
        if with_evidence:
            mentions = self._add_spans(texts, scored, mentions)
        return self._make_readings(mentions, scores, languages, self._make_vectors(scored))

    def _make_vectors(self, scored: Outputs) -> list[bytes]:
        if self.model.joined is None:
            return [b""] * len(scored.outputs)
        return [self.model.joined.make_vector(encoded) for encoded in scored.encoded]

    def _judge(self, texts: list[str], kinds: list[QuestionKind]) -> _Judged:
        scored = score_texts(self.model.layer, texts, kinds)
        readable = find_readable(scored.features.folded)
        readable &= [not is_non_answer(text) for text in texts]
        languages = find_languages(texts)
        readable &= [is_english(language) for language in languages]
        if self.model.joined:
            # What is not read need not be encoded, which takes by far the most time.
            heard = [text if said else "" for text, said in zip(texts, readable, strict=True)]
            scored = join_scores(self.model.joined, scored, heard, kinds)
        scores = make_scores(scored)
        decided = decide_topics(scores.topics, self.model.thresholds, readable)
        # What is not read is about nothing, for certain, whatever a model gives an empty text.
        scores.topics[~readable] = np.arange(TOPIC_COUNT) == NOT_POSSIBLE_AT
        return scored, scores, decided, languages

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
        if self.model.joined:
            shares.join(self.model.joined, scored.encoded, texts)
        spans = (
            shares.get_spans(pair, texts[row], scored.find_pieces(row, topic))
            for pair, (row, topic) in enumerate(pairs)
        )
        return [[_with_spans(mention, spans) for mention in found] for found in mentions]

    def _make_readings(
        self,
        mentions: list[list[Mention]],
        scores: Scores,
        languages: Sequence[str | None],
        vectors: list[bytes],
    ) -> list[Reading]:
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
            languages,
            vectors,
            strict=True,
        )
        for found, level, score, is_mixed, urgency, probabilities, language, vector in rows:
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
                    language=language,
                    vector=vector if is_readable else b"",
                )
            )
        return readings


def _shorten(texts: Sequence[str | None]) -> list[str]:
    return [(text or "")[:LONGEST_TEXT] for text in texts]


def _check_texts(texts: Sequence[str | None]) -> None:
    if isinstance(texts, str):
        raise TypeError("texts is one text; give a list of texts")
    for position, text in enumerate(texts):
        if text is not None and not isinstance(text, str):
            raise TypeError(
                f"texts[{position}] is a {type(text).__name__}; give text (str), or None for none"
            )


def _check_kinds(kinds: Sequence[QuestionKind], text_count: int) -> None:
    if len(kinds) != text_count:
        raise ValueError(f"{text_count} texts, but {len(kinds)} question kinds")
    if unknown := [at for at, kind in enumerate(kinds) if kind not in QUESTION_KINDS]:
        raise ValueError(
            f"question {unknown[0]} is of no known kind; the kinds are {', '.join(QUESTION_KINDS)}"
        )


def _with_spans(mention: Mention, spans: Iterator[tuple[Span, ...]]) -> Mention:
    if mention.topic == NOT_POSSIBLE:
        return mention
    return Mention(mention.topic, mention.probability, mention.sentiment, next(spans))


def _make_mentions(probabilities: Reals, decided: Bools, feelings: Reals) -> list[list[Mention]]:
    """The mentions of each text, most probable first."""
    ids = get_framework().topic_ids
    rows, topics = np.nonzero(decided)
    chances = probabilities[rows, topics]
    order = np.lexsort((-chances, rows))
    rows, topics, chances = rows[order], topics[order], chances[order]
    felt = np.where(topics == NOT_POSSIBLE_AT, 0.0, feelings[rows, topics])
    found: list[list[Mention]] = [[] for _ in range(len(probabilities))]
    columns = rows.tolist(), topics.tolist(), chances.tolist(), name_feelings(felt)
    for row, topic, chance, feeling in zip(*columns, strict=True):
        found[row].append(Mention(ids[topic], chance, feeling))
    return found
