"""The first page: what is being looked at, how much there is and how it feels, in a few figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yousaid.measures.fft import percent_negative, percent_positive
from yousaid.measures.intervals import Share, share
from yousaid.records import TopicSentiment
from yousaid.store.answers import Choices, Totals
from yousaid.store.filter import Filter
from yousaid.web.links import Links
from yousaid.web.presenters.words import (
    SENTIMENT_MARKS,
    capitalise,
    word_count,
    word_period,
    word_place,
    word_range,
    word_share,
    word_too_few,
)

# Places shown at once; the filter form has them all.
PLACE_COUNT = 15


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure. `value` is empty where it cannot be shown, and `note` then says why."""

    label: str
    value: str
    note: str
    range: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Feeling:
    """How many comments feel so; `percent` is of all comments here, for the bar.

    `share` and `range` are empty and `percent` is 0 where there are too few for a percentage.
    """

    sentiment: TopicSentiment
    mark: str
    words: str
    count: int
    share: str
    range: str
    percent: float
    href: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place, its comments and where to go: further in (`href`) or to the comments themselves."""

    name: str
    inside: str
    count: int
    width_percent: float
    href: str
    comments_href: str


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """Places of one level. `rest_count` are not shown."""

    heading: str
    rows: tuple[PlaceRow, ...]
    rest_count: int


def make_lede(totals: Totals) -> str:
    """How much there is and from when, in one sentence."""
    comments = word_count(totals.comment_count, "comment")
    responses = word_count(totals.response_count, "response")
    period = word_period(totals.first_date, totals.last_date)
    return f"{capitalise(comments)} from {responses}{f', {period}' if period else ''}."


def make_figures(chosen: Filter, totals: Totals, links: Links) -> tuple[Figure, ...]:
    """Responses, comments, percent positive and percent negative, each with what it is of."""
    with_comment = " with such a comment" if chosen.selects_comments else ""
    scored_count = totals.response_count - totals.unscored_count
    return (
        Figure(
            "Positive scores",
            *_make_share(percent_positive(totals.score_counts), "Very good or Good", with_comment),
        ),
        Figure(
            "Negative scores",
            *_make_share(percent_negative(totals.score_counts), "Poor or Very poor", with_comment),
        ),
        Figure(
            "Responses",
            f"{totals.response_count:,}",
            f"{scored_count:,} with a score",
        ),
        Figure(
            "Comments",
            f"{totals.comment_count:,}",
            _note_comments(totals),
            href=links.comments(chosen) if totals.comment_count else "",
        ),
    )


def _make_share(found: Share, rated: str, with_comment: str) -> tuple[str, str, str]:
    responses = word_count(found.out_of, "response")
    if not found.out_of:
        return "", "No response here has a score.", ""
    if too_few := word_too_few(found.out_of, "response"):
        return "", f"{too_few} ({responses} with a score).", ""
    of = f"{found.count:,} of {responses}{with_comment} rated {rated}"
    return word_share(found), of, f"95% interval {word_range(found)}"


def _note_comments(totals: Totals) -> str:
    parts = []
    if totals.mixed_count:
        parts.append(f"{totals.mixed_count:,} mixed")
    if totals.urgent_count:
        parts.append(f"{totals.urgent_count:,} urgent")
    return ", ".join(parts) or "none mixed, none urgent"


def make_feelings(
    chosen: Filter, choices: Choices, comment_count: int, links: Links
) -> tuple[Feeling, ...]:
    """Positive, neutral and negative comments; `comment_count` is without the choice of sentiment.

    Where topics are chosen the sentiments are of those topics, and a comment can be in two.
    """
    shares = [(sentiment, share(count, comment_count)) for sentiment, count in choices.sentiments]
    return tuple(
        Feeling(
            sentiment=sentiment,
            mark=SENTIMENT_MARKS[sentiment],
            words=capitalise(sentiment),
            count=found.count,
            share=word_share(found),
            range=word_range(found),
            percent=round(found.percent or 0, 2) if found.can_show else 0,
            href=links.comments(replace(chosen, sentiments=(sentiment,))),
        )
        for sentiment, found in shares
    )


def make_place_table(chosen: Filter, choices: Choices, links: Links) -> PlaceTable | None:
    """The places one step further in, most comments first; None where there is no step.

    Without a place chosen, the widest level that holds more than one place.
    """
    level = _choose_level(chosen, choices.places)
    if not level:
        return None
    level = sorted(level, key=lambda row: (-row[1], row[0]))
    most = level[0][1] or 1
    rows = tuple(
        PlaceRow(
            name=word_place(unit[-1:]),
            inside=word_place(unit[:-1]) if len(unit) > 1 else "",
            count=count,
            width_percent=round(100 * count / most, 2),
            href=links.overview(replace(chosen, places=(unit,))),
            comments_href=links.comments(replace(chosen, places=(unit,))),
        )
        for unit, count in level[:PLACE_COUNT]
    )
    heading = f"Where in {word_place(chosen.places[0][-1:])}" if chosen.places else "Where"
    return PlaceTable(heading, rows, len(level) - len(rows))


def _choose_level(
    chosen: Filter, places: Sequence[tuple[tuple[str, ...], int]]
) -> list[tuple[tuple[str, ...], int]]:
    if len(chosen.places) > 1:
        return [(unit, count) for unit, count in places if unit in chosen.places]
    if chosen.places:
        parent = chosen.places[0]
        return [
            (unit, count)
            for unit, count in places
            if len(unit) == len(parent) + 1 and unit[:-1] == parent
        ]
    for depth in range(1, 1 + max((len(unit) for unit, _ in places), default=0)):
        level = [(unit, count) for unit, count in places if len(unit) == depth]
        if len(level) > 1:
            return level
    return [(unit, count) for unit, count in places if len(unit) == 1]
