"""The reliability plot: what probabilities promised, and what happened."""

from collections.abc import Sequence

from yousaid.measures.intervals import share
from yousaid.model.reliability import Bin
from yousaid.web.charts import FONT, GRID, POSITIVE, SECONDARY, TEXT, VEGA_LITE_VERSION, Spec

_SIZE = 340
_ACROSS, _UP = "Probability that the reader gave", "Share that coders confirm"


def make_reliability_spec(bins: Sequence[Bin]) -> Spec:
    """A dot for each bin with its 95 % interval (Wilson), over the line of honest probabilities."""
    rows = [_make_row(found) for found in bins]
    text = {"labelFontSize": 13, "titleFontSize": 13, "labelColor": SECONDARY, "titleColor": TEXT}
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE_VERSION[0]}.json",
        "background": "white",
        "padding": 12,
        "width": _SIZE,
        "height": _SIZE,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {**text, "titleFontWeight": "normal", "gridColor": GRID, "domain": False},
        },
        "layer": [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 100, "y": 100}]},
                "mark": {"type": "line", "color": SECONDARY, "strokeDash": [4, 4]},
                "encoding": {"x": _make_axis("x"), "y": _make_axis("y")},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "color": POSITIVE, "strokeWidth": 2},
                "encoding": {
                    "x": _make_axis("probability"),
                    "y": _make_axis("low"),
                    "y2": {"field": "high"},
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 70},
                "encoding": {
                    "x": _make_axis("probability"),
                    "y": _make_axis("percent"),
                    "color": {"value": POSITIVE},
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "align": "left", "dx": 9, "dy": 4, "fontSize": 11},
                "encoding": {
                    "x": _make_axis("probability"),
                    "y": _make_axis("percent"),
                    "text": {"field": "label"},
                    "color": {"value": SECONDARY},
                },
            },
        ],
    }


def describe_bins(bins: Sequence[Bin]) -> str:
    """The picture in words."""
    parts = [
        f"of {found.count:,} answers given {found.mean_probability:.0%}, "
        f"{found.true_count / found.count:.0%} were right"
        for found in bins
    ]
    return "; ".join(parts).capitalize() + "." if parts else "No answers."


def _make_row(found: Bin) -> dict[str, object]:
    right = share(found.true_count, found.count)
    return {
        "probability": round(100 * found.mean_probability, 2),
        "percent": round(right.percent or 0, 2),
        "low": round(right.low or 0, 2),
        "high": round(right.high or 0, 2),
        "label": f"{found.count:,}",
    }


def _make_axis(field: str) -> Spec:
    title = _ACROSS if field in ("x", "probability") else _UP
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": title, "tickCount": 5, "labelExpr": "datum.label + '%'"},
    }
