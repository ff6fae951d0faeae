"""A query written out: for a machine to read again, and for a person."""

from collections.abc import Sequence

from yousaid.store.search.query import And, Near, Node, Not, Or, Phrase, Prefix, Query, Word
from yousaid.store.search.scan import DEFAULT_DISTANCE


def format_query(query: Query) -> str:
    """The query as it can be typed: `parse` reads the same tree from it."""
    if query.tree is None:
        return "" if query.is_blank else '""'
    return _format(query.tree)


def _format(node: Node) -> str:
    match node:
        case Word(word):
            return word
        case Phrase(words):
            return f'"{" ".join(words)}"'
        case Prefix(words):
            return f"{words[0]}*" if len(words) == 1 else f'"{" ".join(words)}"*'
        case Near(parts, distances):
            written = _format_within(parts[0])
            for part, distance in zip(parts[1:], distances, strict=True):
                reach = "" if distance == DEFAULT_DISTANCE else f"/{distance}"
                written += f" NEAR{reach} {_format_within(part)}"
            return written
        case And(parts):
            return " ".join(f"({_format(p)})" if isinstance(p, Or) else _format(p) for p in parts)
        case Or(parts):
            return " OR ".join(map(_format, parts))
        case Not(part):
            return f"NOT {_format_within(part)}"


def _format_within(node: Node) -> str:
    return f"({_format(node)})" if isinstance(node, (And, Or)) else _format(node)


def describe(query: Query) -> str:
    """The query in words that follow “comments”: “with “waiting” or “queue”, but not “parking””.

    What was left out stands behind it in brackets. Empty where nothing was typed.
    """
    notes = f" ({'; '.join(query.notes)})" if query.notes else ""
    if query.tree is None:
        return "" if query.is_blank else f"with nothing that can be searched for{notes}"
    return _describe(query.tree) + notes


def _describe(tree: Node) -> str:
    wanted = [p for p in _get_all(tree) if not isinstance(p, Not)]
    unwanted = [p.part for p in _get_all(tree) if isinstance(p, Not)]
    # “without a or b” is without either, and so is “but not a or b”.
    without = _join([choice for part in unwanted for choice in _get_choices(part)], "or")
    if not wanted:
        return f"without {without}"
    having = _say(wanted[0], is_alone=True) if len(wanted) == 1 else _join(wanted, "and")
    return f"with {having}, but not {without}" if unwanted else f"with {having}"


def _get_all(node: Node) -> Sequence[Node]:
    return node.parts if isinstance(node, And) else (node,)


def _get_choices(node: Node) -> Sequence[Node]:
    return node.parts if isinstance(node, Or) else (node,)


def _join(parts: Sequence[Node], word: str) -> str:
    said = [_say(part) for part in parts]
    return f" {word} ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _say(node: Node, *, is_alone: bool = False) -> str:
    match node:
        case Word(word, shown):
            return f"“{shown or word}”"
        case Phrase(words, shown):
            return f"exactly “{shown or ' '.join(words)}”"
        case Prefix(words, shown):
            return f"words beginning “{shown or ' '.join(words)}”"
        case Near(parts, distances):
            said = _say(parts[0])
            for part, distance in zip(parts[1:], distances, strict=True):
                said += f" within {distance} words of {_say(part)}"
            return said
        case And(parts):
            said = _join(parts, "and")
        case Or(parts):
            said = _join(parts, "or")
        case Not(part):
            return f"not {_say(part)}"
    return said if is_alone else f"({said})"
