"""One period against another."""

from dataclasses import dataclass
from datetime import date

from yousaid.errors import FilterError


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both inclusive. Raises FilterError where the first is the later."""

    first_date: date
    last_date: date

    def __post_init__(self) -> None:
        if self.first_date > self.last_date:
            raise FilterError(
                f"A period ends on {self.last_date} and begins on {self.first_date}. Swap them."
            )


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """Comments of one period; the three sentiments are of the topic where there is one, otherwise
    as in `MonthCount`, as is `all_comment_count`, the denominator of a rate."""

    comment_count: int
    positive_count: int
    neutral_count: int
    negative_count: int
    all_comment_count: int


@dataclass(frozen=True, slots=True)
class TopicComparison:
    """Comments about one topic, in both periods."""

    topic: str
    before: PeriodCounts
    after: PeriodCounts


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two periods: all comments, and those about each topic that either has, in framework order."""

    before: PeriodCounts
    after: PeriodCounts
    topics: tuple[TopicComparison, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How a topic changed, in one place or (None) over all.

    `difference` is the change of its share of the comments in standard deviations, above 0 where
    the share grew; see `standardise_difference`. It orders a list and is no test: among hundreds
    of topics and places some differ by chance alone.
    """

    place: tuple[str, ...] | None
    topic: str
    before: PeriodCounts
    after: PeriodCounts
    difference: float
