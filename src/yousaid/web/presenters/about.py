"""The page that says what the figures mean, how they are made and how far to trust them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yousaid.frameworks import Framework, Topic
from yousaid.store.answers import Upload
from yousaid.web.presenters.words import (
    word_count,
    word_date,
    word_period,
    word_topic,
)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """How well the model finds one topic. `width_percent` draws the F1 as a bar."""

    topic: str
    f1: str
    interval: str
    test_count: str
    width_percent: float


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One file that was brought in."""

    file_name: str
    added: str
    holds: str
    period: str


@dataclass(frozen=True, slots=True)
class AboutPage:
    """`scores` is empty where the model's card gives none."""

    categories: tuple[tuple[str, tuple[Topic, ...]], ...]
    topic_count: int
    v7_count: int
    model: str
    scores: tuple[ScoreRow, ...]
    uploads: tuple[UploadRow, ...]


def make_about(
    framework: Framework, uploads: Sequence[Upload], card: Mapping[str, Any] | None
) -> AboutPage:
    """The page's tables. `card` is the model's: `version` and `scores`, a list of `topic`, `f1`,
    `low`, `high` (each 0…1) and `test_count`, of which any may be missing.
    """
    card = card or {}
    return AboutPage(
        categories=tuple(framework.categories.items()),
        topic_count=len(framework.topics),
        v7_count=sum(topic.in_v7 for topic in framework.topics),
        model=str(card.get("version", "")),
        scores=tuple(_make_score(row) for row in card.get("scores", ())),
        uploads=tuple(_make_upload(upload) for upload in uploads),
    )


def _make_score(row: Mapping[str, Any]) -> ScoreRow:
    low, high = row.get("low"), row.get("high")
    known = low is not None and high is not None
    count = row.get("test_count")
    return ScoreRow(
        topic=word_topic(str(row["topic"])),
        f1=f"{row['f1']:.2f}",
        interval=f"{low:.2f} to {high:.2f}" if known else "not measured",
        test_count=f"{count:,}" if count is not None else "not known",
        width_percent=round(100 * row["f1"], 1),
    )


def _make_upload(upload: Upload) -> UploadRow:
    return UploadRow(
        file_name=upload.file_name,
        added=word_date(upload.added_at.date()),
        holds=(
            f"{word_count(upload.comment_count, 'comment')} from "
            f"{word_count(upload.response_count, 'response')}"
        ),
        period=word_period(upload.first_date, upload.last_date) or "no dates",
    )
