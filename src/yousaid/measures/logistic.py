"""One yes-or-no outcome weighed against many things at once, or a plain reason why it cannot be.

The fit itself is of statsmodels (extra “stats”). What is here sees to it that a fit means
something: enough of everything, nothing that decides the outcome alone, nothing twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yousaid.errors import MissingExtraError
from yousaid.measures.intervals import MINIMUM_DENOMINATOR

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

# With fewer outcomes for each thing weighed, odds ratios come out too far from 1 and intervals too
# narrow. Peduzzi et al., “A simulation study of the number of events per variable in logistic
# regression analysis”, Journal of Clinical Epidemiology 49 (1996) 1373.
EVENTS_PER_TERM = 10

# Above this variance inflation an estimate has more to do with the other terms than with its own.
# Marquardt, “Generalized inverses, ridge regression, biased linear estimation, and nonlinear
# estimation”, Technometrics 12 (1970) 591.
_MOST_INFLATION = 10


@dataclass(frozen=True, slots=True)
class Term:
    """Something weighed: a flag (`level` empty), or a level of a factor against its `reference`.

    `why_not` says why it was not weighed after all.
    """

    name: str
    level: str
    reference: str
    count: int
    outcome_count: int
    why_not: str = ""

    @property
    def title(self) -> str:
        return f"{self.name}: {self.level}" if self.level else self.name


@dataclass(frozen=True, slots=True)
class Design:
    """What is to be fitted: the different `patterns` of rows (the first column is 1, then a column
    a term of `terms`), and how many rows of each have the outcome or not.

    `kept` marks the rows that take part and `place` has the pattern of each of these. `dropped` are
    terms that are not weighed. `why_not` says why nothing can be fitted.
    """

    terms: tuple[Term, ...]
    dropped: tuple[Term, ...]
    patterns: Floats
    with_outcome: Floats
    without: Floats
    kept: Bools
    place: npt.NDArray[np.intp]
    why_not: str

    @property
    def weights(self) -> Floats:
        """How many rows are of each pattern."""
        return self.with_outcome + self.without


@dataclass(frozen=True, slots=True)
class Fit:
    """Log-odds of the outcome for the first column and each term, and their covariance."""

    coefficients: Floats
    covariance: Floats


def make_design(
    outcome: Sequence[bool],
    flags: Mapping[str, Sequence[bool]],
    factors: Mapping[str, Sequence[str]],
) -> Design:
    """Rows as a table that can be fitted, each factor against its most frequent level.

    Rows of a level that is rare (fewer than MINIMUM_DENOMINATOR) or decides the outcome alone are
    left out, and so is a flag of which that holds. Raises ValueError for lengths that differ.
    """
    happened = np.asarray(outcome, np.bool_)
    texts = {name: np.asarray(values, np.str_) for name, values in factors.items()}
    marks = {name: np.asarray(values, np.bool_) for name, values in flags.items()}
    sizes = [(name, len(values)) for name, values in (*flags.items(), *factors.items())]
    for name, size in sizes:
        if size != len(happened):
            raise ValueError(f"“{name}” has {size} values for {len(happened)} outcomes")
    kept, dropped = _drop_levels(happened, texts)
    terms: list[Term] = []
    columns: list[Bools] = []
    for term, column in _list_columns(happened, texts, marks, kept):
        if term.why_not:
            dropped.append(term)
        else:
            terms.append(term)
            columns.append(column)
    table = np.column_stack([np.ones(kept.sum(), np.bool_), *columns])
    patterns, place = _find_patterns(table)
    with_outcome = np.bincount(place[happened[kept]], minlength=len(patterns)).astype(np.float64)
    without = np.bincount(place[~happened[kept]], minlength=len(patterns)).astype(np.float64)
    why_not = _find_fault(terms, patterns, with_outcome, without)
    return Design(
        tuple(terms), tuple(dropped), patterns, with_outcome, without, kept, place, why_not
    )


def fit(design: Design) -> Fit:
    """The logistic regression of a design that has no fault, by maximum likelihood.

    Raises MissingExtraError without statsmodels.
    """
    try:
        from statsmodels.genmod.families import Binomial
        from statsmodels.genmod.generalized_linear_model import GLM
    except ImportError as error:
        raise MissingExtraError("stats", "Weighing many things at once") from error
    # Rows by their number, not shares of each pattern: where there are no more patterns than
    # coefficients, shares fit so well that statsmodels takes them for separated.
    counts = np.concatenate([design.with_outcome, design.without])
    outcomes = np.repeat([1.0, 0.0], len(design.patterns))
    table = np.vstack([design.patterns, design.patterns])
    some = counts > 0
    model = GLM(outcomes[some], table[some], family=Binomial(), freq_weights=counts[some])
    found = model.fit()
    return Fit(np.asarray(found.params, np.float64), np.asarray(found.cov_params(), np.float64))


def _drop_levels(happened: Bools, texts: Mapping[str, Texts]) -> tuple[Bools, list[Term]]:
    kept, dropped = np.ones(len(happened), np.bool_), list[Term]()
    while True:
        bad = [
            term
            for name, values in texts.items()
            for level in np.unique(values[kept])
            if (term := _make_term(happened, kept, values == level, name, str(level))).why_not
        ]
        if not bad:
            return kept, dropped
        dropped += bad
        for term in bad:
            kept = kept & (texts[term.name] != term.level)


def _list_columns(
    happened: Bools, texts: Mapping[str, Texts], marks: Mapping[str, Bools], kept: Bools
) -> list[tuple[Term, Bools]]:
    found = []
    for name, marked in marks.items():
        term = _make_term(happened, kept, marked, name)
        if not term.why_not and (kept & ~marked).sum() < MINIMUM_DENOMINATOR:
            term = _make_term(happened, kept, marked, name, why_not="Nearly all have it.")
        found.append((term, marked[kept]))
    for name, values in texts.items():
        levels, counts = np.unique(values[kept], return_counts=True)
        if not len(levels):
            continue
        reference = str(levels[counts.argmax()])
        for level in levels[levels != reference]:
            term = _make_term(happened, kept, values == level, name, str(level), reference)
            found.append((term, values[kept] == level))
    return found


def _make_term(
    happened: Bools,
    kept: Bools,
    here: Bools,
    name: str,
    level: str = "",
    reference: str = "",
    why_not: str = "",
) -> Term:
    count = int((here & kept).sum())
    outcome_count = int((here & kept & happened).sum())
    if count < MINIMUM_DENOMINATOR:
        why_not = f"Fewer than {MINIMUM_DENOMINATOR} responses."
    elif outcome_count in (0, count):
        why_not = f"{'All' if outcome_count else 'None'} of them are so, which no odds can express."
    return Term(name, level, reference, count, outcome_count, why_not)


def _find_patterns(table: Bools) -> tuple[Floats, npt.NDArray[np.intp]]:
    # Whole rows of bits compare much faster than row by row.
    packed = np.ascontiguousarray(np.packbits(table, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    return table[first].astype(np.float64), place.astype(np.intp)


def _find_fault(
    terms: Sequence[Term], patterns: Floats, with_outcome: Floats, without: Floats
) -> str:
    """Why this cannot be fitted, in a sentence; empty where it can."""
    if not terms:
        return "There is nothing to weigh: too few responses, or nothing that differs."
    rarer = int(min(with_outcome.sum(), without.sum()))
    if rarer < EVENTS_PER_TERM * len(terms):
        return (
            f"To weigh {len(terms)} things takes {EVENTS_PER_TERM * len(terms)} responses of the "
            f"rarer outcome; here are {rarer}. Choose fewer things or a longer time."
        )
    alike = _find_collinear(patterns[:, 1:], with_outcome + without)
    if alike.any():
        names = [f"“{term.title}”" for term, is_one in zip(terms, alike, strict=True) if is_one]
        return f"These go together too closely to tell apart: {', '.join(names)}. Leave one out."
    if _is_separated(patterns, with_outcome, without):
        return "Some things together decide the outcome alone, which no odds can express."
    return ""


def _find_collinear(columns: Floats, weights: Floats) -> Bools:
    centred = columns - np.average(columns, axis=0, weights=weights)
    scaled = centred / np.sqrt(np.average(centred**2, axis=0, weights=weights))
    correlation = (scaled * weights[:, np.newaxis]).T @ scaled / weights.sum()
    # The little on the diagonal gives an exact double a huge inflation, not an error.
    inflation = np.diag(np.linalg.inv(correlation + 1e-9 * np.eye(len(correlation))))
    return np.asarray(inflation > _MOST_INFLATION)


def _is_separated(patterns: Floats, with_outcome: Floats, without: Floats) -> bool:
    """Whether some sum of terms parts those with the outcome from those without.

    Then there is no likeliest fit: Albert and Anderson, “On the existence of maximum likelihood
    estimates in logistic regression models”, Biometrika 71 (1984) 1. Found by linear programming,
    as in Konis, “Linear programming algorithms for detecting separated data in binary logistic
    regression models” (2007).
    """
    both = patterns[(with_outcome > 0) & (without > 0)]
    if len(both) and np.linalg.matrix_rank(both) == patterns.shape[1]:
        return False  # only 0 parts them, and this spares most the search
    from scipy.optimize import linprog

    one_sided = np.vstack([patterns[without == 0], -patterns[with_outcome == 0]])
    found = linprog(
        -one_sided.sum(axis=0),
        A_ub=-one_sided,
        b_ub=np.zeros(len(one_sided)),
        A_eq=both if len(both) else None,
        b_eq=np.zeros(len(both)) if len(both) else None,
        bounds=(-1, 1),
    )
    return bool(-found.fun > 1e-6)
