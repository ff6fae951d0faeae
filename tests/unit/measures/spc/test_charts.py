import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures.spc import (
    ChartOptions,
    add_up_months,
    choose_months,
    expect_false_signals,
    find_holding,
    make_g,
    make_p,
    make_p_prime,
    make_t,
    make_xmr,
)

HIGHER = ChartOptions(better="higher")
SHARES = st.lists(
    st.integers(10, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=40,
)


def get_lines(chart):
    return [(p.lower, p.centre, p.upper) for p in chart.points]


def test_xmr_by_hand():
    # Mean 5; ranges 2, 2, 2, so 2.66 × 2 = 5.32.
    assert get_lines(make_xmr([4, 6, 4, 6])) == [pytest.approx((-0.32, 5, 10.32))] * 4


def test_xmr_screens_a_range_far_beyond_the_others():
    values = [4, 6, 4, 6, 4, 6, 4, 6, 4, 6, 40]
    # Ranges: nine of 2 and one of 34, whose mean is 5.2; 34 > 3.267 × 5.2 leaves nine of 2.
    screened, whole = make_xmr(values), make_xmr(values, ChartOptions(screens=False))
    mean = sum(values) / 11
    assert get_lines(screened)[0] == pytest.approx((mean - 5.32, mean, mean + 5.32))
    assert get_lines(whole)[0] == pytest.approx((mean - 13.832, mean, mean + 13.832))


def test_xmr_with_a_baseline_rests_on_the_first_points():
    values = [4, 6] * 6 + [50, 60, 70]
    chart = make_xmr(values, ChartOptions(baseline=12))
    assert get_lines(chart)[-1] == pytest.approx((-0.32, 5, 10.32))
    assert [p.cause for p in chart.points[-3:]] == ["above_limit"] * 3
    with pytest.raises(ValueError, match="12 or more"):
        ChartOptions(baseline=11)


def test_rebasing_begins_anew():
    chart = make_xmr([4, 6] * 7 + [14, 16] * 7, ChartOptions(rebase_at=(14,)))
    assert {p.centre for p in chart.points[:14]} == {5}
    assert {p.centre for p in chart.points[14:]} == {15}
    assert chart.variation == "common"
    assert make_xmr([4, 6] * 7 + [14, 16] * 7).variation == "neutral_high"
    with pytest.raises(ValueError, match="cannot begin anew"):
        make_xmr([1, 2], ChartOptions(rebase_at=(2,)))


def test_missing_months_are_gaps():
    chart = make_xmr([4, None, 6, 4, None, 6])
    assert chart.points[1].value is chart.points[1].centre is chart.points[1].cause is None
    assert chart.points[0].centre == 5


@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_nothing_says_nothing(values):
    chart = make_xmr(values)
    assert (chart.variation, chart.assurance, chart.score) == (None, None, None)


def test_one_point_has_no_limits():
    chart = make_xmr([3], ChartOptions(better="higher", target=2))
    assert get_lines(chart) == [(None, None, None)]
    assert (chart.variation, chart.assurance) == (None, None)
    assert chart.notes == ("Trial limits: they rest on 1 points, and settle with 12.",)


def test_all_equal_is_common():
    chart = make_xmr([5] * 20)
    assert get_lines(chart)[0] == (5, 5, 5)
    assert (chart.variation, chart.score) == ("common", None)


def test_trial_limits_until_twelve_points():
    assert "Trial limits" in make_xmr(list(range(11))).notes[0]
    assert make_xmr(list(range(12))).notes == ()


@pytest.mark.parametrize(
    ("better", "rising", "falling"),
    [
        ("higher", "improvement_high", "concern_low"),
        ("lower", "concern_high", "improvement_low"),
        ("neither", "neutral_high", "neutral_low"),
    ],
)
def test_variation_is_of_the_latest_point(better, rising, falling):
    quiet = [4, 6] * 8
    options = ChartOptions(better=better)
    assert make_xmr([*quiet, 50], options).variation == rising
    assert make_xmr([*quiet, -50], options).variation == falling
    assert make_xmr([*quiet, 50, 5], options).variation == "common"


@pytest.mark.parametrize(
    ("better", "target", "assurance"),
    [
        ("higher", 11, "fail"), ("higher", -1, "pass"), ("higher", 5, "hit_or_miss"),
        ("lower", 11, "pass"), ("lower", -1, "fail"), ("lower", 10, "hit_or_miss"),
        ("neither", 11, None), ("higher", None, None),
    ],
)  # fmt: skip
def test_assurance_is_the_target_against_the_limits(better, target, assurance):
    chart = make_xmr([4, 6] * 8, ChartOptions(better=better, target=target))
    assert chart.assurance == assurance


def test_p_by_hand():
    chart = make_p([50, 30, 20], [100, 100, 25])
    # 100 of 225 is 44.44 %; three times √(44.44 × 55.56 / 100) is 14.91, of 25 twice as much.
    assert get_lines(chart)[0] == pytest.approx((29.537, 44.444, 59.352), abs=1e-3)
    assert get_lines(chart)[2] == pytest.approx((14.630, 44.444, 74.259), abs=1e-3)


def test_p_prime_by_hand():
    counts, totals = [50, 70, 50, 70], [100] * 4
    # 60 %; deviation √(60 × 40 / 100) = 4.899; scores ∓2.041, neighbours differ by 4.082, and
    # 4.082 / 1.128 = 3.619 times the reach of chance, 14.697.
    chart = make_p_prime(counts, totals)
    assert get_lines(chart)[0] == pytest.approx((6.809, 60, 100), abs=1e-3)


def test_thin_points_are_left_out():
    chart = make_p_prime([5, 3, 6, 0], [10, 9, 12, 0])
    assert [p.value for p in chart.points] == [50, None, 50, None]
    assert [p.out_of for p in chart.points] == [10, 9, 12, 0]
    assert chart.notes[0] == "2 of 4 points rest on fewer than 10 and are left out."


def test_rare_things_belong_on_another_chart():
    assert "Rare" in make_p_prime([1, 0, 2] * 8, [100] * 24).notes[0]
    assert make_p_prime([4, 3, 5] * 8, [100] * 24).notes == ()


@pytest.mark.parametrize("counts", [[0, 0, 0], [20, 20, 20]])
def test_nobody_or_everybody_has_no_spread(counts):
    chart = make_p_prime(counts, [20] * 3)
    assert chart.variation == "common"
    assert all(p.lower == p.centre == p.upper for p in chart.points)


@given(SHARES)
def test_proportions_stay_between_0_and_100(shares):
    counts, totals = zip(*shares, strict=True)
    for make in (make_p, make_p_prime):
        for point in make(counts, totals, HIGHER).points:
            lines = (point.lower, point.centre, point.upper)
            if lines != (None, None, None):
                assert 0 <= lines[0] <= lines[1] <= lines[2] <= 100
                assert math.isfinite(sum(lines))


@given(SHARES, st.sampled_from([make_p, make_p_prime]))
def test_counting_the_others_turns_the_chart(shares, make):
    counts, totals = zip(*shares, strict=True)
    chart = make(counts, totals, HIGHER)
    others = make([n - count for count, n in shares], totals, ChartOptions(better="lower"))
    for point, other in zip(chart.points, others.points, strict=True):
        assert (point.centre is None) == (other.centre is None)
        if point.centre is not None:
            assert 100 - other.centre == pytest.approx(point.centre)
            assert 100 - other.upper == pytest.approx(point.lower, abs=1e-6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), st.floats(1, 100))
def test_xmr_follows_its_unit(values, factor):
    one, other = make_xmr(values), make_xmr([factor * value for value in values])
    for point, scaled in zip(one.points, other.points, strict=True):
        assert scaled.upper == pytest.approx(factor * point.upper, rel=1e-6, abs=1e-3)


def test_g_is_the_geometric_distribution():
    chart = make_g([9] * 20)
    # One in ten: the chance of more than 61 in a row without is .9 ^ 62 = .00145, of more than 62
    # .00131, and three deviations leave out .00135.
    assert get_lines(chart)[0] == (0, 6, 62)
    assert make_g([9] * 20 + [80], HIGHER).variation == "improvement_high"


def test_t_is_in_days():
    chart = make_t([1, 20, 5, 40, 10, 2, 30, 8, 12, 25, 3, 18])
    assert chart.points[0].lower == 0
    assert 5 < chart.points[0].centre < 15
    assert chart.points[0].upper > 40


@pytest.mark.parametrize(
    ("make", "values", "words"),
    [
        (make_xmr, ([1, math.nan],), "not a number within"),
        (make_xmr, ([math.inf],), "not a number within"),
        (make_xmr, ([1e308, -1e308],), "not a number within"),
        (make_g, ([1.5, 2],), "is not whole"),
        (make_g, ([1, -1],), "a negative number between events: -1"),
        (make_t, ([-0.5],), "a negative number of days"),
        (make_p, ([3], [2]), "3 of 2 is no share"),
        (make_p_prime, ([-1], [2]), "-1 of 2 is no share"),
        (make_p_prime, ([1, 1], [2]), "2 counts and 1 denominators"),
    ],
)
def test_impossible_input_is_said(make, values, words):
    with pytest.raises(ValueError, match=words):
        make(*values)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": math.nan}, "no finite number"),
        ({"target": -math.inf}, "no finite number"),
        ({"better": "up"}, "better is one of higher, lower, neither"),
        ({"baseline": 11}, "it takes 12 or more"),
    ],
)
def test_impossible_options_are_said(options, words):
    with pytest.raises(ValueError, match=words):
        ChartOptions(**options)


def test_a_baseline_that_is_not_full_is_said():
    options = ChartOptions(baseline=24)
    assert make_xmr(list(range(20)), options).notes == (
        "The baseline is not full: limits rest on 20 points, of 24.",
    )
    assert make_xmr(list(range(24)), options).notes == ()


def test_parameters_say_what_the_chart_rests_on():
    assert make_p_prime([20] * 3, [40] * 3).parameters == (
        "P′ chart; centre and limits rest on all points, moving ranges of 3.267 times their mean "
        "or more left out. A signal is a point outside the limits, 7 points that rise or fall, "
        "2 of 3 in the outer third on one side, or 7 on one side of the centre."
    )
    assert (
        "the first 12 points." in make_p([1] * 12, [10] * 12, ChartOptions(baseline=12)).parameters
    )
    assert "moving" not in make_g([1, 2]).parameters


def test_find_holding_keeps_to_the_rate():
    quiet = [make_xmr([4, 6] * 10) for _ in range(200)]
    loud = make_xmr([4, 6] * 10 + [40])
    assert find_holding([*quiet, loud, make_xmr([1])]) == [*[False] * 200, True, False]
    assert find_holding([]) == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        find_holding(quiet, 1)


def test_expect_false_signals_counts_charts_that_say_something():
    assert expect_false_signals([make_xmr([1, 2, 3])] * 1280 + [make_xmr([])]) == pytest.approx(
        20.48
    )


def test_adding_up_goes_as_far_as_it_must():
    assert choose_months([30] * 24, 20) == 1
    assert choose_months([8] * 24, 20) == 3
    assert choose_months([2] * 24, 20) == 12
    assert choose_months([1] * 24, 20) is None
    assert choose_months([], 20) is None
    assert add_up_months([1, 2, 3, 4], 3) == [9]
    with pytest.raises(ValueError, match="0 months"):
        add_up_months([1, 2], 0)


def test_score_is_in_deviations():
    chart = make_xmr([4, 6] * 10)
    # Two thirds of 5.32 are two deviations.
    assert chart.score == pytest.approx(1 / (5.32 / 3))
    assert np.isclose(make_p([20, 30], [100, 100]).score, 5 / math.sqrt(25 * 75 / 100))
