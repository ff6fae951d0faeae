"""The topics that comments are read for: one table, `qdc.toml`, and its loader.

`v6.toml` says where the labels of an older version of the national framework go.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from yousaid.errors import FilterError

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


def reduce_to_v7(topic_ids: Iterable[str]) -> tuple[str, ...]:
    """Those of the topics that version 7 of the national framework has, in the order given.

    Empty where it has none of them: version 7 calls such a comment “Not assigned”.
    """
    by_id = get_framework().by_id
    return tuple(topic_id for topic_id in topic_ids if by_id[topic_id].in_v7)


def find_topic(text: str) -> Topic:
    """The topic with this id or exact name; capitals and spaces around it do not matter.

    Raises FilterError, naming the topics that are spelt most like it, where there is none.
    """
    topics = get_framework().topics
    by_word = {word.casefold(): topic for topic in topics for word in (topic.id, topic.name)}
    wanted = text.strip().casefold()
    if wanted in by_word:
        return by_word[wanted]
    near = get_close_matches(wanted, by_word, n=3, cutoff=0.5)
    # A dictionary, since the id and the name of one topic can both be near.
    found = dict.fromkeys(by_word[word] for word in near)
    offers = "; ".join(f"{topic.id} ({topic.name})" for topic in found)
    advice = (
        f"Did you mean {offers}?"
        if offers
        else f"The ids are {', '.join(get_framework().topic_ids)}."
    )
    raise FilterError(f"No topic has the id or name “{text.strip()}”. {advice}")


def get_v6_columns() -> dict[str, str | None]:
    """Each label column of the public version 6 file, by its name there, and our topic id.

    Several columns can lead to one topic; None where a column has no place among our topics.
    """
    table = _read_table("v6.toml")
    return {**table["columns"], **dict.fromkeys(table["dropped"])}


def _read_table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(name).read_text("utf-8"))
