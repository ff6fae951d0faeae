"""What stands behind the numbers of `facts`: places, people's traits, questions and the like.

A name gets its number once and keeps it, so facts never need to be numbered anew.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from yousaid.errors import StoreError
from yousaid.store.app import NAME, UPLOAD
from yousaid.store.places import read_unit_path

NameKind = Literal["place", "person", "question", "source", "model", "language", "topic"]

# A row of `name`.
NewName = dict[str, Any]

# A topic is a bit of a signed number of 64 bits.
MOST_TOPICS = 63


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One file that was brought in."""

    number: int
    file_name: str
    added_at: datetime
    framework_version: str


@dataclass(frozen=True, slots=True)
class Names:
    """Each kind of number with what it stands for. `persons` are traits by name, `topics` ids by
    code, `languages` None where there was too little to tell."""

    places: Mapping[int, tuple[str, ...]]
    persons: Mapping[int, Mapping[str, str]]
    questions: Mapping[int, str]
    sources: Mapping[int, str]
    models: Mapping[int, str]
    languages: Mapping[int, str | None]
    topics: Mapping[int, str]
    uploads: Mapping[int, UploadRow]


def read_names(app: Connection) -> Names:
    """All names, as the app database has them now."""
    by_kind: dict[str, dict[int, str]] = {}
    for kind, number, value in app.execute(select(NAME.c.kind, NAME.c.id, NAME.c.value)):
        by_kind.setdefault(kind, {})[number] = value

    def read(kind: NameKind, meaning: Callable[[str], Any] = str) -> dict[int, Any]:
        return {number: meaning(value) for number, value in by_kind.get(kind, {}).items()}

    uploads = {
        row.number: UploadRow(
            row.number, row.file_name, datetime.fromisoformat(row.added_at), row.framework_version
        )
        for row in app.execute(select(UPLOAD).order_by(UPLOAD.c.number))
    }
    return Names(
        places=read("place", read_unit_path),
        persons=read("person", json.loads),
        questions=read("question"),
        sources=read("source"),
        models=read("model"),
        languages=read("language", lambda code: code or None),
        topics=read("topic"),
        uploads=uploads,
    )


def number_names(
    app: Connection, kind: NameKind, values: Iterable[str]
) -> tuple[dict[str, int], list[NewName]]:
    """The numbers of all names of a kind, the values' among them, and those that are new: they have
    the next numbers, and are kept by `add_names` when what they are for counts."""
    known = {
        value: number
        for number, value in app.execute(select(NAME.c.id, NAME.c.value).where(NAME.c.kind == kind))
    }
    following = 1 + max(known.values(), default=-1)
    new = [value for value in dict.fromkeys(values) if value not in known]
    if kind == "topic" and following + len(new) > MOST_TOPICS:
        raise StoreError(
            f"A store holds {MOST_TOPICS} topics at most, over all frameworks that it was read "
            "with. Load the file into a new store."
        )
    added = {value: number for number, value in enumerate(new, start=following)}
    rows: list[NewName] = [
        {"kind": kind, "id": number, "value": value} for value, number in added.items()
    ]
    return known | added, rows


def add_names(app: Connection, names: Sequence[NewName]) -> None:
    """Keep new names, in the transaction of what they are for."""
    if names:
        app.execute(insert(NAME), list(names))
