"""Figures and comments as files to take away."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from yousaid.frameworks import get_framework
from yousaid.measures.fft import percent_negative, percent_positive
from yousaid.measures.intervals import Share, share
from yousaid.records import SCORES, TOPIC_SENTIMENTS, Scope
from yousaid.reports.tables import Batches, Cell, write_table
from yousaid.store.answers import MonthCount, ReadComment, TopicCount
from yousaid.store.filter import URGENT_FROM, Filter, write_place
from yousaid.store.query import get_comment_batches
from yousaid.store.snapshot import Snapshot
from yousaid.web.presenters.words import word_topic
from yousaid.web.site import get_site

BATCH_SIZE = 2000
CHUNK_BYTES = 1 << 16


def name_column(words: str) -> str:
    """The words as the name of a column, which formulas and programs take without quotes."""
    return re.sub(r"[^a-z0-9]+", "_", words.lower().replace("'", ""))


def name_percent(name: str) -> tuple[str, str, str]:
    """The columns of a percentage and the ends of its 95 % interval."""
    return name, f"{name}_low", f"{name}_high"


TOPIC_COLUMNS = (
    "topic_id", "topic", "category", "comments", "positive", "neutral", "negative",
    "all_comments", *name_percent("percent_of_comments"),
)  # fmt: skip
MONTH_COLUMNS = (
    "month", "responses", *map(name_column, SCORES),
    *name_percent("percent_positive"), *name_percent("percent_negative"),
    "comments", "positive", "neutral", "negative",
    "all_comments", *name_percent("percent_of_comments"),
)  # fmt: skip
COMMENT_COLUMNS = (
    "comment_id", "response_id", "date", "place", "question", "question_kind", "score", "comment",
    "sentiment_level", "mixed", "urgent", "topics", "topics_positive", "topics_neutral",
    "topics_negative", "model",
)  # fmt: skip


def make_topic_rows(counts: Sequence[TopicCount], all_count: int) -> list[list[Cell]]:
    """One row a topic, most comments first; a percentage of too few comments is left empty."""
    by_id = get_framework().by_id
    return [
        [
            count.topic,
            word_topic(count.topic),
            by_id[count.topic].category if count.topic in by_id else None,
            count.comment_count,
            count.positive_count,
            count.neutral_count,
            count.negative_count,
            all_count,
            *_make_percents(share(count.comment_count, all_count)),
        ]
        for count in counts
    ]


def make_month_rows(months: Sequence[MonthCount]) -> list[list[Cell]]:
    """One row a month, oldest first; a percentage of too few is left empty."""
    return [
        [
            f"{month.month:%Y-%m}",
            month.response_count,
            *month.score_counts,
            *_make_percents(percent_positive(month.score_counts)),
            *_make_percents(percent_negative(month.score_counts)),
            month.comment_count,
            month.positive_count,
            month.neutral_count,
            month.negative_count,
            month.all_comment_count,
            *_make_percents(share(month.comment_count, month.all_comment_count)),
        ]
        for month in months
    ]


def _make_percents(found: Share) -> list[Cell]:
    """The percentage and its interval, to two decimals; empty where there are too few for one."""
    percents = (found.percent, found.low, found.high)
    return [round(p, 2) if p is not None and found.can_show else None for p in percents]


def make_comment_batches(
    scope: Scope, snapshot: Snapshot, chosen: Filter
) -> Iterator[list[list[Cell]]]:
    """One row a comment, newest first, a batch at a time so that memory stays small."""
    batches = get_comment_batches(scope, snapshot, chosen, order="newest", batch_size=BATCH_SIZE)
    for batch in batches:
        yield [_make_comment_row(one) for one in batch]


def _make_comment_row(found: ReadComment) -> list[Cell]:
    comment, reading = found.comment, found.reading
    names = [(word_topic(mention.topic), mention.sentiment) for mention in reading.mentions]
    return [
        comment.comment_id,
        comment.response_id,
        comment.date.isoformat() if comment.date else None,
        write_place(comment.unit),
        comment.question,
        comment.kind,
        SCORES[comment.score - 1] if comment.score else None,
        comment.text,
        reading.sentiment,
        reading.mixed,
        reading.urgency >= URGENT_FROM,
        "; ".join(name for name, _ in names),
        *("; ".join(n for n, s in names if s == sentiment) for sentiment in TOPIC_SENTIMENTS),
        reading.model,
    ]


def send_table(request: Request, name: str, columns: Sequence[str], batches: Batches) -> Response:
    """The table as a file: whole before its first byte is sent, and gone from the disk by then."""
    with tempfile.TemporaryDirectory(prefix="yousaid-") as folder:
        path = Path(folder) / name
        write_table(str(path), columns, batches, guard_formulas=True)
        # Open files outlive their names: nothing is left behind if the visitor goes away.
        file = path.open("rb")
    return StreamingResponse(
        _read_chunks(file),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": _name_file(request, name)},
    )


def send_file(request: Request, name: str, content: bytes, media_type: str) -> Response:
    """A picture as a file to keep."""
    headers = {"Content-Disposition": _name_file(request, name)}
    return Response(content, media_type=media_type, headers=headers)


def _read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _name_file(request: Request, name: str) -> str:
    today: date = get_site(request).today or datetime.now(UTC).date()
    stem, _, ending = name.rpartition(".")
    return f'attachment; filename="yousaid-{stem}-{today.isoformat()}.{ending}"'
