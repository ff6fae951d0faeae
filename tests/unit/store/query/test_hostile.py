"""Filters that nobody means well by: an answer or a FilterError, whatever is asked."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store.query.asked import asked
from tests.unit.store.test_filter import filters, names
from yousaid.errors import FilterError
from yousaid.records import EVERYWHERE, Scope
from yousaid.store import query
from yousaid.store.answers import Dimension
from yousaid.store.filter import FILTER_KEYS, from_query

hostile_words = st.text(max_size=30) | st.lists(
    st.sampled_from(['"', "(", ")", "*", "AND", "OR", "NOT", "NEAR/3", "wait", "^", "{", "-", ":"])
).map(" ".join)
values = (
    names
    | hostile_words
    | st.sampled_from(
        [
            "2026-01-31",
            "9999-12-31",
            "0001-01-01",
            "parking",
            "negative",
            "why",
            "6",
            "yes",
            "age/65+",
        ]
    )
)


@asked(120)
@given(filters(), hostile_words)
def test_any_filter_is_answered(sample, chosen, words):
    snapshot = sample.snapshot
    totals = query.get_totals(EVERYWHERE, snapshot, chosen)
    tab = query.get_cross_tab(EVERYWHERE, snapshot, chosen, Dimension("place", level=1))
    assert tab.total.comment_count == totals.comment_count <= len(sample.rows)


@asked(800)
@given(st.lists(st.tuples(st.sampled_from(FILTER_KEYS), values), max_size=5))
def test_any_address_is_answered_or_refused(sample, pairs):
    try:
        chosen = from_query(pairs)
    except FilterError:
        return
    answer = query.get_totals(EVERYWHERE, sample.snapshot, chosen)
    assert answer.comment_count <= len(sample.rows)


@asked(100)
@given(st.lists(st.lists(names, max_size=3).map(tuple), max_size=3), names)
def test_any_scope_and_dimension_are_answered(sample, units, name):
    scope = Scope(frozenset(units))
    tab = query.get_cross_tab(
        scope, sample.snapshot, from_query([]), Dimension("demographic", name=name)
    )
    assert tab.total.comment_count <= len(sample.rows)
