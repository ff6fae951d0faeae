"""Views saved with a name."""

import html
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_client
from tests.web.feedback import make_feedback, make_store
from yousaid.errors import FilterError
from yousaid.store.layout import Store
from yousaid.web.app import make_app
from yousaid.web.presenters.saved import check_view, describe_view

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path / "feedback", *make_feedback())


@pytest.fixture
def client(store: Store) -> TestClient:
    app = make_app(store, can_change=True)
    return TestClient(app, base_url="http://localhost", headers=OURS)


def save(client: TestClient, address: str, name: str) -> str:
    """Follow “Save this view”, give a name, and send the form."""
    found = re.search(r'href="([^"]*)">Save this view', client.get(address).text)
    assert found
    page = client.get(html.unescape(found[1])).text
    view = re.search(r'name="view" value="([^"]*)"', page)
    assert view
    return client.post("/saved", data={"view": html.unescape(view[1]), "name": name}).text


@pytest.mark.parametrize(
    ("address", "shows"),
    [
        ("/?topic=food&sentiment=negative", "Overview: negative about"),
        ("/topics/food?from=2025-01-01", "Food &amp; drink provision &amp; facilities: since"),
        ("/trends?measure=criticism&split=topic&step=quarter", "Trends: all comments"),
        ("/compare?of=periods", "Compare: all comments"),
        ("/comments?words=soup+%22hot+tea%22&order=oldest&page=1", "Comments: with"),
    ],
)
def test_a_view_opens_the_same(client: TestClient, address: str, shows: str) -> None:
    page = save(client, address, "Mine <b>")
    assert shows in page
    assert "Mine &lt;b&gt;" in page
    found = re.search(r'href="([^"]*)"><bdi>Mine', page)
    assert found
    again = client.get(html.unescape(found[1]))
    assert again.status_code == 200
    assert again.text.split("<main")[1] == client.get(address).text.split("<main")[1]


def test_what_cannot_be_seen_is_no_part_of_a_name(client: TestClient) -> None:
    page = client.post("/saved", data={"view": "/", "name": "Fo\x00od \u202e for us"}).text
    assert "<bdi>Fo od for us</bdi>" in page


def test_a_view_is_removed(client: TestClient) -> None:
    save(client, "/?topic=food", "Food")
    page = client.post("/saved", data={"action": "remove", "name": "Food"}).text
    assert "Nothing is saved yet" in page


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Give a name"), ("x" * 101, "Give a name"), ("Food", "“Food” is there already")],
)
def test_a_name_that_will_not_do_is_said(client: TestClient, name: str, words: str) -> None:
    save(client, "/?topic=food", "Food")
    answer = client.post("/saved", data={"view": "/?topic=parking", "name": name})
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil", "evil", ""),
        *("/data", "/about", "/comments/c20", "/topics/nonsense", "/?topic=lunch", "/?next=//evil"),
        *("http://[", "/?words=" + "x" * 20_000),
    ],
)
def test_only_pages_of_ours_can_be_saved(client: TestClient, address: str) -> None:
    with pytest.raises(FilterError):
        check_view(address)
    assert client.post("/saved", data={"view": address, "name": "x"}).status_code == 400
    if address:
        assert client.get("/saved", params={"view": address}).status_code == 400


def test_the_address_of_a_view_is_kept_as_it_was_meant() -> None:
    address = "/comments?words=%22a%26b%22&place=A%252FB%2FC&topic=food"
    assert check_view(address) == address
    assert describe_view("/") == "Overview: all comments"


def test_where_nothing_may_be_changed_nothing_is_saved(full_store: Store) -> None:
    client = make_client(full_store)
    assert "Save this view" not in client.get("/").text
    assert "Views with a name" in client.get("/saved").text
    answer = client.post("/saved", data={"view": "/", "name": "x"}, headers=OURS)
    assert answer.status_code == 403


def test_behind_a_prefix_a_view_is_kept_without_it(store: Store) -> None:
    app = make_app(store, can_change=True)
    client = TestClient(app, base_url="http://localhost", headers=OURS, root_path="/feedback")
    page = save(client, "/feedback/?topic=food", "Food")
    assert 'href="/feedback/?topic=food"><bdi>Food' in page
