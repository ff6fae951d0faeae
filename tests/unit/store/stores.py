"""Stores for the tests, and short ways to ask them."""

import random
from datetime import UTC, datetime

from tests.unit.store.samples import make_sample
from yousaid.records import EVERYWHERE
from yousaid.store.filter import EVERYTHING
from yousaid.store.query import get_comments, get_totals
from yousaid.store.snapshot import open_snapshot
from yousaid.store.write import add_upload

NOW = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)


def add_sample(store, number=1, response_count=30):
    comments, readings = make_sample(random.Random(number), response_count, f"{number}:")
    return add_upload(store, f"{number}.csv", comments, readings, now=NOW, framework_version="7+4")


def add_records(store, comments, readings, name="one.csv"):
    return add_upload(store, name, comments, readings, now=NOW, framework_version="7+4")


def ask(store, question, *values, scope=EVERYWHERE, **named):
    with open_snapshot(store) as snapshot:
        return question(scope, snapshot, *values, **named)


def count_responses(store):
    return ask(store, get_totals, EVERYTHING).response_count


def get_all(store, chosen=EVERYTHING):
    """All comments that match, the oldest first."""
    return ask(store, get_comments, chosen, order="oldest", page=1, page_size=10_000).comments


def describe_rows(store):
    """Everything that questions are asked of, in an order of its own."""
    with open_snapshot(store) as snapshot:
        return (
            sorted(snapshot.ask("FROM facts"), key=repr),
            sorted(snapshot.ask("SELECT * FROM rollup WHERE comment_count <> 0"), key=repr),
        )
