from dataclasses import replace
from datetime import date

import pytest

from tests.unit.web.test_filters import LINKS
from tests.unit.web.test_overview import TOTALS
from yousaid.store.answers import MonthCount
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.web.presenters.trend import get_data_filter, make_month_rows_for_page, make_trend


def make_month(
    month: int, good: int, poor: int, comments: int = 10, out_of: int = 40
) -> MonthCount:
    scores = (good, 0, 0, poor, 0, 0)
    return MonthCount(date(2026, month, 1), good + poor, scores, comments, comments, 0, 0, out_of)


MARCH_END = date(2026, 3, 31)
MONTHS = (make_month(1, 30, 10), make_month(2, 3, 1), make_month(3, 45, 5))


def test_make_trend_of_everything_is_percent_positive() -> None:
    trend = make_trend(EVERYTHING, MONTHS, TOTALS, MARCH_END)
    assert trend.basis == "scores"
    assert trend.title == (
        "Responses of Very good or Good: 90% of 50 responses in March 2026 "
        "(95% interval 79% to 96%); 83% of 94 over the whole period"
    )
    assert [point.share.percent for point in trend.points] == [75, 75, 90]
    assert [point.is_few for point in trend.points] == [False, True, False]


def test_make_trend_of_a_topic_is_its_share_of_comments() -> None:
    chosen = Filter(topics=("parking",), sentiments=("negative",), places=(("City",),))
    trend = make_trend(chosen, MONTHS, TOTALS, MARCH_END)
    assert trend.basis == "comments"
    assert trend.title == (
        "Comments negative about Parking: 25% of 40 comments in March 2026 "
        "(95% interval 14% to 40%); 25% of 120 over the whole period"
    )


def test_make_trend_with_a_thin_last_month_says_the_whole_only() -> None:
    trend = make_trend(EVERYTHING, (*MONTHS, make_month(4, 1, 1)), TOTALS, MARCH_END)
    assert (
        trend.title == "Responses of Very good or Good: 82% of 96 responses over the whole period"
    )


def test_make_trend_of_too_little_says_so() -> None:
    trend = make_trend(EVERYTHING, [make_month(1, 2, 0), make_month(2, 3, 0)], TOTALS, MARCH_END)
    assert trend.title == ("Responses of Very good or Good: too few responses to show a percentage")


def test_make_trend_without_scores_counts_comments() -> None:
    months = [make_month(1, 0, 0), make_month(2, 0, 0)]
    trend = make_trend(EVERYTHING, months, TOTALS, MARCH_END)
    assert (trend.basis, trend.title) == ("none", "Comments each month")


def test_make_trend_of_one_month_cannot_be_drawn() -> None:
    assert not make_trend(EVERYTHING, MONTHS[:1], TOTALS, MARCH_END).can_draw
    assert not make_trend(EVERYTHING, (), TOTALS, MARCH_END).can_draw


def test_make_trend_notes_what_a_careful_reader_needs() -> None:
    empty = MonthCount(date(2026, 4, 1), 0, (0,) * 6, 0, 0, 0, 0, 0)
    trend = make_trend(EVERYTHING, (*MONTHS, empty), replace(TOTALS, undated_count=1), MARCH_END)
    assert trend.notes == (
        "A hollow point rests on fewer than 10 responses with a score: chance alone moves it far.",
        "A gap is a month with nothing in it.",
        "1 response without a date is not in the chart.",
    )


@pytest.mark.parametrize(
    ("data_end", "is_noted"),
    [
        (date(2026, 3, 20), True),
        (date(2026, 3, 1), True),
        (date(2026, 3, 31), False),
        (date(2026, 4, 2), False),
        (None, False),
    ],
)
def test_make_trend_notes_a_last_month_that_is_not_whole(
    data_end: date | None, is_noted: bool
) -> None:
    notes = " ".join(make_trend(EVERYTHING, MONTHS, TOTALS, data_end).notes)
    assert ("The data here stop on" in notes) == is_noted
    assert ("stop on 20 March 2026: the last" in notes) == (data_end == date(2026, 3, 20))


def test_get_data_filter_keeps_places_and_dates_only() -> None:
    kept = Filter(places=(("City",),), first_date=MARCH_END, last_date=MARCH_END)
    assert get_data_filter(replace(kept, topics=("food",), words="soup", scores=(5,))) == kept


def test_make_trend_describes_the_picture() -> None:
    words = make_trend(EVERYTHING, MONTHS, TOTALS, MARCH_END).description
    assert words == (
        "Months from January 2026 to March 2026. % rated Very good or Good: lowest 75% in "
        "January 2026, highest 90% in March 2026. The table below has every figure."
    )


def test_make_month_rows_are_newest_first_and_link_to_the_month() -> None:
    chosen = Filter(first_date=date(2026, 1, 10), last_date=date(2026, 3, 9))
    rows = make_month_rows_for_page(chosen, make_trend(chosen, MONTHS, TOTALS, MARCH_END), LINKS)
    assert [(row.name, row.percent, row.range) for row in rows] == [
        ("March 2026", "90%", "79% to 96%"),
        ("February 2026", "too few", ""),
        ("January 2026", "75%", "60% to 86%"),
    ]
    assert rows[0].href == "/comments?from=2026-03-01&to=2026-03-09"
    assert rows[1].href == "/comments?from=2026-02-01&to=2026-02-28"
    assert rows[2].href == "/comments?from=2026-01-10&to=2026-01-31"
