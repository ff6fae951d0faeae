import random

import numpy as np
import pytest

from tests.unit.store.search import twin
from tests.unit.store.search.samples import make_text, make_tree, open_index, split
from yousaid.store.search import Part, find, find_keys, format_query, parse
from yousaid.store.search.query import Query

TEXTS = {
    7: "We waited for hours.",
    8: "Waiting room full, car park full",
    9: "The car-park; nobody to call. No bell",
    1 << 33: "Call the nurse with the bell",
    (1 << 33) + 1: "CAFÉ was nice, don’t change",
    (1 << 62): "!!!",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with open_index(tmp_path_factory.mktemp("index"), TEXTS) as connection:
        yield connection


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("wait", [7, 8]),
        ('"waiting"', [8]),
        ("car park", [8, 9]),
        ('"car park"', [8, 9]),
        ("car-park full", [8]),
        ("wait OR bell", [7, 8, 9, 1 << 33]),
        ("call NEAR/4 bell", [9, 1 << 33]),
        ("call NEAR/1 bell", [9]),
        ("call NEAR/2 nurse", [1 << 33]),
        ("ca*", [8, 9, 1 << 33, (1 << 33) + 1]),
        ("cafe", [(1 << 33) + 1]),
        ("DON'T", [(1 << 33) + 1]),
        ("full NOT wait", []),
        ("NOT full NOT wait", [9, 1 << 33, (1 << 33) + 1, 1 << 62]),
        ("wait OR NOT the", [7, 8, (1 << 33) + 1, 1 << 62]),
        ("NOT (wait OR NOT the)", [9, 1 << 33]),
        ("nothing", []),
        ("", []),
        ("!", []),
    ],
)
def test_find_keys(index, typed, keys):
    found = find_keys(index, parse(typed))
    assert found.dtype == np.int64
    assert found.tolist() == keys


@pytest.mark.parametrize("seed", range(12))
def test_find_keys_as_the_slow_twin(tmp_path, seed):
    random_ = random.Random(seed)
    keys = sorted(random_.sample(range(1 << 40), 120))
    texts = {key: make_text(random_) for key in keys}
    words = split(texts)
    with open_index(tmp_path, texts) as connection:
        for _ in range(300):
            tree = make_tree(random_)
            found = find_keys(connection, Query(tree)).tolist()
            assert found == twin.find(tree, words), format_query(Query(tree))


@pytest.mark.parametrize("typed", ["wait", "NOT wait"])
def test_find_keys_in_parts(tmp_path, typed, monkeypatch):
    texts = {key: "wait" if key % 2 else "none" for key in range(100)}
    with open_index(tmp_path, texts) as connection:
        whole = find_keys(connection, parse(typed)).tolist()
        for size in (1, 7, 50):
            monkeypatch.setattr(find, "_KEYS_AT_ONCE", size)
            assert find_keys(connection, parse(typed)).tolist() == whole
    assert len(whole) == 50


@pytest.mark.parametrize("typed", ["wait", "NOT wait", "wait OR bell", "nowhere"])
def test_find_keys_by_two_connections(tmp_path, index, typed):
    with open_index(tmp_path, TEXTS) as other:
        for middle in (0, 8, 1 << 33, 1 << 62, (1 << 62) + 1):
            parts = [Part(index, last_key=middle - 1), Part(other, first_key=middle)]
            found = find_keys(index, parse(typed), parts)
            assert found.dtype == np.int64
            assert found.tolist() == find_keys(index, parse(typed)).tolist()


def test_find_keys_the_widest_query_there_is(tmp_path):
    # As deep, as long and with as many forms as the bounds allow.
    forms = ["wait", "waits", "waited", "waiting", "waitings", "waites", "waiteds"]
    nested = "wait " * 16
    for level in range(8):
        nested = f"({nested} {'OR' if level % 2 else 'NOT'} (park NEAR call))"
    with open_index(tmp_path, {1: " ".join(forms), 2: "park call"}) as connection:
        for typed in ("wait " * 32, " OR ".join(["wait NEAR wait"] * 16), nested):
            find_keys(connection, parse(typed))
