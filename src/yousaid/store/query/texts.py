"""The words of comments, without all else."""

from yousaid.records import Scope
from yousaid.store.filter import Filter
from yousaid.store.lookup import get_texts
from yousaid.store.query.select import select
from yousaid.store.snapshot import Snapshot


def get_sample(scope: Scope, snapshot: Snapshot, chosen: Filter, *, count: int) -> tuple[str, ...]:
    """The texts of the comments that match: of all, or of so many drawn as by lot.

    The same comments give the same draw.
    """
    sql = "SELECT comment_key FROM selected WHERE has_text ORDER BY hash(comment_key) LIMIT ?"
    with select(scope, snapshot, chosen) as selected:
        keys = [key for (key,) in selected.ask(sql, [count])]
    return get_texts(snapshot, keys)
