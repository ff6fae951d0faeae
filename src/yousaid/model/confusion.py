"""What is missed, what is said instead, and how often: counts only, never a comment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import get_framework
from yousaid.records import SENTIMENT_LEVELS

Bools = NDArray[np.bool_]
Levels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TopicConfusion:
    """Where the model and the coders part over one topic.

    Coders gave it to `labelled_count` comments; the model missed `missed_count` of those, and said
    it of `wrong_count` others. `instead` counts, over the comments where it was missed, the topics
    that the model said and the coders did not; `nothing_instead_count` are those without such a
    topic. `behind` counts, over the comments where it was wrongly said, the topics that the coders
    gave and the model did not say. Both are pairs of topic id and count, most frequent first; a
    comment can count for several topics.
    """

    topic: str
    labelled_count: int
    missed_count: int
    wrong_count: int
    instead: tuple[tuple[str, int], ...]
    nothing_instead_count: int
    behind: tuple[tuple[str, int], ...]


def count_confusions(truth: Bools, said: Bools) -> tuple[TopicConfusion, ...]:
    """One entry for each topic that coders gave or the model said, in framework order; `truth` and
    `said` are comments × topics."""
    ids = get_framework().topic_ids
    missed, wrong = truth & ~said, said & ~truth
    seen = np.flatnonzero((truth | said).any(0))
    return tuple(
        TopicConfusion(
            ids[topic],
            int(truth[:, topic].sum()),
            int(missed[:, topic].sum()),
            int(wrong[:, topic].sum()),
            _rank(ids, wrong[missed[:, topic]]),
            int((~wrong[missed[:, topic]].any(1)).sum()),
            _rank(ids, missed[wrong[:, topic]]),
        )
        for topic in seen
    )


def _rank(ids: Sequence[str], cases: Bools) -> tuple[tuple[str, int], ...]:
    counts = cases.sum(0)
    order = np.argsort(-counts, kind="stable")
    return tuple((ids[topic], int(counts[topic])) for topic in order if counts[topic])


def count_levels(truth: Levels, said: Levels) -> Levels:
    """How often a level of the coders (rows, 1…5) met each answer of the model (columns, 1…5, then
    nothing to read); comments that the coders did not rate count nowhere."""
    size = len(SENTIMENT_LEVELS)
    found = np.zeros((size, size + 1), np.int64)
    rated = truth > 0
    columns = np.where(said[rated] > 0, said[rated] - 1, size)
    np.add.at(found, (truth[rated] - 1, columns), 1)
    return found
