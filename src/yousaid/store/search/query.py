"""What a search asks for, as a tree.

Words are folded (`words.split_words`). A tree is in one form only: no `And` directly within an
`And`, no `Or` within an `Or`, no part twice, no `Not` of a `Not`; the `make_` functions see to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms. `shown` is how it was typed."""

    word: str
    shown: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words exactly, one after another."""

    words: tuple[str, ...]
    shown: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Prefix:
    """These words, one after another, the last of them being only a beginning."""

    words: tuple[str, ...]
    shown: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Each part and the next in either order with at most so many words between them.

    An `Or` among the parts holds terms only. There is one distance fewer than there are parts.
    """

    parts: tuple["Term | Or", ...]
    distances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Term: TypeAlias = Word | Phrase | Prefix
TERMS = (Word, Phrase, Prefix)
Node: TypeAlias = Term | Near | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for. Without a tree it holds nothing that can be searched for, and finds
    nothing; `is_blank` says that this is so because nothing was typed at all.

    `notes` are short sentences on what was read otherwise than it was typed.
    """

    tree: Node | None
    notes: tuple[str, ...] = ()
    is_blank: bool = False


def make_and(parts: Iterable[Node]) -> Node | None:
    """All of the parts; None where there are none."""
    flat: dict[Node, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, And) else (part,)))
    return And(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def make_or(parts: Iterable[Node]) -> Node | None:
    """Any of the parts; None where there are none."""
    flat: dict[Node, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Or) else (part,)))
    return Or(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def make_not(part: Node) -> Node:
    """Whatever the part is not."""
    return part.part if isinstance(part, Not) else Not(part)


def find_terms(node: Node | None) -> Iterator[Term]:
    """The terms that a text is wanted to have, in the order of the query: none of a `Not`."""
    if isinstance(node, TERMS):
        yield node
    elif isinstance(node, (Near, And, Or)):
        for part in node.parts:
            yield from find_terms(part)
