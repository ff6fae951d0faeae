"""Which column of a table is what: said once, in a small file that a person can read and keep.

date = "Date of survey"
score = "Overall experience"
best_score = 5
places = ["Hospital", "Ward"]

[[texts]]
column = "What was good?"
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yousaid.errors import InputError

OnBad = Literal["stop", "blank", "leave_out"]
ON_BAD: tuple[OnBad, ...] = ("stop", "blank", "leave_out")
StaffNames = Literal["keep", "mask"]
STAFF_NAMES: tuple[StaffNames, ...] = ("keep", "mask")

MOST_COLUMNS_LISTED = 30


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of comments, and where the wording of their question is.

    With `question_column` the wording is in another cell of the row; with `question` it is the
    same for all; with neither it is the column's own name. Never both.
    """

    column: str
    question: str | None = None
    question_column: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What each column of a table is, by its name; None or () where the table has no such column.

    `best_score` is the number that means “very good”, 1 or 5, where scores are numbers. `places`
    run from widest to narrowest. `source` says how the response came in. Rows that share a
    `response_id` are answers of one person at one time. `on_bad_score` and `on_bad_date` say
    whether a value that cannot be read stops the upload, is left blank, or has its whole row left
    out, `staff_names` whether names of staff are masked as those of patients are.
    """

    texts: tuple[TextColumn, ...]
    date: str | None = None
    score: str | None = None
    best_score: int | None = None
    places: tuple[str, ...] = ()
    response_id: str | None = None
    demographics: tuple[str, ...] = ()
    on_bad_score: OnBad = "stop"
    on_bad_date: OnBad = "stop"
    staff_names: StaffNames = "keep"
    source: str | None = None

    def named_columns(self) -> tuple[str, ...]:
        """Every column that the map names, in the order of its fields, repeats included."""
        questions = [text.question_column for text in self.texts]
        single = (self.date, self.score, self.response_id, self.source)
        names = (*(text.column for text in self.texts), *questions, *single)
        return (*(name for name in names if name is not None), *self.places, *self.demographics)


def find_map_faults(column_map: ColumnMap) -> list[str]:
    """What makes a map unusable with any table, each fault in a few words; [] if it is sound."""
    faults = [] if column_map.texts else ["no column of comments is named under [[texts]]"]
    if column_map.best_score not in (None, 1, 5):
        faults.append("best_score is neither 1 nor 5")
    faults += [
        f"{key} is none of “stop”, “blank” and “leave_out”"
        for key in ("on_bad_score", "on_bad_date")
        if getattr(column_map, key) not in ON_BAD
    ]
    if column_map.staff_names not in STAFF_NAMES:
        faults.append("staff_names is neither “keep” nor “mask”")
    names = column_map.named_columns()
    for text in column_map.texts:
        if text.question is not None and text.question_column is not None:
            faults.append(f"“{text.column}” has both question and question_column")
        # Or a comment would be kept as a place or as a detail of the person, unmasked.
        if names.count(text.column) > 1:
            faults.append(f"“{text.column}” holds comments and is named a second time")
    for key in ("places", "demographics"):
        listed = getattr(column_map, key)
        faults += [f"“{name}” is in {key} twice" for name in {*listed} if listed.count(name) > 1]
    return list(dict.fromkeys(faults))


def check_map(column_map: ColumnMap, columns: Sequence[str], table_name: str) -> None:
    """Raise InputError that names every fault of the map, and every column the table lacks."""
    faults = find_map_faults(column_map)
    missing = [name for name in dict.fromkeys(column_map.named_columns()) if name not in columns]
    if missing:
        listed = _list_names(columns[:MOST_COLUMNS_LISTED])
        more = "" if len(columns) <= MOST_COLUMNS_LISTED else f" and {len(columns):,} in all"
        faults.append(f"there is no column {_list_names(missing)}; there are {listed}{more}")
    if faults:
        raise InputError(f"{table_name}: {'; '.join(faults)}. Correct the names of the columns.")


def read_map(path: str) -> ColumnMap:
    """The map in a TOML file. Raises InputError that lists everything wrong with it."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = "not a file of text"
        if isinstance(error, OSError):
            why = error.strerror or "it cannot be opened"
        raise _say_unreadable(path, why) from error
    return parse_map(text, path)


def parse_map(text: str, name: str) -> ColumnMap:
    """The map in TOML of this name. Raises InputError that lists everything wrong with it."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "not a file of text"
        raise _say_unreadable(name, why) from error
    faults: list[str] = []
    column_map = _make_map(table, faults)
    faults += find_map_faults(column_map) if not faults else []
    if faults:
        raise InputError(f"{name}: {'; '.join(faults)}. Correct the file.")
    return column_map


def _say_unreadable(name: str, why: str) -> InputError:
    return InputError(f"{name} cannot be read as a map of columns: {why}. Correct it.")


def write_map(column_map: ColumnMap) -> str:
    """The map as TOML that `read_map` reads back to an equal map."""
    lines = []
    for key in ("date", "score", "best_score", "response_id", "source", "on_bad_score",
                "on_bad_date", "staff_names"):  # fmt: skip
        value = getattr(column_map, key)
        if value is not None:
            lines.append(f"{key} = {value if isinstance(value, int) else _quote(value)}")
    for key in ("places", "demographics"):
        names = ", ".join(_quote(name) for name in getattr(column_map, key))
        lines.append(f"{key} = [{names}]")
    for text in column_map.texts:
        lines += ["", "[[texts]]"]
        for key in ("column", "question", "question_column"):
            value = getattr(text, key)
            if value is not None:
                lines.append(f"{key} = {_quote(value)}")
    return "\n".join(lines) + "\n"


def describe_map(column_map: ColumnMap) -> str:
    """One sentence that says to the person who brought the table how it will be read."""
    parts = ["comments come from " + " and ".join(_describe_text(t) for t in column_map.texts)]
    parts.append(
        f"the date from “{column_map.date}”, day before month" if column_map.date else "no date"
    )
    parts.append(_describe_score(column_map))
    if column_map.places:
        places = " › ".join(f"“{place}”" for place in column_map.places)
        parts.append(f"the place from {places}")
    if column_map.source:
        parts.append(f"how the response came in from “{column_map.source}”")
    if column_map.response_id:
        parts.append(f"one person's answers share “{column_map.response_id}”")
    if column_map.staff_names == "mask":
        parts.append("names of staff are masked")
    if column_map.demographics:
        parts.append(f"kept with each comment: {_list_names(column_map.demographics)}")
    sentence = "; ".join(parts) + "."
    return sentence[0].upper() + sentence[1:]


def _describe_text(text: TextColumn) -> str:
    if text.question_column is not None:
        return f"“{text.column}”, answering the question in “{text.question_column}”"
    if text.question is not None:
        return f"“{text.column}”, answering “{text.question}”"
    return f"“{text.column}”"


def _describe_score(column_map: ColumnMap) -> str:
    if column_map.score is None:
        return "no score"
    score = f"the score from “{column_map.score}”"
    if column_map.best_score is None:
        return f"{score}, in words (for numbers, say whether 1 or 5 is very good)"
    return f"{score}, where {column_map.best_score} is very good"


def _list_names(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


# TOML's basic strings hold anything but these as it is.
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')


def _quote(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + '"'


def _make_map(table: Mapping[str, object], faults: list[str]) -> ColumnMap:
    known = ColumnMap.__dataclass_fields__
    faults += [f"{key} is not known here" for key in table if key not in known]
    best_score = table.get("best_score")
    if best_score is not None and (isinstance(best_score, bool) or best_score not in (1, 5)):
        faults.append("best_score is neither 1 nor 5")
        best_score = None
    return ColumnMap(
        texts=_take_texts(table, faults),
        date=_take_text(table, "date", faults),
        score=_take_text(table, "score", faults),
        best_score=int(best_score) if isinstance(best_score, int | float) else None,
        places=_take_list(table, "places", faults),
        response_id=_take_text(table, "response_id", faults),
        demographics=_take_list(table, "demographics", faults),
        on_bad_score=_take_choice(table, "on_bad_score", faults),
        on_bad_date=_take_choice(table, "on_bad_date", faults),
        staff_names=_take_staff_names(table, faults),
        source=_take_text(table, "source", faults),
    )


def _take_texts(table: Mapping[str, object], faults: list[str]) -> tuple[TextColumn, ...]:
    entries = table.get("texts", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        faults.append("texts is not a list of tables, each under [[texts]]")
        return ()
    texts = []
    for number, entry in enumerate(entries, start=1):
        known = TextColumn.__dataclass_fields__
        faults += [f"{key} is not known under [[texts]]" for key in entry if key not in known]
        column = _take_text(entry, "column", faults)
        if "column" not in entry:
            faults.append(f"number {number} of [[texts]] has no column")
        question = _take_text(entry, "question", faults)
        texts.append(
            TextColumn(column or "", question, _take_text(entry, "question_column", faults))
        )
    return tuple(texts)


def _take_text(table: Mapping[str, object], key: str, faults: list[str]) -> str | None:
    value = table.get(key)
    if value is None or isinstance(value, str):
        return value
    faults.append(f"{key} is not text in quotation marks")
    return None


def _take_list(table: Mapping[str, object], key: str, faults: list[str]) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    faults.append(f"{key} is not a list of texts in quotation marks")
    return ()


def _take_staff_names(table: Mapping[str, object], faults: list[str]) -> StaffNames:
    value = table.get("staff_names", "keep")
    for choice in STAFF_NAMES:
        if value == choice:
            return choice
    faults.append("staff_names is neither “keep” nor “mask”")
    return "keep"


def _take_choice(table: Mapping[str, object], key: str, faults: list[str]) -> OnBad:
    value = table.get(key, "stop")
    for choice in ON_BAD:
        if value == choice:
            return choice
    faults.append(f"{key} is none of “stop”, “blank” and “leave_out”")
    return "stop"
