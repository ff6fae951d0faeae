"""One period against another, and what changed most."""

import heapq
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
from yousaid.store.query.tally import NOTHING, Key, Table, Tally, tally_comments
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
    whole, base_filter = asked.tally(chosen, []), without_reading(chosen)
    base = whole if base_filter == chosen else asked.tally(base_filter, [])
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
    differences = _list_differences(cells, base, of)
    # Wards by topics are thousands, of which few are wanted.
    most = heapq.nsmallest(count, differences, key=lambda found: (-abs(found[1]), _order(found[0])))
    return tuple(_make_change(cells, base, *found) for found in most)


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
            return tally_comments(selected, [*axes, self._axis], feelings, self._is_within)

    @property
    def _axis(self) -> Axis:
        """The second period or the first."""
        return Axis(None, ("(date >= ?::DATE)::INTEGER", [self._last.first_date]), self._read)

    def _read(self, is_last: int) -> int:
        return int(is_last if self._last == self.periods[1] else not is_last)

    @property
    def _last(self) -> Period:
        return max(self.periods, key=lambda period: period.first_date)

    @property
    def _is_within(self) -> Sql:
        days = [day for period in self.periods for day in (period.first_date, period.last_date)]
        return "(date BETWEEN ?::DATE AND ?::DATE OR date BETWEEN ?::DATE AND ?::DATE)", [*days]


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


def _list_differences(cells: Table, base: Table, measure: Measure) -> Iterator[tuple[Key, float]]:
    """Each place, if any, and topic with how far its shares lie apart."""
    field = Tally._fields.index("comment_count" if measure == "comments" else f"{measure}_count")
    # Comments without a topic, and those of no place at this level, are no one's to act on.
    for key in {key[:-1] for key in cells if None not in key}:
        counts = [
            number
            for period in (0, 1)
            for number in (
                cells.get((*key, period), NOTHING)[field],
                base.get((*key[:-1], period), NOTHING).comment_count,
            )
        ]
        yield key, standardise_difference(*counts)


def _order(key: Key) -> tuple[Value, ...]:
    return (*key[:-1], *_place(key[-1]))


def _make_change(cells: Table, base: Table, key: Key, difference: float) -> Change:
    before, after = _make_counts(cells, base, key, key[:-1])
    place = key[0] if len(key) > 1 and isinstance(key[0], tuple) else None
    return Change(place, str(key[-1]), before, after, difference)
