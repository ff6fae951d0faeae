"""Counts in all, by topic and by month, against their slow twins."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, filters, scopes
from yousaid.records import EVERYWHERE
from yousaid.store import query
from yousaid.store.filter import EVERYTHING

which = st.sampled_from(range(3))


@asked(250)
@given(which=which, scope=scopes, chosen=filters())
def test_get_totals_agrees_with_twin(samples, which, scope, chosen):
    sample = samples[which]
    expected = twin.get_totals(sample.rows, scope, chosen)
    assert query.get_totals(scope, sample.snapshot, chosen) == expected
    assert query.get_comment_count(scope, sample.snapshot, chosen) == expected.comment_count
    dates = (expected.first_date, expected.last_date)
    assert query.get_dates(scope, sample.snapshot, chosen) == dates


@asked(150)
@given(which=which, scope=scopes, chosen=filters())
def test_get_topic_counts_agrees_with_twin(samples, which, scope, chosen):
    sample = samples[which]
    expected = twin.get_topic_counts(sample.rows, scope, chosen)
    assert query.get_topic_counts(scope, sample.snapshot, chosen) == expected


@asked(100)
@given(which=which, scope=scopes, chosen=filters())
def test_get_months_agrees_with_twin(samples, which, scope, chosen):
    sample = samples[which]
    expected = twin.get_months(sample.rows, scope, chosen)
    assert query.get_months(scope, sample.snapshot, chosen) == expected


def test_months_and_undated_make_up_the_totals(sample):
    totals = query.get_totals(EVERYWHERE, sample.snapshot, EVERYTHING)
    months = query.get_months(EVERYWHERE, sample.snapshot, EVERYTHING)
    dated = sum(month.response_count for month in months)
    assert dated + totals.undated_count == totals.response_count
    assert months[-1].month - months[0].month > timedelta(days=100)
