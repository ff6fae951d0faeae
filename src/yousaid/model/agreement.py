"""How far the coders agree with themselves: the same words under the same question, read twice.

Nobody who gives the same words the same answer can be right more often than the coders are alike.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yousaid.frameworks import get_framework
from yousaid.model.evaluate import BOOTSTRAP_ROUNDS, Figure, draw_rounds, make_figure
from yousaid.model.labels import LabelledComment, normalise_text

# Shorter ones are stock answers such as “all good”, of which a file holds hundreds.
FEWEST_WORDS = 3

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike the labels of one wording are, over wordings that stand in several comments.

    `pair_share` is the share 0…1 of all pairs of comments of one wording that got the same label.
    `by_wording` is the same, each wording counting once. `best` is the share of comments that the
    best single answer for each wording would get right, each wording counting once: the ceiling
    for a reader; `reached` is what the answers given got right of the same. Intervals are 95 %, by
    bootstrap over wordings.
    """

    wording_count: int
    comment_count: int
    pair_count: int
    pair_share: Figure
    by_wording: Figure
    best: Figure
    reached: Figure


def score_topic_agreement(
    comments: Sequence[LabelledComment], decisions: Bools, *, fewest_words: int = FEWEST_WORDS
) -> Agreement | None:
    """How often the whole set of topics is the same; None where no wording stands twice.

    `decisions` is what the reader said (comments × topics, framework order).
    """
    ids = get_framework().topic_ids
    said = [frozenset(ids[topic] for topic in np.flatnonzero(row)) for row in decisions]
    return _score(
        [
            (comment, comment.labels, answer)
            for comment, answer in zip(comments, said, strict=True)
            if comment.labels
        ],
        fewest_words,
    )


def score_sentiment_agreement(
    comments: Sequence[LabelledComment],
    levels: NDArray[np.int64],
    *,
    fewest_words: int = FEWEST_WORDS,
) -> Agreement | None:
    """How often the level of sentiment is the same; None where no wording stands twice.

    `levels` is what the reader said, 1…5, 0 where it found nothing to read.
    """
    return _score(
        [
            (comment, comment.sentiment, answer)
            for comment, answer in zip(comments, levels.tolist(), strict=True)
            if comment.sentiment
        ],
        fewest_words,
    )


def _score(
    answers: Sequence[tuple[LabelledComment, Hashable, Hashable]], fewest_words: int
) -> Agreement | None:
    """Of comments, each with its label and the reader's answer."""
    groups: dict[tuple[str, str], list[tuple[Hashable, Hashable]]] = defaultdict(list)
    for comment, label, answer in answers:
        if len(comment.text.split()) >= fewest_words:
            groups[normalise_text(comment.text), comment.kind].append((label, answer))
    several = [group for group in groups.values() if len(group) > 1]
    if not several:
        return None
    labels = [Counter(label for label, _ in group).values() for group in several]
    right = np.array([sum(label == answer for label, answer in group) for group in several])
    sizes = np.array([len(group) for group in several], np.float64)
    pairs = sizes * (sizes - 1) / 2
    same = np.array([sum(n * (n - 1) / 2 for n in counts) for counts in labels])
    draws = draw_rounds(len(several), BOOTSTRAP_ROUNDS, seed=0)

    def average(shares: NDArray[np.float64]) -> Figure:
        return make_figure(draws @ shares / draws.sum(1))

    return Agreement(
        len(several),
        int(sizes.sum()),
        int(pairs.sum()),
        make_figure(draws @ same / (draws @ pairs)),
        average(same / pairs),
        average(np.array([max(counts) for counts in labels]) / sizes),
        average(right / sizes),
    )
