"""The figures as tables of Markdown and as a plot: printed, or written into the page."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import vl_convert
from figures import Figures, boil_down

from yousaid.web.charts import GRID, NEGATIVE, POSITIVE, SECONDARY, TEXT
from yousaid.web.svg import FONT

VEGA_LITE_VERSION = "6.4"

NAMES = {
    "filtered": "any filtered question",
    "widest": "widest cross-tab",
    "search": "search, top 50 and count",
    "page": "page of 50 comments",
    "similar": "more like this comment",
    "suggestion": "“did you mean”",
}
# Milliseconds, by number of answers: the bars of the work that these figures answer to.
BARS = {
    "filtered": {100_000: 20, 1_000_000: 50, 10_000_000: 250},
    "widest": {100_000: 20, 1_000_000: 50, 10_000_000: 100},
    "search": {100_000: 20, 1_000_000: 60, 10_000_000: 300},
    "page": {100_000: 20, 1_000_000: 50, 10_000_000: 200},
}
OPEN_BARS = {100_000: 0.3, 1_000_000: 0.5, 10_000_000: 1.0}
MEMORY_BARS = {100_000: 300, 1_000_000: 500, 10_000_000: 1500}
PEOPLE_BAR = 300
DISK = ("comments", "readings", "facts", "rollup", "search", "app")
Sizes = dict[int, Figures]


def print_tables(measured: Sizes) -> None:
    """All tables, to be read in a terminal."""
    found = {size: boil_down(figures) for size, figures in sorted(measured.items())}
    for name, table in make_tables(found).items():
        print(f"\n## {name}\n\n{table}")


def write_page(folder: Path, measured: Sizes) -> None:
    """Put the figures beside the page, its plot, and its tables into it."""
    found = {size: boil_down(figures) for size, figures in sorted(measured.items())}
    if found:
        (folder / "store.json").write_text(json.dumps(_round(found), indent=1) + "\n", "utf-8")
    kept = {int(k): v for k, v in json.loads((folder / "store.json").read_text("utf-8")).items()}
    svg = vl_convert.vegalite_to_svg(make_plot(kept), vl_version=VEGA_LITE_VERSION)
    (folder / "store.svg").write_text(svg + "\n", "utf-8")
    page = folder / "store.md"
    page.write_text(fill_page(page.read_text("utf-8"), kept), "utf-8")


def fill_page(page: str, found: Sizes) -> str:
    """The page with its tables made of these figures."""
    for name, table in make_tables(found).items():
        start, end = f"<!-- {name} -->\n", "<!-- end -->"
        before, _, rest = page.partition(start)
        if rest:
            page = f"{before}{start}\n{table}\n\n{end}{rest.partition(end)[2]}"
    return page


def _round(value: Any) -> Any:
    """Three figures that mean something."""
    if isinstance(value, dict):
        return {key: _round(one) for key, one in value.items()}
    return float(f"{value:.3g}") if isinstance(value, float) else value


def make_tables(found: Sizes) -> dict[str, str]:
    """Each table by name."""
    return {
        "speed": _make_speed(found),
        "others": _make_others(found),
        "kinds": _make_kinds(found),
        "opening": _make_opening(found),
        "memory": _make_memory(found),
        "people": _make_people(found),
        "disk": _make_disk(found),
        "loading": _make_loading(found),
    }


def _lay_out(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---", *["---:"] * (len(head) - 1)], *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _name_size(size: int) -> str:
    return f"{size // 1_000_000} M" if size >= 1_000_000 else f"{size // 1000} k"


def _write_ms(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _against(value: str, is_met: bool) -> str:
    return value if is_met else f"**{value}**"


def _make_speed(found: Sizes) -> str:
    head = ["milliseconds"]
    for size in found:
        head += [f"{_name_size(size)}: p50", "p95", "max", "cpu p95", "bar"]
    lines = []
    for row, name in NAMES.items():
        line = [name]
        for size, figures in found.items():
            clock, processor = (figures["rows"][row][kind] for kind in ("clock", "processor"))
            bar = BARS.get(row, {}).get(size)
            line += [
                _write_ms(clock["p50"]),
                _against(_write_ms(clock["p95"]), bar is None or clock["p95"] <= bar),
                _write_ms(clock["max"]),
                _write_ms(processor["p95"]),
                str(bar or ""),
            ]
        lines.append(line)
    return _lay_out(head, lines)


def _make_others(found: Sizes) -> str:
    head = ["times as long as ours"]
    for size in found:
        head += [f"{_name_size(size)}: pandas", "SQLite"]
    lines = []
    for row in BARS:
        line = [NAMES[row]]
        for figures in found.values():
            others = figures["rows"][row]["others"]
            line += [_write_ratio(others[name]) for name in ("pandas", "sqlite")]
        lines.append(line)
    compared, different = (
        sum(
            other[what]
            for figures in found.values()
            for row in figures["rows"].values()
            for other in row["others"].values()
        )
        for what in ("compared", "different")
    )
    said = f"Answers compared: {compared:,}, different: {different:,}."
    return f"{_lay_out(head, lines)}\n\n{said}"


def _write_ratio(other: Figures) -> str:
    return f"{other['ratio']:,.1f} (middle {other['ratio_of_middle']:,.1f}; of {other['count']})"


def _make_kinds(found: Sizes) -> str:
    head = ["milliseconds", *(f"{_name_size(size)}: p50 (max)" for size in found)]
    some = next(iter(found.values()))["rows"]
    lines = [
        [
            kind.replace("_", " "),
            *(
                f"{_write_ms(one['p50'])} ({_write_ms(one['max'])})"
                for one in (figures["rows"][row]["kinds"][kind] for figures in found.values())
            ),
        ]
        for row in some
        for kind in some[row]["kinds"]
    ]
    return _lay_out(head, lines)


def _make_opening(found: Sizes) -> str:
    head = ["seconds", "ours", "from before the process", "bar", "pandas", "SQLite"]
    lines = []
    for size, figures in found.items():
        for name in ("warm", "cold"):
            ours = figures["open"]["ours"]
            files = "in memory" if name == "warm" else "on the disk"
            others = (figures["open"][other][name] for other in ("pandas", "sqlite"))
            lines.append(
                [
                    f"{_name_size(size)}, files {files}",
                    _against(f"{ours[name]:.2f}", ours[name] <= OPEN_BARS.get(size, 1)),
                    f"{ours[f'{name}_process']:.2f}",
                    f"{OPEN_BARS.get(size, '')}",
                    *(f"{other:.2f} ({other / ours[name]:.1f} ×)" for other in others),
                ]
            )
    return _lay_out(head, lines)


def _make_memory(found: Sizes) -> str:
    head = ["MB", "ours", "of it mapped files", "peak", "bar", "pandas", "SQLite"]
    lines = []
    for size, figures in found.items():
        ours, pandas, sqlite = (figures["memory"][name] for name in ("ours", "pandas", "sqlite"))
        lines.append(
            [
                _name_size(size),
                _against(f"{ours['all']:,.0f}", ours["all"] <= MEMORY_BARS.get(size, 1500)),
                f"{ours['files']:,.0f}",
                f"{ours['peak']:,.0f}",
                str(MEMORY_BARS.get(size, "")),
                f"{pandas['all']:,.0f} ({pandas['all'] / ours['all']:.1f} ×)",
                f"{sqlite['all']:,.0f} ({sqlite['all'] / ours['all']:.1f} ×)",
            ]
        )
    return _lay_out(head, lines)


def _make_people(found: Sizes) -> str:
    head = ["milliseconds", "pages", "p50", "p95", "max"]
    lines = []
    for size, figures in found.items():
        if "people" not in figures:
            continue
        people = figures["people"]
        kinds = {f"all, {people['errors']} errors": people["all"], **people["kinds"]}
        for kind, one in kinds.items():
            is_met = kind in people["kinds"] or one["p95"] <= PEOPLE_BAR
            times = [_write_ms(one[name]) for name in ("p50", "p95", "max")]
            times[1] = _against(times[1], is_met)
            lines.append([f"{_name_size(size)}: {kind}", str(one["count"]), *times])
    return _lay_out(head, lines)


def _make_disk(found: Sizes) -> str:
    head = ["bytes an answer", *(_name_size(size) for size in found)]
    lines = [
        [part, *(f"{figures['disk'][part]:,.1f}" for figures in found.values())] for part in DISK
    ]
    totals = [f"{sum(figures['disk'].values()):,.0f}" for figures in found.values()]
    return _lay_out(head, [*lines, ["in all", *totals]])


def _make_loading(found: Sizes) -> str:
    head = ["", "answers", "added in", "answers a second", "index made anew in", "peak memory"]
    lines = [
        [
            _name_size(size),
            f"{figures['row_count']:,}",
            f"{figures['load']['adding']:,.0f} s",
            f"{figures['row_count'] / figures['load']['adding']:,.0f}",
            f"{figures['load']['indexing']:,.0f} s",
            f"{figures['load']['peak']:,.0f} MB",
        ]
        for size, figures in found.items()
    ]
    return _lay_out(head, lines)


def make_plot(found: Sizes) -> dict[str, Any]:
    """How the 95th of a hundred questions of each row grows with the number of answers."""
    times = [
        {"answers": size, "ms": figures["rows"][row][how]["p95"], "row": NAMES[row], "by": by}
        for size, figures in found.items()
        for row in NAMES
        for how, by in (("clock", "the clock"), ("processor", "processor time"))
    ]
    bars = [
        {"answers": size, "bar": bar, "row": NAMES[row]}
        for row, by_size in BARS.items()
        for size, bar in by_size.items()
    ]
    x = {
        "field": "answers",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [80_000, 12_500_000]},
        "axis": {"title": "answers", "values": list(BARS["page"]), "format": "~s", "grid": False},
    }
    y = {
        "type": "quantitative",
        "scale": {"type": "log", "domain": [2, 5000]},
        "axis": {"title": "p95, ms", "values": [2, 10, 50, 200, 1000, 5000], "format": ","},
    }
    by = {
        "field": "by",
        "type": "nominal",
        "scale": {"range": [TEXT, POSITIVE]},
        "legend": {"title": None, "orient": "top"},
    }
    text = {"labelFontSize": 13, "titleFontSize": 13, "labelColor": SECONDARY, "titleColor": TEXT}
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE_VERSION[0]}.json",
        "background": "white",
        "padding": 12,
        "data": {"values": [*times, *bars]},
        "facet": {
            "field": "row",
            "sort": list(NAMES.values()),
            "header": {"title": None, "labelFontSize": 14, "labelColor": TEXT},
        },
        "columns": 3,
        "spec": {
            "width": 230,
            "height": 180,
            "layer": [
                {
                    "transform": [{"filter": "isValid(datum.ms)"}],
                    "mark": {"type": "line", "point": {"size": 50}},
                    "encoding": {"x": x, "y": y | {"field": "ms"}, "color": by},
                },
                {
                    "transform": [{"filter": "isValid(datum.bar)"}],
                    "mark": {"type": "tick", "orient": "horizontal", "thickness": 3, "size": 26},
                    "encoding": {"x": x, "y": y | {"field": "bar"}, "color": {"value": NEGATIVE}},
                },
            ],
        },
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {**text, "titleFontWeight": "normal", "gridColor": GRID, "domain": False},
            "legend": text,
        },
    }
