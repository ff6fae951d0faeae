"""The filter in words that can be taken away one at a time, and the form that changes it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yousaid.frameworks import get_framework
from yousaid.records import SCORES
from yousaid.store.answers import Choices
from yousaid.store.filter import (
    EVERYTHING,
    FIELDS,
    KIND_NAMES,
    Filter,
    describe,
    write_place,
)
from yousaid.web.presenters.words import capitalise, word_period, word_place


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that the filter asks, in words, and the address of the page without it."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick. `count` is how many comments the choice alone would leave."""

    value: str
    label: str
    count: int
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes under one heading, for one key of the address."""

    key: str
    heading: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The form's fields as they stand. Dates are ISO or empty; `dates_hint` says what there is."""

    action: str
    words: str
    first_date: str
    last_date: str
    dates_hint: str
    places: Group
    topics: tuple[Group, ...]
    sentiments: Group
    kinds: Group
    scores: Group
    mixed: str
    is_urgent: bool
    is_used: bool
    extras: tuple[tuple[str, str], ...]


def make_title(chosen: Filter) -> str:
    """What is being looked at, as a heading: “Comments negative about Parking”."""
    words = describe(chosen)
    return "All comments" if chosen == EVERYTHING else f"Comments {words}"


def make_chips(chosen: Filter, link: Callable[[Filter], str]) -> tuple[Chip, ...]:
    """One chip for each value that the filter asks for, in the order of its sentence."""
    chips = []
    for field in FIELDS:
        value, empty = getattr(chosen, field.name), getattr(EVERYTHING, field.name)
        if value == empty:
            continue
        for one in value if field.is_list else [value]:
            alone = _change(EVERYTHING, field.name, (one,) if field.is_list else one)
            rest = tuple(v for v in value if v != one) if field.is_list else empty
            chips.append(Chip(describe(alone), link(_change(chosen, field.name, rest))))
    return tuple(chips)


def _change(chosen: Filter, name: str, value: Any) -> Filter:
    return replace(chosen, **{name: value})


def make_filter_form(
    chosen: Filter, choices: Choices, action: str, extras: tuple[tuple[str, str], ...] = ()
) -> FilterForm:
    """The form that changes the filter; `extras` are keys of the address that it keeps."""
    return FilterForm(
        action=action,
        words=chosen.words,
        first_date=_write_date(chosen.first_date),
        last_date=_write_date(chosen.last_date),
        dates_hint=word_period(choices.first_date, choices.last_date),
        places=_make_places(chosen, choices),
        topics=_make_topics(chosen, choices),
        sentiments=_make_group("sentiment", "Sentiment", choices.sentiments, chosen.sentiments),
        kinds=Group(
            "kind",
            "Question",
            tuple(
                Choice(kind, capitalise(KIND_NAMES[kind]), count, kind in chosen.kinds)
                for kind, count in choices.kinds
            ),
        ),
        scores=Group(
            "score",
            "Score",
            tuple(
                Choice(str(code), SCORES[code - 1], count, code in chosen.scores)
                for code, count in choices.scores
            ),
        ),
        mixed={None: "", True: "yes", False: "no"}[chosen.mixed],
        is_urgent=chosen.urgent,
        is_used=chosen != EVERYTHING,
        extras=extras,
    )


def _make_group(
    key: str, heading: str, counts: tuple[tuple[str, int], ...], chosen: tuple[str, ...]
) -> Group:
    found = (Choice(value, capitalise(value), count, value in chosen) for value, count in counts)
    return Group(key, heading, tuple(found))


def _make_places(chosen: Filter, choices: Choices) -> Group:
    found = (
        Choice(
            write_place(unit), word_place(unit[-1:]), count, unit in chosen.places, len(unit) - 1
        )
        for unit, count in choices.places
    )
    return Group("place", "Place", tuple(found))


def _make_topics(chosen: Filter, choices: Choices) -> tuple[Group, ...]:
    counts = dict(choices.topics)
    groups = []
    for category, topics in get_framework().categories.items():
        found = tuple(
            Choice(topic.id, topic.name, counts[topic.id], topic.id in chosen.topics)
            for topic in topics
            if topic.id in counts
        )
        if found:
            groups.append(Group("topic", category, found))
    return tuple(groups)


def _write_date(day: date | None) -> str:
    return day.isoformat() if day else ""
