"""The reliability plot: what probabilities promised, and what happened."""

from collections.abc import Iterator, Sequence

from yousaid.measures.intervals import share
from yousaid.model.reliability import Bin
from yousaid.web.charts import GRID, POSITIVE, SECONDARY, TEXT
from yousaid.web.svg import (
    Scale,
    draw_circle,
    draw_path,
    draw_picture,
    make_scale,
    trace_box,
    trace_line,
    write_text,
)

_SIZE, _LEFT, _TOP = 340, 60, 40
_WIDTH, _HEIGHT = _LEFT + _SIZE + 40, _TOP + _SIZE + 56
_ACROSS, _UP = "Probability that the reader gave", "Share that coders confirm"


def draw_reliability(bins: Sequence[Bin], title: str) -> str:
    """A dot for each bin with its 95 % interval (Wilson), over the line of honest probabilities, as
    SVG that says in words what it shows."""
    across = make_scale(0, 100, _LEFT, _LEFT + _SIZE)
    up = make_scale(0, 100, _TOP + _SIZE, _TOP)
    parts = [draw_path(trace_box(0, 0, _WIDTH, _HEIGHT), fill="white")]
    parts += _draw_grid(across, up)
    honest = trace_line([(across(0), up(0)), (across(100), up(100))])
    parts.append(draw_path(honest, stroke=SECONDARY, stroke_dasharray="4 4"))
    for found in bins:
        parts += _draw_bin(found, across, up)
    return draw_picture(parts, _WIDTH, _HEIGHT, title, describe_bins(bins), "reliability")


def describe_bins(bins: Sequence[Bin]) -> str:
    """The picture in words."""
    parts = [
        f"of {found.count:,} answers given {found.mean_probability:.0%}, "
        f"{found.true_count / found.count:.0%} were right"
        for found in bins
    ]
    return "; ".join(parts).capitalize() + "." if parts else "No answers."


def _draw_grid(across: Scale, up: Scale) -> Iterator[str]:
    ticks = range(0, 101, 20)
    lines = [trace_line([(across(0), up(tick)), (across(100), up(tick))]) for tick in ticks]
    lines += [trace_line([(across(tick), up(0)), (across(tick), up(100))]) for tick in ticks]
    yield draw_path("".join(lines), stroke=GRID)
    for tick in ticks:
        yield write_text(f"{tick}%", (across(0) - 8, up(tick) + 4.5), SECONDARY, anchor="end")
        yield write_text(f"{tick}%", (across(tick), up(0) + 20), SECONDARY, anchor="middle")
    yield write_text(_UP, (8, 24), TEXT)
    yield write_text(_ACROSS, (across(50), up(0) + 44), TEXT, anchor="middle")


def _draw_bin(found: Bin, across: Scale, up: Scale) -> Iterator[str]:
    right = share(found.true_count, found.count)
    x, y = across(100 * found.mean_probability), up(right.percent or 0)
    interval = trace_line([(x, up(right.low or 0)), (x, up(right.high or 0))])
    yield draw_path(interval, stroke=POSITIVE, stroke_width=2)
    yield draw_circle((x, y), 4.5, fill=POSITIVE)
    yield write_text(f"{found.count:,}", (x + 9, y + 4), SECONDARY, 11)
