"""The filter in words that can be taken away one at a time, and the form that changes it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yousaid.frameworks import get_framework
from yousaid.records import SCORES
from yousaid.store.answers import Choices, SuggestedWords
from yousaid.store.filter import (
    EVERYTHING,
    FIELDS,
    KIND_NAMES,
    Filter,
    describe,
    to_query,
    write_demographic,
    write_name,
    write_place,
    write_yes_no,
)
from yousaid.web.presenters.words import capitalise, word_name, word_period, word_place


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
    """Boxes under one heading, for one key of the address. `hint` says how to come to others."""

    key: str
    heading: str
    choices: tuple[Choice, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The form's fields as they stand. Dates are ISO or empty; `dates_hint` says what there is.

    `extras` are keys of the address that the form keeps and has no field for.
    """

    action: str
    words: str
    first_date: str
    last_date: str
    dates_hint: str
    places: Group
    topics: tuple[Group, ...]
    sentiments: Group
    kinds: Group
    questions: Group
    scores: Group
    demographics: tuple[Group, ...]
    sources: Group
    mixed: str
    corrected: str
    has_corrections: bool
    is_urgent: bool
    is_used: bool
    extras: tuple[tuple[str, str], ...]


# What the form has no boxes for; it is kept, and each has a chip to take it away.
# More places than these nobody looks through, and their boxes are half of what a page weighs.
MOST_PLACES = 60
_WITHOUT_FIELD = ("all_topic", "no_topic", "upload")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """“Did you mean …?”: other words, and the address of the page with them."""

    words: str
    href: str


def make_suggestion(found: SuggestedWords, link: Callable[[Filter], str]) -> Suggestion:
    """The words that were meant, perhaps."""
    return Suggestion(found.chosen.words, link(found.chosen))


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
    """The form that changes the filter; `extras` are keys of the page that it keeps."""
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
        questions=_make_named("question", "Question asked", choices.questions, chosen.questions),
        scores=Group(
            "score",
            "Score",
            tuple(
                Choice(str(code), SCORES[code - 1], count, code in chosen.scores)
                for code, count in choices.scores
            ),
        ),
        demographics=_make_demographics(chosen, choices),
        sources=_make_named("source", "How it came in", choices.sources, chosen.sources),
        mixed=_write_yes_no(chosen.mixed),
        corrected=_write_yes_no(chosen.corrected),
        has_corrections=chosen.corrected is not None or choices.corrected[0][1] > 0,
        is_urgent=chosen.urgent,
        is_used=chosen != EVERYTHING,
        extras=(*extras, *(pair for pair in to_query(chosen) if pair[0] in _WITHOUT_FIELD)),
    )


def _make_group(
    key: str, heading: str, counts: tuple[tuple[str, int], ...], chosen: tuple[str, ...]
) -> Group:
    found = (Choice(value, capitalise(value), count, value in chosen) for value, count in counts)
    return Group(key, heading, tuple(found))


def _make_named(
    key: str, heading: str, counts: Sequence[tuple[str, int]], chosen: Sequence[str]
) -> Group:
    """Names to choose from; no boxes where there is only one, which all comments have."""
    found = tuple(
        Choice(write_name(name), word_name(name), count, name in chosen) for name, count in counts
    )
    return Group(key, heading, found if len(found) > 1 or chosen else ())


def _make_demographics(chosen: Filter, choices: Choices) -> tuple[Group, ...]:
    found: dict[str, list[Choice]] = {}
    for pair, count in choices.demographics:
        choice = Choice(
            write_demographic(pair), word_name(pair[1]), count, pair in chosen.demographics
        )
        found.setdefault(pair[0], []).append(choice)
    return tuple(
        Group("demographic", capitalise(word_name(name)), tuple(listed))
        for name, listed in found.items()
    )


def _write_yes_no(value: bool | None) -> str:
    return "" if value is None else write_yes_no(value)


def _make_places(chosen: Filter, choices: Choices) -> Group:
    """All places; where they are many, those of the outer levels, and all of the inner ones that
    lie in a place that is chosen or beside one."""
    depth = _choose_depth([unit for unit, _ in choices.places])
    opened = {unit[:n] for unit in chosen.places for n in range(depth, len(unit) + 1)}
    found = tuple(
        Choice(
            write_place(unit), word_place(unit[-1:]), count, unit in chosen.places, len(unit) - 1
        )
        for unit, count in choices.places
        if len(unit) <= depth or unit[:-1] in opened
    )
    is_whole = len(found) == len(choices.places)
    return Group("place", "Place", found, "" if is_whole else "Choose one to see what is in it.")


def _choose_depth(units: Sequence[tuple[str, ...]]) -> int:
    """The innermost level to which there are not too many places; the outermost if there are."""
    depths = Counter(len(unit) for unit in units)
    total, chosen = 0, 1
    for depth in sorted(depths):
        total += depths[depth]
        if total <= MOST_PLACES:
            chosen = depth
    return chosen


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
