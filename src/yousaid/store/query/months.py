"""How much there is in each month."""

from collections.abc import Iterator
from datetime import date

from yousaid.records import SCORES, Scope
from yousaid.store.answers import Dimension, MonthCount, Value
from yousaid.store.filter import Filter, without_reading
from yousaid.store.query.axes import Axis, make_axis
from yousaid.store.query.feelings import Feelings, choose_feelings
from yousaid.store.query.rollup import find_rollup, sum_rollup
from yousaid.store.query.select import select
from yousaid.store.query.tally import NOTHING, Table, tally_comments
from yousaid.store.query.totals import count_responses, get_dates, list_counts
from yousaid.store.snapshot import Snapshot


def get_months(scope: Scope, snapshot: Snapshot, chosen: Filter) -> tuple[MonthCount, ...]:
    """Every month from the first to the last that the denominator has a row in, oldest first."""
    names, base = snapshot.names, without_reading(chosen)
    month = make_axis(Dimension("month"), names, feelings_repeat=False)
    feelings = choose_feelings({"month"}, {"month"}, chosen, names)
    comments = _tally(scope, snapshot, chosen, month, feelings)
    every = comments if base == chosen else _tally(scope, snapshot, base, month, feelings)
    months = _list_months(*get_dates(scope, snapshot, base))
    scores: dict[Value, dict[Value, int]] = {}
    for (first_day, code), count in count_responses(scope, snapshot, chosen).items():
        scores.setdefault(first_day, {})[code] = count
    return tuple(
        MonthCount(
            first_day,
            sum(scores.get(first_day, {}).values()),
            list_counts(scores.get(first_day, {}), SCORES),
            *comments.get((first_day,), NOTHING)[1:],
            all_comment_count=every.get((first_day,), NOTHING).comment_count,
        )
        for first_day in months
    )


def _tally(
    scope: Scope, snapshot: Snapshot, chosen: Filter, month: Axis, feelings: Feelings
) -> Table:
    if rolled_up := find_rollup(scope, snapshot, chosen, Dimension("month")):
        return sum_rollup(rolled_up, [month])
    with select(scope, snapshot, chosen) as selected:
        return tally_comments(selected, [month], feelings)


def _list_months(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None and last is not None:
        for number in range(first.year * 12 + first.month, last.year * 12 + last.month + 1):
            yield date((number - 1) // 12, (number - 1) % 12 + 1, 1)
