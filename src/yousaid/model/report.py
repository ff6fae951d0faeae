"""How good a reader is and where it is wrong: everything a report says, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import get_framework
from yousaid.model.agreement import Agreement, score_sentiment_agreement, score_topic_agreement
from yousaid.model.confusion import TopicConfusion, count_confusions, count_levels
from yousaid.model.evaluate import Evaluation, Predicted, evaluate, make_scored_truth, select_rows
from yousaid.model.labels import LabelledComment
from yousaid.model.reliability import Bin, Reliability, make_bins, score_reliability


@dataclass(frozen=True, slots=True)
class Report:
    """What `evaluate` scores, and behind it: whether probabilities are honest, what is taken for
    what, and how far the coders agree with themselves.

    `reliability` is of all scored topics together and `topic_reliability` of each by its id; `bins`
    are for a picture of all of them. `levels` is as `count_levels` gives it. All but the agreement
    are of the rows that the protocol scores. `reliability` is None where no topic is scored.
    """

    evaluation: Evaluation
    reliability: Reliability | None
    topic_reliability: Mapping[str, Reliability]
    bins: tuple[Bin, ...]
    confusions: tuple[TopicConfusion, ...]
    levels: NDArray[np.int64]
    topic_agreement: Agreement | None
    sentiment_agreement: Agreement | None


def make_report(comments: Sequence[LabelledComment], predicted: Predicted) -> Report:
    """The report of what a model said of labelled comments, which stand in the same order."""
    ids = get_framework().topic_ids
    evaluation = evaluate(comments, predicted)
    rows = select_rows(comments)
    told = predicted.pick(rows)
    truth, scored = make_scored_truth(comments, rows)
    chances = told.probabilities
    levels = np.array([comments[row].sentiment or 0 for row in rows], np.int64)
    return Report(
        evaluation,
        score_reliability(truth[:, scored], chances[:, scored]) if scored.size else None,
        {ids[t]: score_reliability(truth[:, [t]], chances[:, [t]]) for t in scored},
        make_bins(truth[:, scored], chances[:, scored]),
        count_confusions(truth, told.decisions),
        count_levels(levels, told.levels),
        score_topic_agreement(comments, predicted.decisions),
        score_sentiment_agreement(comments, predicted.levels),
    )
