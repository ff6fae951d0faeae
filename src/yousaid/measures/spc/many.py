"""Many charts at once: what chance alone would flag, and what holds in spite of it."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import false_discovery_control, norm

from yousaid.measures.spc.chart import Chart

# How often the latest point of an unchanging process is flagged by the four rules, by our own
# simulation (docs/why/measures.md): for 24 to 36 points that are ideal, one in sixty.
FALSE_SIGNAL_RATE = 0.016


def expect_false_signals(charts: Sequence[Chart]) -> float:
    """How many of these charts would flag their latest point if nothing had changed anywhere.

    Said beside any view of many charts: with 40 wards and 32 topics there are twenty a month.
    """
    return FALSE_SIGNAL_RATE * sum(chart.variation is not None for chart in charts)


def find_holding(charts: Sequence[Chart], rate: float = 0.05) -> list[bool]:
    """Which charts' latest points lie so far out that, of all that are said to, no more than `rate`
    are expected to be chance.

    Benjamini and Hochberg, “Controlling the false discovery rate”, JRSS B 57 (1995) 289, on the
    distance of the latest point from the centre. A shift of many small steps is not among them: see
    the chart. Raises ValueError for a rate that is not between 0 and 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate of {rate} is not between 0 and 1")
    known = [place for place, chart in enumerate(charts) if chart.score is not None]
    holds = [False] * len(charts)
    if known:
        scores = np.array([charts[place].score for place in known], np.float64)
        adjusted = false_discovery_control(2 * norm.sf(np.abs(scores)))
        for place, value in zip(known, adjusted, strict=True):
            holds[place] = bool(value <= rate)
    return holds


def choose_pooling(out_of: Sequence[int], minimum: int) -> int | None:
    """How many months to take together, 1, 3 or 12, so that nine in ten points have the minimum;
    None where even years have not."""
    for size in (1, 3, 12):
        pooled = pool(out_of, size)
        if pooled and sum(total >= minimum for total in pooled) >= 0.9 * len(pooled):
            return size
    return None


def pool(counts: Sequence[int], size: int) -> list[int]:
    """Counts of so many months together, counted back from the last; what is left over at the
    beginning is left out, since a short quarter would look like a fall.

    >>> pool([9, 1, 2, 3, 4, 5, 6], 3)
    [6, 15]
    """
    start = len(counts) % size
    return [sum(counts[at : at + size]) for at in range(start, len(counts), size)]
