"""Asks a large store what nobody means well, and says how long the slowest answer took.

    PYTHONPATH=. .venv/bin/python bench/hostile_store.py FOLDER [--count 10000]

Half are strings to search for, with what the dashboard does about them: the page of comments, the
marks in them, and other words where nothing was found. Half are addresses of up to five keys and
values, well meant or not, as the dashboard's overview asks them. Each has to be answered or refused
with a FilterError. Prints the slowest with the length of what was asked, never what is in the
store.
"""

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.unit.store.search.samples import make_hostile

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.records import EVERYWHERE
from yousaid.store.answers import Order
from yousaid.store.filter import FILTER_KEYS, Filter, describe, from_query, to_query
from yousaid.store.layout import open_store
from yousaid.store.query import (
    get_choices,
    get_comments,
    get_months,
    get_suggestion,
    get_topic_counts,
    get_totals,
)
from yousaid.store.search import find_marks, parse
from yousaid.store.snapshot import Snapshot, open_snapshot

# What many comments have, in the ways that cost most.
_WORDS = ("staff", "the", "a*", "t*", "wait*", "-staff", "NOT the", "staff NEAR the", '"the staff"')
_VALUES = (
    *("2026-01-31", "9999-12-31", "0001-01-01", "negative", "why", "what_good", "6", "yes", "no"),
    *("age/65+", "a/b/c", "%", "%2F", "/", "", "\x00", "\ud800", "x" * 5000, "1" * 4000, "-1"),
    *get_framework().topic_ids,
)
_ORDERS: tuple[Order, ...] = ("best_match", "newest", "most_negative")


def ask_words(snapshot: Snapshot, draw: random.Random) -> int:
    typed = make_hostile(draw) if draw.random() < 0.5 else _join_words(draw)
    chosen = Filter(words=typed)
    order = draw.choice(_ORDERS) if chosen.words else "newest"
    found = get_comments(EVERYWHERE, snapshot, chosen, order=order, page=1, page_size=50)
    for comment in found.comments:
        find_marks(parse(chosen.words), comment.comment.text)
    if found.total_count < 50:
        get_suggestion(EVERYWHERE, snapshot, chosen)
    describe(chosen)
    return len(typed)


def _join_words(draw: random.Random) -> str:
    words = draw.choices(_WORDS, k=draw.choice([1, 2, 3, 10, 80]))
    return draw.choice([" ", " OR ", " AND "]).join(words)


def ask_address(snapshot: Snapshot, draw: random.Random) -> int:
    count = draw.choice([0, 1, 2, 3, 5, 200])
    pairs = [(draw.choice(FILTER_KEYS), draw.choice(_VALUES)) for _ in range(count)]
    chosen = from_query(pairs)
    get_totals(EVERYWHERE, snapshot, chosen)
    get_topic_counts(EVERYWHERE, snapshot, chosen)
    get_months(EVERYWHERE, snapshot, chosen)
    get_choices(EVERYWHERE, snapshot, chosen)
    assert from_query(to_query(chosen)) == chosen
    return sum(len(value) for _, value in pairs)


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("folder", type=Path)
    wanted.add_argument("--count", type=int, default=10_000)
    wanted.add_argument("--seed", type=int, default=1)
    asked = wanted.parse_args()
    store = open_store(asked.folder)
    kinds: dict[str, Callable[[Snapshot, random.Random], int]] = {
        "words": ask_words,
        "addresses": ask_address,
    }
    for name, ask in kinds.items():
        draw = random.Random(f"{name} {asked.seed}")
        taken, refused = list[tuple[float, int]](), 0
        for _ in range(asked.count // 2):
            start, length = time.perf_counter(), 0
            try:
                with open_snapshot(store) as snapshot:
                    length = ask(snapshot, draw)
            except FilterError:
                refused += 1
            taken.append((time.perf_counter() - start, length))
        slowest = sorted(taken, reverse=True)
        print(
            f"{name}: {len(taken):,} asked, {refused:,} refused; seconds (characters) of the "
            f"slowest: {', '.join(f'{took:.2f} ({long:,})' for took, long in slowest[:3])}; "
            f"half took less than {slowest[len(slowest) // 2][0] * 1000:.0f} ms"
        )


if __name__ == "__main__":
    main()
