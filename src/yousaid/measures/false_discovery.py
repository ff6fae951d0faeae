"""What changed, when many things are compared at once: only what is more than chance.

Of a hundred comparisons in which nothing changed, five come out “significant” at the usual 5 %. So
each is judged in the light of how many were made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yousaid.measures.intervals import Difference, Share, difference

# What share of the changes that are said may be chance. Also the level at which single comparisons
# would be called significant.
RATE = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One share now and before, and whether the change `holds` among all that were compared.

    `p_value` is how often chance alone makes a change as large, 0 … 1, and `adjusted` is the least
    rate at which this change would hold. Both are None where `why_not` says why.
    """

    name: str
    now: Share
    before: Share
    difference: Difference
    p_value: float | None
    adjusted: float | None
    holds: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that were compared, in the order in which they were given.

    `compared_count` are those that could be. `expected_false` is how many of them would come out
    significant at `rate` each by itself, had nothing changed at all. Of those that hold, no more
    than `rate` are expected to be chance.
    """

    changes: tuple[Change, ...]
    compared_count: int
    rate: float
    expected_false: float


def control_false_discoveries(p_values: Mapping[str, float]) -> dict[str, float]:
    """For each named comparison the least false discovery rate at which it still holds, 0 … 1.

    A comparison holds where this is at most the rate that one can bear, such as 0.05. Benjamini and
    Hochberg, “Controlling the false discovery rate”, JRSS B 57 (1995) 289. It takes the comparisons
    to be independent or to move together, as topics of the same comments do.

    Raises ValueError for a p value outside 0 … 1.

    Of 0.01, 0.02 and 0.9 the second is 0.02 · 3 / 2, and the first no larger than that:

    >>> found = control_false_discoveries({"Parking": 0.02, "Food": 0.01, "Staff": 0.9})
    >>> {name: round(value, 3) for name, value in found.items()}
    {'Parking': 0.03, 'Food': 0.03, 'Staff': 0.9}
    """
    values = np.array(list(p_values.values()), np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("a p value is between 0 and 1")
    if not len(values):
        return {}
    # Slow to import; whoever only shows shares does without it.
    from scipy.stats import false_discovery_control

    return dict(zip(p_values, false_discovery_control(values).tolist(), strict=True))


def find_changes(compared: Mapping[str, tuple[Share, Share]], rate: float = RATE) -> Changes:
    """Which of many shares, each now and before, changed by more than chance.

    Each pair is tested by `get_p_value`, unless one of the two is of too few for a percentage, and
    all of them together by `control_false_discoveries`. The two shares of a pair must be of
    different people or times.

    Raises ValueError for a rate that is not between 0 and 1.

    >>> from yousaid.measures.intervals import share
    >>> found = find_changes(
    ...     {"Food": (share(14, 210), share(3, 198)), "Parking": (share(9, 210), share(8, 198))}
    ... )
    >>> [(change.name, change.holds) for change in found.changes], found.expected_false
    ([('Food', True), ('Parking', False)], 0.1)
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate of {rate} is not between 0 and 1")
    p_values = {
        name: get_p_value(now, before)
        for name, (now, before) in compared.items()
        if now.can_show and before.can_show
    }
    adjusted = control_false_discoveries(p_values)
    changes = tuple(
        Change(
            name,
            now,
            before,
            difference(now, before),
            p_values.get(name),
            adjusted.get(name),
            holds=name in adjusted and adjusted[name] <= rate,
            why_not="" if name in adjusted else "There is too little to compare.",
        )
        for name, (now, before) in compared.items()
    )
    return Changes(changes, len(p_values), rate, rate * len(p_values))


def get_p_value(one: Share, other: Share) -> float:
    """How often chance alone would set two shares of different people as far apart, 0 … 1.

    By the “N − 1” chi-squared test, and by Fisher's exact test where fewer than one is expected in
    a cell. Campbell, “Chi-squared and Fisher–Irwin tests of two-by-two tables with small sample
    recommendations”, Statistics in Medicine 26 (2007) 3661.

    Raises ValueError where either share is of nothing.

    Of 10 in 20 against 4 in 20, N (ad − bc)² over the product of the four sums is 3.956; times
    39/40 it is 3.857, which chance passes in 4.95 %:

    >>> from yousaid.measures.intervals import share
    >>> round(get_p_value(share(10, 20), share(4, 20)), 4)
    0.0495
    """
    if not one.out_of or not other.out_of:
        raise ValueError("nothing is no share to compare")
    total = one.out_of + other.out_of
    yes = one.count + other.count
    if yes in (0, total):
        return 1.0
    # The Fisher test and the chi-squared distribution are slow to import.
    from scipy.stats import chi2, fisher_exact

    if min(one.out_of, other.out_of) * min(yes, total - yes) < total:
        rest = [one.out_of - one.count, other.out_of - other.count]
        return float(fisher_exact([[one.count, other.count], rest]).pvalue)
    cross = one.count * other.out_of - other.count * one.out_of
    # Python's own numbers do not overflow.
    square = (total - 1) * cross**2 / (one.out_of * other.out_of * yes * (total - yes))
    return float(chi2.sf(square, 1))
