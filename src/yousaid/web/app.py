"""The dashboard as an application: built by a function, so that nothing is read at import.

Every page is a GET; the address is the state. Files are brought in and taken back by forms. Pages
fetch nothing from outside and run no script, and the headers hold the browser to that.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from yousaid.errors import FilterError, YousaidError
from yousaid.records import EVERYWHERE, Scope
from yousaid.store.layout import Store
from yousaid.web.data import CHANGES
from yousaid.web.routes import ROUTES
from yousaid.web.saved import SAVED_CHANGES
from yousaid.web.site import Site, get_links, get_site, make_templates
from yousaid.web.upkeep import upkeep

STATIC_FOLDER = Path(str(files("yousaid.web"))) / "static"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'none'; "
        "script-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

# One place maps what can go wrong to what the browser is told.
TITLES = {
    400: "That address asks for something that is not there",
    403: "That may not be done here",
    404: "Page not found",
    405: "That cannot be done here",
    411: "That could not be sent",
    413: "That file is too large",
    500: "Something went wrong",
    503: "The comments cannot be read just now",
}
MESSAGES = {
    400: "The address of the page is not one that this dashboard understands.",
    403: "This dashboard changes nothing, or the form that asked for it is not one of its own.",
    404: "There is no page at this address. If you typed it, check it.",
    405: "Pages here can be read, not changed.",
    411: "The browser did not say how large it is. Use another browser.",
    413: "Bring it in on the machine where yousaid runs, with: yousaid load",
    500: "This is our mistake. The log on the machine where yousaid runs says more.",
}


def make_app(
    store: Store,
    *,
    scope: Scope = EVERYWHERE,
    today: date | None = None,
    allowed_hosts: Sequence[str] = ("127.0.0.1", "localhost"),
    model_cards: Mapping[str, Mapping[str, Any]] | None = None,
    notice: str = "",
    can_change: bool = False,
    sample: Path | None = None,
) -> Starlette:
    """The dashboard over a store, of the places in `scope`.

    `allowed_hosts` are the names under which browsers reach it (“*” for any). `model_cards` are
    models' own accounts of themselves, by label: see `presenters.about.make_about`. `notice` is
    said at the head of every page. Where `can_change` whoever reaches the dashboard can bring files
    in and take them back; `sample` is one to begin with.
    """
    assets = _digest_static()
    app = Starlette(
        routes=[
            *(Route(path, view, methods=["GET"]) for path, view in ROUTES),
            *(Route(path, view, methods=["POST"]) for path, view in (*CHANGES, *SAVED_CHANGES)),
            Mount(f"/static/{assets}", StaticFiles(directory=STATIC_FOLDER)),
        ],
        middleware=[
            Middleware(_AddHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts)),
            # The last 4 % of the bytes would take more time than the rest.
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
        exception_handlers={
            HTTPException: _show_http_error,
            YousaidError: _show_error,
            500: _show_mistake,
        },
        lifespan=_live,
    )
    app.state.site = Site(
        store,
        scope,
        today,
        model_cards or {},
        make_templates(),
        assets,
        notice,
        # Files hold comments of all places.
        can_change=can_change and scope == EVERYWHERE,
        sample=sample,
    )
    return app


@asynccontextmanager
async def _live(app: Starlette) -> AsyncIterator[None]:
    with upkeep(app.state.site.store):
        yield


def _digest_static() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC_FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class _AddHeaders:
    """Every answer carries the security headers; static files may be kept for ever."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                is_static = "/static/" in scope["path"] and message["status"] in (200, 206, 304)
                if is_static:
                    # The address holds a digest of the files.
                    headers["Cache-Control"] = "public, max-age=31536000, immutable"
                else:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _show_error(request: Request, error: Exception) -> Response:
    return _show_message(request, 400 if isinstance(error, FilterError) else 503, str(error))


def _show_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _show_message(request, error.status_code, "")
    response.headers.update(error.headers or {})
    return response


def _show_mistake(request: Request, _: Exception) -> Response:
    # Sent from outside all middleware, so the headers are added here.
    response = _show_message(request, 500, "")
    response.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return response


def _show_message(request: Request, status: int, message: str) -> Response:
    html = get_site(request).render(
        "message.jinja",
        get_links(request),
        title=TITLES.get(status, TITLES[400]),
        message=message or MESSAGES.get(status, MESSAGES[400]),
    )
    return HTMLResponse(html, status_code=status)
