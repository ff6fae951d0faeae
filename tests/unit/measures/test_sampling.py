"""How many comments to label, and which."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures.intervals import wilson
from yousaid.measures.sampling import draw_audit, plan_audit

IDS = [f"c{number}" for number in range(400)]


@given(
    st.integers(1, 10**7),
    st.floats(0.5, 50),
    st.floats(0.5, 99.5),
)
def test_plan_audit_is_the_fewest_that_do(comment_count, points, percent):
    plan = plan_audit(comment_count, points, percent)
    assert 1 <= plan.size <= comment_count
    low, high = wilson(percent / 100, plan.size)
    if plan.size < comment_count:
        assert 50 * (high - low) <= points + 1e-9
        assert plan.size >= 50
        assert plan.size * min(percent, 100 - percent) / 100 >= 5 - 1e-9
    if plan.size > 50 and (plan.size - 1) * min(percent, 100 - percent) / 100 >= 5:
        low, high = wilson(percent / 100, plan.size - 1)
        assert 50 * (high - low) > points - 1e-9


def test_plan_audit_says_what_it_is_for():
    assert plan_audit(10_000, 10).sentence == (
        "Label 93 of 10,000 comments, drawn at random: what is about 50 % is then known to within "
        "10 points."
    )
    assert plan_audit(80, 5).sentence == "Label all 80 comments: fewer would not say enough."


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((100, 0), "cannot reach"),
        ((100, 51), "cannot reach"),
        ((100, float("nan")), "cannot reach"),
        ((100, 5, 0), "not something that an audit could find"),
        ((100, 5, 100), "not something"),
        ((0, 5), "no comments to label"),
        ((1.5, 5), "no number of comments"),
    ],
)
def test_plan_audit_refuses_what_cannot_be(asked, message):
    with pytest.raises(ValueError, match=message):
        plan_audit(*asked)


@given(st.integers(0, 400), st.randoms())
def test_draw_audit_does_not_mind_the_order(size, order):
    shuffled = list(IDS)
    order.shuffle(shuffled)
    drawn = draw_audit(IDS, size, "January")
    assert draw_audit(shuffled, size, "January") == drawn
    assert len(set(drawn)) == size
    assert set(drawn) <= set(IDS)


def test_a_larger_draw_begins_with_the_smaller():
    assert draw_audit(IDS, 50, "January") == draw_audit(IDS, 300, "January")[:50]


def test_draws_of_other_names_are_others():
    assert draw_audit(IDS, 50, "January") != draw_audit(IDS, 50, "February")


def test_each_comment_is_as_likely_as_any_other():
    times = Counter(i for name in range(2000) for i in draw_audit(IDS[:20], 5, str(name)))
    # 500 expected; five standard deviations are 97.
    assert all(abs(times[one] - 500) < 97 for one in IDS[:20])


def test_what_is_drawn_does_not_go_by_what_ids_look_like():
    numbers = [int(one[1:]) for one in draw_audit(IDS, 100, "January")]
    assert 150 < sum(numbers) / 100 < 250
    assert numbers != sorted(numbers)
    random.Random(1).shuffle(numbers)


@pytest.mark.parametrize(
    ("ids", "size", "message"),
    [(["a", "a"], 1, "more than once"), (["a"], 2, "2 of 1"), (["a"], -1, "-1 of 1")],
)
def test_draw_audit_refuses_what_cannot_be(ids, size, message):
    with pytest.raises(ValueError, match=message):
        draw_audit(ids, size, "January")


def test_draw_audit_takes_any_text_for_an_id():
    assert len(draw_audit(["", "\ud800", "é", "1" * 1000], 4, "\ud800")) == 4
