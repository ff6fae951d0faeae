"""The views that send files: pictures and tables of what the pages show."""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from yousaid.store.answers import Totals
from yousaid.store.filter import Filter
from yousaid.store.query import (
    get_comment_count,
    get_dates,
    get_months,
    get_topic_counts,
    get_totals,
)
from yousaid.store.snapshot import Snapshot
from yousaid.web.address import read_filter
from yousaid.web.charts import WIDE, draw_png, draw_trend
from yousaid.web.downloads import (
    COMMENT_COLUMNS,
    MONTH_COLUMNS,
    TOPIC_COLUMNS,
    make_comment_batches,
    make_month_rows,
    make_topic_rows,
    send_file,
    send_table,
    title_picture,
)
from yousaid.web.presenters.topics import without_topics
from yousaid.web.presenters.trend import Trend, get_data_filter, make_trend
from yousaid.web.site import Site, get_site
from yousaid.web.versions import View, versioned


def find_trend(site: Site, snapshot: Snapshot, chosen: Filter, totals: Totals) -> Trend:
    """The trend of what is chosen; `totals` are of the same."""
    months = get_months(site.scope, snapshot, chosen)
    data = get_data_filter(chosen)
    _, data_end = get_dates(site.scope, snapshot, data)
    return make_trend(chosen, months, totals, data_end)


def load_drawn_trend(request: Request, snapshot: Snapshot) -> Trend:
    """The trend that a picture was asked for. Raises HTTPException where there is none to draw."""
    site = get_site(request)
    chosen, _ = read_filter(request)
    trend = find_trend(site, snapshot, chosen, get_totals(site.scope, snapshot, chosen))
    if not trend.can_draw:
        raise HTTPException(404)
    return replace(trend, title=title_picture(trend.title, chosen))


@versioned
def send_trend_svg(request: Request, snapshot: Snapshot) -> Response:
    drawn = draw_trend(load_drawn_trend(request, snapshot), WIDE, with_title=True)
    return send_file(request, "trend.svg", drawn.encode(), "image/svg+xml")


@versioned
def send_trend_png(request: Request, snapshot: Snapshot) -> Response:
    drawn = draw_trend(load_drawn_trend(request, snapshot), WIDE, with_title=True)
    return send_file(request, "trend.png", draw_png(drawn), "image/png")


@versioned
def send_topics(request: Request, snapshot: Snapshot) -> Response:
    site = get_site(request)
    wider = without_topics(read_filter(request)[0])
    counts = get_topic_counts(site.scope, snapshot, wider)
    rows = make_topic_rows(counts, get_comment_count(site.scope, snapshot, wider))
    return send_table(request, TOPIC_COLUMNS, [rows], wider)


@versioned
def send_months(request: Request, snapshot: Snapshot) -> Response:
    site = get_site(request)
    chosen, _ = read_filter(request)
    months = get_months(site.scope, snapshot, chosen)
    return send_table(request, MONTH_COLUMNS, [make_month_rows(months)], chosen)


@versioned
def send_comments(request: Request, snapshot: Snapshot) -> Response:
    site = get_site(request)
    chosen, _ = read_filter(request)
    batches = make_comment_batches(site.scope, snapshot, chosen)
    return send_table(request, COMMENT_COLUMNS, batches, chosen)


def table_routes(name: str, view: View) -> tuple[tuple[str, View], ...]:
    """A table as CSV, and as a workbook."""
    return (f"/{name}.csv", view), (f"/{name}.xlsx", view)


FILE_ROUTES: tuple[tuple[str, View], ...] = (
    ("/charts/trend.svg", send_trend_svg),
    ("/charts/trend.png", send_trend_png),
    *table_routes("topics", send_topics),
    *table_routes("months", send_months),
    *table_routes("comments", send_comments),
)
