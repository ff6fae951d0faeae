"""A model's card: the account of itself that stands beside its weights, in plain words."""

from collections.abc import Iterable
from typing import Any

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.artefact import Model
from yousaid.model.evaluate import FEWEST_TEST_ROWS
from yousaid.model.train import ENOUGH_SCORED

_INTRODUCTION = """\
# Model card: {label}

What it does: reads one patient comment at a time and says which of the {topic_count} topics of
framework {framework} it is about, how positive or negative it is (five levels), and how urgently
somebody should read it.

What it is: word and character n-grams, hashed, under one linear layer. The weights file holds
hashes, not words. But somebody who guesses a word or a short phrase can check whether two or more
training comments use it, so treat a model trained on private comments as carefully as the comments.

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
thresholds chosen on the other folds. 95 % intervals by bootstrap over comments.
"""

_NOT_MEASURED = """\
The sentiment of each single topic, the mark of a mixed comment and the urgency are not measured on
real comments: there are no public labels for them. They were learnt from comments written for this
project. Urgency is a first help, not a safety net.
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
    parts += [_describe_limits(scores["topics"]), _NOT_MEASURED]
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
    lines += [f"| {name} | {_write_figure(figure)} |" for name, figure in rows]
    return "\n".join(lines) + "\n"


def _write_figure(figure: dict[str, float] | None) -> str:
    if figure is None:
        return "not enough labelled comments |"
    return f"{figure['value']:.3f} | {figure['low']:.3f} to {figure['high']:.3f}"


def _describe_limits(topics: list[dict[str, Any]]) -> str:
    """Which topics nobody can vouch for, and which are said by thresholds from other comments."""
    scored = {topic["topic"]: topic["test_count"] for topic in topics}
    # “Labelling not possible” is no topic of a comment, and the protocol leaves it out.
    unscored = [t.name for t in get_framework().topics if t.id not in {*scored, NOT_POSSIBLE}]
    names = get_framework().by_id
    leaning = [names[topic].name for topic, count in scored.items() if count < ENOUGH_SCORED]
    return (
        "## What is not known\n\n"
        f"Topics that are not scored, as fewer than {FEWEST_TEST_ROWS} scored comments carry them; "
        f"nobody can say yet\nhow well it finds them:\n\n{_list(unscored)}\n"
        f"Topics that are scored, but carried by fewer than {ENOUGH_SCORED} scored comments; their "
        "thresholds are learnt\nfrom synthetic comments too, and may fit real ones less well:\n\n"
        f"{_list(leaning)}"
    )


def _list(names: Iterable[str]) -> str:
    return "".join(f"- {name}\n" for name in sorted(names)) or "- none\n"


def _describe_topics(topics: list[dict[str, Any]]) -> str:
    if not topics:
        return ""
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
