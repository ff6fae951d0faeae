"""Control charts: is this more than the usual up and down?

Each kind of chart makes `Lines`: the values and limits of one stretch of points. All else is the
same for all: the rules, the icons, and what is said beneath.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Literal, get_args

import numpy as np

from yousaid.measures.spc.rules import RUN_POINTS, TREND_POINTS, Array, Cause, Limits, find_causes

Kind = Literal["XmR", "p", "P′", "g", "t"]
Direction = Literal["higher", "lower", "neither"]
Variation = Literal[
    "common",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neutral_high",
    "neutral_low",
]
Assurance = Literal["pass", "fail", "hit_or_miss"]

# Fewer points than this make limits that the next ones will move: “trial limits”.
SETTLED_POINTS = 12
# Nelson, “Control charts for individual measurements”, Journal of Quality Technology 14 (1982) 172:
# a moving range beyond this many times their mean is no usual one.
RANGE_LIMIT = 3.267
_RISING: frozenset[Cause] = frozenset({"above_limit", "rising", "near_upper_limit", "run_above"})


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How a chart is made. `better` is the direction of improvement. `rebase_at` are the places at
    which limits begin anew. With a `baseline` they rest on the first so many points of a stretch,
    12 at least. `screens` leaves moving ranges out that are far beyond the others; NHS England's
    spreadsheet does not, NHSRplotthedots does. Raises ValueError for what is none of this."""

    better: Direction = "neither"
    target: float | None = None
    rebase_at: tuple[int, ...] = ()
    baseline: int | None = None
    screens: bool = True

    def __post_init__(self) -> None:
        if self.better not in get_args(Direction):
            raise ValueError(f"better is one of {', '.join(get_args(Direction))}")
        if self.target is not None and not isfinite(self.target):
            raise ValueError(f"a target of {self.target} is no finite number")
        if self.baseline is not None and self.baseline < SETTLED_POINTS:
            raise ValueError(
                f"a baseline of {self.baseline} points; it takes {SETTLED_POINTS} or more"
            )


@dataclass(frozen=True, slots=True)
class Point:
    """A point with its lines. `value` is None where there is none; then it has no lines either.
    `out_of` is the denominator, None where there is none. `cause` says why it is more than
    chance."""

    value: float | None
    out_of: int | None = None
    lower: float | None = None
    centre: float | None = None
    upper: float | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart: its points in the order of time and what they say.

    `variation` is of the latest point, `assurance` of the target against the latest limits; None
    where there is nothing to say. `parameters` is one sentence on how it was made, to stand under
    it. `notes` are what a careful reader must know. `score` is how many standard deviations the
    latest point lies above the centre; None where it has no limits.
    """

    kind: Kind
    points: tuple[Point, ...]
    variation: Variation | None
    assurance: Assurance | None
    parameters: str
    notes: tuple[str, ...]
    score: float | None


@dataclass(frozen=True, slots=True)
class Lines:
    """The limits of a stretch of points, and how they are shown where that differs."""

    limits: Limits
    show: Callable[[Array], Array] = np.asarray


def make_chart(
    kind: Kind,
    values: Sequence[float | None],
    out_of: Sequence[int] | None,
    options: ChartOptions,
    draw_lines: Callable[[list[int]], Lines | None],
    measured: Array,
    notes: tuple[str, ...] = (),
) -> Chart:
    """The chart of these values; `draw_lines` makes the lines of the points at some places, None
    where they are too few, and `measured` is what is held against them."""
    points = [
        Point(value, None if out_of is None else out_of[place])
        for place, value in enumerate(values)
    ]
    score, least = None, len(points)
    for stretch in _list_stretches(values, options.rebase_at):
        lines = draw_lines(stretch)
        least = min(least, len(stretch))
        score = None
        if lines is not None:
            _lay(points, stretch, lines, measured[stretch])
            score = _get_score(measured[stretch[-1]], lines.limits)
    if 0 < least < SETTLED_POINTS:
        notes = (
            *notes,
            f"Trial limits: they rest on {least} points, and settle with {SETTLED_POINTS}.",
        )
    elif options.baseline and least < options.baseline:
        notes = (
            *notes,
            f"The baseline is not full: limits rest on {least} points, of {options.baseline}.",
        )
    last = next((point for point in reversed(points) if point.value is not None), Point(None))
    return Chart(
        kind=kind,
        points=tuple(points),
        variation=_get_variation(last, options.better),
        assurance=_get_assurance(last, options),
        parameters=_say_parameters(kind, options),
        notes=notes,
        score=score,
    )


def _list_stretches(values: Sequence[float | None], rebase_at: Sequence[int]) -> list[list[int]]:
    """The places of the points between which limits stay the same, those without a value left
    out."""
    if any(not 0 < place < len(values) for place in rebase_at):
        raise ValueError(f"limits cannot begin anew at {list(rebase_at)} of {len(values)} points")
    edges = [0, *sorted(set(rebase_at)), len(values)]
    stretches = [
        [place for place in range(start, end) if values[place] is not None]
        for start, end in pairwise(edges)
    ]
    return [stretch for stretch in stretches if stretch]


def _lay(points: list[Point], stretch: list[int], lines: Lines, measured: Array) -> None:
    causes = find_causes(measured, lines.limits)
    limits = lines.limits
    shown = [lines.show(line).tolist() for line in (limits.lower, limits.centre, limits.upper)]
    for place, cause, lower, centre, upper in zip(stretch, causes, *shown, strict=True):
        point = points[place]
        points[place] = Point(point.value, point.out_of, lower, centre, upper, cause)


def _get_score(value: float, limits: Limits) -> float | None:
    reach = float(limits.near_upper[-1] - limits.centre[-1]) / 2
    return float(value - limits.centre[-1]) / reach if reach > 0 else None


def _get_variation(last: Point, better: Direction) -> Variation | None:
    if last.centre is None:
        return None
    if last.cause is None:
        return "common"
    is_high = last.cause in _RISING
    if better == "neither":
        return "neutral_high" if is_high else "neutral_low"
    if is_high:
        return "improvement_high" if better == "higher" else "concern_high"
    return "improvement_low" if better == "lower" else "concern_low"


def _get_assurance(last: Point, options: ChartOptions) -> Assurance | None:
    target = options.target
    if target is None or options.better == "neither" or last.lower is None or last.upper is None:
        return None
    if last.lower <= target <= last.upper:
        return "hit_or_miss"
    is_below = target < last.lower
    return "pass" if is_below == (options.better == "higher") else "fail"


def _say_parameters(kind: Kind, options: ChartOptions) -> str:
    rests = (
        f"the first {options.baseline} points"
        if options.baseline
        else "all points between two changes of limits"
        if options.rebase_at
        else "all points"
    )
    screens = (
        f", moving ranges of {RANGE_LIMIT} times their mean or more left out"
        if options.screens and kind in ("XmR", "P′", "t")
        else ""
    )
    return (
        f"{kind} chart; centre and limits rest on {rests}{screens}. A signal is a point outside "
        f"the limits, {TREND_POINTS} points that rise or fall, 2 of 3 in the outer third on one "
        f"side, or {RUN_POINTS} on one side of the centre."
    )
