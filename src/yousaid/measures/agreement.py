"""How far people agree on a label with each other, or with the reader, beyond chance.

To agree in 97 of 100 is little where 97 of 100 comments are plainly not about parking. So chance is
taken off: 1 is full agreement, 0 what chance alone gives, below 0 worse than chance. What counts as
chance differs, and with it the coefficients. Alpha and kappa fall where a label is rare; AC1 was
made not to.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

# Ours: of fewer comments the intervals cover too little (docs/why/measures.md).
MINIMUM_COMMENTS = 100
# Ours: what has more kinds of label than this is not a label but a text or a number.
_MOST_LABELS = 50
_ROUNDS = 2000
# How many comments the prior counts for: Jeffreys' of two people who say yes or no.
_PRIOR = 2.0

Floats = NDArray[np.float64]
# Labels of one comment, one for each who labelled; None where somebody did not.
Labels = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Agreement beyond chance, −1 … 1, more being better, with its 95 % interval.

    All three are None where `why_not` says why; the interval alone may be None, where there are too
    few comments for one.
    """

    value: float | None
    low: float | None
    high: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike the labels are of the comments that two or more people (or a reader) labelled.

    `agreed_percent` is how many of all pairs of labels of one comment are the same; None where no
    comment has two. `kappa` is of two alone.
    """

    comment_count: int
    agreed_percent: float | None
    alpha: Coefficient
    kappa: Coefficient
    ac1: Coefficient


def agree(labels: Sequence[Labels], seed: int = 0) -> Agreement:
    """How far labels agree: a row for each comment, in it one label for each who labels.

    Alpha: Krippendorff, “Computing Krippendorff's alpha-reliability” (2011), nominal. Kappa: Cohen,
    “A coefficient of agreement for nominal scales”, Educational and Psychological Measurement 20
    (1960) 37. AC1: Gwet, “Computing inter-rater reliability and its variance in the presence of
    high agreement”, British Journal of Mathematical and Statistical Psychology 61 (2008) 29.

    Intervals are the middle 95 % of 2,000 draws of how frequent each combination of labels may be,
    under Jeffreys' prior (Dirichlet); a seed gives the same each time. A bootstrap, which is more
    usual, is sure of full agreement as soon as a sample happens to hold no other.

    Two people read ten comments. Both say one is about parking and seven are not; twice one alone
    says so. 8 of 10 agree. One says 2 of 10 and the other 2 of 10, so chance alone would agree in
    .2 × .2 + .8 × .8 = .68, and kappa is (.8 − .68) ÷ (1 − .68). Of all 20 labels 4 are yes: of the
    190 pairs of them 64 differ, so two in ten where 64 in 190 would, alpha is 1 − .2 ÷ (64 ÷ 190).

    >>> both, one, other, none = [(True, True)], [(True, False)], [(False, True)], [(False, False)]
    >>> found = agree(both + one + other + 7 * none)
    >>> found.agreed_percent, round(found.kappa.value, 3), round(found.alpha.value, 3)
    (80.0, 0.375, 0.406)

    Raises ValueError where comments have not the same number of labels, for NaN, which is neither a
    label nor None, and for more than 50 kinds of label.
    """
    if len({len(row) for row in labels}) > 1:
        raise ValueError("comments differ in how many there are to label them")
    is_labelled = [sum(label is not None for label in row) for row in labels]
    twice = [tuple(row) for row, count in zip(labels, is_labelled, strict=True) if count > 1]
    if not twice:
        nothing = Coefficient(None, None, None, "no comment was labelled twice")
        return Agreement(0, None, nothing, nothing, nothing)
    # For AC1, comments with one label also say how frequent each is.
    every = [tuple(row) for row, count in zip(labels, is_labelled, strict=True) if count]
    categories = list(dict.fromkeys(x for row in every for x in row if x is not None))
    if len(categories) > _MOST_LABELS:
        raise ValueError(f"{len(categories)} kinds of label are more than {_MOST_LABELS}")
    if any(label != label for label in categories):
        raise ValueError("NaN is no label; None says that somebody did not label a comment")
    rater_count = len(labels[0])
    return Agreement(
        comment_count=len(twice),
        agreed_percent=100 * float(_find_agreed(*_tabulate(twice, categories))),
        alpha=_estimate(twice, categories, _make_alpha, seed),
        kappa=_estimate(twice, categories, _make_kappa, seed)
        if rater_count == 2
        else Coefficient(None, None, None, f"kappa is of two, and {rater_count} labelled"),
        ac1=_estimate(every, categories, _make_ac1, seed),
    )


# What finds a coefficient: from how often each pattern comes (rounds × patterns), one a round.
_Find = Callable[[Floats], Floats]


def _tabulate(rows: Sequence[Labels], categories: Sequence[Hashable]) -> tuple[Floats, Floats]:
    """How often each pattern comes, and each category in it (patterns × categories)."""
    patterns = Counter(rows)
    return np.array(list(patterns.values()), float), _count(list(patterns), categories)


def _count(patterns: Sequence[Labels], categories: Sequence[Hashable]) -> Floats:
    return np.array([[row.count(c) for c in categories] for row in patterns], float)


def _estimate(
    rows: Sequence[Labels],
    categories: Sequence[Hashable],
    make: Callable[[Sequence[Labels], Sequence[Hashable]], _Find],
    seed: int,
) -> Coefficient:
    """The coefficient of comments with these labels, and its interval."""
    if len(categories) < 2:
        return Coefficient(None, None, None, "all labels are the same")
    patterns = Counter(rows)
    # The prior is of pairs, which may come in other patterns as well but need not.
    pairs = list(product(categories, repeat=2))
    find = make([*patterns, *pairs], categories)
    times = np.array([*patterns.values(), *[0] * len(pairs)], float)
    value = float(find(times[None])[0])
    if np.isnan(value):
        return Coefficient(None, None, None, "all labels are the same")
    if len(rows) < MINIMUM_COMMENTS:
        why_not = f"an interval needs {MINIMUM_COMMENTS} comments, and there are {len(rows)}"
        return Coefficient(value, None, None, why_not)
    times[len(patterns) :] = _PRIOR / len(pairs)
    drawn = len(rows) * np.random.default_rng(seed).dirichlet(times, _ROUNDS)
    low, high = np.quantile(find(drawn), [0.025, 0.975])
    return Coefficient(value, min(float(low), value), max(float(high), value))


def _find_agreed(times: Floats, counts: Floats) -> Floats:
    """The share 0…1 of pairs that agree, each comment with two labels or more counting once."""
    sizes = counts.sum(1)
    has_pairs = sizes > 1
    pairs = np.where(has_pairs, sizes * (sizes - 1), 1)
    same = (counts * (counts - 1)).sum(1) / pairs
    with np.errstate(invalid="ignore"):
        agreed: Floats = (times @ (same * has_pairs)) / (times @ has_pairs)
    return agreed


def _make_alpha(patterns: Sequence[Labels], categories: Sequence[Hashable]) -> _Find:
    counts = _count(patterns, categories)
    sizes = counts.sum(1)
    differing = (counts * (sizes[:, None] - counts)).sum(1) / (sizes - 1)

    def find(times: Floats) -> Floats:
        by_category = times @ counts
        total = by_category.sum(1)
        expected = (total**2 - (by_category**2).sum(1)) / (total - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            alpha: Floats = np.where(expected > 0, 1 - times @ differing / expected, np.nan)
        return alpha

    return find


def _make_kappa(patterns: Sequence[Labels], categories: Sequence[Hashable]) -> _Find:
    first, second = (_count([(row[place],) for row in patterns], categories) for place in (0, 1))
    is_same = np.array([row[0] == row[1] for row in patterns], float)

    def find(times: Floats) -> Floats:
        size = times.sum(1)
        expected = ((times @ first) * (times @ second)).sum(1) / size**2
        with np.errstate(invalid="ignore", divide="ignore"):
            kappa: Floats = np.where(
                expected < 1, (times @ is_same / size - expected) / (1 - expected), np.nan
            )
        return kappa

    return find


def _make_ac1(patterns: Sequence[Labels], categories: Sequence[Hashable]) -> _Find:
    counts = _count(patterns, categories)
    parts = counts / counts.sum(1)[:, None]

    def find(times: Floats) -> Floats:
        frequencies = times @ parts / times.sum(1)[:, None]
        expected = (frequencies * (1 - frequencies)).sum(1) / (len(categories) - 1)
        ac1: Floats = (_find_agreed(times, counts) - expected) / (1 - expected)
        return ac1

    return find
