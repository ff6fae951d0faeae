"""What can be followed over time and compared: each measure's name, direction and comments."""

from dataclasses import dataclass, replace
from typing import Literal

from yousaid.errors import FilterError
from yousaid.measures.spc import Direction
from yousaid.store.answers import Counts
from yousaid.store.filter import Filter, without_reading

# What a measure is a share of: responses with a score, or comments; a count is of nothing.
Basis = Literal["responses", "comments", "count"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `words` are a heading, `of` what a figure counts (“12 of 210 …”). `scores` and
    `sentiment` are what its comments have besides what the filter asks."""

    key: str
    words: str
    of: str
    basis: Basis
    better: Direction
    scores: tuple[int, ...] = ()
    sentiment: Literal["positive", "negative"] | None = None

    def narrow(self, chosen: Filter) -> Filter:
        """The comments behind a figure of this measure."""
        if self.scores:
            return replace(chosen, scores=self.scores)
        return replace(chosen, sentiments=(self.sentiment,)) if self.sentiment else chosen

    def count(self, counts: Counts) -> int:
        """The comments that count, of one place in a cross-tab."""
        if self.sentiment is None:
            return counts.comment_count
        return counts.positive_count if self.sentiment == "positive" else counts.negative_count


GOOD = Measure("good", "Rated Very good or Good", "responses", "responses", "higher", (1, 2))
POOR = Measure("poor", "Rated Poor or Very poor", "responses", "responses", "lower", (4, 5))
CRITICISM = Measure(
    "criticism", "Comments that criticise", "comments", "comments", "lower", sentiment="negative"
)
PRAISE = Measure(
    "praise", "Comments that praise", "comments", "comments", "higher", sentiment="positive"
)
SHARE = Measure("share", "Share of all comments", "comments", "comments", "neither")
COMMENTS = Measure("comments", "Number of comments", "comments", "count", "neither")
MEASURES = (GOOD, POOR, CRITICISM, PRAISE, SHARE, COMMENTS)


def list_measures(chosen: Filter, *, with_counts: bool = True) -> tuple[Measure, ...]:
    """The measures that say something under a filter: of scores that were chosen all have one, and
    of all comments every comment is."""
    return tuple(
        measure
        for measure in MEASURES
        if not (measure.scores and chosen.scores)
        and not (measure.sentiment and chosen.sentiments)
        and (measure is not SHARE or without_reading(chosen) != chosen)
        and (with_counts or measure.basis != "count")
    )


def choose_measure(chosen: Filter, key: str, *, with_counts: bool = True) -> Measure:
    """The measure of this key; without one the first that says something.

    A filter of what was said leads to the share of comments that say so. Raises FilterError for a
    key that is none, or says nothing under this filter.
    """
    offered = list_measures(chosen, with_counts=with_counts)
    if not key:
        return SHARE if SHARE in offered else offered[0]
    for measure in offered:
        if measure.key == key:
            return measure
    known = ", ".join(measure.key for measure in offered)
    raise FilterError(f"“{key[:40]}” cannot be measured here. Choose from: {known}.")
