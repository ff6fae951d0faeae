import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures import groups
from yousaid.measures.funnel import NOT_FOR_RANKING
from yousaid.measures.groups import UNKNOWN_KINDS, compare_groups
from yousaid.measures.intervals import difference, share

shares = st.integers(0, 300).flatmap(lambda n: st.builds(share, st.integers(0, n), st.just(n)))
named = st.dictionaries(st.sampled_from("ABCDEFG"), shares)
unknowns = st.dictionaries(st.sampled_from(UNKNOWN_KINDS), shares)


def compare(shares, unknown=None):
    return compare_groups(shares, unknown or {}, higher_is_better=True)


def test_a_group_is_compared_with_everyone_else_who_is_known():
    found = compare(
        {"A": share(50, 100), "B": share(80, 100), "C": share(70, 100)},
        {"refused": share(0, 100)},
    )
    assert found.groups[0].difference == difference(share(50, 100), share(150, 200))
    assert [group.differs for group in found.groups] == [True, True, False]


def test_differences_by_chance_among_many_groups_do_not_count():
    # 0.04 for the first by itself, one of twelve.
    alike = {f"Group {number}": share(50, 100) for number in range(11)}
    found = compare({"First": share(61, 100)} | alike)
    assert found.groups[0].difference.is_sure
    assert not found.groups[0].differs


def test_three_ways_of_not_knowing_are_kept_apart():
    unknown = {
        "missing": share(20, 40),
        "prefer not to say": share(9, 10),
        "refused": share(0, 0),
    }
    found = compare({"A": share(60, 75), "B": share(50, 75)}, unknown)
    assert found.unknown == unknown
    assert found.unknown_of_all == {
        "missing": share(40, 200),
        "prefer not to say": share(10, 200),
        "refused": share(0, 200),
    }
    assert found.known == share(150, 200)
    assert found.missing == (
        "The group of 50 of 200 people is not known: 10 would rather not say, "
        "40 left it empty or were not asked."
    )


def test_nobody_unknown_needs_no_words():
    assert compare({"A": share(1, 2)}).missing == ""
    assert compare({"A": share(1, 2)}, {"refused": share(0, 0)}).missing == ""


def test_few_groups_are_compared_but_not_pooled():
    found = compare({"A": share(50, 100), "B": share(80, 100)})
    assert [group.pooled for group in found.groups] == [None, None]
    assert [group.why_not for group in found.groups] == ["", ""]


def test_enough_groups_are_pooled():
    found = compare({name: share(50, 100) for name in "ABCD"} | {"E": share(1, 4)})
    small = found.groups[-1]
    assert small.pooled.percent > small.share.percent
    assert small.why_not == "Fewer than 10 responses of this group."
    assert (small.difference.points, small.differs) == (None, False)


def test_a_group_with_hardly_anyone_else_is_not_compared():
    (found, _) = compare({"A": share(50, 100), "B": share(1, 4)}).groups
    assert found.why_not == "Fewer than 10 responses of everyone else."


def test_no_groups_at_all_are_all_unknown():
    found = compare({}, {"missing": share(3, 10)})
    assert (found.groups, found.known) == ((), share(0, 10))


@given(named, unknowns)
def test_everyone_is_in_one_place(shares, unknown):
    found = compare(shares, unknown)
    everyone = sum(one.out_of for one in [*shares.values(), *unknown.values()])
    assert found.known.out_of == everyone
    assert found.known.count + sum(one.count for one in found.unknown_of_all.values()) == everyone
    assert [group.name for group in found.groups] == list(shares)
    for group in found.groups:
        assert (group.difference.points is None) == bool(group.why_not)


def test_a_kind_that_is_none_is_refused():
    with pytest.raises(ValueError, match="“unsure” is no way of not knowing"):
        compare({}, {"unsure": share(1, 2)})


def test_it_says_that_it_is_not_for_ranking():
    assert compare({}).caution == NOT_FOR_RANKING


def test_examples_run():
    outcome = doctest.testmod(groups)
    assert (outcome.failed, outcome.attempted) == (0, 3)
