"""Pages that the browser, or this process, has already are not made again: the store's version is
the ETag."""

import hashlib
from collections.abc import Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from yousaid import __version__
from yousaid.store.snapshot import Snapshot, open_snapshot
from yousaid.store.state import make_version
from yousaid.web.site import get_site

View = Callable[[Request], Response]
SnapshotView = Callable[[Request, Snapshot], Response]


def versioned(view: SnapshotView) -> View:
    """The view over one version of the store, whatever is written meanwhile; it answers 304 where
    the browser has the page of that version already."""

    @wraps(view)
    def answer(request: Request) -> Response:
        with open_snapshot(get_site(request).store) as snapshot:
            etag = make_etag(request, snapshot)
            headers = {
                "ETag": etag,
                "Cache-Control": "private, no-cache",
                "Vary": "Accept-Encoding",
            }
            known = request.headers.get("if-none-match", "")
            if etag in (tag.strip() for tag in known.split(",")):
                return Response(status_code=304, headers=headers)
            pages, version = get_site(request).pages, make_version(snapshot.store, snapshot.state)
            if (body := pages.find(version, etag)) is not None:
                return HTMLResponse(body, headers=headers)
            with get_site(request).turns:
                response = view(request, snapshot)
        if isinstance(response, HTMLResponse) and response.status_code == 200:
            pages.keep(version, etag, bytes(response.body))
        response.headers.update(headers)
        return response

    return answer


def make_etag(request: Request, snapshot: Snapshot) -> str:
    """What changes whenever the answer to this request could: never a clock."""
    site = get_site(request)
    parts = (
        make_version(snapshot.store, snapshot.state),
        __version__,
        site.assets,
        repr(site.model_cards),
        site.notice,
        repr(site.can_change),
        # In order: a set has another in every process.
        repr(None if site.scope.units is None else sorted(site.scope.units)),
        request.scope.get("root_path", ""),
        request.url.path,
        request.url.query,
    )
    # Weak, since compression changes the bytes and not the meaning.
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'
