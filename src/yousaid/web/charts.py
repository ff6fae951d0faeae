"""The charts of the pages, as SVG and, to keep, as PNG. They say in words what they show."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from yousaid.web.presenters.trend import Trend, TrendPoint
from yousaid.web.svg import (
    Place,
    Scale,
    draw_circle,
    draw_path,
    draw_picture,
    list_ticks,
    make_scale,
    trace_box,
    trace_line,
    write_text,
)

# From the NHS palette. Blue and dark red differ in hue for every kind of colour vision, and each is
# 3:1 or more against white and against the grey between them (WCAG 1.4.11).
POSITIVE, NEUTRAL, NEGATIVE = "#005eb8", "#aeb7bd", "#9b2c12"
TEXT, SECONDARY, GRID = "#212b32", "#4c6272", "#d8dde0"

# The room for a chart in a panel of a wide window, and in one of 320 pixels.
WIDE, NARROW = 880, 254
# What the numbers beside a plot take, and half a label behind the last month.
_AXIS_WIDTH, _END_WIDTH = 44, 12
_LINE_HEIGHT = 18
# A month's name with air around it.
_MONTH_LABEL_WIDTH = 90


@dataclass(frozen=True, slots=True)
class _Room:
    """Where a chart stands: its width, the size of things in it, and where each month is."""

    width: float
    left: float
    places: Sequence[float]

    @property
    def is_narrow(self) -> bool:
        return self.width < 500

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def month_width(self) -> float:
        return (self.width - _AXIS_WIDTH - _END_WIDTH) / max(len(self.places), 1)


def draw_trend(trend: Trend, width: int, name: str = "trend", *, with_title: bool = False) -> str:
    """The trend as SVG: a line of percentages over bars of comments, `width` pixels wide in all.

    With a title and a margin for a picture that will stand alone. `name` makes its ids unique.
    """
    margin = 16 if with_title else 0
    room = _make_room(trend, width, margin)
    parts, top = list[str](), float(margin)
    if with_title:
        for line in wrap(trend.title, width // 9):
            top += 22
            parts.append(write_text(line, (room.left, top), TEXT, 16, is_bold=True))
        top += 12
    if trend.basis != "none":
        drawn, top = _draw_percent_panel(trend, room, top)
        parts += drawn
        top += 22
    drawn, top = _draw_count_panel(trend, room, top)
    parts += drawn
    height = top + margin
    paper = draw_path(trace_box(0, 0, width, height), fill="white")
    return draw_picture([paper, *parts], width, height, trend.title, trend.description, name)


def _make_room(trend: Trend, width: int, margin: int) -> _Room:
    inner = width - 2 * margin
    month = (inner - _AXIS_WIDTH - _END_WIDTH) / max(len(trend.points), 1)
    first = margin + _AXIS_WIDTH
    places = [first + (number + 0.5) * month for number in range(len(trend.points))]
    return _Room(inner, margin, places)


def draw_png(drawn: str) -> bytes:
    """The picture as PNG at twice its size, sharp on paper."""
    import vl_convert

    png: bytes = vl_convert.svg_to_png(drawn, scale=2)
    return png


def _draw_percent_panel(trend: Trend, room: _Room, top: float) -> tuple[list[str], float]:
    label = f"{trend.percent_label}, with 95% interval"
    parts, top = _write_panel_title(label, room, top)
    bottom = top + (150 if room.is_narrow else 200)
    percents = [_get_percent(trend, point) for point in trend.points]
    # A share of comments may be small, and from 0 to 100 its changes would not be seen.
    ticks = [0.0, 20, 40, 60, 80, 100]
    if trend.basis == "comments":
        highs = [point.share.high or 0 for point in trend.points if not point.is_few]
        shown = [percent for percent in percents if percent is not None]
        ticks = list_ticks(min(max([*highs, *shown, 1e-3]), 100), 5)
    scale = make_scale(0, ticks[-1], bottom, top)
    parts += _draw_grid(room, ticks, scale, lambda tick: f"{tick:g}%")
    places = [
        None if percent is None else (x, scale(percent))
        for x, percent in zip(room.places, percents, strict=True)
    ]
    parts += _draw_interval(trend, room, percents, scale)
    for run in _list_runs(places):
        parts.append(draw_path(trace_line(run), fill="none", stroke=POSITIVE, stroke_width=2))
    parts += _draw_points(trend, room, places)
    if places and (last := places[-1]) and trend.points[-1].share.can_show:
        words = _write_percent(percents[-1] or 0)
        place = (min(last[0] + 8, room.right), max(last[1] - 12, top + 10))
        parts.append(write_text(words, place, TEXT, 14, anchor="end", is_bold=True))
    return parts, bottom


def _get_percent(trend: Trend, point: TrendPoint) -> float | None:
    # One comment of one would be 100% and flatten every other month.
    is_left_out = trend.basis == "comments" and point.is_few
    return None if is_left_out else point.share.percent


def _write_percent(percent: float) -> str:
    return f"{percent:.0f}%" if percent >= 10 else f"{percent:.1f}%"


def _draw_interval(
    trend: Trend, room: _Room, percents: Sequence[float | None], scale: Scale
) -> Iterator[str]:
    """A line from the low end of each interval to the high end: a band for months that follow each
    other would claim to know what lies between."""
    whiskers = [
        trace_line([(x, scale(point.share.low or 0)), (x, scale(point.share.high or 0))])
        for x, point, percent in zip(room.places, trend.points, percents, strict=True)
        if percent is not None
    ]
    if whiskers:
        yield draw_path(
            "".join(whiskers), stroke=POSITIVE, stroke_width=min(6.0, room.month_width / 2),
            stroke_opacity=0.25, fill="none",
        )  # fmt: skip


def _list_runs(places: Sequence[Place | None]) -> Iterator[list[Place]]:
    """Places that follow each other without a gap, two or more."""
    for is_there, run in groupby(places, key=lambda place: place is not None):
        found = [place for place in run if place]
        if is_there and len(found) > 1:
            yield found


def _draw_points(trend: Trend, room: _Room, places: Sequence[Place | None]) -> Iterator[str]:
    radius = 2.5 if room.is_narrow or len(places) > 36 else 3.5
    for point, place in zip(trend.points, places, strict=True):
        if place:
            fill = "white" if point.is_few else POSITIVE
            yield draw_circle(place, radius, fill=fill, stroke=POSITIVE, stroke_width=1.5)


def _draw_count_panel(trend: Trend, room: _Room, top: float) -> tuple[list[str], float]:
    parts, top = _write_panel_title(trend.count_label, room, top)
    parts += _draw_legend(room, top)
    top += 26
    bottom = top + (90 if room.is_narrow else 110)
    layers = [
        [getattr(point, f"{name.lower()}_count") for point in trend.points] for name in _COLOURS
    ]
    highest = max(map(sum, zip(*layers, strict=True)), default=0)
    ticks = list_ticks(highest, 3)
    scale = make_scale(0, ticks[-1], bottom, top)
    parts += _draw_grid(room, ticks, scale, write_count)
    below = [0] * len(room.places)
    for colour, counts in zip(_COLOURS.values(), layers, strict=True):
        parts.append(_draw_bars(room, below, counts, scale, colour))
        below = [under + count for under, count in zip(below, counts, strict=True)]
    parts += _write_months([point.month for point in trend.points], room, bottom + 20)
    return parts, bottom + 28


_COLOURS = {"Positive": POSITIVE, "Neutral": NEUTRAL, "Negative": NEGATIVE}


def _draw_bars(
    room: _Room, below: Sequence[int], counts: Sequence[int], scale: Scale, colour: str
) -> str:
    width = max(1.5, min(28, 0.7 * room.month_width))
    boxes = [
        trace_box(x - width / 2, scale(under + count), width, scale(under) - scale(under + count))
        for x, under, count in zip(room.places, below, counts, strict=True)
        if count
    ]
    # A white edge parts what lies on top of each other.
    return draw_path("".join(boxes), fill=colour, stroke="white", stroke_width=0.75)


def _draw_legend(room: _Room, top: float) -> Iterator[str]:
    step = 76 if room.is_narrow else 92
    for number, (name, colour) in enumerate(_COLOURS.items()):
        left = room.left + number * step
        yield draw_path(trace_box(left, top + 4, 11, 11), fill=colour)
        yield write_text(name, (left + 16, top + 14), SECONDARY)


def write_count(count: float) -> str:
    """A round number in few characters: 2,000 or 20k."""
    return f"{count:,.0f}" if count < 10_000 else f"{count / 1000:,g}k"


def _draw_grid(
    room: _Room, ticks: Sequence[float], scale: Scale, write: Callable[[float], str]
) -> Iterator[str]:
    left = room.left + _AXIS_WIDTH
    lines = [trace_line([(left, scale(tick)), (room.right, scale(tick))]) for tick in ticks]
    yield draw_path("".join(lines), stroke=GRID, fill="none")
    for tick in ticks:
        yield write_text(write(tick), (left - 6, scale(tick) + 4.5), SECONDARY, anchor="end")


def _write_months(months: Sequence[date], room: _Room, y: float) -> Iterator[str]:
    chosen = choose_months(months, min(8, int(room.width / _MONTH_LABEL_WIDTH)))
    for month, x in zip(months, room.places, strict=True):
        if month in chosen:
            # The last must not run out of the picture.
            place = (min(x, room.right - 28), y)
            yield write_text(f"{month:%b %Y}", place, SECONDARY, anchor="middle")


def choose_months(months: Sequence[date], most: int) -> set[date]:
    """At most so many months, evenly apart and counted back from the last."""
    step = next(s for s in (1, 2, 3, 4, 6, 12, 24, 36, 60, 120, 1200) if len(months) / s <= most)
    return set(months[::-1][::step])


def _write_panel_title(text: str, room: _Room, top: float) -> tuple[list[str], float]:
    size = 13 if room.is_narrow else 14
    lines = wrap(text, int(room.width / 6.7))
    written = [
        write_text(line, (room.left, top + 13 + number * _LINE_HEIGHT), SECONDARY, size)
        for number, line in enumerate(lines)
    ]
    return written, top + len(lines) * _LINE_HEIGHT + 6


def wrap(text: str, width: int) -> list[str]:
    """The words in lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
