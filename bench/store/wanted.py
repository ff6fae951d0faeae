"""A question's scope and filter in numbers, for the contenders that have no filter of their own."""

from dataclasses import dataclass
from datetime import date

from questions import Question

from yousaid.records import LEVEL_SENTIMENTS, QUESTION_KINDS, TopicSentiment
from yousaid.store.filter import SENTIMENT_CODES, URGENT_FROM, Filter
from yousaid.store.names import Names

ALL_SIGNS = [-1, 0, 1]


@dataclass(frozen=True)
class Wanted:
    """Columns of `facts` with the numbers that they may hold; topics by code, of which one, all
    and none must be there, with one of `signs`."""

    columns: list[tuple[str, list[int]]]
    first_date: date | None
    last_date: date | None
    topics: list[int]
    all_topics: list[int]
    no_topics: list[int]
    signs: list[int]
    least_urgency: float | None
    is_mixed: bool | None
    has_text: bool


def find_wanted(question: Question, names: Names) -> Wanted:
    chosen = question.chosen
    columns: list[tuple[str, list[int]]] = []
    if question.scope.units is not None:
        columns.append(("place_id", _find_places(names, question.scope.units)))
    if chosen.places:
        columns.append(("place_id", _find_places(names, frozenset(chosen.places))))
    if chosen.demographics:
        wanted = set(chosen.demographics)
        persons = [n for n, traits in names.persons.items() if wanted & set(traits.items())]
        columns.append(("person_id", persons))
    for column, known, asked in (
        ("question_id", names.questions, chosen.questions),
        ("source_id", names.sources, chosen.sources),
    ):
        if asked:
            columns.append((column, [n for n, name in known.items() if name in asked]))
    if chosen.kinds:
        columns.append(("kind", [QUESTION_KINDS.index(kind) for kind in chosen.kinds]))
    if chosen.scores:
        columns.append(("score", list(chosen.scores)))
    has_topics = bool(chosen.topics or chosen.all_topics)
    if chosen.sentiments and not has_topics:
        columns.append(("sentiment", _find_levels(chosen.sentiments)))
    codes = {topic: code for code, topic in names.topics.items()}
    return Wanted(
        columns=columns,
        first_date=chosen.first_date,
        last_date=chosen.last_date,
        topics=[codes[topic] for topic in chosen.topics],
        all_topics=[codes[topic] for topic in chosen.all_topics],
        no_topics=[codes[topic] for topic in chosen.no_topics],
        signs=_find_signs(chosen) if has_topics else ALL_SIGNS,
        least_urgency=URGENT_FROM if chosen.urgent else None,
        is_mixed=chosen.mixed,
        has_text=chosen.selects_comments,
    )


def _find_places(names: Names, wanted: frozenset[tuple[str, ...]]) -> list[int]:
    return [
        number
        for number, place in names.places.items()
        if any(place[:depth] in wanted for depth in (1, 2, 3))
    ]


def _find_levels(sentiments: tuple[TopicSentiment, ...]) -> list[int]:
    return [level for level, one in enumerate(LEVEL_SENTIMENTS, start=1) if one in sentiments]


def _find_signs(chosen: Filter) -> list[int]:
    return [SENTIMENT_CODES[one] for one in chosen.sentiments] or ALL_SIGNS
