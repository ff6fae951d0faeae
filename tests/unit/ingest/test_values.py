"""Single cells: British dates, scores on several scales, blanks."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.duck import connect_duckdb
from yousaid.ingest.values import (
    BLANK_PATTERN,
    is_blank_answer,
    is_month_first,
    parse_date,
    parse_score,
)
from yousaid.records import SCORES


@pytest.mark.parametrize(
    "text",
    [
        "01/03/2024", "1/3/2024", "1/3/24", "01-03-24", "01.03.2024", "1.3.24", "01 03 2024",
        "1 Mar 2024", "1 March 2024", "01-Mar-24", "1st March, 2024", "01/Mar/2024", "1Mar2024",
        "Fri 1 Mar 2024", "Friday, 1 March 2024", "FRI 01/03/2024", "1 MARCH 24", "1 mar. 2024",
        "2024-03-01", "2024/03/01", "20240301", "2024-03-01T10:30:00Z", "2024-03-01 10:30",
        "2024-03-01 00:00:00.000", "2024-03-01T10:30:00.5+01:00", "20240301T1030Z",
        "01/03/2024 10:30", "01/03/2024 10:30:59 AM", "01/03/2024, 10:30", "1 Mar 2024 09.15",
        "45352", "45352.0", "45352.4375", "  01/03/2024\t", "\u00a01 Mar\u00a02024",
    ],
)  # fmt: skip
def test_parse_date_first_of_march(text):
    assert parse_date(text) == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "year"),
    [("01/01/00", 2000), ("01/01/69", 2069), ("01/01/70", 1970), ("01/01/99", 1999)],
)
def test_parse_date_two_digit_years(text, year):
    assert parse_date(text) == date(year, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "03/25/2024", "31/02/2024", "29/02/2023", "00/01/2024", "2024-13-01", "2024-02-30",
        "Mar 2024", "Mar-24", "March 1, 2024", "1 Mab 2024", "01/03/0204", "01/03/20244",
        "01/03-2024", "1", "7", "0", "99999999", "99999", "19999", "80000", "today", "10:30",
        "01/03", "2024", "1 Mar 2024 and then", "Q1 2024", "-45352",
    ],
)  # fmt: skip
def test_parse_date_refuses(text):
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(text)


def test_parse_date_shows_little_of_the_value():
    with pytest.raises(ValueError, match="is not a date") as caught:
        parse_date("The nurse on nights, whose name I forget, was kind")
    assert "nights" in str(caught.value)[:22]
    assert "whose" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/13/2024", True),
        ("1/31/24 10:30", True),
        ("12/12/2024", False),
        ("13/13/2024", False),
        ("12/32/2024", False),
        ("13/12/2024", False),
        ("2024-13-01", False),
    ],
)
def test_is_month_first(text, expected):
    assert is_month_first(text) is expected


FORMATS = (
    "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d-%B-%Y", "%A %d %B %Y", "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%Y%m%d", "%Y/%m/%d",
)  # fmt: skip
SHORT_FORMATS = ("%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%d-%b-%y", "%d %b %y %H:%M")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(FORMATS))
def test_parse_date_every_format(day, format_):
    assert parse_date(day.strftime(format_)) == day


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)), st.sampled_from(SHORT_FORMATS))
def test_parse_date_every_short_format(day, format_):
    assert parse_date(day.strftime(format_)) == day


@given(st.dates(date(1954, 10, 3), date(2119, 1, 10)))
def test_parse_date_every_excel_number(day):
    assert parse_date(str((day - date(1899, 12, 30)).days)) == day


@given(st.text(max_size=30))
def test_parse_date_only_value_errors(text):
    try:
        assert 1900 <= parse_date(text).year <= 2199
    except ValueError as error:
        assert len(str(error)) < 100  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(("code", "label"), list(enumerate(SCORES, start=1)))
@pytest.mark.parametrize("best", [None, 1, 5])
def test_parse_score_national_words(code, label, best):
    for text in (label, label.upper(), f" {label}. ", label.replace(" ", ""), f"{code} - {label}"):
        assert parse_score(text, best) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Extremely likely", 1),
        ("likely", 2),
        ("Neither Likely nor Unlikely", 3),
        ("unlikely", 4),
        ("EXTREMELY UNLIKELY", 5),
        ("Don’t know", 6),
        ("Dont Know", 6),
        ("neither_good_nor_poor", 3),
    ],
)
def test_parse_score_other_words(text, code):
    assert parse_score(text, None) == code


@pytest.mark.parametrize(
    ("best", "codes"),
    [(1, {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6}), (5, {0: 6, 1: 5, 2: 4, 3: 3, 4: 2, 5: 1, 6: 6})],
)
def test_parse_score_numbers(best, codes):
    assert {number: parse_score(str(number), best) for number in codes} == codes
    assert {number: parse_score(f" {number}.0", best) for number in codes} == codes


@pytest.mark.parametrize(
    ("text", "best"),
    [("0", 1), ("7", 1), ("7", 5), ("1.5", 1), ("-1", 1), ("10", 5), ("1", None), ("x", 1),
     ("good enough", None), ("very", 5), ("12/5", 5)],
)  # fmt: skip
def test_parse_score_refuses(text, best):
    with pytest.raises(ValueError, match=r"scale|Friends and Family|1 or 5") as caught:
        parse_score(text, best)
    assert text not in str(caught.value).replace("1 or 5", "")


@pytest.mark.parametrize("text", ["", "  ", "NULL", "#N/A", "n/a", "NA", "-", "Did not answer"])
@pytest.mark.parametrize("best", [None, 1, 5])
def test_parse_score_blank(text, best):
    assert parse_score(text, best) is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u00a0\t\n", "\u200b\ufeff", "NULL", "null", " #N/A ", "#REF!", "Did not answer",
     "did not answer", "NaN", "<NA>"],
)  # fmt: skip
def test_is_blank_answer_blank(text):
    assert is_blank_answer(text)


@pytest.mark.parametrize(
    "text", ["Nothing", "n/a", "N/A", "NA", "None", "no", ".", "-", "?", "Nan", "0", "👍"]
)
def test_is_blank_answer_words_of_a_person(text):
    assert not is_blank_answer(text)


_BLANKS = st.lists(
    st.sampled_from([" ", "\t", "\x1c", "\x85", "\u00a0", "\u2003", "\u200b", "\ufeff", "\n"])
    | st.sampled_from(["NULL", "null", "NaN", "nan", "#N/A", "not answered", "(blank)", "x", "ſ"]),
    max_size=6,
).map("".join)


@settings(deadline=None, max_examples=3000)
@given(text=_BLANKS)
def test_the_pattern_of_blank_answers_finds_what_the_function_does(text):
    with connect_duckdb() as duck:
        [(found,)] = duck.execute(
            "SELECT regexp_full_match(?, ?)", [text, BLANK_PATTERN]
        ).fetchall()
    assert found is is_blank_answer(text)
