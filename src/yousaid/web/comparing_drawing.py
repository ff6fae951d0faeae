"""Funnel plots and interval plots as SVG; what stands out differs in shape as well as colour."""

from collections.abc import Iterator, Sequence
from html import escape
from math import floor

from yousaid.measures.funnel import Limits
from yousaid.web.charts import GRID, NEGATIVE, POSITIVE, SECONDARY, TEXT, wrap, write_count
from yousaid.web.presenters.comparing import FunnelView, GroupsView, Row
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

_LEFT, _RIGHT = 52, 16
_LINE = 34
_LABEL_LETTERS = 32


def draw_funnel(view: FunnelView, width: int, name: str) -> str:
    """Places by what they rest on and by their share, between the limits; each leads to its own
    trend."""
    height = 260 if width < 500 else 340
    shown = [row for row in view.rows if row.share.can_show]
    across = list_ticks(max(row.out_of for row in shown), 3 if width < 500 else 6)
    limits = [
        end
        for curve in view.curves
        if curve.out_of >= min(row.out_of for row in shown)
        for end in (curve.low_95, curve.high_95)
    ]
    up = _list_ticks([*(row.share.percent or 0 for row in shown), *limits])
    x = make_scale(0, across[-1], _LEFT, width - _RIGHT)
    y = make_scale(up[0], up[-1], height - 56, 12)
    parts = [draw_path(trace_box(0, 0, width, height), fill="white")]
    parts += _draw_across(across, x, height, width)
    parts += _draw_up(up, y, width)
    parts += _draw_curves(view.curves, x, y, (up[0], up[-1]))
    if view.centre is not None:
        line = trace_line([(_LEFT, y(view.centre)), (width - _RIGHT, y(view.centre))])
        parts.append(draw_path(line, stroke=SECONDARY, stroke_width=1.25, fill="none"))
    parts += [_draw_dot(row, (x(row.out_of), y(row.share.percent or 0))) for row in shown]
    return draw_picture(parts, width, height, view.title, view.description, name, is_group=True)


def draw_intervals(view: FunnelView | GroupsView, width: int, name: str) -> str:
    """Each share with its interval, a line for each, under each other; dashed that of all."""
    shown = [row for row in view.rows if row.share.can_show]
    is_narrow = width < 500
    left, line = (12.0, _LINE + 18.0) if is_narrow else (240.0, float(_LINE))
    bottom = 12 + line * len(shown)
    ticks = _list_ticks([e for row in shown for e in (row.share.low or 0, row.share.high or 0)])
    x = make_scale(ticks[0], ticks[-1], left + 16, width - 24)
    parts = [draw_path(trace_box(0, 0, width, bottom + 34), fill="white")]
    parts += _draw_scale(ticks, x, bottom)
    if view.centre is not None:
        middle = trace_line([(x(view.centre), 4), (x(view.centre), bottom)])
        dashed = draw_path(middle, stroke=SECONDARY, stroke_dasharray="5 4", fill="none")
        parts.append(dashed)
    for number, row in enumerate(shown):
        y = 12 + line * (number + 0.5) + (9 if is_narrow else 0)
        parts += _draw_group(row, x, y, (left, y - 18) if is_narrow else (left, y + 4.5))
    height = bottom + 34
    return draw_picture(parts, width, height, view.title, view.description, name, is_group=True)


def _draw_scale(ticks: Sequence[float], x: Scale, bottom: float) -> Iterator[str]:
    lines = [trace_line([(x(tick), 4), (x(tick), bottom)]) for tick in ticks]
    yield draw_path("".join(lines), stroke=GRID, fill="none")
    for tick in ticks:
        yield write_text(f"{tick:g}%", (x(tick), bottom + 20), SECONDARY, anchor="middle")


def _draw_group(row: Row, x: Scale, y: float, label: Place) -> Iterator[str]:
    words = wrap(row.name, _LABEL_LETTERS)
    # Beside the line there is room for the end of a name, above it for its beginning.
    anchor = "start" if label[1] < y else "end"
    text = words[0] + (" …" if len(words) > 1 else "")
    yield write_text(text, label, TEXT, anchor=anchor, is_bold=row.stands_out)
    whisker = trace_line([(x(row.share.low or 0), y), (x(row.share.high or 0), y)])
    colour = NEGATIVE if row.stands_out else POSITIVE
    yield draw_path(whisker, stroke=colour, stroke_width=2, fill="none")
    yield _draw_dot(row, (x(row.share.percent or 0), y))


def _list_ticks(values: Sequence[float]) -> list[float]:
    """Round percentages around the values, not from nought where all lie far above it."""
    low, high = min(values), max(values)
    start = 0.0 if low < high / 2 else low
    first, second, *_ = list_ticks(max(high - start, 1.0), 5)
    step = second - first
    number, ticks = floor(start / step), list[float]()
    while not ticks or (ticks[-1] < high - 1e-9 and ticks[-1] < 100):
        ticks.append(round(number * step, 10))
        number += 1
    return ticks


def _draw_across(ticks: Sequence[float], x: Scale, height: float, width: int) -> Iterator[str]:
    for tick in ticks:
        place = (min(x(tick), width - _RIGHT - 8), height - 36)
        yield write_text(write_count(tick), place, SECONDARY, anchor="middle")
    words = "How many it rests on"
    yield write_text(words, ((width + _LEFT) / 2, height - 12), SECONDARY, anchor="middle")


def _draw_up(ticks: Sequence[float], y: Scale, width: int) -> Iterator[str]:
    lines = [trace_line([(_LEFT, y(tick)), (width - _RIGHT, y(tick))]) for tick in ticks]
    yield draw_path("".join(lines), stroke=GRID, fill="none")
    for tick in ticks:
        yield write_text(f"{tick:g}%", (_LEFT - 8, y(tick) + 4.5), SECONDARY, anchor="end")


def _draw_curves(
    curves: Sequence[Limits], x: Scale, y: Scale, room: tuple[float, float]
) -> Iterator[str]:
    """The two pairs of limits: 95 % dashed, 99.8 % solid."""
    for low, high, dashes in (("low_95", "high_95", "5 4"), ("low_998", "high_998", "none")):
        for name in (low, high):
            drawn = [
                (x(curve.out_of), y(getattr(curve, name)))
                for curve in curves
                if room[0] <= getattr(curve, name) <= room[1]
            ]
            if len(drawn) > 1:
                yield draw_path(
                    trace_line(drawn), stroke=SECONDARY, stroke_width=1.25,
                    stroke_dasharray=dashes, fill="none",
                )  # fmt: skip


def _draw_dot(row: Row, place: Place) -> str:
    x, y = place
    if row.stands_out:
        corners = [(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)]
        mark = draw_path(f"{trace_line(corners)}z", fill=NEGATIVE)
    else:
        mark = draw_circle(place, 4.5, fill=POSITIVE, fill_opacity=0.75)
    words = f"{row.name}: {row.percent} of {row.out_of:,}, {row.said}"
    said = escape(words, quote=True)
    target = draw_circle(place, 12.0, fill="transparent")
    return (
        f'<a href="{escape(row.href, quote=True)}" aria-label="{said}"><title>{escape(words)}'
        f"</title>{target}{mark}</a>"
    )
