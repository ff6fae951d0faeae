"""The page that sets places, groups of people and periods beside each other."""

import html
import re
from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_client
from tests.web.feedback import make_comment, make_reading
from yousaid.records import Comment, Reading
from yousaid.store.layout import Store


def find_rows(text: str) -> list[list[str]]:
    """The cells of the table, as words."""
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]*>", "", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def say(
    number: int, feeling: str, *, day: date = date(2026, 3, 1), **changes: object
) -> tuple[Comment, Reading]:
    text = f"Said by {number}"
    return (
        make_comment(number, text, date=day, **changes),
        make_reading(text, ("Said", "food", feeling)),
    )


def make(small_store: Callable[..., Store], said: list[tuple[Comment, Reading]]) -> TestClient:
    comments, readings = zip(*said, strict=True)
    return make_client(small_store(list(comments), list(readings)))


def test_a_place_that_differs_stands_out(small_store: Callable[..., Store]) -> None:
    said = [
        say(1000 * ward + n, "negative" if n < (60 if ward == 3 else 20) else "positive",
            unit=(f"Ward {ward}",))
        for ward in range(9) for n in range(100)
    ]  # fmt: skip
    text = make(small_store, said).get("/compare?measure=criticism").text
    assert "Comments that criticise: 1 of 9 places is not as is to be expected" in text
    rows = find_rows(text)
    assert [row[0] for row in rows] == [f"Ward {ward}" for ward in range(9)]
    assert rows[3][1:2] + rows[3][3:] == [
        "60%", "60 comments, Ward 3", "100", "far above what is to be expected",
    ]  # fmt: skip
    assert rows[0][-1] == "as is to be expected"
    assert "Not for ranking" in text
    assert 'aria-label="Ward 3: 60% of 100, far above what is to be expected"' in text


def test_few_places_have_intervals_and_no_funnel(client: TestClient) -> None:
    text = client.get("/compare?measure=praise&place=Northfield+Hospital").text
    assert "A funnel plot needs 5 places" in text
    assert "the dashed line is all together" in text
    assert all(row[-1].startswith("too few") for row in find_rows(text))


def test_figures_are_those_of_their_comments(client: TestClient) -> None:
    text = client.get("/compare?measure=criticism").text
    body = text.split("<tbody>")[1]
    found = re.findall(
        r'<a href="([^"]*)">([\d,]+)<span class="nhsuk-u-visually-hidden"> com', body
    )
    assert found
    for href, count in found:
        heading = re.search(
            r"<h1[^>]*>\s*<bdi>([\d,]+) comment", client.get(html.unescape(href)).text
        )
        assert heading
        assert heading[1] == count


def test_groups_are_held_against_all_whose_group_is_known(
    small_store: Callable[..., Store],
) -> None:
    said = []
    for n in range(300):
        age = ("16 to 24", "25 to 64", "Prefer not to say")[n // 100]
        bad = (70, 20, 50)[n // 100]
        feeling = "negative" if n % 100 < bad else "positive"
        said.append(say(n, feeling, demographics={"Age band": age}))
    said += [say(1000 + n, "positive") for n in range(50)]
    text = make(small_store, said).get("/compare?of=groups&measure=criticism").text
    assert "Comments that criticise by age band: 2 of 2 groups differ by more than chance" in text
    rows = find_rows(text)
    assert [row[0] for row in rows] == ["16 to 24", "25 to 64"]
    assert rows[0][-1].startswith("50.0 points higher,")
    assert "150 of 350 people is not known: 100 would rather not say, 50 left it empty" in text


def test_another_trait_can_be_chosen(small_store: Callable[..., Store]) -> None:
    traits_of = [{"Age band": "16 to 24", "Sex": "Female"}, {"Age band": "85 and over"}]
    client = make(
        small_store, [say(n, "positive", demographics=traits_of[n % 2]) for n in range(9)]
    )
    text = client.get("/compare?of=groups").text
    traits = re.findall(r'href="([^"]*trait=[^"]*)"', text)
    assert traits
    for href in traits:
        assert client.get(html.unescape(href)).status_code == 200
    answer = client.get("/compare?of=groups&trait=Shoe+size")
    assert answer.status_code == 400
    assert "no trait of people “Shoe size”" in html.unescape(answer.text)


def say_of_wards(month: int, counts: dict[str, int]) -> list[tuple[Comment, Reading]]:
    """So many criticisms of each ward in a month, among a hundred comments in all."""
    feelings = [(ward, "negative") for ward, count in counts.items() for _ in range(count)]
    feelings += [("Ward 1", "positive")] * (100 - len(feelings))
    return [
        say(1000 * month + n, feeling, day=date(2025, month, 1 + n % 28), unit=("General", ward))
        for n, (ward, feeling) in enumerate(feelings)
    ]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"Ward 1": 3, "Ward 7": 7}, "30 of 300 comments critical, was 0 of 300; 21 of these from"),
        # A third of them are from none.
        ({f"Ward {n}": 2 for n in range(1, 6)}, "30 of 300 comments critical, was 0 of 300."),
    ],
)
def test_what_changed_names_the_place_that_most_of_it_is_from(
    small_store: Callable[..., Store], counts: dict[str, int], words: str
) -> None:
    said = [one for month in (1, 2, 3) for one in say_of_wards(month, {})]
    said += [one for month in (4, 5, 6) for one in say_of_wards(month, counts)]
    said.append(say(9999, "positive", day=date(2025, 7, 1)))
    client = make(small_store, said)
    text = client.get("/").text
    assert words in " ".join(re.sub(r"<[^>]*>", "", text).split())
    for href in re.findall(r'<a href="([^"]*)"><bdi>21 of these', text):
        found = client.get(html.unescape(href)).text
        assert "21 comments" in found
        assert "Ward 7" in found


def test_what_changed_is_said_in_a_sentence(small_store: Callable[..., Store]) -> None:
    said = []
    for month in range(1, 7):
        for n in range(70):
            feeling = "negative" if n < (15 if month > 3 else 2) else "positive"
            said.append(say(1000 * month + n, feeling, day=date(2025, month, 1 + n % 28)))
    said.append(say(9999, "positive", day=date(2025, 6, 30)))
    client = make(small_store, said)
    overview = " ".join(re.sub(r"<[^>]*>", "", client.get("/").text).split())
    assert "provision &amp; facilities: 45 of 211 comments critical, was 6 of 210." in overview
    text = client.get("/compare?of=periods&measure=criticism").text
    plain = " ".join(re.sub(r"<[^>]*>", "", text).split())
    assert "1 April to 30 June 2025, beside 1 January to 31 March 2025" in plain
    assert "Food &amp; drink provision &amp; facilities: 45 of 211 comments critical" in plain
    assert "was 6 of 210." in plain
    assert "1 of 1 topics changed by more than chance" in plain


def test_chosen_dates_are_held_against_as_many_days_before(client: TestClient) -> None:
    text = client.get("/compare?of=periods&from=2025-03-01&to=2025-03-31").text
    assert "1 to 31 March 2025" in text or "1 March to 31 March 2025" in text
    assert "29 January to 28 February 2025" in text


def test_without_a_time_before_there_is_nothing_to_compare(client: TestClient) -> None:
    text = client.get("/compare?of=periods&to=2024-07-01").text
    assert "There is no time before the dates chosen" in text


def test_periods_are_compared_by_comments(client: TestClient) -> None:
    text = client.get("/compare?of=periods").text
    assert "Rated Very good" not in text.split("filters")[0]
    answer = client.get("/compare?of=periods&measure=good")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/compare?of=doctors", "no way to compare “doctors”"),
        ("/compare?measure=comments", "“comments” cannot be measured here"),
        ("/compare?step=month", "no filter “step”"),
    ],
)
def test_what_cannot_be_is_refused(client: TestClient, address: str, message: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert message in html.unescape(answer.text)
