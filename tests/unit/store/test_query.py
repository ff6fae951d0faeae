"""Every question against its slow twin, over random stores, scopes and filters."""

import inspect
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.samples import TOPICS, UNITS, make_sample
from yousaid.errors import FilterError
from yousaid.records import EVERYWHERE, QUESTION_KINDS, TOPIC_SENTIMENTS, Scope
from yousaid.store import query
from yousaid.store.answers import ORDERS
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.layout import create_store
from yousaid.store.write import add_upload

NOW = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
PLACES = (*{unit[:depth] for unit in UNITS for depth in range(1, len(unit) + 1)}, ("Nowhere",))


def some(values, most=2):
    return st.lists(st.sampled_from(values), max_size=most).map(tuple)


scopes = st.one_of(
    st.just(EVERYWHERE),
    st.frozensets(st.sampled_from([*PLACES, ()]), max_size=2).map(Scope),
)
days = st.none() | st.dates(date(2025, 11, 10), date(2026, 4, 10))


@st.composite
def filters(draw):
    # Most fields stay empty most of the time: otherwise nearly every answer would be nought.
    def seldom(strategy, default):
        return draw(st.one_of(st.just(default), st.just(default), strategy))

    first, last = seldom(st.tuples(days, days), (None, None))
    if first and last and first > last:
        first, last = last, first
    typed = ["wait", "WAITING", '"wait"', "cafe", "car pa", '"car park"', '"park', "!", "don't"]
    return Filter(
        first_date=first,
        last_date=last,
        places=seldom(some(PLACES), ()),
        topics=seldom(some(TOPICS[:6], 3), ()),
        sentiments=seldom(some(TOPIC_SENTIMENTS), ()),
        kinds=seldom(some(QUESTION_KINDS), ()),
        scores=seldom(some(range(1, 7), 3), ()),
        mixed=seldom(st.booleans(), None),
        urgent=seldom(st.just(True), False),
        words=seldom(st.lists(st.sampled_from(typed), max_size=2).map(" ".join), ""),
    )


class Pairs(list):
    """Comments with their readings, which hypothesis is not to print in full."""

    def __repr__(self):
        return f"<{len(self)} comments>"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A store of two uploads and the same rows as a list."""
    store = create_store(tmp_path_factory.mktemp("stores") / "feedback")
    pairs = Pairs()
    for number in (1, 2):
        comments, readings = make_sample(random.Random(number), 150, f"{number}:")
        add_upload(store, f"{number}.csv", comments, readings, now=NOW, framework_version="7+4")
        pairs += zip(comments, readings, strict=True)
    return store, pairs


asked_often = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@asked_often
@given(scope=scopes, chosen=filters())
def test_get_totals_agrees_with_twin(sample, scope, chosen):
    store, pairs = sample
    assert query.get_totals(scope, store, chosen) == twin.get_totals(pairs, scope, chosen)


@asked_often
@given(scope=scopes, chosen=filters())
def test_get_topic_counts_agrees_with_twin(sample, scope, chosen):
    store, pairs = sample
    expected = twin.get_topic_counts(pairs, scope, chosen)
    assert query.get_topic_counts(scope, store, chosen) == expected


@asked_often
@given(scope=scopes, chosen=filters())
def test_get_months_agrees_with_twin(sample, scope, chosen):
    store, pairs = sample
    assert query.get_months(scope, store, chosen) == twin.get_months(pairs, scope, chosen)


@asked_often
@given(scope=scopes, chosen=filters())
def test_get_choices_agrees_with_twin(sample, scope, chosen):
    store, pairs = sample
    assert query.get_choices(scope, store, chosen) == twin.get_choices(pairs, scope, chosen)


@asked_often
@given(scope=scopes, chosen=filters(), order=st.sampled_from(ORDERS), size=st.integers(1, 60))
def test_get_comments_agrees_with_twin(sample, scope, chosen, order, size):
    store, pairs = sample
    expected = twin.get_comment_ids(pairs, scope, chosen, order)
    page_numbers = range(1, min(3, len(expected) // size + 1) + 1)
    for page in page_numbers:
        answer = query.get_comments(scope, store, chosen, order=order, page=page, page_size=size)
        assert answer.total_count == len(expected)
        ids = [found.comment.comment_id for found in answer.comments]
        assert ids == expected[(page - 1) * size : page * size]


@asked_often
@given(scope=scopes, chosen=filters())
def test_nothing_outside_the_scope_is_returned_or_counted(sample, scope, chosen):
    store, pairs = sample
    page = query.get_comments(scope, store, chosen, order="newest", page=1, page_size=1000)
    assert all(twin.is_in_scope(scope, found.comment) for found in page.comments)
    inside = [(c, r) for c, r in pairs if twin.is_in_scope(scope, c)]
    expected = twin.get_totals(inside, EVERYWHERE, chosen)
    assert query.get_totals(scope, store, chosen) == expected
    counted = sum(upload.comment_count for upload in query.get_uploads(scope, store))
    assert counted == sum(comment.text != "" for comment, _ in inside)


def test_get_comments_gives_back_what_was_stored(sample):
    store, pairs = sample
    page = query.get_comments(EVERYWHERE, store, EVERYTHING, order="newest", page=1, page_size=1000)
    found = {answer.comment.comment_id: answer for answer in page.comments}
    for comment, reading in pairs:
        if comment.text:
            assert found[comment.comment_id].comment == comment
            assert found[comment.comment_id].reading == reading


def test_get_comments_page_before_the_first_is_refused(sample):
    with pytest.raises(FilterError, match="Pages start at 1"):
        query.get_comments(EVERYWHERE, sample[0], EVERYTHING, order="newest", page=0, page_size=9)


def test_get_comments_of_one_topic_and_sentiment_are_about_it(sample):
    chosen = Filter(topics=(TOPICS[0],), sentiments=("negative",))
    page = query.get_comments(EVERYWHERE, sample[0], chosen, order="newest", page=1, page_size=99)
    assert page.total_count > 5
    for found in page.comments:
        sentiments = {m.sentiment for m in found.reading.mentions if m.topic == TOPICS[0]}
        assert sentiments == {"negative"}


def test_get_comment_comes_with_the_other_answers(sample):
    store, pairs = sample
    for comment, _ in pairs[:60]:
        answer = query.get_comment(EVERYWHERE, store, comment.comment_id)
        if not comment.text:
            assert answer is None
            continue
        others = [
            c for c, _ in pairs if c.response_id == comment.response_id and c.text and c != comment
        ]
        assert answer.found.comment == comment
        assert [other.comment for other in answer.others] == others


def test_get_comment_outside_the_scope_is_none(sample):
    store, pairs = sample
    for comment, _ in pairs[:60]:
        scope = Scope(frozenset({("Hill/Road",)}))
        is_seen = query.get_comment(scope, store, comment.comment_id) is not None
        assert is_seen == (comment.text != "" and comment.unit[:1] == ("Hill/Road",))


def test_get_comment_unknown_is_none(sample):
    assert query.get_comment(EVERYWHERE, sample[0], "nobody") is None


def test_get_uploads_newest_first(sample):
    first, second = reversed(query.get_uploads(EVERYWHERE, sample[0]))
    assert (first.file_name, second.file_name) == ("1.csv", "2.csv")
    assert (first.added_at, first.framework_version) == (NOW, "7+4")
    assert first.response_count == second.response_count == 150


def test_get_uploads_without_units_sees_none(sample):
    assert query.get_uploads(Scope(frozenset()), sample[0]) == ()


def test_get_models_most_used_first_and_in_scope(tmp_path):
    store = create_store(tmp_path / "feedback")
    for number, models in enumerate((["mine 1"], ["fast 1", "blank 1"])):
        comments, readings = make_sample(random.Random(number), 40, f"{number}:")
        by_text = [models[0] if comment.text else models[-1] for comment in comments]
        readings = [replace(r, model=m) for r, m in zip(readings, by_text, strict=True)]
        kept = slice(None, None, 3 if number == 0 else 1)
        add_upload(
            store, f"{number}", comments[kept], readings[kept], now=NOW, framework_version="7+4"
        )
    assert query.get_models(EVERYWHERE, store) == ("fast 1", "mine 1")
    assert query.get_models(Scope(frozenset()), store) == ()


def test_questions_of_an_empty_store(tmp_path):
    store = create_store(tmp_path / "empty")
    assert query.get_totals(EVERYWHERE, store, EVERYTHING) == twin.get_totals(
        [], EVERYWHERE, EVERYTHING
    )
    assert query.get_choices(EVERYWHERE, store, EVERYTHING) == twin.get_choices(
        [], EVERYWHERE, EVERYTHING
    )
    page = query.get_comments(EVERYWHERE, store, EVERYTHING, order="oldest", page=1, page_size=9)
    assert (page.total_count, page.comments) == (0, ())
    assert query.get_months(EVERYWHERE, store, EVERYTHING) == ()
    assert query.get_topic_counts(EVERYWHERE, store, EVERYTHING) == ()
    assert query.get_uploads(EVERYWHERE, store) == ()
    assert query.get_models(EVERYWHERE, store) == ()


def test_every_question_takes_the_scope_first():
    questions = [
        function
        for name, function in inspect.getmembers(query, inspect.isfunction)
        if function.__module__ == query.__name__ and name.startswith("get_")
    ]
    assert len(questions) == 8
    for function in questions:
        assert list(inspect.signature(function).parameters)[:2] == ["scope", "store"]


def test_rows_are_read_in_one_place_only():
    assert inspect.getsource(query).count("FROM rows") == 1


def test_months_and_undated_make_up_the_totals(sample):
    totals = query.get_totals(EVERYWHERE, sample[0], EVERYTHING)
    months = query.get_months(EVERYWHERE, sample[0], EVERYTHING)
    dated = sum(month.response_count for month in months)
    assert dated + totals.undated_count == totals.response_count
    assert months[-1].month - months[0].month > timedelta(days=100)
