import doctest

import pytest

from yousaid.measures import fft
from yousaid.measures.fft import percent_negative, percent_positive
from yousaid.measures.intervals import share


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


def test_examples_run():
    outcome = doctest.testmod(fft)
    assert (outcome.failed, outcome.attempted) == (0, 2)
