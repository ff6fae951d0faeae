"""What is odd about an upload as a whole."""

from datetime import date, timedelta

import pytest

from tests.web.feedback import make_comment
from yousaid.ingest.doubts import list_doubts

TODAY = date(2026, 5, 1)


def make(texts):
    return [
        make_comment(
            n, text, score=n % 5 + 1, unit=(f"Ward {n % 3}",),
            date=TODAY - timedelta(days=n % 40),
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip


def test_nothing_is_odd_about_an_ordinary_file():
    assert list_doubts(make([f"{'x' * (n % 90)} said {n}" for n in range(200)]), TODAY) == []
    assert list_doubts([], TODAY) == []


@pytest.mark.parametrize("limit", [160, 255])
def test_text_that_was_cut(limit):
    texts = ["x" * min(n * 10, limit) for n in range(1, 60)]
    [doubt] = list_doubts(make(texts), TODAY)
    assert f"exactly {limit} characters long" in doubt
    # One that is longer shows that it was not.
    assert list_doubts(make([*texts, "x" * (limit + 1)]), TODAY) == []


def test_dates_that_are_still_to_come():
    comments = [make_comment(n, "Kind", date=TODAY + timedelta(days=n)) for n in range(4)]
    [doubt] = list_doubts(comments, TODAY)
    assert "3 responses have a date that is still to come, the last 4 May 2026" in doubt


def test_a_column_of_one_value():
    comments = [
        make_comment(n, "Kind", date=TODAY, score=n % 5 + 1, unit=(f"Ward {n % 3}",))
        for n in range(60)
    ]
    assert list_doubts(comments, TODAY) == [
        "All 60 responses have the same date. Check that its column is the right one."
    ]
    assert list_doubts(comments[:40], TODAY) == []
    # None at all is no one value.
    undated = [make_comment(n, "Kind", date=None, score=None, unit=()) for n in range(60)]
    assert list_doubts(undated, TODAY) == []
