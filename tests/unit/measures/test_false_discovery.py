import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact

from yousaid.measures import false_discovery
from yousaid.measures.false_discovery import (
    control_false_discoveries,
    find_changes,
    get_p_value,
)
from yousaid.measures.intervals import MINIMUM_DENOMINATOR, share

shares = st.integers(1, 5000).flatmap(lambda n: st.builds(share, st.integers(0, n), st.just(n)))
p_values = st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=12)


def hold_slowly(p_values, rate):
    """Benjamini and Hochberg as they wrote it: find the largest k with p(k) ≤ k/m · rate."""
    ordered = sorted(p_values.values())
    passing = [p for k, p in enumerate(ordered, start=1) if p <= k / len(ordered) * rate]
    return {name for name, p in p_values.items() if passing and p <= max(passing)}


@given(p_values, st.sampled_from([0.01, 0.05, 0.2]))
def test_control_false_discoveries_agrees_with_the_paper(p_values, rate):
    adjusted = control_false_discoveries(p_values)
    near = {name for name, value in adjusted.items() if abs(value - rate) < 1e-9}
    holding = {name for name, value in adjusted.items() if value <= rate}
    assert holding - near == hold_slowly(p_values, rate) - near


def test_control_false_discoveries_has_the_published_example():
    # The fifteen tests of their section 4.2: four hold at 5 %, where Bonferroni has three.
    published = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    adjusted = control_false_discoveries({str(p): p for p in published})
    assert [float(name) for name, value in adjusted.items() if value <= 0.05] == published[:4]


def test_control_false_discoveries_of_nothing_is_nothing():
    assert control_false_discoveries({}) == {}


@pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
def test_control_false_discoveries_refuses_what_is_no_p_value(p_value):
    with pytest.raises(ValueError, match="between 0 and 1"):
        control_false_discoveries({"Food": p_value})


@given(shares, shares)
def test_get_p_value_agrees_with_scipy(one, other):
    yes, total = one.count + other.count, one.out_of + other.out_of
    table = [[one.count, one.out_of - one.count], [other.count, other.out_of - other.count]]
    if yes in (0, total):
        expected = 1.0
    elif min(one.out_of, other.out_of) * min(yes, total - yes) / total < 1:
        expected = fisher_exact(table).pvalue
    else:
        found = chi2_contingency(table, correction=False)
        from scipy.stats import chi2

        expected = chi2.sf(found.statistic * (total - 1) / total, 1)
    assert get_p_value(one, other) == pytest.approx(expected, rel=1e-6)
    assert get_p_value(other, one) == pytest.approx(expected, rel=1e-6)


def test_get_p_value_of_very_many_does_not_overflow():
    one, other = share(500_000_000, 1_000_000_000), share(500_100_000, 1_000_000_000)
    assert 0 < get_p_value(one, other) < 0.001


def test_get_p_value_refuses_nothing():
    with pytest.raises(ValueError, match="nothing is no share"):
        get_p_value(share(0, 0), share(1, 2))


def test_find_changes_keeps_order_and_says_what_chance_would_do():
    pairs = {f"Topic {number}": (share(10, 100), share(9, 100)) for number in range(40)}
    found = find_changes(pairs | {"Food": (share(40, 100), share(5, 100))})
    assert [change.name for change in found.changes] == [*pairs, "Food"]
    assert [change.name for change in found.changes if change.holds] == ["Food"]
    assert found.compared_count == 41
    assert found.expected_false == pytest.approx(2.05)
    assert found.changes[-1].difference.points == pytest.approx(35)


def test_find_changes_judges_one_by_how_many_there_are():
    lone = {"Food": (share(17, 100), share(7, 100))}
    many = {f"Topic {number}": (share(10, 100), share(9, 100)) for number in range(40)}
    assert find_changes(lone).changes[0].holds
    assert not find_changes(lone | many).changes[0].holds


def test_find_changes_leaves_out_what_is_too_little():
    few = share(0, MINIMUM_DENOMINATOR - 1)
    found = find_changes({"Food": (few, share(90, 100)), "Parking": (share(90, 100), few)})
    assert [change.why_not for change in found.changes] == ["There is too little to compare."] * 2
    assert [change.p_value for change in found.changes] == [None, None]
    assert not any(change.holds for change in found.changes)
    assert (found.compared_count, found.expected_false) == (0, 0)


@pytest.mark.parametrize("rate", [0, 1, -1, float("nan")])
def test_find_changes_refuses_what_is_no_rate(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        find_changes({}, rate)


def test_examples_run():
    outcome = doctest.testmod(false_discovery)
    assert (outcome.failed, outcome.attempted) == (0, 7)
