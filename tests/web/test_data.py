"""Files brought in, watched and taken back through the pages."""

import html
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_client
from tests.web.feedback import make_comment, make_reading, make_store
from yousaid.jobs import list_jobs
from yousaid.records import Scope
from yousaid.sample import sample_path
from yousaid.store.layout import Store
from yousaid.web.app import make_app

OURS = {"Sec-Fetch-Site": "same-origin"}
ROWS = (
    "Date,Ward,Overall,What was good?,Notes\n"
    "02/03/2026,Ward 1,Good,Kind nurses,\n"
    "03/03/2026,Ward 2,Poor,Nothing at all was good <b>here</b>,x\n"
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path / "feedback")


@pytest.fixture
def client(store: Store) -> TestClient:
    app = make_app(store, can_change=True, sample=sample_path())
    return TestClient(app, base_url="http://localhost", headers=OURS)


def send(client: TestClient, text: str = ROWS, name: str = "march.csv") -> Any:
    return client.post("/data", files={"file": (name, text.encode())})


def read_form(text: str) -> dict[str, str]:
    """What a browser would send back from the form of columns, untouched."""
    form = text.split('class="mapping"')[1].split("</form>")[0]
    fields: dict[str, str] = {}
    for name, body in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = chosen[1] if chosen else ""
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") != "radio" or tag.endswith(" checked>"):
            fields[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return fields


def wait_until_over(client: TestClient, address: str) -> str:
    end = time.monotonic() + 60
    while "It is being brought in" in (text := client.get(address).text):
        assert time.monotonic() < end
        time.sleep(0.1)
    return text


def plain(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", text).split()))


def test_a_file_is_looked_at_brought_in_and_taken_back(client: TestClient, store: Store) -> None:
    looked = send(client)
    address = urlsplit(str(looked.url)).path
    assert address.startswith("/data/jobs/")
    said = plain(looked.text)
    assert "Comments come from “What was good?”; the date from “Date”, day before month" in said
    assert "2 responses with 2 comments" in said
    assert "&lt;b&gt;here&lt;/b&gt;" in looked.text
    assert "march.csv : waiting for you to look at it" in plain(client.get("/data").text)
    fields = read_form(looked.text)
    started = client.post(address, data={**fields, "action": "start"})
    assert started.history[0].status_code == 303
    over = wait_until_over(client, address)
    assert "responses 2, comments 2, responses without a comment 0" in over
    assert "All comments" in client.get("/").text
    assert client.post(address, data={"action": "discard"}).url.path == "/data"
    assert list_jobs(store) == ()
    listed = client.get("/data").text
    [undo] = re.findall(r'href="(/data/undo/[^"]*)"', listed)
    assert "Its 2 responses with 2 comments" in client.get(undo).text
    assert "Nothing has been brought in yet" in client.post(undo).text
    assert client.get(undo).status_code == 404


def test_the_sample_is_two_clicks_from_nothing(client: TestClient) -> None:
    assert 'href="/data"' in client.get("/").text
    assert "Bring in the sample" in client.get("/data").text
    answer = client.post("/data", data={"sample": "yes"}, files={"nothing": ("", b"")})
    over = wait_until_over(client, urlsplit(str(answer.url)).path)
    assert "responses 3,045" in over
    assert "Bring in the sample" not in client.get("/data").text


def test_another_choice_of_columns_is_kept(client: TestClient, store: Store) -> None:
    looked = send(client)
    address = urlsplit(str(looked.url)).path
    fields = read_form(looked.text)
    changed = {**fields, "role-4": "detail", "role-1": "", "question-3": "What did we do well?"}
    again = client.post(address, data={**changed, "action": "look"})
    assert read_form(again.text) == changed
    said = plain(again.text)
    assert "“What was good?”, answering “What did we do well?”" in said
    assert "kept with each comment: “Notes”" in said
    assert "the place" not in said.split("The first rows")[0].split("How it is understood")[1]
    [job] = list_jobs(store)
    assert (job.state, job.column_map is not None) == ("waiting", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role-3": ""}, "no column is chosen as “Comments”"),
        ({"role-4": "date"}, "“Date” is chosen for 2 columns, and can be one"),
        ({"role-4": "place-1", "role-1": "place-1"}, "“Place, level 1 (widest)” is chosen for 2"),
        ({"role-4": "nonsense"}, "asks for what is not there"),
        (
            {"role-4": "question", "question-3": ""},
            None,  # a column of questions is as good as a question
        ),
    ],
)
def test_a_choice_that_cannot_be_is_said(
    client: TestClient, changes: dict[str, str], words: str | None
) -> None:
    looked = send(client)
    fields = {**read_form(looked.text), **changes, "action": "look"}
    answer = client.post(urlsplit(str(looked.url)).path, data=fields)
    assert answer.status_code == (400 if words else 200)
    if words:
        assert words in plain(answer.text)
        # What was chosen stands, to be mended.
        kept = {k: v for k, v in read_form(answer.text).items() if v != ""}
        assert kept.items() <= fields.items() or "nonsense" in fields.values()


def test_what_cannot_be_read_is_told_before_and_stops_the_upload(client: TestClient) -> None:
    looked = send(client, ROWS.replace("03/03/2026", "the third of March"))
    said = plain(looked.text)
    assert "The upload would stop at these" in said
    assert "“Date”: 1 × not a date written day first (first in row 3)" in said
    address, fields = urlsplit(str(looked.url)).path, read_form(looked.text)
    client.post(address, data={**fields, "action": "start"})
    failed = wait_until_over(client, address)
    assert "It was not brought in" in failed
    assert "1 in “Date” (not a date written day first): row 3" in plain(failed)
    listed = client.get(f"{address}/problems.csv")
    assert listed.headers["content-disposition"].startswith("attachment")
    assert listed.text.splitlines()[1].startswith("march.csv,,3,Date,not a date")
    assert "third of March" not in listed.text
    client.post(address, data={**fields, "on_bad": "blank", "action": "start"})
    over = plain(wait_until_over(client, address))
    assert "responses 2, comments 2" in over
    assert "“Date”: 1 × not a date" in over


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("march.docx", ROWS, "“march.docx” is of a kind that is not read"),
        ("march.csv", "", "march.csv is empty"),
        ("../../<script>.exe", ROWS, "“<script>.exe” is of a kind"),
    ],
)
def test_a_file_of_no_use_is_refused(
    client: TestClient, store: Store, name: str, text: str, words: str
) -> None:
    answer = send(client, text, name)
    assert answer.status_code == 400
    assert words in plain(html.unescape(answer.text)) or words in html.unescape(answer.text)
    assert "<script>" not in answer.text
    assert list_jobs(store) == ()


def test_no_file_is_said(client: TestClient) -> None:
    answer = client.post("/data", files={"file": ("", b"")})
    assert answer.status_code == 400
    assert "No file was chosen" in answer.text


def test_a_damaged_workbook_can_be_put_away(client: TestClient, store: Store) -> None:
    looked = send(client, "PK\x03\x04 no workbook", "march.xlsx")
    assert "The file cannot be read" in looked.text
    client.post(urlsplit(str(looked.url)).path, data={"action": "discard"})
    assert list_jobs(store) == ()


def test_a_file_without_comments_waits_for_somebody_to_say_where_they_are(
    client: TestClient,
) -> None:
    looked = send(client, "a,b\n1,2\n3,4\n")
    assert "No column seems to hold comments" in looked.text
    fields = {**read_form(looked.text), "role-1": "text", "action": "look"}
    answer = client.post(urlsplit(str(looked.url)).path, data=fields)
    assert "Comments come from “b”" in plain(answer.text)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_forms_of_other_sites_change_nothing(
    client: TestClient, store: Store, headers: dict[str, str]
) -> None:
    answer = client.post("/data", files={"file": ("march.csv", ROWS.encode())}, headers=headers)
    assert answer.status_code == 403
    assert list_jobs(store) == ()


def test_a_browser_that_says_only_which_site_is_believed(client: TestClient, store: Store) -> None:
    headers = {"Sec-Fetch-Site": "", "Origin": "http://localhost"}
    client.post("/data", files={"file": ("march.csv", ROWS.encode())}, headers=headers)
    assert len(list_jobs(store)) == 1


def test_what_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    headers = {"Content-Length": str(3 * 10**9), "Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/data", content=b"--x--", headers=headers)
    assert answer.status_code == 413
    assert "yousaid load" in answer.text


def test_where_nothing_may_be_changed_nothing_is(tmp_path: Path) -> None:
    text = "Kind nurses"
    store = make_store(tmp_path / "feedback", [make_comment(1, text)], [make_reading(text)])
    client = make_client(store)
    page = client.get("/data").text
    assert "This dashboard shows comments and changes nothing" in page
    assert "<form" not in page
    assert "/data/undo/" not in page
    for address in ("/data", "/data/undo/1", "/data/jobs/0123456789abcdef"):
        assert (
            client.post(address, headers=OURS, files={"file": ("a.csv", b"a")}).status_code == 403
        )
    assert client.get("/data/undo/1").status_code == 403
    # A dashboard of some places holds back what is of all.
    limited = make_app(store, scope=Scope(frozenset({("Ward 1",)})), can_change=True)
    assert "<form" not in TestClient(limited, base_url="http://localhost").get("/data").text


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    for address in ("/data/jobs/0123456789abcdef", "/data/jobs/%2E%2E%2Fx", "/data/undo/7"):
        assert client.get(address).status_code == 404
    assert client.post("/data/jobs/0123456789abcdef", data={"action": "start"}).status_code == 404
    assert client.post("/data/undo/7").status_code == 404
