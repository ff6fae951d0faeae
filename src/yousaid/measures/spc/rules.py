"""Which points of a control chart are more than chance: NHS England's four rules.

As in “Making Data Count” (england.nhs.uk/publication/making-data-count) and in NHSRplotthedots
0.2.2, which is the reference that ours is held against. A point has the first cause that fits.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Cause = Literal[
    "above_limit",
    "below_limit",
    "rising",
    "falling",
    "near_upper_limit",
    "near_lower_limit",
    "run_above",
    "run_below",
]
# Points in a trend, and in a run on one side of the centre.
TREND_POINTS = RUN_POINTS = 7
# What differs by less is the same: a mean is not exact in its last digit.
_TOLERANCE = 1e-9
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """The lines of a chart, a place for each point. Between a limit and the line near it lies the
    outer third of the way from the centre."""

    lower: Array
    near_lower: Array
    centre: Array
    near_upper: Array
    upper: Array


def make_limits(centre: float, reach: Array) -> Limits:
    """Limits as far below the centre as above it; `reach` is three standard deviations.

    >>> limits = make_limits(10, np.array([3.0, 6.0]))
    >>> limits.lower.tolist(), limits.near_upper.tolist(), limits.upper.tolist()
    ([7.0, 4.0], [12.0, 14.0], [13.0, 16.0])
    """
    near = 2 / 3 * reach
    return Limits(
        centre - reach, centre - near, np.full_like(reach, centre), centre + near, centre + reach
    )


def find_causes(values: Array, limits: Limits) -> list[Cause | None]:
    """The cause of each point, None where chance alone will do. Points are in the order of time,
    without gaps.

    >>> values = np.array([10.0, 10, 10, 21, 10])
    >>> find_causes(values, make_limits(10, np.full(5, 9.0)))
    [None, None, None, 'above_limit', None]
    """
    side = _get_side(values, limits.centre)
    beyond = np.where(_get_side(values, limits.upper) > 0, 1, 0)
    beyond -= np.where(_get_side(values, limits.lower) < 0, 1, 0)
    near = np.where(_get_side(values, limits.near_upper) > 0, 1, 0)
    near -= np.where(_get_side(values, limits.near_lower) < 0, 1, 0)
    near[beyond != 0] = 0
    # In the order of precedence.
    rules: tuple[tuple[NDArray[np.int64], Cause, Cause], ...] = (
        (beyond, "above_limit", "below_limit"),
        (_find_trends(values), "rising", "falling"),
        (_find_near(near, side), "near_upper_limit", "near_lower_limit"),
        (_find_windows(side, RUN_POINTS), "run_above", "run_below"),
    )
    causes: list[Cause | None] = [None] * len(values)
    for found, above, below in reversed(rules):
        for place in np.flatnonzero(found):
            causes[place] = above if found[place] > 0 else below
    return causes


def _get_side(values: Array, line: Array) -> NDArray[np.int64]:
    """1 above the line, −1 below it, 0 on it."""
    difference = values - line
    is_off = np.abs(difference) > _TOLERANCE * np.maximum(1, np.abs(line))
    return np.where(is_off, np.sign(difference), 0).astype(np.int64)


def _find_trends(values: Array) -> NDArray[np.int64]:
    """1 in each trend upwards and −1 in each downwards; a point in two has the earlier's."""
    steps = np.sign(np.diff(values)).astype(np.int64)
    found = np.zeros(len(values), np.int64)
    for start in range(len(values) - TREND_POINTS, -1, -1):
        window = steps[start : start + TREND_POINTS - 1]
        if window[0] and np.all(window == window[0]):
            found[start : start + TREND_POINTS] = window[0]
    return found


def _find_windows(signs: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """The sign of every point in a stretch of so many with the same sign, which is not 0."""
    found = np.zeros(len(signs), np.int64)
    for start in range(len(signs) - length + 1):
        window = signs[start : start + length]
        if window[0] and np.all(window == window[0]):
            found[start : start + length] = window[0]
    return found


def _find_near(near: NDArray[np.int64], side: NDArray[np.int64]) -> NDArray[np.int64]:
    """Points near a limit, where two of three in a row on one side are."""
    found = np.zeros(len(near), np.int64)
    for start in range(len(near) - 2):
        window = slice(start, start + 3)
        sides = side[window]
        if sides[0] and np.all(sides == sides[0]) and np.sum(near[window] == sides[0]) >= 2:
            found[window] = np.where(near[window] == sides[0], sides[0], found[window])
    return found
