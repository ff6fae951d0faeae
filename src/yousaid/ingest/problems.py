"""Cells that cannot be read as what the map says they are: said by file, row and column, never by
what they hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from yousaid.errors import InputError

MOST_PROBLEMS_LISTED = 5

NOT_A_DATE = "not a date written day first"
TOO_EARLY = "before the year 2000, so a slip of the hand"
IN_THE_FUTURE = "more than a year after the day on which the file was brought in"
MONTH_FIRST = "written month first, so other dates beside them may be misread"
UNKNOWN_QUESTION = "a question of no known kind; it is read as “why”"

PROBLEM_COLUMNS = ("file", "sheet", "row", "column", "problem")


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that could not be read as what the map says it is; `row` is its row in the file."""

    file: str
    sheet: str | None
    row: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """How many cells of a column have the same problem, and the row of the first."""

    column: str
    what: str
    count: int
    first_row: int


def make_problem_rows(problems: Iterable[Problem]) -> Iterator[list[str | int | None]]:
    """The problems as the rows of a table."""
    return ([one.file, one.sheet, one.row, one.column, one.what] for one in problems)


def describe_problems(kinds: Sequence[ProblemKind]) -> list[str]:
    """One line for each kind of problem in each column: how many, what, and the first row."""
    return [
        f"“{kind.column}”: {kind.count:,} × {kind.what} (first in row {kind.first_row:,})"
        for kind in kinds
    ]


def say_stopped(kinds: Sequence[ProblemKind], first: Sequence[Problem]) -> InputError:
    """What stops an upload, with the first problems of it."""
    listed = "; ".join(f"{kind.count:,} in “{kind.column}” ({kind.what})" for kind in kinds)
    rows = ", ".join(f"row {one.row} “{one.column}”" for one in first[:MOST_PROBLEMS_LISTED])
    more = ", …" if sum(kind.count for kind in kinds) > len(first[:MOST_PROBLEMS_LISTED]) else ""
    sheet = f", sheet “{first[0].sheet}”" if first[0].sheet else ""
    return InputError(
        f"{first[0].file}{sheet}: cells that cannot be read: {listed}: {rows}{more}. Correct them "
        "or the map of columns, or have them left blank or their rows left out (on_bad_date, "
        "on_bad_score)."
    )
