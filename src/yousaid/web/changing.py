"""Pages that change something: only by a form of our own, and only where this is allowed.

There is no sign-in, so there is no cookie that another site could make use of; but a browser that
reaches this dashboard could be made to send it a form by any page that is open in it. Browsers say
where a form comes from.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from yousaid.jobs.folder import MOST_BYTES
from yousaid.web.site import get_site

FormView = Callable[[Request, FormData], Response]
AsyncView = Callable[[Request], Awaitable[Response]]

# Three for each column of the widest file whose columns can be looked through, and some.
_MOST_FIELDS = 2000
# What a form has around its file.
_ROOM = 1_000_000


def changing(view: FormView) -> AsyncView:
    """The view of a form that was sent; it is called in a thread, as it may take a while.

    Answers 403 to forms of other sites and where nothing may be changed, 411 and 413 to what is
    of unknown size or too large.
    """

    async def answer(request: Request) -> Response:
        check_may_change(request)
        _check_size(request)
        async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
            return await run_in_threadpool(view, request, form)

    return answer


def check_may_change(request: Request) -> None:
    """Raise a 403 unless a form of our own page asks, and may."""
    if not get_site(request).can_change or not _is_ours(request):
        raise HTTPException(403)


def _is_ours(request: Request) -> bool:
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    # Browsers before 2023 say only which site.
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")


def _check_size(request: Request) -> None:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411)
    if int(length) > MOST_BYTES + _ROOM:
        raise HTTPException(413)
