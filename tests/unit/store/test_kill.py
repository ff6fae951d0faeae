"""`kill -9` in every kind of write: at the steps that matter most, and at a moment of chance.

`bench/kill_store.py` does the same at every line of the store's code.
"""

import random

import pytest

from tests.unit.store.killing import check_whole, kill, prepare
from tests.unit.store.writers import KINDS

# The functions at whose first line, or that of a later call, each kind of write is killed.
STEPS = {
    "create": [("layout", "fill_app_database", 1)],
    "first upload": [("state", "commit", 1)],
    "further upload": [("delta", "write_rows", 3), ("index", "_index", 1), ("state", "commit", 1)],
    "files": [("delta", "write_rows", 4)],
    "undo": [("delta", "delete_rows", 3), ("index", "remove_answers", 1)],
    "correction": [("state", "commit", 1)],
    "rereading": [("state", "commit", 1)],
    "undo of rereading": [("delta", "write_rows", 2)],
    "upkeep": [("state", "commit", 1)],
    "erase": [("state", "commit", 1), ("indexing", "_reconcile", 1), ("app", "shrink_sqlite", 1)],
    "erase before": [("delta", "write_rows", 4)],
    "backup": [("backup", "_add", 4)],
    "restore": [("restore", "_give_new_id", 1), ("write", "settle", 1)],
    "migration": [("migrate", "_take_place", 1), ("write", "settle", 1)],
    "index": [("index", "_index", 1)],
    "mending": [("delta", "write_rows", 2)],
}
# A write of these tests takes some tenths of a second.
MOST_SECONDS = 0.4


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    return tmp_path_factory.mktemp("templates")


def test_every_kind_of_write_is_killed():
    assert STEPS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_write_is_whole_or_not_there(kind, tmp_path, templates):
    expected = prepare(kind, templates)
    for number, step in enumerate(STEPS[kind]):
        home = tmp_path / str(number)
        assert kill(expected, home, at=step)
        check_whole(expected, home, with_another=number % 2 == 0)


@pytest.mark.parametrize("kind", ["further upload", "undo", "rereading", "erase"])
def test_a_write_that_is_killed_at_any_moment(kind, tmp_path, templates):
    expected = prepare(kind, templates)
    kill(expected, tmp_path / "killed", after_seconds=random.Random(kind).uniform(0, MOST_SECONDS))
    check_whole(expected, tmp_path / "killed", with_another=True)
