"""What the store answers with: plain frozen values, one for each question in `query.py`.

Counts are of what lies inside the asker's scope and filter. A *comment* has text; a row left blank
stands for its response only and is never counted as a comment.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from yousaid.records import Comment, QuestionKind, Reading, TopicSentiment

Order = Literal["newest", "oldest", "most_negative", "most_positive", "most_urgent"]
ORDERS: tuple[Order, ...] = ("newest", "oldest", "most_negative", "most_positive", "most_urgent")


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


@dataclass(frozen=True, slots=True)
class ReadComment:
    """A comment and what the model says of it. Probabilities come back at 32-bit precision."""

    comment: Comment
    reading: Reading
    upload_id: str


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of the comments that match; `total_count` is of all pages."""

    total_count: int
    comments: tuple[ReadComment, ...]


@dataclass(frozen=True, slots=True)
class ResponseComment:
    """One comment, with the other answers (never blank) of the same response in file order."""

    found: ReadComment
    others: tuple[ReadComment, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen next in each field, and how many comments that choice alone would leave.

    Each count is under the filter's other fields. Kinds, scores and sentiments are all listed, in
    the order of `yousaid.records`; topics (framework order) and places (by name, every level of the
    tree, parents first) only where there is a comment or where they are already chosen.
    `first_date` and `last_date` bound the rows that the other fields leave.
    """

    places: tuple[tuple[tuple[str, ...], int], ...]
    kinds: tuple[tuple[QuestionKind, int], ...]
    topics: tuple[tuple[str, int], ...]
    scores: tuple[tuple[int, int], ...]
    sentiments: tuple[tuple[TopicSentiment, int], ...]
    first_date: date | None
    last_date: date | None


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that was brought in; the counts and dates are of its rows inside the scope."""

    upload_id: str
    file_name: str
    added_at: datetime
    framework_version: str
    response_count: int
    comment_count: int
    first_date: date | None
    last_date: date | None
