"""Counts of what lies inside the asker's scope and filter.

A *comment* has text; a row left blank stands for its response only and is never counted as a
comment.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is. Each response counts once, however many comments it holds.

    `score_counts` holds the responses of national codes 1 (very good) … 6 (don't know), and
    `unscored_count` those without a score: together they make `response_count`.
    `sentiment_counts` holds the comments of levels 1 (very positive) … 5 (very negative); comments
    with nothing to read are in none of them. `first_date` and `last_date` are None where nothing
    is dated; `undated_count` is of responses.
    """

    response_count: int
    comment_count: int
    score_counts: tuple[int, ...]
    unscored_count: int
    sentiment_counts: tuple[int, ...]
    mixed_count: int
    urgent_count: int
    first_date: date | None
    last_date: date | None
    undated_count: int


@dataclass(frozen=True, slots=True)
class TopicCount:
    """Comments about one topic; the three sentiments are of the topic and sum to `comment_count`.

    The denominator is `Totals.comment_count` under the same scope and filter.
    """

    topic: str
    comment_count: int
    positive_count: int
    neutral_count: int
    negative_count: int


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One calendar month, named by its first day. Undated rows are in no month.

    `score_counts` is as in `Totals`. The three sentiments are of the chosen topics where the filter
    names any (a comment that praises one and faults another is in two of them), otherwise of the
    whole comment. `all_comment_count` leaves out what the filter asks of the reading (topics,
    sentiments, mixed, urgent, words): it is the denominator of a rate.
    """

    month: date
    response_count: int
    score_counts: tuple[int, ...]
    comment_count: int
    positive_count: int
    neutral_count: int
    negative_count: int
    all_comment_count: int
