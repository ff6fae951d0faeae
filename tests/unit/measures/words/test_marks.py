"""Terms that mark comments out."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures.words import TermCount, count_terms, find_marks

HERE = TermCount(100, {"parking": 20, "nurse": 30, "once": 4})
ELSEWHERE = TermCount(900, {"parking": 30, "nurse": 270, "food": 90})
terms = st.sampled_from(["a", "b", "c", "a b", "b c"])


@st.composite
def counted(draw):
    size = draw(st.integers(0, 300))
    return TermCount(size, draw(st.dictionaries(terms, st.integers(0, size), max_size=5)))


def twin(term, here, elsewhere):
    """Log-odds and z of one term, written out."""
    count = [one.counts.get(term, 0) for one in (here, elsewhere)]
    size = [here.comment_count, elsewhere.comment_count]
    rate = (sum(count) + 0.5) / (sum(size) + 1)
    yes = [n + 100 * rate for n in count]
    no = [s - n + 100 * (1 - rate) for s, n in zip(size, count, strict=True)]
    log_odds = math.log(yes[0] / no[0]) - math.log(yes[1] / no[1])
    return log_odds, log_odds / math.sqrt(1 / yes[0] + 1 / no[0] + 1 / yes[1] + 1 / no[1])


def test_what_is_said_more_here_marks_it_out():
    found = find_marks(HERE, ELSEWHERE)
    [mark] = found.marks
    assert (mark.term, mark.here.count, mark.here.out_of) == ("parking", 20, 100)
    assert (mark.elsewhere.count, mark.elsewhere.out_of) == (30, 900)
    # “once” is in fewer than five of all comments.
    assert found.tested_count == 3


@given(counted(), counted())
def test_find_marks_agrees_with_twin(here, elsewhere):
    found = find_marks(here, elsewhere)
    if found.why_not:
        assert found.marks == ()
        assert min(here.comment_count, elsewhere.comment_count) < 10 or "no word" in found.why_not
    for mark in found.marks:
        assert (mark.log_odds, mark.z) == pytest.approx(twin(mark.term, here, elsewhere))
        assert mark.z > 1
        assert mark.here.count >= 5
        assert mark.here.percent > mark.elsewhere.percent
    assert [mark.z for mark in found.marks] == sorted(
        (mark.z for mark in found.marks), reverse=True
    )


@given(counted(), counted())
def test_nothing_marks_both_out(here, elsewhere):
    one = {mark.term for mark in find_marks(here, elsewhere).marks}
    other = {mark.term for mark in find_marks(elsewhere, here).marks}
    assert not one & other


@given(counted(), counted())
def test_find_marks_does_not_mind_the_order(here, elsewhere):
    turned = TermCount(here.comment_count, dict(reversed(here.counts.items())))
    assert find_marks(turned, elsewhere) == find_marks(here, elsewhere)


def test_a_word_that_a_phrase_nearly_always_holds_is_not_said_twice():
    here = TermCount(200, {"car": 42, "park": 45, "car park": 40, "car park full": 12, "fee": 20})
    elsewhere = TermCount(2000, {"car": 30, "park": 20, "car park": 10, "car park full": 3})
    assert [mark.term for mark in find_marks(here, elsewhere).marks] == ["car park", "fee"]


def is_part(shorter, longer):
    return shorter is not longer and f" {shorter.term} " in f" {longer.term} "


@given(st.randoms(use_true_random=False))
def test_nothing_is_said_twice(random):
    words = ["a", "b", "c", "d"]
    phrases = [" ".join(random.choices(words, k=random.randint(1, 3))) for _ in range(12)]
    here = TermCount(200, {phrase: random.randint(20, 60) for phrase in phrases})
    found = find_marks(here, TermCount(2000, dict.fromkeys(phrases, 20))).marks
    for shorter, longer in itertools.permutations(found, 2):
        if is_part(shorter, longer):
            assert longer.here.count < 0.8 * shorter.here.count
            assert longer.log_odds > shorter.log_odds


def test_a_word_with_a_life_of_its_own_stays():
    here = TermCount(200, {"bell": 60, "call bell": 20})
    elsewhere = TermCount(2000, {"bell": 100, "call bell": 10})
    assert [mark.term for mark in find_marks(here, elsewhere).marks] == ["bell", "call bell"]


def test_what_all_comments_have_marks_nothing_out():
    assert find_marks(TermCount(50, {"a": 50}), TermCount(50, {"a": 50})).marks == ()
    [mark] = find_marks(TermCount(50, {"a": 50}), TermCount(50, {})).marks
    assert math.isfinite(mark.z)


def test_what_is_said_by_fewer_than_five_is_not_shown():
    found = find_marks(TermCount(20, {"fire": 4}), TermCount(100_000, {"fire": 1}))
    assert (found.marks, found.tested_count) == ((), 1)


@pytest.mark.parametrize(
    ("here", "elsewhere", "why_not"),
    [
        (TermCount(9, {}), TermCount(100, {}), "fewer than 10 comments here"),
        (TermCount(100, {}), TermCount(9, {}), "fewer than 10 comments elsewhere"),
        (TermCount(0, {}), TermCount(0, {}), "fewer than 10 comments here"),
        (TermCount(100, {"a": 2}), TermCount(100, {"a": 2}), "no word is in 5"),
    ],
)
def test_too_little_is_said(here, elsewhere, why_not):
    found = find_marks(here, elsewhere)
    assert (found.marks, found.tested_count) == ((), 0)
    assert why_not in found.why_not


@pytest.mark.parametrize("counts", [{"a": 11}, {"a": -1}])
def test_counts_that_cannot_be_are_refused(counts):
    for pair in ((TermCount(10, counts), ELSEWHERE), (ELSEWHERE, TermCount(10, counts))):
        with pytest.raises(ValueError, match="more comments than there are"):
            find_marks(*pair)


def test_from_texts_to_marks():
    here = count_terms([[["the", "food", "was", "cold"]]] * 12 + [[["kind", "nurses"]]] * 20)
    elsewhere = count_terms([[["kind", "nurses"]]] * 200 + [[["cold", "ward"]]] * 5)
    assert [mark.term for mark in find_marks(here, elsewhere).marks] == ["food was cold"]
