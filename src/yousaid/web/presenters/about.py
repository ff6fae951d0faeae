"""The page that says what the figures mean, how they are made and how far to trust them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yousaid.frameworks import NOT_POSSIBLE, Framework, Topic
from yousaid.store.answers import Upload
from yousaid.web.presenters.words import (
    capitalise,
    word_count,
    word_date,
    word_percent,
    word_period,
    word_topic,
)

# Below so many test comments a percentage would be of a handful, so the counts themselves stand.
FEWEST_FOR_PERCENT = 30


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """How well the model finds one topic: of what it finds, how much is right, and of what is
    there, how much it finds."""

    topic: str
    right: str
    found: str
    f1: str
    interval: str
    test_count: str


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One file that was brought in."""

    file_name: str
    added: str
    holds: str
    period: str


@dataclass(frozen=True, slots=True)
class ModelScores:
    """A model and how well it reads; `words` and `rows` are empty where nobody has told us."""

    label: str
    words: tuple[str, ...]
    rows: tuple[ScoreRow, ...]


@dataclass(frozen=True, slots=True)
class AboutPage:
    """`models` are those that read the comments, the one that read most first."""

    categories: tuple[tuple[str, tuple[Topic, ...]], ...]
    topic_count: int
    v7_count: int
    models: tuple[ModelScores, ...]
    fewest_for_percent: int
    uploads: tuple[UploadRow, ...]


def make_about(
    framework: Framework,
    uploads: Sequence[Upload],
    models: Sequence[str],
    cards: Mapping[str, Mapping[str, Any]],
) -> AboutPage:
    """The page's tables. `models` are the labels of those that read the comments.

    `cards` are models' own (`Model.card`), by label: their `scores` are an evaluation. The card of
    a model that read nothing here is not shown, since its scores say nothing of these comments.
    """
    return AboutPage(
        categories=tuple(framework.categories.items()),
        topic_count=len(framework.topics),
        v7_count=sum(topic.in_v7 for topic in framework.topics),
        models=tuple(_make_model(label, cards.get(label, {}), framework) for label in models),
        fewest_for_percent=FEWEST_FOR_PERCENT,
        uploads=tuple(_make_upload(upload) for upload in uploads),
    )


def _make_model(label: str, card: Mapping[str, Any], framework: Framework) -> ModelScores:
    scores = card.get("scores") or {}
    topics = sorted(scores.get("topics", ()), key=lambda row: -int(row["test_count"]))
    # “Labelling not possible” is no topic to be found, and never measured.
    unscored = set(framework.topic_ids) - {NOT_POSSIBLE, *(row["topic"] for row in topics)}
    return ModelScores(
        label=label,
        words=(*_word_scores(scores, len(unscored)), *_word_point(card), *_word_origin(card)),
        rows=tuple(_make_score(row) for row in topics),
    )


def _word_scores(scores: Mapping[str, Any], unscored_count: int) -> Iterator[str]:
    if figure := scores.get("micro_f1"):
        yield (
            f"Over the {word_count(len(scores['topics']), 'topic')} measured, F1 is "
            f"{figure['value']:.2f} (95% interval {figure['low']:.2f} to {figure['high']:.2f}), on "
            f"{word_count(scores['row_count'], 'comment')} that the model had not seen."
        )
    if figure := scores.get("sentiment_accuracy_3"):
        yield (
            "Whether a whole comment is positive, neutral or negative is right for "
            f"{word_percent(100 * figure['value'])} of "
            f"{word_count(scores['sentiment_row_count'], 'comment')} (95% interval "
            f"{word_percent(100 * figure['low'])} to {word_percent(100 * figure['high'])})."
        )
    if scores and unscored_count:
        yield (
            f"{capitalise(word_count(unscored_count, 'topic'))} had too few labelled comments to "
            "be measured: nobody can say yet how well the model finds them."
        )


def _word_point(card: Mapping[str, Any]) -> Iterator[str]:
    figures = card.get("at_point") or {}
    right, found = figures.get("micro_precision"), figures.get("micro_recall")
    if right and found:
        yield (
            f"Of the topics that it finds, {word_percent(100 * right['value'])} are right; of "
            f"those that are there, it finds {word_percent(100 * found['value'])}."
        )


def _word_origin(card: Mapping[str, Any]) -> Iterator[str]:
    if base := card.get("base_model"):
        yield f"It was made from the model {base['name']} (licence: {base['licence']})."


def _make_score(row: Mapping[str, Any]) -> ScoreRow:
    figure = row["f1"]
    right, found = word_percent(100 * row["precision"]), word_percent(100 * row["recall"])
    if row["test_count"] < FEWEST_FOR_PERCENT:
        right, found = _word_counts(row)
    return ScoreRow(
        topic=word_topic(str(row["topic"])),
        right=right,
        found=found,
        f1=f"{figure['value']:.2f}",
        interval=f"{figure['low']:.2f} to {figure['high']:.2f}",
        test_count=f"{row['test_count']:,}",
    )


def _word_counts(row: Mapping[str, Any]) -> tuple[str, str]:
    """“3 of 5” for the comments rightly put under the topic, and for those of it that are found."""
    hits = round(row["recall"] * row["test_count"])
    # A card has no count of what the model said; it follows from what of it is right.
    said = f"{hits} of {round(hits / row['precision'])}" if hits else "none"
    return said, f"{hits} of {row['test_count']}"


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
