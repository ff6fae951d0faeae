import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.measures.spc import twin
from yousaid.measures.spc.rules import Limits, find_causes, make_limits

# Whole numbers, so that points lie on lines as often as beside them.
values = st.lists(st.integers(-8, 8), min_size=1, max_size=40)


@given(values, st.integers(-2, 2), st.sampled_from([0, 3, 6, 7.5]))
def test_causes_are_the_slow_twin_s(found, centre, reach):
    limits = make_limits(centre, np.full(len(found), float(reach)))
    assert find_causes(np.array(found, float), limits) == ask_twin(found, limits)


@given(st.data())
def test_causes_under_lines_that_change(data):
    found = data.draw(values)
    reach = np.array(
        data.draw(st.lists(st.integers(1, 9), min_size=len(found), max_size=len(found))), float
    )
    limits = make_limits(0.0, 3 * reach / 3)
    assert find_causes(np.array(found, float), limits) == ask_twin(found, limits)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40))
def test_causes_between_uneven_lines(found):
    lines = [np.full(len(found), float(line)) for line in (0, 1, 60, 250, 330)]
    limits = Limits(*lines)
    assert find_causes(np.array(found, float), limits) == ask_twin(found, limits)


def ask_twin(found, limits):
    lines = (limits.lower, limits.near_lower, limits.centre, limits.near_upper, limits.upper)
    return twin.find_causes(found, *(line.tolist() for line in lines))


@given(values)
def test_upside_down_is_the_opposite(found):
    limits = make_limits(0.0, np.full(len(found), 6.0))
    turned = find_causes(-np.array(found, float), limits)
    swapped = {
        "above_limit": "below_limit",
        "rising": "falling",
        "near_upper_limit": "near_lower_limit",
        "run_above": "run_below",
    }
    swapped |= {low: high for high, low in swapped.items()} | {None: None}
    both = zip(find_causes(np.array(found, float), limits), turned, found, strict=True)
    # A point between two trends has the earlier one's, whichever way that goes.
    assert all(swapped[cause] == other for cause, other, _ in both)


def test_the_first_cause_that_fits():
    limits = make_limits(0.0, np.full(7, 6.0))
    assert find_causes(np.array([1.0, 2, 3, 4.5, 5, 5.5, 7]), limits) == [
        *["rising"] * 6,
        "above_limit",
    ]
    assert find_causes(np.array([1.0, 1, 1, 5, 5, 1, 1]), limits) == [
        "run_above", "run_above", "run_above", "near_upper_limit", "near_upper_limit",
        "run_above", "run_above",
    ]  # fmt: skip


def test_a_tie_breaks_a_trend_and_the_centre_breaks_a_run():
    limits = make_limits(0.0, np.full(7, 60.0))
    assert find_causes(np.array([-3.0, -2, -1, 1, 1, 2, 3]), limits) == [None] * 7
    assert find_causes(np.array([1.0, 1, 1, 0, 1, 1, 1]), limits) == [None] * 7
    # A mean is not exact in its last digit.
    assert find_causes(np.array([1.0, 1, 1, 1e-12, 1, 1, 1]), limits) == [None] * 7
