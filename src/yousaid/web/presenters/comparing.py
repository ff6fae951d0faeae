"""Places, groups of people and periods set beside each other, in words and never ranked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from yousaid.frameworks import get_framework
from yousaid.measures.false_discovery import Change, find_changes
from yousaid.measures.funnel import Funnel, FunnelPlace, Limits, Position, make_funnel
from yousaid.measures.groups import Group, Unknown, compare_groups
from yousaid.measures.intervals import Difference, Share, share
from yousaid.store.answers import Change as TopicChange
from yousaid.store.answers import Period
from yousaid.store.filter import Filter
from yousaid.web.links import Links
from yousaid.web.presenters.measures import Measure
from yousaid.web.presenters.words import (
    capitalise,
    word_count,
    word_name,
    word_percent,
    word_period,
    word_place,
    word_range,
    word_share,
    word_topic,
)

Unit = tuple[str, ...]

POSITION_WORDS: dict[Position, str] = {
    "far below": "far below what is to be expected",
    "below": "below what is to be expected",
    "within": "as is to be expected",
    "above": "above what is to be expected",
    "far above": "far above what is to be expected",
}
# What trusts write where a person's group is not known, folded.
_UNKNOWN: dict[str, Unknown] = {
    "prefer not to say": "prefer not to say",
    "prefer not to answer": "prefer not to say",
    "rather not say": "prefer not to say",
    "would rather not say": "prefer not to say",
    "not disclosed": "prefer not to say",
    "refused": "refused",
    "declined": "refused",
    "not known": "missing",
    "unknown": "missing",
    "not stated": "missing",
    "not recorded": "missing",
}
# A place is named beside a change where so many of its comments, and such a share of them, are from
# there: fewer would point at a ward for what a few people said.
MINIMUM_FROM_PLACE = 5
PLACE_SHARE = 1 / 3
# How many periods back “the time before” goes where no dates are chosen.
_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in a table: its share, and in words what is to be made of it. `stands_out` where it
    is more than chance; `why_not` where there is too little to say."""

    name: str
    href: str
    count: int
    out_of: int
    percent: str
    range: str
    said: str
    stands_out: bool
    share: Share
    comments_href: str


@dataclass(frozen=True, slots=True)
class FunnelView:
    """Places on a funnel plot, in the order of their names. `curves` are for drawing; without them
    there is no funnel. `centre` is the share of all together, in percent."""

    title: str
    description: str
    rows: tuple[Row, ...]
    curves: tuple[Limits, ...]
    centre: float | None
    note: str
    caution: str


@dataclass(frozen=True, slots=True)
class GroupsView:
    """Groups of people by one trait, and in `missing` those of whom it is not known. `centre` is
    the share of all whose group is known, in percent."""

    title: str
    description: str
    rows: tuple[Row, ...]
    missing: str
    centre: float | None
    caution: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A topic's share now and before. `difference` is in points, with its interval. `place` says
    where most of the comments come from; empty where they come from all over."""

    topic: str
    name: str
    href: str
    now: str
    before: str
    difference: str
    holds: bool
    sentence: str
    count: int
    place: str = ""
    place_href: str = ""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """What changed between two periods, of so many topics compared: in `sentences` what is more
    than chance."""

    title: str
    compared_count: int
    now_words: str
    before_words: str
    sentences: tuple[ChangeRow, ...]
    rows: tuple[ChangeRow, ...]
    note: str


def make_funnel_view(
    shares: Mapping[Unit, Share], measure: Measure, chosen: Filter, links: Links
) -> FunnelView:
    """The places of one level; `shares` are of this measure."""
    # Within one place its name would stand before every other.
    start = len(chosen.places[0]) if len(chosen.places) == 1 else 0
    by_words = {word_place(unit[start:]): unit for unit in shares}
    funnel = make_funnel({word_place(unit[start:]): found for unit, found in shares.items()})
    rows = []
    for place in sorted(funnel.places, key=lambda place: place.name):
        within = replace(chosen, places=(by_words[place.name],))
        rows.append(
            _make_row(
                place.name,
                place.share,
                _say_position(place),
                links.trends(within, measure.key),
                links.comments(measure.narrow(within)),
                stands_out=place.position not in (None, "within"),
            )
        )
    outside = sum(row.stands_out for row in rows)
    return FunnelView(
        title=_title_funnel(measure, rows, outside, funnel),
        description=_describe_funnel(rows, outside),
        rows=tuple(rows),
        curves=_list_curves(funnel, rows),
        centre=_add_up(shares.values()).percent,
        note=funnel.why_not
        or "Inside the dashed curves there is nothing to explain: places differ so much by chance "
        "and anyway. One place in twenty or fewer lies between the two pairs of curves by chance.",
        caution=funnel.caution,
    )


def _add_up(shares: Iterable[Share]) -> Share:
    found = list(shares)
    return share(sum(one.count for one in found), sum(one.out_of for one in found))


def _make_row(
    name: str, found: Share, said: str, href: str, comments_href: str, *, stands_out: bool
) -> Row:
    return Row(
        name=name,
        href=href,
        count=found.count,
        out_of=found.out_of,
        percent=word_share(found) or "too few",
        range=word_range(found),
        said=said,
        stands_out=stands_out,
        share=found,
        comments_href=comments_href if found.count else "",
    )


def _say_position(place: FunnelPlace) -> str:
    if place.position is None:
        return "too few to say" if not place.share.can_show else "too few places to say"
    return POSITION_WORDS[place.position]


def _title_funnel(measure: Measure, rows: Sequence[Row], outside: int, funnel: Funnel) -> str:
    shown = sum(row.share.can_show for row in rows)
    if funnel.why_not:
        return f"{measure.words}: too few places to say which differ"
    if not outside:
        return f"{measure.words}: all {shown} places are as is to be expected"
    verb = "is" if outside == 1 else "are"
    return f"{measure.words}: {outside} of {shown} places {verb} not as is to be expected"


def _describe_funnel(rows: Sequence[Row], outside: int) -> str:
    shown = [row for row in rows if row.share.can_show]
    if not shown:
        return "There are too few to draw."
    low = min(shown, key=lambda row: row.out_of)
    high = max(shown, key=lambda row: row.out_of)
    return (
        f"{len(shown)} places by how many they rest on, from {low.out_of:,} to {high.out_of:,}, "
        f"and their share; {outside} outside the limits. The table below has every figure."
    )


def _list_curves(funnel: Funnel, rows: Sequence[Row]) -> tuple[Limits, ...]:
    sizes = [row.out_of for row in rows if row.share.can_show]
    if not sizes:
        return ()
    most = max(sizes)
    # Close together where the curves bend.
    steps = sorted({max(10, round(10 * (most / 10) ** (n / 40))) for n in range(41)} | {most})
    return tuple(funnel.make_curves(steps))


def make_groups_view(
    shares: Mapping[str | None, Share],
    trait: str,
    measure: Measure,
    chosen: Filter,
    links: Links,
) -> GroupsView:
    """The groups of one trait, in the order of their names; None is of whom it is not known."""
    known: dict[str, Share] = {}
    unknown: dict[Unknown, Share] = {}
    for value, found in shares.items():
        kind = "missing" if value is None else _UNKNOWN.get(value.strip().casefold())
        if kind is None and value is not None:
            known[value] = found
        elif kind is not None:
            before = unknown.get(kind, share(0, 0))
            unknown[kind] = share(before.count + found.count, before.out_of + found.out_of)
    compared = compare_groups(known, unknown, higher_is_better=measure.better != "lower")
    rows = []
    for group in sorted(compared.groups, key=lambda group: group.name):
        within = replace(
            chosen,
            demographics=(
                *(pair for pair in chosen.demographics if pair[0] != trait),
                (trait, group.name),
            ),
        )
        rows.append(
            _make_row(
                word_name(group.name),
                group.share,
                _say_difference(group),
                links.trends(within, measure.key),
                links.comments(measure.narrow(within)),
                stands_out=group.differs,
            )
        )
    differing = sum(row.stands_out for row in rows)
    heading = f"{measure.words} by {word_name(trait).lower()}"
    many = f"{differing} of {len(rows)} groups differ" if differing else "no group differs"
    return GroupsView(
        title=f"{heading}: {many} by more than chance",
        description=f"{len(rows)} groups with their intervals. The table below has every figure.",
        rows=tuple(rows),
        missing=compared.missing,
        centre=_add_up(known.values()).percent,
        caution=compared.caution,
    )


def _say_difference(group: Group) -> str:
    if group.why_not:
        return "too few to say"
    words = _word_difference(group.difference)
    if not group.differs:
        return f"no more than chance ({words})"
    return f"{words} than everyone else"


def _word_difference(found: Difference) -> str:
    if found.points is None or found.low is None or found.high is None:
        return "–"
    if found.low <= 0 <= found.high:
        return f"{_sign(found.points)} points, {_sign(found.low)} to {_sign(found.high)}"
    side = "higher" if found.points >= 0 else "lower"
    low, high = sorted((abs(found.low), abs(found.high)))
    return f"{abs(found.points):.1f} points {side}, {low:.1f} to {high:.1f}"


def _sign(points: float) -> str:
    written = f"{abs(points):.1f}"
    return written if written == "0.0" else f"{'+' if points > 0 else '−'}{written}"


def choose_periods(
    chosen: Filter, first: date | None, last: date | None
) -> tuple[Period, Period] | None:
    """The time before and the time that is looked at: the dates chosen, or the last three whole
    months; before it as many days or months. `first` and `last` are the dates of all that there is.
    None where there is no time before."""
    if first is None or last is None:
        return None
    if chosen.first_date or chosen.last_date:
        start, end = chosen.first_date or first, min(chosen.last_date or last, last)
        if start > end or start <= first:
            return None
        days = (end - start).days + 1
        return Period(start - timedelta(days=days), start - timedelta(days=1)), Period(start, end)
    end = _get_last_whole_month(last)
    start = _add_months(date(end.year, end.month, 1), 1 - _MONTHS)
    before = _add_months(start, -_MONTHS)
    if start <= first:
        return None
    return Period(before, start - timedelta(days=1)), Period(start, end)


def _get_last_whole_month(last: date) -> date:
    after = last + timedelta(days=1)
    return last if after.day == 1 else date(last.year, last.month, 1) - timedelta(days=1)


def _add_months(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def make_changes_view(
    compared: Sequence[TopicChange],
    before: Period,
    now: Period,
    measure: Measure,
    chosen: Filter,
    links: Links,
) -> ChangesView:
    """Each topic's share of the comments, now and before; what is more than chance also as a
    sentence, largest change first."""
    known = get_framework().by_id
    shares = {
        one.topic: (
            share(_count(one.after, measure), one.after.all_comment_count),
            share(_count(one.before, measure), one.before.all_comment_count),
        )
        for one in sorted(compared, key=lambda one: one.topic)
        if one.topic in known
    }
    found = find_changes(shares)
    within = replace(chosen, first_date=now.first_date, last_date=now.last_date)
    rows = [_make_change(change, measure, within, links) for change in found.changes]
    size = {change.name: abs(change.difference.points or 0) for change in found.changes}
    ranked = sorted(
        zip(found.changes, rows, strict=True), key=lambda pair: (-size[pair[0].name], pair[1].name)
    )
    sentences = tuple(row for change, row in ranked if change.holds)
    title = (
        f"{measure.words}: {len(sentences)} of {found.compared_count} topics changed by more than "
        "chance"
        if sentences
        else f"{measure.words}: no topic changed by more than chance"
    )
    return ChangesView(
        title=title,
        compared_count=found.compared_count,
        now_words=word_period(now.first_date, now.last_date),
        before_words=word_period(before.first_date, before.last_date),
        sentences=sentences,
        rows=tuple(row for _, row in ranked),
        note=(
            f"{found.compared_count} topics were compared. One by one, about "
            f"{found.expected_false:.0f} would look changed by chance alone; of those that are "
            "listed, no more than one in twenty is expected to be."
        ),
    )


def _count(counts: object, measure: Measure) -> int:
    name = f"{measure.sentiment}_count" if measure.sentiment else "comment_count"
    return int(getattr(counts, name))


def _make_change(change: Change, measure: Measure, within: Filter, links: Links) -> ChangeRow:
    name = word_topic(change.name)
    about = replace(within, topics=(change.name,))
    kind = {"negative": " critical", "positive": " praising it"}.get(measure.sentiment or "", "")
    of = word_count(change.now.out_of, "comment")
    sentence = (
        f"{change.now.count:,} of {of}{kind}, was {change.before.count:,} of "
        f"{change.before.out_of:,}"
    )
    return ChangeRow(
        topic=change.name,
        name=name,
        href=links.comments(measure.narrow(about)),
        now=_word_share(change.now),
        before=_word_share(change.before),
        difference=capitalise(_word_difference(change.difference)),
        holds=change.holds,
        sentence=sentence,
        count=change.now.count,
    )


def name_place(
    row: ChangeRow, counts: Mapping[Unit, int], within: Filter, links: Links
) -> ChangeRow:
    """The row with the place that most of its comments come from, if any has so many; `within` is
    the filter of the comments and `counts` how many each place has."""
    unit, count = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=((), 0))
    if count < MINIMUM_FROM_PLACE or count < PLACE_SHARE * row.count:
        return row
    return replace(
        row,
        place=f"{count:,} of these from {word_place(unit)}",
        place_href=links.comments(replace(within, topics=(row.topic,), places=(unit,))),
    )


def _word_share(found: Share) -> str:
    if not found.can_show:
        return f"{found.count:,} of {found.out_of:,}"
    return f"{word_percent(found.percent)} ({found.count:,} of {found.out_of:,})"
