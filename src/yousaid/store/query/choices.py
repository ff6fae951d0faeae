# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""What each field of a filter offers under the others."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, TypeVar

from yousaid.records import QUESTION_KINDS, SCORES, TOPIC_SENTIMENTS, Scope, TopicSentiment
from yousaid.store.answers import Choices
from yousaid.store.filter import SENTIMENT_CODES, URGENT_FROM, Filter
from yousaid.store.query.feelings import choose_feelings
from yousaid.store.query.select import select
from yousaid.store.query.tally import tally_comments
from yousaid.store.query.totals import SQL_FOR_MENTIONS, place_topic
from yousaid.store.snapshot import Snapshot

ValueT = TypeVar("ValueT", bound=Hashable)


def get_choices(scope: Scope, snapshot: Snapshot, chosen: Filter) -> Choices:
    """What each field offers under the others, with the number of comments it would leave."""
    ask, names = _Asking(scope, snapshot, chosen), snapshot.names
    kinds = ask.count_few("kind", kinds=())
    scores = ask.count_few("score", scores=())
    questions = _name(names.questions, ask.count_few("question_id", questions=()))
    sources = _name(names.sources, ask.count_few("source_id", sources=()))
    places = _add_parents(_name(names.places, ask.count("place_id", places=())))
    uploads = ask.count("upload", uploads=())
    first_date, last_date = ask.find_dates()
    return Choices(
        places=_list_found(places, chosen.places),
        questions=_list_found(questions, chosen.questions),
        kinds=tuple((kind, kinds.get(n, 0)) for n, kind in enumerate(QUESTION_KINDS)),
        topics=_list_found(ask.count_topics("topics"), chosen.topics, place_topic),
        all_topics=_list_found(ask.count_topics("all_topics"), chosen.all_topics, place_topic),
        no_topics=_list_found(ask.count_topicless(), chosen.no_topics, place_topic),
        scores=tuple((code, scores.get(code, 0)) for code in range(1, len(SCORES) + 1)),
        sentiments=ask.count_sentiments(),
        mixed=ask.count_yes_no("mixed", mixed=None),
        urgent_count=ask.count_yes_no("urgency >= ?", [URGENT_FROM], urgent=False)[0][1],
        demographics=_list_found(ask.count_demographics(), chosen.demographics),
        sources=_list_found(sources, chosen.sources),
        uploads=_list_found({str(n): c for n, c in uploads.items()}, chosen.uploads, _read_number),
        corrected=ask.count_yes_no("is_corrected", corrected=None),
        first_date=first_date,
        last_date=last_date,
    )


def _list_found(
    counts: Mapping[ValueT, int],
    chosen: Iterable[ValueT],
    order: Callable[[Any], Any] = lambda value: value,
) -> tuple[tuple[ValueT, int], ...]:
    listed = {value: counts.get(value, 0) for value in (*counts, *chosen)}
    return tuple((value, listed[value]) for value in sorted(listed, key=order))


def _name(names: Mapping[int, ValueT], counts: Mapping[int, int]) -> dict[ValueT, int]:
    return {names[number]: count for number, count in counts.items()}


def _read_number(upload_id: str) -> tuple[int, str]:
    # An id that is no number is of no upload, but may have been asked for.
    return (int(upload_id), "") if upload_id.isdecimal() else (1 << 62, upload_id)


def _add_parents(counts: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, ...]]:
    places: Counter[tuple[str, ...]] = Counter()
    for unit, count in counts.items():
        for depth in range(1, len(unit) + 1):
            places[unit[:depth]] += count
    return places


_FEW = ("kind", "score", "question_id", "source_id")


@dataclass(frozen=True)
class _Asking:
    """Questions about the values of one field, under the others of a filter."""

    scope: Scope
    snapshot: Snapshot
    chosen: Filter
    _few: dict[Filter, list[Any]] = field(default_factory=dict)
    _mentions: dict[Filter, list[Any]] = field(default_factory=dict)

    def ask(self, others: Filter, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with select(self.scope, self.snapshot, others) as selected:
            return selected.ask(sql, values)

    def count(self, column: str, **without: Any) -> dict[Any, int]:
        """Comments by what is in a column, without what is asked of this field."""
        sql = f"SELECT {column}, count(*) FROM selected WHERE has_text GROUP BY ALL"
        return dict(self.ask(replace(self.chosen, **without), sql))

    def count_few(self, column: str, **without: Any) -> Counter[Any]:
        """The same for a column of few values."""
        others, counts = replace(self.chosen, **without), Counter[Any]()
        # These fields mostly have the same others, and are counted in half the time together.
        if others not in self._few:
            columns = ", ".join(_FEW)
            sql = f"SELECT {columns}, count(*) FROM selected WHERE has_text GROUP BY ALL"
            self._few[others] = self.ask(others, sql)
        for row in self._few[others]:
            counts[row[_FEW.index(column)]] += row[-1]
        return counts

    def count_yes_no(
        self, condition: str, values: Sequence[object] = (), **without: Any
    ) -> tuple[tuple[bool, int], ...]:
        sql = f"SELECT count(*) FILTER ({condition}), count(*) FROM selected WHERE has_text"
        [(yes, total)] = self.ask(replace(self.chosen, **without), sql, values)
        return (True, yes), (False, total - yes)

    def find_dates(self) -> tuple[date | None, date | None]:
        others = replace(self.chosen, first_date=None, last_date=None)
        [(first, last)] = self.ask(others, "SELECT min(date), max(date) FROM selected")
        return first, last

    def count_sentiments(self) -> tuple[tuple[TopicSentiment, int], ...]:
        feelings = choose_feelings(set(), set(), self.chosen, self.snapshot.names)
        with select(self.scope, self.snapshot, replace(self.chosen, sentiments=())) as selected:
            tally = tally_comments(selected, [], feelings)[()]
        return tuple(zip(TOPIC_SENTIMENTS, tally[2:], strict=True))

    def count_topics(self, name: Literal["topics", "all_topics"]) -> dict[str, int]:
        """Comments by topic; where sentiments are chosen, with one of them about that topic."""
        others = replace(self.chosen, topics=())
        if name == "all_topics":
            others = replace(self.chosen, all_topics=())
        if not others.topics and not others.all_topics:
            others = replace(others, sentiments=())
        return self._count_mentions(others, self.chosen.sentiments or TOPIC_SENTIMENTS)

    def count_topicless(self) -> dict[str, int]:
        """Comments that are not about each topic."""
        others = replace(self.chosen, no_topics=())
        [(total,)] = self.ask(others, "SELECT count(*) FROM selected WHERE has_text")
        about = self._count_mentions(others, TOPIC_SENTIMENTS)
        counts = {topic: total - about[topic] for topic in self.snapshot.names.topics.values()}
        return {topic: count for topic, count in counts.items() if count}

    def _count_mentions(self, others: Filter, sentiments: Sequence[TopicSentiment]) -> Counter[str]:
        meant = {SENTIMENT_CODES[sentiment] + 1 for sentiment in sentiments}
        counts: Counter[str] = Counter()
        if others not in self._mentions:
            self._mentions[others] = self.ask(others, SQL_FOR_MENTIONS)
        for mention, count in self._mentions[others]:
            if mention % 3 in meant:
                counts[self.snapshot.names.topics[mention // 3]] += count
        return counts

    def count_demographics(self) -> Counter[tuple[str, str]]:
        """Comments by name and value, each under what is asked of the other names."""
        asked = dict.fromkeys(name for name, _ in self.chosen.demographics)
        counts = self._count_traits(self.chosen.demographics, lambda name: name not in asked)
        for one in asked:
            others = tuple(pair for pair in self.chosen.demographics if pair[0] != one)
            counts.update(self._count_traits(others, one.__eq__))
        return counts

    def _count_traits(
        self, demographics: tuple[tuple[str, str], ...], is_meant: Callable[[str], bool]
    ) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        by_person = self.count("person_id", demographics=demographics)
        for number, count in by_person.items():
            for name, value in self.snapshot.names.persons[number].items():
                if is_meant(name):
                    counts[name, value] += count
        return counts
