"""How much there is, in all and by topic."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from weakref import WeakKeyDictionary

from yousaid.frameworks import get_framework
from yousaid.records import SCORES, SENTIMENT_LEVELS, Scope
from yousaid.store.answers import Dimension, TopicCount, Totals, Value
from yousaid.store.filter import URGENT_FROM, Filter
from yousaid.store.query.axes import make_axis
from yousaid.store.query.feelings import OF_COMMENT
from yousaid.store.query.rollup import count_comments, count_mentions, find_rollup
from yousaid.store.query.select import select
from yousaid.store.query.tally import Key, tally_responses
from yousaid.store.snapshot import Snapshot


def get_totals(scope: Scope, snapshot: Snapshot, chosen: Filter) -> Totals:
    """How many responses and comments there are, by score and by sentiment."""
    responses = count_responses(scope, snapshot, chosen)
    first_date, last_date = get_dates(scope, snapshot, chosen)
    by_sentiment_sql = """
        SELECT sentiment, count(*), count(*) FILTER (mixed), count(*) FILTER (urgency >= ?)
        FROM selected WHERE has_text GROUP BY sentiment"""
    with select(scope, snapshot, chosen) as selected:
        by_sentiment = selected.ask(by_sentiment_sql, [URGENT_FROM])
    scores = Counter[Value]()
    for (_, score), count in responses.items():
        scores[score] += count
    levels = {row[0]: row[1] for row in by_sentiment}
    return Totals(
        response_count=scores.total(),
        comment_count=sum(levels.values()),
        score_counts=list_counts(scores, SCORES),
        unscored_count=scores[None],
        sentiment_counts=list_counts(levels, SENTIMENT_LEVELS),
        mixed_count=sum(row[2] for row in by_sentiment),
        urgent_count=sum(row[3] for row in by_sentiment),
        first_date=first_date,
        last_date=last_date,
        undated_count=sum(count for (month, _), count in responses.items() if month is None),
    )


def count_responses(scope: Scope, snapshot: Snapshot, chosen: Filter) -> dict[Key, int]:
    """The responses by the first day of their month and by score, each None where there is none."""
    known = _responses.setdefault(snapshot, {})
    if (scope, chosen) not in known:
        axes = [
            make_axis(Dimension(kind), snapshot.names, feelings_repeat=False)
            for kind in ("month", "score")
        ]
        with select(scope, snapshot, chosen) as selected:
            known[scope, chosen] = tally_responses(selected, axes, OF_COMMENT)
    return known[scope, chosen]


# To count responses apart is the longest question of a page, which needs the answer twice.
_responses: WeakKeyDictionary[Snapshot, dict[tuple[Scope, Filter], dict[Key, int]]] = (
    WeakKeyDictionary()
)


def get_comment_count(scope: Scope, snapshot: Snapshot, chosen: Filter) -> int:
    """The `comment_count` of `get_totals` alone, in a quarter of the time."""
    if rolled_up := find_rollup(scope, snapshot, chosen):
        return count_comments(rolled_up)
    with select(scope, snapshot, chosen) as selected:
        [(count,)] = selected.ask("SELECT count(*) FROM selected WHERE has_text")
    return int(count)


def get_dates(scope: Scope, snapshot: Snapshot, chosen: Filter) -> "_Dates":
    """The `first_date` and `last_date` of `get_totals` alone; None where nothing has a date."""
    # A page asks this of several filters, most of them the same.
    known = _dates.setdefault(snapshot, {})
    if (scope, chosen) not in known:
        with select(scope, snapshot, chosen) as selected:
            [known[scope, chosen]] = selected.ask("SELECT min(date), max(date) FROM selected")
    return known[scope, chosen]


_Dates = tuple[date | None, date | None]
_dates: WeakKeyDictionary[Snapshot, dict[tuple[Scope, Filter], _Dates]] = WeakKeyDictionary()


def list_counts(counts: Mapping[Value, int], codes: Sequence[str]) -> tuple[int, ...]:
    """The counts of codes 1, 2 …, one for each of their names."""
    return tuple(counts.get(code, 0) for code in range(1, len(codes) + 1))


# A blank answer has no mentions.
SQL_FOR_MENTIONS = """
    SELECT mention, count(*) FROM (SELECT unnest(mentions) AS mention FROM selected)
    GROUP BY mention"""


def get_topic_counts(scope: Scope, snapshot: Snapshot, chosen: Filter) -> tuple[TopicCount, ...]:
    """The topics of the comments that match (all of them, chosen or not), most frequent first."""
    if rolled_up := find_rollup(scope, snapshot, chosen, Dimension("topic")):
        counts = count_mentions(rolled_up)
    else:
        with select(scope, snapshot, chosen) as selected:
            counts = dict(selected.ask(SQL_FOR_MENTIONS))
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
