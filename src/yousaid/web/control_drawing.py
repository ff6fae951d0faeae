"""Control charts as SVG: one with its axes, and one small enough to stand among forty.

A signal differs from other points in shape as well as in colour: better is a large dot, worse a
diamond, neither a square.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby
from math import floor

from yousaid.web.charts import (
    GRID,
    NEGATIVE,
    POSITIVE,
    SECONDARY,
    TEXT,
    wrap,
    write_count,
)
from yousaid.web.presenters.control import ChartEvent, ControlChart, ControlPoint
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

# NHS purple, which Making Data Count has for a signal that is neither good nor bad.
NEITHER = "#330072"
SMALL_WIDTH, SMALL_HEIGHT = 280, 84
_LEFT, _RIGHT = 52, 12
_HEIGHT, _NARROW_HEIGHT = 280, 220
# A label of an axis with air around it.
_LABEL_WIDTH = 110


def draw_control(
    chart: ControlChart, width: int, name: str, *, with_links: bool = True, with_title: bool = False
) -> str:
    """The chart with its axes, `width` pixels wide. Each point says its figure and leads to its
    comments, unless the picture is to stand alone; then it has its title on it."""
    top = 12.0
    parts = [draw_path(trace_box(0, 0, width, _get_height(width) + 60), fill="white")]
    if with_title:
        for line in wrap(chart.title, width // 9):
            parts.append(write_text(line, (12, top + 12), TEXT, 16, is_bold=True))
            top += 22
        top += 8
    bottom = top + _get_height(width) - 40
    places = _place_points(chart.points, _LEFT, width - _RIGHT)
    ticks = _list_ticks(chart)
    scale = make_scale(ticks[0], ticks[-1], bottom, top)
    parts += _draw_axis(ticks, scale, width, "%" if chart.is_percent else "")
    parts += _draw_events(chart.events, places, top, bottom)
    parts += _draw_lines(chart.points, places, scale)
    parts += _draw_points(chart.points, places, scale, with_links=with_links)
    parts += _write_periods(chart.points, places, bottom + 22, width)
    parts[0] = draw_path(trace_box(0, 0, width, bottom + 34), fill="white")
    return draw_picture(
        parts, width, bottom + 34, chart.title, chart.description, name, is_group=with_links
    )


def _draw_events(
    events: Sequence[ChartEvent], places: Sequence[float], top: float, bottom: float
) -> Iterator[str]:
    """An upright line at each, with its number; those of one period share it."""
    for place, found in groupby(events, key=lambda event: event.place):
        numbers = ", ".join(str(event.number) for event in found)
        x = places[place]
        yield draw_path(
            trace_line([(x, top + 16), (x, bottom)]), stroke=TEXT, stroke_width=1, fill="none"
        )
        yield write_text(numbers, (x, top + 11), TEXT, 13, anchor="middle", is_bold=True)


def draw_small(chart: ControlChart, name: str) -> str:
    """The chart without axes or links, for a grid of many."""
    places = _place_points(chart.points, 4, SMALL_WIDTH - 8)
    scale = make_scale(*_get_range(chart), SMALL_HEIGHT - 4, 6)
    parts = [
        *_draw_lines(chart.points, places, scale),
        *_draw_points(chart.points, places, scale, with_links=False, is_small=True),
    ]
    return draw_picture(parts, SMALL_WIDTH, SMALL_HEIGHT, chart.title, chart.description, name)


def _get_height(width: int) -> float:
    return _NARROW_HEIGHT if width < 500 else _HEIGHT


def _place_points(points: Sequence[ControlPoint], left: float, right: float) -> list[float]:
    step = (right - left) / max(len(points), 1)
    return [left + (number + 0.5) * step for number in range(len(points))]


def is_zoomed(chart: ControlChart) -> bool:
    """Whether the scale begins above nought."""
    return _list_ticks(chart)[0] > 0


def _get_range(chart: ControlChart) -> tuple[float, float]:
    """From where to where the scale goes. From nought, unless all lies so far above it that the
    limits would be a narrow band: what matters here is how far a point is from them."""
    tops = [v for p in chart.points for v in (p.value, p.upper) if v is not None]
    lows = [v for p in chart.points for v in (p.value, _get_lower(p)) if v is not None]
    highest, lowest = max(tops, default=1.0), min(lows, default=0.0)
    room = (highest - lowest) * 0.15
    start = lowest - room if lowest > highest / 2 else 0.0
    end = highest + (room if start else highest * 0.05)
    return start, max(min(end, 100.0) if chart.is_percent else end, start + 1e-3)


def _list_ticks(chart: ControlChart) -> list[float]:
    start, end = _get_range(chart)
    first, second, *_ = list_ticks(end - start, 5)
    step = second - first
    number, ticks = floor(start / step), list[float]()
    while not ticks or ticks[-1] < end - 1e-9:
        ticks.append(round(number * step, 10))
        number += 1
    return ticks


def _draw_axis(ticks: Sequence[float], scale: Scale, width: int, unit: str) -> Iterator[str]:
    lines = [trace_line([(_LEFT, scale(tick)), (width - _RIGHT, scale(tick))]) for tick in ticks]
    yield draw_path("".join(lines), stroke=GRID, fill="none")
    for tick in ticks:
        words = f"{tick:g}%" if unit else write_count(tick)
        yield write_text(words, (_LEFT - 8, scale(tick) + 4.5), SECONDARY, anchor="end")


def _draw_lines(
    points: Sequence[ControlPoint], places: Sequence[float], scale: Scale
) -> Iterator[str]:
    """Limits dashed, the centre solid, the line through the points."""

    def trace(get: Callable[[ControlPoint], float | None]) -> str:
        drawn = [(x, get(p)) for x, p in zip(places, points, strict=True)]
        runs = _list_runs([None if v is None else (x, scale(v)) for x, v in drawn])
        return "".join(map(trace_line, runs))

    for get in (_get_lower, _get_upper):
        if line := trace(get):
            yield draw_path(
                line, stroke=SECONDARY, stroke_width=1.25, stroke_dasharray="5 4", fill="none"
            )
    if line := trace(lambda point: point.centre):
        yield draw_path(line, stroke=SECONDARY, stroke_width=1.25, fill="none")
    if line := trace(lambda point: point.value):
        yield draw_path(line, stroke="#768692", stroke_width=1.5, fill="none")


def _get_lower(point: ControlPoint) -> float | None:
    # A count is never below nought, whatever the limits say.
    return None if point.lower is None else max(point.lower, 0.0)


def _get_upper(point: ControlPoint) -> float | None:
    return point.upper


def _list_runs(places: Sequence[Place | None]) -> Iterator[list[Place]]:
    for is_there, run in groupby(places, key=lambda place: place is not None):
        found = [place for place in run if place]
        if is_there and len(found) > 1:
            yield found


def _draw_points(
    points: Sequence[ControlPoint],
    places: Sequence[float],
    scale: Scale,
    *,
    with_links: bool,
    is_small: bool = False,
) -> Iterator[str]:
    for x, point in zip(places, points, strict=True):
        if point.value is None:
            continue
        mark = _draw_mark(point, (x, scale(point.value)), is_small=is_small)
        if not with_links:
            yield mark
            continue
        # Larger than the mark, for a finger.
        target = draw_circle((x, scale(point.value)), 12.0, fill="transparent")
        drawn = f"<title>{escape(point.words)}</title>{target}{mark}"
        if point.href:
            words = escape(point.words, quote=True)
            yield f'<a href="{escape(point.href, quote=True)}" aria-label="{words}">{drawn}</a>'
        else:
            yield f"<g>{drawn}</g>"


def _draw_mark(point: ControlPoint, place: Place, *, is_small: bool) -> str:
    if not point.signal:
        return draw_circle(place, 1.5 if is_small else 4.0, fill=SECONDARY)
    x, y = place
    reach = 4.0 if is_small else 7.0
    if point.is_good is None:
        box = trace_box(x - reach + 1, y - reach + 1, 2 * reach - 2, 2 * reach - 2)
        return draw_path(box, fill=NEITHER)
    if point.is_good:
        return draw_circle(place, reach - 0.5, fill=POSITIVE)
    corners = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
    return draw_path(f"{trace_line(corners)}z", fill=NEGATIVE)


def _write_periods(
    points: Sequence[ControlPoint], places: Sequence[float], y: float, width: int
) -> Iterator[str]:
    most = max(2, min(8, int((width - _LEFT) / _LABEL_WIDTH)))
    step = next(s for s in (1, 2, 3, 4, 6, 12, 24, 36, 60, 120, 600) if len(points) / s <= most)
    for point, x in list(zip(points, places, strict=True))[::-1][::step]:
        place = (min(x, width - _RIGHT - 26), y)
        yield write_text(f"{point.period:%b %Y}", place, SECONDARY, anchor="middle")
