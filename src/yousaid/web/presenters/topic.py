"""One topic's own page: how much, how it feels, where, in which words, and with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yousaid.frameworks import Topic
from yousaid.measures.intervals import Share, share
from yousaid.measures.words import Marks
from yousaid.store.answers import TopicPair
from yousaid.store.filter import Filter
from yousaid.web.links import Links
from yousaid.web.presenters.overview import Figure
from yousaid.web.presenters.words import (
    word_count,
    word_percent,
    word_place,
    word_range,
    word_share,
    word_too_few,
    word_topic,
)

# A pair of topics further above chance than this many standard deviations is worth saying.
_LEAST_RESIDUAL = 3.0
_MOST_PAIRS = 6
_MOST_MARKS = 20
_MOST_PLACES = 12


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A word that marks the topic out; `href` leads to the comments about it that have the word."""

    term: str
    href: str
    here: str
    elsewhere: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """A topic that comes together with this one; `href` leads to the comments about both."""

    name: str
    href: str
    said: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place: how many of its comments criticise the topic."""

    name: str
    href: str
    count: int
    share: str
    range: str
    out_of: int
    comments_href: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A topic in the tree of all, with its sentiments and its latest control chart."""

    name: str
    href: str
    count: int
    comments_href: str
    share: str
    range: str
    positive: str
    negative: str
    variation: str | None
    variation_words: str
    drawing: str


def make_about_figure(count: int, all_count: int, href: str) -> Figure:
    """How many comments are about the topic, of all."""
    found = share(count, all_count)
    part = word_share(found) or "too few for a percentage"
    return Figure(
        "Comments about it",
        f"{count:,}",
        f"{part} of {word_count(all_count, 'comment')}",
        f"95% interval {word_range(found)}" if found.can_show else "",
        href if count else "",
    )


def make_feeling_figure(label: str, count: int, out_of: int, href: str) -> Figure:
    """How many of the comments about it feel so."""
    found = share(count, out_of)
    if too_few := word_too_few(out_of, "comment"):
        return Figure(label, f"{count:,}", f"{too_few} (of {out_of:,})", "", href if count else "")
    return Figure(
        label,
        word_share(found),
        f"{count:,} of {word_count(out_of, 'comment')} about it",
        f"95% interval {word_range(found)}",
        href if count else "",
    )


def make_mark_rows(marks: Marks, within: Filter, links: Links) -> tuple[MarkRow, ...]:
    """The words that mark the topic out, clearest first."""
    return tuple(
        MarkRow(
            term=mark.term,
            href=links.comments(replace(within, words=f'"{mark.term}"')),
            here=_word_of(mark.here),
            elsewhere=_word_of(mark.elsewhere),
        )
        for mark in marks.marks[:_MOST_MARKS]
    )


def _word_of(found: Share) -> str:
    return f"{word_percent(found.percent)} ({found.count:,} of {found.out_of:,})"


def make_pair_rows(
    topic: Topic, pairs: Sequence[TopicPair], chosen: Filter, links: Links
) -> tuple[PairRow, ...]:
    """What the topic goes together with, furthest above chance first."""
    rows = []
    for pair in pairs:
        if topic.id not in (pair.first, pair.second) or pair.residual < _LEAST_RESIDUAL:
            continue
        other = pair.second if pair.first == topic.id else pair.first
        expected = f"{pair.expected_count:,.0f}" if pair.expected_count >= 1 else "fewer than one"
        rows.append(
            PairRow(
                name=word_topic(other),
                href=links.comments(replace(chosen, topics=(), all_topics=(topic.id, other))),
                said=f"{word_count(pair.both_count, 'comment')} about both, by chance {expected}",
            )
        )
    return tuple(rows[:_MOST_PAIRS])


def make_place_rows(
    shares: Mapping[tuple[str, ...], Share], within: Filter, links: Links
) -> tuple[PlaceRow, ...]:
    """The places with most comments that criticise the topic, and what share that is of all of
    their comments: where to look first, and no ranking."""
    ranked = sorted(shares.items(), key=lambda item: (-item[1].count, item[0]))
    rows = []
    for unit, found in ranked[:_MOST_PLACES]:
        if not found.count:
            break
        at = replace(within, places=(unit,))
        rows.append(
            PlaceRow(
                name=word_place(unit),
                href=links.trends(at, "criticism"),
                count=found.count,
                share=word_share(found) or "too few",
                range=word_range(found) or "–",
                out_of=found.out_of,
                comments_href=links.comments(replace(at, sentiments=("negative",))),
            )
        )
    return tuple(rows)
