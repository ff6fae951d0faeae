"""The kinds of control chart: for measurements, for proportions, and for what is rare."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import nbinom, norm

from yousaid.measures.intervals import MINIMUM_DENOMINATOR
from yousaid.measures.spc.chart import RANGE_LIMIT, Chart, ChartOptions, Kind, Lines, make_chart
from yousaid.measures.spc.rules import Array, Limits, make_limits

# Three standard deviations are 3 / 1.128 mean moving ranges; the field's charts round so.
_XMR_FACTOR = 2.66
_RANGES_A_DEVIATION = 1.128
# Nelson, “A control chart for parts-per-million nonconforming items”, Journal of Quality
# Technology 26 (1994) 239: times between rare events, to this power, are nearly normal.
_T_POWER = 1 / 3.6
# Fewer expected a month than this, and a proportion's limits mean little.
LEAST_EXPECTED = 3
# Of larger numbers the squares and sums lose what a chart is about, and at last have no end.
_LARGEST = 1e15
_DEFAULT = ChartOptions()


def make_xmr(values: Sequence[float | None], options: ChartOptions = _DEFAULT) -> Chart:
    """A chart of single measurements, None where there is none.

    Limits are 2.66 mean moving ranges from the mean, and go beyond what is possible where that is
    how the data lie. Percentages of changing numbers belong on `make_p_prime`: here 4 % of
    unchanging wards of 15 responses a month are flagged. Wheeler, Understanding Variation (1993);
    NHSRplotthedots 0.2.2. Raises ValueError for values that are no number within ±10¹⁵.

    The mean of 1, 3, 2 is 2; the ranges 2 and 1 make 1.5, and 2.66 × 1.5 = 3.99:

    >>> chart = make_xmr([1, 3, 2])
    >>> [round(line, 2) for line in (chart.points[0].lower, chart.points[0].upper)]
    [-1.99, 5.99]
    """
    measured = _read_values(values)

    def draw_lines(stretch: list[int]) -> Lines | None:
        base = measured[stretch][: options.baseline]
        if len(base) < 2:
            return None
        reach = _XMR_FACTOR * _average_range(base, screens=options.screens)
        return Lines(make_limits(float(base.mean()), np.full(len(stretch), reach)))

    return make_chart("XmR", values, None, options, draw_lines, measured)


def make_p_prime(
    counts: Sequence[int], out_of: Sequence[int], options: ChartOptions = _DEFAULT
) -> Chart:
    """A chart of proportions whose denominators change, in percent: Laney's P′.

    The limits of each point follow its denominator, and the spread is what neighbours really differ
    by, so that neither small wards nor large ones are flagged for their size. Laney, “Improved
    control charts for attributes”, Quality Engineering 14 (2002) 531. Points of fewer than
    MINIMUM_DENOMINATOR are left out. Raises ValueError for a count above its denominator.

    >>> make_p_prime([50, 60, 40], [100, 100, 100]).points[0].centre
    50.0
    """
    return _make_proportions(counts, out_of, options, is_laney=True)


def make_p(counts: Sequence[int], out_of: Sequence[int], options: ChartOptions = _DEFAULT) -> Chart:
    """The same with the spread of chance alone (binomial): flags too much where more than chance is
    at work from month to month, as it nearly always is. Shewhart; see `make_p_prime`."""
    return _make_proportions(counts, out_of, options, is_laney=False)


def _make_proportions(
    counts: Sequence[int], out_of: Sequence[int], options: ChartOptions, *, is_laney: bool
) -> Chart:
    _check_counts(counts, out_of)
    totals = np.array(out_of, np.float64)
    is_shown = totals >= MINIMUM_DENOMINATOR
    share = np.divide(100 * np.array(counts, np.float64), totals, where=is_shown, out=totals * 0)

    def draw_lines(stretch: list[int]) -> Lines | None:
        base = stretch[: options.baseline]
        if len(base) < 2:
            return None
        centre = 100 * sum(counts[n] for n in base) / sum(out_of[n] for n in base)
        chance = np.sqrt(centre * (100 - centre) / totals[stretch])
        wider = 1.0
        if is_laney and centre not in (0, 100):
            scores = (share[stretch] - centre)[: len(base)] / chance[: len(base)]
            wider = _average_range(scores, screens=options.screens) / _RANGES_A_DEVIATION
        limits = make_limits(centre, 3 * chance * wider)
        return Lines(limits, lambda line: np.clip(line, 0, 100))

    values = [float(s) if shown else None for s, shown in zip(share, is_shown, strict=True)]
    notes = _note_proportions(counts, out_of, int((~is_shown).sum()))
    kind: Kind = "P′" if is_laney else "p"
    return make_chart(kind, values, out_of, options, draw_lines, share, notes)


def _note_proportions(
    counts: Sequence[int], out_of: Sequence[int], thin_count: int
) -> tuple[str, ...]:
    notes = []
    if thin_count:
        notes.append(
            f"{thin_count} of {len(out_of)} points rest on fewer than {MINIMUM_DENOMINATOR} and "
            "are left out."
        )
    if len(counts) and sum(counts) < LEAST_EXPECTED * len(counts):
        notes.append(
            f"Rare: fewer than {LEAST_EXPECTED} a point. A chart of the number between them says "
            "more."
        )
    return tuple(notes)


def make_g(between: Sequence[int], options: ChartOptions = _DEFAULT) -> Chart:
    """A chart of how many comments without came between two with something rare, oldest first.

    High is rarer. The centre is the median, and the limits leave out as much as three standard
    deviations of a normal would, by the geometric distribution: Benneyan, “Number-between g-type
    statistical quality control charts”, Health Care Management Science 4 (2001) 305. Raises
    ValueError for what is no whole number and for a negative one.

    With 9 between on average one comment in ten has it, and half of all gaps are of 6 or fewer:

    >>> make_g([9, 9, 9]).points[0].centre
    6.0
    """
    if any(number < 0 for number in between):
        raise ValueError(f"a negative number between events: {min(between)}")
    measured = _read_values(between)
    if np.any(measured % 1):
        raise ValueError("a number of comments between events is not whole")

    def draw_lines(stretch: list[int]) -> Lines | None:
        base = measured[stretch][: options.baseline]
        if len(base) < 2:
            return None
        rate = 1 / (1 + float(base.mean()))
        shares = norm.cdf([-3, -2, 0, 2, 3])
        lines = [np.full(len(stretch), float(q)) for q in nbinom.ppf(shares, 1, rate)]
        return Lines(Limits(*lines))

    return make_chart("g", list(between), None, options, draw_lines, measured)


def make_t(days: Sequence[float], options: ChartOptions = _DEFAULT) -> Chart:
    """A chart of the days between events, oldest first. High is rarer.

    An XmR chart of the days to the power 1/3.6, which makes them nearly normal (Nelson 1994), shown
    in days. Raises ValueError for a negative number.

    >>> make_t([8, 8, 8]).points[0].centre
    8.0
    """
    if any(number < 0 for number in days):
        raise ValueError(f"a negative number of days between events: {min(days)}")
    measured = _read_values(days) ** _T_POWER

    def draw_lines(stretch: list[int]) -> Lines | None:
        base = measured[stretch][: options.baseline]
        if len(base) < 2:
            return None
        reach = _XMR_FACTOR * _average_range(base, screens=options.screens)
        limits = make_limits(float(base.mean()), np.full(len(stretch), reach))
        return Lines(limits, _show_days)

    return make_chart("t", list(days), None, options, draw_lines, measured)


def _show_days(line: Array) -> Array:
    # Rounded, as a root and its power give back the number but for its last digits.
    return np.round(np.maximum(line, 0) ** (1 / _T_POWER), 9)


def _average_range(values: Array, *, screens: bool) -> float:
    """The mean moving range, once more without those far beyond it if it `screens`."""
    ranges = np.abs(np.diff(values))
    mean = float(ranges.mean())
    if not screens or mean == 0:
        return mean
    return float(ranges[ranges < RANGE_LIMIT * mean].mean())


def _read_values(values: Sequence[float | None]) -> Array:
    """As numbers, 0 where there is none."""
    read = np.array([0 if value is None else value for value in values], np.float64)
    if not np.all(np.abs(read) <= _LARGEST):
        raise ValueError(f"a value is not a number within ±{_LARGEST:g}")
    return read


def _check_counts(counts: Sequence[int], out_of: Sequence[int]) -> None:
    if len(counts) != len(out_of):
        raise ValueError(f"{len(counts)} counts and {len(out_of)} denominators")
    for count, total in zip(counts, out_of, strict=True):
        if not 0 <= count <= total:
            raise ValueError(f"{count} of {total} is no share")
