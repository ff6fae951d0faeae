import doctest
from math import asin, log, pi, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures import funnel
from yousaid.measures.funnel import (
    MINIMUM_PLACES,
    NOT_FOR_RANKING,
    get_overdispersion,
    make_funnel,
)
from yousaid.measures.intervals import MINIMUM_DENOMINATOR, share

pairs = st.integers(10, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
places = st.lists(pairs, min_size=MINIMUM_PLACES, max_size=30)


def name_shares(pairs):
    return {f"Ward {number}": share(*pair) for number, pair in enumerate(pairs)}


def find_quantile(values, part):
    """R's quantile of type 7, which FunnelPlotR uses."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def make_slowly(pairs):
    """Spiegelhalter's funnel with plain numbers: φ, τ² and each place's limits in percent."""
    theta = asin(sqrt(sum(r for r, _ in pairs) / sum(n for _, n in pairs)))
    errors = [1 / (2 * sqrt(n)) for _, n in pairs]
    z = [(asin(sqrt(r / n)) - theta) / s for (r, n), s in zip(pairs, errors, strict=True)]
    low, high = find_quantile(z, 0.1), find_quantile(z, 0.9)
    phi = sum(min(max(value, low), high) ** 2 for value in z) / len(z)
    w = [1 / s**2 for s in errors]
    tau2 = (len(z) * phi - (len(z) - 1)) / (sum(w) - sum(x * x for x in w) / sum(w))
    tau2 = max(0.0, tau2)
    limits = []
    for (_, n), s in zip(pairs, errors, strict=True):
        ends = []
        for deviate in (-3.0902323, -1.959964, 1.959964, 3.0902323):
            angle = min(max(theta + deviate * sqrt(s**2 + tau2), 0), pi / 2)
            half = 50 / n if deviate > 0 else -50 / n
            ends.append(min(max(100 * sin(angle) ** 2 + half, 0), 100))
        limits.append(ends)
    return phi, tau2, limits


@given(places)
def test_make_funnel_agrees_with_a_slow_twin(pairs):
    found = make_funnel(name_shares(pairs))
    phi, tau2, limits = make_slowly(pairs)
    assert found.dispersion == pytest.approx(phi, abs=1e-9)
    assert found.between_variance == pytest.approx(tau2, abs=1e-9)
    for place, ends in zip(found.places, limits, strict=True):
        got = place.limits
        assert [got.low_998, got.low_95, got.high_95, got.high_998] == pytest.approx(ends, abs=1e-5)


def test_get_overdispersion_has_the_documented_figure_of_funnelplotr():
    # The one numeric result among FunnelPlotR's tests (test-classes_methods.R): φ 2.948033, of
    # standardised ratios, whose log z scores are not drawn in when there are six of them.
    observed, expected = [100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220]
    scores = [sqrt(e) * log(o / e) for o, e in zip(observed, expected, strict=True)]
    errors = [1 / sqrt(e) for e in expected]
    assert round(get_overdispersion(scores, errors, winsorised=0)[0], 6) == 2.948033


def test_get_overdispersion_draws_in_the_outermost():
    scores, errors = [-1.0, 0.0, 1.0] * 10 + [50.0], [1.0] * 31
    assert get_overdispersion(scores, errors)[0] < 1
    assert get_overdispersion(scores, errors, winsorised=0)[0] > 80


def test_get_overdispersion_of_alike_is_none():
    assert get_overdispersion([0.0] * 5, [0.1] * 5) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("scores", "errors"),
    [([1], [1]), ([1, 2], [1]), ([1, 2], [1, 0]), ([1, float("nan")], [1, 1]), ([1, 2], [1, -1])],
)
def test_get_overdispersion_refuses_what_is_none(scores, errors):
    with pytest.raises(ValueError, match=r"scores"):
        get_overdispersion(scores, errors)


@given(places)
def test_limits_enclose_each_other_and_the_centre(pairs):
    found = make_funnel(name_shares(pairs))
    for place in found.places:
        ends = place.limits
        assert 0 <= ends.low_998 <= ends.low_95 <= found.centre_percent + 1e-9
        assert found.centre_percent - 1e-9 <= ends.high_95 <= ends.high_998 <= 100


@given(places)
def test_positions_do_not_depend_on_order(pairs):
    shares = name_shares(pairs)
    found = {place.name: place.position for place in make_funnel(shares).places}
    turned = make_funnel(dict(reversed(shares.items())))
    assert {place.name: place.position for place in turned.places} == found


@given(places)
def test_the_rest_mirrors(pairs):
    swap = {"far below": "far above", "below": "above", "within": "within"}
    swap |= {value: key for key, value in swap.items()}
    found = make_funnel(name_shares(pairs))
    rest = make_funnel(name_shares([(n - r, n) for r, n in pairs]))
    assert rest.between_variance == pytest.approx(found.between_variance, abs=1e-9)
    for one, other in zip(found.places, rest.places, strict=True):
        assert one.limits.low_95 == pytest.approx(100 - other.limits.high_95, abs=1e-6)


@pytest.mark.parametrize(
    ("count", "position"),
    [(70, "far below"), (82, "below"), (83, "within"), (95, "within"), (96, "above"),
     (100, "far above")],
)  # fmt: skip
def test_position_tells_how_far_out(count, position):
    # Around 90 % of 100 responses the limits are 78.6, 82.9, 95.6 and 97.8 %.
    found = make_funnel(name_shares([(9000, 10_000)] * 20 + [(count, 100)]))
    assert found.places[-1].position == position


def test_make_funnel_has_the_figures_of_spiegelhalter_by_hand():
    # All alike: φ and τ² are 0, θ = asin √0.5 = π/4, and of 100 sin²(π/4 ± 0.098) = 40.3 … 59.7.
    found = make_funnel(name_shares([(50, 100)] * 5))
    assert (found.dispersion, found.between_variance, found.centre_percent) == (0, 0, 50)
    ends = found.places[0].limits
    assert round(ends.low_95 + 0.5, 1) == 40.3
    assert round(ends.high_95 - 0.5, 1) == 59.7


@pytest.mark.parametrize("count", [0, 20])
def test_make_funnel_of_none_or_all_has_no_nan(count):
    found = make_funnel(name_shares([(count, 20)] * 5))
    assert {place.position for place in found.places} == {"within"}
    assert found.places[0].limits.low_998 >= 0
    assert found.places[0].limits.high_998 <= 100


def test_spread_places_are_not_all_outside():
    random = np.random.default_rng(4)
    pairs = [(int(random.binomial(1000, rate)), 1000) for rate in random.beta(40, 10, 60)]
    found = make_funnel(name_shares(pairs))
    assert found.dispersion > 10
    assert sum(place.position != "within" for place in found.places) < 12


def test_few_responses_are_listed_without_limits():
    shares = name_shares([(9, 10)] * 5) | {"Small": share(0, MINIMUM_DENOMINATOR - 1)}
    found = make_funnel(shares)
    assert found.centre_percent == 90
    small = found.places[-1]
    assert (small.name, small.limits, small.position) == ("Small", None, None)
    assert small.why_not == "Fewer than 10 responses."


@pytest.mark.parametrize("size", [0, 1, MINIMUM_PLACES - 1])
def test_few_places_make_no_funnel(size):
    found = make_funnel(name_shares([(9, 10)] * size) | {"Small": share(1, 2)})
    assert found.why_not == (
        f"A funnel plot needs 5 places with 10 responses or more; here are {size}."
    )
    assert (found.centre_percent, found.dispersion, found.between_variance) == (None, None, None)
    assert [place.position for place in found.places] == [None] * (size + 1)
    assert [bool(place.why_not) for place in found.places] == [True] * (size + 1)
    assert found.make_curves([10, 100]) == []


def test_make_curves_pass_through_the_places_limits():
    found = make_funnel(name_shares([(90, 100), (40, 50), (150, 200), (18, 20), (9, 10)]))
    curves = found.make_curves([100, 50, 200, 20, 10])
    assert curves == [place.limits for place in found.places]
    assert found.make_curves([]) == []


def test_make_curves_narrow_with_size():
    curves = make_funnel(name_shares([(50, 100)] * 6)).make_curves(range(10, 500))
    widths = [ends.high_95 - ends.low_95 for ends in curves]
    assert widths == sorted(widths, reverse=True)


def test_make_curves_refuses_no_denominator():
    with pytest.raises(ValueError, match="0 is no denominator"):
        make_funnel(name_shares([(50, 100)] * 6)).make_curves([10, 0])


def test_it_says_that_it_is_not_for_ranking():
    assert make_funnel({}).caution == NOT_FOR_RANKING
    assert NOT_FOR_RANKING.startswith("Not for ranking")


def test_examples_run():
    outcome = doctest.testmod(funnel)
    assert (outcome.failed, outcome.attempted) == (0, 4)
