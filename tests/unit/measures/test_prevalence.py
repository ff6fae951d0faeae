"""Shares corrected for the reader's errors, against reference implementations."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures.intervals import Difference, share
from yousaid.measures.prevalence import (
    Labelled,
    correct,
    difference_corrected,
    estimate,
    estimate_by_audit,
    why_no_audit,
    why_no_correction,
)

TESTED = Labelled(80, 5, 20, 95)
AUDIT = Labelled(10, 3, 2, 85)

counts = st.integers(0, 400)
labelled = st.builds(Labelled, counts, counts, counts, counts)


@st.composite
def shares(draw, least=0):
    out_of = draw(st.integers(least, 5000))
    return share(draw(st.integers(0, out_of)), out_of)


def count_all(audit, others, other_size):
    """What the reader counted in all, from what it did beside an audit."""
    read = audit.both + audit.reader_only
    return share(others + read, other_size + audit.comment_count)


# `ACC` of quapy 0.2.3 with these as its validation data.
@pytest.mark.parametrize(
    ("tested", "counted", "expected"),
    [
        (TESTED, (120, 1000), 9.33333),
        (Labelled(70, 50, 30, 950), (99, 1000), 7.538477),
        (Labelled(30, 20, 20, 930), (40, 400), 13.636365),
    ],
)
def test_correct_agrees_with_quapy(tested, counted, expected):
    assert correct(share(*counted), tested).percent == pytest.approx(expected, abs=1e-4)


# `ppi_mean_pointestimate` of ppi-python 0.2.3, which tunes itself.
@pytest.mark.parametrize(
    ("audit", "others", "expected"),
    [
        (AUDIT, (120, 1000), 11.27879),
        (Labelled(40, 10, 20, 130), (900, 4000), 28.3),
        (Labelled(6, 1, 9, 184), (30, 500), 8.475048),
    ],
)
def test_estimate_by_audit_agrees_with_ppi_python(audit, others, expected):
    found = estimate_by_audit(count_all(audit, *others), audit)
    assert found.percent == pytest.approx(expected, abs=1e-5)


def test_correct_finds_the_truth_where_the_count_is_as_expected():
    # 5 % of 2,000 are about it: 70 of 100 are found, and 95 of 1,900 wrongly named.
    tested = Labelled(70, 50, 30, 950)
    assert correct(share(70 + 95, 2000), tested).percent == pytest.approx(5)


@given(shares(), labelled)
def test_correct_is_a_share_with_its_interval(counted, tested):
    if why_no_correction(tested):
        with pytest.raises(ValueError, match="cannot be corrected"):
            correct(counted, tested)
        return
    found = correct(counted, tested)
    if not counted.out_of:
        assert (found.percent, found.low, found.high, found.basis) == (None, None, None, "counted")
        return
    assert 0 <= found.low <= found.high <= 100
    assert found.low - 1e-9 <= found.percent <= found.high + 1e-9 or found.percent in (0, 100)


@given(shares(), labelled)
def test_estimate_by_audit_is_a_share_with_its_interval(others, audit):
    counted = count_all(audit, others.count, others.out_of)
    if why_no_audit(counted, audit):
        with pytest.raises(ValueError, match="cannot be estimated"):
            estimate_by_audit(counted, audit)
        return
    found = estimate_by_audit(counted, audit)
    assert 0 <= found.low <= found.percent <= found.high <= 100


def test_correct_rises_with_the_count():
    found = [correct(share(count, 1000), TESTED).percent for count in range(1001)]
    assert all(one <= other for one, other in pairwise(found))
    assert (found[0], found[-1]) == (0, 100)


def test_an_audit_makes_the_interval_narrower_than_the_sample_alone():
    alone = share(AUDIT.about_count, AUDIT.comment_count)
    found = estimate_by_audit(count_all(AUDIT, 1200, 10_000), AUDIT)
    assert found.high - found.low < alone.high - alone.low


def test_a_useless_reader_leaves_the_sample_alone():
    # It names half of what is about it and half of what is not.
    found = estimate_by_audit(share(5000, 10_000), Labelled(10, 40, 10, 40))
    assert found.percent == pytest.approx(20)


def test_estimate_takes_the_audit_first():
    assert estimate(share(120, 1000), TESTED, AUDIT).basis == "audited"
    assert estimate(share(120, 1000), None, AUDIT).basis == "audited"


@pytest.mark.parametrize("audit", [None, Labelled(4, 0, 0, 45), Labelled(0, 1, 0, 48)])
def test_estimate_falls_back_on_what_was_tested(audit):
    found = estimate(share(120, 1000), TESTED, audit)
    assert (found.basis, found.why_not) == ("corrected", "")
    assert "200 comments" in found.sentence


@pytest.mark.parametrize(
    ("tested", "reason"),
    [
        (None, "was not tested"),
        (Labelled(4, 0, 0, 400), r"too few comments like it were tested \(4\)"),
        (Labelled(400, 0, 0, 4), r"too few"),
        (Labelled(10, 40, 10, 40), "too unsure"),
    ],
)
def test_estimate_says_why_it_shows_the_count(tested, reason):
    counted = share(120, 1000)
    found = estimate(counted, tested)
    assert (found.percent, found.low, found.high) == (12, counted.low, counted.high)
    assert found.basis == "counted"
    assert re.search(reason, found.why_not)
    assert found.why_not in found.sentence


@given(shares(), shares(), labelled)
def test_difference_corrected_keeps_its_sign_and_bounds(one, other, tested):
    if why_no_correction(tested):
        with pytest.raises(ValueError, match="cannot be corrected"):
            difference_corrected(one, other, tested)
        return
    found = difference_corrected(one, other, tested)
    if not one.out_of or not other.out_of:
        assert found == Difference(None, None, None)
        return
    assert -100 <= found.low <= found.high <= 100
    assert found.low - 1e-9 <= found.points <= found.high + 1e-9
    back = difference_corrected(other, one, tested)
    assert back.points == pytest.approx(-found.points)
    assert (back.low, back.high) == (pytest.approx(-found.high), pytest.approx(-found.low))


def test_difference_corrected_of_a_perfect_reader_is_the_plain_one():
    perfect = Labelled(10**9, 0, 0, 10**9)
    found = difference_corrected(share(56, 70), share(48, 80), perfect)
    assert (found.points, found.low) == (pytest.approx(20), pytest.approx(5.24, abs=0.01))


def test_an_audit_of_all_is_what_people_say():
    found = estimate_by_audit(share(13, 100), AUDIT)
    assert found.percent == pytest.approx(12)


def test_an_audit_of_what_is_rare_is_not_shown():
    assert "20 of 1,000" in why_no_audit(share(20, 1000), AUDIT)
    assert estimate(share(20, 1000), TESTED, AUDIT).basis == "corrected"


@pytest.mark.parametrize("counted", [(12, 110), (133, 135)])
def test_an_audit_of_other_comments_is_refused(counted):
    with pytest.raises(ValueError, match="an audit is of some of the comments"):
        estimate_by_audit(share(*counted), AUDIT)


def test_labelled_refuses_less_than_nothing():
    with pytest.raises(ValueError, match="fewer than no comments"):
        Labelled(1, 2, -1, 3)
