"""The views: each loads, has a presenter word and shape it, and renders."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.store.answers import Choices, Totals
from yousaid.store.filter import EVERYTHING, Filter, to_query, without_reading
from yousaid.store.query import (
    get_choices,
    get_comment,
    get_comment_count,
    get_comments,
    get_models,
    get_similar,
    get_suggestion,
    get_topic_counts,
    get_totals,
    get_uploads,
)
from yousaid.store.snapshot import Snapshot
from yousaid.web.address import check_choice, read_filter, read_keys, read_order, read_page
from yousaid.web.charts import NARROW, WIDE, draw_trend
from yousaid.web.compare import find_places, load_changes, show_compare
from yousaid.web.data import PAGES
from yousaid.web.file_routes import FILE_ROUTES, find_trend, table_routes
from yousaid.web.links import Links, get_default_order
from yousaid.web.presenters.about import make_about
from yousaid.web.presenters.cards import choose_telling, make_card, make_cards, make_quote
from yousaid.web.presenters.comments import (
    PAGE_SIZE,
    count_pages,
    list_orders,
    make_heading,
    make_order_note,
    make_pagination,
)
from yousaid.web.presenters.filters import (
    Suggestion,
    make_chips,
    make_filter_form,
    make_suggestion,
    make_title,
)
from yousaid.web.presenters.measures import CRITICISM, PRAISE
from yousaid.web.presenters.overview import (
    make_feelings,
    make_figures,
    make_lede,
    make_place_table,
)
from yousaid.web.presenters.topics import SORTS, make_topic_table, without_topics
from yousaid.web.presenters.trend import make_month_rows_for_page
from yousaid.web.presenters.words import word_month, word_too_few
from yousaid.web.saved import show_saved
from yousaid.web.site import Site, get_links, get_site
from yousaid.web.topic_pages import show_topic, show_topics
from yousaid.web.trends import send_control, send_control_png, send_control_svg, show_trends
from yousaid.web.versions import View, versioned

# How many comments each of “Read first” and “Good to hear” shows.
PICK_COUNT = 5
# … and among how many of the first “Good to hear” looks for ones that say something.
LOOK_COUNT = 50
# How many topics that are criticised more or less, and how many of praised, are said at once.
CHANGE_COUNT = 3
# How many comments like one its page shows.
SIMILAR_COUNT = 5


@versioned
def show_overview(request: Request, snapshot: Snapshot) -> Response:
    site = get_site(request)
    links = get_links(request)
    chosen, own = read_filter(request, "sort")
    check_choice("order of topics", own["sort"], tuple(SORTS))
    totals = get_totals(site.scope, snapshot, chosen)
    choices = site.recall(get_choices, snapshot, chosen)
    if not totals.response_count:
        return show_nothing(site, snapshot, links, chosen, choices)
    form = make_filter_form(chosen, choices, links.overview(), (("sort", own["sort"]),))
    html = site.render(
        "overview.jinja",
        links,
        current="overview",
        chosen=chosen,
        page_title=make_title(chosen),
        title=make_title(chosen),
        lede=make_lede(totals),
        chips=make_chips(chosen, lambda rest: links.overview(rest, own["sort"])),
        form=form,
        figures=make_figures(chosen, totals, links),
        topics=load_topics(site, snapshot, links, chosen, totals, own["sort"]),
        places=make_place_table(chosen, choices, links),
        **load_what_changed(site, snapshot, links, chosen, choices),
        **load_feelings(site, snapshot, links, chosen, totals, choices),
        **load_trend(site, snapshot, links, chosen, totals),
        **load_picks(site, snapshot, links, chosen, totals),
    )
    return HTMLResponse(html)


def show_nothing(
    site: Site, snapshot: Snapshot, links: Links, chosen: Filter, choices: Choices
) -> Response:
    is_empty_store = chosen == EVERYTHING
    html = site.render(
        "nothing_page.jinja",
        links,
        current="overview",
        chosen=chosen,
        title="What patients say" if is_empty_store else make_title(chosen),
        is_empty_store=is_empty_store,
        noun="responses",
        suggestion=load_suggestion(site, snapshot, chosen, links.overview),
        chips=make_chips(chosen, links.overview),
        form=make_filter_form(chosen, choices, links.overview()),
        start_href=links.overview(),
    )
    return HTMLResponse(html)


def load_suggestion(
    site: Site, snapshot: Snapshot, chosen: Filter, link: Callable[[Filter], str]
) -> Suggestion | None:
    found = get_suggestion(site.scope, snapshot, chosen)
    return make_suggestion(found, link) if found else None


def load_topics(
    site: Site, snapshot: Snapshot, links: Links, chosen: Filter, totals: Totals, sort: str
) -> object:
    wider = without_topics(chosen)
    all_count = count_wider(site, snapshot, chosen, wider, totals)
    counts = get_topic_counts(site.scope, snapshot, wider)
    return make_topic_table(chosen, counts, all_count, sort, links)


def count_wider(
    site: Site, snapshot: Snapshot, chosen: Filter, wider: Filter, totals: Totals
) -> int:
    """The comments of a wider filter; `totals` are of what is chosen."""
    if wider == chosen:
        return totals.comment_count
    return get_comment_count(site.scope, snapshot, wider)


def load_feelings(
    site: Site, snapshot: Snapshot, links: Links, chosen: Filter, totals: Totals, choices: Choices
) -> dict[str, object]:
    wider = replace(chosen, sentiments=())
    all_count = count_wider(site, snapshot, chosen, wider, totals)
    feelings = make_feelings(chosen, choices, all_count, links)
    total = sum(one.count for one in feelings)
    notes = []
    if chosen.topics:
        notes.append(
            "How people feel about the chosen topics; a comment that feels both ways is in two."
        )
    elif total < all_count:
        notes.append(f"{all_count - total:,} more hold nothing to read.")
    if too_few := word_too_few(all_count, "comment"):
        notes.append(f"{too_few}.")
    return {
        "feelings": feelings if all_count else (),
        "feelings_note": " ".join(notes),
        "adds_up": total <= all_count,
    }


def load_trend(
    site: Site, snapshot: Snapshot, links: Links, chosen: Filter, totals: Totals
) -> dict[str, object]:
    trend = find_trend(site, snapshot, chosen, totals)
    values: dict[str, object] = {
        "trend": trend,
        "month_rows": make_month_rows_for_page(chosen, trend, links),
        "trend_month": word_month(trend.points[0].month) if trend.points else "",
    }
    if trend.can_draw:
        values |= {
            name: draw_trend(trend, width, f"trend-{width}")
            for name, width in (("chart_wide", WIDE), ("chart_narrow", NARROW))
        }
    return values


def load_what_changed(
    site: Site, snapshot: Snapshot, links: Links, chosen: Filter, choices: Choices
) -> dict[str, object]:
    # Of comments about one thing, what else they are about is a question for the page of
    # comparisons; here it would be one query more for each click.
    measures = (CRITICISM, PRAISE)
    views = (
        load_changes(site, snapshot, links, chosen, measures, choices)
        if without_reading(chosen) == chosen
        else ()
    )
    return {
        "changed": [
            row
            for measure, view in zip(measures, views, strict=False)
            for row in find_places(
                site, snapshot, links, chosen, measure, view.sentences[:CHANGE_COUNT], choices
            )
        ],
        "changed_from": views[0] if views else None,
        "changed_href": links.compare(chosen, way="periods"),
    }


def load_picks(
    site: Site, snapshot: Snapshot, links: Links, chosen: Filter, totals: Totals
) -> dict[str, object]:
    ask = partial(get_comments, site.scope, snapshot, page=1)
    urgent, positive = replace(chosen, urgent=True), replace(chosen, sentiments=("positive",))
    # “Nothing” is the most positive answer to what could improve, so other answers come first.
    praise = replace(positive, kinds=chosen.kinds or ("what_good", "why"))
    most_urgent = ask(urgent, order="most_urgent", page_size=PICK_COUNT)
    most_positive = ask(praise, order="most_positive", page_size=LOOK_COUNT)
    if not most_positive.total_count:
        praise = positive
        most_positive = ask(praise, order="most_positive", page_size=LOOK_COUNT)
    return {
        # In the model's order, however short: four words can be the most urgent of all.
        "urgent": make_cards(most_urgent.comments, links, chosen),
        "urgent_count": totals.urgent_count,
        "urgent_href": links.comments(urgent, "most_urgent"),
        "negative_href": links.comments(chosen, "most_negative"),
        "praise": make_cards(choose_telling(most_positive.comments, PICK_COUNT), links, chosen),
        "praise_count": most_positive.total_count,
        "praise_href": links.comments(praise, "most_positive"),
    }


@versioned
def show_comments(request: Request, snapshot: Snapshot) -> Response:
    site = get_site(request)
    links = get_links(request)
    chosen, own = read_filter(request, "order", "page")
    order, page = read_order(own["order"], chosen), read_page(own["page"])
    found = get_comments(site.scope, snapshot, chosen, order=order, page=page, page_size=PAGE_SIZE)
    if page > (last := count_pages(found.total_count)):
        raise FilterError(f"There is no page {page}. The last is page {last}.")
    choices = site.recall(get_choices, snapshot, chosen)
    pagination = make_pagination(chosen, order, page, found.total_count, links)
    kept = (("order", order),) if order != get_default_order(chosen) else ()
    html = site.render(
        "comments.jinja",
        links,
        current="comments",
        chosen=chosen,
        heading=make_heading(chosen, found.total_count),
        # Where a page is full nothing else was meant; to look for other words takes a few searches.
        suggestion=load_suggestion(site, snapshot, chosen, links.comments)
        if found.total_count < PAGE_SIZE
        else None,
        order_note=make_order_note(found),
        chips=make_chips(chosen, lambda rest: links.comments(rest, order)),
        form=make_filter_form(chosen, choices, links.comments(), kept),
        cards=make_cards(found.comments, links, chosen),
        pagination=pagination,
        page_words=pagination.words if pagination else "",
        hidden=to_query(chosen),
        orders=list_orders(chosen),
        order=order,
        is_empty_store=chosen == EVERYTHING,
        noun="comments",
        start_href=links.comments(),
    )
    return HTMLResponse(html)


@versioned
def show_comment(request: Request, snapshot: Snapshot) -> Response:
    site = get_site(request)
    links = get_links(request)
    comment_id = request.path_params["comment_id"]
    asked = read_keys(request, "similar")["similar"]
    check_choice("way to show a comment", asked, ("", "yes"))
    found = get_comment(site.scope, snapshot, comment_id)
    if found is None:
        raise HTTPException(404)
    # Asked for, since it looks at every comment: a fifth of a second for a million.
    similar = (
        get_similar(site.scope, snapshot, EVERYTHING, comment_id, count=SIMILAR_COUNT)
        if asked
        else None
    )
    html = site.render(
        "comment.jinja",
        links,
        card=make_card(found.found, links),
        quote=make_quote(found.found),
        others=make_cards(found.others, links),
        similar_href="" if asked else links.comment(comment_id, with_similar=True),
        similar=make_cards(similar.comments, links) if similar else (),
        can_compare=similar is not None and similar.can_compare,
        response_id=found.found.comment.response_id,
        model=found.found.reading.model,
    )
    return HTMLResponse(html)


@versioned
def show_about(request: Request, snapshot: Snapshot) -> Response:
    read_keys(request)
    site = get_site(request)
    uploads = get_uploads(site.scope, snapshot)
    models = get_models(site.scope, snapshot)
    html = site.render(
        "about.jinja",
        get_links(request),
        current="about",
        page=make_about(get_framework(), uploads, models, site.model_cards),
        about_topic=lambda topic: Filter(topics=(topic,)),
    )
    return HTMLResponse(html)


def show_health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


ROUTES: tuple[tuple[str, View], ...] = (
    ("/", show_overview),
    ("/topics", show_topics),
    ("/topics/{topic}", show_topic),
    ("/trends", show_trends),
    ("/compare", show_compare),
    ("/charts/control.svg", send_control_svg),
    ("/charts/control.png", send_control_png),
    *table_routes("control", send_control),
    ("/comments", show_comments),
    ("/comments/{comment_id:path}", show_comment),
    ("/about", show_about),
    *PAGES,
    ("/saved", show_saved),
    *FILE_ROUTES,
    ("/health", show_health),
)
