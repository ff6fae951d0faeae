"""Places with few responses hidden: NHS England's three levels, and no answer given away.

The proof is by brute force: all answers are written down that a reader of the shown figures could
still hold possible.
"""

from collections import Counter
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.measures.suppress import SUPPRESSED, Unit, suppress_units

POSITIVE, NEGATIVE = (0, 1), (3, 4)


def list_answers(size, width):
    """Every way in which so many responses may fall on the answers."""
    for chosen in combinations_with_replacement(range(width), size):
        counted = Counter(chosen)
        yield tuple(counted[code] for code in range(width))


def add_up(leaves):
    """The counts of every place that holds these, by place."""
    totals = {}
    for place, counts in leaves.items():
        for depth in range(len(place) + 1):
            above = totals.setdefault(place[:depth], [0] * len(counts))
            for code, count in enumerate(counts):
                above[code] += count
    return {place: tuple(counts) for place, counts in totals.items()}


def list_possible(shown, units, get):
    """The counts of all places, in every way that fits what is shown."""
    figures = {one.place: get(one) for one in shown}
    options = {
        unit.place: [
            answer
            for answer in list_answers(sum(unit.score_counts), len(figures[unit.place]))
            if all(s in (SUPPRESSED, n) for s, n in zip(figures[unit.place], answer, strict=True))
        ]
        for unit in units
    }
    yield from (add_up(chosen) for chosen in choose(options, figures, {}))


def choose(options, figures, chosen):
    """Every choice of one option for each place, as long as no sum is beyond a shown one."""
    totals = add_up(chosen)
    is_done = len(chosen) == len(options)
    for place, counts in totals.items():
        for figure, count in zip(figures[place], counts, strict=True):
            if figure is not SUPPRESSED and (count > figure or (is_done and count < figure)):
                return
    if is_done:
        yield chosen
        return
    place = list(options)[len(chosen)]
    for answer in options[place]:
        yield from choose(options, figures, {**chosen, place: answer})


def check(units):
    shown = suppress_units(units)
    true = add_up({unit.place: unit.score_counts for unit in units})
    possible = list(list_possible(shown, units, lambda one: one.score_counts))
    assert true in possible
    for one in shown:
        for code, figure in enumerate(one.score_counts):
            if figure is SUPPRESSED:
                assert len({other[one.place][code] for other in possible}) > 1
            else:
                assert figure == true[one.place][code]
        for codes, percent in ((POSITIVE, one.percent_positive), (NEGATIVE, one.percent_negative)):
            sums = {sum(other[one.place][code] for code in codes) for other in possible}
            count = sum(true[one.place][code] for code in codes)
            if percent is SUPPRESSED and count:
                assert len(sums) > 1
            elif percent not in (SUPPRESSED, None):
                assert percent == round(100 * count / one.response_count, 1)


@st.composite
def wards(draw, most=4):
    """Two to four wards in one or two sites, small and with few kinds of answers."""
    places = draw(
        st.sampled_from(
            [
                [("A", "1"), ("A", "2")],
                [("A", "1"), ("A", "2"), ("A", "3")],
                [("A", "1"), ("A", "2"), ("B", "1")],
                [("A", "1"), ("A", "2"), ("B", "1"), ("B", "2")],
                [("1",), ("2",), ("3",), ("4",)],
            ]
        )
    )
    found = []
    for place in places:
        size = draw(st.integers(0, most))
        answers = draw(st.lists(st.sampled_from([0, 0, 1, 3, 4, 5]), min_size=size, max_size=size))
        found.append(Unit(place, tuple(answers.count(code) for code in range(6))))
    return found


@settings(max_examples=60, deadline=None)
@given(wards())
def test_no_answer_can_be_worked_out(units):
    check(units)


@pytest.mark.parametrize(
    "sizes", [(2, 6, 6), (1, 5, 7), (4, 5, 5), (3, 3, 9), (5, 5, 5), (1, 1, 1)]
)
def test_no_answer_of_one_mind_can_be_worked_out(sizes):
    # All are content, but for one.
    units = [
        Unit((str(n),), (size - (n == 1), 0, 0, int(n == 1), 0, 0)) for n, size in enumerate(sizes)
    ]
    check(units)


def hide(*sizes_by_place):
    units = [
        Unit(place, tuple(size // 6 + (code < size % 6) for code in range(6)))
        for place, size in sizes_by_place
    ]
    return {one.place: SUPPRESSED in one.score_counts for one in suppress_units(units) if one.place}


def test_the_three_levels():
    assert hide(
        (("A", "1"), 3), (("A", "2"), 20), (("A", "3"), 200), (("B", "1"), 90), (("B", "2"), 60)
    ) == {
        ("A",): False,
        ("A", "1"): True,
        ("A", "2"): True,
        ("A", "3"): False,
        ("B",): False,
        ("B", "1"): False,
        ("B", "2"): False,
    }


def test_where_a_place_is_hidden_so_are_the_two_lowest_within_it():
    hidden = hide(
        (("A", "1"), 3), (("B", "1"), 30), (("B", "2"), 20), (("B", "3"), 40), (("C", "1"), 99),
        (("C", "2"), 99),
    )  # fmt: skip
    # A has three responses; B is the next lowest, so its two lowest wards go as well.
    assert {place for place, is_hidden in hidden.items() if is_hidden} == {
        ("A",), ("A", "1"), ("B",), ("B", "1"), ("B", "2"),
    }  # fmt: skip


def test_nothing_is_hidden_where_nobody_is_few():
    assert not any(hide((("A",), 30), (("B",), 5), (("C",), 0)).values())


def test_modes_are_hidden_with_the_answers():
    shown = suppress_units(
        [
            Unit(("A",), (2, 1, 0, 0, 0, 0), (2, 1)),
            Unit(("B",), (5, 3, 0, 2, 0, 0), (6, 4)),
            Unit(("C",), (30, 3, 0, 2, 0, 0), (20, 15)),
        ]
    )
    found = {one.place: one.mode_counts for one in shown}
    assert found[("A",)] == found[("B",)] == (SUPPRESSED, SUPPRESSED)
    assert found[("C",)] == (20, 15)


@settings(max_examples=60, deadline=None)
@given(wards(most=40), st.randoms())
def test_the_order_does_not_matter(units, random):
    shuffled = list(units)
    random.shuffle(shuffled)
    assert suppress_units(shuffled) == suppress_units(units)


@settings(max_examples=100, deadline=None)
@given(wards(most=40))
def test_few_responses_show_no_answer(units):
    for one in suppress_units(units):
        if 0 < one.response_count < 5:
            given_answers = [n for n in one.score_counts if n is not SUPPRESSED]
            # Only what nobody anywhere answered is shown, which is 0.
            assert not any(given_answers)
            assert one.percent_positive in (SUPPRESSED, 0.0)


def test_one_mode_alone_is_no_secret():
    # Three responses, all by the one mode that there is: the number of responses says so.
    [every, one] = suppress_units([Unit(("A",), (2, 1, 0, 0, 0, 0), (3,))])
    assert (one.mode_counts, every.mode_counts) == ((3,), (3,))
    assert one.score_counts[0] is SUPPRESSED


NONE = (0,) * 6


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ([Unit(("A",), NONE), Unit(("A",), NONE)], "the same"),
        ([Unit(("A",), NONE), Unit(("A", "1"), NONE)], "holds other places"),
        ([Unit(("A",), (1, 2))], "2 scores, not 6"),
        ([Unit(("A",), (1, 2, 0, 0, 0, -1))], "-1 is no count"),
        ([Unit(("A",), NONE, (0,)), Unit(("B",), NONE, (0, 0))], "other modes"),
        ([Unit(("A",), (1, 0, 0, 0, 0, 0), (2,))], "do not add up"),
    ],
)
def test_places_that_cannot_be_are_refused(units, message):
    with pytest.raises(ValueError, match=message):
        suppress_units(units)


def test_no_places():
    assert suppress_units([]) == []
