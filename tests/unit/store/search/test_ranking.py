import math
import random

import numpy as np
import pytest

from tests.unit.store.search import twin
from tests.unit.store.search.samples import make_text, open_index, split
from yousaid.store.search import find_keys, parse, rank
from yousaid.store.search.query import find_terms


def rank_slowly(words, typed):
    """BM25 as it is written down."""
    terms = list(dict.fromkeys(find_terms(parse(typed).tree)))
    mean = sum(map(len, words.values())) / len(words)
    scores = {}
    for key in twin.find(parse(typed).tree, words):
        scores[key] = 0.0
        for term in terms:
            having = sum(bool(twin.get_places(term, found)) for found in words.values())
            weight = max(math.log((len(words) - having + 0.5) / (having + 0.5)), 1e-6)
            count = len(twin.get_places(term, words[key]))
            length = 1.2 * (0.25 + 0.75 * len(words[key]) / mean)
            scores[key] += weight * count * 2.2 / (count + length)
    return sorted(scores, key=lambda key: (-round(scores[key], 9), -key))


@pytest.mark.parametrize("typed", ["cafe", '"bell"', "rude the", "rude OR 9", "the NOT rude"])
def test_rank_as_the_slow_twin(tmp_path, typed):
    # Words of one form and phrases of one word, whose counts are exact.
    random_ = random.Random(0)
    texts = {key: make_text(random_, 20).replace("cafes", "") for key in range(400)}
    with open_index(tmp_path, texts) as connection:
        query = parse(typed)
        found = rank(connection, query, find_keys(connection, query), 1000)
    assert found.keys.tolist() == rank_slowly(split(texts), typed)
    assert found.is_complete


def test_rank_of_some_of_what_was_found(tmp_path):
    texts = {1: "wait", 2: "wait wait", 3: "wait and see", 4: "wait", 5: "none"}
    with open_index(tmp_path, texts) as connection:
        all_ = rank(connection, parse("wait"), np.array([1, 2, 3, 4]), 10)
        some = rank(connection, parse("wait"), np.array([1, 3]), 10)
        one = rank(connection, parse("wait"), np.array([1, 2, 3, 4]), 1)
        none = rank(connection, parse("wait"), np.array([], np.int64), 10)
    assert all_.keys.tolist() == [2, 4, 1, 3]
    assert (some.keys.tolist(), one.keys.tolist(), none.keys.tolist()) == ([1, 3], [2], [])


def test_rank_without_wanted_words_is_newest_first(tmp_path):
    with open_index(tmp_path, {1: "a", 2: "b c d", 3: "c"}) as connection:
        query = parse("NOT wait")
        assert rank(connection, query, find_keys(connection, query), 2).keys.tolist() == [3, 2]


def test_rank_says_where_only_the_newest_were_compared(tmp_path, monkeypatch):
    monkeypatch.setattr("yousaid.store.search.ranking.MAX_RANKED", 3)
    texts = {key: "wait " * (10 - key) + "and see" for key in range(1, 9)}
    with open_index(tmp_path, texts) as connection:
        found = rank(connection, parse("wait"), np.arange(1, 9), 6)
        assert rank(connection, parse("wait"), np.arange(1, 4), 6).is_complete
    assert found.keys.tolist() == [6, 7, 8, 5, 4, 3]
    assert not found.is_complete


@pytest.mark.parametrize("typed", ['"car park"', '"car pa*"', "par*", "car NEAR park", "x NOT y"])
def test_rank_takes_every_kind_of_term(tmp_path, typed):
    texts = {1: "x", 2: "the car park was far away", 3: "car park"}
    with open_index(tmp_path, texts) as connection:
        query = parse(typed)
        keys = find_keys(connection, query)
        assert rank(connection, query, keys, 9).keys.tolist() in ([3, 2], [1])
