from datetime import date

import pytest

from yousaid.measures.intervals import share
from yousaid.web.presenters.words import (
    capitalise,
    get_level_sentiment,
    word_count,
    word_date,
    word_level,
    word_percent,
    word_period,
    word_place,
    word_range,
    word_score,
    word_share,
    word_too_few,
    word_topic,
)


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (0, "0%"),
        (0.04, "under 0.1%"),
        (0.1, "0.1%"),
        (3.14, "3.1%"),
        (9.94, "9.9%"),
        (9.96, "10%"),
        (50.4, "50%"),
        (99.2, "99.2%"),
        (99.99, "99.9%"),
        (100, "100%"),
        (None, "–"),
    ],
)
def test_word_percent(percent: float | None, words: str) -> None:
    assert word_percent(percent) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no comments"), (1, "1 comment"), (1234, "1,234 comments")]
)
def test_word_count(count: int, words: str) -> None:
    assert word_count(count, "comment") == words


def test_word_share_and_range_of_enough() -> None:
    assert (word_share(share(3, 10)), word_range(share(3, 10))) == ("30%", "11% to 60%")
    assert word_range(share(0, 400)) == "0% to 1.0%"


def test_word_share_and_range_of_too_few_are_empty() -> None:
    assert (word_share(share(2, 9)), word_range(share(2, 9))) == ("", "")
    assert (word_share(share(0, 0)), word_range(share(0, 0))) == ("", "")


def test_word_too_few() -> None:
    assert word_too_few(9, "comment") == "Too few comments to show a percentage"
    assert (word_too_few(10, "comment"), word_too_few(0, "comment")) == ("", "")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), "1 March 2026"),
        (date(2026, 1, 1), date(2026, 3, 31), "1 January to 31 March 2026"),
        (date(2025, 12, 1), date(2026, 3, 31), "1 December 2025 to 31 March 2026"),
        (None, None, ""),
    ],
)
def test_word_period(first: date | None, last: date | None, words: str) -> None:
    assert word_period(first, last) == words


def test_words_for_what_is_missing() -> None:
    assert word_date(None) == "no date"
    assert word_place(()) == "Place not given"
    assert word_place(("City", "")) == "City › (no name)"
    assert word_score(None) == "no score"
    assert word_score(6) == "Don't know"
    assert word_level(None) == word_level(None, "en") == "nothing to read"
    assert word_level(None, "pl") == "not in English (Polish?): not read"
    assert word_level(None, "und") == "not in English: not read"
    assert word_topic("retired_topic") == "retired_topic"


@pytest.mark.parametrize(
    ("level", "sentiment"),
    [(1, "positive"), (2, "positive"), (3, "neutral"), (4, "negative"), (5, "negative")],
)
def test_get_level_sentiment(level: int, sentiment: str) -> None:
    assert get_level_sentiment(level) == sentiment


def test_capitalise_leaves_the_rest_alone() -> None:
    assert capitalise("no NHS number") == "No NHS number"
    assert capitalise("") == ""
