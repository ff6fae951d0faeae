"""What can be followed over time and compared: each measure's name, direction and comments."""

from collections.abc import Sequence
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


def list_measures(
    chosen: Filter, bases: Sequence[Basis] = ("responses", "comments", "count")
) -> tuple[Measure, ...]:
    """The measures on these bases that say something under a filter: of scores that were chosen
    all have one, and of all comments every comment is."""
    return tuple(
        measure
        for measure in MEASURES
        if measure.basis in bases
        and not (measure.scores and chosen.scores)
        and not (measure.sentiment and chosen.sentiments)
        and (measure is not SHARE or without_reading(chosen) != chosen)
    )


def choose_measure(offered: Sequence[Measure], key: str) -> Measure:
    """The measure of this key; without one the first, or the share of comments where a filter of
    what was said offers it. Raises FilterError for a key that is not offered."""
    if not key:
        return SHARE if SHARE in offered else offered[0]
    for measure in offered:
        if measure.key == key:
            return measure
    known = ", ".join(measure.key for measure in offered)
    raise FilterError(f"“{key[:40]}” cannot be measured here. Choose from: {known}.")
