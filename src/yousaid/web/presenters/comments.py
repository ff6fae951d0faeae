"""The list of comments: its heading, its orders and its pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from yousaid.store.answers import ORDERS, CommentPage, Order
from yousaid.store.filter import EVERYTHING, Filter, describe
from yousaid.store.search import MAX_RANKED
from yousaid.web.links import Links
from yousaid.web.presenters.words import capitalise, word_count

PAGE_SIZE = 25

ORDER_NAMES: dict[Order, str] = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "most_negative": "Most negative first",
    "most_positive": "Most positive first",
    "most_urgent": "Most urgent first",
    "best_match": "Best match first",
}
assert tuple(ORDER_NAMES) == ORDERS, "every order of the store has a name"


@dataclass(frozen=True, slots=True)
class PageLink:
    """One page to go to; `number` None stands for pages left out."""

    number: int | None
    href: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Pagination:
    """Links to other pages; an empty address where there is none."""

    pages: tuple[PageLink, ...]
    previous_href: str
    next_href: str
    words: str


def make_heading(chosen: Filter, total_count: int) -> str:
    """How many comments there are and of which kind: “12 comments negative about Parking”."""
    count = capitalise(word_count(total_count, "comment"))
    return count if chosen == EVERYTHING else f"{count} {describe(chosen)}"


def list_orders(chosen: Filter) -> tuple[tuple[Order, str], ...]:
    """The orders that there are, with their names: there is a best match only of words."""
    return tuple((o, name) for o, name in ORDER_NAMES.items() if chosen.words or o != "best_match")


def make_order_note(page: CommentPage) -> str:
    """What the order leaves out, if anything."""
    if page.is_complete:
        return ""
    return (
        f"Too many comments match to compare them all: the newest {MAX_RANKED:,} are in order, "
        "and older ones follow."
    )


def count_pages(total_count: int) -> int:
    """How many pages the list has, at least one."""
    return max(1, -(-total_count // PAGE_SIZE))


def make_pagination(
    chosen: Filter, order: Order, page: int, total_count: int, links: Links
) -> Pagination | None:
    """The pages around this one, with the first and the last; None where one page holds all."""
    last = count_pages(total_count)
    if last == 1:
        return None
    first_row = (page - 1) * PAGE_SIZE + 1
    last_row = min(page * PAGE_SIZE, total_count)

    def link(number: int) -> str:
        return links.comments(chosen, order, number)

    return Pagination(
        pages=tuple(
            PageLink(number, link(number), number == page) if number else PageLink(None)
            for number in _choose_pages(page, last)
        ),
        previous_href=link(page - 1) if page > 1 else "",
        next_href=link(page + 1) if page < last else "",
        words=f"Showing {first_row:,} to {last_row:,} of {total_count:,}",
    )


def _choose_pages(page: int, last: int) -> Iterator[int | None]:
    shown = sorted({1, last, *range(max(1, page - 1), min(last, page + 1) + 1)})
    before = 0
    for number in shown:
        if number - before > 1:
            # A gap of one page is shown as that page, which takes no more room.
            yield number - 1 if number - before == 2 else None
        yield number
        before = number
