"""How many comments are truly about something, which is not how many the reader says are.

A count of what a reader says misses what it overlooks and holds what it wrongly names. The two
seldom cancel, and less so the rarer a topic is: of 5 % that is there, a reader which finds 70 % of
it and wrongly names 5 % of the rest counts 8 %. So a share is corrected, by how the reader erred on
comments that people labelled: best on a random sample of these very comments (an *audit*), or else
on those that it was tested on. What is said of topics here goes for any yes or no that is read,
such as “negative about parking”.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from yousaid.measures.intervals import Difference, Share, difference, share, wilson

# Ours: of fewer comments that people labelled, or where the reader finds it in so few of them,
# intervals cover less than they say (docs/why/measures.md).
MINIMUM_AUDIT = 50
MINIMUM_FOUND = 5
# Of fewer tested comments that are about it, or are not, errors are too little known.
MINIMUM_TESTED = 5
# The least that is known of how well a reader tells what is there from what is not. Below it, a
# correction multiplies chance by more than five.
MINIMUM_TOLD_APART = 0.2

_Z = 1.959963984540054

Basis = Literal["audited", "corrected", "counted"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Comments that people and the reader labelled alike or not, in numbers of comments.

    `both` said yes to so many; `reader_only` and `people_only` are where one alone did.
    """

    both: int
    reader_only: int
    people_only: int
    neither: int

    def __post_init__(self) -> None:
        if min(self.both, self.reader_only, self.people_only, self.neither) < 0:
            raise ValueError("there cannot be fewer than no comments")

    @property
    def comment_count(self) -> int:
        return self.both + self.reader_only + self.people_only + self.neither

    @property
    def about_count(self) -> int:
        """How many are about it, people say."""
        return self.both + self.people_only

    @property
    def recall(self) -> Share:
        """How much of what is there the reader finds; more is better."""
        return share(self.both, self.about_count)

    @property
    def false_alarms(self) -> Share:
        """How much of what is not about it the reader wrongly names; less is better."""
        return share(self.reader_only, self.reader_only + self.neither)


@dataclass(frozen=True, slots=True)
class Prevalence:
    """The share of comments that are about something, `low` to `high` percent at 95 %.

    `basis` says what it rests on: an audit, the reader's tested errors, or its count alone, which
    is then shown as it is, with the interval of `counted` and with `why_not` saying why nothing
    better is. `sentence` says all that in words. All three percentages are None where there are no
    comments.
    """

    counted: Share
    percent: float | None
    low: float | None
    high: float | None
    basis: Basis
    sentence: str
    why_not: str = ""


def estimate(
    counted: Share, tested: Labelled | None = None, audit: Labelled | None = None
) -> Prevalence:
    """The best that can be said: from an audit if it is large enough, else by tested errors.

    `counted` is what the reader said. `tested` are comments that it was tested on and had not
    learned from, `audit` ones drawn at random from those that were counted.
    """
    if audit is not None and not why_no_audit(counted, audit):
        return estimate_by_audit(counted, audit)
    if tested is None:
        return _count(counted, "the reader was not tested on it")
    if why_not := why_no_correction(tested):
        return _count(counted, why_not)
    return correct(counted, tested)


def why_no_audit(counted: Share, audit: Labelled) -> str:
    """Why an audit is too small; "" where it is not.

    It is told by what the reader found in all comments, not by what people found in the sample:
    samples that happen to hold many would be shown, and those that hold few would not.
    """
    if audit.comment_count < MINIMUM_AUDIT:
        return f"people labelled only {audit.comment_count} of them, and {MINIMUM_AUDIT} are needed"
    if audit.comment_count * counted.count < MINIMUM_FOUND * counted.out_of:
        return (
            f"the reader finds it in {counted.count:,} of {counted.out_of:,}, too few for a sample "
            f"of {audit.comment_count} to hold {MINIMUM_FOUND}"
        )
    return ""


def why_no_correction(tested: Labelled) -> str:
    """Why errors are too little known, or too many, to correct by; "" where they are not."""
    if min(tested.about_count, tested.comment_count - tested.about_count) < MINIMUM_TESTED:
        return f"too few comments like it were tested ({tested.about_count})"
    found, named = tested.recall, tested.false_alarms
    told_apart = difference(found, named).low
    assert told_apart is not None
    if told_apart < 100 * MINIMUM_TOLD_APART:
        return "the reader is too unsure of it"
    return ""


def correct(counted: Share, tested: Labelled) -> Prevalence:
    """The share by the errors that the reader made where it was tested.

    Rogan and Gladen, “Estimating prevalence from the results of a screening test”, American Journal
    of Epidemiology 107 (1978) 71 (elsewhere “adjusted classify and count”): (counted − false
    alarms) ÷ (recall − false alarms), kept within 0…100 %. The interval allows for chance in the
    count and in both error rates: Lang and Reiczigel, “Confidence limits for prevalence of disease
    adjusted for estimated sensitivity and specificity”, Preventive Veterinary Medicine 113 (2014)
    13. It holds as far as the reader errs here as it did there.

    120 of 1,000 are counted. The reader finds 80 of 100 and wrongly names 5 of 100, so of 12 %, 5
    are alarms, and the 7 that are left are three quarters of what is there: (12 − 5) ÷ (80 − 5).

    >>> found = correct(share(120, 1000), Labelled(80, 5, 20, 95))
    >>> [round(value, 2) for value in (found.percent, found.low, found.high)]
    [9.33, 1.87, 14.62]

    Raises ValueError where `why_no_correction` says why.
    """
    if why_not := why_no_correction(tested):
        raise ValueError(f"a share cannot be corrected: {why_not}")
    if not counted.out_of:
        return _count(counted, "there are no comments")
    recall, alarms = _rate(tested.recall), _rate(tested.false_alarms)
    percent = 100 * (counted.count / counted.out_of - alarms) / (recall - alarms)
    low, high = _bound(counted, tested)
    return Prevalence(
        counted,
        _keep(percent),
        low,
        high,
        "corrected",
        "Corrected for how often the reader overlooked it, or wrongly named it, in "
        f"{tested.comment_count:,} comments that people labelled. It holds as far as the reader "
        "errs here as it did there.",
    )


def _bound(counted: Share, tested: Labelled) -> tuple[float, float]:
    """Both ends of Lang and Reiczigel's interval, in percent. It adds pseudo-observations to all
    three shares, so that it has a width even where the reader was never wrong."""
    size = counted.out_of + _Z**2
    part = (counted.count + _Z**2 / 2) / size
    found_size, other_size = tested.about_count + 2, tested.comment_count - tested.about_count + 2
    found, silent = (tested.both + 1) / found_size, (tested.neither + 1) / other_size
    apart = found + silent - 1
    middle = (part + silent - 1) / apart
    spread_found, spread_silent = (
        found * (1 - found) / found_size,
        silent * (1 - silent) / other_size,
    )
    shift = 2 * _Z**2 * (middle * spread_found - (1 - middle) * spread_silent)
    variance = (
        part * (1 - part) / size + (1 - middle) ** 2 * spread_silent + middle**2 * spread_found
    ) / apart**2
    reach = _Z * sqrt(variance)
    return _keep(100 * (middle + shift - reach)), _keep(100 * (middle + shift + reach))


def estimate_by_audit(counted: Share, audit: Labelled) -> Prevalence:
    """The share by a random sample of the same comments that people labelled.

    Prediction-powered inference: what people say of the sample, plus as much of what the reader
    says of all others as it has earned on the sample. It needs nothing of the reader, and gains
    from a good one. Angelopoulos, Duchi and Zrnic, “PPI++: efficient prediction-powered inference”
    (2023), of which this is the tuned mean. The interval is Wilson's for as many comments as would
    give the same variance, with one comment added to each of the audit's four counts: the usual one
    covers 85 to 90 % where few are about it.

    Of 1,100 comments the reader names 133. Of 100 of these people say 12 are about it, and the
    reader, which had 13, agrees with ten:

    >>> found = estimate_by_audit(share(133, 1100), Labelled(10, 3, 2, 85))
    >>> [round(value, 2) for value in (found.percent, found.low, found.high)]
    [11.28, 7.37, 16.88]

    Raises ValueError where `why_no_audit` says why, and for a sample that is not of these comments.
    """
    if why_not := why_no_audit(counted, audit):
        raise ValueError(f"a share cannot be estimated by an audit: {why_not}")
    others = counted.count - audit.both - audit.reader_only
    other_size = counted.out_of - audit.comment_count
    if not 0 <= others <= other_size:
        raise ValueError("an audit is of some of the comments that were counted")
    cells = (audit.both, audit.reader_only, audit.people_only, audit.neither)
    middle, _ = _predict(others, other_size, *cells)
    part, variance = _predict(others, other_size, *(cell + 1 for cell in cells))
    # Where the reader names nearly all or none, the estimate may be a little beyond the ends.
    edge = 1 / (2 * audit.comment_count)
    part, middle = min(max(part, edge), 1 - edge), min(max(middle, 0.0), 1.0)
    low, high = wilson(middle, part * (1 - part) / variance)
    return Prevalence(
        counted,
        100 * middle,
        100 * low,
        100 * high,
        "audited",
        f"Estimated from {audit.comment_count:,} of these comments that were drawn at random and "
        "labelled by people, with what the reader says of the others.",
    )


def _predict(
    others: int,
    other_size: int,
    both: float,
    reader_only: float,
    people_only: float,
    neither: float,
) -> tuple[float, float]:
    """The tuned estimate and its variance, from what the reader says of all other comments and the
    four counts of the sample."""
    size = both + reader_only + people_only + neither
    said, read = (both + people_only) / size, (both + reader_only) / size
    of_said, of_read = said * (1 - said), read * (1 - read)
    together = both / size - said * read
    if not other_size:
        return said, of_said / (size - 1)
    # How much the reader's word counts: as far as it goes with people's. How widely it varies is
    # told best by all that it read.
    every = size + other_size
    read_anywhere = (both + reader_only + others) / every
    of_any = read_anywhere * (1 - read_anywhere) * every / (every - 1)
    trust = together / (1 + size / other_size) / of_any if of_any else 0.0
    trust = min(max(trust, 0.0), 1.0)
    other_read = others / other_size
    variance = trust**2 * other_read * (1 - other_read) / other_size + (
        of_said + trust**2 * of_read - 2 * trust * together
    ) / (size - 1)
    return trust * other_read + said - trust * read, variance


def difference_corrected(one: Share, other: Share, tested: Labelled) -> Difference:
    """How many points the true share of `one` is above that of `other`, by the same errors.

    What the reader wrongly names is in both and goes out, so errors can change how large a
    difference is, but not whose share is larger: (counted − counted) ÷ (recall − false alarms).
    Newcombe's interval of the counted difference, widened for chance in the error rates.

    >>> found = difference_corrected(share(120, 1000), share(60, 1000), Labelled(80, 5, 20, 95))
    >>> [round(value, 2) for value in (found.points, found.low, found.high)]
    [8.0, 4.54, 11.5]

    Raises ValueError where `why_no_correction` says why.
    """
    if why_not := why_no_correction(tested):
        raise ValueError(f"a difference cannot be corrected: {why_not}")
    plain = difference(one, other)
    if plain.points is None or plain.low is None or plain.high is None:
        return plain
    recall, alarms = _rate(tested.recall), _rate(tested.false_alarms)
    apart = recall - alarms
    spread = _Z * sqrt(
        recall * (1 - recall) / tested.about_count
        + alarms * (1 - alarms) / (tested.comment_count - tested.about_count)
    )
    points = plain.points / apart
    of_errors = points * spread / apart
    low = points - sqrt(((plain.points - plain.low) / apart) ** 2 + of_errors**2)
    high = points + sqrt(((plain.high - plain.points) / apart) ** 2 + of_errors**2)
    return Difference(*(min(max(one, -100.0), 100.0) for one in (points, low, high)))


def _rate(found: Share) -> float:
    return found.count / found.out_of


def _keep(percent: float) -> float:
    return min(max(percent, 0.0), 100.0)


def _count(counted: Share, why_not: str) -> Prevalence:
    return Prevalence(
        counted,
        counted.percent,
        counted.low,
        counted.high,
        "counted",
        f"As the reader counted, with its errors, since {why_not}.",
        why_not,
    )
