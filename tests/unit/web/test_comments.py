import pytest

from tests.unit.web.test_filters import LINKS
from yousaid.store.answers import CommentPage
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.web.presenters.comments import (
    count_pages,
    list_orders,
    make_heading,
    make_order_note,
    make_pagination,
)


def test_make_heading() -> None:
    assert make_heading(EVERYTHING, 1200) == "1,200 comments"
    assert make_heading(Filter(topics=("parking",)), 1) == "1 comment about Parking"
    assert make_heading(Filter(words="zzz"), 0) == "No comments with “zzz”"


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3)])
def test_count_pages(total: int, pages: int) -> None:
    assert count_pages(total) == pages


def test_make_pagination_of_one_page_is_none() -> None:
    assert make_pagination(EVERYTHING, "newest", 1, 25, LINKS) is None


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (1, [1, 2, None, 20]),
        (3, [1, 2, 3, 4, None, 20]),
        (10, [1, None, 9, 10, 11, None, 20]),
        (18, [1, None, 17, 18, 19, 20]),
        (20, [1, None, 19, 20]),
    ],
)
def test_make_pagination_shows_the_pages_around(page: int, shown: list[int | None]) -> None:
    pagination = make_pagination(EVERYTHING, "newest", page, 500, LINKS)
    assert pagination is not None
    assert [link.number for link in pagination.pages] == shown
    assert [link.number for link in pagination.pages if link.is_current] == [page]


def test_make_pagination_words_and_ends() -> None:
    first = make_pagination(EVERYTHING, "oldest", 1, 30, LINKS)
    last = make_pagination(EVERYTHING, "oldest", 2, 30, LINKS)
    assert first is not None
    assert last is not None
    assert (first.words, last.words) == ("Showing 1 to 25 of 30", "Showing 26 to 30 of 30")
    assert (first.previous_href, last.next_href) == ("", "")
    assert first.next_href == "/comments?order=oldest&page=2"


def test_list_orders_has_the_best_match_of_words_alone() -> None:
    assert "best_match" not in dict(list_orders(EVERYTHING))
    assert dict(list_orders(Filter(words="soup")))["best_match"] == "Best match first"


def test_make_order_note() -> None:
    assert make_order_note(CommentPage(9_000, ())) == ""
    assert make_order_note(CommentPage(9_000, (), is_complete=False)).startswith("Too many")
