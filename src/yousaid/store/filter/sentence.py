"""The words of each field of a filter, as they follow “comments”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from yousaid.frameworks import get_framework
from yousaid.records import SCORES, QuestionKind
from yousaid.store.filter.sql import group_pairs

if TYPE_CHECKING:
    from yousaid.store.filter.fields import Filter

KIND_NAMES: dict[QuestionKind, str] = {
    "what_good": "what was good",
    "could_improve": "what could improve",
    "why": "why that score",
}


def word_date(day: date) -> str:
    """“1 January 2026”."""
    return f"{day.day} {day:%B %Y}"


def word_list(names: Sequence[str], joined_by: str = "or") -> str:
    """“Parking, Discharge or Pain management”."""
    return f" {joined_by} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def word_name(name: str) -> str:
    """A name on one line, with something to read where it is empty."""
    return " ".join(name.split()) or "(no name)"


def quote_list(names: Iterable[str]) -> str:
    return word_list([f"“{word_name(name)}”" for name in names])


def word_period(chosen: Filter) -> str:
    first, last = chosen.first_date, chosen.last_date
    if first and last:
        if first == last:
            return f"on {word_date(first)}"
        return f"from {word_date(first)} to {word_date(last)}"
    return f"since {word_date(first)}" if first else f"up to {word_date(last)}" if last else ""


def word_last_date(chosen: Filter) -> str:
    return "" if chosen.first_date else word_period(chosen)


def name_topics(topics: Sequence[str]) -> list[str]:
    return [get_framework().by_id[topic].name for topic in topics]


def word_topics(chosen: Filter) -> str:
    names = word_list(name_topics(chosen.topics))
    return f"{word_list(chosen.sentiments)} about {names}".strip()


def word_all_topics(chosen: Filter) -> str:
    names = name_topics(chosen.all_topics)
    start = {1: "", 2: "both "}.get(len(names), "all of ")
    return f"{word_list(chosen.sentiments)} about {start}{word_list(names, 'and')}".strip()


def word_no_topics(chosen: Filter) -> str:
    return f"not about {word_list(name_topics(chosen.no_topics))}"


def word_sentiments(chosen: Filter) -> str:
    return "" if chosen.topics or chosen.all_topics else word_list(chosen.sentiments)


def word_kinds(chosen: Filter) -> str:
    return f"on {word_list([KIND_NAMES[kind] for kind in chosen.kinds])}"


def word_questions(chosen: Filter) -> str:
    return f"answering {quote_list(chosen.questions)}"


def word_scores(chosen: Filter) -> str:
    return f"scored {word_list([SCORES[score - 1] for score in chosen.scores])}"


def word_places(chosen: Filter) -> str:
    return f"at {word_list([' › '.join(map(word_name, place)) for place in chosen.places])}"


def word_demographics(chosen: Filter) -> str:
    traits = [
        f"whose {word_name(name)} is {word_list([word_name(value) for value in values])}"
        for name, values in group_pairs(chosen.demographics)
    ]
    return f"from people {' and '.join(traits)}"


def word_sources(chosen: Filter) -> str:
    ways = [f"by “{word_name(s)}”" if s else "in a way not known" for s in chosen.sources]
    return f"that came {word_list(ways)}"


def word_uploads(chosen: Filter) -> str:
    return f"in upload {word_list([word_name(upload) for upload in chosen.uploads])}"
