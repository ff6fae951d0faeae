import doctest
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from yousaid.measures import intervals
from yousaid.measures.intervals import (
    MINIMUM_DENOMINATOR,
    MINIMUM_FOR_MEDIAN,
    Difference,
    Median,
    Share,
    difference,
    median,
    rate,
    share,
    wilson,
)

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


@pytest.mark.parametrize(
    ("count", "out_of"), [(-1, 5), (6, 5), (1, 0), (0, -1), (1.5, 3), (1, 2.5), (nan, 5), (0, nan)]
)
def test_share_refuses_what_is_no_share(count, out_of):
    with pytest.raises(ValueError, match="is no share"):
        share(count, out_of)


def test_share_takes_whole_numbers_of_other_kinds():
    assert share(np.int64(3), np.int64(10)) == share(3, 10)


@pytest.mark.parametrize(
    ("rate", "size"), [(1.1, 5), (-0.1, 5), (nan, 5), (0.5, 0), (0.5, inf), (0.5, nan)]
)
def test_wilson_refuses_what_has_no_interval(rate, size):
    with pytest.raises(ValueError, match="has no interval"):
        wilson(rate, size)


def test_can_show_from_the_minimum_on():
    assert not share(1, MINIMUM_DENOMINATOR - 1).can_show
    assert share(1, MINIMUM_DENOMINATOR).can_show


# Newcombe (1998), table II, method 10: all eight contrasts.
NEWCOMBE = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000),
    ((10, 10), (0, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("one", "other", "low", "high"), NEWCOMBE)
def test_difference_has_the_published_figures(one, other, low, high):
    found = difference(share(*one), share(*other))
    assert found.points == pytest.approx(100 * (one[0] / one[1] - other[0] / other[1]))
    assert round(found.low / 100, 4) == low
    assert round(found.high / 100, 4) == high


@given(counts, counts)
def test_difference_lies_within_its_interval_and_mirrors(one, other):
    found, mirrored = difference(share(*one), share(*other)), difference(share(*other), share(*one))
    assert -100 <= found.low <= found.points <= found.high <= 100
    assert found.low == pytest.approx(-mirrored.high, abs=1e-9)
    assert found.is_sure == mirrored.is_sure == (found.low > 0 or found.high < 0)


@pytest.mark.parametrize(("one", "other"), [((0, 0), (1, 2)), ((1, 2), (0, 0))])
def test_difference_from_nothing_is_none(one, other):
    found = difference(share(*one), share(*other))
    assert found == Difference(None, None, None)
    assert not found.is_sure


# Garwood's table, to three places.
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0, 3.689),
        (1, 0.025, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (30, 20.241, 42.827),
    ],
)
def test_rate_has_the_published_ends_of_a_count(count, low, high):
    found = rate(count)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))


@given(st.integers(0, 5000))
def test_rate_leaves_a_fortieth_in_either_tail(count):
    # A slow twin: what the ends are meant to be.
    found = rate(count)
    assert poisson.cdf(count, found.high) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert poisson.sf(count - 1, found.low) == pytest.approx(0.025, rel=1e-6)
    assert found.low <= found.rate < found.high


def test_rate_is_per_so_much():
    found = rate(12, exposure=4000, per=1000)
    assert found.rate == pytest.approx(3)
    assert found.high == pytest.approx(rate(12).high / 4)


def test_rate_in_no_exposure_is_none():
    assert (rate(0, 0).rate, rate(0, 0).low, rate(0, 0).high) == (None, None, None)


@pytest.mark.parametrize(
    ("count", "exposure", "per"),
    [
        (-1, 1, 1),
        (1, -1, 1),
        (1, 0, 1),
        (1, inf, 1),
        (1, nan, 1),
        (1, 1, 0),
        (1, 1, nan),
        (1.5, 1, 1),
        (nan, 1, 1),
    ],
)
def test_rate_refuses_what_is_no_rate(count, exposure, per):
    with pytest.raises(ValueError, match="is no rate"):
        rate(count, exposure, per)


def test_median_agrees_with_a_plain_bootstrap():
    values = np.random.default_rng(5).exponential(10, 200)
    found = median(values.tolist(), seed=1)
    random = np.random.default_rng(2)
    medians = [np.median(random.choice(values, 200)) for _ in range(2000)]
    assert found.median == np.median(values)
    assert found.low == pytest.approx(np.quantile(medians, 0.025), abs=0.4)
    assert found.high == pytest.approx(np.quantile(medians, 0.975), abs=0.4)


def test_median_is_the_same_for_the_same_seed():
    values = list(range(50))
    assert median(values, seed=1) == median(values, seed=1)


def test_median_moves_with_the_unit():
    values = [float(value**2) for value in range(40)]
    found, tenfold = median(values, seed=1), median([10 * value for value in values], seed=1)
    assert tenfold.low == pytest.approx(10 * found.low)
    assert tenfold.high == pytest.approx(10 * found.high)


def test_median_of_values_all_alike_has_no_width():
    assert median([4] * 40, seed=1) == Median(40, 4, 4, 4)


@pytest.mark.parametrize("size", [0, 1, MINIMUM_FOR_MEDIAN - 1])
def test_median_of_few_has_no_interval(size):
    found = median([1.0] * size, seed=1)
    assert (found.median, found.low, found.high) == (1.0 if size else None, None, None)
    verb = "is 1 value" if size == 1 else f"are {size} values"
    assert found.why_not == f"There {verb}; an interval of the median needs {MINIMUM_FOR_MEDIAN}."


def test_median_of_enough_has_an_interval():
    assert not median(range(MINIMUM_FOR_MEDIAN), seed=1).why_not


@pytest.mark.parametrize("values", [[1, nan], [inf], [[1, 2], [3, 4]]])
def test_median_refuses_what_is_no_row_of_numbers(values):
    with pytest.raises(ValueError, match="a row of finite numbers"):
        median(values, seed=1)


def test_examples_run():
    outcome = doctest.testmod(intervals)
    assert (outcome.failed, outcome.attempted) == (0, 10)
