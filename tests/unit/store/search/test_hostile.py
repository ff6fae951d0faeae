import random
import time

import pytest

from tests.unit.store.search.samples import make_hostile, make_text, open_index
from yousaid.store.search import (
    describe,
    find_keys,
    find_marks,
    format_query,
    parse,
    rank,
    suggest,
)
from yousaid.store.search.scan import MAX_LENGTH

# Against hanging only: each takes a millisecond or so.
LIMIT_SECONDS = 2


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_typed_is_answered(tmp_path, seed):
    random_ = random.Random(seed)
    texts = {key: make_text(random_) for key in range(300)}
    texts |= {key: make_hostile(random_)[:2000] for key in range(300, 330)}
    with open_index(tmp_path, texts) as connection:
        for _ in range(1000):
            check(connection, make_hostile(random_), random_.choice(texts))


def check(connection, typed, text):
    started = time.perf_counter()
    query = parse(typed)
    keys = find_keys(connection, query)
    rank(connection, query, keys, 10)
    find_marks(query, text)
    said = describe(query).encode()  # no half of a surrogate pair in it
    written = format_query(query)
    again = parse(written)
    assert again.tree == query.tree, repr(typed[:500])
    assert len(written) <= MAX_LENGTH
    assert len(said) < 20 * MAX_LENGTH
    assert query.is_blank == (typed.strip() == "")
    assert query.tree is not None or not len(keys)
    assert time.perf_counter() - started < LIMIT_SECONDS


def test_suggest_whatever_is_typed(tmp_path):
    random_ = random.Random(0)
    texts = {key: make_text(random_) for key in range(300)}
    with open_index(tmp_path, texts) as connection:
        for _ in range(500):
            query = parse(make_hostile(random_))
            suggest(connection, query, lambda asked: len(find_keys(connection, asked)) > 0)
