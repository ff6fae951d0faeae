"""The comments themselves, against their slow twins."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, filters, scopes
from tests.unit.store.samples import SOME_TOPICS
from yousaid.errors import FilterError
from yousaid.records import EVERYWHERE, Scope
from yousaid.store import query
from yousaid.store.answers import ORDERS
from yousaid.store.filter import EVERYTHING, Filter

which = st.sampled_from(range(3))
plain_orders = st.sampled_from([order for order in ORDERS if order != "best_match"])


@asked(100)
@given(which=which, scope=scopes, chosen=filters(), order=plain_orders, size=st.integers(1, 60))
def test_get_comments_agrees_with_twin(samples, which, scope, chosen, order, size):
    sample = samples[which]
    expected = twin.get_comment_ids(sample.rows, scope, chosen, order)
    for page in range(1, min(3, len(expected) // size + 1) + 1):
        answer = query.get_comments(
            scope, sample.snapshot, chosen, order=order, page=page, page_size=size
        )
        assert (answer.total_count, answer.is_complete) == (len(expected), True)
        ids = [found.comment.comment_id for found in answer.comments]
        assert ids == expected[(page - 1) * size : page * size]


@asked(100)
@given(
    which=which,
    scope=scopes,
    chosen=filters(),
    words=st.sampled_from(list(twin.SEARCHES)),
    size=st.integers(20, 90),
)
def test_get_comments_by_best_match_are_those_of_any_order(
    samples, which, scope, chosen, words, size
):
    sample = samples[which]
    chosen = replace(chosen, words=words)
    expected = twin.get_comment_ids(sample.rows, scope, chosen, "newest")
    ids = []
    for page in range(1, len(expected) // size + 2):
        answer = query.get_comments(
            scope, sample.snapshot, chosen, order="best_match", page=page, page_size=size
        )
        ids += [found.comment.comment_id for found in answer.comments]
    assert sorted(ids) == sorted(expected)


def test_a_large_store_is_searched_in_two_halves(samples):
    _, other, large = samples
    assert other.snapshot.search_parts == ()
    first, second = large.snapshot.search_parts
    assert first.last_key + 1 == second.first_key
    assert first.connection is not second.connection


def test_get_comments_by_best_match_have_most_of_the_words_first(sample):
    page = query.get_comments(
        EVERYWHERE,
        sample.snapshot,
        Filter(words="nurse"),
        order="best_match",
        page=1,
        page_size=1000,
    )
    texts = [found.comment.text for found in page.comments]
    assert texts[0].count("nurse") / len(texts[0]) > texts[-1].count("nurse") / len(texts[-1])


def test_get_comments_by_best_match_without_words_is_refused(sample):
    with pytest.raises(FilterError, match="without words"):
        query.get_comments(
            EVERYWHERE, sample.snapshot, EVERYTHING, order="best_match", page=1, page_size=9
        )


def test_get_comments_give_back_what_was_stored(sample):
    page = query.get_comments(
        EVERYWHERE, sample.snapshot, EVERYTHING, order="newest", page=1, page_size=1000
    )
    found = {answer.comment.comment_id: answer for answer in page.comments}
    for row in sample.rows:
        if row.comment.text:
            assert found[row.comment.comment_id].comment == row.comment
            assert found[row.comment.comment_id].upload_id == row.upload_id


@pytest.mark.parametrize(("page", "size"), [(0, 9), (-1, 9), (1, 0)])
def test_get_comments_page_that_cannot_be_is_refused(sample, page, size):
    with pytest.raises(FilterError, match="Pages start at 1"):
        query.get_comments(
            EVERYWHERE, sample.snapshot, EVERYTHING, order="newest", page=page, page_size=size
        )


def test_get_comments_of_one_topic_and_sentiment_are_about_it(sample):
    chosen = Filter(topics=(SOME_TOPICS[0],), sentiments=("negative",))
    page = query.get_comments(
        EVERYWHERE, sample.snapshot, chosen, order="newest", page=1, page_size=99
    )
    assert page.total_count > 5
    for found in page.comments:
        sentiments = {m.sentiment for m in found.reading.mentions if m.topic == SOME_TOPICS[0]}
        assert sentiments == {"negative"}


@asked(60)
@given(which=which, scope=scopes, chosen=filters(), order=plain_orders, size=st.integers(1, 99))
def test_get_comment_batches_are_all_pages(samples, which, scope, chosen, order, size):
    sample = samples[which]
    batches = list(
        query.get_comment_batches(scope, sample.snapshot, chosen, order=order, batch_size=size)
    )
    ids = [found.comment.comment_id for batch in batches for found in batch]
    assert ids == twin.get_comment_ids(sample.rows, scope, chosen, order)
    assert all(len(batch) <= size for batch in batches)


@asked(60)
@given(which=which, scope=scopes, chosen=filters(), count=st.integers(0, 40))
def test_get_sample_is_of_the_comments_that_match(samples, which, scope, chosen, count):
    sample = samples[which]
    every = {row.comment.comment_id: row.comment.text for row in sample.rows}
    texts = sorted(every[one] for one in twin.get_comment_ids(sample.rows, scope, chosen, "newest"))
    drawn = query.get_sample(scope, sample.snapshot, chosen, count=count)
    assert len(drawn) == min(count, len(texts))
    assert not Counter(drawn) - Counter(texts)
    assert query.get_sample(scope, sample.snapshot, chosen, count=count) == drawn
    assert sorted(query.get_sample(scope, sample.snapshot, chosen, count=10**6)) == texts


def test_get_comment_comes_with_the_other_answers(sample):
    rows = sample.rows
    for row in rows[:60]:
        answer = query.get_comment(EVERYWHERE, sample.snapshot, row.comment.comment_id)
        if not row.comment.text:
            assert answer is None
            continue
        others = [
            other.comment
            for other in rows
            if other.comment.response_id == row.comment.response_id
            and other.comment.text
            and other is not row
        ]
        assert answer.found.comment == row.comment
        assert [other.comment for other in answer.others] == others


def test_get_comment_has_all_of_its_reading(sample):
    row = next(row for row in sample.rows if row.reading.vector and not row.is_corrected)
    answer = query.get_comment(EVERYWHERE, sample.snapshot, row.comment.comment_id)
    assert answer.found.reading == answer.found.as_read == row.reading


def test_get_comment_outside_the_scope_is_none(sample):
    scope = Scope(frozenset({("Hill/Road",)}))
    for row in sample.rows[:60]:
        comment = row.comment
        is_seen = query.get_comment(scope, sample.snapshot, comment.comment_id) is not None
        assert is_seen == (comment.text != "" and comment.unit[:1] == ("Hill/Road",))


@pytest.mark.parametrize("comment_id", ["nobody", "", "' OR true --", "\x00"])
def test_get_comment_unknown_is_none(sample, comment_id):
    assert query.get_comment(EVERYWHERE, sample.snapshot, comment_id) is None
