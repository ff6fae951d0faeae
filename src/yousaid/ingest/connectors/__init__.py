"""Files of other services that carry comments: one module for each, found by being here.

A module has `NAME`, what people call the service, and `connect`, which looks at a JSON document and
says what comments are in it, or None where the document is not of its service. To add a service,
add a file.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast


@dataclass(frozen=True, slots=True)
class Piece:
    """One person's comment as a service has it. `date` is as the service writes it, `places` run
    from widest to narrowest; what it does not say is empty."""

    piece_id: str
    date: str
    places: tuple[str, ...]
    text: str


class Connector(Protocol):
    """What a module of this package is."""

    NAME: str
    connect: Callable[[object], list[Piece] | None]


@cache
def list_connectors() -> tuple[Connector, ...]:
    """Every connector that there is, by the name of its file."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast(Connector, importlib.import_module(f"{__name__}.{name}")) for name in names)


def join_title(title: object, body: object) -> str:
    """A comment with its title, which often says what the rest does not."""
    parts = [part.strip() for part in (title, body) if isinstance(part, str) and part.strip()]
    return "\n\n".join(parts[-1:] if len(parts) == 2 and parts[0] in parts[1] else parts)


def get_text(fields: object, *names: str) -> str:
    """The first of these fields that is said, as text; empty where none is."""
    found = (fields.get(name) for name in names) if isinstance(fields, dict) else ()
    return next((str(value) for value in found if isinstance(value, str | int) and value), "")
