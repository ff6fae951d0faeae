# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Counts of comments by the values of many columns at once.

Each column is counted under a filter of its own, but most filters are the same: one query then
finds its comments once and counts them by all of those columns, which takes a third of the time of
a query for each.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from yousaid.records import Scope
from yousaid.store.answers import Dimension
from yousaid.store.filter import EVERYTHING, URGENT_FROM, Filter, Sql
from yousaid.store.query.rollup import count_mentions, find_rollup
from yousaid.store.query.select import select
from yousaid.store.snapshot import Snapshot

# By value, a whole number or None.
Counted = dict[int | None, int]


@dataclass(frozen=True, slots=True)
class Facet:
    """What is counted: an expression over some columns of `facts`, or each mention. With a
    condition the comments that fulfil it are counted, under the value 1."""

    columns: tuple[str, ...]
    value: Sql
    condition: Sql = ("true", [])
    is_grouped: bool = True


def by_column(column: str) -> Facet:
    """The comments by what is in a column."""
    return Facet((column,), (column, []))


def by_condition(column: str, condition: str, values: Sequence[object] = ()) -> Facet:
    """The comments that fulfil a condition on a column."""
    return Facet((column,), ("1", []), (condition, list(values)), is_grouped=False)


BY_MENTION = Facet(("mentions",), ("unnest(mentions)", []))
ALL = Facet((), ("1", []), is_grouped=False)
MIXED = by_condition("mixed", "mixed")
URGENT = by_condition("urgency", "urgency >= ?", [URGENT_FROM])
CORRECTED = by_condition("is_corrected", "is_corrected")


def count_facets(
    scope: Scope, snapshot: Snapshot, wanted: Iterable[tuple[Hashable, Facet, Filter]]
) -> dict[Hashable, Counted]:
    """The comments in scope by each facet under its filter; by the names that are given."""
    by_filter: dict[Filter, list[tuple[Hashable, Facet]]] = {}
    for name, facet, chosen in wanted:
        by_filter.setdefault(chosen, []).append((name, facet))
    found: dict[Hashable, Counted] = {}
    for chosen, facets in by_filter.items():
        rest = facets
        if rolled_up := find_rollup(scope, snapshot, chosen, Dimension("topic")):
            mentions = Counter[int | None](count_mentions(rolled_up))
            found |= {name: mentions for name, facet in facets if facet == BY_MENTION}
            rest = [(name, facet) for name, facet in facets if facet != BY_MENTION]
        if rest:
            found |= _count_together(scope, snapshot, chosen, rest)
    return found


def _count_together(
    scope: Scope, snapshot: Snapshot, chosen: Filter, facets: Sequence[tuple[Hashable, Facet]]
) -> dict[Hashable, Counted]:
    asked: list[Facet] = []
    for _, facet in facets:
        if facet not in asked:
            asked.append(facet)
    # To find rows again by their columns is quicker than to keep their lists of mentions; what
    # words find is not.
    kept = [facet for facet in asked if facet != BY_MENTION or chosen.words]
    columns = {column: None for facet in kept for column in facet.columns}
    looks, values = _sql_for_facets(asked)
    with select(scope, snapshot, chosen) as selected:
        # What was found is kept, which pays unless it is everything or looked at once.
        is_kept = len(asked) > 1 and (chosen != EVERYTHING or scope.units is not None)
        sql = (
            f", looked AS {'' if is_kept else 'NOT '}MATERIALIZED "
            f"(SELECT {', '.join(['has_text', *columns])} FROM selected WHERE has_text), "
            "mentioning AS NOT MATERIALIZED "
            f"(FROM {'looked' if chosen.words else 'selected'} WHERE has_text) {looks}"
        )
        rows = selected.ask(sql, values)
    counted: list[Counted] = [{} for _ in asked]
    for place, value, count in rows:
        counted[place][value] = count
    return {name: counted[asked.index(facet)] for name, facet in facets}


def _sql_for_facets(facets: Sequence[Facet]) -> Sql:
    """A query over a relation `looked`: the place of each facet, a value and a count."""
    few = [facet.columns[0] for facet in facets if _has_few(facet)]
    told = [(n, facet.condition) for n, facet in enumerate(facets) if not facet.is_grouped]
    # Each look at all rows takes 5 ms a million. Columns of few values are counted in one, together
    # and then each by itself; conditions in another.
    relations, parts = "", []
    values: list[object] = []
    if few:
        relations += (
            f", counted AS MATERIALIZED (SELECT {', '.join(few)}, count(*) AS n FROM looked "
            "GROUP BY ALL)"
        )
    if told:
        counts = ", ".join(f"count(*) FILTER ({is_so}) AS told_{n}" for n, (is_so, _) in told)
        relations += f", told AS MATERIALIZED (SELECT {counts} FROM looked)"
        values += [value for _, (_, bound) in told for value in bound]
    for place, facet in enumerate(facets):
        look, bound = _sql_for_facet(place, facet)
        parts.append(look)
        values += bound
    return f"{relations} {' UNION ALL '.join(parts)}", values


def _has_few(facet: Facet) -> bool:
    return facet.is_grouped and facet.value == (facet.columns[0], []) and facet.columns[0] in _FEW


_FEW = ("question_id", "kind", "score", "source_id")


def _sql_for_facet(place: int, facet: Facet) -> Sql:
    if not facet.is_grouped:
        return f"SELECT {place}, 1::BIGINT, told_{place} FROM told", []
    if _has_few(facet):
        [column] = facet.columns
        return f"SELECT {place}, {column}::BIGINT, sum(n)::BIGINT FROM counted GROUP BY ALL", []
    value, values = facet.value
    source = "mentioning" if facet == BY_MENTION else "looked"
    sql = (
        f"SELECT {place}, value::BIGINT, count(*) FROM (SELECT {value} AS value FROM {source}) "
        "GROUP BY value"
    )
    return sql, values
