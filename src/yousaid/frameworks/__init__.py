"""The topics that comments are read for: one table, `qdc.toml`, and its loader.

`v6.toml` says where the labels of an older version of the national framework go.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

# Not a subject that people write about: the mark of an answer with nothing in it to read.
NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject of the framework, in words a ward manager can check a comment against.

    `id` is the short name used in files and addresses; `name` is the framework's exact wording and
    is what exports show. `in_v7` is false for the four topics that version 7 of the national
    framework dropped and that people still look for. `examples` are three invented comments: a
    positive, a negative and another, in this order. `not_this` says what belongs elsewhere, with
    the exact names of other topics in “ ”.
    """

    id: str
    name: str
    category: str
    meaning: str
    examples: tuple[str, ...]
    not_this: str
    in_v7: bool


@dataclass(frozen=True)
class Framework:
    """A named, versioned list of topics in categories, in the order in which pages show them."""

    name: str
    version: str
    topics: tuple[Topic, ...]

    @cached_property
    def topic_ids(self) -> tuple[str, ...]:
        return tuple(topic.id for topic in self.topics)

    @cached_property
    def by_id(self) -> dict[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def categories(self) -> dict[str, tuple[Topic, ...]]:
        """The topics of each category, both in framework order."""
        found: dict[str, list[Topic]] = {}
        for topic in self.topics:
            found.setdefault(topic.category, []).append(topic)
        return {category: tuple(topics) for category, topics in found.items()}


@cache
def get_framework() -> Framework:
    """The framework that is shipped: NHS Qualitative Data Categorisation v7 and four topics."""
    table = _read_table("qdc.toml")
    topics = tuple(
        Topic(**{**topic, "examples": tuple(topic["examples"])}) for topic in table["topics"]
    )
    return Framework(table["name"], table["version"], topics)


def get_v6_columns() -> dict[str, str | None]:
    """Each label column of the public version 6 file, by its name there, and our topic id.

    Several columns can lead to one topic; None where a column has no place among our topics.
    """
    table = _read_table("v6.toml")
    return {**table["columns"], **dict.fromkeys(table["dropped"])}


def _read_table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(name).read_text("utf-8"))
