"""Texts, trees and strings to search with, drawn from a seed."""

import sqlite3
from contextlib import closing, contextmanager

from tests.unit.store.search.twin import FAMILIES
from yousaid.store.search import add_answers, create_search, fold, open_search
from yousaid.store.search.query import (
    Near,
    Phrase,
    Prefix,
    Word,
    make_and,
    make_not,
    make_or,
)

FORMS = [form for family in FAMILIES for form in family]
_WRITTEN = [*FORMS, "Café", "CAR", "don't", "straße", "9/10", "“bell”", "wait,", "😡", "القاعة"]


def make_text(random_, length=12):
    return " ".join(random_.choice(_WRITTEN) for _ in range(random_.randrange(1, length)))


def make_term(random_):
    kind = random_.randrange(6)
    words = tuple(random_.choice(FORMS) for _ in range(random_.choice([1, 2, 2, 3])))
    if kind == 0:
        return Phrase(words)
    if kind == 1:
        beginning = random_.choice([w for w in FORMS if len(w) > 2])[: random_.choice([2, 3])]
        return Prefix((*words[1:], beginning))
    return Word(words[0])


def make_tree(random_, depth=3):
    kind = random_.randrange(6) if depth else 0
    if kind <= 1:
        return make_term(random_)
    if kind == 2:
        return make_near(random_)
    if kind == 3:
        return make_not(make_tree(random_, depth - 1))
    make = make_and if kind == 4 else make_or
    return make(make_tree(random_, depth - 1) for _ in range(random_.choice([2, 2, 3])))


def make_near(random_):
    count = random_.choice([2, 2, 3])
    parts = [make_term(random_) for _ in range(count)]
    if random_.random() < 0.3:
        parts[0] = make_or([parts[0], make_term(random_)])
    return Near(tuple(parts), tuple(random_.choice([0, 1, 3, 10]) for _ in parts[1:]))


_PIECES = [
    *["AND", "OR", "NOT", "NEAR", "NEAR/3", "NEAR/0", "NEAR/999999999", "NEAR(", "NEAR/", "near"],
    *['"', "“", "”", "«", "(", ")", "((", "))", '""', "()", "-", "--", "-(", '-"', "*", "**", "a*"],
    *["words:", "word_index:", "rank:", "-words :", "^wait", "{a b}:", "wait^2", "+", "|", "&&"],
    *["%", "_", "\\", "'", "';--", "/*", "?", "?1", ":x", "@x", "$1", "\x00", "\ud800", "\udfff"],
    *["😡", "👩‍⚕️", "e\u0301", "ß", "ﬁ", "½", "ﷺ", "\u202e", "\u200f", "ا", "שלום"],
    *["等待", "\u0345", "\uffff"],
    *[" ", "\n", "\t", "\u00a0", "\u2028", ",", ";", ".", "…", "–", "−wait", "1,000", "a,b", "A&E"],
    *["wait*", "pa*", "the", "wait", "parking", "queue", "Café", "x" * 70, "𐍈", "\U000e0001", "İ"],
]  # fmt: skip


def make_hostile(random_):
    """A string that nobody means well with."""
    kind = random_.randrange(12)
    if kind == 0:
        return random_.choice(_PIECES) * random_.choice([10, 1000, 100_000])
    if kind == 1:
        return "".join(chr(random_.randrange(0x110000)) for _ in range(random_.randrange(200)))
    pieces = [random_.choice(_PIECES) for _ in range(random_.choice([1, 2, 3, 5, 8, 20, 60, 300]))]
    return random_.choice(["", " ", " "]).join(pieces)


@contextmanager
def open_index(folder, texts):
    """A connection that reads an index of these texts, by key."""
    path = folder / "search.sqlite"
    create_search(path)
    with closing(sqlite3.connect(path)) as writing, writing:
        add_answers(writing, ((key, f"c{key}", f"r{key}", text) for key, text in texts.items()))
    with closing(open_search(path)) as connection:
        yield connection


def split(texts):
    return {key: fold(text).split() for key, text in texts.items()}
