import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.records import QUESTION_KINDS, TOPIC_SENTIMENTS
from yousaid.store.filter import (
    EVERYTHING,
    FIELDS,
    FILTER_KEYS,
    MAX_CHARACTERS,
    MAX_VALUES,
    Filter,
    describe,
    from_query,
    read_place,
    read_unit_path,
    sql_for_filter,
    to_query,
    without_reading,
    write_place,
    write_unit_path,
)
from yousaid.store.names import Names

# What an address cannot hold at all is half a surrogate pair.
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = text | st.sampled_from(
    ["", "/", "%", "%2F", "a/b", "100%", "a\nb", " ", "'; DROP TABLE facts; --", "?", "\x00", "=&#"]
)
units = st.lists(names, max_size=4).map(tuple)
NAMES = Names(
    places={0: ("City",), 1: ("City", "Ward"), 2: ()},
    persons={0: {}, 1: {"age": "65+"}, 2: {"age": "65+", "gender": "F"}},
    questions={0: "Why?", 1: ""},
    sources={0: "", 1: "web"},
    models={0: "fast 1"},
    languages={0: None},
    topics=dict(enumerate(get_framework().topic_ids)),
    uploads={},
)


def tuples(values):
    return st.lists(st.sampled_from(values), max_size=3).map(tuple)


def lists(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


@st.composite
def filters(draw):
    first, last = draw(st.none() | st.dates()), draw(st.none() | st.dates())
    if first and last and first > last:
        first, last = last, first
    yes_no = st.sampled_from([None, True, False])
    topics = tuples(get_framework().topic_ids)
    return Filter(
        first_date=first,
        last_date=last,
        places=draw(lists(units.filter(bool))),
        questions=draw(lists(names)),
        kinds=draw(tuples(QUESTION_KINDS)),
        topics=draw(topics),
        all_topics=draw(topics),
        no_topics=draw(topics),
        sentiments=draw(tuples(TOPIC_SENTIMENTS)),
        mixed=draw(yes_no),
        urgent=draw(st.booleans()),
        scores=draw(tuples(range(1, 7))),
        demographics=draw(lists(st.tuples(names, names))),
        sources=draw(lists(names)),
        uploads=draw(lists(names)),
        corrected=draw(yes_no),
        words=draw(names),
    )


@settings(max_examples=500, deadline=None)
@given(filters())
def test_from_query_reads_what_to_query_wrote(chosen):
    assert from_query(to_query(chosen)) == chosen


@settings(max_examples=300, deadline=None)
@given(filters())
def test_the_filter_survives_a_real_address(chosen):
    written = urlencode(to_query(chosen))
    assert written.isascii()
    assert from_query(parse_qsl(written, keep_blank_values=True)) == chosen


@settings(max_examples=500, deadline=None)
@given(filters())
def test_sql_for_filter_holds_nothing_of_the_filter(chosen):
    """The text of the SQL is made of our own pieces, whichever the values."""
    condition, values = sql_for_filter(chosen, NAMES)
    assert condition.count("?") == len(values)
    assert re.fullmatch(r"[a-zA-Z_ :.,()<>=&|~?\[\]0-9]*", condition)
    plain = sql_for_filter(make_plain(chosen), NAMES)[0]
    assert condition == plain


def make_plain(chosen):
    """A filter that asks of the same fields, and of as many sentiments, with our own values."""
    same = {"topics", "all_topics", "no_topics", "sentiments", "kinds", "scores"}
    own = {
        "places": ("a",), "questions": "a", "demographics": ("a", "b"), "sources": "a",
        "uploads": "a", "words": "a", "mixed": True, "corrected": True, "urgent": True,
        "first_date": date(2026, 1, 1), "last_date": date(2026, 1, 1),
    }  # fmt: skip
    values = {}
    for field in FIELDS:
        value = getattr(chosen, field.name)
        asks = value != getattr(EVERYTHING, field.name)
        if field.name not in same and asks:
            value = (own[field.name],) if field.is_list else own[field.name]
        values[field.name] = value
    return Filter(**values)


@given(filters())
def test_describe_says_something_of_every_filter(chosen):
    words = describe(chosen)
    assert (words == "all comments") == (chosen == EVERYTHING)
    assert "\n" not in words


@given(filters(), st.sampled_from([field.name for field in FIELDS]))
def test_every_field_is_said_by_itself(chosen, name):
    value = getattr(chosen, name)
    alone = replace(EVERYTHING, **{name: value})
    assert (describe(alone) == "all comments") == (value == getattr(EVERYTHING, name))


@given(st.lists(st.tuples(st.sampled_from([*FILTER_KEYS, "page"]), names), max_size=6))
@settings(max_examples=1000, deadline=None)
def test_from_query_makes_a_filter_or_says_why_not(pairs):
    try:
        chosen = from_query(pairs)
    except FilterError:
        return
    assert from_query(to_query(chosen)) == chosen


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


def test_a_filter_has_so_many_values_at_most():
    places = tuple((str(number),) for number in range(MAX_VALUES))
    # Values given twice count once.
    chosen = Filter(places=places * 2)
    assert from_query(to_query(chosen)) == chosen
    with pytest.raises(FilterError, match="this one has 201"):
        Filter(places=places, scores=(1,))


def test_a_filter_is_so_long_at_most():
    longest = Filter(questions=("x" * (MAX_CHARACTERS - 1),), scores=(1,))
    assert from_query(to_query(longest)) == longest
    with pytest.raises(FilterError, match="and this is 20,001"):
        Filter(questions=longest.questions, scores=(1, 2))
    # What is wrong with a value is not said before its length is known.
    with pytest.raises(FilterError, match="and this is 60,000"):
        from_query([("topic", "x" * 60_000)])


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
        (
            Filter(all_topics=("parking", "pain"), sentiments=("negative", "neutral")),
            "negative or neutral about both Parking and Pain management",
        ),
        (
            Filter(all_topics=("parking", "pain", "discharge")),
            "about all of Parking, Pain management and Discharge",
        ),
        (
            Filter(topics=("parking",), all_topics=("pain",), sentiments=("positive",)),
            "positive about Parking, positive about Pain management",
        ),
        (
            Filter(no_topics=("parking", "pain"), sentiments=("positive",)),
            "positive, not about Parking or Pain management",
        ),
        (Filter(corrected=True), "corrected"),
        (Filter(corrected=False), "not corrected"),
        (Filter(questions=("What was\ngood?", "")), "answering “What was good?” or “(no name)”"),
        (
            Filter(demographics=(("age", "65+"), ("gender", "F"), ("age", "40-64"))),
            "from people whose age is 65+ or 40-64 and whose gender is F",
        ),
        (Filter(sources=("web", "")), "that came by “web” or in a way not known"),
        (Filter(uploads=("3", "4")), "in upload 3 or 4"),
        (Filter(words="wait"), "with “wait”"),
        (Filter(words='"car park" -wait'), "with exactly “car park”, but not “wait”"),
        (Filter(words="!"), "with nothing that can be searched for"),
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
        ([("from", "20260131")], "“20260131” is not a date"),
        ([("to", "2026-W05-6")], "“2026-W05-6” is not a date"),
        ([("from", "2026-02-01"), ("to", "2026-01-31")], "after the last"),
        ([("from", "2026-02-01"), ("from", "2026-02-02")], "“from” is there twice"),
        ([("mixed", "maybe")], "neither “yes” nor “no”"),
        ([("page", "2")], "no filter “page”"),
        ([("all_topic", "football")], "no topic “football”"),
        ([("no_topic", "football")], "no topic “football”"),
        ([("corrected", "perhaps")], "neither “yes” nor “no”"),
        ([("demographic", "age")], "no demographic"),
        ([("demographic", "age/65+/F")], "no demographic"),
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
        all_topics=("pain",),
        no_topics=("discharge",),
        sentiments=("negative",),
        mixed=True,
        urgent=True,
        corrected=True,
        words="wait",
        kinds=("why",),
        questions=("Why?",),
        scores=(1,),
        sources=("web",),
    )
    expected = Filter(kinds=("why",), questions=("Why?",), scores=(1,), sources=("web",))
    assert without_reading(chosen) == expected


def test_filter_leaves_out_the_spaces_around_words():
    assert Filter(words=" wait ").words == "wait"
    assert Filter(words=" \n") == EVERYTHING


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter(places=(("City",),)), [[0, 1]]),
        (Filter(places=(("City", "Ward"), ("Nowhere",))), [[1]]),
        (Filter(places=(("Nowhere",),)), [[]]),
        (Filter(demographics=(("age", "65+"),)), [[1, 2]]),
        (Filter(demographics=(("age", "65+"), ("gender", "F"))), [[2]]),
        (Filter(questions=("", "Never asked")), [[1]]),
        (Filter(sources=("web",)), [[1]]),
        (Filter(topics=("positive_experience", "impact_of_treatment")), [0b101]),
        (Filter(all_topics=("positive_experience", "impact_of_treatment")), [0b101, 0b101]),
        (Filter(sentiments=("negative",)), [[4, 5]]),
    ],
)
def test_sql_for_filter_binds_numbers(chosen, expected):
    assert sql_for_filter(chosen, NAMES)[1] == expected


def test_sql_for_filter_of_topics_that_the_store_does_not_know():
    names = replace(NAMES, topics={0: "pain"})
    assert sql_for_filter(Filter(topics=("parking",)), names)[1] == [0]
    assert sql_for_filter(Filter(all_topics=("parking", "pain")), names) == ("false", [])
