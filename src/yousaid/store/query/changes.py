"""One period against another, and what changed most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal

from yousaid.errors import FilterError
from yousaid.records import Scope
from yousaid.store.answers import (
    Change,
    Comparison,
    Dimension,
    Period,
    PeriodCounts,
    TopicComparison,
    Value,
)
from yousaid.store.filter import Filter, Sql, without_reading
from yousaid.store.query.axes import Axis, make_axis
from yousaid.store.query.feelings import choose_feelings
from yousaid.store.query.select import select
from yousaid.store.query.tally import NOTHING, Key, Table, tally_comments
from yousaid.store.query.totals import place_topic
from yousaid.store.snapshot import Snapshot

# What a change is of: all comments about a topic, or those that praise it, or that fault it.
Measure = Literal["comments", "positive", "negative"]


def compare_periods(
    scope: Scope, snapshot: Snapshot, chosen: Filter, before: Period, after: Period
) -> Comparison:
    """What was said in two periods, in all and about each topic; the filter's own dates are left
    out. Raises FilterError where the periods overlap."""
    asked = _Asked(scope, snapshot, chosen, (before, after))
    by_topic = asked.tally(chosen, [Dimension("topic")])
    whole = asked.tally(chosen, [])
    base = asked.tally(without_reading(chosen), [])
    topics = sorted((key[0] for key in by_topic if key[0]), key=_place)
    all_before, all_after = _make_counts(whole, base, ())
    return Comparison(
        before=all_before,
        after=all_after,
        topics=tuple(
            TopicComparison(str(topic), *_make_counts(by_topic, base, (topic,), ()))
            for topic in dict.fromkeys(topics)
        ),
    )


def get_changes(
    scope: Scope,
    snapshot: Snapshot,
    chosen: Filter,
    before: Period,
    after: Period,
    *,
    of: Measure,
    level: int = 0,
    count: int = 50,
) -> tuple[Change, ...]:
    """The topics whose share of the comments changed most between two periods, most first, whether
    it grew or shrank; no more than `count`.

    `of` says which comments about a topic are meant. At a level of places, 1 the widest, each
    topic is looked at in each place by itself; at 0 over all. Raises FilterError where the periods
    overlap.
    """
    asked = _Asked(scope, snapshot, chosen, (before, after))
    places = [Dimension("place", level)] if level else []
    cells = asked.tally(chosen, [*places, Dimension("topic")])
    base = asked.tally(without_reading(chosen), places)
    changes = sorted(_list_changes(cells, base, of), key=lambda c: -abs(c.difference))
    return tuple(changes[:count])


def standardise_difference(
    before_count: int, before_total: int, after_count: int, after_total: int
) -> float:
    """How far two shares lie apart in standard deviations, above 0 where the second is greater; 0
    where nothing can be told.

    The difference of two independent proportions over its standard error with the proportions
    pooled: J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates and Proportions,
    3rd edition, 2003, chapter 3, without the correction for continuity.
    """
    if not before_total or not after_total:
        return 0.0
    pooled = (before_count + after_count) / (before_total + after_total)
    variance = pooled * (1 - pooled) * (1 / before_total + 1 / after_total)
    difference = after_count / after_total - before_count / before_total
    return difference / sqrt(variance) if variance > 0 else 0.0


@dataclass(frozen=True)
class _Asked:
    """A question about two periods."""

    scope: Scope
    snapshot: Snapshot
    chosen: Filter
    periods: tuple[Period, Period]

    def __post_init__(self) -> None:
        one, other = sorted(self.periods, key=lambda period: period.first_date)
        if other.first_date <= one.last_date:
            raise FilterError("The two periods overlap. Choose two that do not.")

    def tally(self, selecting: Filter, dimensions: Sequence[Dimension]) -> Table:
        """The counts under a filter by the dimensions and, last in the keys, the period: 0, 1."""
        first = min(period.first_date for period in self.periods)
        last = max(period.last_date for period in self.periods)
        names = self.snapshot.names
        axes = [make_axis(one, names, feelings_repeat=True) for one in dimensions]
        kinds = {axis.kind for axis in axes}
        feelings = choose_feelings(kinds, kinds, self.chosen, names)
        within = replace(selecting, first_date=first, last_date=last)
        with select(self.scope, self.snapshot, within) as selected:
            axis = Axis(None, self._add_period, int)
            return tally_comments(selected, [*axes, axis], feelings)

    def _add_period(self, source: str, name: str) -> Sql:
        [before, after] = self.periods
        sql = (
            f"SELECT * FROM (SELECT *, CASE WHEN date BETWEEN ?::DATE AND ?::DATE THEN 0 "  # noqa: S608 (every value is bound)
            f"WHEN date BETWEEN ?::DATE AND ?::DATE THEN 1 END AS {name} FROM {source}) "
            f"WHERE {name} IS NOT NULL"
        )
        return sql, [before.first_date, before.last_date, after.first_date, after.last_date]


def _place(topic: Value) -> tuple[int, str]:
    return place_topic(str(topic)), str(topic)


def _make_counts(
    cells: Table, base: Table, key: Key, base_key: Key = ()
) -> tuple[PeriodCounts, PeriodCounts]:
    """What there is before and after at one place."""
    before, after = (
        PeriodCounts(
            *cells.get((*key, period), NOTHING)[1:],
            all_comment_count=base.get((*base_key, period), NOTHING).comment_count,
        )
        for period in (0, 1)
    )
    return before, after


def _list_changes(cells: Table, base: Table, measure: Measure) -> Iterator[Change]:
    # Comments without a topic, and those of no place at this level, are no one's to act on.
    keys = {key[:-1] for key in cells if None not in key}
    for *places, topic in sorted(keys, key=lambda key: (*key[:-1], *_place(key[-1]))):
        before, after = _make_counts(cells, base, (*places, topic), tuple(places))
        difference = standardise_difference(
            _get_count(before, measure),
            before.all_comment_count,
            _get_count(after, measure),
            after.all_comment_count,
        )
        place = places[0] if places and isinstance(places[0], tuple) else None
        yield Change(place, str(topic), before, after, difference)


def _get_count(counts: PeriodCounts, measure: Measure) -> int:
    if measure == "comments":
        return counts.comment_count
    return counts.positive_count if measure == "positive" else counts.negative_count
