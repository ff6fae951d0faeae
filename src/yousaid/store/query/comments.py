# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""The comments themselves."""

from collections.abc import Iterator, Sequence

import numpy as np

from yousaid.errors import FilterError
from yousaid.records import Scope
from yousaid.store.answers import CommentPage, Order, ReadComment, ResponseComment
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.lookup import get_read_comments
from yousaid.store.query.select import Selection, select
from yousaid.store.search import MAX_RANKED, parse, rank
from yousaid.store.snapshot import Snapshot

# Ties go by comment_key, which is unique: pages neither repeat nor skip.
_SQL_FOR_ORDER: dict[Order, str] = {
    "newest": "date DESC NULLS LAST, comment_key",
    "oldest": "date NULLS LAST, comment_key",
    "most_negative": "sentiment_score NULLS LAST, comment_key",
    "most_positive": "sentiment_score DESC NULLS LAST, comment_key",
    "most_urgent": "urgency DESC, comment_key",
}


def get_comments(
    scope: Scope, snapshot: Snapshot, chosen: Filter, *, order: Order, page: int, page_size: int
) -> CommentPage:
    """One page, the first being 1, of the comments that match; a page past the end is empty.

    Comments without what the order goes by (a date, a sentiment) come last. Raises FilterError on
    a page that cannot be, and on `best_match` without words.
    """
    if page < 1 or page_size < 1:
        raise FilterError(f"There is no page {page} of {page_size} comments. Pages start at 1.")
    with select(scope, snapshot, chosen) as selected:
        total_count, keys = _find_page(selected, order, (page - 1) * page_size, page_size)
    is_complete = order != "best_match" or total_count <= MAX_RANKED
    return CommentPage(total_count, tuple(get_read_comments(snapshot, keys)), is_complete)


def get_comment_batches(
    scope: Scope, snapshot: Snapshot, chosen: Filter, *, order: Order, batch_size: int
) -> Iterator[Sequence[ReadComment]]:
    """All comments that match, some at a time, so that memory stays small."""
    with select(scope, snapshot, chosen) as selected:
        _, keys = _find_page(selected, order, 0, None)
    starts = range(0, len(keys), batch_size)
    return (get_read_comments(snapshot, keys[start : start + batch_size]) for start in starts)


def get_comment(scope: Scope, snapshot: Snapshot, comment_id: str) -> ResponseComment | None:
    """One comment and what else the same response said; None where there is none in scope."""
    sql = """
        SELECT comment_key FROM selected
        WHERE has_text AND response_key IN
            (SELECT response_key FROM selected WHERE has_text AND comment_key = ?)
        ORDER BY comment_key"""
    with select(scope, snapshot, EVERYTHING) as selected:
        key = find_key(selected, comment_id)
        keys = [] if key is None else [found for (found,) in selected.ask(sql, [key])]
    answers = get_read_comments(snapshot, keys, with_all=True)
    found = [answer for answer in answers if answer.comment.comment_id == comment_id]
    others = tuple(answer for answer in answers if answer.comment.comment_id != comment_id)
    return ResponseComment(found[0], others) if found else None


def find_key(selected: Selection, comment_id: str) -> int | None:
    """The key of a comment with text among those selected."""
    sql = "SELECT comment_key FROM answer WHERE comment_id = ?"
    for key in selected.snapshot.search.execute(sql, [comment_id]).fetchall():
        if selected.ask("SELECT 1 FROM selected WHERE has_text AND comment_key = ?", key):
            return int(key[0])
    return None


def _find_page(
    selected: Selection, order: Order, start: int, count: int | None
) -> tuple[int, list[int]]:
    """How many comments there are, and the keys from a place in the order on."""
    if order != "best_match":
        return _find_keys(selected, _SQL_FOR_ORDER[order], start, count)
    words = selected.chosen.words
    if not words:
        raise FilterError("There is no best match without words. Search for some first.")
    # Only the newest are ranked; the others follow as they are.
    most = None if count is None else max(MAX_RANKED, start + count)
    total_count, found = _find_keys(selected, "comment_key DESC", 0, most)
    wanted = len(found) if count is None else start + count
    keys = np.array(found[::-1], np.int64)
    ranking = rank(selected.snapshot.search, parse(words), keys, wanted)
    return total_count, [int(key) for key in ranking.keys[start:]]


def _find_keys(
    selected: Selection, order: str, start: int, count: int | None
) -> tuple[int, list[int]]:
    # What words find is joined with the facts but once; what columns tell is found again quicker.
    kept = "MATERIALIZED" if selected.chosen.words else "NOT MATERIALIZED"
    sql = f"""
        , found AS {kept} (
            SELECT comment_key, date, sentiment_score, urgency FROM selected WHERE has_text
        ) SELECT NULL, count(*) FROM found UNION ALL
        (SELECT comment_key, NULL FROM found ORDER BY {order} LIMIT ? OFFSET ?)"""
    (_, total_count), *found = selected.ask(sql, [count, start])
    return total_count, [key for key, _ in found]
