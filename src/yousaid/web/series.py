"""Figures over time, as counts: of all that is chosen, or of each topic or place in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from yousaid.records import SCORES
from yousaid.store.answers import CrossTab, Dimension, DimensionKind, Value
from yousaid.store.filter import Filter
from yousaid.store.query import get_cross_tab
from yousaid.store.snapshot import Snapshot
from yousaid.web.presenters.measures import Measure
from yousaid.web.site import Site

Step = Literal["week", "month", "quarter"]
STEPS: tuple[Step, ...] = ("week", "month", "quarter")
ALL_SCORES = tuple(range(1, len(SCORES) + 1))


@dataclass(frozen=True, slots=True)
class Series:
    """Counts by period, oldest first and without gaps; `out_of` is of the same periods, None for a
    measure that is no share. `value` is the topic or place that it is of, None of all."""

    value: Value
    periods: tuple[date, ...]
    counts: tuple[int, ...]
    out_of: tuple[int, ...] | None


def load_series(
    site: Site,
    snapshot: Snapshot,
    chosen: Filter,
    measure: Measure,
    step: Step,
    split: Dimension | None = None,
) -> tuple[Series, ...]:
    """A series for all that is chosen, or one for each value of `split`."""
    if measure.basis == "responses":
        return _load_scores(site, snapshot, chosen, measure, step, split)
    tab = get_cross_tab(site.scope, snapshot, chosen, Dimension(step), split, with_responses=False)
    periods = _list_periods(tab)
    # Behind the periods there may be what has no date.
    every = [counts.base_comment_count for counts in tab.row_totals[: len(periods)]]
    found = []
    for place, value in _list_values(tab):
        cells = [
            tab.row_totals[row] if place is None else tab.cells[row][place]
            for row in range(len(periods))
        ]
        # A topic's share is of all comments, a place's of its own.
        is_part = split is not None and split.kind == "place"
        out_of = [cell.base_comment_count for cell in cells] if is_part else every
        found.append(
            Series(
                value,
                periods,
                tuple(measure.count(cell) for cell in cells),
                None if measure.basis == "count" else tuple(out_of),
            )
        )
    return tuple(found)


def _load_scores(
    site: Site,
    snapshot: Snapshot,
    chosen: Filter,
    measure: Measure,
    step: Step,
    split: Dimension | None,
) -> tuple[Series, ...]:
    of_these, of_all = (
        get_cross_tab(site.scope, snapshot, replace(chosen, scores=scores), Dimension(step), split)
        for scores in (measure.scores, ALL_SCORES)
    )
    periods = _list_periods(of_all)
    counts, totals = _index(of_these), _index(of_all)
    return tuple(
        Series(
            value,
            periods,
            tuple(counts.get((period, value), 0) for period in periods),
            tuple(totals.get((period, value), 0) for period in periods),
        )
        for _, value in _list_values(of_all)
    )


def _list_periods(tab: CrossTab) -> tuple[date, ...]:
    return tuple(value for value in tab.row_values if isinstance(value, date))


def _list_values(tab: CrossTab) -> list[tuple[int | None, Value]]:
    """The values split by with their places; what has no value is nobody's to look at."""
    if tab.columns is None:
        return [(None, None)]
    return [(place, value) for place, value in enumerate(tab.column_values) if value is not None]


def _index(tab: CrossTab) -> dict[tuple[Value, Value], int]:
    """Responses by period and value."""
    if tab.columns is None:
        return {
            (period, None): counts.response_count or 0
            for period, counts in zip(tab.row_values, tab.row_totals, strict=True)
        }
    return {
        (period, value): counts.response_count or 0
        for period, row in zip(tab.row_values, tab.cells, strict=True)
        for value, counts in zip(tab.column_values, row, strict=True)
    }


def choose_level(
    chosen: Filter, places: Sequence[tuple[tuple[str, ...], int]], least: int = 2
) -> Dimension | None:
    """The level of places to set beside each other: one step further in than the place chosen, or
    the widest that holds at least so many, failing that the widest of two; None where there is
    none."""
    if len(chosen.places) == 1:
        depth = len(chosen.places[0]) + 1
        return Dimension("place", depth) if any(len(unit) == depth for unit, _ in places) else None
    counts = Counter(len(unit) for unit, _ in places)
    for enough in (least, 2):
        for depth in sorted(counts):
            if counts[depth] >= enough:
                return Dimension("place", depth)
    return None


def choose_split(
    chosen: Filter, key: str, places: Sequence[tuple[tuple[str, ...], int]]
) -> Dimension | None:
    """What to split by: “topic”, “place”, or nothing."""
    if key == "place":
        return choose_level(chosen, places)
    kind: DimensionKind = "topic"
    return Dimension(kind) if key == "topic" else None
