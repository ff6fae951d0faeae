import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.special import betainc, betaln
from scipy.stats import betabinom

from yousaid.measures import pooling
from yousaid.measures.funnel import MINIMUM_PLACES, NOT_FOR_RANKING
from yousaid.measures.intervals import share
from yousaid.measures.pooling import pool

pairs = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
places = st.lists(pairs, min_size=MINIMUM_PLACES, max_size=15)

SPREAD = [(27, 28), (40, 44), (12, 20), (90, 100), (55, 60), (3, 3), (70, 91), (18, 19)]
ALIKE = [(25, 28), (40, 44), (18, 20), (91, 100), (54, 60), (3, 3), (82, 91), (17, 19)]
RARE = [(0, 28), (1, 44), (0, 20), (2, 100), (1, 60), (0, 3), (3, 91), (0, 19)]


def name_shares(pairs):
    return {f"Ward {number}": share(*pair) for number, pair in enumerate(pairs)}


def pool_slowly(pairs, margin):
    """The same model on a fine even grid of means and shrinkages, with exact ends.

    For each place the percentage, both ends of its interval and the chance that it is worse.
    """
    counts, totals = np.array(pairs, float).T
    middles = (np.arange(150) + 0.5) / 150
    mean, shrinkage = (table.ravel() for table in np.meshgrid(middles, middles))
    concentration = np.median(totals) * shrinkage / (1 - shrinkage)
    a, b = mean * concentration, (1 - mean) * concentration
    fit = sum(betaln(r + a, n - r + b) - betaln(a, b) for r, n in pairs)
    weight = np.exp(fit - fit.max())
    weight /= weight.sum()
    a, b, mean, weight = (values[weight > 1e-7] for values in (a, b, mean, weight))
    rows = []
    for r, n in zip(counts, totals, strict=True):
        up, down = r + a, n - r + b

        def miss(end, part, up=up, down=down):
            return weight @ betainc(up, down, end) - part

        ends = [100 * brentq(miss, 0, 1, args=(part,)) for part in (0.025, 0.975)]
        worse = weight @ betainc(up, down, np.clip(mean - margin, 0, 1))
        rows.append([100 * weight @ (up / (up + down)), *ends, 100 * worse])
    return rows


@pytest.mark.parametrize("pairs", [SPREAD, ALIKE, RARE, SPREAD[:5], [(30, 30)] * 6 + [(1, 10)]])
def test_pool_agrees_with_a_slow_twin(pairs):
    found = pool(name_shares(pairs), higher_is_better=True, margin_points=2)
    for place, row in zip(found.places, pool_slowly(pairs, 0.02), strict=True):
        got = [place.percent, place.low, place.high, 100 * place.worse_chance]
        assert got == pytest.approx(row, abs=0.5)


def test_pool_agrees_with_the_likeliest_beta_binomial_of_many_places():
    random = np.random.default_rng(8)
    totals = random.integers(20, 200, 300)
    counts = random.binomial(totals, random.beta(36, 4, 300))

    def miss(x):
        a, b = np.exp(x)
        return -betabinom.logpmf(counts, totals, a, b).sum()

    a, b = np.exp(minimize(miss, [3, 1], method="Nelder-Mead").x)
    found = pool(
        name_shares(zip(counts.tolist(), totals.tolist(), strict=True)), higher_is_better=True
    )
    mean = a / (a + b)
    assert found.typical_percent == pytest.approx(100 * mean, abs=0.1)
    spread = 100 * np.sqrt(mean * (1 - mean) / (a + b + 1))
    assert found.spread_points == pytest.approx(spread, abs=0.15)
    for place, r, n in zip(found.places, counts, totals, strict=True):
        assert place.percent == pytest.approx(100 * (r + a) / (n + a + b), abs=0.3)


@given(places, st.booleans())
@settings(max_examples=60)
def test_pool_draws_each_place_towards_the_typical(pairs, higher_is_better):
    found = pool(name_shares(pairs), higher_is_better=higher_is_better)
    for place in found.places:
        assert 0 <= place.low <= place.percent <= place.high <= 100
        assert 0 <= place.worse_chance <= 1
        # A little room, for what is typical is itself a mean over what it may be.
        ends = sorted([place.share.percent, found.typical_percent])
        assert ends[0] - 1.5 <= place.percent <= ends[1] + 1.5


@given(places)
@settings(max_examples=30)
def test_pool_mirrors_for_the_rest(pairs):
    found = pool(name_shares(pairs), higher_is_better=True, margin_points=1)
    rest = pool(
        name_shares([(n - r, n) for r, n in pairs]), higher_is_better=False, margin_points=1
    )
    for one, other in zip(found.places, rest.places, strict=True):
        assert one.percent == pytest.approx(100 - other.percent, abs=1e-6)
        assert one.low == pytest.approx(100 - other.high, abs=1e-6)
        assert one.worse_chance == pytest.approx(other.worse_chance, abs=1e-6)


@given(places)
@settings(max_examples=20)
def test_pool_does_not_depend_on_order(pairs):
    shares = name_shares(pairs)
    found = {p.name: p.percent for p in pool(shares, higher_is_better=True).places}
    turned = pool(dict(reversed(shares.items())), higher_is_better=True)
    for place in turned.places:
        assert place.percent == pytest.approx(found[place.name], abs=1e-6)


def test_pool_draws_a_small_place_more_than_a_large_one():
    found = pool(name_shares([(90, 100)] * 8 + [(5, 10), (500, 1000)]), higher_is_better=True)
    small, large = found.places[-2:]
    assert small.percent > 55 > 51 > large.percent
    assert small.high - small.low > large.high - large.low


def test_worse_chance_falls_with_the_margin_and_turns_with_the_direction():
    shares = name_shares([(90, 100)] * 8 + [(75, 100)])
    chances = [
        pool(shares, higher_is_better=True, margin_points=margin).places[-1].worse_chance
        for margin in (0, 5, 20, 100)
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.95
    assert chances[-1] == 0
    assert pool(shares, higher_is_better=False).places[-1].worse_chance < 0.05


@pytest.mark.parametrize("pair", [(0, 30), (30, 30), (0, 1), (1, 1)])
def test_places_all_alike_have_no_nan(pair):
    found = pool(name_shares([pair] * 6), higher_is_better=True)
    first = found.places[0]
    assert all(np.isfinite([first.percent, first.low, first.high, found.spread_points]))
    assert len({round(place.percent, 9) for place in found.places}) == 1


def test_many_large_places_have_no_nan():
    # Means hardly any of whose nodes are near the likeliest.
    found = pool(name_shares([(95_000, 100_000)] * 300 + [(9, 10)]), higher_is_better=True)
    assert found.typical_percent == pytest.approx(95, abs=0.1)
    assert found.places[-1].percent == pytest.approx(95, abs=0.2)


def test_a_place_without_responses_is_listed():
    found = pool(name_shares([(9, 10)] * 5 + [(0, 0)]), higher_is_better=True)
    assert found.places[-1].why_not == "No responses."
    assert (found.places[-1].percent, found.places[-1].worse_chance) == (None, None)
    assert found.places[0].percent is not None


@pytest.mark.parametrize("size", [0, 1, MINIMUM_PLACES - 1])
def test_few_places_are_not_pooled(size):
    found = pool(name_shares([(9, 10)] * size + [(0, 0)]), higher_is_better=True)
    assert found.why_not == f"Pooling needs 5 places with responses; here are {size}."
    assert (found.typical_percent, found.spread_points) == (None, None)
    assert [place.percent for place in found.places] == [None] * (size + 1)
    assert {place.why_not for place in found.places} == {found.why_not}


@pytest.mark.parametrize("margin", [-1, 101, float("nan")])
def test_pool_refuses_what_is_no_margin(margin):
    with pytest.raises(ValueError, match="is not between 0 and 100"):
        pool({}, higher_is_better=True, margin_points=margin)


def test_it_says_that_it_is_not_for_ranking():
    assert pool({}, higher_is_better=True).caution == NOT_FOR_RANKING


def test_twin_is_even_where_all_is_even():
    rows = pool_slowly([(50, 100)] * 6, 0)
    assert rows[0][0] == pytest.approx(50, abs=0.01)
    assert rows[0][3] == pytest.approx(50, abs=0.1)


def test_examples_run():
    outcome = doctest.testmod(pooling)
    assert (outcome.failed, outcome.attempted) == (0, 4)
