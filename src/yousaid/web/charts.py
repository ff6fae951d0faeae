"""Charts as Vega-Lite specifications, plain dictionaries, and how they become pictures.

A picture holds no style attribute, no script and no address, so it can stand inside a page under
the strictest policy. It says in words what it shows.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from html import escape
from threading import Lock
from typing import Any

import vl_convert

from yousaid.web.presenters.trend import Trend, TrendPoint

VEGA_LITE_VERSION = "6.4"
FONT = "Arial, Helvetica, sans-serif"

# From the NHS palette. Blue and dark red differ in hue for every kind of colour vision, and each is
# 3:1 or more against white and against the grey between them (WCAG 1.4.11).
POSITIVE, NEUTRAL, NEGATIVE = "#005eb8", "#aeb7bd", "#9b2c12"
TEXT, SECONDARY, GRID = "#212b32", "#4c6272", "#d8dde0"

# The room for a chart in a panel of a wide window, and in one of 320 pixels.
WIDE, NARROW = 880, 254
# What the numbers beside a plot take.
AXIS_WIDTH = 48
Spec = dict[str, Any]


def make_trend_spec(trend: Trend, width: int, *, with_title: bool = False) -> Spec:
    """The trend: a line of percentages over bars of comments, `width` pixels wide in all.

    With a title for a picture that will stand alone.
    """
    is_narrow = width < 500
    plot_width = width - AXIS_WIDTH
    panels = [_make_count_panel(trend, plot_width, is_narrow)]
    if trend.basis != "none":
        panels.insert(0, _make_percent_panel(trend, plot_width, is_narrow))
    spec: Spec = {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE_VERSION[0]}.json",
        "background": "white",
        "padding": 2,
        "spacing": 20,
        "vconcat": panels,
        "resolve": {"scale": {"x": "shared", "color": "independent"}},
        "config": _make_config(),
    }
    if with_title:
        spec |= {"padding": 16, "title": {"text": _wrap(trend.title, 80)}}
    return spec


def _make_config() -> Spec:
    text = {"labelFontSize": 13, "titleFontSize": 13, "labelColor": SECONDARY}
    title = {"titleColor": TEXT, "titleFontWeight": "normal"}
    return {
        "aria": False,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**text, **title, "gridColor": GRID, "domain": False, "ticks": False},
        "legend": {**text, **title, "orient": "top", "symbolType": "square", "offset": 4},
        "title": {"fontSize": 16, "anchor": "start", "color": TEXT, "offset": 12},
    }


def _make_x(trend: Trend, is_narrow: bool, *, with_labels: bool) -> Spec:
    months = [point.month for point in trend.points]
    return {
        "field": "month",
        "type": "temporal",
        "timeUnit": "utcyearmonth",
        # The middle of the month, where its bar is.
        "bandPosition": 0.5,
        "scale": {"type": "utc"},
        "axis": {
            "title": None,
            "grid": False,
            "labels": with_labels,
            "format": "%b %Y",
            "formatType": "utc",
            "labelOverlap": True,
            "labelFlush": False,
            "values": [
                _write_time(month) for month in _choose_ticks(months, 4 if is_narrow else 8)
            ],
        },
    }


def _choose_ticks(months: list[date], most: int) -> list[date]:
    """At most so many months, evenly apart and counted back from the last."""
    step = next(s for s in (1, 2, 3, 4, 6, 12, 24, 36, 60, 120, 1200) if len(months) / s <= most)
    return months[::-1][::step][::-1]


def _write_time(month: date) -> Spec:
    return {"year": month.year, "month": month.month, "utc": True}


def _make_percent_panel(trend: Trend, width: int, is_narrow: bool) -> Spec:
    rows = [_make_percent_row(trend, point) for point in trend.points]
    # A share of comments may be small, and from 0 to 100 its changes would not be seen.
    scale: Spec = {"domain": [0, 100]} if trend.basis == "scores" else {"zero": True, "nice": True}
    y = {
        "field": "percent",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": None, "tickCount": 5, "labelExpr": "datum.label + '%'", "minExtent": 36},
    }
    last = rows[-1:] if trend.points[-1].share.can_show else []
    encoding = {"x": _make_x(trend, is_narrow, with_labels=False), "y": y}
    size = 24 if is_narrow or len(rows) > 36 else 44
    dot = {"type": "point", "filled": True, "opacity": 1, "stroke": POSITIVE, "strokeWidth": 1.5}
    label = {"type": "text", "dy": -14, "fontSize": 14, "fontWeight": "bold", "color": TEXT}
    return {
        "width": width,
        "height": 150 if is_narrow else 200,
        "title": _make_panel_title(trend.percent_label, is_narrow),
        "data": {"values": rows},
        "encoding": encoding,
        "layer": [
            {
                "mark": {
                    "type": "line",
                    "color": POSITIVE,
                    "strokeWidth": 2,
                    "invalid": "break-paths-show-path-domains",
                }
            },
            {
                "transform": [{"filter": "isValid(datum.percent)"}],
                "mark": {**dot, "size": size},
                "encoding": {
                    "fill": {
                        "condition": {"test": "datum.is_few", "value": "white"},
                        "value": POSITIVE,
                    }
                },
            },
            {
                "data": {"values": last},
                "mark": {**label, "align": "right", "dx": 6},
                "encoding": {"text": {"field": "label"}},
            },
        ],
    }


def _make_percent_row(trend: Trend, point: TrendPoint) -> Spec:
    percent = None if point.share.percent is None else round(point.share.percent, 2)
    if trend.basis == "comments" and point.is_few:
        # One comment of one would be 100% and flatten every other month.
        percent = None
    label = "" if percent is None else f"{percent:.0f}%" if percent >= 10 else f"{percent:.1f}%"
    return {
        "month": point.month.isoformat(),
        "percent": percent,
        "label": label,
        "is_few": point.is_few,
    }


def _make_count_panel(trend: Trend, width: int, is_narrow: bool) -> Spec:
    rows = [
        {"month": point.month.isoformat(), "sentiment": name, "order": order, "comments": count}
        for point in trend.points
        for order, (name, count) in enumerate(
            (
                ("Positive", point.positive_count),
                ("Neutral", point.neutral_count),
                ("Negative", point.negative_count),
            )
        )
    ]
    colour = {
        "field": "sentiment",
        "type": "nominal",
        "scale": {
            "domain": ["Positive", "Neutral", "Negative"],
            "range": [POSITIVE, NEUTRAL, NEGATIVE],
        },
        "legend": {"title": None, "symbolSize": 120, "columnPadding": 6 if is_narrow else 12},
    }
    bar_width = max(2, min(28, 0.7 * width / max(len(trend.points), 1)))
    return {
        "width": width,
        "height": 90 if is_narrow else 110,
        "title": _make_panel_title(trend.count_label, is_narrow),
        "data": {"values": rows},
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.75, "width": bar_width},
        "encoding": {
            "x": _make_x(trend, is_narrow, with_labels=True),
            "y": {
                "field": "comments",
                "type": "quantitative",
                "axis": {"title": None, "tickCount": 3, "format": "~s", "minExtent": 36},
            },
            "color": colour,
            "order": {"field": "order"},
        },
    }


def _make_panel_title(text: str, is_narrow: bool) -> Spec:
    return {
        "text": text,
        "anchor": "start",
        "fontSize": 13 if is_narrow else 14,
        "fontWeight": "normal",
        "color": SECONDARY,
        "offset": 8,
        "frame": "group",
    }


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def draw_svg(spec: Spec, title: str, description: str, name: str) -> str:
    """The picture as SVG that names itself to a screen reader; `name` makes its ids unique."""
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE_VERSION)
    # vl-convert says nothing at the root and marks the groups inside as graphics objects.
    drawn = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", drawn)
    head = (
        f'<svg role="img" aria-labelledby="{name}-title {name}-text" focusable="false"'
        f' class="chart-drawing"'
    )
    words = (
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-text">{escape(description)}</desc>'
    )
    opened, rest = drawn.split(">", 1)
    opened = opened.replace("<svg", head, 1).replace(' class="marks"', "")
    return f"{opened}>{words}{rest}"


def draw_png(spec: Spec) -> bytes:
    """The picture as PNG at twice its size, sharp on paper."""
    drawn: bytes = vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE_VERSION, scale=2)
    return drawn


def warm_up() -> None:
    """Draw something once: the first drawing of a process takes most of a second."""
    spec = {"data": {"values": []}, "mark": "bar"}
    vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE_VERSION)


class ChartCache:
    """The charts drawn last, by what they show: the store's version and the question asked."""

    def __init__(self, size: int = 64) -> None:
        self._drawn: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()
        self._size = size

    def get(self, key: Hashable, draw: Callable[[], str]) -> str:
        """The chart of this key, drawn now unless it is still there."""
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        drawn = draw()
        with self._lock:
            self._drawn[key] = drawn
            while len(self._drawn) > self._size:
                self._drawn.popitem(last=False)
        return drawn
