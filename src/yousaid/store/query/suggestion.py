"""“Did you mean …?”, for words that find nothing."""

from dataclasses import replace

from yousaid.records import Scope
from yousaid.store.answers import SuggestedWords
from yousaid.store.filter import Filter
from yousaid.store.query.select import select
from yousaid.store.search import Query, format_query, parse, suggest
from yousaid.store.snapshot import Snapshot


def get_suggestion(scope: Scope, snapshot: Snapshot, chosen: Filter) -> SuggestedWords | None:
    """The filter with near words for those that find nothing; None where all of them find some, or
    none is near. What is suggested finds a comment in scope and under the rest of the filter."""

    def is_found(query: Query) -> bool:
        return _is_any(scope, snapshot, replace(chosen, words=format_query(query)))

    with select(scope, snapshot, chosen):
        found = suggest(snapshot.search, parse(chosen.words), is_found) if chosen.words else None
    if found is None:
        return None
    return SuggestedWords(replace(chosen, words=format_query(found.query)), found.changes)


def _is_any(scope: Scope, snapshot: Snapshot, chosen: Filter) -> bool:
    with select(scope, snapshot, chosen) as selected:
        return bool(selected.ask("SELECT 1 FROM selected WHERE has_text LIMIT 1"))
