"""The Friends and Family Test's two headline figures, as NHS England works them out.

Both are of all responses with a score, “Neither good nor poor” and “Don't know” among them, so
they do not add up to 100. Over several places or months add the counts first: percentages are never
averaged. This is how the published monthly workbooks work them out; their Notes sheet warns against
comparing providers by them.
"""

from collections.abc import Sequence

from yousaid.measures.intervals import Share, share
from yousaid.records import SCORES


def percent_positive(score_counts: Sequence[int]) -> Share:
    """“Very good” and “Good” among the counts of national codes 1 … 6.

    >>> round(percent_positive([60, 20, 5, 5, 5, 5]).percent, 1)
    80.0
    """
    _check_counts(score_counts)
    return share(score_counts[0] + score_counts[1], sum(score_counts))


def percent_negative(score_counts: Sequence[int]) -> Share:
    """“Poor” and “Very poor” among the counts of national codes 1 … 6.

    >>> round(percent_negative([60, 20, 5, 5, 5, 5]).percent, 1)
    10.0
    """
    _check_counts(score_counts)
    return share(score_counts[3] + score_counts[4], sum(score_counts))


def _check_counts(score_counts: Sequence[int]) -> None:
    if len(score_counts) != len(SCORES) or min(score_counts) < 0:
        raise ValueError(f"{list(score_counts)} is not a count for each of {len(SCORES)} scores")
