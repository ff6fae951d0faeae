# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Whole comments by key: what a page shows of the few that a question has found."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from yousaid.errors import StoreError
from yousaid.records import QUESTION_KINDS, Comment, Mention, Reading, Span, TopicSentiment
from yousaid.store.answers import ReadComment
from yousaid.store.details import find_details
from yousaid.store.names import Names
from yousaid.store.schema import SENTIMENT_CODES
from yousaid.store.snapshot import Snapshot
from yousaid.store.state import get_paths

_SENTIMENTS: dict[int, TopicSentiment] = {code: s for s, code in SENTIMENT_CODES.items()}


class _Facts(NamedTuple):
    """Of an answer, what questions are asked of."""

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
    model_id: int
    language_id: int
    mentions: list[int]
    is_corrected: bool


class _Detail(NamedTuple):
    """Of a reading, what facts lack, in the order of the mentions that the model made."""

    topic_probabilities: list[float]
    topic_spans: list[list[int]]
    probabilities: Sequence[float] = ()
    vector: bytes = b""


def get_read_comments(
    snapshot: Snapshot, keys: Sequence[int], *, with_all: bool = False
) -> list[ReadComment]:
    """The answers with these keys, in their order, as corrected; keys that the snapshot does not
    hold are left out. `with_all` brings probabilities and vectors too, which otherwise are empty.

    It has no scope: whoever asks has found the keys within one.
    """
    listed = list(keys)
    facts = _get_facts(snapshot, "facts", listed)
    as_read = facts | _get_facts(
        snapshot, "uncorrected", [key for key in listed if key in facts and facts[key].is_corrected]
    )
    details = _get_details(snapshot, listed, with_all=with_all)
    answers = _get_answers(snapshot, listed)
    return [
        _make_read_comment(snapshot.names, facts[key], as_read[key], details[key], answers[key])
        for key in listed
        if key in facts
    ]


def get_texts(snapshot: Snapshot, keys: Sequence[int]) -> tuple[str, ...]:
    """The texts of these keys, by rising key. It has no scope, as above."""
    sql = "SELECT text FROM json_each(?) JOIN answer ON comment_key = value ORDER BY value"
    return tuple(text for (text,) in snapshot.search.execute(sql, [json.dumps(sorted(keys))]))


def _get_facts(snapshot: Snapshot, relation: str, keys: list[int]) -> dict[int, _Facts]:
    if not keys:
        return {}
    # Fewer columns are looked through where the rows are known by their places.
    sql = (
        f"SELECT comment_key, {', '.join(_Facts._fields)} FROM {relation} WHERE rowid IN "
        f"(SELECT rowid FROM {relation} WHERE comment_key IN (SELECT unnest(?::BIGINT[])))"
    )
    return {key: _Facts(*row) for key, *row in snapshot.ask(sql, [keys])}


def _get_details(snapshot: Snapshot, keys: list[int], *, with_all: bool) -> dict[int, _Detail]:
    if not keys:
        return {}
    if not with_all:
        paths = get_paths(snapshot.store, snapshot.state, "readings")
        if (found := find_details(paths, keys)) is not None:
            return {key: _Detail(*detail) for key, detail in found.items()}
    columns = _Detail._fields if with_all else _Detail._fields[:2]
    # Written out, the keys tell DuckDB which groups of rows it need not open.
    marks = ", ".join("?" * len(keys))
    sql = (
        f"SELECT comment_key, {', '.join(columns)} FROM {snapshot.relation_over('readings')} "
        f"WHERE comment_key IN ({marks})"
    )
    return {key: _Detail(*row) for key, *row in snapshot.ask(sql, keys)}


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
    names: Names,
    facts: _Facts,
    as_read: _Facts,
    detail: _Detail,
    answer: tuple[str, str, str | None],
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
    shown = {
        mention // 3: (probability, _make_spans(offsets))
        for mention, probability, offsets in zip(as_read.mentions, *detail[:2], strict=True)
    }
    first = _make_reading(names, as_read, shown, detail)
    reading = _make_reading(names, facts, shown, detail) if facts.is_corrected else first
    return ReadComment(comment, reading, str(facts.upload), first)


def _make_spans(offsets: list[int]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in zip(offsets[::2], offsets[1::2], strict=True))


def _make_reading(
    names: Names,
    facts: _Facts,
    shown: dict[int, tuple[float, tuple[Span, ...]]],
    detail: _Detail,
) -> Reading:
    """The reading that the facts tell of. A topic that a person added is certain, and shown by no
    words in particular."""
    mentions = tuple(
        Mention(
            names.topics[mention // 3],
            shown.get(mention // 3, (1.0, ()))[0],
            _SENTIMENTS[mention % 3 - 1],
            shown.get(mention // 3, (1.0, ()))[1],
        )
        for mention in facts.mentions
    )
    return Reading(
        mentions,
        facts.sentiment,
        facts.sentiment_score,
        facts.mixed,
        facts.urgency,
        tuple(detail.probabilities),
        names.models[facts.model_id],
        names.languages[facts.language_id],
        detail.vector,
    )
