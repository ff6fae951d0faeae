"""What goes with an outcome such as a poor score, each thing by itself with the others held alike.

Needs the extra “stats”. An association is not a cause: whoever writes about waiting may have been
kept waiting, or may be in an emergency department, where much else is different too. What is known
of that (question kind, service, mode) is held alike, what is not known is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isnan, log, sqrt

import numpy as np
from scipy.special import expit, ndtr

from yousaid.measures.false_discovery import RATE, control_false_discoveries
from yousaid.measures.logistic import Design, Fit, Term, fit, make_design

NOT_A_CAUSE = "this is association, not cause"

# The standard normal deviate that leaves 2.5 % in each tail.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio, 1 where there is no difference, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Driver:
    """A topic, or a level of something compared with its `reference`, and how the outcome goes with
    it.

    `outcome_count` of `count` responses have the outcome. `odds` is the ratio of the odds, `times`
    how many times as likely the outcome is, everything else alike; above 1 it is commoner.
    `is_clear` says whether it is more than chance among all that were weighed. Both ratios are None
    where `why_not` says why. `sentence` says it in plain English.
    """

    name: str
    level: str
    reference: str
    count: int
    outcome_count: int
    odds: Ratio | None
    times: Ratio | None
    is_clear: bool
    sentence: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Drivers:
    """Topics first, then the case mix, in the order given; those that were not weighed come last.

    `used_count` responses were weighed, of which `outcome_count` have the outcome, and
    `left_out_count` were not, as what is known of them is too rare. Where `why_not` says why,
    nothing was weighed.
    """

    drivers: tuple[Driver, ...]
    used_count: int
    outcome_count: int
    left_out_count: int
    why_not: str = ""


def find_drivers(
    outcome: Sequence[bool],
    topics: Mapping[str, Sequence[bool]],
    case_mix: Mapping[str, Sequence[str]],
    outcome_name: str = "give a poor score",
) -> Drivers:
    """How the outcome goes with each topic and each part of the case mix, the others held alike.

    One value a response: whether it has the outcome, whether it is about the topic, and its level
    of each part of the case mix (what is not known is a level too). Logistic regression by maximum
    likelihood; `odds` with Wald intervals, `times` by standardising, that is by setting everyone to
    have and not to have it, with the delta method: Muller and MacLehose, “Estimating predicted
    probabilities from logistic regression”, International Journal of Epidemiology 43 (2014) 962.
    Odds are not “times as likely”, from which they differ where the outcome is common.

    Refused, with a reason: too few outcomes for so many things, things that go together too
    closely, things that decide the outcome alone. A topic or level that is too rare is left out.
    Responses of one person count as separate.

    Raises ValueError for lengths that differ, MissingExtraError without statsmodels.

    With one topic it is the plain two-by-two table. 40 of 100 about waiting are poor and 20 of 100
    others: odds of 40/60 against 20/80, a ratio of 2.67, and twice as likely.

    >>> scores = [True] * 40 + [False] * 60 + [True] * 20 + [False] * 80
    >>> waiting = find_drivers(scores, {"Waiting": [True] * 100 + [False] * 100}, {}).drivers[0]
    >>> round(waiting.odds.value, 2), round(waiting.times.value, 2)
    (2.67, 2.0)
    >>> waiting.sentence.partition(" to give")[0]
    'People who write about waiting are 1.3 to 3.2 times as likely'
    """
    design = make_design(outcome, topics, case_mix)
    dropped = [_make_unweighed(term, term.why_not) for term in design.dropped]
    totals = (len(design.place), int(design.with_outcome.sum()), int((~design.kept).sum()))
    if design.why_not:
        rows = [_make_unweighed(term, design.why_not) for term in design.terms]
        return Drivers((*rows, *dropped), *totals, design.why_not)
    found = fit(design)
    errors = np.sqrt(np.diag(found.covariance))[1:]
    p_values = 2 * ndtr(-np.abs(found.coefficients[1:] / errors))
    titles = [term.title for term in design.terms]
    adjusted = control_false_discoveries(dict(zip(titles, p_values.tolist(), strict=True)))
    rows = [
        _make_driver(design, found, place, outcome_name, is_clear=adjusted[title] <= RATE)
        for place, title in enumerate(titles)
    ]
    return Drivers((*rows, *dropped), *totals)


def _make_driver(
    design: Design, found: Fit, place: int, outcome_name: str, *, is_clear: bool
) -> Driver:
    term = design.terms[place]
    value, error = found.coefficients[place + 1], sqrt(found.covariance[place + 1, place + 1])
    times = _standardise(design, found, place)
    return Driver(
        term.name,
        term.level,
        term.reference,
        term.count,
        term.outcome_count,
        _make_ratio(value, error),
        times,
        is_clear,
        _word(term, times, outcome_name, is_clear=is_clear),
    )


def _make_unweighed(term: Term, why_not: str) -> Driver:
    return Driver(
        term.name,
        term.level,
        term.reference,
        term.count,
        term.outcome_count,
        None,
        None,
        is_clear=False,
        sentence=f"{term.title}: not weighed. {why_not}",
        why_not=why_not,
    )


def _standardise(design: Design, found: Fit, place: int) -> Ratio:
    """How many times as likely the outcome is if everyone had the term than if no one had."""
    chances, slopes = [], []
    # The other levels of a factor give way to the one that everyone is set to have.
    same = [
        number
        for number, term in enumerate(design.terms, start=1)
        if term.level and term.name == design.terms[place].name
    ]
    for value in (1, 0):
        table = design.patterns.copy()
        table[:, same] = 0
        table[:, place + 1] = value
        chance = expit(table @ found.coefficients)
        mean = float(np.average(chance, weights=design.weights))
        # Of the logarithm of the mean chance, by each coefficient.
        slopes.append(
            (design.weights * chance * (1 - chance)) @ table / design.weights.sum() / mean
        )
        chances.append(mean)
    slope = slopes[0] - slopes[1]
    return _make_ratio(log(chances[0] / chances[1]), sqrt(slope @ found.covariance @ slope))


def _make_ratio(logarithm: float, error: float) -> Ratio:
    assert not isnan(error)  # a design without fault has a covariance
    return Ratio(exp(logarithm), exp(logarithm - _Z * error), exp(logarithm + _Z * error))


def _word(term: Term, times: Ratio, outcome_name: str, *, is_clear: bool) -> str:
    if term.level:
        who = f"People with “{term.level}” for {_lower(term.name)}"
        others = f"people with “{term.reference}”"
    else:
        who, others = f"People who write about {_lower(term.name)}", "people who do not"
    span = f"{_word_times(times.low)} to {_word_times(times.high)}"
    alike = "other things weighed here being alike"
    if not is_clear:
        return (
            f"{who} are not clearly more or less likely to {outcome_name} than {others} ({span} "
            f"times as likely, {alike})."
        )
    return (
        f"{who} are {span} times as likely to {outcome_name} as {others}, {alike}; {NOT_A_CAUSE}."
    )


def _word_times(value: float) -> str:
    # Two figures: below 1 a tenth more or less is much.
    return f"{value:.2f}" if value < 0.995 else f"{value:.1f}"


def _lower(name: str) -> str:
    # Keeps “FFT” and “A&E” as they are.
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
