# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""The dimensions of a cross-tab as SQL: how the rows of a selection come by their values.

An axis is an expression on the columns of a row. Where a row can have several values, it is first
repeated, once for each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yousaid.frameworks import get_framework
from yousaid.records import QUESTION_KINDS
from yousaid.store.answers import Dimension, DimensionKind, Value
from yousaid.store.filter import SENTIMENT_CODES, Sql, make_mask
from yousaid.store.names import Names

# From the name of a relation to a query of the same rows, each once for every value it has.
Repeat = Callable[[str], Sql]


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of the rows of a selection.

    `code` is an expression on the columns of the rows, after `repeat` where there is one; it is
    None for sentiments, which follow from a code of the rows (`feelings.py`). `is_of_comments` says
    that rows without text have no value, `has_repeats` that a comment can have several. `read`
    makes a value of a code, NULL only being none.
    """

    kind: DimensionKind | None
    code: Sql | None
    read: Callable[[Any], Value]
    is_of_comments: bool = False
    has_repeats: bool = False
    repeat: Repeat | None = None


# Months, quarters and weeks as numbers, which takes half the time of `date_trunc`. The first day
# of the calendar was a Monday.
_TIME: dict[DimensionKind, tuple[str, Callable[[int], date]]] = {
    "week": ("(date - DATE '0001-01-01') // 7", lambda n: date(1, 1, 1) + timedelta(days=7 * n)),
    "month": ("year(date) * 12 + month(date) - 1", lambda n: date(n // 12, n % 12 + 1, 1)),
    "quarter": ("year(date) * 4 + quarter(date) - 1", lambda n: date(n // 4, n % 4 * 3 + 1, 1)),
}


def make_axis(dimension: Dimension, names: Names, *, feelings_repeat: bool) -> Axis:
    """The axis of a dimension. `feelings_repeat` says that a comment can have several
    sentiments."""
    kind = dimension.kind
    if kind in _TIME:
        code, read_day = _TIME[kind]
        return Axis(kind, (code, []), lambda n: None if n is None else read_day(n))
    if kind == "score":
        return Axis(kind, ("score", []), _keep)
    if kind == "kind":
        return Axis(kind, ("kind", []), QUESTION_KINDS.__getitem__, is_of_comments=True)
    if kind == "question":
        return Axis(kind, ("question_id", []), names.questions.__getitem__, is_of_comments=True)
    if kind == "source":
        return Axis(kind, ("source_id", []), lambda number: names.sources[number] or None)
    if kind == "topic":
        return Axis(kind, TOPIC, _read_with(names.topics), True, True, _repeat_topics)
    if kind == "category":
        return _make_category_axis(names)
    if kind == "sentiment":
        read = _read_with({code: sentiment for sentiment, code in SENTIMENT_CODES.items()})
        return Axis(kind, None, read, True, feelings_repeat)
    if kind == "place":
        level = dimension.level
        parts = {n: u[:level] if len(u) >= level else None for n, u in names.places.items()}
        return _make_mapped_axis(kind, "place_id", parts)
    values = {n: traits.get(dimension.name) for n, traits in names.persons.items()}
    return _make_mapped_axis(kind, "person_id", values)


def _keep(value: Value) -> Value:
    return value


def _read_with(meaning: Mapping[int, Value]) -> Callable[[Any], Value]:
    return lambda code: None if code is None else meaning[code]


def _make_mapped_axis(kind: DimensionKind, column: str, meaning: Mapping[int, Value]) -> Axis:
    """An axis of a number of which several mean the same: they are counted together."""
    values = list(dict.fromkeys(meaning.values()))
    place_of = {value: place for place, value in enumerate(values)}
    # By number, from 0 on: found in half the time of a join.
    found = [
        place_of[meaning[number]] if number in meaning else None
        for number in range(max(meaning, default=-1) + 1)
    ]

    code = f"list_extract(?::INTEGER[], {column} + 1)"
    return Axis(kind, (code, [found]), _read_with(dict(enumerate(values))))


TOPIC: Sql = ("mention // 3", [])


def _repeat_topics(source: str) -> Sql:
    # Unnesting drops the comments without a topic; to give each an empty one costs twice as much.
    return (
        f"SELECT *, unnest(mentions) AS mention FROM {source} "
        f"UNION ALL SELECT *, NULL AS mention FROM {source} WHERE topic_mask = 0"
    ), []


def _make_category_axis(names: Names) -> Axis:
    categories = get_framework().categories
    masks = [make_mask(names, [topic.id for topic in topics]) for topics in categories.values()]

    def repeat(source: str) -> Sql:
        # The last row is for the comments in none; joined as ranges are, it is still quicker than
        # a list of categories for each comment.
        sql = (
            f"SELECT found.*, category, category_mask FROM {source} AS found JOIN (SELECT "
            "unnest(?::BIGINT[]) AS category_mask, unnest(?::INTEGER[]) AS category) AS categories "
            "ON CASE WHEN category IS NULL THEN (topic_mask & category_mask) = 0 "
            "ELSE (topic_mask & category_mask) <> 0 END"
        )
        return sql, [[*masks, sum(masks)], [*range(len(masks)), None]]

    read = _read_with(dict(enumerate(categories)))
    return Axis("category", ("category", []), read, True, True, repeat)
