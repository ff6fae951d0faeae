# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""People's corrections of readings: kept by comment id, and laid on the facts in memory.

A correction is never lost by reading comments with a newer model: it stands in the app database,
under the comment's own id, and counts for whatever the model says.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import duckdb
from sqlalchemy import Connection, func, select

from yousaid.records import Correction
from yousaid.store.app import CORRECTION
from yousaid.store.schema import SENTIMENT_CODES


def read_corrections(app: Connection) -> dict[str, Correction]:
    """The correction that counts of each comment that has one, by comment id."""
    last = (
        select(func.max(CORRECTION.c.number).label("number"))
        .group_by(CORRECTION.c.comment_id)
        .subquery()
    )
    query = select(CORRECTION.c.comment_id, CORRECTION.c["values"]).join(
        last, CORRECTION.c.number == last.c.number
    )
    found = {comment_id: read_correction(values) for comment_id, values in app.execute(query)}
    return {comment_id: correction for comment_id, correction in found.items() if correction}


def write_correction(correction: Correction | None) -> str:
    """A correction as the app database keeps it; None is one that takes the earlier ones back."""
    return json.dumps(asdict(correction) if correction else None)


def read_correction(written: str) -> Correction | None:
    """The correction that `write_correction` wrote."""
    values = json.loads(written)
    if values is None:
        return None
    if values["mentions"] is not None:
        values["mentions"] = tuple((topic, sentiment) for topic, sentiment in values["mentions"])
    return Correction(**values)


def get_sentiment_score(level: int) -> float:
    """The score −1…1 of a level that a person gave: the levels lie evenly."""
    return (3 - level) / 2


def lay_on(
    database: duckdb.DuckDBPyConnection,
    corrections: Mapping[int, Correction],
    topics: Mapping[int, str],
) -> None:
    """Change the rows of `facts` with these keys to what was said; each is in `uncorrected` from
    then on. `topics` are ids by code."""
    codes = {topic: code for code, topic in topics.items()}
    rows = [(key, correction) for key, correction in corrections.items()]
    mentions = [_code_mentions(correction, codes) for _, correction in rows]
    database.execute(
        """
        CREATE OR REPLACE TEMP TABLE said AS SELECT unnest(?::BIGINT[]) AS comment_key,
            unnest(?::TINYINT[]) AS sentiment, unnest(?::FLOAT[]) AS sentiment_score,
            unnest(?::BOOLEAN[]) AS mixed, unnest(?::FLOAT[]) AS urgency,
            unnest(?::BIGINT[]) AS topic_mask, unnest(?::BIGINT[]) AS positive_mask,
            unnest(?::BIGINT[]) AS negative_mask, unnest(?::SMALLINT[][]) AS mentions""",
        [
            [key for key, _ in rows],
            [said.sentiment for _, said in rows],
            [get_sentiment_score(said.sentiment) if said.sentiment else None for _, said in rows],
            [said.mixed for _, said in rows],
            [None if said.urgent is None else float(said.urgent) for _, said in rows],
            [None if found is None else _make_mask(found, {-1, 0, 1}) for found in mentions],
            [None if found is None else _make_mask(found, {1}) for found in mentions],
            [None if found is None else _make_mask(found, {-1}) for found in mentions],
            [
                None if found is None else [code * 3 + sentiment + 1 for code, sentiment in found]
                for found in mentions
            ],
        ],
    )
    database.execute("INSERT INTO uncorrected FROM facts SEMI JOIN said USING (comment_key)")
    changed = (
        "sentiment", "sentiment_score", "mixed", "urgency",
        "topic_mask", "positive_mask", "negative_mask", "mentions",
    )  # fmt: skip
    assigned = ", ".join(f"{name} = coalesce(said.{name}, facts.{name})" for name in changed)
    database.execute(
        f"UPDATE facts SET {assigned}, is_corrected = true FROM said "
        "WHERE facts.comment_key = said.comment_key"
    )
    database.execute("DROP TABLE said")


def _code_mentions(
    correction: Correction, codes: Mapping[str, int]
) -> list[tuple[int, int]] | None:
    if correction.mentions is None:
        return None
    return [
        (codes[topic], SENTIMENT_CODES[sentiment])
        for topic, sentiment in correction.mentions
        # Of a framework that this store was never read with: nothing can ask for it.
        if topic in codes
    ]


def _make_mask(mentions: Iterable[tuple[int, int]], sentiments: set[int]) -> int:
    return sum(1 << code for code, sentiment in mentions if sentiment in sentiments)
