"""From rows to comments: responses counted once, identities that last, faults told together."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.slow_upload import take_slowly
from tests.unit.ingest.taken import take
from yousaid.errors import InputError
from yousaid.ingest.columns import ColumnMap, TextColumn
from yousaid.ingest.problems import MONTH_FIRST, NOT_A_DATE, UNKNOWN_QUESTION, Problem
from yousaid.ingest.tables import open_table
from yousaid.ingest.upload import read_upload, try_out
from yousaid.records import Comment
from yousaid.reports.tables import write_table

WIDE = ColumnMap(
    (TextColumn("What was good?"), TextColumn("Other", "What could be better?")),
    date="Date",
    score="FFT",
    places=("Site", "Ward"),
    response_id="Id",
    demographics=("Age",),
)
LONG = ColumnMap((TextColumn("Answer", None, "Question"),), score="FFT", response_id="Id")


def read(folder, text, column_map):
    path = folder / "t.csv"
    path.write_text(text)
    return take(open_table(str(path)), column_map)


def test_read_comments_wide(tmp_path):
    found = read(
        tmp_path,
        "Id,Date,FFT,Site,Ward,Age,What was good?,Other\n"
        "r1,1/3/2024,Very good,North,  Elm\u00a0 ward,40, Kind staff ,NULL\n"
        "r2,,,North,,,,Parking\n",
        WIDE,
    )
    first, second = found.comments
    assert first == Comment(
        comment_id="r1-1",
        response_id="r1",
        date=date(2024, 3, 1),
        unit=("North", "Elm ward"),
        question="What was good?",
        kind="what_good",
        text=" Kind staff ",
        score=1,
        demographics={"Age": "40"},
    )
    assert (second.comment_id, second.unit, second.score) == ("r2-2", ("North",), None)
    assert (second.question, second.kind) == ("What could be better?", "could_improve")
    assert (second.date, second.demographics) == (None, {})
    assert (found.response_count, found.blank_count, found.problems) == (2, 0, ())


def test_read_comments_wide_blank_response_counts_once(tmp_path):
    header = "Id,Date,FFT,Site,Ward,Age,What was good?,Other\n"
    found = read(tmp_path, header + "r1,,Poor,,,,,Did not answer\n,,,,,,,\n", WIDE)
    assert [(c.comment_id, c.text, c.score) for c in found.comments] == [("r1-1", "", 4)]
    assert (found.response_count, found.blank_count) == (1, 1)


def test_read_comments_long_rows_of_a_response(tmp_path):
    found = read(
        tmp_path,
        "Id,FFT,Question,Answer\n"
        "r1,Good,What was good?,Quick\n"
        "r2,Poor,What was good?,\n"
        "r1,Good,How could we improve?,Signs\n"
        "r2,Poor,How could we improve?,NULL\n"
        "r3,Good,What was good?,\n"
        "r3,Good,FFT Why?,Near home\n",
        LONG,
    )
    assert [(c.comment_id, c.kind, c.text) for c in found.comments] == [
        ("r1-1", "what_good", "Quick"),
        ("r1-2", "could_improve", "Signs"),
        ("r2-1", "what_good", ""),
        ("r3-2", "why", "Near home"),
    ]
    assert (found.response_count, found.blank_count) == (3, 1)


def test_read_comments_unknown_question_is_told_once(tmp_path):
    lines = "".join(f"r{n},Good,Trust A - Q1,Fine\n" for n in range(3))
    found = read(tmp_path, "Id,FFT,Question,Answer\n" + lines + "r9,Good,,Fine\n", LONG)
    assert {c.kind for c in found.comments} == {"why"}
    assert [c.question for c in found.comments] == ["Trust A - Q1"] * 3 + [""]
    assert found.problems == (Problem("t.csv", None, 2, "Question", UNKNOWN_QUESTION),)


TEXT_ONLY = ColumnMap((TextColumn("Text"),))


def test_read_comments_ids_without_an_id_column(tmp_path):
    found = read(tmp_path, "Text,Ward\nFine,Elm\nFine,Oak\nFine,Elm\nNone,Elm\n", TEXT_ONLY)
    ids = [c.comment_id for c in found.comments]
    assert len(set(ids)) == 4
    moved = read(tmp_path, "Text,Ward\nNone,Elm\nFine,Oak\nFine,Elm\nFine,Elm\n", TEXT_ONLY)
    assert {c.comment_id for c in moved.comments} == set(ids)
    grown = read(tmp_path, "Text,Ward\nFine,Elm\nNew,Oak\n", TEXT_ONLY)
    assert grown.comments[0].comment_id == ids[0]


def test_read_comments_blank_ids_are_not_one_response(tmp_path):
    found = read(tmp_path, "Id,Text\n,Fine\n,Fine\nNULL,Slow\n", ColumnMap(
        (TextColumn("Text"),), response_id="Id"
    ))  # fmt: skip
    assert found.response_count == 3


BAD = (
    "Id,Date,FFT,Site,Ward,Age,What was good?,Other\n"
    "r1,12/31/2023,Very good,,,,Secret words,\n"
    "r2,Secret day,7,,,,x,\n"
    "r3,31/12/2023,Secret score,,,,y,\n"
    "r4,,,,,,z,\n"
)


def test_read_comments_stops_once_for_all_faults(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, BAD, WIDE)
    message = str(caught.value)
    for words in (
        "t.csv: cells",
        f"1 in “Date” ({MONTH_FIRST})",
        f"1 in “Date” ({NOT_A_DATE})",
        "in “FFT” (a number, and it is not said whether 1 or 5 is very good)",
        "row 2 “Date”",
        "row 3 “FFT”",
        "on_bad_date",
    ):
        assert words in message
    assert "Secret" not in message
    assert "\n" not in message


def test_read_comments_leaves_rows_out_where_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "Id,Date,FFT,Comments\n1,02/03/2026,Good,Kind\nTotal,,2,\n,Mean,1.5,\n2,03/03/2026,Poor,Slow\n"
    )
    column_map = ColumnMap(
        (TextColumn("Comments"),), "Date", "FFT", response_id="Id",
        on_bad_date="leave_out", on_bad_score="leave_out",
    )  # fmt: skip
    for read_so in (read_upload, try_out):
        found = take(open_table(str(path)), column_map, read_so)
        assert [comment.text for comment in found.comments] == ["Kind", "Slow"]
        assert [(one.row, one.column) for one in found.problems] == [(3, "FFT"), (4, "Date")]


def test_read_comments_leaves_blank_where_told(tmp_path):
    column_map = ColumnMap(
        WIDE.texts, "Date", "FFT", 1, response_id="Id", on_bad_date="blank", on_bad_score="blank"
    )
    found = read(tmp_path, BAD, column_map)
    assert [(c.date, c.score) for c in found.comments] == [
        (None, 1),
        (None, None),
        (date(2023, 12, 31), None),
        (None, None),
    ]
    assert [(p.row, p.column, p.what) for p in found.problems] == [
        (2, "Date", MONTH_FIRST),
        (3, "Date", NOT_A_DATE),
        (3, "FFT", "a number outside the scale"),
        (4, "FFT", "not an answer of the Friends and Family Test"),
    ]


def test_read_comments_many_faults_in_a_short_line(tmp_path):
    with pytest.raises(InputError, match="5,000 in “Date”") as caught:
        read(tmp_path, "Text,Date\n" + "a,b\n" * 5000, ColumnMap((TextColumn("Text"),), "Date"))
    assert len(str(caught.value)) < 500


def test_read_comments_names_the_sheet(tmp_path):
    write_table(str(tmp_path / "t.xlsx"), ["Text", "Date"], [[("a", "b")]])
    with pytest.raises(InputError, match=r"t\.xlsx, sheet “Sheet1”: cells"):
        take(open_table(str(tmp_path / "t.xlsx")), ColumnMap((TextColumn("Text"),), "Date"))


def test_read_comments_map_of_another_table(tmp_path):
    with pytest.raises(InputError, match="there is no column “Text”; there are “A”, “B”"):
        read(tmp_path, "A,B\n1,2\n", TEXT_ONLY)


CELLS = st.sampled_from(["", " ", "NULL", "Good", "Nothing", "r1", "r2"])


@settings(deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_read_comments_counts_every_response_once(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    write_table(str(path), ["Id", "A", "B"], [rows])
    column_map = ColumnMap((TextColumn("A"), TextColumn("B")), response_id="Id")
    found = take(open_table(str(path)), column_map)
    per_response = Counter(c.response_id for c in found.comments)
    blanks = [c for c in found.comments if not c.text]
    written = [cell for row in rows for cell in row[1:] if cell.strip() and cell != "NULL"]
    assert found.response_count == len(per_response)
    assert found.blank_count == len(blanks)
    assert all(per_response[c.response_id] == 1 for c in blanks)
    assert len({c.comment_id for c in found.comments}) == len(found.comments)
    assert sorted(c.text for c in found.comments if c.text) == sorted(written)


QUESTIONS = st.sampled_from(["What was good?", "Trust A - Q1", "", " Q2 "])
ANY_ROW = st.tuples(
    st.sampled_from(["r1", " r1", "r2", "", "NULL"]),
    st.sampled_from(["1/3/2026", "02/03/2026", "", "12/31/2025", "soon"]),
    st.sampled_from(["Good", "Very poor", "", "7", "N/A", "Don't know"]),
    st.sampled_from(["Elm", " Elm  ward", "", "NULL"]),
    QUESTIONS,
    CELLS,
    QUESTIONS,
    CELLS,
)
ANY_MAP = st.builds(
    ColumnMap,
    st.sampled_from(
        [
            (TextColumn("T1"),),
            (TextColumn("T1", None, "Q1"), TextColumn("T2", None, "Q2")),
            (TextColumn("T1", "Why?"), TextColumn("T2", None, "Q1")),
        ]
    ),
    date=st.sampled_from([None, "Day"]),
    score=st.sampled_from([None, "FFT"]),
    places=st.sampled_from([(), ("Place",)]),
    response_id=st.sampled_from([None, "Id"]),
    demographics=st.sampled_from([(), ("FFT", "Place")]),
    on_bad_score=st.sampled_from(["blank", "leave_out"]),
    on_bad_date=st.sampled_from(["blank", "leave_out"]),
    source=st.sampled_from([None, "Place"]),
)


@settings(deadline=None, max_examples=1500)
@given(rows=st.lists(ANY_ROW, min_size=1, max_size=10), column_map=ANY_MAP)
def test_what_is_found_is_what_the_slow_twin_finds(tmp_path_factory, rows, column_map):
    path = tmp_path_factory.getbasetemp() / "twins.csv"
    write_table(str(path), ["Id", "Day", "FFT", "Place", "Q1", "T1", "Q2", "T2"], [rows])
    table = open_table(str(path))
    assert take(table, column_map) == take_slowly(table, column_map)
