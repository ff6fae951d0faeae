# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""How much there is, in all and by topic."""

from collections.abc import Mapping, Sequence
from datetime import date

from yousaid.frameworks import get_framework
from yousaid.records import SCORES, SENTIMENT_LEVELS, Scope
from yousaid.store.answers import TopicCount, Totals, Value
from yousaid.store.filter import URGENT_FROM, Filter
from yousaid.store.query.select import select
from yousaid.store.snapshot import Snapshot


def get_totals(scope: Scope, snapshot: Snapshot, chosen: Filter) -> Totals:
    """How many responses and comments there are, by score and by sentiment."""
    by_sentiment_sql = """
        SELECT sentiment, count(*), count(*) FILTER (mixed), count(*) FILTER (urgency >= ?)
        FROM selected WHERE has_text GROUP BY sentiment"""
    with select(scope, snapshot, chosen) as selected:
        is_first, count = selected.responses
        by_score = selected.ask(f"""
            SELECT score, {count}, {count} FILTER (date IS NULL), min(date), max(date)
            FROM selected WHERE {is_first} GROUP BY score""")
        by_sentiment = selected.ask(by_sentiment_sql, [URGENT_FROM])
    scores = {row[0]: row[1] for row in by_score}
    levels = {row[0]: row[1] for row in by_sentiment}
    return Totals(
        response_count=sum(scores.values()),
        comment_count=sum(levels.values()),
        score_counts=list_counts(scores, SCORES),
        unscored_count=scores.get(None, 0),
        sentiment_counts=list_counts(levels, SENTIMENT_LEVELS),
        mixed_count=sum(row[2] for row in by_sentiment),
        urgent_count=sum(row[3] for row in by_sentiment),
        first_date=min((row[3] for row in by_score if row[3]), default=None),
        last_date=max((row[4] for row in by_score if row[4]), default=None),
        undated_count=sum(row[2] for row in by_score),
    )


def get_comment_count(scope: Scope, snapshot: Snapshot, chosen: Filter) -> int:
    """The `comment_count` of `get_totals` alone, in a quarter of the time."""
    with select(scope, snapshot, chosen) as selected:
        [(count,)] = selected.ask("SELECT count(*) FROM selected WHERE has_text")
    return int(count)


def get_dates(scope: Scope, snapshot: Snapshot, chosen: Filter) -> tuple[date | None, date | None]:
    """The `first_date` and `last_date` of `get_totals` alone; None where nothing has a date."""
    with select(scope, snapshot, chosen) as selected:
        [(first, last)] = selected.ask("SELECT min(date), max(date) FROM selected")
    return first, last


def list_counts(counts: Mapping[Value, int], codes: Sequence[str]) -> tuple[int, ...]:
    """The counts of codes 1, 2 …, one for each of their names."""
    return tuple(counts.get(code, 0) for code in range(1, len(codes) + 1))


# A blank answer has no mentions.
SQL_FOR_MENTIONS = """
    SELECT mention, count(*) FROM (SELECT unnest(mentions) AS mention FROM selected)
    GROUP BY mention"""


def get_topic_counts(scope: Scope, snapshot: Snapshot, chosen: Filter) -> tuple[TopicCount, ...]:
    """The topics of the comments that match (all of them, chosen or not), most frequent first."""
    with select(scope, snapshot, chosen) as selected:
        counts: dict[int, int] = dict(selected.ask(SQL_FOR_MENTIONS))
    found = []
    for code in {mention // 3 for mention in counts}:
        negative, neutral, positive = (counts.get(code * 3 + n, 0) for n in range(3))
        total = negative + neutral + positive
        found.append(TopicCount(snapshot.names.topics[code], total, positive, neutral, negative))
    return tuple(sorted(found, key=lambda t: (-t.comment_count, place_topic(t.topic), t.topic)))


_PLACES = {topic: place for place, topic in enumerate(get_framework().topic_ids)}


def place_topic(topic: str) -> int:
    """Where a topic stands in the framework; those that it does not have come last."""
    return _PLACES.get(topic, len(_PLACES))
