"""No question returns or counts what lies outside the scope, and none can be asked without one."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, filters
from tests.unit.store.query.conftest import make_rows
from yousaid.records import EVERYWHERE, Scope
from yousaid.store import query
from yousaid.store.answers import Dimension, Period, ReadComment
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.layout import create_store
from yousaid.store.snapshot import open_snapshot

# What is public and is no question: it is given numbers, and no store.
NO_QUESTIONS = {"standardise_difference", "Measure"}
QUESTIONS = sorted(set(query.__all__) - NO_QUESTIONS)
MODULES = [
    importlib.import_module(f"{query.__name__}.{found.name}")
    for found in pkgutil.iter_modules(query.__path__)
]
PARTS = (
    Scope(frozenset({("City Hospital",)})),
    Scope(frozenset({("City",), ("City Hospital", "Maternity")})),
)


def make_arguments(name, chosen, comment_id):
    """What a question is asked beside scope and snapshot. A new parameter must be written in."""
    known = {
        "chosen": chosen,
        "order": "newest",
        "page": 1,
        "page_size": 1000,
        "batch_size": 7,
        "comment_id": comment_id,
        "comment_ids": [comment_id, "nobody's"],
        "rows": Dimension("topic"),
        "columns": Dimension("place", level=1),
        "with_responses": True,
        "before": Period(date(2025, 11, 1), date(2026, 1, 15)),
        "after": Period(date(2026, 1, 16), date(2026, 4, 1)),
        "of": "comments",
        "level": 2,
        "count": 1000,
    }
    parameters = list(inspect.signature(getattr(query, name)).parameters)
    assert parameters[:2] == ["scope", "snapshot"]
    return {parameter: known[parameter] for parameter in parameters[2:]}


def ask(name, scope, snapshot, chosen=EVERYTHING, comment_id="1:r1-0"):
    answer = getattr(query, name)(scope, snapshot, **make_arguments(name, chosen, comment_id))
    return list(answer) if isinstance(answer, Iterator) else answer


def walk(answer):
    """Every value in an answer."""
    yield answer
    if is_dataclass(answer):
        for name in answer.__slots__:
            yield from walk(getattr(answer, name))
    elif isinstance(answer, Mapping):
        yield from walk(list(answer.items()))
    elif isinstance(answer, (list, tuple)):
        for value in answer:
            yield from walk(value)


def test_what_is_public_is_listed():
    found = {
        name
        for module in MODULES
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and name.startswith(("get_", "compare_"))
    }
    assert found == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_without_a_scope_is_refused(sample, name):
    for scope in (None, frozenset(), (), "City"):
        with pytest.raises(TypeError, match="without a scope"):
            ask(name, scope, sample.snapshot)


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_is_seen_without_units(sample, name):
    comment_id = next(row.comment.comment_id for row in sample.rows if row.comment.text)
    answer = ask(name, Scope(frozenset()), sample.snapshot, Filter(words="wait"), comment_id)
    for value in walk(answer):
        assert not isinstance(value, ReadComment)
    # Scores and kinds are listed whatever there is.
    counts = [n for name, n in list_counts(answer)]
    assert not any(counts)


def list_counts(answer):
    for value in walk(answer):
        if is_dataclass(value):
            for name in value.__slots__:
                if name.endswith("_count"):
                    yield name, getattr(value, name)


@pytest.fixture(scope="module")
def parts(samples, tmp_path_factory):
    """Stores that hold no more than a scope of the second sample."""
    with ExitStack() as open_snapshots:
        found = []
        for scope in PARTS:
            store = create_store(tmp_path_factory.mktemp("parts") / "feedback")
            make_rows(store, 2, 90, scope)
            found.append(open_snapshots.enter_context(open_snapshot(store)))
        yield found


@asked(200)
@given(
    name=st.sampled_from([name for name in QUESTIONS if name != "get_suggestion"]),
    which=st.sampled_from(range(len(PARTS))),
    chosen=filters(),
    place=st.integers(0, 60),
)
def test_answers_are_as_if_there_were_nothing_else(sample, parts, name, which, chosen, place):
    """All questions, in a scope, against a store that holds nothing outside it."""
    comment_id = sample.rows[place].comment.comment_id
    within = ask(name, PARTS[which], sample.snapshot, chosen, comment_id)
    assert within == ask(name, EVERYWHERE, parts[which], chosen, comment_id)


@asked(60)
@given(
    which=st.sampled_from(range(len(PARTS))),
    chosen=filters(),
    slip=st.sampled_from(["waitnig", "nurce", "parc", "strase", '"cra park"', "cafee nurse"]),
)
def test_suggestions_are_of_what_is_in_scope(sample, which, chosen, slip):
    scope = PARTS[which]
    found = query.get_suggestion(
        scope, sample.snapshot, Filter(places=chosen.places, scores=chosen.scores, words=slip)
    )
    if found:
        page = query.get_comments(
            scope, sample.snapshot, found.chosen, order="best_match", page=1, page_size=9
        )
        assert page.comments
        assert all(twin.is_in_scope(scope, one.comment) for one in page.comments)


def test_rows_are_read_in_one_place_only():
    """Scope is laid on in `select`, and nothing else asks a snapshot for rows."""
    for module in MODULES:
        source = Path(module.__file__).read_text("utf-8")
        calls = [
            node
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute) and node.attr == "ask"
            if isinstance(node.value, ast.Attribute | ast.Name)
            and getattr(node.value, "attr", getattr(node.value, "id", "")) == "snapshot"
        ]
        assert bool(calls) == module.__name__.endswith(".select"), module.__name__
        tables = [table for table in ("facts", "rollup") if f"FROM {table}" in source]
        assert bool(tables) == module.__name__.endswith(".select"), module.__name__
