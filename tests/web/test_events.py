"""What happened, noted on the charts."""

import html
import re
from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.feedback import make_comment, make_reading
from yousaid.store.layout import Store
from yousaid.web.app import make_app

OURS = {"Sec-Fetch-Site": "same-origin"}
VIEW = "/trends?measure=criticism"


@pytest.fixture
def client(small_store: Callable[..., Store]) -> TestClient:
    comments, readings = [], []
    for number in range(600):
        text = f"Said by {number}"
        day = date(2025, 1 + number % 12, 10)
        comments.append(make_comment(number, text, date=day))
        readings.append(
            make_reading(text, ("Said", "food", "negative" if number % 5 else "positive"))
        )
    app = make_app(small_store(comments, readings), can_change=True)
    return TestClient(app, base_url="http://localhost", headers=OURS)


def note(client: TestClient, day: str, words: str, view: str = VIEW) -> str:
    return client.post("/events", data={"day": day, "words": words, "view": view}).text


def list_events(text: str) -> list[str]:
    lists = re.findall(r'<ol class="events".*?</ol>', text, re.DOTALL)
    items = re.findall(r"<li.*?</li>", lists[0], re.DOTALL) if lists else []
    return [html.unescape(" ".join(re.sub(r"<[^>]*>", "", item).split())) for item in items]


def test_an_event_stands_on_the_chart_of_its_time(client: TestClient) -> None:
    note(client, "2025-06-30", "New menu <b>")
    page = note(client, "2025-03-02", "Ward 3 closed")
    assert list_events(page) == [
        "12 March 2025: Ward 3 closed Remove Ward 3 closed",
        "230 June 2025: New menu <b> Remove New menu <b>",
    ]
    assert "New menu <b>" not in page
    # A line and a number for each, in both widths.
    assert len(re.findall(r'font-weight="bold">[12]</text>', page)) == 4
    assert len(list_events(client.get("/topics/food").text)) == 2
    svg = client.get("/charts/control.svg?measure=criticism").text
    assert 'font-weight="bold">2</text>' in svg


def test_an_event_of_another_time_is_not_there(client: TestClient) -> None:
    page = note(client, "2024-12-31", "Long before")
    assert list_events(page) == []
    note(client, "2025-05-05", "In May")
    assert list_events(client.get(f"{VIEW}&from=2025-06-01").text) == []


def test_events_of_one_period_share_a_line(client: TestClient) -> None:
    note(client, "2025-04-01", "Quarter begins")
    page = note(client, "2025-06-30", "Quarter ends", f"{VIEW}&step=quarter")
    assert 'font-weight="bold">1, 2</text>' in page


def test_an_event_is_removed(client: TestClient) -> None:
    note(client, "2025-06-30", "New menu")
    page = client.post("/events", data={"action": "remove", "words": "New menu", "view": VIEW}).text
    assert list_events(page) == []


@pytest.mark.parametrize(
    ("day", "words", "view"),
    [
        ("2025-02-30", "x", VIEW),
        ("", "x", VIEW),
        ("2025-02-03", "", VIEW),
        ("2025-02-03", "x" * 101, VIEW),
        ("2025-02-03", "x", "//evil.example/"),
        ("2025-02-03", "Twice", VIEW),
    ],
)
def test_what_cannot_be_noted_is_said(client: TestClient, day: str, words: str, view: str) -> None:
    note(client, "2025-01-01", "Twice")
    answer = client.post("/events", data={"day": day, "words": words, "view": view})
    assert answer.status_code == 400
    assert len(list_events(client.get(VIEW).text)) == 1
