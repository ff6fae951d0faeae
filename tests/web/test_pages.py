"""What the server answers: pages, downloads, headers and errors."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_client, make_test_app
from tests.web.feedback import NOW, PLACES, make_comment, make_feedback, make_reading
from yousaid.frameworks import get_framework
from yousaid.records import Scope
from yousaid.store.layout import Store
from yousaid.store.write import add_upload
from yousaid.web.app import make_app

PAGES = (
    "/", "/comments", "/about", "/?topic=food&sentiment=negative", "/comments?words=soup",
    "/trends", "/trends?topic=food&split=place", "/compare", "/compare?of=periods",
    "/topics", "/topics/food?words=soup",
)  # fmt: skip
DOWNLOADS = (
    "/topics.csv",
    "/months.csv",
    "/control.csv",
    "/comments.csv",
    "/charts/trend.svg",
    "/charts/trend.png",
)


@pytest.mark.parametrize("address", PAGES)
def test_page_is_whole(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert answer.text.rstrip().endswith("</html>")


@pytest.mark.parametrize("address", [*PAGES, *DOWNLOADS, "/health", "/nowhere", "/?topic=none"])
def test_every_answer_has_the_security_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("address", PAGES)
def test_page_holds_nothing_that_the_policy_forbids(client: TestClient, address: str) -> None:
    html = client.get(address).text
    for forbidden in (" style=", "<style", "<script", " onload=", "javascript:", "http://", "src="):
        assert forbidden not in html.replace("http://www.w3.org/", "")


def test_overview_says_what_is_looked_at(client: TestClient) -> None:
    html = client.get("/?topic=parking&sentiment=negative&place=Riverside+Centre").text
    assert "Comments negative about Parking, at Riverside Centre" in html


def test_overview_of_an_empty_store_says_what_to_do(empty_client: TestClient) -> None:
    html = empty_client.get("/").text
    assert "There are no comments yet" in html
    assert "yousaid load" in html


def test_overview_without_a_match_offers_a_way_out(client: TestClient) -> None:
    html = client.get("/?words=zzzz&topic=food").text
    assert "No responses match all of this" in html
    assert 'href="/?words=zzzz"' in html
    assert 'href="/?topic=food"' in html


def test_overview_of_one_month_draws_no_trend(small_store: Callable[..., Store]) -> None:
    feedback = [make_comment(1, "Fine")], [make_reading("Fine")]
    html = make_client(small_store(*feedback)).get("/").text
    assert "One month is not yet a trend" in html
    assert "chart-drawing" not in html
    assert "Too few responses to show a percentage" in html


def test_overview_without_dates_says_so(small_store: Callable[..., Store]) -> None:
    feedback = [make_comment(1, "Fine", date=None)], [make_reading("Fine")]
    html = make_client(small_store(*feedback)).get("/").text
    assert "No dates, so no trend" in html


def test_overview_of_blank_answers_only(small_store: Callable[..., Store]) -> None:
    feedback = [make_comment(1, "")], [make_reading("")]
    html = make_client(small_store(*feedback)).get("/").text
    assert "No comments from 1 response" in html
    assert "No topic was found" in html


def test_comments_lists_a_page_and_links_to_the_next(client: TestClient) -> None:
    html = client.get("/comments?kind=why").text
    assert html.count("<article") == 25
    assert 'href="/comments?kind=why&amp;page=2"' in html


def test_comments_beyond_the_last_page_is_an_error(client: TestClient) -> None:
    answer = client.get("/comments?page=999")
    assert answer.status_code == 400
    assert "There is no page 999" in answer.text


def test_comment_shows_the_other_answers_of_the_response(
    small_store: Callable[..., Store],
) -> None:
    comments = [
        make_comment(1, "The soup was lovely"),
        make_comment(2, "More car parking please", response_id="r1", date=make_comment(1, "").date),
    ]
    client = make_client(small_store(comments, [make_reading(c.text) for c in comments]))
    html = client.get("/comments/c1").text
    assert "What else this person said" in html
    assert "More car parking please" in html


def test_comments_say_what_was_searched_for_and_mark_it(client: TestClient) -> None:
    html = client.get("/comments?words=soups OR desk").text
    assert "comments with “soups” or “desk”" in html
    assert 'class="evidence evidence--positive hit">soup</mark>' in html
    assert '<mark class="hit">desk</mark>' in html


def test_comments_with_words_have_the_best_match_first(client: TestClient) -> None:
    html = client.get("/comments?words=soup").text
    assert '<option value="best_match" selected>' in html
    assert 'href="/comments?words=soup&amp;page=2"' in html
    assert "best_match" not in client.get("/comments").text
    answer = client.get("/comments?order=best_match")
    assert (answer.status_code, "no best match without words" in answer.text) == (400, True)


@pytest.mark.parametrize("page", ["/", "/comments"])
def test_words_that_find_nothing_have_a_suggestion(client: TestClient, page: str) -> None:
    html = client.get(f"{page}?words=nurces&score=1").text
    assert f'Did you mean <a class="nhsuk-link" href="{page}?words=nurses&amp;score=1">' in html
    assert "Did you mean" not in client.get(f"{page}?words=nurses").text


def test_suggestion_is_of_the_scope(full_store: Store) -> None:
    app = make_app(full_store, scope=Scope(frozenset({("Nowhere",)})))
    client = TestClient(app, base_url="http://localhost")
    assert "Did you mean" not in client.get("/comments?words=nurces").text


def test_comment_lists_others_like_it(small_store: Callable[..., Store]) -> None:
    texts = ("The soup was cold", "Cold soup", "Kind nurses", "Fine")
    vectors = (bytes([100, 1] * 64), bytes([90, 20] * 64), bytes([1, 120] * 64), b"")
    comments = [make_comment(number, text) for number, text in enumerate(texts)]
    readings = [make_reading(t, vector=v) for t, v in zip(texts, vectors, strict=True)]
    client = make_client(small_store(comments, readings))
    page = client.get("/comments/c0").text
    assert "More like this" not in page
    assert 'href="/comments/c0?similar=yes#similar"' in page
    like = client.get("/comments/c0?similar=yes").text.split("More like this")[1]
    assert like.index("Cold soup") < like.index("Kind nurses")
    assert "Fine" not in like
    assert "cannot be compared" in client.get("/comments/c3?similar=yes").text


def test_form_offers_what_people_said_of_themselves(small_store: Callable[..., Store]) -> None:
    comments = [
        make_comment(1, "Fine", demographics={"age": "65+"}, source="card"),
        make_comment(2, "Good", demographics={"age": "40-64"}, question="Why?"),
    ]
    client = make_client(small_store(comments, [make_reading(c.text) for c in comments]))
    html = client.get("/comments").text
    for value in ("age/65+", "age/40-64", "card", "%", "Why?"):
        assert f'value="{value}"' in html
    found = client.get("/comments?demographic=age/65%2B&source=card").text
    assert "1 comment from people whose age is 65+, that came by “card”" in found


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nowhere", 404, "Page not found"),
        ("/comments/none", 404, "Page not found"),
        ("/charts/trend.svg?place=Nowhere", 404, "Page not found"),
        ("/?topic=lunch", 400, "There is no topic “lunch”"),
        ("/?from=yesterday", 400, "is not a date"),
        ("/?from=2026-02-01&to=2026-01-01", 400, "is after the last"),
        ("/?colour=red", 400, "There is no filter “colour”"),
        ("/about?colour=red", 400, "There is no filter “colour”"),
        ("/about?topic=parking", 400, "not of a choice of comments"),
        ("/comments/none?similar=maybe", 400, "There is no way to show a comment “maybe”"),
        ("/?sort=size", 400, "There is no order of topics “size”"),
        ("/comments?order=random", 400, "There is no order “random”"),
        ("/comments?page=0", 400, "is not the number of a page"),
        ("/comments?page=99999999999999999999", 400, "is not the number of a page"),
        ("/topics.csv?score=9", 400, "“9” is not a score"),
    ],
)
def test_error_says_what_is_wrong(
    client: TestClient, address: str, status: int, words: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert words in answer.text
    assert 'href="/"' in answer.text


def test_unknown_place_is_no_error(client: TestClient) -> None:
    assert "No responses match" in client.get("/?place=Atlantis").text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    answer = client.request(method, "/comments")
    assert answer.status_code == 405
    assert "Pages here can be read, not changed" in answer.text


def test_head_is_answered(client: TestClient) -> None:
    assert client.head("/about").status_code == 200


def test_other_hosts_are_refused(client: TestClient) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_health_is_json(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_mistake_says_nothing_of_its_cause(full_store: Store) -> None:
    app = make_test_app(full_store)
    app.state.site = replace(app.state.site, store=None)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/about")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "NoneType" not in answer.text
    assert "script-src 'none'" in answer.headers["content-security-policy"]


def test_store_that_has_gone_is_said(full_store: Store, tmp_path: Path) -> None:
    app = make_test_app(full_store)
    gone = replace(full_store, folder=tmp_path, database=tmp_path / "app.sqlite")
    app.state.site = replace(app.state.site, store=gone)
    answer = TestClient(app, base_url="http://localhost").get("/about")
    assert answer.status_code == 503
    assert "The comments cannot be read just now" in answer.text


def test_scope_hides_other_places(full_store: Store) -> None:
    app = make_app(full_store, scope=Scope(frozenset({PLACES[3][:1]})))
    client = TestClient(app, base_url="http://localhost")
    assert "Riverside Centre" in client.get("/").text
    for address in (*PAGES, "/topics.csv", "/comments.csv"):
        assert "Northfield" not in client.get(address).text


def test_etag_is_of_one_scope_and_notice(full_store: Store) -> None:
    apps = [
        make_app(full_store),
        make_app(full_store, scope=Scope(frozenset({PLACES[3][:1]}))),
        make_app(full_store, scope=Scope(frozenset())),
        make_app(full_store, notice="Sample data"),
    ]
    clients = [TestClient(app, base_url="http://localhost") for app in apps]
    assert len({client.get("/about").headers["etag"] for client in clients}) == len(apps)


def test_etag_answers_304_until_the_store_changes(small_store: Callable[..., Store]) -> None:
    comments, readings = make_feedback(30)
    store = small_store(comments, readings)
    client = make_client(store)
    etag = client.get("/").headers["etag"]
    assert client.get("/", headers={"if-none-match": etag}).status_code == 304
    assert client.get("/?topic=food").headers["etag"] != etag
    more = make_comment(900, "Lovely")
    add_upload(
        store, "april.csv", [more], [make_reading("Lovely")], now=NOW, framework_version="7+4"
    )
    assert client.get("/", headers={"if-none-match": etag}).status_code == 200


def test_a_page_is_made_once_until_the_store_changes(small_store: Callable[..., Store]) -> None:
    store = small_store(*make_feedback(30))
    app = make_app(store)
    client = TestClient(app, base_url="http://localhost")
    first, again = client.get("/"), client.get("/")
    assert (again.text, again.headers) == (first.text, first.headers)
    [kept] = app.state.site.pages._pages.values()
    assert kept.decode() == first.text
    client.get("/nowhere")
    client.get("/topics.csv")
    assert len(app.state.site.pages._pages) == 1
    more = make_comment(900, "Lovely")
    add_upload(
        store, "april.csv", [more], [make_reading("Lovely")], now=NOW, framework_version="7+4"
    )
    assert client.get("/").text != first.text
    assert kept not in app.state.site.pages._pages.values()


def test_a_page_waits_for_its_turn_unless_it_is_made_already(
    small_store: Callable[..., Store],
) -> None:
    app = make_app(small_store(*make_feedback(30)))
    client = TestClient(app, base_url="http://localhost")
    first, turns = client.get("/"), app.state.site.turns
    while turns.acquire(blocking=False):
        pass
    assert client.get("/").text == first.text
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.get, "/comments")
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        turns.release()
        assert waiting.result(timeout=10).status_code == 200


def test_static_files_are_kept_for_ever(client: TestClient) -> None:
    html = client.get("/about").text
    address = html.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


def test_pages_are_not_kept_by_others(client: TestClient) -> None:
    assert client.get("/").headers["cache-control"] == "private, no-cache"
    assert client.get("/nowhere").headers["cache-control"] == "no-store"


def test_pages_work_behind_a_prefix(full_store: Store) -> None:
    client = make_client(full_store, root_path="/feedback")
    html = client.get("/feedback/comments?topic=food").text
    links = [part.split('"')[0] for part in html.split('href="')[1:]]
    own = [link for link in links if not link.startswith("#")]
    assert own
    assert all(link.startswith("/feedback/") for link in own), own
    assert 'action="/feedback/comments"' in html


SHOWING = ("/", "/comments", "/topics/timeliness", "/comments/id%2F0%3F%23%3Cx%3E",
           "/comments/id%2F0%3F%23%3Cx%3E?similar=yes")  # fmt: skip
OTHERS = ("/topics", "/trends", "/trends?split=place&measure=comments&step=quarter", "/compare",
          "/compare?of=groups", "/compare?of=periods", "/data", "/saved", "/about",
          "/?words=%3Cscript%3E", "/comments?words=%3Cimg+src%3Dx%3E",
          "/trends?words=%22waiting%22",
          "/charts/trend.svg", "/charts/control.svg?measure=comments")  # fmt: skip


@pytest.mark.parametrize("address", SHOWING)
def test_hostile_comment_is_shown_as_text(hostile_client: TestClient, address: str) -> None:
    html = hostile_client.get(address).text
    assert "&lt;script&gt;a" in html or "&lt;img src=" in html


@pytest.mark.parametrize("address", [*SHOWING, *OTHERS])
def test_hostile_comment_is_only_text(hostile_client: TestClient, address: str) -> None:
    html = hostile_client.get(address).text
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>Bold" not in html
    assert "<i>Why" not in html


def test_every_hostile_comment_opens(hostile_client: TestClient) -> None:
    html = hostile_client.get("/comments").text
    links = [part.split('"')[0] for part in html.split('href="/comments/')[1:]]
    assert len(links) == 7
    for link in links:
        assert hostile_client.get(f"/comments/{link}").status_code == 200


def test_long_comment_is_whole_on_its_own_page(hostile_client: TestClient) -> None:
    assert hostile_client.get("/comments").text.count("long ") < 1000
    answer = hostile_client.get("/comments/id%2F5%3F%23%3Cx%3E")
    assert answer.text.count("long") >= 20_000


def test_comment_text_is_in_no_address(client: TestClient) -> None:
    html = client.get("/comments").text
    links = " ".join(part.split('"')[0] for part in html.split('href="')[1:])
    assert "/comments/c" in links
    for words in ("waited", "kind", "Lunch"):
        assert words not in links.replace("kind=", "")


def test_about_says_what_every_topic_means(client: TestClient) -> None:
    html = client.get("/about").text
    for topic in get_framework().topics:
        assert f'id="topic-{topic.id}"' in html
    assert "0.85 to 0.95" in html
    assert "Over the 2 topics measured, F1 is 0.81" in html
    assert "Three things are not measured on real comments" in html
    assert "march.csv" in html


def test_about_says_which_models_have_no_scores(small_store: Callable[..., Store]) -> None:
    comments = [make_comment(number, "Fine") for number in range(3)]
    readings = [make_reading("Fine", model=model) for model in ("mine 1", "mine 1", "test-1")]
    store = small_store(comments[:2], readings[:2])
    only_mine = make_client(store).get("/about").text
    assert "The comments here were read by “<bdi>mine 1</bdi>”, whose scores" in only_mine
    assert "0.85 to 0.95" not in only_mine
    add_upload(store, "b.csv", comments[2:], readings[2:], now=NOW, framework_version="7+4")
    both = make_client(store).get("/about").text
    assert "Some of the comments here were read by “<bdi>mine 1</bdi>”" in both
    assert "0.85 to 0.95" in both


def test_overview_puts_the_most_urgent_first_however_short(
    small_store: Callable[..., Store],
) -> None:
    texts = ("Please help me", "I asked for water and nobody came to me for hours")
    comments = [make_comment(number, text) for number, text in enumerate(texts)]
    readings = [make_reading(texts[0], urgency=0.95), make_reading(texts[1], urgency=0.6)]
    html = make_client(small_store(comments, readings)).get("/").text
    assert html.index("Please help me") < html.index("I asked for water")


def test_overview_prefers_praise_that_was_asked_for(small_store: Callable[..., Store]) -> None:
    comments = [
        make_comment(1, "Nothing"),
        make_comment(2, "The soup was lovely", kind="what_good"),
    ]
    readings = [
        make_reading("Nothing", sentiment=1, sentiment_score=1.0),
        make_reading("The soup was lovely", ("lovely", "food", "positive"), sentiment_score=0.5),
    ]
    html = make_client(small_store(comments, readings)).get("/").text
    good = html[html.index("Good to hear") : html.index("Where")]
    assert "All 1 like these" in good
    assert "Nothing" not in good


def test_overview_shows_other_praise_where_there_is_no_better(
    small_store: Callable[..., Store],
) -> None:
    reading = make_reading("Nothing", sentiment=1, sentiment_score=1.0)
    html = make_client(small_store([make_comment(1, "Nothing")], [reading])).get("/").text
    good = html[html.index("Good to hear") : html.index("Where")]
    assert "Nothing" in good
