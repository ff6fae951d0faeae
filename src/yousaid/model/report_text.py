"""A report in Markdown, in plain words: counts and scores, never a comment."""

from collections.abc import Iterable, Sequence
from itertools import islice

from yousaid.frameworks import get_framework
from yousaid.model.agreement import Agreement
from yousaid.model.confusion import TopicConfusion
from yousaid.model.evaluate import FEWEST_TEST_ROWS, Evaluation
from yousaid.model.reliability import Bin, Reliability
from yousaid.model.report import Report
from yousaid.records import SENTIMENT_LEVELS

_MOST_CONFUSIONS = 12
_MOST_TOPICS = 3
_TELLING = 0.1


def describe_report(report: Report, title: str, picture: str) -> str:
    """The whole report; `picture` is the address of the reliability plot, from the page."""
    return "\n\n".join([f"# {title}", *make_sections(report, picture)]) + "\n"


def make_sections(report: Report, picture: str) -> list[str]:
    """The parts of a report, each a heading, a paragraph or a table."""
    return [
        *_describe_scores(report.evaluation),
        *_describe_reliability(report, picture),
        *_describe_confusions(report.confusions),
        *_describe_levels(report),
        *_describe_agreement(report),
    ]


def make_table(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, is_words: bool = False
) -> str:
    """A Markdown table; the first column is words, and the others are numbers if not words too."""
    lines = [_join(head), _join(["---", *["---" if is_words else "---:"] * (len(head) - 1)])]
    return "\n".join([*lines, *(_join([str(cell) for cell in row]) for row in rows)])


def _join(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def list_scores(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Each score of the protocol by name, with its interval; “–” where nothing can be scored."""
    found = [
        ("topics, micro F1", evaluation.micro_f1),
        ("topics, macro F1", evaluation.macro_f1),
        ("topics, mean average precision", evaluation.mean_average_precision),
        ("topics, whole set right", evaluation.exact_match),
        ("sentiment, five levels, macro F1", evaluation.sentiment_macro_f1),
        ("sentiment, three levels, accuracy", evaluation.sentiment_accuracy_3),
        ("very negative comments found", evaluation.very_negative_recall),
    ]
    return [(name, str(figure or "–")) for name, figure in found]


def _describe_scores(evaluation: Evaluation) -> list[str]:
    names = get_framework().by_id
    parts = [
        "## How good it is",
        f"{evaluation.row_count:,} comments, each wording once under each kind of question; "
        f"{evaluation.sentiment_row_count:,} of them for sentiment. Topics with at least "
        f"{FEWEST_TEST_ROWS} comments, without “Labelling not possible”. Scores run from 0 to 1, "
        "higher is better; in brackets 95 % intervals by bootstrap over comments.",
        make_table(["", "score"], list_scores(evaluation)),
    ]
    if evaluation.topics:
        rows = [
            (names[t.topic].name, t.test_count, f"{t.precision:.2f}", f"{t.recall:.2f}", t.f1)
            for t in sorted(evaluation.topics, key=lambda topic: -topic.test_count)
        ]
        parts += [
            "Precision: of the comments that the reader gives the topic, the share that coders "
            "gave it too. Recall: of the comments that coders gave it, the share it finds.",
            make_table(["topic", "comments", "precision", "recall", "F1"], rows),
        ]
    return parts


def _describe_reliability(report: Report, picture: str) -> list[str]:
    pooled = report.reliability
    if pooled is None:
        return ["## Whether its probabilities are honest", "Too few labelled comments to say."]
    names = get_framework().by_id
    rows = [("**all topics**", *_list_reliability(pooled))]
    order = sorted(report.topic_reliability.items(), key=lambda item: -item[1].true_count)
    rows += [(names[topic].name, *_list_reliability(found)) for topic, found in order]
    return [
        "## Whether its probabilities are honest",
        "Of the topics that it gives a probability of 0.8, about eight in ten should be right. "
        f"The picture shows {pooled.count:,} answers (comments × topics), {pooled.true_count:,} of "
        "them right.",
        f"![Share of answers that coders confirm, by the probability given]({picture})",
        _describe_telling(report.bins),
        "The expected calibration error is the gap between the probability and the share that "
        "coders confirm, averaged over ten bins of equally many comments: 0 is best. Even honest "
        "probabilities show some on so many comments: what they show by luck stands beside it, "
        "and what they exceed in 5 cases of 100 only; errors above that are bold. The Brier score "
        "is the mean squared error, 0 is best; beside it that of giving the topic's share to "
        "every comment, which a useful reader stays under.",
        make_table(
            [
                "topic",
                "comments",
                "calibration error",
                "by luck",
                "most by luck",
                "Brier score",
                "of the share",
            ],
            rows,
        ),
    ]


def _describe_telling(bins: Sequence[Bin]) -> str:
    """The gap without the answers near 0, which are nearly all and easy."""
    telling = [found for found in bins if found.mean_probability >= _TELLING]
    count = sum(found.count for found in telling)
    gap = sum(abs(found.mean_probability * found.count - found.true_count) for found in telling)
    return (
        f"Nearly all answers are near 0 and easy. Over the {count:,} of at least {_TELLING:.0%} "
        f"the gap is {gap / max(count, 1):.3f} on average, over the bins of the picture."
    )


def _list_reliability(found: Reliability) -> tuple[str, ...]:
    error = f"{found.calibration_error:.4f}"
    return (
        f"{found.true_count:,}",
        error if found.is_honest else f"**{error}**",
        f"{found.luck:.4f}",
        f"{found.most_luck:.4f}",
        str(found.brier),
        f"{found.constant_brier:.3f}",
    )


def _describe_confusions(confusions: Sequence[TopicConfusion]) -> list[str]:
    rows = [
        (
            get_framework().by_id[c.topic].name,
            f"{c.missed_count} of {c.labelled_count}",
            _list_topics(c.instead, c.nothing_instead_count),
            c.wrong_count,
            _list_topics(c.behind),
        )
        for c in sorted(confusions, key=lambda c: -c.labelled_count)
    ]
    return [
        "## What it takes for what",
        "The most frequent confusions, over the scored comments. A comment can be about several "
        "topics and count in several lines.",
        "\n".join(f"- {line}" for line in list_confusions(confusions))
        or "No topic was taken for another.",
        "Every topic. *Missed*: coders gave it, the reader did not; *instead*: what the reader "
        "then said and the coders did not, most frequent first. *Added*: the reader said it, "
        "coders did not; *in place of*: what coders then gave and the reader did not.",
        make_table(["topic", "missed", "instead", "added", "in place of"], rows, is_words=True),
    ]


def list_confusions(
    confusions: Sequence[TopicConfusion], most: int = _MOST_CONFUSIONS
) -> list[str]:
    """The most frequent confusions of one topic with another, a sentence each."""
    names = get_framework().by_id
    pairs = [
        (count, c.missed_count, names[c.topic].name, names[other].name)
        for c in confusions
        for other, count in c.instead
    ]
    pairs.sort(key=lambda pair: -pair[0])
    return [
        f"Coders said “{said}” and the reader did not in {missed} comments; in {count} of them it "
        f"said “{instead}”, which the coders did not."
        for count, missed, said, instead in pairs[:most]
    ]


def _list_topics(found: Sequence[tuple[str, int]], nothing: int = 0) -> str:
    names = get_framework().by_id
    parts = [f"{names[topic].name} ({count})" for topic, count in islice(found, _MOST_TOPICS)]
    return "; ".join([*parts, *([f"nothing ({nothing})"] if nothing else [])]) or "–"


def _describe_levels(report: Report) -> list[str]:
    rows = [
        (f"**{name}**", *row, sum(row))
        for name, row in zip(SENTIMENT_LEVELS, report.levels.tolist(), strict=True)
    ]
    return [
        "## Sentiment: what coders said, and what the reader said",
        "Rows are the coders', columns the reader's; every rated comment counts once.",
        make_table(["", *SENTIMENT_LEVELS, "nothing to read", "all"], rows),
    ]


def _describe_agreement(report: Report) -> list[str]:
    found = [("all topics alike", report.topic_agreement)]
    found += [("sentiment alike", report.sentiment_agreement)]
    rows = [(name, *_list_agreement(agreement)) for name, agreement in found if agreement]
    if not rows:
        return ["## How far coders agree", "No wording stands twice, so nobody can say."]
    return [
        "## How far coders agree",
        "The same words under the same kind of question stand in several comments, and coders did "
        "not always give them the same labels. A reader gives one wording one answer, so it cannot "
        "be right more often than the best single answer for each wording: that is the ceiling. "
        "It is a high one, as wordings that come twice are short and easy; nobody labelled the "
        "long ones twice. Wordings of three words or more, each counting once. *Pairs alike*: two "
        "comments of one wording with the same label. *Best single answer*, *the reader*: the "
        "share of comments that they get right.",
        make_table(
            ["", "wordings", "comments", "pairs alike", "best single answer", "the reader"], rows
        ),
    ]


def _list_agreement(agreement: Agreement) -> tuple[object, ...]:
    return (
        agreement.wording_count,
        f"{agreement.comment_count:,}",
        agreement.by_wording,
        agreement.best,
        agreement.reached,
    )
