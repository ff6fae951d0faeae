"""Layouts that trusts really have: each understood, or refused with the sentence that helps."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from tests.unit.ingest.taken import Taken, take
from yousaid.errors import InputError
from yousaid.ingest.column_map import ColumnMap, TextColumn
from yousaid.ingest.tables import open_table
from yousaid.pipeline import guess_columns
from yousaid.records import Comment

WORDS = ("Kind nurses and clean beds", "Waited four hours for a scan", "The car park was full")


def write(folder: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def write_book(folder: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        fill(workbook)
    return path


def read(path: Path, column_map: ColumnMap | None = None) -> Taken:
    table = open_table(str(path))
    return take(table, column_map or guess_columns(table))


def list_comments(path: Path) -> list[Comment]:
    return list(read(path).comments)


def test_a_column_for_each_question(tmp_path: Path) -> None:
    rows = "\n".join(
        f"{n},0{n}/03/2026,St Anne's,Ward {n},Good,{WORDS[0]},{WORDS[2]}" for n in (1, 2, 3)
    )
    path = write(
        tmp_path,
        "a.csv",
        "Response ID,Date completed,Site,Ward,Overall experience,What was good?,"
        f"What could we do better?\n{rows}\n",
    )
    found = list_comments(path)
    assert len(found) == 6
    assert found[0].unit == ("St Anne's", "Ward 1")
    assert found[0].score == 2
    assert {one.kind for one in found} == {"what_good", "could_improve"}


def test_a_row_for_each_answer(tmp_path: Path) -> None:
    rows = "".join(
        f"R{n};{question};{text};Very good;0{n}/03/2026\n"
        for n in (1, 2)
        for question, text in (("What was good?", WORDS[0]), ("What could be improved?", WORDS[1]))
    )
    path = write(
        tmp_path, "b.csv", f"Respondent ID;Question;Answer;FFT score;Response date\n{rows}"
    )
    found = read(path)
    assert (len(found.comments), found.response_count) == (4, 2)
    assert [one.kind for one in found.comments[:2]] == ["what_good", "could_improve"]


def test_codes_without_a_direction_are_refused_and_with_one_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{n % 5 + 1},{WORDS[n % 3]} {n}\n" for n in range(20))
    path = write(tmp_path, "c.csv", f"Overall rating,Comments\n{rows}")
    with pytest.raises(InputError, match="Overall rating"):
        read(path)
    for best, scores in ((1, [1, 2, 3, 4, 5]), (5, [5, 4, 3, 2, 1])):
        column_map = ColumnMap((TextColumn("Comments"),), score="Overall rating", best_score=best)
        assert [one.score for one in read(path, column_map).comments[:5]] == scores


def test_six_for_do_not_know_gives_the_direction_away(tmp_path: Path) -> None:
    rows = "".join(f"{n % 6 + 1},{WORDS[n % 3]} {n}\n" for n in range(24))
    path = write(tmp_path, "d.csv", f"FFT score,Comments\n{rows}")
    assert [one.score for one in list_comments(path)[:6]] == [1, 2, 3, 4, 5, 6]


def test_the_old_wording_of_the_national_question(tmp_path: Path) -> None:
    answers = ("Extremely likely", "Likely", "Neither likely nor unlikely", "Unlikely",
               "Extremely unlikely", "Don't know")  # fmt: skip
    rows = "".join(f"{answer},{WORDS[0]} {n}\n" for n, answer in enumerate(answers))
    path = write(tmp_path, "e.csv", f"How likely are you to recommend us?,Comments\n{rows}")
    assert [one.score for one in list_comments(path)] == [1, 2, 3, 4, 5, 6]


def test_semicolons_curly_quotes_and_pounds_of_an_old_windows(tmp_path: Path) -> None:
    path = write(
        tmp_path, "f.csv", "Date;Comments\n02/03/2026;“Lovely” – but £12 to park\n", "cp1252"
    )
    assert list_comments(path)[0].text == "“Lovely” – but £12 to park"


def test_utf_16_with_tabs(tmp_path: Path) -> None:
    path = write(
        tmp_path, "g.txt", f"Date\tWard\tComments\n02/03/2026\tÉlan\t{WORDS[0]}\n", "utf-16"
    )
    assert list_comments(path)[0].unit == ("Élan",)


def test_notes_above_the_names(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "h.csv",
        "Friends and Family Test – March,,,\nPrepared by the survey team,,,\n,,,\n"
        "Date,Ward,FFT score,Comments\n"
        f"02/03/2026,7,Good,{WORDS[0]}\n03/03/2026,8,Poor,{WORDS[1]}\n",
    )
    assert [one.score for one in list_comments(path)] == [2, 4]


def test_a_row_of_totals_stops_or_is_left_out(tmp_path: Path) -> None:
    path = write(
        tmp_path, "i.csv", f"Date,Comments\n02/03/2026,{WORDS[0]}\n03/03/2026,{WORDS[1]}\nTotal,2\n"
    )
    with pytest.raises(InputError, match=r"not a date written day first\): row 4"):
        read(path)
    column_map = ColumnMap((TextColumn("Comments"),), date="Date", on_bad_date="leave_out")
    assert len(read(path, column_map).comments) == 2


def test_dates_of_many_kinds_day_first(tmp_path: Path) -> None:
    days = ("02/03/2026", "2.3.26", "2026-03-02", "2 March 2026", "02-Mar-26", "02/03/2026 14:05")
    rows = "".join(f"{day},{WORDS[0]} {n}\n" for n, day in enumerate(days))
    found = list_comments(write(tmp_path, "j.csv", f"Date,Comments\n{rows}"))
    assert {one.date for one in found} == {date(2026, 3, 2)}


def test_dates_month_first_are_noticed(tmp_path: Path) -> None:
    path = write(
        tmp_path, "k.csv", f"Date,Comments\n03/02/2026,{WORDS[0]}\n03/25/2026,{WORDS[1]}\n"
    )
    column_map = ColumnMap((TextColumn("Comments"),), date="Date")
    with pytest.raises(InputError, match="written month first"):
        read(path, column_map)


def test_line_breaks_commas_and_quotation_marks_in_comments(tmp_path: Path) -> None:
    text = 'Kind, clean\nand "warm"\n\nThank you'
    quoted = text.replace('"', '""')
    path = write(tmp_path, "l.csv", f'Date,Comments\n02/03/2026,"{quoted}"\n')
    assert list_comments(path)[0].text == text


def test_empty_columns_and_rows_at_the_end(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "m.csv",
        f"Date,Comments,,\n02/03/2026,{WORDS[0]},,\n,,,\n,,,\n03/03/2026,{WORDS[1]},,\n",
    )
    assert len(list_comments(path)) == 2


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "n.csv", f"Date,Comments,Comments\n02/03/2026,{WORDS[0]},{WORDS[1]}\n")
    with pytest.raises(InputError, match="columns 2 and 3 are both called “Comments”"):
        read(path)


def test_ten_thousand_columns(tmp_path: Path) -> None:
    names = ",".join(f"Field {n}" for n in range(9998))
    cells = ",".join("x" for _ in range(9998))
    path = write(tmp_path, "o.csv", f"Date,{names},Comments\n02/03/2026,{cells},{WORDS[0]}\n" * 1)
    column_map = ColumnMap((TextColumn("Comments"),), date="Date")
    assert read(path, column_map).comments[0].text == WORDS[0]


def test_what_programs_write_for_nothing_is_a_response_and_no_comment(tmp_path: Path) -> None:
    rows = "".join(f"02/03/2026,{text}\n" for text in ("NULL", "#N/A", "", "Nothing", WORDS[0]))
    found = read(write(tmp_path, "p.csv", f"Date,Comments\n{rows}"))
    # “Nothing” is what a person answered.
    assert (found.response_count, found.blank_count) == (5, 3)


def test_prefer_not_to_say_refused_and_missing_are_three_things(tmp_path: Path) -> None:
    groups = ("Prefer not to say", "Refused", "", "55-64")
    rows = "".join(f"{group},02/03/2026,{WORDS[0]} {n}\n" for n, group in enumerate(groups))
    found = list_comments(write(tmp_path, "q.csv", f"Age band,Date,Comments\n{rows}"))
    assert [one.demographics.get("Age band") for one in found] == [
        "Prefer not to say", "Refused", None, "55-64",
    ]  # fmt: skip


def test_a_workbook_with_a_hidden_sheet_first(tmp_path: Path) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        lists = workbook.add_worksheet("Lists")
        lists.write_column(0, 0, ["Ward", "Ward 1", "Ward 2"])
        lists.hide()
        sheet = workbook.add_worksheet("Responses")
        sheet.activate()
        sheet.write_row(0, 0, ["Date", "Comments"])
        sheet.write_row(1, 0, ["02/03/2026", WORDS[0]])

    path = write_book(tmp_path, fill)
    assert open_table(str(path)).sheet == "Responses"
    assert list_comments(path)[0].text == WORDS[0]


def test_a_workbook_with_formulas_merged_titles_and_real_dates(tmp_path: Path) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "Inpatient survey")
        sheet.write_row(1, 0, ["Date", "Ward", "FFT score", "Comments"])
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for row in (2, 3, 4):
            sheet.write_datetime(row, 0, date(2026, 3, row), day)
            sheet.write_formula(row, 1, '="Ward "&1', None, "Ward 1")
            sheet.write(row, 2, "Good")
            sheet.write(row, 3, f"{WORDS[0]} {row}")

    found = list_comments(write_book(tmp_path, fill))
    assert [one.date for one in found] == [date(2026, 3, day) for day in (2, 3, 4)]
    assert {one.unit for one in found} == {("Ward 1",)}


def test_a_workbook_that_unpacks_to_more_than_it_should_is_refused(tmp_path: Path) -> None:
    path = write_book(tmp_path, lambda workbook: workbook.add_worksheet().write(0, 0, "Comments"))
    bomb = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for member in book.namelist():
            content = book.read(member)
            if member.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", b" " * 600_000_000 + b"</sheetData>")
            made.writestr(member, content)
    path.write_bytes(bomb.getvalue())
    with pytest.raises(InputError, match=r"book\.xlsx"):
        read(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("report.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "report.csv"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "locked.xlsx"),
        ("page.xls", b"<html><table><tr><td>Comments</td></tr></table></html>", "page.xls"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    lines = write(tmp_path, "r.jsonl", f'{{"Date": "02/03/2026", "Comments": "{WORDS[0]}"}}\n' * 2)
    assert len(list_comments(lines)) == 2
    target = tmp_path / "s.parquet"
    duckdb.sql(
        f"COPY (SELECT DATE '2026-03-02' AS \"Date\", '{WORDS[0]}' AS Comments) TO '{target}'"
    )
    assert list_comments(target)[0].date == date(2026, 3, 2)
