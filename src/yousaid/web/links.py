"""The address of every page, in one place. The address is the state: a filter and little else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from yousaid.store.answers import Order
from yousaid.store.filter import EVERYTHING, Filter, to_query


def get_default_order(chosen: Filter) -> Order:
    """The order of comments where none is asked for: words have their best match first."""
    return "best_match" if chosen.words else "newest"


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses under `root`, the prefix that a proxy serves us at (empty for none).

    `assets` is the digest of the static files: their addresses change when they do, so browsers
    may keep them for ever.
    """

    root: str
    assets: str
    # The page that is being made, under the root.
    here: str = ""

    def overview(self, chosen: Filter = EVERYTHING, sort: str = "") -> str:
        return self._make("/", chosen, [("sort", sort)])

    def topics(self, chosen: Filter = EVERYTHING) -> str:
        return self._make("/topics", chosen, [])

    def topic(self, topic_id: str, chosen: Filter = EVERYTHING) -> str:
        """A topic's own page; the filter's own topics do not narrow it."""
        return self._make(f"/topics/{quote(topic_id, safe='')}", replace(chosen, topics=()), [])

    def trends(
        self, chosen: Filter = EVERYTHING, measure: str = "", step: str = "", split: str = ""
    ) -> str:
        extras = [("measure", measure), ("step", step), ("split", split)]
        return self._make("/trends", chosen, extras)

    def compare(
        self, chosen: Filter = EVERYTHING, measure: str = "", way: str = "", trait: str = ""
    ) -> str:
        extras = [("measure", measure), ("of", way), ("trait", trait)]
        return self._make("/compare", chosen, extras)

    def comments(
        self, chosen: Filter = EVERYTHING, order: Order | None = None, page: int = 1
    ) -> str:
        # Without words there is no best match: whoever takes them away has the newest first.
        is_default = order in (None, get_default_order(chosen), "best_match")
        extras = [
            ("order", "" if is_default else str(order)),
            ("page", "" if page == 1 else str(page)),
        ]
        return self._make("/comments", chosen, extras)

    def comment(self, comment_id: str, *, with_similar: bool = False) -> str:
        rest = "?similar=yes#similar" if with_similar else ""
        return f"{self.root}/comments/{quote(comment_id, safe='')}{rest}"

    def saved(self, view: str = "") -> str:
        """The saved views; with the address of one, the page on which it is saved."""
        return f"{self.root}/saved{'?' + urlencode({'view': view}) if view else ''}"

    def events(self) -> str:
        """Where what happened is noted."""
        return f"{self.root}/events"

    def data(self) -> str:
        return f"{self.root}/data"

    def job(self, job_id: str, *, is_still: bool = False) -> str:
        """A file on its way; the page looks again by itself unless it is to keep still."""
        rest = "?still=yes" if is_still else ""
        return f"{self.root}/data/jobs/{quote(job_id, safe='')}{rest}"

    def undo(self, upload_id: str) -> str:
        """Where an upload is taken back."""
        return f"{self.root}/data/undo/{quote(upload_id, safe='')}"

    def about(self, part: str = "") -> str:
        return f"{self.root}/about{'#' + part if part else ''}"

    def file(
        self, name: str, chosen: Filter = EVERYTHING, extras: Iterable[tuple[str, str]] = ()
    ) -> str:
        """A download: “topics.csv”, “charts/trend.svg” …"""
        return self._make(f"/{name}", chosen, extras)

    def static(self, name: str) -> str:
        return f"{self.root}/static/{self.assets}/{name}"

    def _make(self, path: str, chosen: Filter, extras: Iterable[tuple[str, str]]) -> str:
        pairs = [*to_query(chosen), *((key, value) for key, value in extras if value)]
        return f"{self.root}{path}{'?' + urlencode(pairs) if pairs else ''}"
