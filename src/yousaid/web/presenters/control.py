"""Control charts for the pages: what each says, its points, and where they lead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from yousaid.measures.intervals import MINIMUM_DENOMINATOR, Share, share
from yousaid.measures.spc import (
    LEAST_EXPECTED,
    Cause,
    Chart,
    ChartOptions,
    Variation,
    expect_false_signals,
    find_holding,
    make_p_prime,
    make_xmr,
)
from yousaid.store.filter import Filter
from yousaid.store.kept import Event
from yousaid.web.links import Links
from yousaid.web.presenters.measures import Measure
from yousaid.web.presenters.words import (
    capitalise,
    word_count,
    word_date,
    word_month,
    word_percent,
    word_range,
    word_share,
)
from yousaid.web.series import Series, Step

CAUSE_WORDS: dict[Cause, str] = {
    "above_limit": "above the limits",
    "below_limit": "below the limits",
    "rising": "7 in a row rising",
    "falling": "7 in a row falling",
    "near_upper_limit": "2 of 3 near the upper limit",
    "near_lower_limit": "2 of 3 near the lower limit",
    "run_above": "7 in a row above the middle",
    "run_below": "7 in a row below the middle",
}
VARIATION_WORDS: dict[Variation, str] = {
    "common": "usual ups and downs",
    "improvement_high": "better: higher than usual",
    "improvement_low": "better: lower than usual",
    "concern_high": "worse: higher than usual",
    "concern_low": "worse: lower than usual",
    "neutral_high": "higher than usual",
    "neutral_low": "lower than usual",
}


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One period: its figure and lines, in percent or in comments, None where it has none.

    `words` say all that the point shows; `signal` is empty where it is no more than chance.
    """

    period: date
    name: str
    value: float | None
    lower: float | None
    centre: float | None
    upper: float | None
    is_good: bool | None
    signal: str
    figure: str
    range: str
    count: int
    out_of: int | None
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class ChartEvent:
    """Something that happened in the period of a point: `place` is the point's."""

    number: int
    place: int
    day: str
    words: str


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A control chart with its title, a sentence; `label` is what its axis counts.

    `variation` is of the latest point and `variation_words` say it. `name` is the topic or place
    that it is of, and `href` leads to that one's own page; both empty for all. `events` are those
    that people noted of its time.
    """

    name: str
    title: str
    description: str
    label: str
    is_percent: bool
    points: tuple[ControlPoint, ...]
    variation: Variation | None
    variation_words: str
    parameters: str
    notes: tuple[str, ...]
    href: str = ""
    events: tuple[ChartEvent, ...] = ()

    @property
    def can_draw(self) -> bool:
        """Whether there are two points or more, and anything in them."""
        return self.has_any and sum(point.value is not None for point in self.points) > 1

    @property
    def has_any(self) -> bool:
        """Whether anything was counted in any period."""
        return any(point.count for point in self.points)


@dataclass(frozen=True, slots=True)
class Multiples:
    """Charts of many things: those that stand out in spite of how many are looked at come first,
    then those with a signal, then the others, most comments first. `note` says what chance does."""

    charts: tuple[ControlChart, ...]
    holding_count: int
    rest_count: int
    note: str


def make_control_chart(
    series: Series,
    measure: Measure,
    step: Step,
    chosen: Filter,
    links: Links | None,
    name: str = "",
    href: str = "",
) -> ControlChart:
    """The chart of one series; `chosen` is the filter that it is of. Without `links` its points
    lead nowhere, which is enough for a small one among many."""
    chart = _chart(series, measure)
    points = tuple(
        _make_point(chart, series, place, measure, step, chosen, links)
        for place in range(len(series.periods))
    )
    words = VARIATION_WORDS[chart.variation] if chart.variation else "too little to say"
    is_percent = series.out_of is not None
    return ControlChart(
        name=name,
        title=_make_title(points, measure, words, step),
        description=_describe(points, words),
        label=f"% of {measure.of}" if is_percent else "Comments",
        is_percent=is_percent,
        points=points,
        variation=chart.variation,
        variation_words=words,
        parameters=chart.parameters,
        notes=chart.notes,
        href=href,
    )


def _chart(series: Series, measure: Measure) -> Chart:
    options = ChartOptions(better=measure.better)
    if series.out_of is None:
        return make_xmr([float(count) for count in series.counts], options)
    return make_p_prime(series.counts, series.out_of, options)


def _make_point(
    chart: Chart,
    series: Series,
    place: int,
    measure: Measure,
    step: Step,
    chosen: Filter,
    links: Links | None,
) -> ControlPoint:
    point, period, count = chart.points[place], series.periods[place], series.counts[place]
    out_of = series.out_of[place] if series.out_of is not None else None
    found = share(count, out_of) if out_of is not None else None
    signal = CAUSE_WORDS[point.cause] if point.cause else ""
    name = word_step(period, step)
    figure = _word_figure(found, count)
    words = f"{name}: {figure}{_word_of(found, measure)}{f'; {signal}' if signal else ''}"
    return ControlPoint(
        period=period,
        name=name,
        value=point.value,
        lower=point.lower,
        centre=point.centre,
        upper=point.upper,
        is_good=_judge(point.cause, measure),
        signal=signal,
        figure=figure,
        range=word_range(found) if found else "",
        count=count,
        out_of=out_of,
        words=words,
        href=links.comments(measure.narrow(narrow_to_step(chosen, period, step)))
        if links and count
        else "",
    )


def _word_figure(found: Share | None, count: int) -> str:
    if found is None:
        return f"{count:,}"
    if not found.out_of:
        return "–"
    return word_share(found) or "too few"


def _word_of(found: Share | None, measure: Measure) -> str:
    if found is None:
        return f" {measure.of}"
    if not found.can_show:
        return f" ({found.count:,} of {found.out_of:,} {measure.of})"
    return f" ({found.count:,} of {found.out_of:,} {measure.of}, 95% interval {word_range(found)})"


def _judge(cause: Cause | None, measure: Measure) -> bool | None:
    if cause is None or measure.better == "neither":
        return None
    is_high = cause in ("above_limit", "rising", "near_upper_limit", "run_above")
    return is_high == (measure.better == "higher")


def _make_title(points: Sequence[ControlPoint], measure: Measure, words: str, step: Step) -> str:
    last = next((point for point in reversed(points) if point.value is not None), None)
    if last is None:
        return f"{measure.words}: too few in each {step} to show"
    of = f" of {last.out_of:,}" if last.out_of is not None else ""
    return f"{measure.words}: {last.figure}{of} in {last.name}, {words}"


def _describe(points: Sequence[ControlPoint], words: str) -> str:
    shown = [point for point in points if point.value is not None]
    if not shown:
        return "There are too few to draw."
    centre = shown[-1].centre
    middle = f" The middle line is at {centre:.1f}." if centre is not None else ""
    signals = sum(bool(point.signal) for point in shown)
    return (
        f"{shown[0].name} to {shown[-1].name}.{middle} "
        f"{capitalise(word_count(signals, 'point'))} of {len(shown)} "
        f"{'is' if signals == 1 else 'are'} more than chance. The latest: {words}. "
        "The table below has every figure."
    )


def make_multiples(
    charts: Sequence[tuple[ControlChart, Series]], measure: Measure, most: int
) -> Multiples:
    """The charts in the order in which they are worth looking at, at most so many. What is too
    rare for limits to mean anything is not drawn."""
    drawn = [(chart, series) for chart, series in charts if chart.can_draw and not is_rare(series)]
    plain = [_chart(series, measure) for _, series in drawn]
    holds = find_holding(plain)
    ranked = sorted(
        range(len(drawn)),
        key=lambda n: (
            not holds[n],
            drawn[n][0].variation in (None, "common"),
            -sum(drawn[n][1].counts),
            drawn[n][0].name,
        ),
    )
    expected = expect_false_signals(plain)
    flagged = sum(chart.variation not in (None, "common") for chart in plain)
    by_chance = f"about {expected:.0f}" if expected >= 0.95 else "fewer than one"
    return Multiples(
        charts=tuple(drawn[n][0] for n in ranked[:most]),
        holding_count=sum(holds),
        rest_count=len(charts) - min(len(ranked), most),
        note=(
            f"{flagged} of these {len(drawn)} charts flag their latest point; {by_chance} would by "
            f"chance alone. {sum(holds)} stand out in spite of how many are looked at."
        ),
    )


def is_rare(series: Series) -> bool:
    """Whether there are so few in each period that limits would mean little."""
    return sum(series.counts) < LEAST_EXPECTED * len(series.counts)


def word_step(period: date, step: Step) -> str:
    """A period as a reader says it: “March 2026”, “January to March 2026”, “week of 2 March
    2026”."""
    if step == "month":
        return word_month(period)
    if step == "quarter":
        return f"{period:%B} to {_get_end(period, step):%B %Y}"
    return f"week of {period.day} {period:%B %Y}"


def narrow_to_step(chosen: Filter, period: date, step: Step) -> Filter:
    """The filter within one period."""
    last = _get_end(period, step)
    return replace(
        chosen,
        first_date=max(period, chosen.first_date or period),
        last_date=min(last, chosen.last_date or last),
    )


def narrow_from(chosen: Filter, period: date) -> Filter:
    """The filter from a period on."""
    return replace(chosen, first_date=period)


def narrow_to(chosen: Filter, period: date, step: Step) -> Filter:
    """The filter up to and with a period."""
    return replace(chosen, last_date=_get_end(period, step))


def _get_end(period: date, step: Step) -> date:
    if step == "week":
        return period + timedelta(days=6)
    month = period.year * 12 + period.month - 1 + (1 if step == "month" else 3)
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)


def add_events(chart: ControlChart, events: Sequence[Event], step: Step) -> ControlChart:
    """The chart with what happened in its time, numbered by day."""
    placed = [
        (place, event)
        for event in events
        for place, point in enumerate(chart.points)
        if point.period <= event.day <= _get_end(point.period, step)
    ]
    return replace(
        chart,
        events=tuple(
            ChartEvent(number, place, word_date(event.day), event.words)
            for number, (place, event) in enumerate(placed, start=1)
        ),
    )


def word_thin(charts: Sequence[ControlChart], step: Step) -> str:
    """What to do where most points rest on too few; empty where they do not."""
    points = [point for chart in charts for point in chart.points if point.out_of is not None]
    thin = sum((point.out_of or 0) < MINIMUM_DENOMINATOR for point in points)
    if not points or thin <= len(points) / 2 or step == "quarter":
        return ""
    return (
        f"Most points rest on fewer than {MINIMUM_DENOMINATOR} and are not drawn: look by quarter, "
        "or at more places together."
    )


def word_centre(chart: ControlChart) -> str:
    """The middle line and limits of the latest point in words; empty where there are none."""
    last = next((point for point in reversed(chart.points) if point.centre is not None), None)
    if last is None or last.centre is None or last.lower is None or last.upper is None:
        return ""
    if chart.is_percent:
        ends = [word_percent(end) for end in (last.centre, last.lower, last.upper)]
    else:
        ends = [f"{max(end, 0):,.0f}" for end in (last.centre, last.lower, last.upper)]
    return f"Middle {ends[0]}; limits of the latest point {ends[1]} to {ends[2]}."
