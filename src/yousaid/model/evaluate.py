"""How well a model does, by one protocol, with intervals.

The protocol: rows with text and at least one label; one row for each wording under each question
kind; topics with at least 8 such rows, without “Labelling not possible”. Sentiment is scored on
five levels and on three (1–2, 3, 4–5) over the rows that carry one. Whoever calls must see to it
that no wording scored here was seen in training (`train.cross_validate` does).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.labels import LabelledComment, find_first_wordings
from yousaid.model.reader import Reader
from yousaid.records import LEVEL_SENTIMENTS, TOPIC_SENTIMENTS

FEWEST_TEST_ROWS = 8
BOOTSTRAP_ROUNDS = 1000
_LEVELS = 5

Bools = NDArray[np.bool_]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A score 0…1, higher is better, with its 95 % bootstrap interval over comments (percentile
    method; Efron and Tibshirani 1993, ch. 13)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class TopicScore:
    """Scores of one topic; `test_count` rows carry it."""

    topic: str
    test_count: int
    precision: float
    recall: float
    f1: Figure
    average_precision: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All scores of the protocol; a figure that no row can speak for is None: those of the topics
    where none has 8 rows, those of the sentiment where no row carries one."""

    row_count: int
    topics: tuple[TopicScore, ...]
    micro_f1: Figure | None
    macro_f1: Figure | None
    mean_average_precision: Figure | None
    exact_match: Figure | None
    sentiment_row_count: int
    sentiment_macro_f1: Figure | None
    sentiment_accuracy_3: Figure | None
    very_negative_recall: Figure | None


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a model says of the labelled comments, row by row.

    `probabilities` and `decisions` are rows × topics in framework order; `levels` holds 1…5, or 0
    where the model finds nothing to read.
    """

    probabilities: Reals
    decisions: Bools
    levels: NDArray[np.int64]

    def pick(self, rows: NDArray[np.int64]) -> "Predicted":
        """What is said of the comments at these positions, in their order."""
        return Predicted(self.probabilities[rows], self.decisions[rows], self.levels[rows])


def select_rows(comments: Sequence[LabelledComment]) -> NDArray[np.int64]:
    """The positions of the rows that the protocol scores: labelled, and the first of their
    wording under their question kind."""
    usable = [row for row, c in enumerate(comments) if c.text.strip() and c.labels]
    first = find_first_wordings([comments[row] for row in usable])
    return np.array(usable, np.int64)[first]


def evaluate(
    comments: Sequence[LabelledComment],
    predicted: Predicted,
    *,
    seed: int = 0,
    rounds: int = BOOTSTRAP_ROUNDS,
) -> Evaluation:
    """The scores of the predictions, which stand in the order of the comments."""
    rows = select_rows(comments)
    draws = draw_rounds(len(rows), rounds, seed)
    return Evaluation(
        len(rows),
        *_score_topics(comments, predicted, rows, draws),
        *_score_sentiment(comments, predicted.levels, rows, draws),
    )


def _score_topics(
    comments: Sequence[LabelledComment],
    predicted: Predicted,
    rows: NDArray[np.int64],
    draws: Reals,
) -> tuple[tuple[TopicScore, ...], Figure | None, Figure | None, Figure | None, Figure | None]:
    ids = get_framework().topic_ids
    truth, scored = make_scored_truth(comments, rows)
    if not scored.size:
        return (), None, None, None, None
    said = predicted.decisions[rows][:, scored]
    truth = truth[:, scored]
    counts = _count(truth, said, draws)
    precisions = _average_precisions(truth, predicted.probabilities[rows][:, scored], draws)
    topic_f1 = make_f1(*counts)
    topics = tuple(
        TopicScore(
            ids[topic],
            int(truth[:, column].sum()),
            *_precision_and_recall(truth[:, column], said[:, column]),
            make_figure(topic_f1[:, column]),
            float(precisions[0, column]),
        )
        for column, topic in enumerate(scored)
    )
    return (
        topics,
        make_figure(make_f1(*(count.sum(1) for count in counts))),
        make_figure(topic_f1.mean(1)),
        make_figure(precisions.mean(1)),
        make_figure(_mean((truth == said).all(1), draws)),
    )


def make_scored_truth(
    comments: Sequence[LabelledComment], rows: NDArray[np.int64]
) -> tuple[Bools, NDArray[np.int64]]:
    """Which topics apply to the comments at these positions (rows × topics, framework order), and
    the positions of the topics that are scored."""
    ids = get_framework().topic_ids
    truth = np.array([[t in comments[row].labels for t in ids] for row in rows], bool)
    truth = truth.reshape(len(rows), len(ids))
    enough = truth.sum(0) >= FEWEST_TEST_ROWS
    return truth, np.flatnonzero(enough & (np.array(ids) != NOT_POSSIBLE))


def score_micro(
    comments: Sequence[LabelledComment],
    predicted: Predicted,
    *,
    seed: int = 0,
    rounds: int = BOOTSTRAP_ROUNDS,
) -> dict[str, Figure | None]:
    """Of all topics said, the share that is right (`micro_precision`); of all that should be said,
    the share that is (`micro_recall`). None where no topic can be scored."""
    rows = select_rows(comments)
    truth, scored = make_scored_truth(comments, rows)
    if not scored.size:
        return {"micro_precision": None, "micro_recall": None}
    said, draws = predicted.decisions[rows][:, scored], draw_rounds(len(rows), rounds, seed)
    hit, wrong, missed = (count.sum(1) for count in _count(truth[:, scored], said, draws))
    return {
        "micro_precision": make_figure(hit / np.maximum(hit + wrong, 1)),
        "micro_recall": make_figure(hit / np.maximum(hit + missed, 1)),
    }


def draw_rounds(row_count: int, rounds: int, seed: int) -> Reals:
    """How often each row counts: once in round 0, which is the score itself; then the bootstrap."""
    random = np.random.default_rng(seed)
    if not row_count:
        return np.ones((1, 0))
    drawn = random.multinomial(row_count, np.full(row_count, 1 / row_count), rounds)
    return np.vstack([np.ones(row_count), drawn]).astype(np.float64)


def make_figure(values: Reals) -> Figure:
    """The figure of a score's values by round, as `draw_rounds` orders them."""
    low, high = np.nanquantile(values[1:], (0.025, 0.975)) if len(values) > 1 else (np.nan, np.nan)
    return Figure(float(values[0]), float(low), float(high))


def _mean(right: Bools, draws: Reals) -> Reals:
    return np.asarray(draws @ right / np.maximum(draws.sum(1), 1))


def _count(truth: Bools, said: Bools, draws: Reals) -> tuple[Reals, Reals, Reals]:
    """True positives, false positives and false negatives, rounds × topics."""
    hit, wrong, missed = (draws @ case.astype(np.float64) for case in split_cases(truth, said))
    return hit, wrong, missed


def split_cases(truth: Bools, said: Bools) -> tuple[Bools, Bools, Bools]:
    """Which answers are true positives, which false positives and which false negatives."""
    return truth & said, ~truth & said, truth & ~said


def make_f1(hit: Reals, wrong: Reals, missed: Reals) -> Reals:
    """F1 0…1 from counts of the three cases; 0 where all three are 0."""
    return np.asarray(2 * hit / np.maximum(2 * hit + wrong + missed, 1))


def _precision_and_recall(truth: Bools, said: Bools) -> tuple[float, float]:
    hit = float((truth & said).sum())
    return hit / max(float(said.sum()), 1.0), hit / max(float(truth.sum()), 1.0)


def _average_precisions(truth: Bools, probabilities: Reals, draws: Reals) -> Reals:
    """Average precision by rounds × topics: the sum over distinct thresholds of precision times
    the gain in recall, as scikit-learn defines it."""
    found = np.zeros((len(draws), truth.shape[1]))
    for topic in range(truth.shape[1]):
        order = np.argsort(-probabilities[:, topic], kind="stable")
        ranked = probabilities[order, topic]
        last = np.append(ranked[1:] != ranked[:-1], True)
        weights = draws[:, order]
        hits = np.cumsum(weights * truth[order, topic], axis=1)[:, last]
        seen = np.cumsum(weights, axis=1)[:, last]
        gains = np.diff(hits, axis=1, prepend=0)
        precision = hits / np.maximum(seen, 1)
        found[:, topic] = (gains * precision).sum(1) / np.maximum(hits[:, -1], 1)
    return found


def _score_sentiment(
    comments: Sequence[LabelledComment],
    levels: NDArray[np.int64],
    rows: NDArray[np.int64],
    draws: Reals,
) -> tuple[int, Figure | None, Figure | None, Figure | None]:
    truth = np.array([comments[row].sentiment or 0 for row in rows], np.int64)
    rated = truth > 0
    if not rated.any():
        return 0, None, None, None
    truth, said, draws = truth[rated], levels[rows][rated], draws[:, rated]
    is_level = truth[:, None] == np.arange(1, _LEVELS + 1)
    says_level = said[:, None] == np.arange(1, _LEVELS + 1)
    hit, wrong, missed = _count(is_level, says_level, draws)
    present = is_level.any(0)
    # Level 0 stands for a comment in which the model finds nothing to read: right for none.
    three = np.array([-1, *map(TOPIC_SENTIMENTS.index, LEVEL_SENTIMENTS)])
    return (
        int(rated.sum()),
        make_figure(make_f1(hit, wrong, missed)[:, present].mean(1)),
        make_figure(_mean(three[truth] == three[said], draws)),
        make_figure(hit[:, -1] / np.maximum(hit[:, -1] + missed[:, -1], 1))
        if present[-1]
        else None,
    )


def predict_labelled(reader: Reader, comments: Sequence[LabelledComment]) -> Predicted:
    """What the reader says of labelled comments, by the same path as everybody's comments take."""
    readings = reader.read(
        [comment.text for comment in comments],
        [comment.kind for comment in comments],
        with_evidence=False,
    )
    ids = get_framework().topic_ids
    said = [{mention.topic for mention in reading.mentions} for reading in readings]
    return Predicted(
        np.array([reading.probabilities for reading in readings], np.float64),
        np.array([[topic in topics for topic in ids] for topics in said], bool),
        np.array([reading.sentiment or 0 for reading in readings], np.int64),
    )


def describe_evaluation(evaluation: Evaluation) -> str:
    """The scores as a plain table, most frequent topic first; what could not be scored says so."""
    few = f"not enough labelled comments (a topic needs {FEWEST_TEST_ROWS})"
    none, calm = "no labelled comments", "no comments labelled very negative"
    lines = [
        f"{evaluation.row_count:,} comments; 95 % intervals by bootstrap; higher is better",
        "",
        f"topics, micro F1              {evaluation.micro_f1 or few}",
        f"topics, macro F1              {evaluation.macro_f1 or few}",
        f"topics, mean average precision {evaluation.mean_average_precision or few}",
        f"topics, whole set right       {evaluation.exact_match or few}",
        f"sentiment, 5 levels, macro F1 {evaluation.sentiment_macro_f1 or none}",
        f"sentiment, 3 levels, accuracy {evaluation.sentiment_accuracy_3 or none}",
        f"very negative, recall         {evaluation.very_negative_recall or calm}",
    ]
    if evaluation.topics:
        lines += ["", f"{'topic':<58} {'rows':>5} {'prec.':>6} {'recall':>6}  F1"]
    names = get_framework().by_id
    lines += [
        f"{names[topic.topic].name:<58} {topic.test_count:>5} {topic.precision:>6.2f} "
        f"{topic.recall:>6.2f}  {topic.f1}"
        for topic in sorted(evaluation.topics, key=lambda topic: -topic.test_count)
    ]
    return "\n".join(lines)
