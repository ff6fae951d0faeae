"""Views saved with a name, for everybody who uses this dashboard."""

from datetime import UTC, datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from yousaid.errors import FilterError, InputError
from yousaid.store.filter import read_date
from yousaid.store.kept import (
    LONGEST_NAME,
    Event,
    add_event,
    clean_words,
    forget,
    keep,
    list_events,
    list_kept,
    remove_event,
)
from yousaid.web.address import read_keys
from yousaid.web.changing import changing
from yousaid.web.presenters.saved import check_view, describe_view, make_saved_rows
from yousaid.web.site import get_links, get_site


def show_saved(request: Request) -> Response:
    return _show(request, read_keys(request, "view")["view"])


def _show(request: Request, view: str, fault: str = "", name: str = "") -> Response:
    site, links = get_site(request), get_links(request)
    html = site.render(
        "saved.jinja",
        links,
        current="saved",
        rows=make_saved_rows(list_kept(site.store, "view"), links),
        view=check_view(view) if view else "",
        shows=describe_view(view) if view else "",
        longest_name=LONGEST_NAME,
        fault=fault,
        given=name,
    )
    return HTMLResponse(html, status_code=400 if fault else 200)


@changing
def change_saved(request: Request, form: FormData) -> Response:
    """Save a view by a name, or remove the one of that name."""
    store = get_site(request).store
    name = clean_words(str(form.get("name", "")))
    if form.get("action") == "remove":
        forget(store, "view", name)
        return RedirectResponse(get_links(request).saved(), status_code=303)
    view = check_view(str(form.get("view", "")))
    if any(one.name == name for one in list_kept(store, "view")):
        return _show(request, view, f"“{name}” is there already. Give it another name.", name)
    try:
        keep(store, "view", name, view, now=datetime.now(UTC))
    except InputError as error:
        return _show(request, view, str(error), name)
    return RedirectResponse(get_links(request).saved(), status_code=303)


@changing
def change_events(request: Request, form: FormData) -> Response:
    """Note what happened on a day, or forget it; then back to the chart."""
    site, links, now = get_site(request), get_links(request), datetime.now(UTC)
    view = check_view(str(form.get("view", "")))
    words = clean_words(str(form.get("words", "")))
    if form.get("action") == "remove":
        remove_event(site.store, words, now=now)
    else:
        day = read_date(str(form.get("day", "")))
        if not words or len(words) > LONGEST_NAME:
            raise FilterError(f"Say what happened, in 1 to {LONGEST_NAME} characters.")
        if words in [event.words for event in list_events(site.store)]:
            raise FilterError("Something is noted in these very words already. Say it otherwise.")
        add_event(site.store, Event(day, words), now=now)
    return RedirectResponse(links.root + view, status_code=303)


SAVED_CHANGES = (("/saved", change_saved), ("/events", change_events))
