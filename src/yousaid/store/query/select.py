# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Where scope and filter are laid on. Every row that an answer counts or shows is found here;
`lookup.py` alone asks a snapshot beside it, for what belongs to keys that were found here."""

import re
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from yousaid.records import Scope
from yousaid.store.filter import Filter, Sql, sql_for_filter, sql_for_places
from yousaid.store.names import Names
from yousaid.store.schema import COLUMNS
from yousaid.store.search import find_keys, parse
from yousaid.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows in scope that a filter is about."""

    snapshot: Snapshot
    chosen: Filter
    # The columns there are, what comes behind FROM, and what before.
    _columns: Sequence[str]
    _rows: Sql
    _before: str = ""

    @property
    def names(self) -> Names:
        return self.snapshot.names

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """The rows of a query over the relation `selected`, which has those columns of `facts`
        (of `rollup`, from `select_rollup`) that the query names. Other common table expressions may
        come first: “, wider AS (…) SELECT …”."""
        rows, row_values = self._rows
        # To plan a query takes longer than to answer it, and longer still with all columns.
        asked = [name for name in self._columns if name in _find_names(sql)]
        # Looked at more than once, it is still quicker to find the rows again than to keep them.
        selected = (
            f"WITH {self._before}selected AS NOT MATERIALIZED "
            f"(SELECT {', '.join(asked) or '1 AS one'} FROM {rows}) "
        )
        return self.snapshot.ask(selected + sql, [*row_values, *values])

    @property
    def responses(self) -> tuple[str, str]:
        """A condition on rows, and what then counts their responses, each once."""
        if self.chosen.selects_comments:
            return "true", "count(DISTINCT response_key)"
        # Three times as quick, where all rows of a response are there or none is.
        return "response_key = comment_key", "count(*)"


_FACTS = (*COLUMNS["facts"], "is_corrected")
_ROLLUP = (*COLUMNS["rollup"], "date")


@lru_cache(maxsize=1024)
def _find_names(sql: str) -> Set[str]:
    return set(re.findall(r"\w+", sql))


@contextmanager
def select(scope: Scope, snapshot: Snapshot, chosen: Filter) -> Iterator[Selection]:
    """The rows of `facts` in scope that the filter is about, within the block."""
    in_scope, scope_values = _sql_for_scope(scope, snapshot.names)
    is_chosen, filter_values = sql_for_filter(chosen, snapshot.names)
    if chosen.selects_comments:
        is_chosen = f"has_text AND {is_chosen}"
    rows = f"facts WHERE {in_scope} AND {is_chosen}", [*scope_values, *filter_values]
    if not chosen.words:
        yield Selection(snapshot, chosen, _FACTS, rows)
        return
    with snapshot.relation_of(find_hits(snapshot, chosen.words)) as found:
        hits = f"hits AS NOT MATERIALIZED (SELECT comment_key FROM {found}), "
        yield Selection(snapshot, chosen, _FACTS, rows, hits)


def select_rollup(scope: Scope, snapshot: Snapshot, chosen: Filter) -> Selection:
    """The same of `rollup`, for a filter of dates, places, kinds and uploads alone.

    Dates are of the months' first days, in the column `date`.
    """
    in_scope, scope_values = _sql_for_scope(scope, snapshot.names)
    is_chosen, filter_values = sql_for_filter(chosen, snapshot.names)
    rows = (
        f"(SELECT *, month AS date FROM rollup) WHERE {in_scope} AND {is_chosen}",
        [*scope_values, *filter_values],
    )
    return Selection(snapshot, chosen, _ROLLUP, rows)


def _sql_for_scope(scope: Scope, names: Names) -> Sql:
    """What the person asking may see. No units: nothing at all."""
    if not isinstance(scope, Scope):
        raise TypeError("a question was asked without a scope")
    if scope.units is None or () in scope.units:
        return "true", []
    return sql_for_places(names, scope.units)


# Words are looked up once for all the questions of a page, which go through one snapshot.
_hits: WeakKeyDictionary[Snapshot, dict[str, NDArray[np.int64]]] = WeakKeyDictionary()


def find_hits(snapshot: Snapshot, words: str) -> NDArray[np.int64]:
    """The keys of what the words find, in every scope and not all of them in `facts`."""
    known = _hits.setdefault(snapshot, {})
    if words not in known:
        known[words] = find_keys(snapshot.search, parse(words), snapshot.search_parts)
    return known[words]
