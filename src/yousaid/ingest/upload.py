# ruff: noqa: S608 (SQL is put together from our own names; every value is quoted or bound)
"""From the rows of a table to comments: one upload, all or nothing.

Every fault is gathered before anything is said, so that a person corrects a file once. What is
said names the file, the row and the column, never what a cell holds. Rows and answers lie on disk
meanwhile, so that memory does not grow with the file.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from yousaid.duck import connect_duckdb, escape_glob, quote
from yousaid.errors import InputError
from yousaid.ingest.answers import AnswerWriter
from yousaid.ingest.column_map import ColumnMap, OnBad, check_map
from yousaid.ingest.masking import MaskKind, mask_text
from yousaid.ingest.mending import mend_text
from yousaid.ingest.problems import MOST_PROBLEMS_LISTED, Problem, ProblemKind, say_stopped
from yousaid.ingest.tables import Table
from yousaid.ingest.working import working_folder
from yousaid.records import Comment

# What a file is worked on with, however long it is; the rest lies in the working folder.
_MEMORY = "1GB"

# Lists and maps as JSON: few differ, and to make Python's of each anew is most of the time.
_COMMENT_COLUMNS = (
    "comment_id, response_id, date, to_json(unit)::VARCHAR, question, kind, text, score, "
    "source, to_json(demographics)::VARCHAR"
)
_MOST_REMEMBERED = 4096
_ASKED_AT_ONCE = 50_000


@dataclass
class Upload:
    """What a table holds: answers, in the order of the file and one person's together.

    `blank_count` of the `response_count` responses have no text in any answer: each is one comment
    with text "". `comment_count` answers have text. `problems` were left blank, left out with their
    row, or read as said, where the map does not stop at them.
    """

    table: Table
    column_map: ColumnMap
    duck: duckdb.DuckDBPyConnection = field(repr=False)
    folder: Path
    response_count: int = 0
    comment_count: int = 0
    blank_count: int = 0
    # How many personal details of each kind were masked in the batches that were asked for.
    masked: Counter[MaskKind] = field(default_factory=Counter)
    # And how many texts had letters that were put back, see `mend_text`.
    mended_count: int = 0

    @property
    def path(self) -> Path:
        return self.folder / "answers.parquet"

    @property
    def answer_count(self) -> int:
        """How many comments there are, blank ones too."""
        return self.comment_count + self.blank_count

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question to the relations `answers` and `problems`.

        `answers` has the fields of a comment, its text not masked, and `response`, a number that
        the answers of one response share; in any order.
        """
        return self.duck.execute(sql, values).fetchall()

    def batches(self, size: int) -> Iterator[list[Comment]]:
        """The comments in order, in lists of `size` (the last may be shorter). Personal details in
        their texts are masked, see `mask_text`, and counted."""
        with self.duck.cursor() as cursor:
            found = cursor.execute(
                f"SELECT {_COMMENT_COLUMNS} FROM answers ORDER BY id_place, response, row, number"
            )
            while batch := found.fetchmany(size):
                yield [self._make_comment(*row) for row in batch]

    def mask_all(self) -> None:
        """Count what would be masked."""
        for _ in self.batches(_ASKED_AT_ONCE):
            pass

    def _make_comment(
        self,
        comment_id: str,
        response_id: str,
        day: date | None,
        unit: str,
        question: str,
        kind: Any,
        text: str,
        score: int | None,
        source: str,
        demographics: str,
    ) -> Comment:
        return Comment(
            comment_id=comment_id,
            response_id=response_id,
            date=day,
            unit=_read_names(unit),
            question=question,
            kind=kind,
            text=self._mask(self._mend(text)) if text else "",
            score=score,
            source=source,
            demographics=_read_traits(demographics),
        )

    def _mend(self, text: str) -> str:
        mended = mend_text(text)
        self.mended_count += mended != text
        return mended

    def _mask(self, text: str) -> str:
        found = mask_text(text, with_staff=self.column_map.staff_names == "mask")
        self.masked.update(mask.kind for mask in found.masks)
        return found.text

    def problems(self) -> Iterator[Problem]:
        """Every problem, in the order of the file."""
        with self.duck.cursor() as cursor:
            found = cursor.execute("SELECT row, name, what FROM problems ORDER BY row, place")
            while batch := found.fetchmany(_ASKED_AT_ONCE):
                for row, column, what in batch:
                    yield Problem(self.table.name, self.table.sheet, row, column, what)

    def problem_kinds(self) -> list[ProblemKind]:
        """How many problems there are of each kind in each column, in the order of the first."""
        return [
            ProblemKind(*row)
            for row in self.ask(
                "SELECT name, what, count(*), min(row) FROM problems GROUP BY name, what, place "
                "ORDER BY min(row), place"
            )
        ]

    def leave_out(
        self, find_known: Callable[[list[str]], Mapping[str, tuple[int, date | None]]]
    ) -> tuple[int, set[int]]:
        """Leave out the responses that are there already, and say how many those are and of which
        uploads. `find_known` says of comments by id which are, of which upload and day; a response
        is known where any comment of it is.

        Raises InputError where a known comment has another date: then numbers begin anew in each
        file, and to leave those out would lose responses.
        """
        known: set[int] = set()
        others: set[int] = set()
        uploads: set[int] = set()
        with self.duck.cursor() as cursor:
            found = cursor.execute("SELECT comment_id, response, date FROM answers")
            while batch := found.fetchmany(_ASKED_AT_ONCE):
                there = find_known([comment_id for comment_id, _, _ in batch])
                for comment_id, response, day in batch:
                    if comment_id in there:
                        upload, known_day = there[comment_id]
                        known.add(response)
                        uploads.add(upload)
                        if day != known_day:
                            others.add(response)
        if others:
            raise InputError(
                f"{len(others):,} responses have the number of others, of another day, that are "
                "there already: numbers seem to begin anew in each file. Leave the column of "
                "numbers out of the map, so that responses are told apart by all that is in their "
                "rows."
            )
        if known:
            self._keep_others(known)
        return len(known), uploads

    def _keep_others(self, known: set[int]) -> None:
        rest = self.folder / "rest.parquet"
        self.duck.execute(
            f"COPY (SELECT * FROM {self._written} WHERE response NOT IN "
            f"(SELECT unnest(?::BIGINT[]))) TO {quote(str(rest))} (FORMAT parquet)",
            [[*known]],
        )
        rest.replace(self.path)
        self.count()

    def count(self) -> None:
        """Take the counts from the answers."""
        # From their file, and not from the texts in it, which take most of the time.
        [(self.response_count, self.comment_count, self.blank_count)] = self.ask(
            "SELECT count(DISTINCT response), count(*) FILTER (is_any_answered), "
            f"count(*) FILTER (NOT is_any_answered) FROM {self._written}"
        )

    @property
    def _written(self) -> str:
        return f"read_parquet({quote(escape_glob(self.path))})"


@contextmanager
def read_upload(table: Table, column_map: ColumnMap, today: date | None = None) -> Iterator[Upload]:
    """What a table holds whose columns are what the map says; on disk, and gone after the block.

    A response is a row, or all rows that share a response id, a date, a place and a score. Its
    blank answers are left out where another has text; one blank comment stands for a response
    without text, so that its score counts. An answer's number in its response is part of its
    `comment_id`; without an id column the response id comes from all cells of the row, so the same
    file gives the same ids again.

    Dates before 2000, and over a year after `today` where it is given, are not believed. Raises
    InputError if the map does not fit the table, or once for all dates and scores that cannot be
    read where the map says to stop at them.
    """
    check_map(column_map, table.columns, table.name)
    with (
        working_folder() as folder,
        connect_duckdb(temp_directory=str(folder / "spilled"), memory_limit=_MEMORY) as duck,
    ):
        writer = AnswerWriter(duck, folder, table, column_map, today)
        writer.find_problems()
        upload = Upload(table, column_map, duck, folder)
        _raise_if_stopped(upload)
        writer.write_answers(upload.path)
        upload.count()
        yield upload


def _raise_if_stopped(upload: Upload) -> None:
    [(stop_count,)] = upload.ask("SELECT count(*) FROM problems WHERE is_stop")
    if stop_count:
        upload.ask("DELETE FROM problems WHERE NOT is_stop")
        first = [*islice(upload.problems(), MOST_PROBLEMS_LISTED)]
        raise say_stopped(upload.problem_kinds(), first)


@contextmanager
def try_out(table: Table, column_map: ColumnMap, today: date | None = None) -> Iterator[Upload]:
    """What the upload of a table would hold if it stopped at nothing, so that every problem is
    among its `problems`. Raises InputError if the map does not fit the table."""
    kinds: dict[OnBad, OnBad] = {"stop": "blank", "blank": "blank", "leave_out": "leave_out"}
    lenient = replace(
        column_map,
        on_bad_date=kinds[column_map.on_bad_date],
        on_bad_score=kinds[column_map.on_bad_score],
    )
    with read_upload(table, lenient, today) as upload:
        yield upload


@lru_cache(_MOST_REMEMBERED)
def _read_names(names: str) -> tuple[str, ...]:
    return tuple(json.loads(names))


@lru_cache(_MOST_REMEMBERED)
def _read_traits(traits: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(traits))


_MASK_NOUNS: dict[MaskKind, str] = {
    "phone": "phone number",
    "email": "e-mail address",
    "date of birth": "date of birth",
    "staff name": "name of staff",
}


def describe_counts(upload: Upload) -> str:
    """How much an upload holds."""
    return (
        f"responses {upload.response_count:,}, comments {upload.comment_count:,}, responses "
        f"without a comment {upload.blank_count:,}"
    )


def describe_changed(upload: Upload) -> list[str]:
    """What was changed in the texts that were asked for, a sentence each."""
    said = []
    if upload.mended_count:
        said.append(
            "Letters that an earlier program had garbled, such as “â€™” for “’”, were put back: "
            f"comments {upload.mended_count:,}."
        )
    if masked := describe_masked(upload.masked):
        said.append(masked)
    return said


def describe_masked(masked: Mapping[MaskKind, int]) -> str:
    """What was masked, in a sentence that promises no more than is so; empty where nothing was."""
    if not masked:
        return ""
    kinds = ", ".join(f"{_MASK_NOUNS.get(kind, kind)} {n:,}" for kind, n in masked.items())
    return f"Masked in the text: {kinds}. Names are reduced, never certain to be gone."
