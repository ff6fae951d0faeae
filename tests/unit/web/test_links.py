from urllib.parse import parse_qsl, urlsplit

from yousaid.store.filter import Filter, from_query
from yousaid.web.links import Links

LINKS = Links("/feedback", "abc123")


def test_comments_round_trips_the_filter() -> None:
    chosen = Filter(topics=("food", "pain"), places=(("A & B", "C/D"),), words='"a b" 50%')
    address = urlsplit(LINKS.comments(chosen))
    assert address.path == "/feedback/comments"
    assert from_query(parse_qsl(address.query)) == chosen


def test_comments_leaves_out_what_is_usual() -> None:
    assert LINKS.comments() == "/feedback/comments"
    assert LINKS.comments(order="newest", page=1) == "/feedback/comments"
    assert LINKS.comments(order="oldest", page=2) == "/feedback/comments?order=oldest&page=2"


def test_comments_with_words_have_the_best_match_first() -> None:
    words = Filter(words="soup")
    assert LINKS.comments(words, "best_match") == "/feedback/comments?words=soup"
    assert LINKS.comments(words, "newest") == "/feedback/comments?words=soup&order=newest"
    assert LINKS.comments(Filter(), "best_match") == "/feedback/comments"


def test_overview_keeps_the_sort() -> None:
    assert Links("", "x").overview(Filter(urgent=True), "praised") == "/?urgent=yes&sort=praised"


def test_comment_escapes_its_id() -> None:
    assert LINKS.comment("a/b?c#d é") == "/feedback/comments/a%2Fb%3Fc%23d%20%C3%A9"


def test_other_addresses() -> None:
    assert LINKS.about("data") == "/feedback/about#data"
    assert LINKS.file("topics.csv", Filter(scores=(5,))) == "/feedback/topics.csv?score=5"
    assert LINKS.static("yousaid.css") == "/feedback/static/abc123/yousaid.css"
