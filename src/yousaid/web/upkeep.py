"""Upkeep while the dashboard serves: small files are joined when there are many, and files that
nobody came back to are deleted."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

from yousaid.errors import YousaidError
from yousaid.jobs import discard_old_jobs
from yousaid.store.layout import Store
from yousaid.store.upkeep import keep_up, needs_upkeep

# A look costs a millisecond, and it takes a day's uploads to make work.
SECONDS_BETWEEN_LOOKS = 600.0

_log = logging.getLogger(__name__)


@contextmanager
def upkeep(store: Store, seconds: float = SECONDS_BETWEEN_LOOKS) -> Iterator[None]:
    """See to the store now and then, within the block, from a thread of its own. Several servers
    of one store take turns."""
    is_over = Event()
    worker = Thread(target=_look_until, args=(is_over, store, seconds), daemon=True)
    worker.start()
    try:
        yield
    finally:
        is_over.set()
        worker.join()


def _look_until(is_over: Event, store: Store, seconds: float) -> None:
    while not is_over.wait(seconds):
        try:
            now = datetime.now(UTC)
            discard_old_jobs(store, now=now)
            if needs_upkeep(store):
                keep_up(store, now=now)
        except YousaidError as error:
            # Nothing is lost by waiting; what is wrong is said where somebody asks for a page.
            _log.warning("upkeep was put off: %s", error)
        except Exception as error:  # a mistake of ours must not end upkeep for good
            # What it says might quote a comment.
            _log.error("upkeep failed (%s)", type(error).__name__)
