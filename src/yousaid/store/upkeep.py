"""Keeping a store quick: small files joined, and files that nothing needs removed."""

from datetime import datetime

from yousaid.store.app import begin
from yousaid.store.delta import compact
from yousaid.store.indexing import note_same
from yousaid.store.layout import Store
from yousaid.store.schema import TABLES
from yousaid.store.state import get_paths, get_state
from yousaid.store.write import writing

# Each file costs every question something; joining costs every row once.
MOST_FILES = 24


def needs_upkeep(store: Store) -> bool:
    """Whether a table has come to lie in many files."""
    state = get_state(store)
    return any(len(get_paths(store, state, table)) > MOST_FILES for table in TABLES)


def keep_up(store: Store, *, now: datetime) -> int:
    """Join the small files of all tables; how many files there are fewer. No answer changes, and
    people go on asking meanwhile. Raises StoreError where another program is writing."""
    with writing(store, now, "The joined files") as work:
        found = {table: compact(store, table) for table in TABLES}
        versions = {table: version for table, version in found.items() if version is not None}
        if not versions:
            return 0
        if "comments" in versions:
            note_same(store, versions["comments"])
        with begin(store.database) as app:
            after = work.commit(app, "upkeep", **versions)
    return sum(
        len(get_paths(store, work.before, table)) - len(get_paths(store, after, table))
        for table in TABLES
    )
