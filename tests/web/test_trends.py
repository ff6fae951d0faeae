"""The page of trends: control charts whose every point leads to its comments."""

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_client
from tests.web.feedback import make_comment, make_reading
from yousaid.store.layout import Store


def find_points(text: str) -> list[tuple[str, str]]:
    """The address and the words of each point of the wide chart that leads somewhere."""
    wide = text.split("drawing--wide")[1].split("drawing--narrow")[0]
    found = re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"', wide)
    return [(html.unescape(href), html.unescape(words)) for href, words in found]


def read_rows(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text.lstrip("\ufeff"))))


@pytest.mark.parametrize("measure", ["criticism", "praise", "comments"])
def test_every_point_leads_to_its_comments(client: TestClient, measure: str) -> None:
    points = find_points(client.get(f"/trends?measure={measure}").text)
    assert len(points) > 5
    for href, words in points:
        counts = re.search(r"\(([\d,]+) of", words) or re.search(r": ([\d,]+) comments", words)
        assert counts, words
        heading = re.search(r"<h1[^>]*>\s*<bdi>([\d,]+) comment", client.get(href).text)
        assert heading, href
        assert heading[1] == counts[1], words


def test_a_filter_of_what_was_said_is_shown_as_its_share(client: TestClient) -> None:
    text = client.get("/trends?topic=food").text
    assert "Share of all comments:" in text
    assert "Share of all comments</a>" not in client.get("/trends").text


def test_measures_that_say_nothing_are_not_offered(client: TestClient) -> None:
    text = client.get("/trends?score=1&sentiment=negative").text
    assert "Rated Very good or Good" not in text
    assert "Comments that criticise" not in text
    answer = client.get("/trends?score=1&measure=good")
    assert answer.status_code == 400
    assert "“good” cannot be measured here" in html.unescape(answer.text)


def test_what_the_measure_is_of_can_be_taken_away(client: TestClient) -> None:
    text = client.get("/trends?topic=food&measure=share").text
    [without] = re.findall(r'class="chip" href="([^"]*)"', text)
    assert client.get(html.unescape(without)).status_code == 200


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/trends?step=year", "no step of time “year”"),
        ("/trends?split=person", "no way to set trends beside each other “person”"),
        ("/trends?measure=wait", "“wait” cannot be measured"),
        ("/trends?order=newest", "no filter “order”"),
    ],
)
def test_what_cannot_be_is_refused(client: TestClient, address: str, message: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert message in html.unescape(answer.text)


def test_topics_stand_beside_each_other_and_say_what_chance_does(client: TestClient) -> None:
    text = client.get("/trends?measure=criticism&split=topic&step=quarter").text
    assert re.search(r"of these \d+ charts flag their latest point; .* would by chance", text)
    names = re.findall(r'grid__heading"><a href="([^"]*)"><bdi>([^<]*)', text)
    assert names
    for href, name in names:
        page = client.get(html.unescape(href)).text
        assert f"about {name}" in page


def test_places_beside_each_other_are_not_ranked(client: TestClient) -> None:
    text = client.get("/trends?measure=comments&split=place").text
    assert "Not for ranking" in text
    assert "<bdi>Northfield Hospital</bdi>" in text


def test_a_worse_month_is_a_signal(small_store: Callable[..., Store]) -> None:
    comments, readings = [], []
    for month in range(24):
        bad = 36 if month == 23 else 10 + month % 3
        for number in range(60):
            text = f"Said in month {month}, {number}"
            day = date(2024 + month // 12, month % 12 + 1, 1 + number % 28)
            comments.append(make_comment(100 * month + number, text, date=day))
            feeling = "negative" if number < bad else "positive"
            readings.append(make_reading(text, ("Said", "food", feeling)))
    client = make_client(small_store(comments, readings))
    text = client.get("/trends?topic=food&measure=criticism").text
    assert "60% of 60 in December 2025, worse: higher than usual" in text
    assert "above the limits" in text
    [row] = [row for row in read_rows(client, "/control.csv?topic=food&measure=criticism")
             if row["signal"]]  # fmt: skip
    assert (row["first_day"], row["count"], row["out_of"]) == ("2025-12-01", "36", "60")
    small = client.get("/trends?measure=criticism&split=topic").text
    assert "1 of these 1 charts flag their latest point" in small
    assert "1 stand out" in small


def test_small_counts_are_hidden_in_the_file(client: TestClient) -> None:
    rows = read_rows(client, "/control.csv?topic=parking&measure=criticism")
    assert any(row["count"] == "*" for row in rows)
    for row in rows:
        assert row["count"] not in ("1", "2", "3", "4")
        if row["count"] == "*" and row["value"]:
            assert row["value"] == "*"


def test_steps_are_weeks_months_and_quarters(client: TestClient) -> None:
    days = {
        step: [row["first_day"] for row in read_rows(client, f"/control.csv?step={step}")]
        for step in ("week", "month", "quarter")
    }
    assert all(date.fromisoformat(day).weekday() == 0 for day in days["week"])
    assert all(day.endswith("-01") for day in days["month"])
    assert {day[5:] for day in days["quarter"]} <= {"01-01", "04-01", "07-01", "10-01"}
    assert len(days["week"]) > 3 * len(days["month"]) > 6 * len(days["quarter"])


def test_pictures_stand_alone(client: TestClient) -> None:
    drawn = client.get("/charts/control.svg?measure=comments")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "<a " not in drawn.text
    assert "Number of comments:" in drawn.text
    assert client.get("/charts/control.png?measure=comments").content.startswith(b"\x89PNG")
    assert client.get("/charts/control.svg?words=zzzz").status_code == 404


def test_too_little_is_said_and_not_drawn(client: TestClient) -> None:
    text = client.get("/trends?words=zzzz").text
    assert "Too little to draw" in text
    assert "<svg xmlns" not in text


def test_dates_are_chosen_from_the_figures(client: TestClient) -> None:
    """What a brush would do: from one period up to another, the measure and the step kept."""
    address = "/trends?measure=comments&step=quarter"
    rows = re.findall(r"<tr>.*?</tr>", client.get(address).text.split("<tbody>")[1], re.DOTALL)
    names = [re.sub(r"<[^>]*>", "", row.split("</th>")[0]).strip() for row in rows]
    assert len(names) > 4
    # Newest first: from the third oldest, then up to the third newest.
    ends = [re.findall(r'href="([^"]*)">(?:from here|up to here)', row) for row in rows]
    narrowed = client.get(html.unescape(ends[-3][0])).text
    rows = re.findall(r"<tr>.*?</tr>", narrowed.split("<tbody>")[1], re.DOTALL)
    ends = [re.findall(r'href="([^"]*)">(?:from here|up to here)', row) for row in rows]
    narrowed = client.get(html.unescape(ends[2][1])).text
    rows = re.findall(r"<tr>.*?</tr>", narrowed.split("<tbody>")[1], re.DOTALL)
    left = [re.sub(r"<[^>]*>", "", row.split("</th>")[0]).strip() for row in rows]
    assert left == names[2:-2]
