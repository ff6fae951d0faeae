"""What each column of a file is, as a form: a row for each column, with what is in it and what it
is taken for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yousaid.errors import InputError
from yousaid.ingest.column_map import (
    ON_BAD,
    ColumnMap,
    OnBad,
    StaffNames,
    TextColumn,
    find_map_faults,
)
from yousaid.ingest.values import is_blank_answer

# Levels of places that can be told apart; more than any trust has.
MOST_PLACES = 6
EXAMPLE_COUNT = 3
EXAMPLE_CHARACTERS = 60
# A form of more rows nobody would read; what the map names is there all the same.
MOST_ROWS = 150

ROLES: dict[str, str] = {
    "": "Leave it out",
    "text": "Comments",
    "question": "The question that the comments answer",
    "date": "Date",
    "score": "Score",
    **{f"place-{n}": f"Place, level {n}{' (widest)' if n == 1 else ''}" for n in range(1, 7)},
    "response": "Number of the response",
    "source": "How the response came in",
    "detail": "Detail of the person",
}


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column: its number in the file, some of what is in it, and what it is taken for.
    `question` is what a column of comments answers, where that is not its own name."""

    number: int
    name: str
    examples: tuple[str, ...]
    role: str
    question: str


@dataclass(frozen=True, slots=True)
class MappingForm:
    """The columns of a file. `hidden_count` more are left out of the form, and of what is kept.
    `best_score` is “1”, “5” or empty."""

    rows: tuple[ColumnRow, ...]
    hidden_count: int
    best_score: str
    on_bad: OnBad
    staff_names: StaffNames


def make_mapping_form(
    columns: Sequence[str], sample: Sequence[Sequence[str]], column_map: ColumnMap
) -> MappingForm:
    """The form that says what a map says; `sample` are rows as wide as the columns."""
    roles = _list_roles(column_map)
    questions = {text.column: text.question or "" for text in column_map.texts}
    shown = [
        number for number, name in enumerate(columns) if number < MOST_ROWS or roles.get(name, "")
    ]
    rows = tuple(
        ColumnRow(
            number=number,
            name=columns[number],
            examples=_choose_examples([row[number] for row in sample]),
            role=roles.get(columns[number], ""),
            question=questions.get(columns[number], ""),
        )
        for number in shown
    )
    return MappingForm(
        rows=rows,
        hidden_count=len(columns) - len(rows),
        best_score=str(column_map.best_score or ""),
        on_bad=column_map.on_bad_date,
        staff_names=column_map.staff_names,
    )


def keep_choices(form: MappingForm, written: Mapping[str, str]) -> MappingForm:
    """The form as it was sent, for one that has to be sent again."""
    return replace(
        form,
        rows=tuple(
            replace(
                row,
                role=written.get(f"role-{row.number}", row.role),
                question=written.get(f"question-{row.number}", row.question),
            )
            for row in form.rows
        ),
        best_score=written.get("best_score", form.best_score),
        on_bad=_read_on_bad(written),
        staff_names="mask" if written.get("staff_names") == "mask" else "keep",
    )


def _list_roles(column_map: ColumnMap) -> dict[str, str]:
    roles = {text.column: "text" for text in column_map.texts}
    roles |= {t.question_column: "question" for t in column_map.texts if t.question_column}
    for name, role in (
        (column_map.date, "date"),
        (column_map.score, "score"),
        (column_map.response_id, "response"),
        (column_map.source, "source"),
    ):
        if name is not None:
            roles[name] = role
    roles |= {name: f"place-{n}" for n, name in enumerate(column_map.places[:MOST_PLACES], 1)}
    return roles | dict.fromkeys(column_map.demographics, "detail")


def _choose_examples(cells: Sequence[str]) -> tuple[str, ...]:
    found = dict.fromkeys(" ".join(cell.split()) for cell in cells if not is_blank_answer(cell))
    return tuple(
        f"{cell[:EXAMPLE_CHARACTERS]}…" if len(cell) > EXAMPLE_CHARACTERS else cell
        for cell in list(found)[:EXAMPLE_COUNT]
    )


def read_mapping_form(form: Mapping[str, str], columns: Sequence[str]) -> ColumnMap:
    """The map that a form asks for. Raises InputError that says all that is wrong with it."""
    by_role: dict[str, list[str]] = {}
    for number, name in enumerate(columns):
        role = form.get(f"role-{number}", "")
        if role not in ROLES:
            raise InputError("The form asks for what is not there. Open the page again.")
        if role:
            by_role.setdefault(role, []).append(name)
    faults = [
        f"“{ROLES[role]}” is chosen for {len(names)} columns, and can be one"
        for role, names in by_role.items()
        if len(names) > 1 and role not in ("text", "detail")
    ]
    if "text" not in by_role:
        faults.append("no column is chosen as “Comments”")
    if faults:
        raise InputError(f"This cannot be right: {'; '.join(faults)}. Choose again.")
    best_score = form.get("best_score", "")
    on_bad = _read_on_bad(form)
    question_column = _get_one(by_role, "question")
    found = ColumnMap(
        texts=tuple(
            _make_text(name, form.get(f"question-{columns.index(name)}", ""), question_column)
            for name in by_role["text"]
        ),
        date=_get_one(by_role, "date"),
        score=_get_one(by_role, "score"),
        best_score=int(best_score) if best_score in ("1", "5") else None,
        places=tuple(by_role[role][0] for role in sorted(by_role) if role.startswith("place-")),
        response_id=_get_one(by_role, "response"),
        demographics=tuple(by_role.get("detail", ())),
        source=_get_one(by_role, "source"),
        on_bad_score=on_bad,
        on_bad_date=on_bad,
        staff_names="mask" if form.get("staff_names") == "mask" else "keep",
    )
    if faults := find_map_faults(found):
        raise InputError(f"This cannot be right: {'; '.join(faults)}. Choose again.")
    return found


def _read_on_bad(form: Mapping[str, str]) -> OnBad:
    return next((choice for choice in ON_BAD if choice == form.get("on_bad")), "stop")


def _make_text(name: str, question: str, question_column: str | None) -> TextColumn:
    asked = " ".join(question.split())
    if asked:
        return TextColumn(name, question=asked)
    return TextColumn(name, question_column=question_column)


def _get_one(by_role: Mapping[str, Sequence[str]], role: str) -> str | None:
    return next(iter(by_role.get(role, ())), None)
