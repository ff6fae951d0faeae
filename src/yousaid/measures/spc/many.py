"""Many charts at once: what chance alone would flag, and what holds in spite of it."""

from collections.abc import Sequence

from scipy.stats import norm

from yousaid.measures.false_discovery import control_false_discoveries
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

    By `control_false_discoveries`, on the distance of the latest point from the centre. A shift of
    many small steps is not among them: see the chart. Raises ValueError for a rate that is not
    between 0 and 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate of {rate} is not between 0 and 1")
    p_values = {
        str(place): float(2 * norm.sf(abs(chart.score)))
        for place, chart in enumerate(charts)
        if chart.score is not None
    }
    adjusted = control_false_discoveries(p_values)
    return [adjusted.get(str(place), 1.0) <= rate for place in range(len(charts))]


def choose_months(out_of: Sequence[int], minimum: int) -> int | None:
    """How many months to take together, 1, 3 or 12, so that nine in ten points have the minimum;
    None where even years have not."""
    for size in (1, 3, 12):
        together = add_up_months(out_of, size)
        if together and sum(total >= minimum for total in together) >= 0.9 * len(together):
            return size
    return None


def add_up_months(counts: Sequence[int], size: int) -> list[int]:
    """Counts of so many months together, counted back from the last; what is left over at the
    beginning is left out, since a short quarter would look like a fall. Raises ValueError for fewer
    than one month together.

    >>> add_up_months([9, 1, 2, 3, 4, 5, 6], 3)
    [6, 15]
    """
    if size < 1:
        raise ValueError(f"{size} months cannot be taken together")
    start = len(counts) % size
    return [sum(counts[at : at + size]) for at in range(start, len(counts), size)]
