"""What each column seems to be: tables as trusts and suppliers export them, made up here."""

import pytest

from yousaid.errors import InputError
from yousaid.ingest.columns import ColumnMap, TextColumn, guess_map

STARTS = ("The porter was cheerful", "Waited past my time", "Signs are confusing", "Clean rooms")
ENDS = ("and I was home by lunch", "on the second floor", "which my mother noticed", "again")
WRITTEN = tuple(f"{start} {end}" for start in STARTS for end in ENDS)


def rows_of(*columns, count=40):
    """Rows whose cells go round and round the values given for each column."""
    return [[values[n % len(values)] for values in columns] for n in range(count)]


def test_guess_map_long_table_with_labels():
    table = {
        "Comment ID": [f"c{n}" for n in range(40)],
        "Trust": ("North", "South"),
        "Respondent ID": [f"r{n // 2}" for n in range(40)],
        "Date": ("31/05/2023", "1/6/2023"),
        "Service type 1": ("Community", "Acute care"),
        "Service type 2": ("", "Day unit"),
        "FFT categorical answer": ("1", "2", "5", "7", "1", "1", "1", "1", "1"),
        "FFT question": ("What was good?", "How could we improve?"),
        "FFT answer": WRITTEN,
        "Person identifiable info?": ("",),
        "Comment sentiment": ("1", "", "4"),
        "Appointment method": ("", "1"),
        "Sensory experience": ("",),
        "Service location": ("1", ""),
        "Impact of treatment/ care": ("1",),
        "Interaction with family/ carers": ("", "1"),
    }
    assert guess_map(list(table), rows_of(*table.values())) == ColumnMap(
        texts=(TextColumn("FFT answer", None, "FFT question"),),
        date="Date",
        score="FFT categorical answer",
        places=("Trust", "Service type 1", "Service type 2"),
        response_id="Respondent ID",
    )


def test_guess_map_wide_table():
    table = {
        "Response No": [str(n) for n in range(40)],
        "Date completed": ("2024-03-01",),
        "Date of birth": ("01/02/1950",),
        "Ward": ("Elm", "Oak"),
        "Hospital": ("St Jude's",),
        "Ward code": ("E1", "O2"),
        "Overall, how was your experience of our service?": ("Very good", "Poor"),
        "What was good about your visit?": WRITTEN,
        "What could we do better?": WRITTEN[::-1],
        "May we publish your comments?": ("Yes", "No"),
        "Staff response to comment": ("Thank you for telling us about this",),
        "Which of these best describes your ethnic group?": ("White British", "Any other"),
        "AgeBand": ("25-34", "65+"),
        "Gender": ("Female", "Male"),
        "How completed": ("Text message", "Paper"),
        "Theme": ("Staff attitude and kindness",),
    }
    assert guess_map(list(table), rows_of(*table.values())) == ColumnMap(
        texts=(
            TextColumn("What was good about your visit?"),
            TextColumn("What could we do better?"),
        ),
        date="Date completed",
        score="Overall, how was your experience of our service?",
        places=("Hospital", "Ward"),
        response_id="Response No",
        demographics=(
            "Which of these best describes your ethnic group?",
            "AgeBand",
            "Gender",
        ),
        source="How completed",
    )


@pytest.mark.parametrize(
    "header",
    ["FFT answer", "Comment", "Feedback", "Free text", "free_text", "FreeText", "Patient comments",
     "What was good?", "Verbatim"],
)  # fmt: skip
def test_guess_map_text_by_name(header):
    columns = ["Notes by manager on the action taken", header, "sentiment"]
    rows = rows_of(("A long note that the manager wrote afterwards",), WRITTEN, ("-0.5",))
    assert guess_map(columns, rows).texts == (TextColumn(header),)


def test_guess_map_text_by_length():
    rows = rows_of(("Elm",), WRITTEN, ("Staff behaviour and attitude of the ward",))
    assert guess_map(["Column A", "Column B", "Topic"], rows).texts == (TextColumn("Column B"),)


def test_guess_map_text_of_short_answers():
    rows = rows_of(("Good", "Nothing", "Kind"))
    assert guess_map(["Comment"], rows).texts == (TextColumn("Comment"),)


def test_guess_map_question_column_by_content():
    rows = rows_of(WRITTEN, ("What was good?", "Anything we could improve?"))
    assert guess_map(["text", "asked"], rows).texts == (TextColumn("text", None, "asked"),)


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        (("5", "4", "0"), 5),
        (("1", "2", "6"), 1),
        (("1.0", "5.0", "6.0"), 1),
        (("1", "5"), None),
        (("0", "6"), None),
        (("Very good", "Poor"), None),
    ],
)
def test_guess_map_best_score(scores, best):
    found = guess_map(["Comment", "FFT score"], rows_of(WRITTEN, scores))
    assert (found.score, found.best_score) == ("FFT score", best)


def test_guess_map_score_without_a_telling_name():
    rows = rows_of(WRITTEN, ("Very good", "Neither good nor poor"), ("3", "4"))
    assert guess_map(["Comment", "Q1", "Q2"], rows).score == "Q1"


@pytest.mark.parametrize(
    ("columns", "values", "date"),
    [
        (["Date of birth"], ["01/02/1950"], None),
        (["Discharge date", "Survey date"], ["01/02/2024", "03/02/2024"], "Survey date"),
        (["Discharge date"], ["45352"], "Discharge date"),
        (["Number"], ["45352"], None),
        (["When"], ["1 Mar 2024"], "When"),
        (["Date"], ["soon"], "Date"),
    ],
)
def test_guess_map_date(columns, values, date):
    rows = rows_of(WRITTEN, *([value] for value in values))
    assert guess_map(["Comment", *columns], rows).date == date


def test_guess_map_places_widest_first():
    columns = ["Comment", "Ward", "Directorate", "Site", "Division", "Location 2", "Location 1"]
    rows = rows_of(WRITTEN, *([f"{c} a", f"{c} b"] for c in columns[1:]))
    expected = ("Site", "Division", "Directorate", "Location 2", "Location 1", "Ward")
    assert guess_map(columns, rows).places == expected


@pytest.mark.parametrize(
    ("header", "values", "found"),
    [
        ("Patient ID", [str(n) for n in range(40)], None),
        ("Survey ID", ["same"], None),
        ("id", [str(n) for n in range(40)], "id"),
        ("Submission reference", [f"r{n}" for n in range(40)], "Submission reference"),
    ],
)
def test_guess_map_response_id(header, values, found):
    assert guess_map(["Comment", header], rows_of(WRITTEN, values)).response_id == found


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (["Ward", "Score"], [["Elm", "1"]] * 9),
        (["Ward"], []),
        (["Sentiment"], [["A rather long and wordy label"]] * 9),
    ],
)
def test_guess_map_no_text(columns, rows):
    with pytest.raises(InputError, match=r"no column seems to hold comments\. Name"):
        guess_map(columns, rows)


def test_guess_map_ten_thousand_columns():
    columns = [f"Item {n}" for n in range(9_999)] + ["Comment"]
    rows = [["1"] * 9_999 + [text] for text in WRITTEN]
    assert guess_map(columns, rows).texts == (TextColumn("Comment"),)
