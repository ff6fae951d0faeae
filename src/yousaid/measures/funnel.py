"""Places beside each other by a funnel plot: which differ by more than chance and by more than
places do anyway. Never a league table.

Limits allow for how few responses a place has and for how far places are spread. Spiegelhalter,
“Funnel plots for comparing institutional performance”, Statistics in Medicine 24 (2005) 1185, and
“Handling over-dispersion of performance indicators”, Quality and Safety in Health Care 14 (2005)
347.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, pi, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from yousaid.measures.intervals import MINIMUM_DENOMINATOR, Share

# Goes with whatever sets places beside each other. The first half is what the Notes sheet of NHS
# England's monthly workbooks says.
NOT_FOR_RANKING = (
    "Not for ranking: NHS England says that the Friends and Family Test cannot compare providers "
    "directly, because responses are collected in different ways from different people. "
    "Use this to ask questions, not to judge."
)

# Ours: among fewer places nobody can tell how far places are spread.
MINIMUM_PLACES = 5

# Standard normal deviates that leave 2.5 % and 0.1 % in each tail.
_Z_95, _Z_998 = 1.959963984540054, 3.090232306167813

Floats = npt.NDArray[np.float64]
Position = Literal["far below", "below", "within", "above", "far above"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which percentages a place of so many responses lies in 95 % and in 99.8 % of cases,
    if it is as the others are."""

    out_of: int
    low_998: float
    low_95: float
    high_95: float
    high_998: float


@dataclass(frozen=True, slots=True)
class FunnelPlace:
    """A place on the funnel; `position` and `limits` are None where `why_not` says why.

    “far below” and “far above” lie outside the 99.8 % limits, “below” and “above” outside those of
    95 %, where one in twenty lies by chance.
    """

    name: str
    share: Share
    limits: Limits | None
    position: Position | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Funnel:
    """Places in the order in which they were given, around the share of all that are shown.

    `dispersion` is φ: 1 where places differ only by chance, more where they are spread.
    `between_variance` is τ², how far they are spread beyond chance, on the arcsine scale. All are
    None where `why_not` says why, and no place then has limits.
    """

    places: tuple[FunnelPlace, ...]
    centre_percent: float | None
    dispersion: float | None
    between_variance: float | None
    why_not: str = ""
    caution: str = NOT_FOR_RANKING

    def make_curves(self, denominators: Sequence[int]) -> list[Limits]:
        """The limits at each denominator, for drawing; none where there is no funnel.

        Raises ValueError for a denominator below 1.
        """
        if self.centre_percent is None or self.between_variance is None:
            return []
        if denominators and min(denominators) < 1:
            raise ValueError(f"{min(denominators)} is no denominator")
        return _make_limits(self.centre_percent / 100, self.between_variance, denominators)


def make_funnel(shares: Mapping[str, Share]) -> Funnel:
    """Whether each named place's share lies within what is to be expected of its size.

    A place with fewer than MINIMUM_DENOMINATOR responses is listed, but neither counts nor gets
    limits; with fewer than MINIMUM_PLACES others there is no funnel. Shares are turned by the
    arcsine of their square root, y, with standard error s = 1 / (2√n), and compared with that of
    all together, θ: z = (y − θ) / s, drawn in to the 10th and 90th hundredth. φ is the mean of z²,
    τ² as in `get_overdispersion`, and the limits are sin²(θ ± 1.96 √(s² + τ²)), or 3.09 for 99.8 %,
    each half a response further out and none past 0 or 100 %. The half response is ours: responses
    come whole, and without it one in nine unchanging wards of usual size lies outside the 95 %
    limits, most because all of its 28 responses are good (docs/why/measures.md).

    Nine in ten are positive everywhere, so θ = asin √0.9 = 1.2490; of 100 responses s is 0.05 and
    the 95 % limits are sin²(1.2490 ± 0.0980), 83.4 and 95.1 %, and half a response more:

    >>> from yousaid.measures.intervals import share
    >>> found = make_funnel({f"Ward {number}": share(90, 100) for number in range(6)})
    >>> [round(end, 1) for end in (found.places[0].limits.low_95, found.places[0].limits.high_95)]
    [82.9, 95.6]
    """
    shown = {name: found for name, found in shares.items() if found.can_show}
    if len(shown) < MINIMUM_PLACES:
        return _make_no_funnel(shares, len(shown))
    counts = np.array([found.count for found in shown.values()], np.float64)
    totals = np.array([found.out_of for found in shown.values()], np.float64)
    centre = float(counts.sum() / totals.sum())
    errors = 1 / (2 * np.sqrt(totals))
    scores = (np.arcsin(np.sqrt(counts / totals)) - asin(sqrt(centre))) / errors
    dispersion, between = get_overdispersion(scores, errors)
    all_limits = _make_limits(centre, between, [found.out_of for found in shown.values()])
    limits = dict(zip(shown, all_limits, strict=True))
    places = tuple(
        FunnelPlace(name, found, limits[name], _get_position(found, limits[name]))
        if name in limits
        else FunnelPlace(name, found, None, None, _word_too_few())
        for name, found in shares.items()
    )
    return Funnel(places, 100 * centre, dispersion, between)


def get_overdispersion(
    scores: Sequence[float] | Floats, errors: Sequence[float] | Floats, winsorised: float = 0.1
) -> tuple[float, float]:
    """How much further scores are spread than chance does it: the dispersion φ and τ².

    `scores` are distances from the centre in standard errors, `errors` those standard errors.
    Scores beyond the `winsorised` and 1 − `winsorised` quantile are drawn in to it, so that the
    places one is looking for do not widen the limits themselves. φ is the mean of their squares; τ²
    is (kφ − (k − 1)) / (Σw − Σw² / Σw) with w = 1 / s², and 0 where that is below 0: DerSimonian
    and Laird, “Meta-analysis in clinical trials”, Controlled Clinical Trials 7 (1986) 177.

    Raises ValueError for lengths that differ, fewer than two, and errors that are not above 0.

    Of −2 and 2 with errors of 1, φ is 4 and τ² is (8 − 1) / (2 − 2 / 2):

    >>> get_overdispersion([-2, 2], [1, 1], winsorised=0)
    (4.0, 7.0)
    """
    scores, errors = np.asarray(scores, np.float64), np.asarray(errors, np.float64)
    if scores.shape != errors.shape or scores.ndim != 1 or len(scores) < 2:
        raise ValueError("an overdispersion is of two scores or more, each with its error")
    if not (np.isfinite(scores).all() and np.isfinite(errors).all() and (errors > 0).all()):
        raise ValueError("scores are finite and errors above 0")
    drawn_in = np.clip(scores, *np.quantile(scores, [winsorised, 1 - winsorised]))
    dispersion = float(np.mean(drawn_in**2))
    weights = errors**-2
    spare = len(scores) * dispersion - (len(scores) - 1)
    between = spare / (weights.sum() - (weights**2).sum() / weights.sum())
    return dispersion, max(0.0, float(between))


def _make_limits(centre: float, between: float, denominators: Sequence[int]) -> list[Limits]:
    out_of = np.asarray(denominators, np.float64)[:, np.newaxis]
    reach = np.sqrt(1 / (4 * out_of) + between) * [-_Z_998, -_Z_95, _Z_95, _Z_998]
    # sin² falls again past either end.
    angles = np.clip(asin(sqrt(centre)) + reach, 0, pi / 2)
    half = 50 / out_of * [-1, -1, 1, 1]
    percents = np.clip(100 * np.sin(angles) ** 2 + half, 0, 100).tolist()
    return [Limits(size, *ends) for size, ends in zip(denominators, percents, strict=True)]


def _get_position(found: Share, limits: Limits) -> Position:
    assert found.percent is not None  # places without responses are not shown
    if found.percent < limits.low_95:
        return "far below" if found.percent < limits.low_998 else "below"
    if found.percent > limits.high_95:
        return "far above" if found.percent > limits.high_998 else "above"
    return "within"


def _make_no_funnel(shares: Mapping[str, Share], shown_count: int) -> Funnel:
    why_not = (
        f"A funnel plot needs {MINIMUM_PLACES} places with {MINIMUM_DENOMINATOR} responses or "
        f"more; here are {shown_count}."
    )
    places = tuple(
        FunnelPlace(name, found, None, None, why_not if found.can_show else _word_too_few())
        for name, found in shares.items()
    )
    return Funnel(places, None, None, None, why_not)


def _word_too_few() -> str:
    return f"Fewer than {MINIMUM_DENOMINATOR} responses."
