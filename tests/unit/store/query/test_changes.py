"""One period against another, against their slow twins."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, filters, periods, scopes
from yousaid.errors import FilterError
from yousaid.records import EVERYWHERE
from yousaid.store import query
from yousaid.store.answers import Change, Period
from yousaid.store.filter import EVERYTHING

which = st.sampled_from(range(3))


@asked(80)
@given(which=which, scope=scopes, chosen=filters(), both=periods())
def test_compare_periods_agrees_with_twin(samples, which, scope, chosen, both):
    sample = samples[which]
    rows = [row for row in sample.rows if twin.is_in_scope(scope, row.comment)]
    found = query.compare_periods(scope, sample.snapshot, chosen, *both)
    assert [found.before, found.after] == [
        twin.count_period(rows, scope, chosen, period) for period in both
    ]
    expected = list(twin.list_changes(rows, scope, chosen, *both, 0))
    assert [(None, t.topic, t.before, t.after) for t in found.topics] == expected


@asked(80)
@given(
    which=which,
    scope=scopes,
    chosen=filters(),
    both=periods(),
    level=st.integers(0, 3),
    of=st.sampled_from(["comments", "positive", "negative"]),
)
def test_get_changes_agrees_with_twin(samples, which, scope, chosen, both, level, of):
    sample = samples[which]
    rows = [row for row in sample.rows if twin.is_in_scope(scope, row.comment)]
    found = query.get_changes(
        scope, sample.snapshot, chosen, *both, of=of, level=level, count=10_000
    )
    name = "comment_count" if of == "comments" else f"{of}_count"
    expected = [
        Change(
            *(place, topic, before, after),
            query.standardise_difference(
                getattr(before, name),
                before.all_comment_count,
                getattr(after, name),
                after.all_comment_count,
            ),
        )
        for place, topic, before, after in twin.list_changes(rows, scope, chosen, *both, level)
    ]
    assert list(found) == sorted(expected, key=lambda change: -abs(change.difference))


def test_get_changes_gives_no_more_than_asked_for(sample):
    both = Period(date(2025, 11, 1), date(2026, 1, 15)), Period(date(2026, 1, 16), date.max)
    ask = {"of": "comments", "level": 1}
    every = query.get_changes(EVERYWHERE, sample.snapshot, EVERYTHING, *both, **ask)
    few = query.get_changes(EVERYWHERE, sample.snapshot, EVERYTHING, *both, **ask, count=2)
    assert len(every) > 2
    assert few == every[:2]


def test_periods_that_overlap_are_refused(sample):
    both = Period(date(2026, 1, 1), date(2026, 2, 1)), Period(date(2026, 2, 1), date(2026, 3, 1))
    with pytest.raises(FilterError, match="overlap"):
        query.compare_periods(EVERYWHERE, sample.snapshot, EVERYTHING, *both)


def test_period_refuses_a_first_day_after_the_last():
    with pytest.raises(FilterError, match="Swap them"):
        Period(date(2026, 2, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Fleiss's way by hand: pooled 0.3, standard error √(0.3 × 0.7 × 0.02).
        ((20, 100, 40, 100), 0.2 / 0.0648074069840786),
        ((40, 100, 20, 100), -0.2 / 0.0648074069840786),
        ((5, 10, 50, 100), 0.0),
        ((0, 0, 5, 10), 0.0),
        ((0, 10, 0, 10), 0.0),
        ((10, 10, 10, 10), 0.0),
    ],
)
def test_standardise_difference(counts, expected):
    assert query.standardise_difference(*counts) == pytest.approx(expected)
