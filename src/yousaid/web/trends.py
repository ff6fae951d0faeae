"""The page of trends, and its files: control charts of a measure, of all or of each part."""

from dataclasses import dataclass, replace
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from yousaid.measures.funnel import NOT_FOR_RANKING
from yousaid.measures.spc import LEAST_EXPECTED
from yousaid.measures.suppress import Table, suppress_table
from yousaid.reports.tables import Cell
from yousaid.store.answers import Choices, Dimension, Value
from yousaid.store.filter import Filter
from yousaid.store.kept import LONGEST_NAME, list_events
from yousaid.store.query import get_choices
from yousaid.store.snapshot import Snapshot
from yousaid.web.address import check_choice, read_filter
from yousaid.web.charts import NARROW, WIDE, draw_png
from yousaid.web.control_drawing import draw_control, draw_small, is_zoomed
from yousaid.web.downloads import send_file, send_table, show_figure, title_picture
from yousaid.web.links import Links
from yousaid.web.presenters.control import (
    ControlChart,
    Multiples,
    add_events,
    make_control_chart,
    make_multiples,
    narrow_from,
    narrow_to,
    word_centre,
    word_thin,
)
from yousaid.web.presenters.filters import make_chips, make_filter_form, make_title
from yousaid.web.presenters.measures import Measure, choose_measure, list_measures
from yousaid.web.presenters.topics import SortLink
from yousaid.web.presenters.words import capitalise, word_place, word_topic
from yousaid.web.series import STEPS, Step, choose_level, choose_split, load_series
from yousaid.web.site import Site, get_links, get_site
from yousaid.web.versions import versioned

MOST_CHARTS = 40
SPLITS = {"": "nothing", "topic": "topics", "place": "places"}
_OWN = ("measure", "step", "split")


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One of many charts, drawn; `latest` is its last figure in words."""

    name: str
    href: str
    variation: str | None
    variation_words: str
    drawing: str
    latest: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for."""

    chosen: Filter
    measure: Measure
    step: Step
    split: str


def read_trend(request: Request) -> _Asked:
    """What the address asks for. Raises FilterError."""
    chosen, own = read_filter(request, *_OWN)
    check_choice("way to set trends beside each other", own["split"], tuple(SPLITS))
    check_choice("step of time", own["step"], ("", *STEPS))
    step: Step = next((step for step in STEPS if step == own["step"]), "month")
    return _Asked(chosen, choose_measure(list_measures(chosen), own["measure"]), step, own["split"])


@versioned
def show_trends(request: Request, snapshot: Snapshot) -> Response:
    site, links, asked = get_site(request), get_links(request), read_trend(request)
    choices = site.recall(get_choices, snapshot, asked.chosen)
    chart = load_chart(site, snapshot, links, asked)
    link = partial(_link, links, asked)
    files = [("measure", asked.measure.key), ("step", asked.step)]
    html = site.render(
        "trends.jinja",
        links,
        current="trends",
        chosen=asked.chosen,
        page_title=make_title(asked.chosen),
        title=make_title(asked.chosen),
        chips=make_chips(asked.chosen, lambda rest: link(chosen=rest)),
        clear_href=links.trends(),
        form=make_filter_form(asked.chosen, choices, links.trends(), _keep(asked)),
        measure=asked.measure,
        measures=[
            SortLink(m.words, link(measure=m.key), m == asked.measure)
            for m in list_measures(asked.chosen)
        ],
        steps=[SortLink(s, link(step=s), s == asked.step) for s in STEPS],
        splits=_list_splits(asked, links, choices),
        step=asked.step,
        step_words=capitalise(asked.step),
        chart=chart,
        ends={
            point.period: (
                link(chosen=narrow_from(asked.chosen, point.period)),
                link(chosen=narrow_to(asked.chosen, point.period, asked.step)),
            )
            for point in chart.points
        },
        centre=word_centre(chart),
        thin=word_thin([chart], asked.step),
        caution=NOT_FOR_RANKING,
        most_charts=MOST_CHARTS,
        least_expected=LEAST_EXPECTED,
        longest_name=LONGEST_NAME,
        **draw_chart(chart),
        **load_multiples(site, snapshot, links, asked, choices),
        **{
            f"{kind}_href": links.file(name, asked.chosen, files)
            for kind, name in (
                ("svg", "charts/control.svg"),
                ("png", "charts/control.png"),
                ("csv", "control.csv"),
                ("xlsx", "control.xlsx"),
            )
        },
    )
    return HTMLResponse(html)


def _link(
    links: Links,
    asked: _Asked,
    chosen: Filter | None = None,
    measure: str | None = None,
    step: str | None = None,
    split: str | None = None,
) -> str:
    """The same page with something else chosen."""
    chosen = asked.chosen if chosen is None else chosen
    key = asked.measure.key if measure is None else measure
    offered = [one.key for one in list_measures(chosen)]
    step = asked.step if step is None else step
    return links.trends(
        chosen,
        # What the measure is of may go with what is taken away.
        key if key in offered else "",
        "" if step == "month" else step,
        asked.split if split is None else split,
    )


def _keep(asked: _Asked) -> tuple[tuple[str, str], ...]:
    step = "" if asked.step == "month" else asked.step
    return tuple((k, v) for k, v in (("step", step), ("split", asked.split)) if v)


def _list_splits(asked: _Asked, links: Links, choices: Choices) -> list[SortLink]:
    has_places = choose_level(asked.chosen, choices.places) is not None
    return [
        SortLink(capitalise(words), _link(links, asked, split=key), key == asked.split)
        for key, words in SPLITS.items()
        if key != "place" or has_places
    ]


def load_chart(site: Site, snapshot: Snapshot, links: Links, asked: _Asked) -> ControlChart:
    """The chart of all that is chosen."""
    [series] = load_series(site, snapshot, asked.chosen, asked.measure, asked.step)
    chart = make_control_chart(series, asked.measure, asked.step, asked.chosen, links)
    return add_events(chart, list_events(site.store), asked.step)


def draw_chart(chart: ControlChart) -> dict[str, object]:
    """The chart in both widths; nothing where there is too little to draw."""
    if not chart.can_draw:
        return {}
    drawings = {
        name: draw_control(chart, width, f"control-{width}")
        for name, width in (("chart_wide", WIDE), ("chart_narrow", NARROW))
    }
    return {**drawings, "is_zoomed": is_zoomed(chart)}


def load_multiples(
    site: Site, snapshot: Snapshot, links: Links, asked: _Asked, choices: Choices
) -> dict[str, object]:
    """The small charts, where they were asked for."""
    split = choose_split(asked.chosen, asked.split, choices.places)
    if split is None:
        return {"multiples": None}
    charts = []
    for series in load_series(site, snapshot, asked.chosen, asked.measure, asked.step, split):
        within = narrow_to_value(asked.chosen, split, series.value)
        chart = make_control_chart(
            series,
            asked.measure,
            asked.step,
            within,
            None,
            name_value(split, series.value),
            _link(links, asked, chosen=within, split=""),
        )
        charts.append((chart, series))
    found = make_multiples(charts, asked.measure, MOST_CHARTS)
    return {
        "multiples": replace_charts(found),
        "multiples_heading": f"{asked.measure.words}, {SPLITS[asked.split]} beside each other",
        "is_of_places": split.kind == "place",
    }


def replace_charts(found: Multiples) -> dict[str, object]:
    """The charts drawn."""
    return {
        "charts": [
            SmallChart(
                name=chart.name,
                href=chart.href,
                variation=chart.variation,
                variation_words=chart.variation_words,
                drawing=draw_small(chart, f"small-{number}"),
                latest=next(p.words for p in reversed(chart.points) if p.value is not None),
            )
            for number, chart in enumerate(found.charts)
        ],
        "note": found.note,
        "rest_count": found.rest_count,
    }


def narrow_to_value(chosen: Filter, split: Dimension, value: Value) -> Filter:
    """The filter within one topic or place."""
    if split.kind == "place" and isinstance(value, tuple):
        return replace(chosen, places=(value,))
    return replace(chosen, topics=(str(value),))


def name_value(split: Dimension, value: Value) -> str:
    """The topic or place in words."""
    if split.kind == "place" and isinstance(value, tuple):
        return word_place(value)
    return word_topic(str(value))


def load_drawn_chart(request: Request, snapshot: Snapshot) -> ControlChart:
    """The chart that a picture was asked for. Raises HTTPException where there is none to draw."""
    asked = read_trend(request)
    chart = load_chart(get_site(request), snapshot, get_links(request), asked)
    if not chart.can_draw:
        raise HTTPException(404)
    return replace(chart, title=title_picture(chart.title, asked.chosen))


def _draw_alone(request: Request, snapshot: Snapshot) -> str:
    chart = load_drawn_chart(request, snapshot)
    return draw_control(chart, WIDE, "control", with_links=False, with_title=True)


@versioned
def send_control_svg(request: Request, snapshot: Snapshot) -> Response:
    drawn = _draw_alone(request, snapshot)
    return send_file(request, "control.svg", drawn.encode(), "image/svg+xml")


@versioned
def send_control_png(request: Request, snapshot: Snapshot) -> Response:
    drawn = _draw_alone(request, snapshot)
    return send_file(request, "control.png", draw_png(drawn), "image/png")


CONTROL_COLUMNS = (
    "period", "first_day", "count", "out_of", "value", "lower_limit", "centre", "upper_limit",
    "signal",
)  # fmt: skip


@versioned
def send_control(request: Request, snapshot: Snapshot) -> Response:
    asked = read_trend(request)
    chart = load_chart(get_site(request), snapshot, get_links(request), asked)
    return send_table(request, CONTROL_COLUMNS, [make_control_rows(chart)], asked.chosen)


def make_control_rows(chart: ControlChart) -> list[list[Cell]]:
    """One row a period, oldest first; small counts are “*”, and so is what would give them
    away."""
    if not chart.points:
        return []
    counts = tuple((p.count, (p.out_of or p.count) - p.count) for p in chart.points)
    names = tuple(point.name for point in chart.points)
    shown = suppress_table(Table(names, ("with", "without"), counts))
    rows: list[list[Cell]] = []
    for point, (count, _), total in zip(chart.points, shown.counts, shown.row_totals, strict=True):
        is_hidden = not isinstance(count, int) or not isinstance(total, int)
        figures = (point.value, point.lower, point.centre, point.upper)
        rows.append(
            [
                point.name,
                point.period.isoformat(),
                show_figure(count),
                show_figure(total) if chart.is_percent else None,
                *("*" if is_hidden else None if f is None else round(f, 2) for f in figures[:1]),
                *(None if f is None else round(f, 2) for f in figures[1:]),
                point.signal,
            ]
        )
    return rows
