"""How often control charts cry wolf, and how quick they are."""

import itertools
import time
from collections.abc import Callable, Sequence

import numpy as np

from yousaid.measures.spc import Chart, make_p, make_p_prime, make_xmr

MONTHS, RUNS = 24, 2000
Draw = Callable[[np.random.Generator], tuple[list[int], list[int]]]


def _draw_ward(size: int, *, overdispersed: bool = False) -> Draw:
    """An unchanging ward: 95 % positive, about so many responses a month."""

    def draw(random: np.random.Generator) -> tuple[list[int], list[int]]:
        totals = np.maximum(random.poisson(size, MONTHS), 1)
        rate = random.beta(95 * 0.5, 5 * 0.5, MONTHS) if overdispersed else 0.95
        return random.binomial(totals, rate).tolist(), totals.tolist()

    return draw


PROCESSES: dict[str, Draw] = {
    "95 % positive, 100 a month": _draw_ward(100),
    "28 a month, as wards have on average": _draw_ward(28),
    "15 a month": _draw_ward(15),
    "100 a month, and more than chance from month to month": _draw_ward(100, overdispersed=True),
}


def _make_percent_xmr(counts: Sequence[int], totals: Sequence[int]) -> Chart:
    return make_xmr([100 * count / total for count, total in zip(counts, totals, strict=True)])


CHARTS: dict[str, Callable[[Sequence[int], Sequence[int]], Chart]] = {
    "XmR": _make_percent_xmr,
    "p": make_p,
    "P′": make_p_prime,
}


def make_section() -> str:
    lines = [_simulate_normal()]
    for name, draw in PROCESSES.items():
        random = np.random.default_rng(20_260_000)
        wards = [draw(random) for _ in range(RUNS)]
        cells = [_count_flags([make(*ward) for ward in wards]) for make in CHARTS.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(
        [
            "## Control charts: how often they cry wolf",
            "",
            f"{RUNS:,} unchanging processes of {MONTHS} months each: how many had their latest "
            "point flagged, and, in brackets, any. Nothing had changed, so every flag is false.",
            "",
            f"| process | {' | '.join(CHARTS)} |",
            "| --- | ---: | ---: | ---: |",
            *lines,
            "",
            _time_many(),
        ]
    )


def _simulate_normal() -> str:
    random = np.random.default_rng(20_260_001)
    charts = [make_xmr(random.normal(50, 5, MONTHS).tolist()) for _ in range(RUNS)]
    return f"| ideal, a normal distribution | {_count_flags(charts)} | | |"


def _count_flags(charts: Sequence[Chart]) -> str:
    latest = np.mean([chart.variation != "common" for chart in charts])
    any_point = np.mean([any(point.cause for point in chart.points) for chart in charts])
    return f"{100 * latest:.1f} % ({100 * any_point:.0f} %)"


def _time_many() -> str:
    """1,280 charts of 36 months beside the arithmetic mean of the same numbers in plain Python."""
    random = np.random.default_rng(1)
    totals = random.poisson(60, (1280, 36)) + 10
    counts = random.binomial(totals, 0.1)
    wards = list(zip(counts.tolist(), totals.tolist(), strict=True))
    start = time.perf_counter()
    for ward in wards:
        make_p_prime(*ward)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for ward in wards:
        _say_plainly(*ward)
    plain = time.perf_counter() - start
    return (
        f"1,280 charts of 36 months (40 places by 32 topics) took {ours:.2f} s, "
        f"{ours / plain:.0f} times as long as the shares and their moving ranges alone in plain "
        "Python."
    )


def _say_plainly(counts: Sequence[int], totals: Sequence[int]) -> float:
    shares = [count / total for count, total in zip(counts, totals, strict=True)]
    ranges = [abs(one - other) for one, other in itertools.pairwise(shares)]
    return sum(ranges) / len(ranges)
