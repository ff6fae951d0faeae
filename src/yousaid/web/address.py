"""What an address asks for. Anything that it should not hold raises FilterError."""

from collections.abc import Sequence

from starlette.requests import Request

from yousaid.errors import FilterError
from yousaid.store.answers import Order
from yousaid.store.filter import EVERYTHING, Filter, from_query
from yousaid.web.links import get_default_order
from yousaid.web.presenters.comments import ORDER_NAMES


def read_filter(request: Request, *own: str) -> tuple[Filter, dict[str, str]]:
    """The filter that the address asks for, and the values of the page's own keys (maybe empty).

    Raises FilterError on anything that is neither.
    """
    pairs = request.query_params.multi_items()
    chosen = from_query((key, value) for key, value in pairs if key not in own)
    return chosen, {key: request.query_params.get(key, "") for key in own}


def read_keys(request: Request, *own: str) -> dict[str, str]:
    """The values of the keys of a page without a filter (maybe empty). Raises FilterError on any
    other key."""
    chosen, values = read_filter(request, *own)
    if chosen != EVERYTHING:
        raise FilterError("This page is not of a choice of comments. Leave the choice out.")
    return values


def check_choice(what: str, value: str, known: Sequence[str]) -> None:
    """Raise FilterError where the value is not one of those known."""
    if value not in known:
        raise FilterError(
            f"There is no {what} “{value}”. Choose from: {', '.join(k for k in known if k)}."
        )


def read_order(written: str, chosen: Filter) -> Order:
    """The order of this name, the filter's own where there is no name. Raises FilterError."""
    if not written:
        return get_default_order(chosen)
    for order in ORDER_NAMES:
        if order == written:
            return order
    raise FilterError(f"There is no order “{written}”. Choose from: {', '.join(ORDER_NAMES)}.")


def read_page(written: str) -> int:
    """The number of a page, 1 where there is none. Raises FilterError."""
    if not written:
        return 1
    # Nine digits, since a longer number is a mistake and would not fit the store's.
    if written.isascii() and written.isdecimal() and len(written) < 10 and int(written):
        return int(written)
    raise FilterError(f"“{written[:40]}” is not the number of a page.")
