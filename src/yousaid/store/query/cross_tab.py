"""Counts by one or two dimensions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import repeat

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.records import QUESTION_KINDS, SCORES, TOPIC_SENTIMENTS, Scope
from yousaid.store.answers import Counts, CrossTab, Dimension, DimensionKind, Value
from yousaid.store.filter import Filter, without_reading
from yousaid.store.query.axes import Axis, make_axis
from yousaid.store.query.feelings import NO_FEELINGS, Feelings, choose_feelings
from yousaid.store.query.rollup import can_roll_up, tally_rollup
from yousaid.store.query.select import Selection, select, select_rollup
from yousaid.store.query.tally import (
    NOTHING,
    Kept,
    Key,
    Table,
    tally_margins,
    tally_rows,
)
from yousaid.store.query.totals import place_topic
from yousaid.store.snapshot import Snapshot


def get_cross_tab(
    scope: Scope,
    snapshot: Snapshot,
    chosen: Filter,
    rows: Dimension,
    columns: Dimension | None = None,
    *,
    with_responses: bool = True,
) -> CrossTab:
    """The comments that match by one dimension or two, with both margins and all denominators.

    Without responses it is quicker, most of all where the roll-up holds the answer: see
    `can_roll_up`. Raises FilterError where both dimensions are the same.
    """
    if rows == columns:
        raise FilterError("Rows and columns are the same. Choose two different dimensions.")
    asked = _Asked(
        scope, snapshot, chosen, (rows,) if columns is None else (rows, columns), with_responses
    )
    found = asked.tally(chosen)
    base_filter = without_reading(chosen)
    base = found if base_filter == chosen else asked.tally(base_filter)
    return _make_cross_tab(asked, found, base)


@dataclass(frozen=True)
class _Asked:
    """A question for a cross-tab."""

    scope: Scope
    snapshot: Snapshot
    chosen: Filter
    dimensions: tuple[Dimension, ...]
    with_responses: bool

    @property
    def kinds(self) -> set[DimensionKind]:
        return {dimension.kind for dimension in self.dimensions}

    @property
    def axes(self) -> list[Axis]:
        has_topics = self.chosen.topics or self.chosen.all_topics
        repeat = bool(has_topics) or not self.kinds.isdisjoint(("topic", "category"))
        names = self.snapshot.names
        return [make_axis(one, names, feelings_repeat=repeat) for one in self.dimensions]

    def tally(self, selecting: Filter) -> dict[Kept, Table]:
        """The counts under a filter, with all margins. Sentiments stay those of `chosen`."""
        axes = self.axes
        with select(self.scope, self.snapshot, selecting) as selected:
            count = self._choose_count(selecting, selected, axes)
            return tally_margins(axes, count, with_responses=self.with_responses)

    def _choose_count(
        self, selecting: Filter, selected: Selection, axes: Sequence[Axis]
    ) -> Callable[[Kept], Table]:
        is_held = self.scope.units is None and can_roll_up(
            selecting, self.dimensions, with_responses=self.with_responses
        )
        if is_held and (selecting == self.chosen or "sentiment" not in self.kinds):
            rolled_up = select_rollup(self.scope, self.snapshot, selecting)
            return lambda kept: tally_rollup(rolled_up, selected, [axes[n] for n in kept])

        def count(kept: Kept) -> Table:
            some = [axes[n] for n in kept]
            return tally_rows(
                selected,
                some,
                self._choose_feelings(selecting, some),
                with_responses=self.with_responses,
            )

        return count

    def _choose_feelings(self, selecting: Filter, axes: Sequence[Axis]) -> Feelings:
        if selecting != self.chosen and "sentiment" not in self.kinds:
            return NO_FEELINGS  # a denominator has none
        kinds = {axis.kind for axis in axes}
        return choose_feelings(kinds, self.kinds, self.chosen, self.snapshot.names)


def _make_cross_tab(
    asked: _Asked, found: Mapping[Kept, Table], base: Mapping[Kept, Table]
) -> CrossTab:
    axes, dimensions = asked.axes, asked.dimensions

    def list_counts(kept: Kept, keys: Iterable[Key]) -> tuple[Counts, ...]:
        # By columns, as there are thousands of places.
        listed = list(keys)
        responses, *comments = _list_columns(found[kept], listed)
        base_responses, base_comments, *_ = _list_columns(base[kept], listed)
        if not asked.with_responses:
            responses = base_responses = repeat(None)
        fields = zip(responses, *comments, base_responses, base_comments, strict=False)
        return tuple(map(_make_counts, fields))

    # A cell without a margin is of no response at all.
    values = [
        order_values(dimension, [key[0] for key in (*found[(n,)], *base[(n,)])])
        for n, dimension in enumerate(dimensions)
    ]
    row_values, column_values = values if len(values) > 1 else (values[0], [])
    return CrossTab(
        rows=dimensions[0],
        columns=dimensions[1] if len(dimensions) > 1 else None,
        row_values=tuple(row_values),
        column_values=tuple(column_values),
        cells=tuple(
            list_counts((0, 1), [(row, column) for column in column_values])
            if column_values
            else ()
            for row in row_values
        ),
        row_totals=list_counts((0,), [(value,) for value in row_values]),
        column_totals=list_counts((1,), [(value,) for value in column_values])
        if column_values
        else (),
        total=list_counts((), [()])[0],
        has_repeats=(axes[0].has_repeats, len(axes) > 1 and axes[1].has_repeats),
    )


_make_counts = partial(tuple.__new__, Counts)


def _list_columns(table: Table, keys: Sequence[Key]) -> Iterable[Iterable[int | None]]:
    """Each field of the tallies of these places."""
    return zip(*map(table.get, keys, repeat(NOTHING)), strict=True) if keys else [()] * len(NOTHING)


def order_values(dimension: Dimension, found: Iterable[Value]) -> list[Value]:
    """The values of a dimension in their order, None last."""
    present = set(found)
    values: list[Value] = list(_LISTS[dimension.kind](present - {None}))
    return [*values, None] if None in present else values


def _fill(following: Callable[[date], date]) -> Callable[[set[Value]], Iterable[Value]]:
    """Every date from the first to the last, by steps."""

    def fill(present: set[Value]) -> Iterable[Value]:
        days = [value for value in present if isinstance(value, date)]
        if days:
            day, last = min(days), max(days)
            yield day
            while day < last:
                day = following(day)
                yield day

    return fill


def _add_months(count: int) -> Callable[[date], date]:
    def add(month: date) -> date:
        number = month.year * 12 + month.month - 1 + count
        return date(number // 12, number % 12 + 1, 1)

    return add


def _sort(present: set[Value]) -> Iterable[Value]:
    return sorted(present)  # type: ignore[type-var]  # values of one dimension are of one type


def _sort_topics(present: set[Value]) -> Iterable[Value]:
    return sorted(present, key=lambda topic: (place_topic(str(topic)), str(topic)))


def _sort_categories(present: set[Value]) -> Iterable[Value]:
    return [category for category in get_framework().categories if category in present]


def _list_all(values: Sequence[Value]) -> Callable[[set[Value]], Iterable[Value]]:
    return lambda _: values


# What is listed of each dimension, given what was found.
_LISTS: dict[DimensionKind, Callable[[set[Value]], Iterable[Value]]] = {
    "week": _fill(lambda monday: monday + timedelta(days=7)),
    "month": _fill(_add_months(1)),
    "quarter": _fill(_add_months(3)),
    "topic": _sort_topics,
    "category": _sort_categories,
    "place": _sort,
    "question": _sort,
    "kind": _list_all(QUESTION_KINDS),
    "score": _list_all(range(1, len(SCORES) + 1)),
    "sentiment": _list_all(TOPIC_SENTIMENTS),
    "source": _sort,
    "demographic": _sort,
}
