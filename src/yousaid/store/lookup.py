# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Whole comments by key: what a page shows of the few that a question has found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from yousaid.errors import StoreError
from yousaid.records import QUESTION_KINDS, Comment, Mention, Reading, Span, TopicSentiment
from yousaid.store.answers import ReadComment
from yousaid.store.names import Names
from yousaid.store.schema import SENTIMENT_CODES
from yousaid.store.snapshot import Snapshot

_SENTIMENTS: dict[int, TopicSentiment] = {code: s for s, code in SENTIMENT_CODES.items()}
# Without `probabilities`, which are most of a reading and which no list shows.
_READING_COLUMNS = (
    "topics, topic_probabilities, topic_sentiments, topic_spans, sentiment, sentiment_score, "
    "mixed, urgency, model, language"
)
_FACT_COLUMNS = (
    "upload, date, place_id, person_id, question_id, source_id, kind, score, sentiment, "
    "sentiment_score, mixed, urgency, mentions, is_corrected"
)


class _Facts(NamedTuple):
    upload: int
    date: Any
    place_id: int
    person_id: int
    question_id: int
    source_id: int
    kind: int
    score: int | None
    sentiment: int | None
    sentiment_score: float | None
    mixed: bool
    urgency: float
    mentions: list[int]
    is_corrected: bool


def get_read_comments(
    snapshot: Snapshot, keys: Sequence[int], *, with_all: bool = False
) -> list[ReadComment]:
    """The answers with these keys, in their order, as corrected; keys that the snapshot does not
    hold are left out. `with_all` brings probabilities and vectors too, which otherwise are empty.

    It has no scope: whoever asks has found the keys within one.
    """
    listed = list(keys)
    facts = _by_key(snapshot, "facts", _FACT_COLUMNS, listed)
    columns = _READING_COLUMNS + (", probabilities, vector" if with_all else "")
    readings = _by_key(snapshot, snapshot.relation_over("readings"), columns, listed)
    answers = _get_answers(snapshot, listed)
    return [
        _make_read_comment(snapshot.names, _Facts(*facts[key]), readings[key], answers[key])
        for key in listed
        if key in facts
    ]


def _by_key(
    snapshot: Snapshot, relation: str, columns: str, keys: list[int]
) -> dict[int, tuple[Any, ...]]:
    if not keys:
        return {}
    # Written out, the keys tell DuckDB which groups of rows it need not open.
    marks = ", ".join("?" * len(keys))
    sql = f"SELECT comment_key, {columns} FROM {relation} WHERE comment_key IN ({marks})"
    return {key: row for key, *row in snapshot.ask(sql, keys)}


def _get_answers(snapshot: Snapshot, keys: list[int]) -> dict[int, tuple[str, str, str | None]]:
    sql = "SELECT comment_id, response_id, text FROM answer WHERE comment_key = ?"
    found = {key: snapshot.search.execute(sql, [key]).fetchone() for key in keys}
    if None in found.values():
        raise StoreError(
            "The search index lacks comments that are in the store. Mend it with: "
            f"yousaid check {snapshot.store.folder} --repair"
        )
    return found


def _make_read_comment(
    names: Names, facts: _Facts, row: Sequence[Any], answer: tuple[str, str, str | None]
) -> ReadComment:
    comment_id, response_id, text = answer
    comment = Comment(
        comment_id,
        response_id,
        facts.date,
        names.places[facts.place_id],
        names.questions[facts.question_id],
        QUESTION_KINDS[facts.kind],
        text or "",
        facts.score,
        names.persons[facts.person_id],
        names.sources[facts.source_id],
    )
    as_read = _make_reading(row)
    reading = _make_corrected(names, facts, as_read) if facts.is_corrected else as_read
    return ReadComment(comment, reading, str(facts.upload), as_read)


def _make_reading(row: Sequence[Any]) -> Reading:
    mentions = tuple(_make_mention(*values) for values in zip(*row[:4], strict=True))
    sentiment, sentiment_score, mixed, urgency, model, language, *rest = row[4:]
    probabilities, vector = rest or ((), b"")
    return Reading(
        mentions,
        sentiment,
        sentiment_score,
        mixed,
        urgency,
        tuple(probabilities),
        model,
        language,
        vector,
    )


def _make_mention(topic: str, probability: float, code: int, offsets: list[int]) -> Mention:
    spans = tuple(Span(start, end) for start, end in zip(offsets[::2], offsets[1::2], strict=True))
    return Mention(topic, probability, _SENTIMENTS[code], spans)


def _make_corrected(names: Names, facts: _Facts, as_read: Reading) -> Reading:
    """The reading as people say it should be. What a person added is certain, and shown by no
    words in particular."""
    known = {mention.topic: mention for mention in as_read.mentions}
    said = [(names.topics[m // 3], _SENTIMENTS[m % 3 - 1]) for m in facts.mentions]
    mentions = tuple(
        replace(known[topic], sentiment=sentiment)
        if topic in known
        else Mention(topic, 1.0, sentiment)
        for topic, sentiment in said
    )
    return replace(
        as_read,
        mentions=mentions,
        sentiment=facts.sentiment,
        sentiment_score=facts.sentiment_score,
        mixed=facts.mixed,
        urgency=facts.urgency,
    )
