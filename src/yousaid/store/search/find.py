# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Which answers a query finds.

A query becomes one expression of FTS5, which joins its lists of answers quicker than they can be
brought out of it. FTS5 has no “not” that stands alone, so a tree becomes an expression and whether
all but its answers are meant.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yousaid.store.search.query import (
    TERMS,
    And,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Word,
)
from yousaid.store.search.stems import get_stem

Keys: TypeAlias = NDArray[np.int64]

# Forms of one word: inflections alone hardly make more than a dozen.
MAX_FORMS = 16
# FTS5 takes no choice within NEAR, so every pair of forms is asked for; the most frequent first.
_MAX_PAIRS = 64
# SQLite refuses texts of a gigabyte; a million keys of at most 20 characters are far below.
_KEYS_AT_ONCE = 1_000_000


_ALL_FOUND = "SELECT rowid FROM word_index WHERE word_index MATCH ?"
# FTS5's own list of the answers that it holds: a tenth of the size of `answer`.
_ALL_ANSWERED = "SELECT id AS rowid FROM word_index_docsize WHERE true"
_LAST_KEY = (1 << 63) - 1


class Part(NamedTuple):
    """A connection to the index, and the keys that are looked for through it."""

    connection: sqlite3.Connection
    first_key: int = 0
    last_key: int = _LAST_KEY


def find_keys(connection: sqlite3.Connection, query: Query, parts: Sequence[Part] = ()) -> Keys:
    """The keys of the answers that a query finds, ascending. A query without a tree finds none.

    `parts`, where there are any, share all keys among them in their order and are asked at once:
    SQLite uses one processor for each connection.
    """
    if query.tree is None:
        return np.empty(0, np.int64)
    parts = parts or [Part(connection)]
    expression, is_complement = _compile(connection, query.tree)
    found = _get_keys(parts, _ALL_FOUND, [expression])
    if not is_complement:
        return found
    answered = _get_keys(parts, _ALL_ANSWERED, [])
    return np.setdiff1d(answered, found, assume_unique=True)


def _get_keys(parts: Sequence[Part], sql: str, values: list[object]) -> Keys:
    if len(parts) == 1:
        return _get_keys_of(parts[0], sql, values)
    with ThreadPoolExecutor(len(parts)) as pool:
        return np.concatenate(list(pool.map(lambda part: _get_keys_of(part, sql, values), parts)))


def _get_keys_of(part: Part, sql: str, values: list[object]) -> Keys:
    # One long text is brought over and read by NumPy four times quicker than so many rows.
    found: list[Keys] = []
    first: int | None = part.first_key
    while first is not None:
        written, last, count = part.connection.execute(
            "SELECT group_concat(rowid), max(rowid), count(*) FROM "
            f"({sql} AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT {_KEYS_AT_ONCE})",
            [*values, first, part.last_key],
        ).fetchone()
        found.append(np.fromstring(written or "", np.int64, sep=","))
        first = last + 1 if count == _KEYS_AT_ONCE else None
    return found[0] if len(found) == 1 else np.concatenate(found)


def get_forms(connection: sqlite3.Connection, word: str) -> dict[str, int]:
    """The forms of a word that the index has, and how many answers have each, most first."""
    rows = connection.execute(
        "SELECT word, answer_count FROM word WHERE stem = ? ORDER BY answer_count DESC, word "
        f"LIMIT {MAX_FORMS}",
        [get_stem(word)],
    )
    return dict(rows)


def _compile(connection: sqlite3.Connection, node: Node) -> tuple[str, bool]:
    """An expression of FTS5, and whether the node means all but the answers of it."""
    match node:
        case And(parts):
            return _compile_all([_compile(connection, part) for part in parts])
        case Or(parts):
            # Any of these is all but what has none of them.
            compiled = [_compile(connection, part) for part in parts]
            expression, is_complement = _compile_all([(e, not c) for e, c in compiled])
            return expression, not is_complement
        case Not(part):
            expression, is_complement = _compile(connection, part)
            return expression, not is_complement
        case Near(parts, distances):
            pairs = zip(parts, parts[1:], distances, strict=False)
            return _join([_compile_near(connection, *pair) for pair in pairs], "AND"), False
        case _:
            return _join(_get_options(connection, node), "OR"), False


def _compile_all(compiled: list[tuple[str, bool]]) -> tuple[str, bool]:
    wanted = [expression for expression, is_complement in compiled if not is_complement]
    unwanted = [expression for expression, is_complement in compiled if is_complement]
    if not wanted:
        return _join(unwanted, "OR"), True
    if not unwanted:
        return _join(wanted, "AND"), False
    return f"({_join(wanted, 'AND')} NOT {_join(unwanted, 'OR')})", False


def _join(expressions: list[str], operator: str) -> str:
    joined = f" {operator} ".join(expressions)
    return f"({joined})" if len(expressions) > 1 else joined


def _compile_near(
    connection: sqlite3.Connection, one: Term | Or, other: Term | Or, distance: int
) -> str:
    pairs = product(_get_choices(connection, one), _get_choices(connection, other))
    ranked = sorted(pairs, key=lambda pair: pair[0][0] + pair[1][0])[:_MAX_PAIRS]
    return _join([f"NEAR({one} {other}, {distance})" for (_, one), (_, other) in ranked], "OR")


def _get_choices(connection: sqlite3.Connection, part: Term | Or) -> Iterator[tuple[int, str]]:
    """What may stand in NEAR, each with its place among the forms of its word."""
    for term in part.parts if isinstance(part, Or) else (part,):
        assert isinstance(term, TERMS)
        yield from enumerate(_get_options(connection, term))


def _get_options(connection: sqlite3.Connection, term: Term) -> list[str]:
    # Folded words hold letters and digits only, so nothing in them can mean anything to FTS5.
    match term:
        case Word(word):
            return [f'"{form}"' for form in get_forms(connection, word)] or [f'"{word}"']
        case Phrase(words):
            return [f'"{" ".join(words)}"']
        case Prefix(words):
            return [f'"{" ".join(words)}" *']
