"""A share, a difference, a rate or a median, never without how sure one can be of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf, sqrt
from numbers import Integral

import numpy as np
from scipy.special import gammaincinv

# A percentage of fewer than this says more about two or three people than about a service.
# Ours, not a national rule; NHS England hides all figures below five responses besides.
MINIMUM_DENOMINATOR = 10

# Ours: of fewer values the interval of a median covers too little (docs/why/measures.md).
MINIMUM_FOR_MEDIAN = 30

# The standard normal deviate that leaves 2.5 % in each tail.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `out_of`, in percent, with its 95 % interval from `low` to `high` percent.

    All three percentages are None where `out_of` is 0.
    """

    count: int
    out_of: int
    percent: float | None
    low: float | None
    high: float | None

    @property
    def can_show(self) -> bool:
        """Whether there is enough for a percentage; otherwise show the counts alone."""
        return self.out_of >= MINIMUM_DENOMINATOR


def share(count: int, out_of: int) -> Share:
    """The share that `count` is of `out_of`, with its 95 % Wilson interval.

    Wilson's interval keeps to 0…100 and has a width even where everyone agrees, where the usual
    one claims certainty. Wilson, “Probable inference, the law of succession, and statistical
    inference”, JASA 22 (1927) 209; recommended for small numbers by Brown, Cai and DasGupta,
    “Interval estimation for a binomial proportion”, Statistical Science 16 (2001) 101.

    Raises ValueError for what is no whole number, for a negative count and for one above `out_of`.

    >>> [round(value, 1) for value in (share(28, 28).low, share(28, 28).high)]
    [87.9, 100.0]
    >>> [round(value, 1) for value in (share(26, 28).low, share(26, 28).high)]
    [77.4, 98.0]
    >>> [round(value, 1) for value in (share(5, 5).low, share(5, 5).high)]
    [56.6, 100.0]
    """
    if not (_is_count(count) and _is_count(out_of) and count <= out_of):
        raise ValueError(f"{count} of {out_of} is no share")
    if out_of == 0:
        return Share(0, 0, None, None, None)
    low, high = wilson(count / out_of, out_of)
    return Share(count, out_of, 100 * count / out_of, 100 * low, 100 * high)


def wilson(rate: float, size: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate 0…1 in a sample whose size need be no whole number.

    Raises ValueError for a rate outside 0…1 and for a sample of nothing or without end.
    """
    if not (0 <= rate <= 1 and 0 < size < inf):
        raise ValueError(f"a rate of {rate} in a sample of {size} has no interval")
    shrink = 1 + _Z**2 / size
    middle = (rate + _Z**2 / (2 * size)) / shrink
    reach = _Z / shrink * sqrt(rate * (1 - rate) / size + _Z**2 / (4 * size**2))
    # At the ends the formula gives exactly 0 and 1, which rounding misses by a hair.
    return (0.0 if rate == 0 else middle - reach), (1.0 if rate == 1 else middle + reach)


@dataclass(frozen=True, slots=True)
class Difference:
    """How many percentage points one share is above another, −100 … 100, with its 95 % interval.

    All three are None where either share is of nothing.
    """

    points: float | None
    low: float | None
    high: float | None

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def difference(one: Share, other: Share) -> Difference:
    """How many percentage points `one` is above `other`, two shares of different people.

    Newcombe's hybrid score interval, which is put together of Wilson's and keeps to −100 … 100:
    “Interval estimation for the difference between independent proportions”, Statistics in Medicine
    17 (1998) 873, method 10, of which this is the first example:

    >>> found = difference(share(56, 70), share(48, 80))
    >>> [round(value / 100, 4) for value in (found.points, found.low, found.high)]
    [0.2, 0.0524, 0.3339]
    """
    if one.percent is None or one.low is None or one.high is None:
        return Difference(None, None, None)
    if other.percent is None or other.low is None or other.high is None:
        return Difference(None, None, None)
    points = one.percent - other.percent
    low = points - hypot(one.percent - one.low, other.high - other.percent)
    high = points + hypot(one.high - one.percent, other.percent - other.low)
    return Difference(points, max(low, -100.0), min(high, 100.0))


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` events in so much `exposure`, as `rate` for every `per` of it, `low` to `high`.

    The interval is of 95 %. All three rates are None where `exposure` is 0.
    """

    count: int
    exposure: float
    per: float
    rate: float | None
    low: float | None
    high: float | None


def rate(count: int, exposure: float = 1, per: float = 1) -> Rate:
    """How often something happens, with the exact 95 % interval of a count.

    Left at 1, `exposure` and `per` give the interval of the count itself; complaints per 1,000
    discharges have the discharges as `exposure` and 1,000 as `per`. Exact means that it covers the
    truth in 95 of 100 cases or more, whatever the truth, so that it is a little wide. It takes
    events to come one by one, none bringing on the next. Garwood, “Fiducial limits for the Poisson
    distribution”, Biometrika 28 (1936) 437; for none and for ten it has:

    >>> [round(value, 2) for value in (rate(0).low, rate(0).high)]
    [0.0, 3.69]
    >>> [round(value, 2) for value in (rate(10).low, rate(10).high)]
    [4.8, 18.39]

    Raises ValueError for a count that is no whole number or negative, for an exposure that is
    negative or endless, and for events without any exposure.
    """
    if (
        not _is_count(count)
        or not 0 <= exposure < inf
        or (count and not exposure)
        or not 0 < per < inf
    ):
        raise ValueError(f"{count} in {exposure}, per {per}, is no rate")
    if not exposure:
        return Rate(count, exposure, per, None, None, None)
    scale = per / exposure
    low = scale * float(gammaincinv(count, 0.025)) if count else 0.0
    high = scale * float(gammaincinv(count + 1, 0.975))
    return Rate(count, exposure, per, scale * count, low, high)


@dataclass(frozen=True, slots=True)
class Median:
    """The middle of `count` values, with its 95 % interval.

    `median` is None of no values; `low` and `high` are None where `why_not` says why.
    """

    count: int
    median: float | None
    low: float | None
    high: float | None
    why_not: str = ""


def median(values: Sequence[float], seed: int) -> Median:
    """The middle of the values with an interval by bootstrap, in the unit of the values.

    The values are drawn again with replacement, 2,000 times, each time as many as there are: 95 %
    of those medians lie in the interval. Efron, “Bootstrap methods: another look at the jackknife”,
    Annals of Statistics 7 (1979) 1; the percentile method, since the corrections of later ones rest
    on the jackknife, which fails for medians. The same seed gives the same interval. Where many
    values are alike, as days or scores are, it may have no width.

    Raises ValueError for a value that is not a finite number.

    >>> found = median([1, 2, 3, 4] * 10, seed=1)
    >>> found.median, 1 < found.low <= 2.5 <= found.high < 4
    (2.5, True)
    >>> median([3, 1, 2], seed=1).why_not
    'There are 3 values; an interval of the median needs 30.'
    """
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError("a median is of a row of finite numbers")
    middle = float(np.median(array)) if array.size else None
    if array.size < MINIMUM_FOR_MEDIAN:
        many = f"{array.size} value" if array.size == 1 else f"{array.size} values"
        verb = "is" if array.size == 1 else "are"
        why_not = f"There {verb} {many}; an interval of the median needs {MINIMUM_FOR_MEDIAN}."
        return Median(array.size, middle, None, None, why_not)
    # Slow to import, and the pages that show shares alone do without it.
    from scipy.stats import bootstrap

    ends = bootstrap(
        (array,),
        np.median,
        n_resamples=2000,
        batch=max(1, 1_000_000 // array.size),
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Median(array.size, middle, float(ends.low), float(ends.high))


def _is_count(value: int) -> bool:
    # NumPy's whole numbers are welcome; NaN and halves, which would pass for figures, are not.
    return isinstance(value, Integral) and value >= 0
