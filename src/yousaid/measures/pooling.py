"""Each place's share in the light of all the others' (partial pooling).

A ward with two bad responses out of five is not the worst of a hospital; it is one of which little
is known. So each place is drawn towards what is typical, the more the fewer responses it has and
the more alike places are. The places' true shares are taken to follow a beta distribution, and
responses to be binomial around them: a beta-binomial model, fitted to the places themselves.
Clayton and Kaldor, “Empirical Bayes estimates of age-standardized relative risks”, Biometrics 43
(1987) 671, did so for rates.

How far places are spread is itself known only roughly. Taking the likeliest spread for true makes
intervals too narrow, and 0 can be the likeliest while places differ. So all spreads are gone
through, each with its weight: the shrinkage of a place of middling size is taken beforehand to be
anything from 0 to 1 alike. Christiansen and Morris, “Hierarchical Poisson regression modeling”,
JASA 92 (1997) 618, section 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, betaln, expit, logit, xlog1py, xlogy

from yousaid.measures.funnel import MINIMUM_PLACES, NOT_FOR_RANKING
from yousaid.measures.intervals import Share

Floats = npt.NDArray[np.float64]

# Nodes over which the spread and the typical share are gone through. A fine grid gives the same to
# a tenth of a point (tests/unit/measures/test_pooling.py).
_SPREADS, _MEANS = 24, 15


@dataclass(frozen=True, slots=True)
class PooledPlace:
    """A place's own share, and what it is likely to be in the light of the others, in percent.

    `percent` lies between the share and what is typical, `low` to `high` holds the true one in 95
    of 100. `worse_chance`, 0 … 1, is how likely the place is truly worse than what is typical by
    more than the margin. All four are None where `why_not` says why.
    """

    name: str
    share: Share
    percent: float | None
    low: float | None
    high: float | None
    worse_chance: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Pooled:
    """Places in the order in which they were given.

    `typical_percent` is the mean of the places' true shares, each place alike, and `spread_points`
    how many points they are off it (a standard deviation). Both are None where `why_not` says why.
    """

    places: tuple[PooledPlace, ...]
    typical_percent: float | None
    spread_points: float | None
    margin_points: float
    higher_is_better: bool
    why_not: str = ""
    caution: str = NOT_FOR_RANKING


class _Nodes(NamedTuple):
    """What the places' true shares may be distributed like: beta distributions by weight."""

    weight: Floats
    mean: Floats
    concentration: Floats


def pool(
    shares: Mapping[str, Share], *, higher_is_better: bool, margin_points: float = 0
) -> Pooled:
    """Each named place's share drawn towards what is typical, and how likely it is truly worse.

    With fewer than MINIMUM_PLACES that have responses, nothing is pooled. Small places take part.
    “Worse” is lower where higher is better, by more than `margin_points`: with a margin of 2, a
    ward that is certainly one point worse has a low chance.

    Raises ValueError for a margin that is negative or above 100.

    Ward 9 has 2 of 5 where the others have 90 of 100. On its own that is 40 %, with an interval of
    12 to 77 %; as the others are alike, the ward most likely is not much other than they:

    >>> from yousaid.measures.intervals import share
    >>> found = pool(
    ...     {**{f"Ward {number}": share(90, 100) for number in range(9)}, "Ward 9": share(2, 5)},
    ...     higher_is_better=True,
    ... )
    >>> ward = found.places[-1]
    >>> ward.share.percent < 80 < ward.percent < 90, ward.worse_chance > 0.5
    (True, True)
    """
    if not 0 <= margin_points <= 100:
        raise ValueError(f"a margin of {margin_points} points is not between 0 and 100")
    known = {name: found for name, found in shares.items() if found.out_of}
    if len(known) < MINIMUM_PLACES:
        why_not = f"Pooling needs {MINIMUM_PLACES} places with responses; here are {len(known)}."
        places = tuple(_make_no_place(name, found, why_not) for name, found in shares.items())
        return Pooled(places, None, None, margin_points, higher_is_better, why_not)
    counts = np.array([found.count for found in known.values()], np.float64)
    totals = np.array([found.out_of for found in known.values()], np.float64)
    nodes = _fit(counts, totals)
    rows = _estimate(nodes, counts, totals, margin_points / 100, higher_is_better)
    estimates = dict(zip(known, rows.tolist(), strict=True))
    places = tuple(
        PooledPlace(name, found, *estimates[name])
        if name in estimates
        else _make_no_place(name, found, "No responses.")
        for name, found in shares.items()
    )
    variances = nodes.mean * (1 - nodes.mean) / (nodes.concentration + 1)
    typical = 100 * float(nodes.weight @ nodes.mean)
    spread = 100 * float(nodes.weight @ np.sqrt(variances))
    return Pooled(places, typical, spread, margin_points, higher_is_better)


def _make_no_place(name: str, found: Share, why_not: str) -> PooledPlace:
    return PooledPlace(name, found, None, None, None, None, why_not)


def _fit(counts: Floats, totals: Floats) -> _Nodes:
    # A place of middling size is drawn in by B = M / (M + n), whose values from 0 to 1 are all
    # as likely beforehand; M is the concentration of the beta distribution.
    nodes, node_weights = np.polynomial.legendre.leggauss(_SPREADS)
    shrinkage = (nodes + 1) / 2
    concentration = np.repeat(np.median(totals) * shrinkage / (1 - shrinkage), _MEANS)
    mean, width = _place_means(counts, totals, concentration)
    successes, failures = mean * concentration, (1 - mean) * concentration
    likelihood = betaln(
        counts + successes[:, np.newaxis],
        totals - counts + failures[:, np.newaxis],
    ).sum(axis=1) - len(counts) * betaln(successes, failures)
    # All means are as likely beforehand; the nodes lie even on the logit scale, hence the slope.
    weight = np.exp(likelihood - likelihood.max()) * mean * (1 - mean) * width
    weight *= np.repeat(node_weights, _MEANS)
    weight /= weight.sum()
    kept = weight > 1e-6
    return _Nodes(weight[kept] / weight[kept].sum(), mean[kept], concentration[kept])


def _place_means(counts: Floats, totals: Floats, concentration: Floats) -> tuple[Floats, Floats]:
    """Means to try with each concentration, and how far apart these lie on the logit scale."""
    precision = totals / (1 + (totals - 1) / (concentration[:, np.newaxis] + 1))
    # Half a response either way keeps the middle off 0 and 1.
    middle = (precision @ (counts / totals) + 0.5) / (precision.sum(axis=1) + 1)
    width = 1 / np.sqrt((precision.sum(axis=1) + 1) * middle * (1 - middle))
    steps = np.tile(np.linspace(-4, 4, _MEANS), _SPREADS)
    return expit(logit(middle) + steps * width), width


def _estimate(
    nodes: _Nodes, counts: Floats, totals: Floats, margin: float, higher_is_better: bool
) -> Floats:
    """For each place the percentage, the ends of its interval, and the chance of being worse."""
    successes = counts[:, np.newaxis] + nodes.mean * nodes.concentration
    failures = (totals - counts)[:, np.newaxis] + (1 - nodes.mean) * nodes.concentration
    size = successes + failures
    means = successes / size
    estimate = means @ nodes.weight
    squares = (means * (1 - means) / (size + 1) + means**2) @ nodes.weight
    ends = [
        _find_end(part, successes, failures, nodes.weight, estimate, squares - estimate**2)
        for part in (0.025, 0.975)
    ]
    if higher_is_better:
        chances = betainc(successes, failures, np.clip(nodes.mean - margin, 0, 1))
    else:
        chances = 1 - betainc(successes, failures, np.clip(nodes.mean + margin, 0, 1))
    worse = np.clip(chances @ nodes.weight, 0, 1)
    return np.column_stack([100 * estimate, 100 * ends[0], 100 * ends[1], worse])


def _find_end(
    part: float,
    successes: Floats,
    failures: Floats,
    weight: Floats,
    estimate: Floats,
    variance: Floats,
) -> Floats:
    """Below which value each place's share is with the chance `part`."""
    concentration = estimate * (1 - estimate) / variance - 1
    # The beta distribution of the same mean and variance is a point or two off, and two of Newton's
    # steps bring that to a tenth (tests/unit/measures/test_pooling.py).
    end = betaincinv(estimate * concentration, (1 - estimate) * concentration, part)
    for _ in range(2):
        here = np.clip(end, 1e-12, 1 - 1e-12)[:, np.newaxis]
        below = betainc(successes, failures, here) @ weight
        logarithm = xlogy(successes - 1, here) + xlog1py(failures - 1, -here)
        density = np.exp(logarithm - betaln(successes, failures)) @ weight
        step = np.where(density > 1e-9, (below - part) / np.maximum(density, 1e-9), 0)
        # Half the way to either bound at most, so that no step leaves 0 … 1.
        end = np.clip(end - step, end / 2, (1 + end) / 2)
    return np.asarray(end, np.float64)
