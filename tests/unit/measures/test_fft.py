import doctest
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures import fft
from yousaid.measures.fft import add_up_modes, add_up_scores, percent_negative, percent_positive
from yousaid.measures.intervals import share

six_counts = st.lists(st.integers(0, 500), min_size=6, max_size=6)
wards = st.dictionaries(
    st.tuples(st.sampled_from("ABC"), st.sampled_from("12")), six_counts, max_size=6
)


def test_percent_positive_counts_everyone_who_scored():
    assert percent_positive([1, 2, 4, 8, 16, 32]) == share(3, 63)


def test_percent_negative_leaves_out_dont_know():
    assert percent_negative([1, 2, 4, 8, 16, 32]) == share(24, 63)


@pytest.mark.parametrize("percent", [percent_positive, percent_negative])
def test_percent_of_no_responses_is_none(percent):
    assert percent([0] * 6).percent is None


@pytest.mark.parametrize("percent", [percent_positive, percent_negative])
@pytest.mark.parametrize("counts", [[1] * 5, [1] * 7, [3, -1, 0, 0, 0, 0]])
def test_percent_refuses_other_than_six_counts(percent, counts):
    with pytest.raises(ValueError, match="is not a count for each of 6 scores"):
        percent(counts)


@given(six_counts.filter(any))
def test_percents_are_those_of_the_national_workbooks(counts):
    # Row 14 of the inpatient workbook: Very Good stands in column G … Don't Know in column L.
    row = dict(zip("GHIJKL", counts, strict=True))
    total = sum(row[column] for column in "GHIJKL")
    assert percent_positive(counts).percent == pytest.approx(100 * (row["G"] + row["H"]) / total)
    assert percent_negative(counts).percent == pytest.approx(100 * (row["J"] + row["K"]) / total)


def test_add_up_scores_never_averages_percentages():
    wards = {("City", "1"): [10, 0, 0, 0, 0, 0], ("City", "2"): [30, 15, 45, 0, 0, 0]}
    whole, city, *each = add_up_scores(wards)
    assert city.positive == whole.positive == share(55, 100)
    assert mean(ward.positive.percent for ward in each) == 75


@given(wards)
def test_add_up_scores_agrees_with_counting_by_hand(counts):
    for found in add_up_scores(counts):
        held = [row for unit, row in counts.items() if unit[: len(found.unit)] == found.unit]
        assert list(found.score_counts) == [sum(row[place] for row in held) for place in range(6)]
        assert found.positive == percent_positive(found.score_counts)
        assert found.negative == percent_negative(found.score_counts)


@given(wards)
def test_add_up_scores_lists_a_place_ahead_of_those_within(counts):
    units = [found.unit for found in add_up_scores(counts)]
    assert units[0] == ()
    assert set(units) == {unit[:depth] for unit in counts for depth in (0, 1, 2)} | {()}
    assert all(units.index(unit[:-1]) < units.index(unit) for unit in units[1:])


def test_add_up_scores_of_nothing_is_nothing():
    (whole,) = add_up_scores({})
    assert (whole.unit, whole.positive) == ((), share(0, 0))


def test_add_up_scores_keeps_what_belongs_to_no_ward():
    whole, city, ward = add_up_scores({("City",): [1] * 6, ("City", "1"): [2] * 6})
    assert [sum(found.score_counts) for found in (whole, city, ward)] == [18, 18, 12]


def test_add_up_scores_refuses_other_than_six_counts():
    with pytest.raises(ValueError, match="is not a count for each"):
        add_up_scores({("City",): [1, 2]})


def test_add_up_modes_adds_counts_at_every_level():
    whole, city, _, ward = add_up_modes(
        {("City", "1"): {"SMS": 8, "": 2}, ("City", "2"): {"Online": 30, "SMS": 10}}
    )
    assert whole.modes == city.modes == {"Online": share(30, 50), "SMS": share(18, 50)}
    assert whole.not_known == share(2, 50)
    assert (ward.unit, list(ward.modes)) == (("City", "2"), ["Online", "SMS"])
    assert ward.not_known == share(0, 40)


def test_add_up_modes_refuses_a_negative_count():
    with pytest.raises(ValueError, match="-1 is no count of responses by “SMS”"):
        add_up_modes({("City",): {"SMS": -1}})


def test_examples_run():
    outcome = doctest.testmod(fft)
    assert (outcome.failed, outcome.attempted) == (0, 5)
