"""Topics that come together more often than chance would bring them."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import sqrt

import numpy as np

from yousaid.records import Scope
from yousaid.store.answers import TopicPair
from yousaid.store.filter import Filter
from yousaid.store.query.select import select
from yousaid.store.query.totals import place_topic
from yousaid.store.snapshot import Snapshot


def get_topic_pairs(scope: Scope, snapshot: Snapshot, chosen: Filter) -> tuple[TopicPair, ...]:
    """Every two topics with a comment about both, those furthest above chance first.

    Pairs are in the order of `residual`, the adjusted standardised residual of S. J. Haberman (The
    analysis of residuals in cross-classified tables, Biometrics 29, 1973): how many standard
    deviations the count lies above what it would be by chance. By `lift` alone, two rare topics
    that met once would lead the list.
    """
    sql = "SELECT topic_mask, count(*) FROM selected WHERE has_text GROUP BY topic_mask"
    with select(scope, snapshot, chosen) as selected:
        masks: dict[int, int] = dict(selected.ask(sql))
    topics = sorted(snapshot.names.topics.items(), key=lambda item: (place_topic(item[1]), item[1]))
    # One row for each mix of topics, one column for each topic. Counts are exact below 2^53.
    codes = np.array([code for code, _ in topics], np.int64)
    mixes = (np.array(list(masks), np.int64)[:, None] >> codes & 1).astype(np.float64)
    both = (mixes.T @ (mixes * np.array(list(masks.values()))[:, None])).astype(np.int64).tolist()
    pairs = _make_pairs([topic for _, topic in topics], both, sum(masks.values()))
    return tuple(sorted(pairs, key=lambda p: (-p.residual, place_topic(p.first), p.second)))


def _make_pairs(
    topics: Sequence[str], together: Sequence[Sequence[int]], total: int
) -> Iterator[TopicPair]:
    for one, other in combinations(range(len(topics)), 2):
        first, second, both = (
            together[a][b] for a, b in ((one, one), (other, other), (one, other))
        )
        if both:
            expected = first * second / total
            yield TopicPair(
                first=topics[one],
                second=topics[other],
                first_count=first,
                second_count=second,
                both_count=both,
                comment_count=total,
                expected_count=expected,
                lift=both / expected,
                residual=standardise_residual(both, first, second, total),
            )


def standardise_residual(both: int, first: int, second: int, total: int) -> float:
    """How far a count of both lies above first × second / total, in standard deviations; 0 where
    one of the two is everywhere, so that nothing could be told."""
    expected = first * second / total
    variance = expected * (1 - first / total) * (1 - second / total)
    return (both - expected) / sqrt(variance) if variance > 0 else 0.0
