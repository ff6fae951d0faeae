"""The sample is what its generator makes, and what happened in it can be found in it."""

import csv
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from pathlib import Path

import pytest

from yousaid.sample import sample_path

TOOLS = Path(__file__).parents[3] / "tools" / "sample"
GOOD, BAD = "What was good?", "What could we improve?"
Row = dict[str, str]

FOOD = r"food|dinner|meal|soup|sandwich|pudding|supplier|catering"
WAITING = r"wait|late\b|hour|hrs|behind|overbook"
BUILDING = r"nois|dust|drill|builder|building|digger|lorries"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with sample_path().open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def comments(rows: list[Row]) -> list[str]:
    return [row[column] for row in rows for column in (GOOD, BAD) if row[column]]


def day(row: Row) -> date:
    return datetime.strptime(row["Date"], "%d/%m/%Y").date()  # noqa: DTZ007


def share(rows: list[Row], column: str, words: str, keep: Callable[[Row], bool]) -> float:
    """Of the kept rows, the share whose answer in the column has one of the words."""
    kept = [row for row in rows if keep(row)]
    return sum(bool(re.search(words, row[column], re.IGNORECASE)) for row in kept) / len(kept)


def test_make_csv_gives_the_committed_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    before = set(sys.modules)
    made = import_module("make_sample").make_csv()
    for name in set(sys.modules) - before:
        monkeypatch.delitem(sys.modules, name)
    assert made.encode() == sample_path().read_bytes()


def test_sample_path_is_small_enough_to_ship() -> None:
    assert 400_000 < sample_path().stat().st_size <= 900_000


def test_rows_have_the_agreed_columns_and_labels(rows: list[Row]) -> None:
    assert ",".join(rows[0]) == (
        "Response ID,Date,Hospital,Ward or clinic,Overall experience,What was good?,"
        "What could we improve?,Age band,Gender,Ethnic group,How completed"
    )
    assert {row["How completed"] for row in rows} == {"SMS", "Paper", "Online", "Tablet"}
    assert {row["Overall experience"] for row in rows} == {
        "Very good", "Good", "Neither good nor poor", "Poor", "Very poor", "Don't know",
    }  # fmt: skip
    assert len({row["Response ID"] for row in rows}) == len(rows)


def test_rows_fill_three_years_in_order(rows: list[Row]) -> None:
    days = [day(row) for row in rows]
    assert days == sorted(days)
    assert date(2023, 10, 1) <= days[0] <= date(2023, 10, 3)
    assert date(2026, 9, 28) <= days[-1] <= date(2026, 9, 30)
    months = Counter((d.year, d.month) for d in days)
    assert len(months) == 36
    assert max(months.values()) > 1.5 * min(months.values())


def test_rows_have_believable_scores_and_gaps(rows: list[Row]) -> None:
    positive = sum(row["Overall experience"] in {"Very good", "Good"} for row in rows)
    blank = sum(not row[GOOD] and not row[BAD] for row in rows)
    assert 0.85 < positive / len(rows) < 0.92
    assert 0.06 < blank / len(rows) < 0.10
    for column in ("Age band", "Gender", "Ethnic group"):
        values = Counter(row[column] for row in rows)
        assert values["Prefer not to say"] > 30
        assert values[""] > 30


def test_comments_are_as_long_as_people_write(comments: list[str]) -> None:
    lengths = sorted(len(text.split()) for text in comments)
    assert 3_800 < len(lengths) < 4_400
    assert 8 <= lengths[len(lengths) // 2] <= 12
    assert sum(length >= 60 for length in lengths) >= 60
    assert sum(length <= 3 for length in lengths) > len(lengths) / 6


def test_comments_are_not_repeated(comments: list[str]) -> None:
    plain = Counter(re.sub(r"[^\w ]", "", text.casefold()) for text in comments)
    repeated = {text: count for text, count in plain.items() if count > 1}
    assert all(count <= 2 for text, count in repeated.items() if len(text.split()) > 5)
    assert all(len(text.split()) < 12 for text in repeated)


def test_comments_have_no_template_marks(comments: list[str]) -> None:
    assert [text for text in comments if re.search(r"[\[\]{}|]|  ", text)] == []


def test_comments_name_nobody_and_nowhere(comments: list[str]) -> None:
    titled = r"\b(?:Dr|Mr|Mrs|Ms|Miss|Sister|Nurse|Professor) (?!Dr\b)[A-Z][a-z]+"
    places = r"\b(?:London|Leeds|Manchester|Nottingham|Birmingham|Liverpool|Bristol|Sheffield)\b"
    found = [text for text in comments if re.search(f"{titled}|{places}", text)]
    assert found == []


@pytest.mark.parametrize("bank", ["stories", "serious"])
def test_stories_are_there_once_and_whole(bank: str, comments: list[str]) -> None:
    stories = tomllib.loads((TOOLS / f"{bank}.toml").read_text(encoding="utf-8"))["stories"]
    counts = Counter(comments)
    assert [s["text"][:40] for s in stories if counts[s["text"]] != 1] == []
    assert len(stories) >= {"stories": 60, "serious": 12}[bank]


def test_food_on_ward_7_got_worse_from_march_2025(rows: list[Row]) -> None:
    def ward(row: Row) -> bool:
        return row["Ward or clinic"] == "Ward 7 Older People"

    change = date(2025, 3, 1)
    before = share(rows, BAD, FOOD, lambda row: ward(row) and day(row) < change)
    after = share(rows, BAD, FOOD, lambda row: ward(row) and day(row) >= change)
    elsewhere = share(rows, BAD, FOOD, lambda row: not ward(row))
    assert before < 0.04
    assert elsewhere < 0.06
    assert after > 0.3


def test_parking_at_harrowmere_surged_in_summer_2025(rows: list[Row]) -> None:
    def closed(row: Row) -> bool:
        return date(2025, 4, 1) <= day(row) <= date(2025, 9, 30)

    def harrowmere(row: Row) -> bool:
        return row["Hospital"] == "Harrowmere General Hospital"

    shut = share(rows, BAD, r"\bpark", lambda row: harrowmere(row) and closed(row))
    usual = share(rows, BAD, r"\bpark", lambda row: harrowmere(row) and not closed(row))
    other = share(rows, BAD, r"\bpark", lambda row: not harrowmere(row) and closed(row))
    assert shut > 0.12
    assert max(usual, other) < shut / 3


def test_eye_clinic_waits_fell_from_january_2026(rows: list[Row]) -> None:
    def clinic(row: Row, improved: bool) -> bool:
        return row["Ward or clinic"] == "Eye Clinic" and (day(row).year == 2026) == improved

    assert share(rows, BAD, WAITING, lambda row: clinic(row, False)) > 0.3
    assert share(rows, BAD, WAITING, lambda row: clinic(row, True)) < 0.1
    praise = r"quick|on time|waiting|straight in|sooner"
    praised_before = share(rows, GOOD, praise, lambda row: clinic(row, False))
    assert share(rows, GOOD, praise, lambda row: clinic(row, True)) > 2 * praised_before


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_tarnfield_reception_is_rude_every_year(year: int, rows: list[Row]) -> None:
    def desk(row: Row) -> bool:
        return (row["Hospital"], row["Ward or clinic"]) == ("Tarnfield Hospital", "Outpatients")

    words = r"recep|\bdesk\b"
    blamed = share(rows, BAD, words, lambda row: desk(row) and day(row).year == year)
    elsewhere = share(rows, BAD, words, lambda row: not desk(row) and day(row).year == year)
    assert blamed > 0.18
    assert elsewhere < 0.03


def test_building_noise_fills_june_2024_only(rows: list[Row]) -> None:
    def harrowmere(row: Row, in_june: bool) -> bool:
        month = (day(row).year, day(row).month)
        here = row["Hospital"] == "Harrowmere General Hospital"
        return here and (month == (2024, 6)) == in_june

    assert share(rows, BAD, BUILDING, lambda row: harrowmere(row, True)) > 0.3
    assert share(rows, BAD, BUILDING, lambda row: harrowmere(row, False)) < 0.04
