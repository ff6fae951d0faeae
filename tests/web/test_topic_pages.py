"""The framework as a tree, and each topic's own page."""

import html
import re
from collections.abc import Callable
from datetime import date

from starlette.testclient import TestClient

from tests.web.conftest import make_client
from tests.web.feedback import make_comment, make_reading
from yousaid.frameworks import get_framework
from yousaid.store.layout import Store


def read_plain(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", text).split()))


def test_every_topic_that_was_found_is_in_its_category(client: TestClient) -> None:
    text = client.get("/topics").text
    listed = re.findall(r'<th scope="row"><a href="/topics/([a-z_]+)">', text)
    assert "food" in listed
    order = [topic for topic in get_framework().topic_ids if topic in listed]
    by_category = [
        topic.id for topics in get_framework().categories.values() for topic in topics
        if topic.id in listed
    ]  # fmt: skip
    assert listed == by_category
    assert sorted(order) == sorted(listed)


def test_a_topic_has_a_page_of_its_own(client: TestClient) -> None:
    topic = get_framework().by_id["food"]
    plain = read_plain(client.get("/topics/food").text)
    assert topic.meaning in plain
    assert topic.not_this in plain
    assert "Comments about it" in plain


def test_figures_of_a_topic_are_those_of_its_comments(client: TestClient) -> None:
    text = client.get("/topics/food").text
    value = r'figure__value"><a href="([^"]*)">([\d,.%]+)<'
    links = re.findall(value, text)
    notes = re.findall(r'figure__note">([\d,]+) of [\d,]+ comments? about it', text)
    assert len(links) == 3
    counts = [links[0][1], *notes]
    for (href, _), count in zip(links, counts, strict=True):
        heading = re.search(
            r"<h1[^>]*>\s*<bdi>([\d,]+) comment", client.get(html.unescape(href)).text
        )
        assert heading
        assert heading[1] == count


def test_a_share_is_set_right_by_the_errors_of_its_reader(
    small_store: Callable[..., Store],
) -> None:
    texts = [f"Said by {n}" for n in range(500)]
    labelled = [
        make_reading(text, ("Said", "parking", "negative")) if n < 50 else make_reading(text)
        for n, text in enumerate(texts)
    ]
    comments = [make_comment(n, text) for n, text in enumerate(texts)]
    client = make_client(small_store(comments, labelled))
    plain = read_plain(client.get("/topics/parking").text)
    # Of 120 tested it finds 107 and names 8 of 780 others: (10 − 1.03) ÷ (89.2 − 1.03).
    assert "10% of 500 comments 95% interval 7.7% to 13%" in plain
    assert "Set right by the reader's errors 10%" in plain
    assert "95% interval 7.3% to 14%" in plain
    assert "in 900 comments that people labelled" in plain
    plain = read_plain(client.get("/topics/pain").text)
    assert "Not done, since the reader was not tested on it" in plain


def test_words_and_company_of_a_topic(small_store: Callable[..., Store]) -> None:
    comments, readings = [], []
    for n in range(120):
        said = f"The soup was cold, and nobody came {n}" if n < 40 else f"Kind nurses {n}"
        labels = (
            [("soup", "food", "negative")] if n < 40 else [("Kind", "staff_manner", "positive")]
        )
        if n < 30:
            labels.append(("nobody", "timeliness", "negative"))
        comments.append(make_comment(n, said, date=date(2025, 1 + n % 12, 1)))
        readings.append(make_reading(said, *labels))
    client = make_client(small_store(comments, readings))
    plain = read_plain(client.get("/topics/food").text)
    assert "soup was cold 100% (40 of 40) 0% (0 of 80)" in plain
    assert "Timeliness of care : 30 comments about both, by chance 10." in plain
    [href] = re.findall(r'<a href="([^"]*)">soup was cold</a>', client.get("/topics/food").text)
    assert "40 comments" in read_plain(client.get(html.unescape(href)).text)
    rare = read_plain(client.get("/topics/parking").text)
    assert "No word is in these comments more often" in rare
    assert "Too little to draw" in rare


def test_the_filter_narrows_a_topic_and_its_own_topics_do_not(client: TestClient) -> None:
    assert client.get("/topics/food?topic=pain").text.count('class="chip"') == 0
    narrowed = client.get("/topics/food?place=Riverside+Centre").text
    assert "Riverside Centre" in narrowed
    assert narrowed != client.get("/topics/food").text


def test_an_unknown_topic_is_no_page(client: TestClient) -> None:
    for address in ("/topics/lunch", "/topics/Food", "/topics/%3Cscript%3E"):
        assert client.get(address).status_code == 404
    assert client.get("/topics?sort=praised").status_code == 400


def test_what_is_too_rare_is_said(client: TestClient) -> None:
    assert "too few each month to say" in client.get("/topics").text
