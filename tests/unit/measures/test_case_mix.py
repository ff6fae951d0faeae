import doctest

import numpy as np
import pytest

from yousaid.measures import case_mix
from yousaid.measures.case_mix import adjust_shares
from yousaid.measures.funnel import NOT_FOR_RANKING
from yousaid.measures.intervals import share

pytest.importorskip("statsmodels", reason="the extra “stats” is not installed")


def draw(random, size=12_000):
    """Six wards that are alike but for how they ask, and a seventh that is better."""
    wards = random.integers(0, 7, size)
    cards = random.random(size) < np.array([0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.1])[wards]
    eta = 0.3 + 1.5 * cards + 0.8 * (wards == 6)
    good = random.random(size) < 1 / (1 + np.exp(-eta))
    return [f"Ward {ward}" for ward in wards], good, {"Mode": np.where(cards, "Card", "SMS")}


def test_what_the_mode_makes_is_taken_away():
    wards, good, modes = draw(np.random.default_rng(1))
    found = adjust_shares(wards, good, modes)
    raw = [place.share.percent for place in found.places]
    adjusted = [place.percent for place in found.places]
    assert max(raw[:6]) - min(raw[:6]) > 20
    assert max(adjusted[:6]) - min(adjusted[:6]) < 8
    assert adjusted[6] > max(adjusted[:6]) + 5
    assert found.caution == NOT_FOR_RANKING


def test_adjusting_agrees_with_standardising_by_hand():
    # By the score equations the shift that gives a ward's own share is the ward's coefficient, so
    # setting everyone to be of that ward comes to the same.
    wards, good, modes = draw(np.random.default_rng(2), 4000)
    names = sorted(set(wards))
    x = np.column_stack([np.array(wards) == name for name in names] + [modes["Mode"] == "Card"])
    x = x.astype(float)
    beta = np.zeros(8)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ beta))
        bend = (x * (chance * (1 - chance))[:, None]).T @ x
        beta += np.linalg.solve(bend, x.T @ (good - chance))
    found = adjust_shares(wards, good, modes)
    for number, place in enumerate(found.places):
        expected = 100 * (1 / (1 + np.exp(-beta[number] - x[:, 7] * beta[7]))).mean()
        assert place.percent == pytest.approx(expected, abs=1e-4)


def test_ends_are_in_order_and_within_bounds():
    found = adjust_shares(*draw(np.random.default_rng(3)))
    for place in found.places:
        assert 0 < place.low < place.percent < place.high < 100


def test_a_ward_that_is_all_good_stays_all_good():
    wards, good, modes = draw(np.random.default_rng(4), 3000)
    wards += ["Ward 9"] * 20
    good = [*good.tolist(), *[True] * 20]
    modes = {"Mode": [*modes["Mode"].tolist(), *["Card", "SMS"] * 10]}
    place = adjust_shares(wards, good, modes).places[-1]
    assert (place.name, place.share, place.percent, place.high) == (
        "Ward 9", share(20, 20), 100, 100,
    )  # fmt: skip
    assert 70 < place.low < 90


def test_a_small_ward_is_left_as_it_is():
    wards, good, modes = draw(np.random.default_rng(5), 3000)
    place = adjust_shares(
        [*wards, *["Ward 9"] * 9],
        [*good.tolist(), *[True, False, True] * 3],
        {"Mode": [*modes["Mode"].tolist(), *["Card"] * 9]},
    ).places[-1]
    assert (place.share, place.percent) == (share(6, 9), None)
    assert place.why_not == "Fewer than 10 responses."


def test_responses_of_a_rare_mode_are_left_out():
    wards, good, modes = draw(np.random.default_rng(6), 3000)
    rare = modes["Mode"].astype(object)
    rare[:5] = "Fax"
    found = adjust_shares(wards, good, {"Mode": rare.tolist()})
    assert found.left_out_count == 5
    assert sum(place.share.out_of for place in found.places) == 3000


def test_a_mode_of_one_ward_alone_is_refused():
    wards = ["Ward 1"] * 100 + ["Ward 2"] * 100
    found = adjust_shares(wards, [True, False] * 100, {"Mode": ["SMS"] * 100 + ["Card"] * 100})
    assert "too closely to tell apart" in found.why_not
    assert [place.percent for place in found.places] == [None, None]
    assert found.places[0].why_not == found.why_not


@pytest.mark.parametrize("modes", [{}, {"Mode": ["SMS"] * 200}])
def test_no_case_mix_adjusts_nothing(modes):
    found = adjust_shares(["Ward 1"] * 100 + ["Ward 2"] * 100, [True, False] * 100, modes)
    assert found.why_not == "There is no case mix to adjust for."
    assert found.places[0].share == share(50, 100)


def test_nothing_at_all_is_nothing():
    assert adjust_shares([], [], {"Mode": []}).places == ()


def test_adjust_shares_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="“Place” has 1 values for 2 outcomes"):
        adjust_shares(["Ward 1"], [True, False], {"Mode": ["SMS", "SMS"]})
    with pytest.raises(ValueError, match="“Place” is no part"):
        adjust_shares(["Ward 1"], [True], {"Place": ["SMS"]})


def test_examples_run():
    outcome = doctest.testmod(case_mix)
    assert (outcome.failed, outcome.attempted) == (0, 5)
