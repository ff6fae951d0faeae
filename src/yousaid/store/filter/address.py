"""How the values of a filter are written in an address, and read there."""

from datetime import date
from urllib.parse import unquote

from yousaid.errors import FilterError
from yousaid.records import SCORES
from yousaid.store.places import read_place, write_place


def write_name(name: str) -> str:
    """A name as it is, unless it is empty or holds a “%”."""
    # A name that is empty is a lone “%”, since an empty value is a box left blank in a form.
    return name.replace("%", "%25") or "%"


def read_name(written: str) -> str:
    return "" if written == "%" else unquote(written)


def write_demographic(pair: tuple[str, str]) -> str:
    """A name and a value, with “/” between."""
    return write_place(pair)


def read_demographic(written: str) -> tuple[str, str]:
    pair = read_place(written)
    if len(pair) != 2:
        raise FilterError(
            f"“{written}” is no demographic. Write a name and a value, as in age/65+."
        )
    return pair[0], pair[1]


def read_date(written: str) -> date:
    """The day of a date as ISO 8601 has it with hyphens, and in no other of its forms."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    if day is None or day.isoformat() != written:
        raise FilterError(f"“{written}” is not a date. Write it as 2026-01-31.")
    return day


def read_score(written: str) -> int:
    if written in (codes := [str(code) for code in range(1, len(SCORES) + 1)]):
        return int(written)
    raise FilterError(f"“{written}” is not a score. Choose from: {', '.join(codes)}.")


def read_yes_no(written: str) -> bool:
    if written in ("yes", "no"):
        return written == "yes"
    raise FilterError(f"“{written}” is neither “yes” nor “no”.")


def write_yes_no(value: bool) -> str:
    return "yes" if value else "no"
