"""What people enter about single comments: corrections."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.records import SENTIMENT_LEVELS, TOPIC_SENTIMENTS, Correction, Scope
from yousaid.store.app import CORRECTION, begin
from yousaid.store.correct import write_correction
from yousaid.store.layout import Store
from yousaid.store.lock import lock_writers
from yousaid.store.query import get_comment
from yousaid.store.snapshot import open_snapshot
from yousaid.store.state import commit, get_state
from yousaid.store.write import saying_what_failed


def correct(
    scope: Scope,
    store: Store,
    comment_id: str,
    correction: Correction | None,
    *,
    made_by: str,
    now: datetime,
) -> None:
    """Say what a comment's reading should have been; None takes back what was said before.

    Raises InputError where there is no such comment in scope or the correction says what does not
    exist, StoreError where another program writes for long, and OutputError where the disk refuses.
    """
    if correction is not None:
        _check(correction)
    entry = {
        "comment_id": comment_id,
        "made_at": now.astimezone(UTC).isoformat(),
        "made_by": made_by,
        "values": write_correction(correction),
    }
    # Again where others wrote meanwhile: the comment may have been erased.
    while not _enter(store, _find(scope, store, comment_id), entry, now):
        pass


def _find(scope: Scope, store: Store, comment_id: str) -> int:
    """The content of the store in which there is this comment."""
    with open_snapshot(store) as snapshot:
        if get_comment(scope, snapshot, comment_id) is None:
            raise InputError("There is no such comment among those that you may see.")
        return snapshot.state.content


def _enter(store: Store, content: int, entry: Mapping[str, object], now: datetime) -> bool:
    """Whether a correction could be entered into this very content."""
    with lock_writers(store), saying_what_failed(store, "The correction"):
        before = get_state(store)
        if before.content != content:
            return False
        with begin(store.database) as app:
            last = app.execute(select(func.max(CORRECTION.c.number))).scalar_one() or 0
            app.execute(insert(CORRECTION), {**entry, "number": last + 1})
            commit(app, before, "correction", now)
    return True


def _check(correction: Correction) -> None:
    topics = [topic for topic, _ in correction.mentions or ()]
    if unknown := [topic for topic in topics if topic not in get_framework().by_id]:
        raise InputError(f"There is no topic “{unknown[0]}”.")
    if len(set(topics)) < len(topics):
        raise InputError("A correction names a topic twice. Name each once.")
    sentiments = [sentiment for _, sentiment in correction.mentions or ()]
    if unknown := [sentiment for sentiment in sentiments if sentiment not in TOPIC_SENTIMENTS]:
        raise InputError(f"There is no sentiment “{unknown[0]}” of a topic.")
    if correction.sentiment not in (None, *range(1, len(SENTIMENT_LEVELS) + 1)):
        raise InputError(f"There is no level {correction.sentiment}. Levels are 1 to 5.")
