"""The ways through the house: a table read and written again, and a table brought into a store.

Each joins the rooms that may not know each other (ingest, model, reports, store). The command line
calls these and prints; nothing here prints.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from yousaid.errors import InputError, NothingNewError, OutputError, YousaidError
from yousaid.frameworks import get_framework
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.column_map import (
    ColumnMap,
    describe_map,
    parse_map,
    write_map,
)
from yousaid.ingest.columns import guess_map
from yousaid.ingest.doubts import list_doubts
from yousaid.ingest.masking import MaskKind, mask_text
from yousaid.ingest.problems import ProblemKind, describe_problems
from yousaid.ingest.tables import Table
from yousaid.ingest.upload import Upload, describe_changed, describe_counts, read_upload
from yousaid.ingest.values import is_blank_answer
from yousaid.model.batches import AT_ONCE, cut
from yousaid.model.columns import (
    DECIMALS,
    READING_COLUMNS,
    check_free,
    get_probability_columns,
)
from yousaid.model.reader import Reader
from yousaid.records import EVERYWHERE, QUESTION_KINDS, SENTIMENT_LEVELS, QuestionKind, Reading
from yousaid.reports.tables import Cell
from yousaid.settings import LOCAL, Settings

if TYPE_CHECKING:
    from yousaid.store.layout import Store

# Rows looked at to guess what the columns are.
_SAMPLE_ROWS = 1000
_MOST_WORDINGS_SHOWN = 5
_MOST_COLUMNS_SHOWN = 30
# Comments written together with their readings: 60 MB of readings at most.
_PART_ROWS = 10_000
MENTIONS_COLUMN = "mentions"

Progress = Callable[[int], None]
Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TextChoice:
    """Which column holds the comments to classify, and where their question is: in a column, or
    one kind for all."""

    column: str
    question_column: str | None
    kind: QuestionKind


def check_not_itself(source: str, target: str) -> None:
    """Raise OutputError where a workbook would be written over itself: its other sheets and its
    formulas would be gone."""
    read, written = Path(source), Path(target)
    both_there = written.suffix.lower() == ".xlsx" and written.exists() and read.exists()
    if both_there and written.samefile(read):
        raise OutputError(f"{target} is the workbook that is read. Write to another name.")


def guess_columns(table: Table) -> ColumnMap:
    """What the table's columns seem to be. Raises InputError where none seems to hold comments."""
    sample = next(table.batches(_SAMPLE_ROWS), [])
    return guess_map(table.columns, sample, table.name)


def choose_text(table: Table, text: str | None, question: str | None) -> TextChoice:
    """The column of comments, named or guessed, and its question: the name of a column, or one of
    the kinds for all rows. Raises InputError where a name is not there, or the guess is not plain.
    """
    if text is None:
        guessed = guess_columns(table).texts
        if len(guessed) > 1:
            names = ", ".join(f"“{found.column}”" for found in guessed)
            raise InputError(
                f"{table.name} seems to have comments in several columns: {names}. "
                "Name the one to read with --text."
            )
        text, question = guessed[0].column, question or guessed[0].question_column
    if question == text:
        raise InputError(
            f"“{text}” cannot be the column of comments and of questions. Name the column of the "
            "questions with --question, or leave it out."
        )
    if question in QUESTION_KINDS and question not in table.columns:
        return TextChoice(_check_column(table, text, "--text"), None, question)
    return TextChoice(
        _check_column(table, text, "--text"),
        _check_column(table, question, "--question") if question else None,
        # A column of comments is often headed by its question.
        question_kind(text) or "why",
    )


def _check_column(table: Table, name: str, option: str) -> str:
    if name in table.columns:
        return name
    shown = ", ".join(f"“{column}”" for column in table.columns[:_MOST_COLUMNS_SHOWN])
    hidden = len(table.columns) - _MOST_COLUMNS_SHOWN
    more = f" and {hidden:,} more" if hidden > 0 else ""
    raise InputError(f"{table.name} has no column “{name}” ({option}). It has {shown}{more}.")


def classify_table(
    table: Table,
    reader: Reader,
    choice: TextChoice,
    *,
    with_probabilities: bool = False,
    with_mentions: bool = False,
    progress: Progress = lambda _: None,
    warn: Warn = lambda _: None,
) -> tuple[list[str], Iterator[list[list[Cell]]]]:
    """The columns and rows of the table with a reading behind each row, in the same order.

    Rows are made as they are asked for, so memory does not grow with the file. Raises InputError
    at once where the table has a column with the name of one to be added.
    """
    added = [
        *READING_COLUMNS,
        *(get_probability_columns() if with_probabilities else ()),
        *((MENTIONS_COLUMN,) if with_mentions else ()),
    ]
    check_free(added, table.columns, table.name)
    text_at = table.columns.index(choice.column)
    kinds = _KindFinder(table, choice)

    def make_rows() -> Iterator[list[list[Cell]]]:
        for batch in table.batches(AT_ONCE):
            readings = reader.read(
                ["" if is_blank_answer(row[text_at]) else row[text_at] for row in batch],
                kinds.find(batch),
                with_evidence=with_mentions,
            )
            yield [
                [*row, *make_cells(reading, with_probabilities, with_mentions)]
                for row, reading in zip(batch, readings, strict=True)
            ]
            progress(len(batch))
        kinds.warn_of_unknown(warn)

    return [*table.columns, *added], make_rows()


def mask_table(
    table: Table,
    texts: Sequence[str],
    *,
    with_staff: bool,
    progress: Progress = lambda _: None,
) -> tuple[Mapping[MaskKind, int], Iterator[list[list[Cell]]]]:
    """The rows of the table with personal details masked in its columns of comments, named or
    guessed, and how many of each kind: complete when the last row has been asked for.

    Raises InputError where a column that was named is not there.
    """
    named = texts or [found.column for found in guess_columns(table).texts]
    places = {table.columns.index(_check_column(table, name, "--text")) for name in named}
    masked = Counter[MaskKind]()

    def mask(cell: str) -> str:
        found = mask_text(cell, with_staff=with_staff)
        masked.update(one.kind for one in found.masks)
        return found.text

    def make_rows() -> Iterator[list[list[Cell]]]:
        for batch in table.batches(AT_ONCE):
            yield [
                [mask(cell) if place in places else cell for place, cell in enumerate(row)]
                for row in batch
            ]
            progress(len(batch))

    return masked, make_rows()


class _KindFinder:
    """The question kind of each row; a wording that nobody knows is “why”, and is said once."""

    def __init__(self, table: Table, choice: TextChoice) -> None:
        self._choice = choice
        self._at = table.columns.index(choice.question_column) if choice.question_column else None
        self._known: dict[str, QuestionKind] = {}
        self._unknown: Counter[str] = Counter()

    def find(self, batch: Sequence[Sequence[str]]) -> list[QuestionKind]:
        if self._at is None:
            return [self._choice.kind] * len(batch)
        return [self._find_one(row[self._at]) for row in batch]

    def _find_one(self, wording: str) -> QuestionKind:
        if wording not in self._known:
            kind = question_kind(wording)
            if kind is None and wording.strip():
                self._unknown[wording] = 0
            self._known[wording] = kind or "why"
        if wording in self._unknown:
            self._unknown[wording] += 1
        return self._known[wording]

    def warn_of_unknown(self, warn: Warn) -> None:
        """Say once what was read as “why” for want of a rule. A column of many wordings is no
        column of questions and may hold comments, so then none is shown."""
        if len(self._unknown) > _MOST_WORDINGS_SHOWN:
            warn(
                f"“{self._choice.question_column}” has {len(self._unknown):,} wordings of no known "
                "kind of question; they are read as “why”. Is it the right column?"
            )
            return
        for wording, count in self._unknown.items():
            if count == 1:  # a question is asked of many; what stands once may be a comment
                warn("One row has a question of no known kind; it is read as “why”.")
                continue
            shown = " ".join(wording.split())[:80]
            warn(f"The question “{shown}” ({count:,} ×) is of no known kind; it is read as “why”.")


def make_cells(reading: Reading, with_probabilities: bool, with_mentions: bool) -> list[Cell]:
    """A reading as the cells of the output contract, in the order of its columns."""
    names = get_framework().by_id
    score = reading.sentiment_score
    cells: list[Cell] = [
        "; ".join(names[mention.topic].name for mention in reading.mentions),
        SENTIMENT_LEVELS[reading.sentiment - 1] if reading.sentiment else None,
        round(score, DECIMALS) if score is not None else None,
        reading.mixed,
        round(reading.urgency, DECIMALS),
        reading.language,
        reading.model,
    ]
    if with_probabilities:
        cells += [round(probability, DECIMALS) for probability in reading.probabilities]
    if with_mentions:
        cells.append(_write_mentions(reading))
    return cells


def _write_mentions(reading: Reading) -> str:
    names = get_framework().by_id
    mentions = [
        {
            "topic": names[mention.topic].name,
            "probability": round(mention.probability, DECIMALS),
            "sentiment": mention.sentiment,
            "spans": [asdict(span) for span in mention.spans],
        }
        for mention in reading.mentions
    ]
    return json.dumps(mentions, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an upload brought in: its id, how its columns were read, and what was new in it, in
    sentences. `known_count` responses were left out, as they were there already;
    `other_language_count` comments are not in English, which alone is read."""

    upload_id: str
    described_map: str
    described_counts: str
    described_changes: Sequence[str]
    doubts: Sequence[str]
    problem_kinds: Sequence[ProblemKind]
    known_count: int
    other_language_count: int


def load_table(
    table: Table,
    folder: Path,
    reader: Reader,
    *,
    column_map: ColumnMap | None,
    now: datetime,
    settings: Settings = LOCAL,
    expect: Progress = lambda _: None,
    progress: Progress = lambda _: None,
) -> Loaded:
    """Bring a table into a store, which is made where it is missing: all of it or nothing.

    Columns are as the map says, otherwise as they were said to be when a table with the same
    columns was last brought in, otherwise as they seem to be. `expect` is told how many comments
    there are to read, and `progress` as they are read. Responses that are there already are left
    out. Memory does not grow with the table. Raises InputError where the table cannot be read or
    holds nothing new, StoreError or OutputError where it cannot be stored.
    """
    # A quarter of a second, which `yousaid classify` need not wait for.
    from yousaid.store.kept import keep_map
    from yousaid.store.layout import check_folder, create_store
    from yousaid.store.working import write_part
    from yousaid.store.write import add_files

    check_folder(folder, database=settings.database)
    is_said = column_map is not None
    column_map = column_map or find_map(table, folder, settings)
    with read_upload(table, column_map, now.date()) as upload:
        if not upload.answer_count:
            raise InputError(f"{table.name} holds no responses. Nothing was added.")
        known_count = _leave_out_known(upload, folder, settings)
        expect(upload.answer_count)
        parts: list[tuple[Path, Path]] = []
        other_language_count = 0
        for comments in upload.batches(_PART_ROWS):
            readings: list[Reading] = []
            for piece in cut(len(comments)):
                batch = comments[piece]
                readings += reader.read([c.text for c in batch], [c.kind for c in batch])
                progress(len(batch))
            other_language_count += sum(one.language not in ("en", None) for one in readings)
            parts.append(write_part(upload.folder, len(parts), comments, readings))
        with _no_new_store_on_failure(folder, settings):
            store = create_store(
                folder, database=settings.database, index_folder=settings.index_folder
            )
            upload_id = add_files(
                store,
                table.name,
                [comments for comments, _ in parts],
                [readings for _, readings in parts],
                now=now,
                framework_version=get_framework().version,
            )
        if is_said:
            keep_map(store, table.columns, write_map(column_map), now=now)
        return Loaded(
            upload_id,
            describe_map(column_map),
            describe_counts(upload),
            describe_changed(upload),
            list_doubts(upload, now.date()),
            upload.problem_kinds(),
            known_count,
            other_language_count,
        )


def describe_loaded(loaded: Loaded) -> list[str]:
    """What was brought in, what was not or was not read, and what to look at, a sentence each."""
    said = [f"Brought in: {loaded.described_counts}."]
    if loaded.known_count:
        said.append(f"Left out, as they were there already: responses {loaded.known_count:,}.")
    if loaded.other_language_count:
        said.append(
            f"Not in English, so brought in and not read: comments {loaded.other_language_count:,}."
        )
    problems = describe_problems(loaded.problem_kinds)
    return [*said, *loaded.described_changes, *loaded.doubts, *problems]


def _leave_out_known(upload: Upload, folder: Path, settings: Settings) -> int:
    """Leave out what of an upload is not new, and say how many responses that is."""
    from yousaid.store.layout import is_store, open_store
    from yousaid.store.query import get_known, get_uploads
    from yousaid.store.snapshot import open_snapshot

    if not is_store(folder):
        return 0
    store = open_store(folder, database=settings.database, index_folder=settings.index_folder)
    with open_snapshot(store) as snapshot:
        known_count, numbers = upload.leave_out(
            lambda comment_ids: get_known(EVERYWHERE, snapshot, comment_ids)
        )
        uploads = get_uploads(EVERYWHERE, snapshot) if numbers else ()
    if upload.answer_count:
        return known_count
    earlier = ", ".join(
        f"“{one.file_name}” on {one.added_at:%-d %B %Y}"
        for one in uploads
        if int(one.upload_id) in numbers
    )
    raise NothingNewError(
        f"{upload.table.name} holds nothing new: all of its {known_count:,} responses were brought "
        f"in before, with {earlier}. Nothing was added."
    )


def find_map(table: Table, folder: Path, settings: Settings) -> ColumnMap:
    """What the table's columns were said to be when one with the same was last brought into this
    folder, otherwise what they seem to be. Raises InputError where none seems to hold comments."""
    from yousaid.store.layout import is_store, open_store

    if not is_store(folder):
        return guess_columns(table)
    store = open_store(folder, database=settings.database, index_folder=settings.index_folder)
    return recall_map(table, store) or guess_columns(table)


def recall_map(table: Table, store: "Store") -> ColumnMap | None:
    """The map by which a table with these columns was last brought in, where somebody said it."""
    from yousaid.store.kept import find_map as find_written

    written = find_written(store, table.columns)
    return parse_map(written, table.name) if written else None


@contextmanager
def _no_new_store_on_failure(folder: Path, settings: Settings) -> Iterator[None]:
    """A store that was made for an upload goes again if the upload fails, unless somebody else has
    written into it meanwhile."""
    from yousaid.store.layout import is_store, open_store
    from yousaid.store.write import remove_unused

    was_store, was_there = is_store(folder), folder.exists()
    try:
        yield
    except BaseException:
        if not was_store and is_store(folder):
            with suppress(YousaidError):
                remove_unused(
                    open_store(
                        folder, database=settings.database, index_folder=settings.index_folder
                    )
                )
        if not was_there:
            # Not where anything is in it.
            with suppress(OSError):
                folder.rmdir()
        raise
