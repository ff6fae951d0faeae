# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Counts of comments by the values of many columns at once.

Each column is counted under a filter of its own, but most filters are the same: one query then
finds its comments once and counts them by all of those columns, which takes a third of the time of
a query for each.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from yousaid.records import Scope
from yousaid.store.filter import EVERYTHING, URGENT_FROM, Filter, Sql
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
        found |= _count_together(scope, snapshot, chosen, facets)
    return found


def _count_together(
    scope: Scope, snapshot: Snapshot, chosen: Filter, facets: Sequence[tuple[Hashable, Facet]]
) -> dict[Hashable, Counted]:
    columns = {column: None for _, facet in facets for column in facet.columns}
    looks = [_sql_for_facet(place, facet) for place, (_, facet) in enumerate(facets)]
    with select(scope, snapshot, chosen) as selected:
        # What was found is kept, which pays unless it is everything or looked at once.
        is_kept = len(facets) > 1 and (chosen != EVERYTHING or scope.units is not None)
        sql = (
            f", looked AS {'' if is_kept else 'NOT '}MATERIALIZED "
            f"(SELECT {', '.join(['has_text', *columns])} FROM selected WHERE has_text) "
            f"{' UNION ALL '.join(look for look, _ in looks)}"
        )
        rows = selected.ask(sql, [value for _, values in looks for value in values])
    found: dict[Hashable, Counted] = {name: {} for name, _ in facets}
    for place, value, count in rows:
        found[facets[place][0]][value] = count
    return found


def _sql_for_facet(place: int, facet: Facet) -> Sql:
    value, values = facet.value
    condition, more_values = facet.condition
    source = f"SELECT {value} AS value FROM looked WHERE {condition}"
    grouped = "GROUP BY value" if facet.is_grouped else ""
    shown = "value::BIGINT" if facet.is_grouped else "1::BIGINT"
    sql = f"SELECT {place} AS place, {shown}, count(*) FROM ({source}) {grouped}"
    return sql, [*values, *more_values]
