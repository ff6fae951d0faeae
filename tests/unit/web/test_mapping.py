"""The form of columns says what a map says, and back."""

from hypothesis import given
from hypothesis import strategies as st

from yousaid.ingest.column_map import ColumnMap, TextColumn
from yousaid.web.presenters.mapping import MappingForm, make_mapping_form, read_mapping_form

COLUMNS = tuple(f"c{n}" for n in range(12))


@st.composite
def maps(draw: st.DrawFn) -> ColumnMap:
    left = draw(st.permutations(COLUMNS))
    taken = iter(left)
    asked = draw(st.booleans())
    question_column = next(taken) if asked else None
    texts = tuple(
        TextColumn(next(taken), question=None, question_column=question_column)
        if asked or draw(st.booleans())
        else TextColumn(next(taken), question=draw(st.sampled_from(["What was good?", "Why?"])))
        for _ in range(draw(st.integers(1, 3)))
    )
    on_bad = draw(st.sampled_from(["stop", "blank", "leave_out"]))
    return ColumnMap(
        texts=tuple(sorted(texts, key=lambda text: COLUMNS.index(text.column))),
        date=draw(st.sampled_from([None, next(taken)])),
        score=draw(st.sampled_from([None, next(taken)])),
        best_score=draw(st.sampled_from([None, 1, 5])),
        places=tuple(next(taken) for _ in range(draw(st.integers(0, 2)))),
        response_id=draw(st.sampled_from([None, next(taken)])),
        demographics=tuple(
            sorted((next(taken) for _ in range(draw(st.integers(0, 2)))), key=COLUMNS.index)
        ),
        on_bad_score=on_bad,
        on_bad_date=on_bad,
        staff_names=draw(st.sampled_from(["keep", "mask"])),
    )


def send_back(form: MappingForm) -> dict[str, str]:
    fields = {"best_score": form.best_score, "on_bad": form.on_bad}
    fields["staff_names"] = form.staff_names
    for row in form.rows:
        fields[f"role-{row.number}"] = row.role
        fields[f"question-{row.number}"] = row.question
    return fields


@given(maps())
def test_what_the_form_says_is_the_map(column_map: ColumnMap) -> None:
    form = make_mapping_form(COLUMNS, [], column_map)
    assert read_mapping_form(send_back(form), COLUMNS) == column_map


def test_examples_are_few_and_short() -> None:
    sample = [["Yes"], ["yes"], ["Yes"], ["x" * 100], ["N/A"], [""], ["No more"]]
    [row] = make_mapping_form(["c"], sample, ColumnMap(texts=())).rows
    assert row.examples == ("Yes", "yes", f"{'x' * 60}…")


def test_of_a_thousand_columns_those_that_count_are_shown() -> None:
    columns = [f"c{n}" for n in range(1000)]
    form = make_mapping_form(columns, [], ColumnMap(texts=(TextColumn("c900"),)))
    assert [row.name for row in form.rows] == [*columns[:150], "c900"]
    assert form.hidden_count == 849
