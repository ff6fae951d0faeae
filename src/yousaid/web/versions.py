"""Pages that the browser has already are not made again: the store's version is the ETag."""

import hashlib
from collections.abc import Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from yousaid import __version__
from yousaid.store.layout import store_version
from yousaid.web.site import get_site

View = Callable[[Request], Response]


def versioned(view: View) -> View:
    """The view, answering 304 where the browser has this version of the store's page already."""

    @wraps(view)
    def answer(request: Request) -> Response:
        etag = make_etag(request)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
        known = request.headers.get("if-none-match", "")
        if etag in (tag.strip() for tag in known.split(",")):
            return Response(status_code=304, headers=headers)
        response = view(request)
        response.headers.update(headers)
        return response

    return answer


def make_etag(request: Request) -> str:
    """What changes whenever the answer to this request could: never a clock."""
    site = get_site(request)
    parts = (
        store_version(site.store),
        __version__,
        site.assets,
        repr(site.model_cards),
        request.scope.get("root_path", ""),
        request.url.path,
        request.url.query,
    )
    # Weak, since compression changes the bytes and not the meaning.
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'
