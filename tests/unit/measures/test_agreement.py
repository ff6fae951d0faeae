"""Agreement, against reference implementations and a slow twin."""

from itertools import combinations
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures.agreement import MINIMUM_COMMENTS, agree

YES, NO = True, False
TWO = [(YES, YES)] * 12 + [(YES, NO)] * 5 + [(NO, YES)] * 3 + [(NO, NO)] * 40
THREE = (
    [("a", "a", "a")] * 10
    + [("a", "b", "a")] * 4
    + [("b", "b", None)] * 5
    + [("c", "c", "c")] * 3
    + [("c", "a", "b")] * 2
    + [(None, "b", "b")] * 4
    + [("c", None, "b")] * 2
    + [("a", None, None)] * 3
)


def test_agree_as_the_reference_implementations():
    # krippendorff 0.9.0, scikit-learn 1.9.1 and irrCAC 0.4.4 (which rounds to four places).
    two, three = agree(TWO), agree(THREE)
    assert two.alpha.value == pytest.approx(0.6619318181818181)
    assert two.kappa.value == pytest.approx(0.6595744680851063)
    assert two.ac1.value == pytest.approx(0.78102, abs=1e-5)
    assert three.alpha.value == pytest.approx(0.6301369863013699)
    assert three.ac1.value == pytest.approx(0.6819, abs=5e-5)


def test_agree_counts_comments_with_two_labels():
    found = agree(THREE)
    assert found.comment_count == 30
    # 17 agree wholly (10 + 5 + … of two), 4 of three in one pair of three, and so on.
    pairs = 10 + 5 + 3 + 4 + 4 / 3
    assert found.agreed_percent == pytest.approx(100 * pairs / 30)


def test_kappa_is_of_two():
    assert agree(THREE).kappa.value is None
    assert "3 labelled" in agree(THREE).kappa.why_not


labels = st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3), min_size=0, max_size=40)


def twin_alpha(rows):
    """Krippendorff's alpha by going through every pair of labels."""
    rows = [[x for x in row if x is not None] for row in rows]
    rows = [row for row in rows if len(row) > 1]
    every = [x for row in rows for x in row]
    observed = sum(
        2 * (one != other) / (len(row) - 1) for row in rows for one, other in combinations(row, 2)
    )
    pairs = list(combinations(every, 2))
    expected = sum(2 * (one != other) for one, other in pairs) / (len(every) - 1)
    return None if not expected else 1 - observed / expected


@given(labels)
def test_alpha_agrees_with_twin(rows):
    found = agree(rows).alpha.value
    twin = twin_alpha(rows) if any(sum(x is not None for x in row) > 1 for row in rows) else None
    assert found == (None if twin is None else pytest.approx(twin))


@given(labels, st.randoms())
def test_agree_does_not_mind_the_order(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    swapped = [row[::-1] for row in shuffled]
    for one, other in ((agree(rows), agree(shuffled)), (agree(rows), agree(swapped))):
        for name in ("alpha", "ac1"):
            value = getattr(one, name).value
            assert getattr(other, name).value == (None if value is None else pytest.approx(value))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=140))
def test_coefficients_keep_to_their_bounds(rows):
    found = agree(rows)
    for one in (found.alpha, found.kappa, found.ac1):
        if one.value is None:
            assert one.why_not
            continue
        assert -1 <= one.value <= 1
        if one.low is None:
            assert one.why_not
        else:
            assert -1 <= one.low <= one.value <= one.high <= 1


def test_full_agreement_is_one_and_not_certain():
    found = agree([(YES, YES)] * 30 + [(NO, NO)] * 90)
    for one in (found.alpha, found.kappa, found.ac1):
        assert (one.value, one.high) == (1, 1)
        assert 0.85 < one.low < 0.99


def test_where_all_is_the_same_there_is_nothing_to_tell():
    found = agree([(NO, NO)] * 80)
    assert found.agreed_percent == 100
    assert found.alpha.value is found.kappa.value is found.ac1.value is None
    assert "the same" in found.alpha.why_not


def test_of_a_rare_label_alpha_says_little_and_ac1_more():
    found = agree([(YES, YES)] + [(YES, NO)] + [(NO, NO)] * 198)
    assert found.alpha.low < 0.3
    assert found.ac1.low > 0.95


def test_few_comments_have_no_interval():
    found = agree((TWO + TWO)[: MINIMUM_COMMENTS - 1])
    assert found.alpha.value is not None
    assert found.alpha.low is None
    assert "an interval needs 100 comments, and there are 99" in found.alpha.why_not
    assert agree((TWO + TWO)[:MINIMUM_COMMENTS]).alpha.low is not None


@pytest.mark.parametrize("rows", [[], [(YES, None)], [(None, None)] * 3])
def test_nothing_labelled_twice(rows):
    found = agree(rows)
    assert (found.comment_count, found.agreed_percent, found.alpha.value) == (0, None, None)
    assert found.ac1.why_not == "no comment was labelled twice"


def test_agree_is_the_same_each_time():
    many = TWO + TWO
    assert agree(many) == agree(many)
    assert agree(many, seed=1) != agree(many)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(n, n) for n in range(51)], "51 kinds of label"),
        ([(1.0, nan)], "NaN is no label"),
    ],
)
def test_agree_refuses_what_is_no_label(rows, message):
    with pytest.raises(ValueError, match=message):
        agree(rows)


def test_agree_refuses_rows_of_different_lengths():
    with pytest.raises(ValueError, match="differ in how many"):
        agree([(YES, NO), (YES, NO, NO)])
