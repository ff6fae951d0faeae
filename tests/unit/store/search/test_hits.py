import random
from itertools import pairwise

import pytest

from tests.unit.store.search import twin
from tests.unit.store.search.samples import make_text, make_tree
from yousaid.store.search import find_marks, fold, parse
from yousaid.store.search.query import Query, find_terms


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("wait", "Waited and WAITING, await.", ["Waited", "WAITING"]),
        ('"wait"', "Waited, wait!", ["wait"]),
        ("par*", "Car park, parking; spar", ["park", "parking"]),
        ('"car park"', "The car-park and the car. Park", ["car-park", "car. Park"]),
        ('"car pa*"', "car Parking car", ["car Parking"]),
        ("cafe", "the cafe\u0301, the CAFÉ", ["cafe\u0301", "CAFÉ"]),
        ("strasse", "😡Straße😡", ["Straße"]),
        ("don't", "don’t", ["don’t"]),
        ("nurse NEAR bell", "Nurses! bell", ["Nurses", "bell"]),
        ("wait -parking", "parking wait", ["wait"]),
        ("-parking", "parking wait", []),
        ("wait OR (bell NOT rude)", "rude bell", ["bell"]),
        ('"a b" "b c"', "a b c", ["a b c"]),
        ('"a a"', "a a a", ["a a a"]),
        ("!", "wait!", []),
        ("", "wait", []),
    ],
)
def test_find_marks(typed, text, marked):
    assert [text[mark.start : mark.end] for mark in find_marks(parse(typed), text)] == marked


def test_find_marks_as_the_slow_twin():
    random_ = random.Random(0)
    for _ in range(2000):
        tree, text = make_tree(random_), make_text(random_)
        words = fold(text).split()
        wanted = {
            place + step
            for term in find_terms(tree)
            for place, length in twin.get_places(term, words)
            for step in range(length)
        }
        marked = " ".join(text[m.start : m.end] for m in find_marks(Query(tree), text))
        assert fold(marked).split() == [words[place] for place in sorted(wanted)]


def test_find_marks_lie_apart_and_in_order():
    random_ = random.Random(1)
    for _ in range(500):
        marks = find_marks(Query(make_tree(random_)), make_text(random_))
        assert all(mark.start < mark.end for mark in marks)
        assert all(a.end <= b.start for a, b in pairwise(marks))
