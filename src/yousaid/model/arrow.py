"""Readings beside the columns of any Arrow table, batch by batch, without an object a comment.

Tables come and go by the Arrow PyCapsule interface, which Polars, pandas, DuckDB and PyArrow speak.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import NamedTuple, Protocol, cast

import numpy as np
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema

from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.frameworks.questions import question_kind
from yousaid.model.batches import cut, cut_texts, read_once
from yousaid.model.columns import (
    DECIMALS,
    READING_COLUMNS,
    check_free,
    get_probability_columns,
)
from yousaid.model.scores import NOT_POSSIBLE_AT, Bools, Reals, Scores
from yousaid.records import QUESTION_KINDS, SENTIMENT_LEVELS, QuestionKind

_TYPES = (
    *(DataType.string(), DataType.string(), DataType.float64(), DataType.bool()),
    *(DataType.float64(), DataType.string(), DataType.string()),
)


class ArrowTable(Protocol):
    """A table of any library that speaks the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Judged(NamedTuple):
    """What a model says of several texts: its scores, the topics that are said (texts × topics),
    and the languages."""

    scores: Scores
    topics: Bools
    languages: Sequence[str | None]


Judge = Callable[[list[str | None], list[QuestionKind]], Judged]


def read_table(
    table: ArrowTable,
    text: str,
    question: str,
    judge: Judge,
    model_label: str,
    mixed_threshold: float,
    with_probabilities: bool,
) -> RecordBatchReader:
    """The table's columns with those of the readings behind; see `Reader.read_table`."""
    source = RecordBatchReader.from_stream(table)
    names = source.schema.names
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise InputError(f"The table has several columns “{twice[0]}”. Rename all but one.")
    _check_text_column(source.schema, text)
    if question == text:
        raise InputError(f"“{text}” cannot be both the comments and the questions.")
    kind = next((kind for kind in QUESTION_KINDS if kind == question not in names), None)
    if kind is None:
        _check_text_column(source.schema, question)
    added = dict(zip(READING_COLUMNS, _TYPES, strict=True))
    if with_probabilities:
        added |= dict.fromkeys(get_probability_columns(), DataType.float64())
    check_free([*added], names, "The table")
    columns = [source.schema.field(name) for name in names]
    columns += [Field(name, kind, nullable=True) for name, kind in added.items()]
    schema = Schema(columns, metadata=source.schema.metadata)

    def make_batches() -> Iterator[RecordBatch]:
        for part, texts in _cut_batches(_read_batches(source), text):
            kinds = [kind] * len(texts) if kind else _get_kinds(part, question)
            judged = _judge_each_once(judge, texts, kinds)
            cells = _make_columns(judged, model_label, mixed_threshold, with_probabilities)
            made = [Array(c, type=t) for c, t in zip(cells, added.values(), strict=True)]
            yield RecordBatch.from_arrays([*part.columns, *made], schema=schema)

    return RecordBatchReader.from_batches(schema, make_batches())


def _check_text_column(schema: Schema, name: str) -> None:
    if name not in schema.names:
        shown = ", ".join(f"“{column}”" for column in schema.names[:30])
        raise InputError(f"The table has no column “{name}”. It has {shown}.")
    kind: DataType | None = schema.field(name).type
    if kind is not None and DataType.is_dictionary(kind):
        kind = kind.value_type
    tests = (DataType.is_string, DataType.is_large_string, DataType.is_string_view)
    if kind is None or not any(is_text(kind) for is_text in (*tests, DataType.is_null)):
        raise InputError(f"The column “{name}” does not hold text. Name a column that does.")


def _read_batches(source: RecordBatchReader) -> Iterator[RecordBatch]:
    batches = iter(source)
    while True:
        try:
            batch = next(batches)
        except StopIteration:
            return
        except Exception as error:  # arro3's errors share no class of their own
            raise InputError(
                "The table cannot be taken over from its library. Where a column of it holds "
                "nothing at all, give the column a type or leave it out."
            ) from error
        yield batch


def _cut_batches(
    source: Iterator[RecordBatch], text: str
) -> Iterator[tuple[RecordBatch, list[str | None]]]:
    """The rows with their texts, some at a time."""
    for batch in source:
        for part in cut(batch.num_rows):
            rows = _slice(batch, part)
            texts = _get_texts(rows, text)
            for few in cut_texts(texts):
                yield _slice(rows, few), texts[few]


def _slice(batch: RecordBatch, part: slice) -> RecordBatch:
    return batch.slice(part.start, part.stop - part.start)


def _get_texts(batch: RecordBatch, name: str) -> list[str | None]:
    # As bytes: not every library makes sure that its text is text, and arro3 stops at what is not.
    # Large ones: a short slice of a long column keeps the places that it has in the whole.
    column = batch.column(name).cast(DataType.large_string()).cast(DataType.large_binary())
    cells = cast("list[bytes | None]", column.to_pylist())
    try:
        return [None if cell is None else cell.decode() for cell in cells]
    except UnicodeDecodeError:
        # The error would quote the comment.
        raise InputError(
            f"The column “{name}” holds text that is not UTF-8. "
            "Read its file again, with the encoding that it was written in."
        ) from None


def _get_kinds(batch: RecordBatch, name: str) -> list[QuestionKind]:
    wordings = _get_texts(batch, name)
    kinds = {wording: question_kind(wording or "") or "why" for wording in set(wordings)}
    return [kinds[wording] for wording in wordings]


def _judge_each_once(judge: Judge, texts: list[str | None], kinds: list[QuestionKind]) -> Judged:
    """The judgement of every text, each wording under a question judged once."""

    def judge_pairs(pairs: list[tuple[str | None, QuestionKind]]) -> Judged:
        return judge([text for text, _ in pairs], [kind for _, kind in pairs])

    found, places = read_once(list(zip(texts, kinds, strict=True)), judge_pairs)
    rows = np.array(places)
    scores = Scores(*(getattr(found.scores, field.name)[rows] for field in fields(Scores)))
    return Judged(scores, found.topics[rows], [found.languages[row] for row in places])


def _make_columns(
    judged: Judged, model_label: str, mixed_threshold: float, with_probabilities: bool
) -> Iterator[list[object]]:
    """The cells of the output contract, column by column."""
    scores, topics, languages = judged
    readable = ~topics[:, NOT_POSSIBLE_AT]
    levels = scores.levels.argmax(1)
    yield list(_name_topics(scores.topics, topics))
    yield _blank(np.array(SENTIMENT_LEVELS, object)[levels], readable)
    yield _blank(scores.expected.round(DECIMALS), readable)
    yield ((scores.mixed >= mixed_threshold) & readable).tolist()
    yield np.where(readable, scores.urgency.round(DECIMALS), 0.0).tolist()
    yield list(languages)
    yield [model_label] * len(topics)
    if with_probabilities:
        yield from scores.topics.round(DECIMALS).T.tolist()


def _blank(
    cells: Reals | np.ndarray[tuple[int], np.dtype[np.object_]], kept: Bools
) -> list[object]:
    return [
        cell if keep else None for cell, keep in zip(cells.tolist(), kept.tolist(), strict=True)
    ]


def _name_topics(probabilities: Reals, decided: Bools) -> Iterator[str]:
    """The names of each text's topics, most probable first."""
    names = [topic.name for topic in get_framework().topics]
    rows, topics = np.nonzero(decided)
    order = np.lexsort((-probabilities[rows, topics], rows))
    ends = np.cumsum(np.bincount(rows, minlength=len(decided))).tolist()
    found = topics[order].tolist()
    start = 0
    for end in ends:
        yield "; ".join([names[topic] for topic in found[start:end]])
        start = end
