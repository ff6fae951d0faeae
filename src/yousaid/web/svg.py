"""Pictures as SVG, put together of a few shapes.

They hold no style, no script and no address, so they can stand inside a page under the strictest
policy. A picture takes a millisecond or two, which is why a page's are drawn here: a grammar of
graphics takes fifty, and lets nothing else run meanwhile.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import ceil, floor, log10

FONT = "Arial, Helvetica, sans-serif"
Scale = Callable[[float], float]
Place = tuple[float, float]


def draw_picture(
    parts: Iterable[str],
    width: float,
    height: float,
    title: str,
    description: str,
    name: str,
    *,
    is_group: bool = False,
) -> str:
    """The parts as one picture that names itself to a screen reader; `name` makes its ids unique.
    With links in it, it is a group, since a picture is one thing and hides its parts."""
    role = "group" if is_group else "img"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" class="chart-drawing"'
        f' aria-labelledby="{name}-title {name}-text" focusable="false" font-family="{FONT}"'
        f' width="{_write(width)}" height="{_write(height)}"'
        f' viewBox="0 0 {_write(width)} {_write(height)}">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-text">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def make_scale(start: float, end: float, first: float, last: float) -> Scale:
    """From values between `start` and `end` to places between `first` and `last`."""
    return lambda value: first + (value - start) / (end - start) * (last - first)


def list_ticks(highest: float, most: int) -> list[float]:
    """Round numbers from 0 to `highest` or just above, at most so many steps of 1, 2 or 5 times a
    power of ten.

    >>> list_ticks(37, 5)
    [0, 10, 20, 30, 40]
    >>> list_ticks(0.3, 3)
    [0, 0.1, 0.2, 0.3]
    """
    if highest <= 0:
        return [0, 1]
    power = floor(log10(highest / most))
    # Divided, a tenth is a tenth; multiplied by ten to the minus one it is not.
    steps = (n * 10**power if power >= 0 else n / 10**-power for n in (1, 2, 5, 10, 20))
    step = next(step for step in steps if highest / step <= most + 1e-9)
    count = ceil(highest / step - 1e-9)
    return [_tidy(number * step) for number in range(count + 1)]


def _tidy(value: float) -> float:
    rounded = round(value, 10)
    return int(rounded) if rounded == int(rounded) else rounded


def write_text(
    text: str,
    place: Place,
    colour: str,
    size: float = 13,
    *,
    anchor: str = "start",
    is_bold: bool = False,
) -> str:
    """A line of text; its anchor (start, middle, end) is at the place, on the base line."""
    weight = ' font-weight="bold"' if is_bold else ""
    aligned = "" if anchor == "start" else f' text-anchor="{anchor}"'
    x, y = map(_write, place)
    return (
        f'<text x="{x}" y="{y}" font-size="{_write(size)}" fill="{colour}"{aligned}{weight}>'
        f"{escape(text)}</text>"
    )


def draw_path(drawn: str, **attributes: str | float) -> str:
    """A path; an attribute's “_” becomes “-”."""
    return f'<path d="{drawn}"{_write_attributes(attributes)}/>'


def draw_circle(place: Place, radius: float, **attributes: str | float) -> str:
    x, y = map(_write, place)
    return f'<circle cx="{x}" cy="{y}" r="{_write(radius)}"{_write_attributes(attributes)}/>'


def trace_line(places: Sequence[Place]) -> str:
    """What `draw_path` draws from place to place."""
    return "M" + "L".join(f"{_write(x)} {_write(y)}" for x, y in places)


def trace_box(left: float, top: float, width: float, height: float) -> str:
    """What `draw_path` draws around a box."""
    return f"M{_write(left)} {_write(top)}h{_write(width)}v{_write(height)}h{_write(-width)}z"


def _write_attributes(attributes: dict[str, str | float]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{escape(_write(v) if isinstance(v, float) else str(v))}"'
        for name, v in attributes.items()
    )


def _write(value: float) -> str:
    # A tenth of a pixel is finer than any screen.
    written = f"{value:.1f}"
    return written.removesuffix(".0") if written != "-0.0" else "0"
