"""What people enter about single comments: corrections."""

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
    exist, and StoreError where another program writes for long.
    """
    if correction is not None:
        _check(correction)
    with open_snapshot(store) as snapshot:
        if get_comment(scope, snapshot, comment_id) is None:
            raise InputError("There is no such comment among those that you may see.")
    with lock_writers(store):
        before = get_state(store)
        with begin(store.database) as app:
            last = app.execute(select(func.max(CORRECTION.c.number))).scalar_one() or 0
            entry = {
                "number": last + 1,
                "comment_id": comment_id,
                "made_at": now.astimezone(UTC).isoformat(),
                "made_by": made_by,
                "values": write_correction(correction),
            }
            app.execute(insert(CORRECTION), entry)
            commit(app, before, "correction", now)


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
