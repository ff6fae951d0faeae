"""The files that the server sends: tables and pictures of what the pages show."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.web.conftest import make_client
from tests.web.feedback import HOSTILE, make_comment, make_reading
from yousaid.store.layout import Store


def read_csv(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


def test_topics_csv_is_the_table(client: TestClient) -> None:
    rows = read_csv(client, "/topics.csv?place=Riverside+Centre")
    row = next(row for row in rows if row["topic_id"] == "food")
    parts = (int(row["positive"]), int(row["neutral"]), int(row["negative"]))
    assert row["topic"] == "Food & drink provision & facilities"
    assert sum(parts) == int(row["comments"])
    share = 100 * int(row["comments"]) / int(row["all_comments"])
    assert float(row["percent_of_comments"]) == pytest.approx(share, abs=0.01)
    assert float(row["percent_of_comments_low"]) < share < float(row["percent_of_comments_high"])


@pytest.mark.parametrize("name", ["topics", "months", "comments", "control"])
def test_a_file_says_itself_what_it_is_of(client: TestClient, name: str) -> None:
    rows = read_csv(client, f"/{name}.csv?place=Riverside+Centre&from=2025-01-01")
    assert {row["filter"] for row in rows} == {"at Riverside Centre, since 1 January 2025"}
    assert {row["filter"] for row in read_csv(client, f"/{name}.csv")} == {"all comments"}


@pytest.mark.parametrize("address", ["/charts/trend.svg?", "/charts/control.svg?measure=comments&"])
def test_a_picture_says_itself_what_it_is_of(client: TestClient, address: str) -> None:
    drawn = client.get(f"{address}place=Riverside+Centre").text
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawn))
    assert "at Riverside Centre" in words


def test_pages_and_files_give_no_percentage_of_three(small_store: Callable[..., Store]) -> None:
    texts = ("The soup was cold", "Lunch came cold", "Fine")
    readings = [make_reading(text) for text in texts]
    readings[:2] = [make_reading(text, ("cold", "food", "negative")) for text in texts[:2]]
    comments = [make_comment(number, text) for number, text in enumerate(texts)]
    client = make_client(small_store(comments, readings))
    words = re.sub(r"<[^>]*>", "", client.get("/").text)
    assert re.findall(r"\d%(?! interval)", words) == []
    assert words.count("Too few comments to show a percentage") == 2
    for address in ("/topics.csv", "/months.csv"):
        for row in read_csv(client, address):
            percents = {value for key, value in row.items() if key.startswith("percent")}
            assert percents <= {"", "*"}


def test_files_hide_small_counts_and_pages_do_not(small_store: Callable[..., Store]) -> None:
    texts = [f"The soup was cold {number}" for number in range(40)]
    feelings = ["positive"] * 3 + ["negative"] * 27 + ["neutral"] * 10
    readings = [
        make_reading(text, ("cold", "food", feeling))
        for text, feeling in zip(texts, feelings, strict=True)
    ]
    comments = [make_comment(number, text) for number, text in enumerate(texts)]
    client = make_client(small_store(comments, readings))
    assert "3 positive" in re.sub(r"<[^>]*>", "", client.get("/").text)
    [row] = read_csv(client, "/topics.csv")
    # The three would follow from the total less the others, so one more is hidden.
    counts = [row[key] for key in ("comments", "positive", "neutral", "negative")]
    assert counts == ["40", "*", "*", "27"]
    assert row["percent_of_comments"] == "100.0"


@pytest.mark.parametrize("address", ["/topics.csv", "/months.csv", "/comments.csv"])
def test_csv_columns_need_no_quotes(client: TestClient, address: str) -> None:
    columns = client.get(address).text.lstrip("\ufeff").splitlines()[0].split(",")
    assert [name for name in columns if not re.fullmatch("[a-z_]+", name)] == []
    assert ("dont_know" in columns) == (address == "/months.csv")


def test_months_csv_has_every_month(client: TestClient) -> None:
    rows = read_csv(client, "/months.csv")
    months = [row["month"] for row in rows]
    assert months == sorted(months)
    hidden = [row for row in rows if "*" in list(row.values())[1:8]]
    assert 0 < len(hidden) < len(rows)
    for row in rows:
        for ending in ("", "_low", "_high"):
            percent = row[f"percent_positive{ending}"]
            if row in hidden:
                assert percent == "*"
            else:
                assert (percent == "") == (sum_scores(row) < 10)


def sum_scores(row: dict[str, str]) -> int:
    return sum(int(row[key]) for key in list(row)[2:8])


def test_comments_csv_has_every_comment(client: TestClient) -> None:
    rows = read_csv(client, "/comments.csv?topic=food&sentiment=positive")
    assert rows
    assert all("Food & drink" in row["topics_positive"] for row in rows)
    heading = client.get("/comments?topic=food&sentiment=positive").text
    assert f"{len(rows)} comments positive about Food" in heading


@pytest.mark.parametrize("name", ["topics", "months", "comments", "control"])
def test_workbooks_hold_what_the_csv_files_do(client: TestClient, name: str) -> None:
    answer = client.get(f"/{name}.xlsx?topic=food")
    assert f"yousaid-{name}-2026-04-30.xlsx" in answer.headers["content-disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    table = list(
        csv.reader(io.StringIO(client.get(f"/{name}.csv?topic=food").text.lstrip("\ufeff")))
    )
    assert rows[0] == table[0]
    assert len(rows) == len(table) > 1
    assert [row[0] for row in rows] == [row[0] for row in table]


def test_downloads_are_named_by_date(client: TestClient) -> None:
    header = client.get("/topics.csv").headers["content-disposition"]
    assert header == 'attachment; filename="yousaid-topics-2026-04-30.csv"'


def test_comments_csv_guards_formulas(hostile_client: TestClient) -> None:
    rows = read_csv(hostile_client, "/comments.csv")
    texts = {row["comment"] for row in rows}
    assert f"'{HOSTILE[2]}" in texts
    assert HOSTILE[0] in texts


def test_trend_svg_says_what_it_shows(client: TestClient) -> None:
    answer = client.get("/charts/trend.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert 'role="img"' in answer.text
    assert "<title " in answer.text
    assert "<desc " in answer.text


def test_trend_png_is_a_picture(client: TestClient) -> None:
    assert client.get("/charts/trend.png").content.startswith(b"\x89PNG")
