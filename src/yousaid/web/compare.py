"""The page that sets places, groups of people and periods beside each other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from yousaid.measures.funnel import MINIMUM_PLACES
from yousaid.measures.intervals import Share, share
from yousaid.store.answers import Choices, Dimension, Value
from yousaid.store.filter import Filter
from yousaid.store.query import get_changes, get_choices, get_cross_tab
from yousaid.store.snapshot import Snapshot
from yousaid.web.address import check_choice, read_filter
from yousaid.web.charts import NARROW, WIDE
from yousaid.web.comparing_drawing import draw_funnel, draw_intervals
from yousaid.web.links import Links
from yousaid.web.presenters.comparing import (
    ChangeRow,
    ChangesView,
    FunnelView,
    GroupsView,
    choose_periods,
    make_changes_view,
    make_funnel_view,
    make_groups_view,
    name_place,
)
from yousaid.web.presenters.filters import make_chips, make_filter_form, make_title
from yousaid.web.presenters.measures import SHARE, Measure, choose_measure, list_measures
from yousaid.web.presenters.topics import SortLink
from yousaid.web.presenters.words import capitalise, word_name
from yousaid.web.series import ALL_SCORES, choose_level
from yousaid.web.site import Site, get_links, get_site
from yousaid.web.versions import versioned

WAYS = {"": "Places", "groups": "Groups of people", "periods": "Now and before"}
# More than any framework has.
MOST_TOPICS = 1000
_OWN = ("measure", "of", "trait")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for."""

    chosen: Filter
    measure: Measure
    way: str
    trait: str


def read_comparison(request: Request) -> _Asked:
    """What the address asks for. Raises FilterError."""
    chosen, own = read_filter(request, *_OWN)
    check_choice("way to compare", own["of"], tuple(WAYS))
    measure = choose_measure(_list_measures(chosen, own["of"]), own["measure"])
    return _Asked(chosen, measure, own["of"], own["trait"])


def _list_measures(chosen: Filter, way: str) -> tuple[Measure, ...]:
    # Periods are compared topic by topic, and topics are of comments. There each has its share.
    if way == "periods":
        return (*(m for m in list_measures(chosen, ("comments",)) if m is not SHARE), SHARE)
    return list_measures(chosen, ("responses", "comments"))


@versioned
def show_compare(request: Request, snapshot: Snapshot) -> Response:
    site, links, asked = get_site(request), get_links(request), read_comparison(request)
    choices = site.recall(get_choices, snapshot, asked.chosen)
    traits = list(dict.fromkeys(name for (name, _), _ in choices.demographics))
    if asked.trait:
        check_choice("trait of people", asked.trait, traits)
    offered = _list_measures(asked.chosen, asked.way)
    trait = asked.trait or next(iter(traits), "")
    html = site.render(
        "compare.jinja",
        links,
        current="compare",
        chosen=asked.chosen,
        page_title=make_title(asked.chosen),
        title=make_title(asked.chosen),
        chips=make_chips(asked.chosen, lambda rest: _link(links, asked, chosen=rest)),
        clear_href=links.compare(),
        form=make_filter_form(asked.chosen, choices, links.compare(), _keep(asked)),
        ways=[
            SortLink(w, _link(links, asked, way=key), key == asked.way) for key, w in WAYS.items()
        ],
        measures=[
            SortLink(m.words, _link(links, asked, measure=m.key), m == asked.measure)
            for m in offered
        ],
        traits=[
            SortLink(capitalise(word_name(one)), _link(links, asked, trait=one), one == trait)
            for one in (traits if asked.way == "groups" else [])
        ],
        measure=asked.measure,
        **_load(site, snapshot, links, asked, choices, trait),
    )
    return HTMLResponse(html)


def _link(
    links: Links,
    asked: _Asked,
    chosen: Filter | None = None,
    measure: str | None = None,
    way: str | None = None,
    trait: str | None = None,
) -> str:
    """The same page with something else chosen."""
    chosen = asked.chosen if chosen is None else chosen
    key = asked.measure.key if measure is None else measure
    way = asked.way if way is None else way
    offered = [one.key for one in _list_measures(chosen, way)]
    trait = asked.trait if trait is None else trait
    return links.compare(
        chosen, key if key in offered else "", way, trait if way == "groups" else ""
    )


def _keep(asked: _Asked) -> tuple[tuple[str, str], ...]:
    return tuple((k, v) for k, v in (("of", asked.way), ("trait", asked.trait)) if v)


def _load(
    site: Site,
    snapshot: Snapshot,
    links: Links,
    asked: _Asked,
    choices: Choices,
    trait: str,
) -> dict[str, object]:
    if asked.way == "periods":
        return {"changes": _load_changes(site, snapshot, links, asked, choices)}
    if asked.way == "groups":
        if not trait:
            return {}
        groups = load_groups(site, snapshot, links, asked.chosen, asked.measure, trait)
        return {"groups": groups, **_draw_intervals(groups)}
    level = choose_level(asked.chosen, choices.places, MINIMUM_PLACES)
    if level is None:
        return {}
    shares = load_shares(site, snapshot, asked.chosen, asked.measure, level)
    places = {unit: found for unit, found in shares.items() if isinstance(unit, tuple)}
    return _draw_places(make_funnel_view(places, asked.measure, asked.chosen, links))


def load_shares(
    site: Site, snapshot: Snapshot, chosen: Filter, measure: Measure, by: Dimension
) -> dict[Value, Share]:
    """The measure of each value of a dimension; None is of what has no value."""
    if measure.basis == "responses":
        counts, totals = (
            _count_responses(site, snapshot, replace(chosen, scores=scores), by)
            for scores in (measure.scores, ALL_SCORES)
        )
        return {value: share(counts.get(value, 0), total) for value, total in totals.items()}
    tab = get_cross_tab(site.scope, snapshot, chosen, by, with_responses=False)
    return {
        value: share(measure.count(counts), counts.base_comment_count)
        for value, counts in zip(tab.row_values, tab.row_totals, strict=True)
    }


def _count_responses(
    site: Site, snapshot: Snapshot, chosen: Filter, by: Dimension
) -> Mapping[Value, int]:
    tab = get_cross_tab(site.scope, snapshot, chosen, by)
    pairs = zip(tab.row_values, tab.row_totals, strict=True)
    return {value: counts.response_count or 0 for value, counts in pairs}


def _draw_places(view: FunnelView) -> dict[str, object]:
    drawn = _draw(view) if view.curves else _draw_intervals(view)
    return {"places": view, "is_funnel": bool(view.curves), **drawn}


def _draw(view: FunnelView) -> dict[str, str]:
    return {
        name: draw_funnel(view, width, f"compare-{width}")
        for name, width in (("chart_wide", WIDE), ("chart_narrow", NARROW))
    }


def _draw_intervals(view: FunnelView | GroupsView) -> dict[str, str]:
    if not any(row.share.can_show for row in view.rows):
        return {}
    return {
        name: draw_intervals(view, width, f"compare-{width}")
        for name, width in (("chart_wide", WIDE), ("chart_narrow", NARROW))
    }


def load_groups(
    site: Site,
    snapshot: Snapshot,
    links: Links,
    chosen: Filter,
    measure: Measure,
    trait: str,
) -> GroupsView:
    """The groups of a trait, whatever group of it is chosen; other traits narrow them."""
    others = tuple(pair for pair in chosen.demographics if pair[0] != trait)
    chosen = replace(chosen, demographics=others)
    by = Dimension("demographic", name=trait)
    shares = load_shares(site, snapshot, chosen, measure, by)
    named = {None if value is None else str(value): found for value, found in shares.items()}
    return make_groups_view(named, trait, measure, chosen, links)


def _load_changes(
    site: Site, snapshot: Snapshot, links: Links, asked: _Asked, choices: Choices
) -> object:
    found = load_changes(site, snapshot, links, asked.chosen, (asked.measure,), choices)
    return next(iter(found), None)


def load_changes(
    site: Site,
    snapshot: Snapshot,
    links: Links,
    chosen: Filter,
    measures: Sequence[Measure],
    choices: Choices,
) -> tuple[ChangesView, ...]:
    """What changed of each measure; nothing where there is no time before."""
    periods = choose_periods(chosen, choices.first_date, choices.last_date)
    if periods is None:
        return ()
    before, now = periods
    undated = _undate(chosen)
    compared = get_changes(
        site.scope, snapshot, undated, before, now, of="comments", count=MOST_TOPICS
    )
    return tuple(
        make_changes_view(compared, before, now, measure, undated, links) for measure in measures
    )


def _undate(chosen: Filter) -> Filter:
    return replace(chosen, first_date=None, last_date=None)


def _find_innermost(places: Sequence[tuple[tuple[str, ...], int]]) -> int:
    """The innermost level of several places that most comments have; 0 where there is none."""
    units, comments = Counter[int](), Counter[int]()
    for unit, count in places:
        units[len(unit)] += 1
        comments[len(unit)] += count
    return max((n for n in units if units[n] > 1 and 2 * comments[n] > comments[1]), default=0)


def find_places(
    site: Site,
    snapshot: Snapshot,
    links: Links,
    chosen: Filter,
    measure: Measure,
    rows: Sequence[ChangeRow],
    choices: Choices,
) -> tuple[ChangeRow, ...]:
    """The rows, each with the innermost place that most of its comments come from."""
    periods = choose_periods(chosen, choices.first_date, choices.last_date)
    depth = _find_innermost(choices.places)
    if not rows or periods is None or not depth or any(len(u) >= depth for u in chosen.places):
        return tuple(rows)
    now = periods[1]
    within = measure.narrow(
        replace(_undate(chosen), first_date=now.first_date, last_date=now.last_date)
    )
    topics = tuple(row.topic for row in rows)
    tab = get_cross_tab(
        site.scope,
        snapshot,
        replace(within, topics=topics),
        Dimension("place", depth),
        Dimension("topic"),
        with_responses=False,
    )
    counts: dict[Value, dict[tuple[str, ...], int]] = {topic: {} for topic in topics}
    for unit, cells in zip(tab.row_values, tab.cells, strict=True):
        for topic, cell in zip(tab.column_values, cells, strict=True):
            if isinstance(unit, tuple) and topic in counts:
                counts[topic][unit] = measure.count(cell)
    return tuple(name_place(row, counts[row.topic], within, links) for row in rows)
