"""What a place's share would be if it had the same case mix as all places together.

Needs the extra “stats”. A ward that asks by text message, or asks what could be better, hears other
things than one that hands out cards. That much can be set right; who answers, and what nobody
recorded, cannot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from yousaid.measures.funnel import NOT_FOR_RANKING
from yousaid.measures.intervals import MINIMUM_DENOMINATOR, Share, share
from yousaid.measures.logistic import Bools, Design, Fit, Floats, Texts, fit, make_design

# What places are called among the parts of the case mix, which they are weighed beside.
_PLACE = "Place"


@dataclass(frozen=True, slots=True)
class AdjustedPlace:
    """A place's share as it is, and as it would be with everyone's case mix, in percent.

    The three percentages are None where `why_not` says why.
    """

    name: str
    share: Share
    percent: float | None
    low: float | None
    high: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Places by name. `left_out_count` responses have a case mix that is too rare to weigh. Where
    `why_not` says why, nothing was adjusted."""

    places: tuple[AdjustedPlace, ...]
    left_out_count: int
    why_not: str = ""
    caution: str = NOT_FOR_RANKING


def adjust_shares(
    places: Sequence[str], outcome: Sequence[bool], case_mix: Mapping[str, Sequence[str]]
) -> Adjusted:
    """Each place's share of responses with the outcome, adjusted for its case mix.

    One value a response, as in `find_drivers`. A logistic regression weighs the case mix, with
    places in it, so that a good place does not pass for an easy case mix. On its log-odds each
    place has the one shift that gives its own share; what comes back is the mean over the case mix
    of all, so shifted. The ends of the place's Wilson interval go the same way. How the case mix
    weighs is taken as known, which is nearly so where a place is a small part of all.
    Standardisation as in Muller and MacLehose, “Estimating predicted probabilities from logistic
    regression”, International Journal of Epidemiology 43 (2014) 962.

    Refused, with a reason: what `find_drivers` refuses, above all a case mix that goes with the
    place, such as a mode that one ward alone has. A place with fewer than MINIMUM_DENOMINATOR
    responses is left as it is. Raises ValueError for lengths that differ and for a part of the case
    mix called “Place”, MissingExtraError without statsmodels.

    By card 80 % are good everywhere, by text message 50 %. Ward 1 has 40 cards and 60 messages,
    Ward 2 the other way round; with 50 of each both would have 65 %:

    >>> modes = ["Card"] * 40 + ["SMS"] * 60 + ["Card"] * 60 + ["SMS"] * 40
    >>> good = [True] * 32 + [False] * 8 + [True] * 30 + [False] * 30
    >>> good += [True] * 48 + [False] * 12 + [True] * 20 + [False] * 20
    >>> found = adjust_shares(["Ward 1"] * 100 + ["Ward 2"] * 100, good, {"Mode": modes})
    >>> [(place.share.percent, round(place.percent, 1)) for place in found.places]
    [(62.0, 65.0), (68.0, 65.0)]
    """
    if _PLACE in case_mix:
        raise ValueError(f"“{_PLACE}” is no part of the case mix")
    names, happened = np.asarray(places, np.str_), np.asarray(outcome, np.bool_)
    design = make_design(outcome, {}, {**case_mix, _PLACE: places})
    shares = _count(names, happened)
    parts = {name: np.asarray(values, np.str_) for name, values in case_mix.items()}
    usable = _find_usable(design, parts, len(names))
    left_out = int((~usable).sum())
    why_not = design.why_not
    if not any(term.name != _PLACE for term in design.terms):
        why_not = "There is no case mix to adjust for."
    if why_not:
        rows = [
            AdjustedPlace(name, found, None, None, None, why_not) for name, found in shares.items()
        ]
        return Adjusted(tuple(rows), left_out, why_not)
    scores = _score(design, fit(design), parts, len(names))
    used = _count(names[usable], happened[usable])
    everyone = scores[usable]
    rows = [
        _adjust(name, found, used.get(name), scores[usable & (names == name)], everyone)
        for name, found in shares.items()
    ]
    return Adjusted(tuple(rows), left_out)


def _count(names: Texts, happened: Bools) -> dict[str, Share]:
    found, places, totals = np.unique(names, return_inverse=True, return_counts=True)
    counts = np.bincount(places, weights=happened, minlength=len(found))
    return {
        str(name): share(int(count), int(total))
        for name, count, total in zip(found, counts, totals, strict=True)
    }


def _find_usable(design: Design, parts: Mapping[str, Texts], size: int) -> Bools:
    # A place that the fit left out, as all of its responses are good, can be adjusted all the same.
    usable = np.ones(size, np.bool_)
    for term in design.dropped:
        if term.name in parts:
            usable &= parts[term.name] != term.level
    return usable


def _score(design: Design, found: Fit, parts: Mapping[str, Texts], size: int) -> Floats:
    """What the case mix of each response adds to its log-odds."""
    scores = np.zeros(size)
    for term, coefficient in zip(design.terms, found.coefficients[1:], strict=True):
        if term.name in parts:
            scores += coefficient * (parts[term.name] == term.level)
    return scores


def _adjust(
    name: str, found: Share, used: Share | None, own: Floats, everyone: Floats
) -> AdjustedPlace:
    if used is None or not used.can_show:
        why_not = f"Fewer than {MINIMUM_DENOMINATOR} responses."
        return AdjustedPlace(name, found, None, None, None, why_not)
    percent, low, high = (
        None if value is None else _carry_over(value / 100, own, everyone)
        for value in (used.percent, used.low, used.high)
    )
    return AdjustedPlace(name, found, percent, low, high)


def _carry_over(target: float, own: Floats, everyone: Floats) -> float:
    """The percentage of everyone if they were shifted as those are whose share is `target`."""
    if target in (0, 1):
        return 100 * target
    values, counts = np.unique(own, return_counts=True)

    def miss(shift: float) -> float:
        return float(np.average(expit(values + shift), weights=counts)) - target

    # At either end all are on one side of the target.
    low, high = logit(target) - values[-1], logit(target) - values[0]
    shift = brentq(miss, low, high) if low < high else low
    return 100 * float(expit(everyone + shift).mean())
