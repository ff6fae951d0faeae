"""Counts by one or two dimensions, against their slow twin and from the roll-up."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, dimensions, filters, make_dimension, scopes
from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.records import EVERYWHERE, QUESTION_KINDS, TOPIC_SENTIMENTS
from yousaid.store import query
from yousaid.store.answers import DIMENSION_KINDS, Counts, Dimension
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.query.rollup import can_roll_up

TOPIC, MONTH, SENTIMENT = Dimension("topic"), Dimension("month"), Dimension("sentiment")
NOTHING = Counts(0, 0, 0, 0, 0, 0, 0)
pairs = st.tuples(dimensions, st.none() | dimensions).filter(lambda pair: pair[0] != pair[1])
which = st.sampled_from(range(3))


def read_places(tab):
    """The places of a cross-tab that hold anything, by which dimensions were kept."""
    both = (
        {}
        if tab.columns is None
        else {
            (row, column): tab.cells[r][c]
            for r, row in enumerate(tab.row_values)
            for c, column in enumerate(tab.column_values)
        }
    )
    rows = {(value,): tab.row_totals[n] for n, value in enumerate(tab.row_values)}
    columns = {(value,): tab.column_totals[n] for n, value in enumerate(tab.column_values)}
    places = {"both": both, "rows": rows, "columns": columns, "none": {(): tab.total}}
    return {
        name: {key: counts for key, counts in found.items() if counts != NOTHING}
        for name, found in places.items()
    }


@asked(200)
@given(which=which, scope=scopes, chosen=filters(), pair=pairs)
def test_get_cross_tab_agrees_with_twin(samples, which, scope, chosen, pair):
    sample, (rows, columns) = samples[which], pair
    tab = query.get_cross_tab(scope, sample.snapshot, chosen, rows, columns)
    kinds = {dimension.kind for dimension in pair if dimension}
    kept = {"both": pair if columns else None, "rows": (rows,), "none": ()}
    kept["columns"] = (columns,) if columns else None
    expected = {
        name: {} if some is None else twin.get_counts(sample.rows, scope, chosen, some, kinds)
        for name, some in kept.items()
    }
    assert read_places(tab) == expected


held = st.sampled_from(["month", "quarter", "topic", "place", "kind", "sentiment"])
held_dimensions = st.builds(make_dimension, held, st.integers(1, 3))
months = st.sampled_from([date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), None])
month_ends = st.sampled_from([date(2026, 2, 28), date(2026, 3, 31), date.max, None])


@asked(200)
@given(
    which=which,
    scope=scopes,
    chosen=filters(only=("places", "kinds", "uploads", "topics", "urgent")),
    first=months,
    last=month_ends,
    pair=st.tuples(held_dimensions, st.none() | held_dimensions),
)
def test_the_rollup_agrees_with_facts(samples, which, scope, chosen, first, last, pair):
    snapshot, (rows, columns) = samples[which].snapshot, pair
    if rows == columns:
        return
    chosen = Filter(first, last, chosen.places, kinds=chosen.kinds, uploads=chosen.uploads)
    quick = query.get_cross_tab(scope, snapshot, chosen, *pair, with_responses=False)
    full = query.get_cross_tab(scope, snapshot, chosen, *pair)
    assert leave_out_responses(full, quick) == quick


def leave_out_responses(full, quick):
    """The full answer as the other would be, without values that only blank answers have."""

    def strip(counts):
        return counts._replace(response_count=None, base_response_count=None)

    rows = [n for n, value in enumerate(full.row_values) if value in quick.row_values]
    columns = [n for n, value in enumerate(full.column_values) if value in quick.column_values]
    for dropped in set(range(len(full.row_values))) - set(rows):
        assert full.row_totals[dropped].comment_count == 0
    return type(full)(
        full.rows,
        full.columns,
        tuple(full.row_values[n] for n in rows),
        tuple(full.column_values[n] for n in columns),
        tuple(tuple(strip(full.cells[r][c]) for c in columns) for r in rows),
        tuple(strip(full.row_totals[r]) for r in rows),
        tuple(strip(full.column_totals[c]) for c in columns),
        strip(full.total),
        full.has_repeats,
    )


@pytest.mark.parametrize(
    ("chosen", "kinds", "with_responses", "expected"),
    [
        (EVERYTHING, ("topic", "month"), False, True),
        (EVERYTHING, ("sentiment", "quarter"), False, True),
        (EVERYTHING, ("kind",), False, True),
        (Filter(first_date=date(2026, 1, 1), last_date=date(2026, 2, 28)), ("topic",), False, True),
        (EVERYTHING, ("topic", "month"), True, False),
        (EVERYTHING, ("topic", "sentiment"), False, False),
        (EVERYTHING, ("topic", "week"), False, False),
        (EVERYTHING, ("category",), False, False),
        (EVERYTHING, ("score",), False, False),
        (Filter(first_date=date(2026, 1, 2)), ("topic",), False, False),
        (Filter(last_date=date(2026, 1, 30)), ("topic",), False, False),
        (Filter(urgent=True), ("topic",), False, False),
        (Filter(topics=("parking",)), ("month",), False, False),
        (Filter(words="wait"), ("month",), False, False),
    ],
)
def test_can_roll_up(chosen, kinds, with_responses, expected):
    asked_for = [Dimension(kind) for kind in kinds]
    assert can_roll_up(chosen, asked_for, with_responses=with_responses) == expected


def test_the_rollup_is_what_is_read(sample, monkeypatch):
    """The facts hold nothing but the comments without a topic, and the counts are all there."""
    expected = query.get_cross_tab(EVERYWHERE, sample.snapshot, EVERYTHING, TOPIC, MONTH)
    asked_sql = []
    real_ask = sample.snapshot.ask
    monkeypatch.setattr(
        sample.snapshot,
        "ask",
        lambda sql, values=(): asked_sql.append(sql) or real_ask(sql, values),
    )
    tab = query.get_cross_tab(
        EVERYWHERE, sample.snapshot, EVERYTHING, TOPIC, MONTH, with_responses=False
    )
    assert [c.comment_count for c in tab.row_totals] == [
        c.comment_count for c in expected.row_totals
    ]
    from_facts = [sql for sql in asked_sql if "FROM facts" in sql]
    assert from_facts
    assert all("topic_mask = 0" in sql for sql in from_facts)


def test_get_cross_tab_refuses_one_dimension_twice(sample):
    with pytest.raises(FilterError, match="two different"):
        query.get_cross_tab(EVERYWHERE, sample.snapshot, EVERYTHING, TOPIC, TOPIC)


def test_values_are_in_their_order(sample):
    def list_values(dimension, chosen=EVERYTHING):
        tab = query.get_cross_tab(EVERYWHERE, sample.snapshot, chosen, dimension)
        return list(tab.row_values)

    months = list_values(MONTH)
    assert months[:3] == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert months[-1] is None
    assert list_values(Dimension("kind")) == list(QUESTION_KINDS)
    assert list_values(Dimension("score"), Filter(scores=(2,))) == [1, 2, 3, 4, 5, 6]
    assert list_values(SENTIMENT)[:3] == list(TOPIC_SENTIMENTS)
    topics = list_values(TOPIC)
    assert topics[:-1] == [t for t in get_framework().topic_ids if t in topics]
    categories = list_values(Dimension("category"))
    assert categories[:-1] == [c for c in get_framework().categories if c in categories]
    assert list_values(Dimension("demographic", name="age")) == ["", "40-64", "65+", None]
    assert list_values(Dimension("week"))[0].weekday() == 0


def test_weeks_between_have_no_gaps(sample):
    few = Filter(words="cafe", scores=(1,), urgent=True, uploads=("1",))
    tab = query.get_cross_tab(EVERYWHERE, sample.snapshot, few, Dimension("week"))
    weeks = [week for week in tab.row_values if week]
    assert all((b - a).days == 7 for a, b in pairwise(weeks))
    assert any(counts == NOTHING for counts in tab.row_totals)


def test_an_empty_answer_has_its_lists(sample):
    nothing = Filter(uploads=("none",))
    tab = query.get_cross_tab(EVERYWHERE, sample.snapshot, nothing, Dimension("kind"), MONTH)
    assert (len(tab.row_values), tab.column_values) == (3, ())
    assert tab.total == NOTHING


def test_has_repeats(sample):
    def get(*asked_for, chosen=EVERYTHING):
        return query.get_cross_tab(EVERYWHERE, sample.snapshot, chosen, *asked_for).has_repeats

    assert get(TOPIC, MONTH) == (True, False)
    assert get(MONTH, Dimension("category")) == (False, True)
    assert get(MONTH, SENTIMENT) == (False, False)
    assert get(SENTIMENT, chosen=Filter(topics=("parking",))) == (True, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "colour"},
        {"kind": "place"},
        {"kind": "month", "level": 1},
        {"kind": "place", "level": -1},
        {"kind": "topic", "name": "age"},
    ],
)
def test_dimension_refuses(wrong):
    with pytest.raises(FilterError):
        Dimension(**wrong)


def test_every_kind_of_dimension_is_asked():
    assert {make_dimension(kind).kind for kind in DIMENSION_KINDS} == set(DIMENSION_KINDS)
