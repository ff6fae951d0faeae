"""What a part that was read says of itself, within the file: so a part is done, or it is not.

There is no list beside the parts that could differ from them: what a part was made of and how
stands in its own Parquet metadata, and comes into place with it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from yousaid.duck import connect_duckdb, escape_glob
from yousaid.errors import OutputError
from yousaid.model.batches import count_cores
from yousaid.model.points import DEFAULT_MODEL, DEFAULT_POINT
from yousaid.parts.folders import Part
from yousaid.records import QuestionKind

# The name in the Parquet metadata.
KEY = "yousaid"
# Goes up when a part would be read to other columns or values by the same model.
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read the comments of a folder. `text` and `question` name columns, or the kind of
    question for all; where nobody says, they are guessed from the first part."""

    text: str | None = None
    question: str | None = None
    model: str = DEFAULT_MODEL
    operating_point: str = DEFAULT_POINT
    with_probabilities: bool = False
    with_mentions: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How every part is read: the columns that were chosen, the model, and what is added."""

    text: str
    question_column: str | None
    kind: QuestionKind
    model: str
    operating_point: str
    model_label: str
    with_probabilities: bool
    with_mentions: bool

    def make_record(self, source: Path) -> str:
        """What the part that is made of this file says of itself."""
        asked = asdict(self)
        # A model is known by its label, which holds the digest of one that is not shipped.
        del asked["model"], asked["operating_point"]
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return json.dumps({"format": _FORMAT, "source_sha256": digest, **asked})


def find_undone(parts: Sequence[Part], plan: Plan) -> list[Part]:
    """The parts that are not there yet, or were made of another file, by another model or with
    other options. Raises OutputError where something else is in the place of one."""
    with connect_duckdb() as duck:
        found = {part: _read_record(duck, part) for part in parts if part.target.exists()}
    with ThreadPoolExecutor(count_cores()) as pool:
        wanted = dict(zip(found, pool.map(lambda p: _make_record(p, plan), found), strict=True))
    return [part for part in parts if part not in found or found[part] != wanted[part]]


def _make_record(part: Part, plan: Plan) -> Mapping[str, Any] | None:
    try:
        return _parse(plan.make_record(part.source))
    except OSError:
        return None  # said when the part is read


def _read_record(duck: duckdb.DuckDBPyConnection, part: Part) -> Mapping[str, Any]:
    try:
        rows = duck.execute(
            "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = ?",
            [escape_glob(part.target.absolute()), KEY],
        ).fetchall()
        return _parse(rows[0][0])
    except (duckdb.Error, IndexError, ValueError) as error:
        raise OutputError(
            f"{part.target} is there and was not made from a part of a folder by yousaid. "
            "Move it away, or choose another folder."
        ) from error


def _parse(record: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(record)
    return found
