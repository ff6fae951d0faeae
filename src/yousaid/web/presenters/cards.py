"""One comment as a page shows it: the words, what they are about and where they came from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yousaid.frameworks import get_framework
from yousaid.records import Mention, TopicSentiment
from yousaid.store.answers import ReadComment
from yousaid.store.filter import EVERYTHING, KIND_NAMES, URGENT_FROM, Filter
from yousaid.store.search import find_marks, parse
from yousaid.web.highlight import Part, make_parts, shorten
from yousaid.web.links import Links
from yousaid.web.presenters.words import (
    SENTIMENT_MARKS,
    capitalise,
    get_level_sentiment,
    word_date,
    word_level,
    word_place,
    word_score,
    word_topic,
)

# A list shows about this many characters of a comment; its own page shows all of them.
LIST_CHARACTERS = 1200

# “All good!” is praise and tells a team little.
TELLING_WORDS = 8


@dataclass(frozen=True, slots=True)
class TopicTag:
    """One topic of a comment. `number` ties it to the marked words; None where no word shows it."""

    number: int | None
    name: str
    sentiment: TopicSentiment
    mark: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class LabelledPart:
    """A part of the text; `numbers` and `labels` of the topics whose evidence ends with it.

    `is_hit` says that it is what was searched for.
    """

    text: str
    tone: str
    numbers: str
    labels: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A comment ready to be laid out; every field but the hrefs is for reading."""

    comment_id: str
    parts: tuple[LabelledPart, ...]
    is_cut: bool
    topics: tuple[TopicTag, ...]
    sentiment: TopicSentiment
    sentiment_words: str
    sentiment_mark: str
    is_mixed: bool
    is_urgent: bool
    is_corrected: bool
    place: str
    place_href: str
    date: str
    question: str
    score: str
    href: str


def make_card(
    found: ReadComment, links: Links, chosen: Filter = EVERYTHING, limit: int | None = None
) -> Card:
    """The card of a comment; `limit` cuts its text at about so many characters, None shows all.

    A cut card numbers each topic at its first words only, since a list should read easily.
    A topic links to the comments about it under the rest of the filter. Topics that the framework
    does not have, which no filter can ask for, are left out.
    """
    comment, reading = found.comment, found.reading
    known = (m for m in reading.mentions if m.topic in get_framework().by_id)
    mentions = sorted(known, key=_get_first_character)
    hits = find_marks(parse(chosen.words), comment.text) if chosen.words else ()
    parts = make_parts(comment.text, mentions, hits)
    parts, is_cut = shorten(parts, limit) if limit else (parts, False)
    sentiment = get_level_sentiment(reading.sentiment)
    return Card(
        comment_id=comment.comment_id,
        parts=tuple(_label_parts(parts, mentions, label_once=limit is not None)),
        is_cut=is_cut,
        topics=_make_tags(mentions, links, chosen),
        sentiment=sentiment,
        sentiment_words=capitalise(word_level(reading.sentiment, reading.language)),
        sentiment_mark=SENTIMENT_MARKS[sentiment],
        is_mixed=reading.mixed,
        is_urgent=reading.urgency >= URGENT_FROM,
        is_corrected=reading is not found.as_read,
        place=word_place(comment.unit),
        place_href=links.comments(Filter(places=(comment.unit,))) if comment.unit else "",
        date=capitalise(word_date(comment.date)),
        question=comment.question or capitalise(KIND_NAMES[comment.kind]),
        score=f"Scored {word_score(comment.score)}" if comment.score else "Gave no score",
        href=links.comment(comment.comment_id),
    )


def make_cards(
    found: Sequence[ReadComment], links: Links, chosen: Filter = EVERYTHING
) -> tuple[Card, ...]:
    """The cards of a list, with long comments cut."""
    return tuple(make_card(one, links, chosen, LIST_CHARACTERS) for one in found)


def make_quote(found: ReadComment) -> str:
    """A comment as it is put into a report: the words, then where and when, and no more of the
    person than that."""
    comment = found.comment
    when = f"{comment.date:%B %Y}" if comment.date else "no date"
    return f"“{comment.text.strip()}” – {word_place(comment.unit)}, {when}"


def choose_telling(found: Sequence[ReadComment], count: int) -> list[ReadComment]:
    """The first comments of the list that say something; shorter ones only where those run out."""
    return sorted(found, key=lambda one: len(one.comment.text.split()) < TELLING_WORDS)[:count]


def _get_first_character(mention: Mention) -> tuple[int, float]:
    # Numbers rise with the text; topics that no word shows come last, surest first.
    starts = [span.start for span in mention.spans]
    return (min(starts) if starts else 1 << 62, -mention.probability)


def _label_parts(
    parts: Sequence[Part], mentions: Sequence[Mention], *, label_once: bool
) -> Iterator[LabelledPart]:
    labelled: set[int] = set()
    for part in parts:
        shown = [position for position in part.ending if position not in labelled]
        if label_once:
            labelled.update(shown)
        labels = [
            f"{mentions[position].sentiment} about {word_topic(mentions[position].topic)}"
            for position in shown
        ]
        numbers = ", ".join(str(position + 1) for position in shown)
        yield LabelledPart(part.text, part.tone, numbers, "; ".join(labels), part.is_hit)


def _make_tags(mentions: Sequence[Mention], links: Links, chosen: Filter) -> tuple[TopicTag, ...]:
    return tuple(
        TopicTag(
            number=number if mention.spans else None,
            name=word_topic(mention.topic),
            sentiment=mention.sentiment,
            mark=SENTIMENT_MARKS[mention.sentiment],
            href=links.comments(replace(chosen, topics=(mention.topic,), sentiments=())),
            is_chosen=mention.topic in chosen.topics,
        )
        for number, mention in enumerate(mentions, start=1)
    )
