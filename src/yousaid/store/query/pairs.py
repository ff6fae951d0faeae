"""Topics that come together more often than chance would bring them."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from math import sqrt

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
    # Few comments share no other's topics: counting by mask leaves little to do here.
    alone: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    topics = sorted(snapshot.names.topics.items(), key=lambda item: (place_topic(item[1]), item[1]))
    for mask, count in masks.items():
        present = [topic for code, topic in topics if mask >> code & 1]
        for topic in present:
            alone[topic] += count
        for pair in combinations(present, 2):
            both[pair] += count
    pairs = _make_pairs(alone, both, sum(masks.values()))
    return tuple(sorted(pairs, key=lambda p: (-p.residual, place_topic(p.first), p.second)))


def _make_pairs(
    alone: Counter[str], both: Counter[tuple[str, str]], total: int
) -> Iterator[TopicPair]:
    for (first, second), count in both.items():
        expected = alone[first] * alone[second] / total
        yield TopicPair(
            first=first,
            second=second,
            first_count=alone[first],
            second_count=alone[second],
            both_count=count,
            comment_count=total,
            expected_count=expected,
            lift=count / expected,
            residual=standardise_residual(count, alone[first], alone[second], total),
        )


def standardise_residual(both: int, first: int, second: int, total: int) -> float:
    """How far a count of both lies above first × second / total, in standard deviations; 0 where
    one of the two is everywhere, so that nothing could be told."""
    expected = first * second / total
    variance = expected * (1 - first / total) * (1 - second / total)
    return (both - expected) / sqrt(variance) if variance > 0 else 0.0
