"""What every view needs, made once when the application is."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader
from starlette.requests import Request

from yousaid import __version__
from yousaid.records import Scope
from yousaid.store.filter import Filter
from yousaid.store.layout import Store
from yousaid.store.snapshot import Snapshot
from yousaid.store.state import make_version
from yousaid.web.kept_answers import AnswerT, KeptAnswers
from yousaid.web.kept_pages import KeptPages
from yousaid.web.links import Links


@dataclass(frozen=True)
class Site:
    """Where the comments are, who may see which, and how pages are made.

    `today` is None for the real date, which only names downloaded files. `model_cards` are by the
    label of the model (`Model.label`). `assets` is the digest of the static files. `notice` stands
    at the head of every page; "" for none. Where `can_change` files can be brought in and
    taken back; `sample` is a file to try it with, None for none.
    """

    store: Store
    scope: Scope
    today: date | None
    model_cards: Mapping[str, Mapping[str, Any]]
    templates: Environment
    assets: str
    notice: str = ""
    can_change: bool = False
    sample: Path | None = None
    pages: KeptPages = field(default_factory=KeptPages)
    answers: KeptAnswers = field(default_factory=KeptAnswers)
    # Whose turn it is to make a page: more at once than there are processors would take longer
    # each, and need more memory. Two at least, so that a slow one holds nobody up alone.
    turns: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(max(2, os.cpu_count() or 1))
    )

    def recall(
        self,
        question: Callable[[Scope, Snapshot, Filter], AnswerT],
        snapshot: Snapshot,
        chosen: Filter,
    ) -> AnswerT:
        """The answer of this version to a question that several pages ask."""
        version = make_version(snapshot.store, snapshot.state)
        return self.answers.recall(
            version, (question, chosen), lambda: question(self.scope, snapshot, chosen)
        )

    def render(self, name: str, links: Links, **values: Any) -> str:
        """A page's HTML; everything in it is escaped unless a template says otherwise."""
        template = self.templates.get_template(name)
        return template.render(
            links=links,
            version=__version__,
            notice=self.notice,
            can_change=self.can_change,
            **values,
        )


def make_templates() -> Environment:
    """Our templates and the design system's, with escaping on."""
    return Environment(
        loader=ChoiceLoader([PackageLoader("yousaid.web"), PackageLoader("nhsuk_frontend_jinja")]),
        autoescape=True,
        # Templates come with the package: a page of a hundred macros need not ask the disk for each
        # whether it has changed.
        auto_reload=False,
        # The design system's macros look into options that were not given.
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def get_site(request: Request) -> Site:
    """The site that the application was made for."""
    site: Site = request.app.state.site
    return site


def get_links(request: Request) -> Links:
    """The addresses as this visitor must ask for them, behind a proxy's prefix or not."""
    # Inside a mount the root is the mount; where the whole application lies is kept beside it.
    root = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    query = request.url.query
    here = request.scope["path"].removeprefix(root) + (f"?{query}" if query else "")
    return Links(root.rstrip("/"), get_site(request).assets, here)
