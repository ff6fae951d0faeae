"""A model's card: the account of itself that stands beside its weights, in plain words."""

from collections.abc import Iterable
from typing import Any

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.artefact import Model
from yousaid.model.evaluate import FEWEST_TEST_ROWS
from yousaid.model.points import POINTS, word_point
from yousaid.model.train import ENOUGH_SCORED

_INTRODUCTION = """\
# Model card: {name} {version}

What it does: reads one patient comment at a time and says which of the {topic_count} topics of
framework {framework} it is about, how positive or negative it is (five levels), and how urgently
somebody should read it.

What it is: {kind} The weights file holds hashes, not words. But somebody who guesses a word or a
short phrase can check whether two or more training comments use it, so treat a model trained on
private comments as carefully as the comments.

What it is for: counting and finding comments. It ranks and flags; it closes nothing and decides
nothing about a person. It reads English. It does not know what it has not met: comments from
settings unlike its training data are read less well (see the sources).

Licence: {licence}. {base_model}{teacher}
"""

_LINEAR = "word and character n-grams, hashed, under one linear layer."
_WITH_ENCODER = f"an encoder (a small neural network) whose scores are averaged with {_LINEAR}"

_SCORES = """\
## How well it does

Measured on the comments of the scored files by {folds} folds, no wording of a scored comment seen
in training, thresholds chosen on the other folds. 95 % intervals by bootstrap over comments.
"""


def make_card(model: Model) -> str:
    """The card of a trained model, in Markdown. What it says of the training is taken from the
    model, so that it is as true of anyone's model as of ours."""
    framework = get_framework()
    card = model.card
    base, taught = card["base_model"], card.get("teacher")
    introduction = _INTRODUCTION.format(
        name=model.name,
        version=model.version,
        topic_count=len(framework.topics),
        framework=f"{framework.name} {framework.version}",
        kind=_WITH_ENCODER if model.joined else _LINEAR,
        licence=card["licence"],
        base_model=(
            f"Made from {base['name']} (licence: {base['licence']})." if base else "No base model."
        ),
        teacher=f"\nTaught by {taught['name']} (licence: {taught['licence']})." if taught else "",
    )
    topics = card["scores"]["topics"]
    parts = [introduction, _describe_sources(card), _SCORES.format(folds=card["settings"]["folds"])]
    parts += [_describe_scores(card["scores"]), _describe_points(card)]
    parts += [_describe_topics(topics), _describe_limits(topics), _describe_unmeasured(card)]
    return "\n".join(parts)


def _describe_sources(card: dict[str, Any]) -> str:
    date = f" on {card['trained_on']}" if card.get("trained_on") else ""
    sources = card["sources"]
    lines = [
        f"## What it was trained on{date}\n",
        "| file | comments | of them synthetic | weight | scored | SHA-256 |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {_write_cell(source['file'])} | {source['comment_count']:,} "
        f"| {source['synthetic_count']:,} | {source['weight']} "
        f"| {'yes' if source['is_scored'] else 'no'} | `{source['sha256'][:16]}…` |"
        for source in sources
    ]
    lines += ["", *_describe_origins(sources)]
    scored = sum(s["synthetic_count"] for s in sources if s["is_scored"])
    told = f"{scored:,} synthetic comments are" if scored else "No synthetic comment is"
    return "\n".join([*lines, f"{told} among those that can be scored.\n"])


def _describe_origins(sources: list[dict[str, Any]]) -> list[str]:
    """What the sources say of themselves, each saying once with its files."""
    files: dict[str, list[str]] = {}
    for source in sources:
        files.setdefault(source.get("about", ""), []).append(_write_cell(source["file"]))
    return [
        f"- {', '.join(names)}: {about or 'nothing is recorded of where these come from.'}"
        for about, names in files.items()
    ] + [""]


def _write_cell(text: str) -> str:
    return text.replace("|", "\\|")


def _describe_points(card: dict[str, Any]) -> str:
    at = card["operating_points"]
    rows = [
        f"| {word_point(point)} | {_write_figure(at[point]['micro_precision'])} "
        f"| {_write_figure(at[point]['micro_recall'])} |"
        for point in POINTS
    ]
    return "\n".join(
        [
            "Operating points: of all topics said, the share that is right, and of all that should "
            "be said, the\nshare that is. The other scores here are of the balanced point.\n",
            "| operating point | right | 95 % interval | found | 95 % interval |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _describe_unmeasured(card: dict[str, Any]) -> str:
    synthetic = sum(source["synthetic_count"] for source in card["sources"])
    learnt = (
        f"They were learnt from the {synthetic:,} synthetic\ncomments of the sources"
        if synthetic
        else "No source labels them, so what it\nsays of them means little"
    )
    return (
        "The sentiment of each single topic, the mark of a mixed comment and the urgency are not "
        "measured:\nthere are no public labels of real comments for them. "
        f"{learnt}.\nUrgency is a first help, not a safety net.\n"
    )


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
        "thresholds are learnt\nfrom the comments of unscored files too, and may fit others less "
        "well:\n\n"
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
