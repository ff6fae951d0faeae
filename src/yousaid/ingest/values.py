"""What single cells mean: dates, scores, answers left blank.

Every function takes the cell's text as the file holds it.
"""

import re
from datetime import date, timedelta

from yousaid.frameworks.questions import squash
from yousaid.records import SCORES

LONGEST_VALUE_SHOWN = 20

# Written out: Python's own names of months follow the language of the machine.
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)

_TIME = r"(?:[T,\s]\s*\d{1,2}[:.]\d{2}.*)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_ISO_DATE = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_ISO_BASIC_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{4,6}Z?)?")
_DAY_FIRST_DATE = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})\s*([-/. ])\s*(\d{{1,2}})\s*\2\s*(\d{{4}}|\d{{2}}){_TIME}"
)
_NAMED_MONTH_DATE = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[-/., ]*([a-z]{{3,9}})[-/., ]*(\d{{4}}|\d{{2}}){_TIME}"
)
_EXCEL_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")  # 1954 to 2119

# Excel counts from here, one day early for every date since March 1900, because it holds 1900 to
# have been a leap year.
_EXCEL_DAY_ZERO = date(1899, 12, 30)

# A year outside is a slip of the hand, such as 0204 or 20244.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def parse_date(text: str) -> date:
    """The day that a cell names, read the British way: day before month, never the reverse.

    Reads 31/12/2024, 31-12-24, 31.12.2024, 1 Mar 2024, 01-Mar-24, ISO dates and Excel's day
    numbers; a time of day is dropped. Two-digit years 00–69 are 2000–2069, 70–99 are 1970–1999.
    Raises ValueError, which shows no more than the start of the value.
    """
    value = " ".join(text.split()).casefold()
    found = _find_year_month_day(value)
    try:
        if found and _FIRST_YEAR <= found[0] <= _LAST_YEAR:
            return date(*found)
    except ValueError:
        pass  # such as 31 February
    shown = text.strip()[:LONGEST_VALUE_SHOWN]
    raise ValueError(f"“{shown}” is not a date. Write the day first, as in 31/12/2024.")


def is_month_first(text: str) -> bool:
    """Whether a cell is a date in the American order, where its numbers show it.

    Then other dates of its file, such as 03/04/2024, may be in that order and do not show it.
    """
    match = _DAY_FIRST_DATE.fullmatch(" ".join(text.split()).casefold())
    return match is not None and int(match[1]) <= 12 < int(match[3]) <= 31


def _find_year_month_day(value: str) -> tuple[int, int, int] | None:
    if match := _ISO_DATE.fullmatch(value.upper()):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _ISO_BASIC_DATE.fullmatch(value.upper()):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST_DATE.fullmatch(value):
        return _get_full_year(match[4]), int(match[3]), int(match[1])
    if match := _NAMED_MONTH_DATE.fullmatch(value):
        month = _get_month(match[2])
        return (_get_full_year(match[3]), month, int(match[1])) if month else None
    if match := _EXCEL_SERIAL.fullmatch(value):
        day = _EXCEL_DAY_ZERO + timedelta(days=int(match[1]))
        return day.year, day.month, day.day
    return None


def _get_full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _get_month(word: str) -> int | None:
    starts = (number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word))
    return next(starts, None)


# The scale of the Friends and Family Test until March 2020; old exports still hold it.
_FORMER_SCORES = (
    "Extremely likely",
    "Likely",
    "Neither likely nor unlikely",
    "Unlikely",
    "Extremely unlikely",
    "Don't know",
)
_CODES = {
    squash(label): code
    for scale in (SCORES, _FORMER_SCORES)
    for code, label in enumerate(scale, start=1)
}
DONT_KNOW = 6

_NO_SCORE = frozenset({"na", "notanswered", "noresponse", "noanswer", "none", "nan"})


def parse_score(text: str, best: int | None) -> int | None:
    """The national code of an answer: 1 very good … 5 very poor, 6 don't know; None if blank.

    The national words are read in any spelling of capitals, spaces and punctuation, also those
    used before April 2020 (“Extremely likely”). A number is read only where `best` says which end
    is “very good”: 1 as in the national return, or 5; then 6 is don't know, and so is 0 where best
    is 5. Raises ValueError for anything else.
    """
    assert best in (None, 1, 5)
    if is_blank_answer(text):
        return None
    number = re.fullmatch(r"(\d)(?:\.0+)?", text.strip())
    if number is None:
        words = squash(text)
        if words in _NO_SCORE or not (words or any(letter.isdigit() for letter in text)):
            return None
        if words in _CODES:
            return _CODES[words]
        raise ValueError("not an answer of the Friends and Family Test")
    if best is None:
        raise ValueError("a number, and it is not said whether 1 or 5 is very good")
    return _get_code(int(number[1]), best)


def _get_code(number: int, best: int) -> int:
    if 1 <= number <= 5:
        return number if best == 1 else 6 - number
    if number == DONT_KNOW or (number == 0 and best == 5):
        return DONT_KNOW
    raise ValueError("a number outside the scale")


# What programs put where nobody wrote anything. “Nothing” and “n/a” are people's answers.
_MECHANICAL_BLANKS = frozenset(
    {"null", "(null)", "(blank)", "did not answer", "not answered", "<na>"}
    | {"#n/a", "#name?", "#value!", "#ref!", "#div/0!", "#null!", "#num!"}
)
LONGEST_MECHANICAL_BLANK = max(map(len, _MECHANICAL_BLANKS))
_INVISIBLE = " \t\r\n\f\v\u00a0\u200b\u200c\u200d\u2060\ufeff"


# What `is_blank_answer` finds, as a whole, for engines that have RE2 and no Python; a test holds
# the two together.
WHITESPACE_PATTERN = r"[\t-\r\x1c-\x1f\x85\p{Z}]"
_INVISIBLE_PATTERN = r"[ \t\r\n\f\v\x{a0}\x{200b}\x{200c}\x{200d}\x{2060}\x{feff}]"
BLANK_PATTERN = (
    f"{WHITESPACE_PATTERN}*{_INVISIBLE_PATTERN}*"
    f"(NaN|(?i:{'|'.join(re.escape(blank) for blank in sorted(_MECHANICAL_BLANKS))}))?"
    f"{_INVISIBLE_PATTERN}*{WHITESPACE_PATTERN}*"
)


def is_blank_answer(text: str) -> bool:
    """Whether a cell is blank, or holds only what a program writes in place of an answer."""
    value = text.strip().strip(_INVISIBLE)
    if len(value) > LONGEST_MECHANICAL_BLANK:
        return False
    return not value or value == "NaN" or value.casefold() in _MECHANICAL_BLANKS
