"""What each field of a filter offers under the others."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from yousaid.records import QUESTION_KINDS, SCORES, TOPIC_SENTIMENTS, Scope
from yousaid.store.answers import Choices
from yousaid.store.filter import SENTIMENT_CODES, Filter
from yousaid.store.names import Names
from yousaid.store.query.facets import (
    ALL,
    BY_MENTION,
    CORRECTED,
    MIXED,
    URGENT,
    Counted,
    Facet,
    by_column,
    count_facets,
)
from yousaid.store.query.feelings import Feelings, choose_feelings
from yousaid.store.query.totals import get_dates, place_topic
from yousaid.store.snapshot import Snapshot

ValueT = TypeVar("ValueT", bound=Hashable)


def get_choices(scope: Scope, snapshot: Snapshot, chosen: Filter) -> Choices:
    """What each field offers under the others, with the number of comments it would leave."""
    names = snapshot.names
    feelings = choose_feelings(set(), set(), chosen, names)
    counts = count_facets(scope, snapshot, _list_facets(chosen, feelings))
    first_date, last_date = get_dates(
        scope, snapshot, replace(chosen, first_date=None, last_date=None)
    )
    places = _add_parents(_name(counts["places"], names.places))
    uploads = {str(number): count for number, count in counts["uploads"].items()}
    topics, all_topics = (
        _count_topics(counts[field], names, chosen) for field in ("topics", "all_topics")
    )
    return Choices(
        places=_list(places, chosen.places),
        questions=_list(_name(counts["questions"], names.questions), chosen.questions),
        kinds=tuple((kind, counts["kinds"].get(n, 0)) for n, kind in enumerate(QUESTION_KINDS)),
        topics=_list(topics, chosen.topics, place_topic),
        all_topics=_list(all_topics, chosen.all_topics, place_topic),
        no_topics=_list(_count_topicless(counts, names), chosen.no_topics, place_topic),
        scores=tuple((n, counts["scores"].get(n, 0)) for n in range(1, len(SCORES) + 1)),
        sentiments=tuple(
            (s, sum(counts["sentiments"].get(code, 0) for code in feelings.codes[s]))
            for s in TOPIC_SENTIMENTS
        ),
        mixed=_list_yes_no(counts, "mixed"),
        urgent_count=counts["urgent"][1],
        demographics=_list(_count_traits(counts, names, chosen), chosen.demographics),
        sources=_list(_name(counts["sources"], names.sources), chosen.sources),
        uploads=_list(uploads, chosen.uploads, _read_number),
        corrected=_list_yes_no(counts, "corrected"),
        first_date=first_date,
        last_date=last_date,
    )


_COLUMNS = {
    "places": "place_id",
    "questions": "question_id",
    "kinds": "kind",
    "scores": "score",
    "sources": "source_id",
    "uploads": "upload",
}


def _list_facets(chosen: Filter, feelings: Feelings) -> Iterator[tuple[Hashable, Facet, Filter]]:
    """What is to be counted, each under the filter without its own field."""
    for field, column in _COLUMNS.items():
        yield field, by_column(column), replace(chosen, **{field: ()})  # type: ignore[arg-type]
    yield "topics", BY_MENTION, _free_sentiments(replace(chosen, topics=()))
    yield "all_topics", BY_MENTION, _free_sentiments(replace(chosen, all_topics=()))
    yield "no_topics", BY_MENTION, replace(chosen, no_topics=())
    yield "no_topics of", ALL, replace(chosen, no_topics=())
    yield "sentiments", Facet(_FEELINGS, feelings.code), replace(chosen, sentiments=())
    yield "mixed", MIXED, replace(chosen, mixed=None)
    yield "mixed of", ALL, replace(chosen, mixed=None)
    yield "corrected", CORRECTED, replace(chosen, corrected=None)
    yield "corrected of", ALL, replace(chosen, corrected=None)
    yield "urgent", URGENT, replace(chosen, urgent=False)
    yield "demographics", by_column("person_id"), chosen
    for name in {name for name, _ in chosen.demographics}:
        others = tuple(pair for pair in chosen.demographics if pair[0] != name)
        yield ("demographics", name), by_column("person_id"), replace(chosen, demographics=others)


_FEELINGS = ("sentiment", "topic_mask", "positive_mask", "negative_mask")


def _free_sentiments(others: Filter) -> Filter:
    """Without topics, the filter's sentiments are of the topic that is to be chosen."""
    return others if others.topics or others.all_topics else replace(others, sentiments=())


def _list(
    counts: Mapping[ValueT, int],
    chosen: Iterable[ValueT],
    order: Callable[[Any], Any] = lambda value: value,
) -> tuple[tuple[ValueT, int], ...]:
    """What was found or is chosen, in its order."""
    listed = {value: counts.get(value, 0) for value in (*counts, *chosen)}
    return tuple((value, listed[value]) for value in sorted(listed, key=order))


def _list_yes_no(counts: Mapping[Hashable, Counted], field: str) -> tuple[tuple[bool, int], ...]:
    yes = counts[field][1]
    return (True, yes), (False, counts[f"{field} of"][1] - yes)


def _name(counts: Counted, names: Mapping[int, ValueT]) -> dict[ValueT, int]:
    return {names[number]: count for number, count in counts.items() if number is not None}


def _read_number(upload_id: str) -> tuple[int, str]:
    # An id that is no number, or is longer than any, is of no upload, but may have been asked for.
    is_number = upload_id.isdecimal() and len(upload_id) < 20
    return (int(upload_id), "") if is_number else (1 << 62, upload_id)


def _add_parents(counts: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, ...]]:
    places: Counter[tuple[str, ...]] = Counter()
    for unit, count in counts.items():
        for depth in range(1, len(unit) + 1):
            places[unit[:depth]] += count
    return places


def _count_topics(counts: Counted, names: Names, chosen: Filter) -> Counter[str]:
    """Comments by topic; where sentiments are chosen, with one of them about that topic."""
    meant = {SENTIMENT_CODES[sentiment] + 1 for sentiment in chosen.sentiments or TOPIC_SENTIMENTS}
    topics: Counter[str] = Counter()
    for mention, count in counts.items():
        if mention is not None and mention % 3 in meant:
            topics[names.topics[mention // 3]] += count
    return topics


def _count_topicless(counts: Mapping[Hashable, Counted], names: Names) -> dict[str, int]:
    """Comments that are not about each topic."""
    about, total = _count_topics(counts["no_topics"], names, Filter()), counts["no_topics of"][1]
    without = {topic: total - about[topic] for topic in names.topics.values()}
    return {topic: count for topic, count in without.items() if count}


def _count_traits(
    counts: Mapping[Hashable, Counted], names: Names, chosen: Filter
) -> Counter[tuple[str, str]]:
    """Comments by name and value, each under what is asked of the other names."""
    asked = {name for name, _ in chosen.demographics}
    traits: Counter[tuple[str, str]] = Counter()
    for number, persons in names.persons.items():
        for name, value in persons.items():
            found = counts[("demographics", name) if name in asked else "demographics"]
            if number in found:
                traits[name, value] += found[number]
    return traits
