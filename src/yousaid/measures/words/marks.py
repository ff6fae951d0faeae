"""Which terms some comments have more often than all others, by more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from yousaid.measures.false_discovery import RATE, control_false_discoveries
from yousaid.measures.intervals import MINIMUM_DENOMINATOR, Share, share
from yousaid.measures.words.terms import TermCount

# A term in fewer comments than this is not shown, nor tested where there are fewer in all.
MINIMUM_COMMENTS = 5
# How many comments the prior counts for: a term that is known from a few is drawn towards being no
# more frequent here than elsewhere.
_PRIOR_COMMENTS = 100.0
# A shorter term is the same thing as a longer one that holds it nearly always.
_NEARLY_ALWAYS = 0.8

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or phrase, the share of these comments that have it, and of all others.

    `log_odds` is how much more often it is here, as the difference of log-odds; 0.69 is twice the
    odds. `z` is that in standard errors, by which terms are ranked.
    """

    term: str
    here: Share
    elsewhere: Share
    log_odds: float
    z: float


@dataclass(frozen=True, slots=True)
class Marks:
    """Terms that mark these comments out, clearest first, none twice in other words.

    `tested_count` terms were compared. Of the terms found no more than one in twenty is expected
    to be chance. Where nothing could be compared `why_not` says why.
    """

    marks: tuple[Mark, ...]
    tested_count: int
    why_not: str = ""


def find_marks(here: TermCount, elsewhere: TermCount) -> Marks:
    """The terms that comments `here` have more often than comments `elsewhere`, which are others.

    Log-odds with an informative Dirichlet prior, here of two outcomes: that a comment has the term
    or not. Monroe, Colaresi and Quinn, “Fightin' Words: lexical feature selection and evaluation
    for identifying the content of political conflict”, Political Analysis 16 (2008) 372, with all
    comments together as the prior. Plain ratios bring up what was said once here and never
    elsewhere, plain differences bring up “staff”. All terms that five comments have are tested,
    each by Fisher's exact test, one-sided, and together by `control_false_discoveries`; shown are
    those in five comments here or more.

    “Parking” is in 20 of 100 comments here and 30 of 900 elsewhere, 50 of 1,000 in all, so the
    prior adds 5 comments with it and 95 without on either side:
    log(25 ÷ 175) − log(35 ÷ 965) = −1.95 + 3.32.

    >>> found = find_marks(TermCount(100, {"parking": 20}), TermCount(900, {"parking": 30}))
    >>> [(mark.term, round(mark.log_odds, 2)) for mark in found.marks]
    [('parking', 1.37)]

    Raises ValueError for a term in more comments than there are, or in fewer than none.
    """
    for one in (here, elsewhere):
        if any(not 0 <= count <= one.comment_count for count in one.counts.values()):
            raise ValueError("a term is in more comments than there are, or in fewer than none")
    if min(here.comment_count, elsewhere.comment_count) < MINIMUM_DENOMINATOR:
        which = "here" if here.comment_count < MINIMUM_DENOMINATOR else "elsewhere"
        return Marks((), 0, f"there are fewer than {MINIMUM_DENOMINATOR} comments {which}")
    # By how many there are in all: to test those that many here have would be to look for them.
    terms = sorted(
        term
        for term in {**here.counts, **elsewhere.counts}
        if here.counts.get(term, 0) + elsewhere.counts.get(term, 0) >= MINIMUM_COMMENTS
    )
    if not terms:
        return Marks((), 0, f"no word is in {MINIMUM_COMMENTS} comments")
    having = np.array([[one.counts.get(term, 0) for term in terms] for one in (here, elsewhere)])
    sizes = np.array([here.comment_count, elsewhere.comment_count])
    log_odds, z = _compare(having, sizes)
    p_values = _get_p_values(having, sizes, z)
    adjusted = control_false_discoveries(dict(zip(terms, p_values.tolist(), strict=True)))
    marks = [
        Mark(
            term,
            share(here.counts.get(term, 0), here.comment_count),
            share(elsewhere.counts.get(term, 0), elsewhere.comment_count),
            float(log_odds[place]),
            float(z[place]),
        )
        for place, term in enumerate(terms)
        if z[place] > 0 and adjusted[term] <= RATE and here.counts.get(term, 0) >= MINIMUM_COMMENTS
    ]
    ranked = sorted(marks, key=lambda mark: (-mark.z, mark.term))
    return Marks(tuple(_drop_repeated(ranked)), len(terms))


def _compare(having: Counts, sizes: Counts) -> tuple[Floats, Floats]:
    """The difference of log-odds of each term, and the same in standard errors; `having` is how
    many comments have it (here and elsewhere × terms)."""
    # Half a comment keeps terms that all comments have from odds without end.
    rate = (having.sum(0) + 0.5) / (sizes.sum() + 1)
    yes = having + _PRIOR_COMMENTS * rate
    no = sizes[:, None] - having + _PRIOR_COMMENTS * (1 - rate)
    odds = np.log(yes / no)
    log_odds: Floats = odds[0] - odds[1]
    return log_odds, log_odds / np.sqrt((1 / yes + 1 / no).sum(0))


def _get_p_values(having: Counts, sizes: Counts, z: Floats) -> Floats:
    """How often chance alone puts as many of the comments with a term here: Fisher's exact test.

    The z would do for frequent terms; of rare ones it calls up to one in eight more than chance
    that are not.
    """
    p_values = np.ones(having.shape[1])
    # The others will not be called more than chance, and 1 is on the safe side.
    close = np.flatnonzero(z > 1)
    # Rare terms are many, and few combinations of counts; the test is slow.
    pairs, which = np.unique(
        np.stack([having[0, close], having[:, close].sum(0)]), axis=1, return_inverse=True
    )
    p_values[close] = hypergeom.sf(pairs[0] - 1, sizes.sum(), pairs[1], sizes[0])[which]
    return np.clip(p_values, 0, 1)


def _drop_repeated(ranked: Sequence[Mark]) -> list[Mark]:
    """Without terms that others have said: “park” beside a “car park” that nearly always holds it,
    and “car park full” where it is no more telling than “car park”."""
    said = {mark.term: mark for mark in ranked}
    parts = {
        part.term
        for mark in ranked
        for part in _list_parts(mark, said)
        if mark.here.count >= _NEARLY_ALWAYS * part.here.count
    }
    whole = {term: mark for term, mark in said.items() if term not in parts}
    return [
        mark
        for mark in whole.values()
        if all(mark.log_odds > part.log_odds for part in _list_parts(mark, whole))
    ]


def _list_parts(mark: Mark, said: Mapping[str, Mark]) -> list[Mark]:
    """The marks whose words follow one another in a longer one."""
    words = mark.term.split(" ")
    parts = {
        " ".join(words[start : start + size])
        for size in range(1, len(words))
        for start in range(len(words) - size + 1)
    }
    return [said[part] for part in sorted(parts & said.keys())]
