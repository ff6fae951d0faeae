from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.records import QUESTION_KINDS, TOPIC_SENTIMENTS
from yousaid.store.filter import (
    EVERYTHING,
    FIELDS,
    FILTER_KEYS,
    Filter,
    describe,
    from_query,
    read_place,
    read_unit_path,
    sql_for_filter,
    sql_for_places,
    to_query,
    without_reading,
    write_place,
    write_unit_path,
)

# What an address cannot hold at all is half a surrogate pair.
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
units = st.lists(text | st.sampled_from(["/", "%", "%2F", ""]), max_size=4).map(tuple)


def tuples(values):
    return st.lists(st.sampled_from(values), max_size=3).map(tuple)


@st.composite
def filters(draw):
    first, last = draw(st.none() | st.dates()), draw(st.none() | st.dates())
    if first and last and first > last:
        first, last = last, first
    return Filter(
        first_date=first,
        last_date=last,
        places=draw(st.lists(units.filter(bool), max_size=3).map(tuple)),
        topics=draw(tuples(get_framework().topic_ids)),
        sentiments=draw(tuples(TOPIC_SENTIMENTS)),
        kinds=draw(tuples(QUESTION_KINDS)),
        scores=draw(tuples(range(1, 7))),
        mixed=draw(st.sampled_from([None, True, False])),
        urgent=draw(st.booleans()),
        words=draw(text),
    )


@given(filters())
def test_from_query_reads_what_to_query_wrote(chosen):
    assert from_query(to_query(chosen)) == chosen


@given(filters())
def test_sql_for_filter_binds_as_many_values_as_it_asks_for(chosen):
    condition, values = sql_for_filter(chosen)
    assert condition.count("?") == len(values)


@given(filters())
def test_describe_says_something_of_every_filter(chosen):
    assert (describe(chosen) == "all comments") == (chosen == EVERYTHING)


@given(units)
def test_read_unit_path_reads_what_write_unit_path_wrote(unit):
    assert read_unit_path(write_unit_path(unit)) == unit
    if unit:
        assert read_place(write_place(unit)) == unit


@given(units, units)
def test_write_unit_path_begins_with_its_parents_only(unit, place):
    is_below = unit[: len(place)] == place
    if place:
        assert write_unit_path(unit).startswith(write_unit_path(place)) == is_below


def test_fields_cover_the_filter():
    assert {field.name for field in FIELDS} == set(Filter.__dataclass_fields__)
    assert len(set(FILTER_KEYS)) == len(FIELDS)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        (EVERYTHING, "all comments"),
        (
            Filter(
                first_date=date(2026, 1, 1),
                places=(("City Hospital",),),
                topics=("parking",),
                sentiments=("negative",),
            ),
            "negative about Parking, at City Hospital, since 1 January 2026",
        ),
        (Filter(topics=("parking", "pain")), "about Parking or Pain management"),
        (Filter(sentiments=("positive", "neutral")), "positive or neutral"),
        (Filter(urgent=True, mixed=False), "urgent, not mixed"),
        (Filter(words="wait"), "containing “wait”"),
        (Filter(words='"car park" wait'), 'containing "car park" wait'),
        (Filter(kinds=("could_improve",)), "on what could improve"),
        (Filter(scores=(4, 5)), "scored Poor or Very poor"),
        (Filter(places=(("City", "Ward 5"), ("Hill",))), "at City › Ward 5 or Hill"),
        (Filter(last_date=date(2026, 2, 28)), "up to 28 February 2026"),
        (
            Filter(first_date=date(2026, 2, 1), last_date=date(2026, 2, 28)),
            "from 1 February 2026 to 28 February 2026",
        ),
        (Filter(first_date=date(2026, 2, 1), last_date=date(2026, 2, 1)), "on 1 February 2026"),
    ],
)
def test_describe_reads_as_a_sentence(chosen, sentence):
    assert describe(chosen) == sentence


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("topic", "football")], "no topic “football”"),
        ([("sentiment", "happy")], "no sentiment “happy”"),
        ([("kind", "quiz")], "no kind of question “quiz”"),
        ([("score", "7")], "“7” is not a score"),
        ([("score", "²")], "“²” is not a score"),
        ([("from", "31/01/2026")], "“31/01/2026” is not a date"),
        ([("from", "2026-02-01"), ("to", "2026-01-31")], "after the last"),
        ([("from", "2026-02-01"), ("from", "2026-02-02")], "“from” is there twice"),
        ([("mixed", "maybe")], "neither “yes” nor “no”"),
        ([("page", "2")], "no filter “page”"),
    ],
)
def test_from_query_refuses(pairs, message):
    with pytest.raises(FilterError, match=message):
        from_query(pairs)


def test_from_query_takes_a_field_left_blank_in_a_form():
    assert from_query([("from", ""), ("topic", ""), ("words", "")]) == EVERYTHING


def test_filter_refuses_a_place_without_a_name():
    with pytest.raises(FilterError, match="Leave the place out"):
        Filter(places=((),))


def test_filter_keeps_one_of_each_value():
    assert Filter(scores=(2, 1, 2)).scores == (2, 1)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (EVERYTHING, False),
        (Filter(scores=(1,), places=(("A",),), first_date=date(2026, 1, 1)), False),
        (Filter(kinds=("why",)), True),
        (Filter(words="wait"), True),
    ],
)
def test_selects_comments(chosen, expected):
    assert chosen.selects_comments == expected


def test_without_reading_leaves_what_is_known_before_reading():
    chosen = Filter(
        topics=("parking",),
        sentiments=("negative",),
        mixed=True,
        urgent=True,
        words="wait",
        kinds=("why",),
        scores=(1,),
    )
    assert without_reading(chosen) == Filter(kinds=("why",), scores=(1,))


def test_sql_for_places_without_places_is_never_true():
    assert sql_for_places([]) == ("(false)", [])


def test_sql_for_filter_never_holds_what_was_typed():
    typed = "'; DROP TABLE rows; --"
    condition, values = sql_for_filter(Filter(words=typed, places=((typed,),)))
    assert "DROP" not in condition
    assert "drop" in "".join(map(str, values))
