"""Pages that were made last, for the next who asks for the same."""

from collections import OrderedDict
from threading import Lock

# Some forty overviews.
MOST_BYTES = 16_000_000


class KeptPages:
    """Pages of one version of the store, those that were asked for last.

    Most people begin at the same page, which is the one that takes longest to make. With a newer
    version all others go, so that nothing which was deleted stays in memory.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._version = ""
        self._pages: OrderedDict[str, bytes] = OrderedDict()

    def find(self, version: str, etag: str) -> bytes | None:
        """The page of this ETag, None where it has to be made."""
        with self._lock:
            self._turn_to(version)
            if etag in self._pages:
                self._pages.move_to_end(etag)
            return self._pages.get(etag)

    def keep(self, version: str, etag: str, page: bytes) -> None:
        """Keep a page, unless the store has moved on since it was begun."""
        with self._lock:
            if version != self._version:
                return
            self._pages[etag] = page
            while sum(map(len, self._pages.values())) > self._most_bytes:
                self._pages.popitem(last=False)

    def _turn_to(self, version: str) -> None:
        if version != self._version:
            self._version = version
            self._pages.clear()
