"""The figures as tables of Markdown."""

from typing import Any

OURS = ("overview", "topics", "a topic", "trends", "compare", "comments")
# Milliseconds and bytes that must not be passed.
BARS = {
    "new_paint": 250,
    "new_complete": 900,
    "back_complete": 500,
    "click": 250,
    "first_bytes": 450_000,
    "later_bytes": 40_000,
}
_HEAD = {
    "new_paint": "first paint, ms",
    "new_complete": "complete, new visitor, ms",
    "back_complete": "complete, returning, ms",
    "click": "click to complete page, p95, ms",
    "first_bytes": "first visit, kB",
    "later_bytes": "later page, kB",
}


def make_tables(found: dict[str, Any]) -> str:
    """All tables. A figure beyond its bar is bold; the peers' ratios are to our overview."""
    lines = [
        f"| page | {' | '.join(_HEAD.values())} | outside |",
        f"| --- |{' ---: |' * (len(_HEAD) + 1)}",
        f"| must not pass | {' | '.join(_word(key, bar) for key, bar in BARS.items())} | 0 |",
    ]
    ours = found["overview"]
    for name, figures in found.items():
        cells = []
        for key, bar in BARS.items():
            value = _get(figures, key)
            words = _word(key, value)
            if name in OURS:
                cells.append(f"**{words}**" if value > bar else words)
            else:
                cells.append(f"{words} ({value / _get(ours, key):.1f} ×)")
        lines.append(f"| {name} | {' | '.join(cells)} | {figures['outside']} |")
    return "\n".join(lines) + "\n"


def _get(figures: dict[str, Any], key: str) -> float:
    return float(figures["click"]["p95"] if key == "click" else figures[key])


def _word(key: str, value: float) -> str:
    return f"{value / 1000:,.0f}" if key.endswith("bytes") else f"{value:,.0f}"
