# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""“Did you mean”: words near those that find nothing.

A suggestion is made of words that the person asking may read already: each is looked for, exactly,
through the caller's `is_found`, which asks within their scope.
"""

import math
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yousaid.store.search.find import get_forms
from yousaid.store.search.index import make_letters
from yousaid.store.search.query import (
    TERMS,
    And,
    Near,
    Node,
    Or,
    Phrase,
    Query,
    Term,
    Word,
    find_terms,
    make_and,
    make_or,
)

# How many of the words that find nothing are mended, and how many near words are tried for each:
# every try is a search.
_MAX_MENDED = 2
_MAX_TRIED = 3
# Most of the near words by letters are not near by spelling; the frequent ones are compared first.
_MAX_COMPARED = 1_000
# A word that is there, but in so few answers, may be a slip that others made too, if a near word
# is so many times as frequent.
_RARE = 3
_TIMES_AS_FREQUENT = 200
# What a change of one letter weighs against frequency, and a first letter that is right.
_COST_PER_CHANGE = math.log(30)
_FIRST_LETTER = 1.0
# The lengths from which one change and two may be meant.
_ONE_CHANGE_FROM = 4
_TWO_CHANGES_FROM = 7


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query that finds something, and the words that differ: as typed, as suggested."""

    query: Query
    changes: tuple[tuple[str, str], ...]


def suggest(
    connection: sqlite3.Connection, query: Query, is_found: Callable[[Query], bool]
) -> Suggestion | None:
    """The query with words that find nothing changed to near ones; None where there is no such.

    `is_found` says whether a query finds anything that the person asking may see. It is asked nine
    times at most.
    """
    words = _get_rarest(connection, query)
    changes: dict[str, str] = {}
    for word, (term, having) in words.items():
        if (near := _find_near(connection, word, term, having, is_found)) is not None:
            changes[word] = near
    tree = _change(query.tree, changes) if query.tree is not None and changes else None
    if tree is None or not is_found(Query(tree)):
        return None
    return Suggestion(Query(tree), tuple(changes.items()))


def _get_rarest(connection: sqlite3.Connection, query: Query) -> dict[str, tuple[Term, int]]:
    """The words that are most likely slips, each as it is asked for, and how many answers have
    it."""
    found: dict[str, tuple[Term, int]] = {}
    for term in find_terms(query.tree):
        words = (term.word,) if isinstance(term, Word) else _get_phrase_words(term)
        for word in words:
            if word.isalpha() and len(word) >= _ONE_CHANGE_FROM:
                forms = get_forms(connection, word)
                is_plain = isinstance(term, Word)
                having = sum(forms.values()) if is_plain else forms.get(word, 0)
                found.setdefault(word, (term if is_plain else Phrase((word,)), having))
    rarest = sorted(found, key=lambda word: found[word][1])[:_MAX_MENDED]
    return {word: found[word] for word in found if word in rarest}


def _get_phrase_words(term: Term) -> tuple[str, ...]:
    return term.words if isinstance(term, Phrase) else ()


def _find_near(
    connection: sqlite3.Connection,
    word: str,
    term: Term,
    having: int,
    is_found: Callable[[Query], bool],
) -> str | None:
    """The likeliest near word that the person may see, if this one finds next to nothing."""
    at_least = 1
    if having and is_found(Query(term)):
        if having > _RARE:
            return None
        at_least = having * _TIMES_AS_FREQUENT
    same = set(get_forms(connection, word)) if isinstance(term, Word) else {word}
    scored = []
    for near, count in _get_candidates(connection, word, at_least):
        changes = count_changes(word, near, _get_allowed(word))
        if changes <= _get_allowed(word) and near not in same:
            likeness = math.log(count) - changes * _COST_PER_CHANGE
            scored.append((likeness + _FIRST_LETTER * (near[0] == word[0]), near))
    best = [near for _, near in sorted(scored, reverse=True)[:_MAX_TRIED]]
    # Exactly this word: another form of it may be all that is within their scope.
    return next((near for near in best if is_found(Query(Phrase((near,))))), None)


def _get_allowed(word: str) -> int:
    return 2 if len(word) >= _TWO_CHANGES_FROM else 1


def _get_candidates(
    connection: sqlite3.Connection, word: str, at_least: int
) -> Iterator[tuple[str, int]]:
    """Words of about the same length and letters: a change brings in one letter at most, and takes
    one away at most. `x & (x - 1)` is x without its lowest bit."""
    allowed = _get_allowed(word)
    lacking, extra = "(:letters & ~letters)", "(letters & ~:letters)"
    for _ in range(allowed):
        lacking, extra = f"({lacking} & ({lacking} - 1))", f"({extra} & ({extra} - 1))"
    return connection.execute(
        "SELECT word, answer_count FROM word WHERE length BETWEEN :shortest AND :longest "
        f"AND {lacking} = 0 AND {extra} = 0 AND answer_count >= :at_least "
        f"ORDER BY answer_count DESC LIMIT {_MAX_COMPARED}",
        {
            "letters": make_letters(word),
            "shortest": len(word) - allowed,
            "longest": len(word) + allowed,
            "at_least": at_least,
        },
    )


def count_changes(one: str, other: str, most: int) -> int:
    """How many letters must be put in, left out, changed or swapped with their neighbour to make
    one word the other; `most` + 1 where it takes more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one):
        earlier, before, row = before, row, [at + 1]
        for to, wanted in enumerate(other):
            changes = min(before[to] + (letter != wanted), before[to + 1] + 1, row[to] + 1)
            if at and to and letter == other[to - 1] and one[at - 1] == wanted:
                changes = min(changes, earlier[to - 1] + 1)
            row.append(changes)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def _change(node: Node, changes: dict[str, str]) -> Node:
    """The tree with words changed wherever they are wanted."""
    match node:
        case Word(word):
            return Word(changes[word]) if word in changes else node
        case Phrase(words):
            new = tuple(changes.get(word, word) for word in words)
            return node if new == words else Phrase(new)
        case Near(parts, distances):
            changed = [_change(part, changes) for part in parts]
            return Near(tuple(p for p in changed if isinstance(p, (*TERMS, Or))), distances)
        case And(parts):
            return make_and(_change(part, changes) for part in parts) or node
        case Or(parts):
            return make_or(_change(part, changes) for part in parts) or node
        case _:
            return node
