"""Views that somebody saved with a name: an address of one of our pages, and what it shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.store.filter import EVERYTHING, FILTER_KEYS, describe, from_query
from yousaid.store.kept import Kept
from yousaid.web.links import Links
from yousaid.web.presenters.words import word_topic

_PAGES = {
    "/": "Overview",
    "/topics": "Topics",
    "/trends": "Trends",
    "/compare": "Compare",
    "/comments": "Comments",
}
_TOPIC_PAGE = re.compile(r"/topics/([a-z_]+)")
# Of all these pages, besides the filter.
_OWN_KEYS = ("sort", "order", "page", "measure", "step", "split", "of", "trait")


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A view by its name; `shows` says in words what it is of. Empty where the page has gone."""

    name: str
    shows: str
    href: str


def check_view(address: str) -> str:
    """The address of a page of ours as it is kept. Raises FilterError for any other address."""
    path, pairs = _read(address)
    _describe(path, pairs)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def describe_view(address: str) -> str:
    """The page and the comments that it is of: “Trends: negative about Parking”."""
    return _describe(*_read(address))


def _read(address: str) -> tuple[str, list[tuple[str, str]]]:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise _say_unknown() from None
    if parts.scheme or parts.netloc or len(address) > 10_000:
        raise _say_unknown()
    return parts.path, parse_qsl(parts.query, keep_blank_values=True)


def _describe(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    topic = _TOPIC_PAGE.fullmatch(path)
    if topic and topic[1] in get_framework().by_id:
        page = word_topic(topic[1])
    elif path in _PAGES:
        page = _PAGES[path]
    else:
        raise _say_unknown()
    if any(key not in (*FILTER_KEYS, *_OWN_KEYS) for key, _ in pairs):
        raise _say_unknown()
    chosen = from_query((key, value) for key, value in pairs if key in FILTER_KEYS)
    return f"{page}: {'all comments' if chosen == EVERYTHING else describe(chosen)}"


def _say_unknown() -> FilterError:
    return FilterError("Only pages of this dashboard that show comments can be saved.")


def make_saved_rows(kept: Sequence[Kept], links: Links) -> tuple[SavedRow, ...]:
    rows = []
    for one in kept:
        try:
            rows.append(SavedRow(one.name, describe_view(one.value), links.root + one.value))
        except FilterError:
            # A topic of a framework before this one.
            rows.append(SavedRow(one.name, "this page is not there any more", ""))
    return tuple(rows)
