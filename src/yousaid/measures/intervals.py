"""A share of a count, never without its denominator and how sure one can be of it."""

from dataclasses import dataclass
from math import sqrt

# A percentage of fewer than this says more about two or three people than about a service.
# Ours, not a national rule; NHS England hides all figures below five responses besides.
MINIMUM_DENOMINATOR = 10

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

    Raises ValueError for a negative count and for one above `out_of`.

    >>> [round(value, 1) for value in (share(28, 28).low, share(28, 28).high)]
    [87.9, 100.0]
    >>> [round(value, 1) for value in (share(26, 28).low, share(26, 28).high)]
    [77.4, 98.0]
    >>> [round(value, 1) for value in (share(5, 5).low, share(5, 5).high)]
    [56.6, 100.0]
    """
    if not 0 <= count <= out_of:
        raise ValueError(f"{count} of {out_of} is no share")
    if out_of == 0:
        return Share(0, 0, None, None, None)
    rate = count / out_of
    shrink = 1 + _Z**2 / out_of
    middle = (rate + _Z**2 / (2 * out_of)) / shrink
    reach = _Z / shrink * sqrt(rate * (1 - rate) / out_of + _Z**2 / (4 * out_of**2))
    # At the ends the formula gives exactly 0 and 1, which rounding misses by a hair.
    low = 0.0 if count == 0 else 100 * (middle - reach)
    high = 100.0 if count == out_of else 100 * (middle + reach)
    return Share(count, out_of, 100 * rate, low, high)
