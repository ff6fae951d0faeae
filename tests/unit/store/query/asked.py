"""What the tests of questions ask: scopes, filters and dimensions, drawn by hypothesis."""

from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.unit.store.samples import DEMOGRAPHICS, QUESTIONS, SOME_TOPICS, SOURCES, TOPICS, UNITS
from tests.unit.store.twin import SEARCHES
from yousaid.records import EVERYWHERE, QUESTION_KINDS, TOPIC_SENTIMENTS, Scope
from yousaid.store.answers import DIMENSION_KINDS, Dimension, Period
from yousaid.store.filter import Filter

PLACES = (*{unit[:depth] for unit in UNITS for depth in range(1, len(unit) + 1)}, ("Nowhere",))
TRAITS = sorted({pair for traits in DEMOGRAPHICS for pair in traits.items()})
NAMES = sorted({name for traits in DEMOGRAPHICS for name in traits})


def asked(times):
    """So many examples, however long one takes."""
    return settings(
        max_examples=times,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def some(values, most=2):
    return st.lists(st.sampled_from(values), max_size=most).map(tuple)


scopes = st.one_of(
    st.just(EVERYWHERE),
    st.frozensets(st.sampled_from([*PLACES, ()]), max_size=2).map(Scope),
)
known_days = st.dates(date(2025, 11, 10), date(2026, 4, 10))
days = st.none() | known_days


def in_order(dates):
    return dates if None in dates else tuple(sorted(dates))


@st.composite
def filters(draw, *, only=()):
    """Filters of all fields, or of these alone."""

    # Most fields stay empty most of the time: otherwise nearly every answer would be nought.
    def seldom(name, strategy, default=()):
        if only and name not in only:
            return default
        return draw(st.one_of(st.just(default), st.just(default), st.just(default), strategy))

    first, last = seldom("first_date", st.tuples(days, days).map(in_order), (None, None))
    return Filter(
        first_date=first,
        last_date=last,
        places=seldom("places", some(PLACES)),
        questions=seldom("questions", some([*QUESTIONS, "Never asked"])),
        kinds=seldom("kinds", some(QUESTION_KINDS)),
        topics=seldom("topics", some([*SOME_TOPICS, TOPICS[9]], 3)),
        all_topics=seldom("all_topics", some(SOME_TOPICS)),
        no_topics=seldom("no_topics", some(SOME_TOPICS)),
        sentiments=seldom("sentiments", some(TOPIC_SENTIMENTS)),
        mixed=seldom("mixed", st.booleans(), None),
        urgent=seldom("urgent", st.just(True), False),
        scores=seldom("scores", some(range(1, 7), 3)),
        demographics=seldom("demographics", some([*TRAITS, ("age", "unknown")], 3)),
        sources=seldom("sources", some([*SOURCES, "pigeon"])),
        uploads=seldom("uploads", some(["1", "2", "9", "none"])),
        corrected=seldom("corrected", st.booleans(), None),
        words=seldom("words", st.sampled_from(list(SEARCHES)), ""),
    )


def make_dimension(kind, level=1, name="age"):
    return Dimension(
        kind,
        level=level if kind == "place" else 0,
        name=name if kind == "demographic" else "",
    )


dimensions = st.builds(
    make_dimension,
    st.sampled_from(DIMENSION_KINDS),
    st.integers(1, 4),
    st.sampled_from([*NAMES, "shoe size"]),
)


@st.composite
def periods(draw):
    """Two periods that do not overlap, in either order."""
    cuts = draw(st.lists(known_days, min_size=4, max_size=4, unique=True).map(sorted))
    both = [Period(*cuts[:2]), Period(*cuts[2:])]
    return both if draw(st.booleans()) else both[::-1]
