"""Mixed questions of the sort that people ask, from one seed: as many as wanted, for any contender.

A question is asked of the whole trust or within a narrow scope, under a filter of up to three
fields, none in one of eight.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from trust import DAY_COUNT, FIRST_DAY, KINDS, SEED, SOURCES, TRAITS, WORDINGS, make_trust

from yousaid.frameworks import get_framework
from yousaid.records import EVERYWHERE, TOPIC_SENTIMENTS, Scope
from yousaid.store.answers import DIMENSION_KINDS, Dimension, DimensionKind, Order, Period
from yousaid.store.filter import Filter

QUESTION_COUNT = 200
TOPICS = get_framework().topic_ids
LAST_DAY = FIRST_DAY + timedelta(days=DAY_COUNT - 1)
ORDERS: tuple[Order, ...] = ("newest", "oldest", "most_negative", "most_positive", "most_urgent")
FREQUENT = ("staff", "waiting", "nurse", "friendly", "care", "service", "time", "doctor", "helpful")
USUAL = ("parking", "food", "appointment", "medication", "ward", "night", "clean", "listen", "rude")
RARE = ("warfarin", "commode", "handover", "crutches", "interpreter", "Hanbe", "biscuit", "poilte")
PHRASES = ('"waiting time"', '"more staff"', '"looked after"', "park*", "medic*", "staff NEAR rude")
_PLACES = make_trust(1).places


@dataclass(frozen=True)
class Question:
    """What is asked: a kind (a row of `ours.ASK`), where, of what, and what else it needs."""

    kind: str
    scope: Scope
    chosen: Filter
    options: dict[str, Any] = field(default_factory=dict)


# The kinds of each row of the table of figures.
ROWS: dict[str, tuple[str, ...]] = {
    "filtered": (
        "totals", "topics", "months", "table", "wide_table", "pairs", "periods", "changes",
        "choices", "comment", "uploads",
    ),
    "widest": ("widest",),
    "search": ("search",),
    "page": ("page",),
    "similar": ("similar",),
    "suggestion": ("suggestion",),
}  # fmt: skip
# Those that the other contenders can answer too.
SHARED = ("totals", "topics", "months", "table", "widest", "search", "page")


def list_questions(row: str, count: int = QUESTION_COUNT, seed: int = SEED) -> list[Question]:
    """So many questions of a row, its kinds in turn."""
    maker = _Maker(random.Random(f"{row} {seed}"))
    kinds = ROWS[row]
    return [maker.make(kinds[number % len(kinds)]) for number in range(count)]


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self._draw = draw

    def make(self, kind: str) -> Question:
        if kind == "widest":
            return Question(kind, EVERYWHERE, Filter())
        question = Question(kind, self._make_scope(), self._make_filter())
        options: dict[str, Callable[[Question], Question]] = {
            "table": self._add_table,
            "wide_table": self._add_wide_table,
            "periods": self._add_periods,
            "changes": self._add_changes,
            "comment": self._add_comment,
            "search": self._add_words,
            "page": self._add_page,
            "similar": self._add_comment,
            "suggestion": self._add_slip,
        }
        return options[kind](question) if kind in options else question

    def _make_scope(self) -> Scope:
        draw = self._draw
        width = draw.choice(["all", "all", "all", "site", "wards"])
        if width == "all":
            return EVERYWHERE
        if width == "site":
            return Scope(frozenset([draw.choice(_PLACES)[:1]]))
        return Scope(frozenset(draw.sample(_PLACES, 5)))

    def _make_filter(self) -> Filter:
        draw = self._draw
        fields: list[Callable[[], dict[str, Any]]] = [
            self._make_dates,
            self._make_dates,
            lambda: {"places": (draw.choice(_PLACES)[: draw.choice([1, 2, 3])],)},
            lambda: {"topics": tuple(draw.sample(TOPICS, draw.choice([1, 1, 2])))},
            lambda: {"topics": (draw.choice(TOPICS),), "sentiments": ("negative",)},
            lambda: {"sentiments": (draw.choice(TOPIC_SENTIMENTS),)},
            lambda: {"kinds": (draw.choice(KINDS),)},
            lambda: {"scores": tuple(draw.sample(range(1, 7), 2))},
            self._make_traits,
            lambda: {"sources": (draw.choice(SOURCES[:-1]),)},
            lambda: {"questions": (draw.choice(WORDINGS["why"]),)},
            lambda: {"no_topics": (draw.choice(TOPICS),)},
            lambda: {"all_topics": tuple(draw.sample(TOPICS[:8], 2))},
            lambda: {"urgent": True},
            lambda: {"mixed": draw.choice([True, False])},
        ]
        chosen = Filter()
        for make in draw.sample(fields, draw.choice([0, 1, 1, 1, 2, 2, 2, 3])):
            chosen = replace(chosen, **make())
        return chosen

    def _make_dates(self) -> dict[str, Any]:
        days = self._draw.choice([31, 91, 365, 730])
        first = LAST_DAY - timedelta(days=self._draw.randrange(days, DAY_COUNT))
        if self._draw.random() < 0.5:
            return {"first_date": first.replace(day=1), "last_date": None}
        return {"first_date": first, "last_date": first + timedelta(days=days)}

    def _make_traits(self) -> dict[str, Any]:
        name = self._draw.choice(list(TRAITS))
        return {"demographics": ((name, self._draw.choice(TRAITS[name][0])),)}

    def _add_table(self, question: Question) -> Question:
        """Two dimensions that a table of any contender can have."""
        kinds: list[DimensionKind] = ["topic", "place", "score"]
        rows = self._draw.choice(kinds)
        options = {"rows": _dimension(rows), "columns": Dimension("month"), "responses": False}
        return replace(question, options=options)

    def _add_wide_table(self, question: Question) -> Question:
        kinds: list[DimensionKind] = [kind for kind in DIMENSION_KINDS if kind != "month"]
        rows, columns = (_dimension(kind) for kind in self._draw.sample(kinds, 2))
        options = {"rows": rows, "columns": columns, "responses": self._draw.random() < 0.5}
        return replace(question, options=options)

    def _add_periods(self, question: Question) -> Question:
        days = timedelta(days=self._draw.choice([30, 91, 182]))
        end = LAST_DAY - timedelta(days=self._draw.randrange(600))
        before = Period(end - days - days, end - days - timedelta(days=1))
        chosen = replace(question.chosen, first_date=None, last_date=None)
        options = {"before": before, "after": Period(end - days, end)}
        return replace(question, chosen=chosen, options=options)

    def _add_changes(self, question: Question) -> Question:
        question = self._add_periods(question)
        options = question.options | {"level": self._draw.choice([0, 2, 3])}
        return replace(question, options=options)

    def _add_comment(self, question: Question) -> Question:
        """`at` is a place among all responses, 0 to 1."""
        return replace(question, options={"at": self._draw.random()})

    def _add_words(self, question: Question) -> Question:
        draw = self._draw
        words = [draw.choice(draw.choice([FREQUENT, FREQUENT, USUAL, USUAL, RARE, PHRASES]))]
        for _ in range(draw.choice([0, 0, 1, 1, 2])):
            sign = draw.choice(["", "", "", "OR ", "-"])
            words.append(sign + draw.choice(draw.choice([FREQUENT, USUAL])))
        chosen = replace(question.chosen, words=" ".join(words))
        order = draw.choice(["best_match", "best_match", "best_match", *ORDERS])
        return replace(question, chosen=chosen, options={"order": order, "page": 1})

    def _add_page(self, question: Question) -> Question:
        page = self._draw.choice([1, 1, 1, 1, 2, 3, 5, 20])
        return replace(question, options={"order": self._draw.choice(ORDERS), "page": page})

    def _add_slip(self, question: Question) -> Question:
        words = self._draw.choice(["parkng", "recieption", "wating tme", "medicaton", "apointment"])
        return replace(question, chosen=replace(question.chosen, words=words))


def _dimension(kind: DimensionKind) -> Dimension:
    if kind == "place":
        return Dimension("place", 2)
    return Dimension(kind, name="age" if kind == "demographic" else "")


def make_comment_id(at: float, response_count: int) -> str:
    """The first answer of the response at a place, 0 to 1, among all."""
    return f"{int(at * response_count):09d}-1"
