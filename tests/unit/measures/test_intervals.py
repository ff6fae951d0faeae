import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from yousaid.measures import intervals
from yousaid.measures.intervals import MINIMUM_DENOMINATOR, Share, share

counts = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_share_agrees_with_scipy(pair):
    count, out_of = pair
    expected = binomtest(count, out_of).proportion_ci(method="wilson")
    found = share(count, out_of)
    assert found.low == pytest.approx(100 * expected.low, abs=1e-6)
    assert found.high == pytest.approx(100 * expected.high, abs=1e-6)


@given(counts)
def test_share_lies_within_its_interval(pair):
    found = share(*pair)
    assert 0 <= found.low <= found.percent <= found.high <= 100
    assert found.low < found.high


@given(counts)
def test_share_of_the_rest_mirrors(pair):
    count, out_of = pair
    found, rest = share(count, out_of), share(out_of - count, out_of)
    assert found.low == pytest.approx(100 - rest.high, abs=1e-9)


def test_share_narrows_with_more_responses():
    widths = [share(n, 2 * n).high - share(n, 2 * n).low for n in (5, 50, 500)]
    assert widths == sorted(widths, reverse=True)


def test_share_of_nothing_has_no_percentage():
    assert share(0, 0) == Share(0, 0, None, None, None)
    assert not share(0, 0).can_show


@pytest.mark.parametrize(("count", "out_of"), [(-1, 5), (6, 5), (1, 0), (0, -1)])
def test_share_refuses_what_is_no_share(count, out_of):
    with pytest.raises(ValueError, match="is no share"):
        share(count, out_of)


def test_can_show_from_the_minimum_on():
    assert not share(1, MINIMUM_DENOMINATOR - 1).can_show
    assert share(1, MINIMUM_DENOMINATOR).can_show


def test_examples_run():
    outcome = doctest.testmod(intervals)
    assert (outcome.failed, outcome.attempted) == (0, 3)
