"""From the rows of a table to comments: one upload, all or nothing.

Every fault is gathered before anything is said, so that a person corrects a file once. What is
said names the file, the row and the column, never what a cell holds.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from yousaid.errors import InputError
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.column_map import ColumnMap, OnBad, TextColumn, check_map
from yousaid.ingest.masking import MaskKind, mask_text
from yousaid.ingest.tables import Table
from yousaid.ingest.values import (
    is_blank_answer,
    is_month_first,
    parse_date,
    parse_score,
)
from yousaid.records import Comment

Value = TypeVar("Value")

MOST_PROBLEMS_LISTED = 5

NOT_A_DATE = "not a date written day first"
TOO_EARLY = "before the year 2000, so a slip of the hand"
IN_THE_FUTURE = "more than a year after the day on which the file was brought in"
MONTH_FIRST = "written month first, so other dates beside them may be misread"
UNKNOWN_QUESTION = "a question of no known kind; it is read as “why”"


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that could not be read as what the map says it is; `row` is its row in the file."""

    file: str
    sheet: str | None
    row: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class ReadComments:
    """What an upload holds.

    `comments` are in the order of the file, one person's answers together. `blank_count` of the
    `response_count` responses have no text in any answer: each is one comment with text "".
    `problems` were left blank, left out with their row, or read as said, where the map does not
    stop at them. `masked` is
    how many personal details of each kind were masked.
    """

    comments: tuple[Comment, ...]
    response_count: int
    blank_count: int
    problems: tuple[Problem, ...]
    masked: Mapping[MaskKind, int]


def read_comments(table: Table, column_map: ColumnMap, today: date | None = None) -> ReadComments:
    """The comments of a table whose columns are what the map says.

    A response is a row, or all rows that share a response id, a date, a place and a score. Its
    blank answers are left out where another has text; one blank comment stands for a response
    without text, so that its score counts. An answer's number in its response is part of its
    `comment_id`; without an id column the response id comes from all cells of the row, so the same
    file gives the same ids again. Personal details in texts are masked: see `mask_text`.

    Dates before 2000, and over a year after `today` where it is given, are not believed. Raises
    InputError if the map does not fit the table, or once for all dates and scores that cannot be
    read where the map says to stop at them.
    """
    check_map(column_map, table.columns, table.name)
    reader = _Reader(table, column_map, today)
    responses: defaultdict[str, list[Comment]] = defaultdict(list)
    for row, cells in table.rows():
        if any(cell.strip() for cell in cells):
            # Whole, before anything of it counts.
            with suppress(_LeftOutError):
                for comment in list(reader.read_row(row, cells, responses)):
                    responses[comment.response_id].append(comment)
    reader.raise_if_stopped()
    comments: list[Comment] = []
    # One id on another day, in another place or with another score is another response.
    same: defaultdict[tuple[object, ...], list[Comment]] = defaultdict(list)
    for answers in responses.values():
        for answer in answers:
            same[answer.response_id, answer.date, answer.unit, answer.score].append(answer)
    blank_count = 0
    for answers in same.values():
        written = [answer for answer in answers if answer.text]
        blank_count += not written
        comments += written or answers[:1]
    return ReadComments(
        tuple(comments), len(same), blank_count, tuple(reader.problems), dict(reader.masked)
    )


def try_out(table: Table, column_map: ColumnMap, today: date | None = None) -> ReadComments:
    """What the upload of a table would hold if it stopped at nothing, so that every problem is
    among its `problems`. Raises InputError if the map does not fit the table."""
    kinds: dict[OnBad, OnBad] = {"stop": "blank", "blank": "blank", "leave_out": "leave_out"}
    lenient = replace(
        column_map,
        on_bad_date=kinds[column_map.on_bad_date],
        on_bad_score=kinds[column_map.on_bad_score],
    )
    return read_comments(table, lenient, today)


PROBLEM_COLUMNS = ("file", "sheet", "row", "column", "problem")


def make_problem_rows(problems: Sequence[Problem]) -> list[list[str | int | None]]:
    """The problems as the rows of a table, in the order of the file."""
    return [[one.file, one.sheet, one.row, one.column, one.what] for one in problems]


def leave_out(read: ReadComments, known: Mapping[str, date | None]) -> tuple[ReadComments, int]:
    """The upload without the responses that are there already, and how many those are. `known` are
    the dates of comments by id; a response is known where any comment of it is.

    Raises InputError where a known comment has another date: then numbers begin anew in each file,
    and to leave those out would lose responses.
    """
    responses: defaultdict[tuple[object, ...], list[Comment]] = defaultdict(list)
    for comment in read.comments:
        key = (comment.response_id, comment.date, comment.unit, comment.score)
        responses[key].append(comment)
    others = sum(
        any(one.comment_id in known and known[one.comment_id] != one.date for one in answers)
        for answers in responses.values()
    )
    if others:
        raise InputError(
            f"{others:,} responses have the number of others, of another day, that are there "
            "already: numbers seem to begin anew in each file. Leave the column of numbers out of "
            "the map, so that responses are told apart by all that is in their rows."
        )
    new = [
        answers
        for answers in responses.values()
        if not any(one.comment_id in known for one in answers)
    ]
    return (
        replace(
            read,
            comments=tuple(comment for answers in new for comment in answers),
            response_count=len(new),
            blank_count=sum(not any(one.text for one in answers) for answers in new),
        ),
        len(responses) - len(new),
    )


# A table says few days, scores and questions many times over: reading each once halves the time.
_MOST_REMEMBERED = 4096


_FIRST_LIKELY_DAY = date(2000, 1, 1)
# Clocks of machines are wrong by days or months, slips of the hand by decades.
_LONGEST_AHEAD = timedelta(days=366)


@lru_cache(_MOST_REMEMBERED)
def _parse_date(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError:
        # The value itself is left out: in a map that is wrong it could be part of a comment.
        raise ValueError(MONTH_FIRST if is_month_first(text) else NOT_A_DATE) from None


_parse_score = lru_cache(_MOST_REMEMBERED)(parse_score)
_question_kind = lru_cache(_MOST_REMEMBERED)(question_kind)


_MASK_NOUNS: dict[MaskKind, str] = {
    "phone": "phone number",
    "email": "e-mail address",
    "date of birth": "date of birth",
    "staff name": "name of staff",
}


def describe_counts(read: ReadComments) -> str:
    """How much an upload holds."""
    written = sum(1 for comment in read.comments if comment.text)
    return (
        f"responses {read.response_count:,}, comments {written:,}, responses without a comment "
        f"{read.blank_count:,}"
    )


def describe_masked(masked: Mapping[MaskKind, int]) -> str:
    """What was masked, in a sentence that promises no more than is so; empty where nothing was."""
    if not masked:
        return ""
    kinds = ", ".join(f"{_MASK_NOUNS.get(kind, kind)} {n:,}" for kind, n in masked.items())
    return f"Masked in the text: {kinds}. Names are reduced, never certain to be gone."


def describe_problems(problems: Sequence[Problem]) -> list[str]:
    """One line for each kind of problem in each column: how many, what, and the first row."""
    firsts: dict[tuple[str, str], int] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        kind = (problem.column, problem.what)
        firsts.setdefault(kind, problem.row)
        counts[kind] += 1
    return [
        f"“{column}”: {count:,} × {what} (first in row {firsts[column, what]:,})"
        for (column, what), count in counts.items()
    ]


class _LeftOutError(Exception):
    """A row has a value that cannot be read, and is left out for it."""


@dataclass
class _Reader:
    table: Table
    column_map: ColumnMap
    today: date | None
    problems: list[Problem] = field(default_factory=list)
    stopping: list[Problem] = field(default_factory=list)
    seen_rows: Counter[bytes] = field(default_factory=Counter)
    seen_wordings: set[str] = field(default_factory=set)
    masked: Counter[MaskKind] = field(default_factory=Counter)
    place_of: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.place_of = {column: place for place, column in enumerate(self.table.columns)}

    def read_row(
        self, row: int, cells: Sequence[str], responses: Mapping[str, list[Comment]]
    ) -> Iterator[Comment]:
        """One comment for each text column, blank answers included."""
        wanted = self.column_map
        response_id = self._read_response_id(cells)
        day = self._read_date(row, cells)
        score = self._read_score(row, cells)
        unit = tuple(" ".join(name.split()) for _, name in self._given(cells, wanted.places))
        demographics = {key: cell.strip() for key, cell in self._given(cells, wanted.demographics)}
        first = len(responses.get(response_id, ())) + 1
        for number, column in enumerate(wanted.texts, start=first):
            text = cells[self.place_of[column.column]]
            wording = self._read_wording(row, cells, column)
            yield Comment(
                comment_id=f"{response_id}-{number}",
                response_id=response_id,
                date=day,
                unit=unit,
                question=wording,
                kind=_question_kind(wording) or "why",
                text="" if is_blank_answer(text) else self._mask(text),
                score=score,
                demographics=demographics,
            )

    def _mask(self, text: str) -> str:
        found = mask_text(text, with_staff=self.column_map.staff_names == "mask")
        self.masked.update(mask.kind for mask in found.masks)
        return found.text

    def _given(self, cells: Sequence[str], columns: Sequence[str]) -> Iterator[tuple[str, str]]:
        for column in columns:
            cell = cells[self.place_of[column]]
            if not is_blank_answer(cell):
                yield column, cell

    def raise_if_stopped(self) -> None:
        if not self.stopping:
            return
        counts = Counter((problem.column, problem.what) for problem in self.stopping)
        kinds = "; ".join(
            f"{count:,} in “{column}” ({what})" for (column, what), count in counts.items()
        )
        first = self.stopping[:MOST_PROBLEMS_LISTED]
        rows = ", ".join(f"row {problem.row} “{problem.column}”" for problem in first)
        more = ", …" if len(self.stopping) > len(first) else ""
        sheet = f", sheet “{self.table.sheet}”" if self.table.sheet else ""
        raise InputError(
            f"{self.table.name}{sheet}: cells that cannot be read: {kinds}: {rows}{more}. Correct "
            "them or the map of columns, or have them left blank or their rows left out "
            "(on_bad_date, on_bad_score)."
        )

    def _read_response_id(self, cells: Sequence[str]) -> str:
        column = self.column_map.response_id
        if column is not None and not is_blank_answer(cells[self.place_of[column]]):
            return cells[self.place_of[column]].strip()
        return _hash_row(cells, self.seen_rows)

    def _read_date(self, row: int, cells: Sequence[str]) -> date | None:
        wanted = self.column_map
        return self._read_cell(row, cells, wanted.date, self._parse_likely, wanted.on_bad_date)

    def _parse_likely(self, text: str) -> date:
        # One wrong century would stretch every chart over a hundred empty years.
        day = _parse_date(text)
        if day < _FIRST_LIKELY_DAY:
            raise ValueError(TOO_EARLY)
        if self.today is not None and day > self.today + _LONGEST_AHEAD:
            raise ValueError(IN_THE_FUTURE)
        return day

    def _read_score(self, row: int, cells: Sequence[str]) -> int | None:
        wanted = self.column_map
        return self._read_cell(
            row,
            cells,
            wanted.score,
            lambda text: _parse_score(text, wanted.best_score),
            wanted.on_bad_score,
        )

    def _read_cell(
        self,
        row: int,
        cells: Sequence[str],
        column: str | None,
        read: Callable[[str], Value | None],
        on_bad: OnBad,
    ) -> Value | None:
        if column is None or is_blank_answer(cells[self.place_of[column]]):
            return None
        try:
            return read(cells[self.place_of[column]])
        except ValueError as error:
            kept = self.stopping if on_bad == "stop" else self.problems
            kept.append(self._make_problem(row, column, str(error)))
            if on_bad == "leave_out":
                raise _LeftOutError from None
            return None

    def _read_wording(self, row: int, cells: Sequence[str], text: TextColumn) -> str:
        if text.question_column is None:
            return text.column if text.question is None else text.question
        wording = cells[self.place_of[text.question_column]].strip()
        if wording and wording not in self.seen_wordings:
            self.seen_wordings.add(wording)
            if _question_kind(wording) is None:
                self.problems.append(
                    self._make_problem(row, text.question_column, UNKNOWN_QUESTION)
                )
        return wording

    def _make_problem(self, row: int, column: str, what: str) -> Problem:
        return Problem(self.table.name, self.table.sheet, row, column, what)


def _hash_row(cells: Sequence[str], seen: Counter[bytes]) -> str:
    """A name for a row made of all its cells and of how many like it came before."""
    digest = hashlib.blake2b(digest_size=12)
    for cell in cells:
        data = cell.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    key = digest.digest()
    digest.update(seen[key].to_bytes(8, "big"))
    seen[key] += 1
    return digest.hexdigest()
