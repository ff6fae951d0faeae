"""The SQL of each field of a filter: a condition on the columns of `facts`, never NULL.

Names become numbers here, in Python, and every number is bound. A name that the store has never
met is no row's.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from yousaid.records import LEVEL_SENTIMENTS, TOPIC_SENTIMENTS, TopicSentiment
from yousaid.store.names import Names

if TYPE_CHECKING:
    from yousaid.store.filter.fields import Filter

Sql = tuple[str, list[object]]
SqlFor = Callable[["Filter", Names], Sql]

# Urgency from which a comment is called urgent. The middle of the scale until the model is
# calibrated against comments that staff have marked.
URGENT_FROM = 0.5

# Which levels of the whole comment (1 very positive … 5 very negative) each word covers.
_LEVELS: dict[TopicSentiment, list[int]] = {
    sentiment: [
        level for level, found in enumerate(LEVEL_SENTIMENTS, start=1) if found == sentiment
    ]
    for sentiment in TOPIC_SENTIMENTS
}
_MASKS: dict[TopicSentiment, str] = {
    "positive": "positive_mask",
    "neutral": "(topic_mask & ~positive_mask & ~negative_mask)",
    "negative": "negative_mask",
}


def sql_for_ids(column: str, ids: Iterable[int]) -> Sql:
    """A condition that a number is one of these; none of them: never true."""
    # Half the time of a join, for one number as for three thousand.
    return f"list_contains(?::INTEGER[], {column})", [list(ids)]


def sql_for_codes(column: str, codes: Sequence[int]) -> Sql:
    """The same for a column that may be NULL and has few values."""
    # Half the time of the same within `coalesce`.
    return f"({column} IS NOT NULL AND list_contains(?::TINYINT[], {column}))", [list(codes)]


def sql_for_names(column: str, names: Mapping[int, str], chosen: Container[str]) -> Sql:
    """A condition that a number stands for one of these names."""
    return sql_for_ids(column, [number for number, name in names.items() if name in chosen])


def sql_for_places(names: Names, places: Iterable[tuple[str, ...]]) -> Sql:
    """A condition on `place_id`: one of the places, or below it. No places: never true."""
    wanted = set(places)
    depths = {len(place) for place in wanted}
    within = [
        number
        for number, unit in names.places.items()
        if any(unit[:depth] in wanted for depth in depths)
    ]
    return sql_for_ids("place_id", within)


def sql_for_demographics(chosen: Filter, names: Names) -> Sql:
    fitting = list(names.persons)
    for name, values in group_pairs(chosen.demographics):
        fitting = [number for number in fitting if names.persons[number].get(name) in values]
    return sql_for_ids("person_id", fitting)


def group_pairs(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Names, in alphabetical order, each with its values."""
    ordered = sorted(pairs, key=itemgetter(0))
    return [(name, [v for _, v in found]) for name, found in groupby(ordered, key=itemgetter(0))]


def make_mask(names: Names, topics: Iterable[str]) -> int:
    """The bits of these topics; those that the store does not know have none."""
    codes = {topic: code for code, topic in names.topics.items()}
    return sum(1 << codes[topic] for topic in set(topics) if topic in codes)


def sql_for_mask(sentiments: Iterable[TopicSentiment]) -> str:
    """The topics of a row that have one of these sentiments, as bits; all of them for none."""
    return " | ".join(_MASKS[sentiment] for sentiment in sentiments) or "topic_mask"


def sql_for_topics(chosen: Filter, names: Names) -> Sql:
    mask = sql_for_mask(chosen.sentiments)
    return f"(({mask}) & ?::BIGINT) <> 0", [make_mask(names, chosen.topics)]


def sql_for_all_topics(chosen: Filter, names: Names) -> Sql:
    mask = make_mask(names, chosen.all_topics)
    if mask.bit_count() < len(chosen.all_topics):
        return "false", []
    return f"(({sql_for_mask(chosen.sentiments)}) & ?::BIGINT) = ?", [mask, mask]


def sql_for_no_topics(chosen: Filter, names: Names) -> Sql:
    return "(topic_mask & ?::BIGINT) = 0", [make_mask(names, chosen.no_topics)]


def sql_for_sentiments(chosen: Filter) -> Sql:
    if chosen.topics or chosen.all_topics:
        return "true", []  # asked of each chosen topic, by the topics' own row
    return sql_for_codes("sentiment", [n for s in chosen.sentiments for n in _LEVELS[s]])


def sql_for_words() -> Sql:
    """What was found by the words, whose keys whoever asks puts into a relation `hits`."""
    return "comment_key IN (SELECT comment_key FROM hits)", []
