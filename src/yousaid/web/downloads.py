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
from yousaid.ingest.masking import mask_text
from yousaid.measures.fft import percent_negative, percent_positive
from yousaid.measures.intervals import Share, share
from yousaid.measures.suppress import (
    SUPPRESSED,
    Figure,
    Suppressed,
    Table,
    Unit,
    hide_small,
    suppress_table,
    suppress_units,
)
from yousaid.records import SCORES, TOPIC_SENTIMENTS, Scope
from yousaid.reports.tables import Batches, Cell, write_table
from yousaid.store.answers import MonthCount, ReadComment, TopicCount
from yousaid.store.filter import URGENT_FROM, Filter, describe, write_place
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
    """One row a topic, most comments first; a percentage of too few comments is left empty.

    A file leaves the building, so small counts are “*”, and so is what would give them away.
    """
    by_id = get_framework().by_id
    feelings = [(one.positive_count, one.neutral_count, one.negative_count) for one in counts]
    shown = _hide_small([one.topic for one in counts], feelings)
    return [
        [
            count.topic,
            word_topic(count.topic),
            by_id[count.topic].category if count.topic in by_id else None,
            *map(show_figure, (total, *by_feeling, hide_small(all_count))),
            *_make_percents(share(count.comment_count, all_count), total, hide_small(all_count)),
        ]
        for count, (total, by_feeling) in zip(counts, shown, strict=True)
    ]


def make_month_rows(months: Sequence[MonthCount]) -> list[list[Cell]]:
    """One row a month, oldest first; a percentage of too few is left empty.

    Scores are hidden as NHS England does, where a month has 1 to 4 of them; comments as in
    `make_topic_rows`.
    """
    names = [f"{month.month:%Y-%m}" for month in months]
    units = [Unit((name,), m.score_counts) for name, m in zip(names, months, strict=True)]
    scores = {unit.place: unit.score_counts for unit in suppress_units(units)}
    feelings = [(m.positive_count, m.neutral_count, m.negative_count) for m in months]
    # With those that hold nothing to read, the counts of a row are all that there are.
    comments = _hide_small(
        names,
        [(*felt, m.comment_count - sum(felt)) for m, felt in zip(months, feelings, strict=True)],
    )
    return [
        [
            name,
            month.response_count,
            *map(show_figure, scores[name,]),
            *_make_percents(percent_positive(month.score_counts), *scores[name,]),
            *_make_percents(percent_negative(month.score_counts), *scores[name,]),
            *map(show_figure, (comment_count, *felt[:-1], hide_small(month.all_comment_count))),
            *_make_percents(
                share(month.comment_count, month.all_comment_count),
                comment_count,
                hide_small(month.all_comment_count),
            ),
        ]
        for name, month, (comment_count, felt) in zip(names, months, comments, strict=True)
    ]


def _hide_small(
    names: Sequence[str], counts: Sequence[tuple[int, ...]]
) -> list[tuple[Figure, tuple[Figure, ...]]]:
    """Each row's total and its counts, as they may be shown."""
    if not names:
        return []
    columns = tuple(str(place) for place in range(len(counts[0])))
    shown = suppress_table(Table(tuple(names), columns, tuple(counts)))
    return list(zip(shown.row_totals, shown.counts, strict=True))


def _make_percents(found: Share, *of: Figure) -> list[Cell]:
    """The percentage and its interval, to two decimals; empty where there are too few for one, and
    hidden where any count is `of` which it is made."""
    if SUPPRESSED in of:
        return [show_figure(SUPPRESSED)] * 3
    percents = (found.percent, found.low, found.high)
    return [round(p, 2) if p is not None and found.can_show else None for p in percents]


def show_figure(figure: Figure) -> Cell:
    """The figure as it stands in a file."""
    return figure.value if isinstance(figure, Suppressed) else figure


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
        # Names of staff that are kept on pages stay in the building.
        mask_text(comment.text, with_staff=True).text,
        reading.sentiment,
        reading.mixed,
        reading.urgency >= URGENT_FROM,
        "; ".join(name for name, _ in names),
        *("; ".join(n for n, s in names if s == sentiment) for sentiment in TOPIC_SENTIMENTS),
        reading.model,
    ]


_MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# What a table is of, in words, in every row: a file that leaves the building should say so itself.
FILTER_COLUMN = "filter"


def send_table(
    request: Request, columns: Sequence[str], batches: Batches, chosen: Filter
) -> Response:
    """The table of what is chosen as a file, named and made as the address ends: whole before its
    first byte is sent, and gone from the disk by then."""
    words = describe(chosen)
    batches = ([[*row, words] for row in batch] for batch in batches)
    name = request.url.path.rpartition("/")[2]
    return send_rows(request, name, (*columns, FILTER_COLUMN), batches)


def send_rows(request: Request, name: str, columns: Sequence[str], batches: Batches) -> Response:
    """Rows that are of no choice of comments, as a file of this name."""
    with tempfile.TemporaryDirectory(prefix="yousaid-") as folder:
        path = Path(folder) / name
        write_table(str(path), columns, batches, guard_formulas=True)
        # Open files outlive their names: nothing is left behind if the visitor goes away.
        file = path.open("rb")
    return StreamingResponse(
        _read_chunks(file),
        media_type=_MEDIA_TYPES[Path(name).suffix],
        headers={"Content-Disposition": _name_file(request, name)},
    )


def title_picture(title: str, chosen: Filter) -> str:
    """The title of a picture that stands alone, with the comments that it is of."""
    return f"{title} – {describe(chosen)}"


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
