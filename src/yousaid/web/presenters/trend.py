"""Months in a row: what the trend chart draws, its sentence and its table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from yousaid.measures.fft import percent_positive
from yousaid.measures.intervals import MINIMUM_DENOMINATOR, Share, share
from yousaid.store.answers import MonthCount, Totals
from yousaid.store.filter import EVERYTHING, FIELDS, Filter, describe, without_reading
from yousaid.web.links import Links
from yousaid.web.presenters.words import (
    capitalise,
    word_count,
    word_date,
    word_month,
    word_percent,
    word_range,
    word_share,
)

# What the percentage is of: responses with a score, or all comments.
Basis = Literal["scores", "comments", "none"]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month; `share` is of responses with a score or of all comments, as the trend's basis."""

    month: date
    share: Share
    response_count: int
    comment_count: int
    positive_count: int
    neutral_count: int
    negative_count: int

    @property
    def is_few(self) -> bool:
        """Whether chance alone moves this month's percentage far."""
        return self.share.out_of > 0 and not self.share.can_show


@dataclass(frozen=True, slots=True)
class Trend:
    """Every month from the first to the last, those without data too, and what to say of them.

    `title` is a sentence; `description` says in words what the picture shows. `notes` are what a
    careful reader needs: hollow points, gaps, responses without a date.
    """

    basis: Basis
    title: str
    description: str
    percent_label: str
    count_label: str
    points: tuple[TrendPoint, ...]
    notes: tuple[str, ...]

    @property
    def can_draw(self) -> bool:
        """Whether there are two months or more, since one is no trend."""
        return len(self.points) > 1


def make_trend(
    chosen: Filter, months: Sequence[MonthCount], totals: Totals, data_end: date | None
) -> Trend:
    """The months as drawn; they come in order and without gaps.

    `data_end` is the last date of the data, whatever they say (`get_data_filter`); None where no
    response has a date.

    Without a condition on the reading the percentage is percent positive, the national measure;
    with one it is the share of all comments that meet it.
    """
    basis = _choose_basis(chosen, months)
    points = tuple(_make_point(month, basis) for month in months)
    label = {
        "scores": "% rated Very good or Good",
        "comments": "% of all comments",
        "none": "",
    }[basis]
    return Trend(
        basis=basis,
        title=_make_title(chosen, basis, months, points),
        description=_describe_points(points, label),
        percent_label=label,
        count_label="Comments each month",
        points=points,
        notes=_make_notes(basis, points, totals, data_end),
    )


def get_data_filter(chosen: Filter) -> Filter:
    """The data that the filter chooses from: its places and dates, and nothing of what was said."""
    return replace(
        EVERYTHING,
        places=chosen.places,
        first_date=chosen.first_date,
        last_date=chosen.last_date,
    )


def _choose_basis(chosen: Filter, months: Sequence[MonthCount]) -> Basis:
    if without_reading(chosen) != chosen:
        return "comments"
    return "scores" if any(sum(month.score_counts) for month in months) else "none"


def _make_point(month: MonthCount, basis: Basis) -> TrendPoint:
    return TrendPoint(
        month=month.month,
        share=_get_share([month], basis),
        response_count=month.response_count,
        comment_count=month.comment_count,
        positive_count=month.positive_count,
        neutral_count=month.neutral_count,
        negative_count=month.negative_count,
    )


def _get_share(months: Sequence[MonthCount], basis: Basis) -> Share:
    if basis == "none":
        return share(0, 0)
    if basis == "scores":
        return percent_positive(
            [sum(c) for c in zip(*(m.score_counts for m in months), strict=True)]
        )
    return share(sum(m.comment_count for m in months), sum(m.all_comment_count for m in months))


def _make_title(
    chosen: Filter, basis: Basis, months: Sequence[MonthCount], points: Sequence[TrendPoint]
) -> str:
    if basis == "none" or not points:
        return "Comments each month"
    last, whole = points[-1], _get_share(months, basis)
    subject = "Responses of Very good or Good"
    if basis == "comments":
        subject = f"Comments {_describe_reading(chosen)}"
    noun = "response" if basis == "scores" else "comment"
    if not whole.can_show:
        return f"{subject}: too few {noun}s to show a percentage"
    if not last.share.can_show:
        return f"{subject}: {_word_of(whole)} {noun}s over the whole period"
    return (
        f"{subject}: {_word_of(last.share)} {noun}s in {word_month(last.month)} "
        f"(95% interval {word_range(last.share)}); {_word_of(whole)} over the whole period"
    )


def _word_of(found: Share) -> str:
    return f"{word_share(found)} of {found.out_of:,}"


def _describe_reading(chosen: Filter) -> str:
    asked = {f.name: getattr(chosen, f.name) for f in FIELDS if f.about == "reading"}
    return describe(replace(EVERYTHING, **asked))


def _describe_points(points: Sequence[TrendPoint], label: str) -> str:
    if not points:
        return ""
    period = f"{word_month(points[0].month)} to {word_month(points[-1].month)}"
    drawn = [point for point in points if point.share.can_show]
    words = f"Months from {period}."
    if drawn and label:
        low = min(drawn, key=lambda point: point.share.percent or 0)
        high = max(drawn, key=lambda point: point.share.percent or 0)
        words += (
            f" {capitalise(label)}: lowest {word_percent(low.share.percent)} in "
            f"{word_month(low.month)}, highest {word_percent(high.share.percent)} in "
            f"{word_month(high.month)}."
        )
    return f"{words} The table below has every figure."


def _make_notes(
    basis: Basis, points: Sequence[TrendPoint], totals: Totals, data_end: date | None
) -> tuple[str, ...]:
    notes = []
    has_few = any(point.is_few for point in points)
    if basis == "scores" and has_few:
        notes.append(
            f"A hollow point rests on fewer than {MINIMUM_DENOMINATOR} responses with a score: "
            "chance alone moves it far."
        )
    if basis == "comments" and has_few:
        notes.append(f"Months with fewer than {MINIMUM_DENOMINATOR} comments have no point.")
    if any(not point.share.out_of and not point.comment_count for point in points):
        notes.append("A gap is a month with nothing in it.")
    if points and data_end and points[-1].month <= data_end < _get_month_end(points[-1].month):
        notes.append(
            f"The data here stop on {word_date(data_end)}: the last month may not be whole."
        )
    if totals.undated_count:
        notes.append(
            f"{capitalise(word_count(totals.undated_count, 'response'))} without a date "
            f"{'is' if totals.undated_count == 1 else 'are'} not in the chart."
        )
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the table; `href` leads to its comments."""

    name: str
    percent: str
    range: str
    out_of: int
    comment_count: int
    positive_count: int
    neutral_count: int
    negative_count: int
    href: str


def make_month_rows_for_page(chosen: Filter, trend: Trend, links: Links) -> tuple[MonthRow, ...]:
    """The table of the chart, newest month first."""
    return tuple(
        MonthRow(
            name=word_month(point.month),
            percent=_word_point(point),
            range=word_range(point.share),
            out_of=point.share.out_of,
            comment_count=point.comment_count,
            positive_count=point.positive_count,
            neutral_count=point.neutral_count,
            negative_count=point.negative_count,
            href=links.comments(_narrow_to_month(chosen, point.month)),
        )
        for point in reversed(trend.points)
    )


def _word_point(point: TrendPoint) -> str:
    if not point.share.out_of:
        return "–"
    return word_percent(point.share.percent) if point.share.can_show else "too few"


def _narrow_to_month(chosen: Filter, month: date) -> Filter:
    last = _get_month_end(month)
    return replace(
        chosen,
        first_date=max(month, chosen.first_date or month),
        last_date=min(last, chosen.last_date or last),
    )


def _get_month_end(month: date) -> date:
    next_month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return next_month - timedelta(days=1)
