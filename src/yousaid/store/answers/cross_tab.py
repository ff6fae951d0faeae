"""Counts by one or two dimensions at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

from yousaid.errors import FilterError

DimensionKind = Literal[
    "week",
    "month",
    "quarter",
    "topic",
    "category",
    "place",
    "question",
    "kind",
    "score",
    "sentiment",
    "source",
    "demographic",
]
DIMENSION_KINDS: tuple[DimensionKind, ...] = get_args(DimensionKind)

# The first day of a week (Monday), month or quarter; a topic's id or a category's name; a place as
# a path; a wording; a kind; a score; a sentiment; the name of a source; the value of a demographic.
Value = date | tuple[str, ...] | str | int | None


@dataclass(frozen=True, slots=True)
class Dimension:
    """What to count by. `level` is of places alone, 1 the widest, and `name` of demographics.

    Raises FilterError where there is no such dimension.
    """

    kind: DimensionKind
    level: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in DIMENSION_KINDS:
            raise FilterError(
                f"Nothing can be counted by “{self.kind}”. Choose from: "
                f"{', '.join(DIMENSION_KINDS)}."
            )
        if (self.kind == "place") != (self.level > 0):
            raise FilterError("Places, and they alone, are counted at a level: 1 is the widest.")
        if self.name and self.kind != "demographic":
            raise FilterError("Only a demographic is counted by its name.")


class Counts(NamedTuple):
    """How many responses and comments there are in one place of a cross-tab.

    The three sentiments count comments: they are of the topic (or of any topic of the category)
    where the place is one of a topic, otherwise of the filter's chosen topics where it names any,
    otherwise of the whole comment. `base_response_count` and `base_comment_count` are of the same
    place without what the filter asks of the reading. The counts of responses are None where they
    were not asked for.
    """

    response_count: int | None
    comment_count: int
    positive_count: int
    neutral_count: int
    negative_count: int
    base_response_count: int | None
    base_comment_count: int


@dataclass(frozen=True, slots=True)
class CrossTab:
    """Counts by one dimension, or by two, with both margins.

    `cells` has a line for each of `row_values`, and in it a place for each of `column_values`;
    with one dimension there are no columns. Values are in their natural order: time without gaps,
    the framework's topics, names by the alphabet; None, which stands last, is for what has no
    value. Kinds, scores and sentiments are all there, whatever else where anything was found.

    A comment on two topics is in the rows of both, and in `total` once: margins count different
    comments, and are no sums where `has_repeats` says so (of the rows, of the columns). Responses
    repeat as well where they hold several comments.

    A rate has its denominator in the same answer: a topic's share of all comments of a month is
    its cell's `comment_count` of the month's `base_comment_count` in `column_totals`; the urgent
    among the comments on a topic are the cell's `comment_count` of its own `base_comment_count`.
    """

    rows: Dimension
    columns: Dimension | None
    row_values: Sequence[Value]
    column_values: Sequence[Value]
    cells: Sequence[Sequence[Counts]]
    row_totals: Sequence[Counts]
    column_totals: Sequence[Counts]
    total: Counts
    has_repeats: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class TopicPair:
    """Two topics that come together, in framework order.

    `first_count` and `second_count` are of the comments about each, `both_count` about both,
    `comment_count` of all. `expected_count` is how many would be about both if the two had nothing
    to do with each other: first × second / all. `lift` is both / expected: 2 is twice as many.
    `residual` says how far that is beyond chance, in standard deviations; see `get_topic_pairs`.
    """

    first: str
    second: str
    first_count: int
    second_count: int
    both_count: int
    comment_count: int
    expected_count: float
    lift: float
    residual: float
