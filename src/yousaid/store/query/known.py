"""Which answers are in the store already."""

from collections.abc import Iterable
from datetime import date

from yousaid.records import Scope
from yousaid.store.filter import EVERYTHING
from yousaid.store.indexing import find_keys_of
from yousaid.store.query.select import select
from yousaid.store.snapshot import Snapshot

KNOWN_SQL = (
    "SELECT comment_key, upload, date FROM selected "
    "WHERE comment_key IN (SELECT unnest(?::BIGINT[]))"
)


def get_known(
    scope: Scope, snapshot: Snapshot, comment_ids: Iterable[str]
) -> dict[str, tuple[int, date | None]]:
    """Of these comments those that there are, blank ones too: the number of the upload and the date
    of each, by id."""
    keys = find_keys_of(snapshot.store, snapshot.state, comment_ids)
    with select(scope, snapshot, EVERYTHING) as selected:
        found = {
            key: (upload, day) for key, upload, day in selected.ask(KNOWN_SQL, [[*keys.values()]])
        }
    return {comment_id: found[key] for comment_id, key in keys.items() if key in found}
