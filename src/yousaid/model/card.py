"""A model's card: the account of itself that stands beside its weights, in plain words."""

from typing import Any

from yousaid.frameworks import get_framework
from yousaid.model.artefact import Model

_INTRODUCTION = """\
# Model card: {label}

What it does: reads one patient comment at a time and says which of the {topic_count} topics of
framework {framework} it is about, how positive or negative it is (five levels), and how urgently
somebody should read it.

What it is: word and character n-grams, hashed, under one linear layer. The weights file holds
numbers only; no patient's word can be read from it.

What it is for: counting and finding comments. It ranks and flags; it closes nothing and decides
nothing about a person. It reads English. It does not know what it has not met: comments from
settings unlike its training data are read less well (see the sources).

Licence: MIT, as the code. No base model.
"""

_SOURCES = """
The two development files are real comments of English NHS trusts, labelled by hand and published
under the MIT licence (© NHS England). The others were written for this project and are marked
synthetic; they are never scored.
"""

_SCORES = """\
## How well it does

Measured on real comments by {folds} folds, no wording of a scored comment seen in training,
thresholds chosen on the other folds. 95 % intervals by bootstrap over comments. Topics with fewer
than 8 labelled comments are not scored: for them nobody can say yet how well it does.
"""


def make_card(model: Model) -> str:
    """The card of a trained model, in Markdown."""
    framework = get_framework()
    settings, scores = model.card["settings"], model.card["scores"]
    introduction = _INTRODUCTION.format(
        label=model.label,
        topic_count=len(framework.topics),
        framework=f"{framework.name} {framework.version}",
    )
    parts = [introduction, _describe_sources(model.card["sources"])]
    parts += [_SCORES.format(folds=settings["folds"]), _describe_scores(scores)]
    parts.append(_describe_topics(scores["topics"]))
    parts.append(
        "Urgency is not scored: the public data has no labels for it. It was learnt from cases\n"
        "written for this project, and is a first help, not a safety net.\n"
    )
    return "\n".join(parts)


def _describe_sources(sources: list[dict[str, Any]]) -> str:
    lines = [
        "## What it was trained on\n",
        "| file | comments | weight | scored | SHA-256 |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {source['file']} | {source['comment_count']:,} | {source['weight']} "
        f"| {'yes' if source['is_scored'] else 'no'} | `{source['sha256'][:16]}…` |"
        for source in sources
    ]
    return "\n".join([*lines, _SOURCES])


def _describe_scores(scores: dict[str, Any]) -> str:
    rows = [
        ("Topics, micro F1", scores["micro_f1"]),
        ("Topics, macro F1", scores["macro_f1"]),
        ("Topics, mean average precision", scores["mean_average_precision"]),
        ("Topics, whole set right", scores["exact_match"]),
        ("Sentiment, five levels, macro F1", scores["sentiment_macro_f1"]),
        ("Sentiment, three levels, accuracy", scores["sentiment_accuracy_3"]),
        ("Very negative comments found", scores["very_negative_recall"]),
    ]
    lines = [
        f"{scores['row_count']:,} comments scored; {scores['sentiment_row_count']:,} of them for "
        "sentiment.\n",
        "| | score | 95 % interval |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {_write_figure(figure)} |" for name, figure in rows if figure]
    return "\n".join(lines) + "\n"


def _write_figure(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} | {figure['low']:.3f} to {figure['high']:.3f}"


def _describe_topics(topics: list[dict[str, Any]]) -> str:
    names = get_framework().by_id
    lines = [
        "| topic | comments | precision | recall | F1 | 95 % interval |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {names[topic['topic']].name} | {topic['test_count']} | {topic['precision']:.2f} "
        f"| {topic['recall']:.2f} | {_write_figure(topic['f1'])} |"
        for topic in sorted(topics, key=lambda topic: -topic["test_count"])
    ]
    return "\n".join(lines) + "\n"
