import time

import pytest

from tests.unit.store.stores import add_sample, get_all
from yousaid.store import upkeep as store_upkeep
from yousaid.store.layout import create_store
from yousaid.store.state import get_paths, get_state
from yousaid.web.upkeep import upkeep


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store of more files than are left lying."""
    monkeypatch.setattr(store_upkeep, "MOST_FILES", 2)
    store = create_store(tmp_path / "feedback")
    for number in range(3):
        add_sample(store, number, 5)
    return store


def count_files(store):
    return len(get_paths(store, get_state(store), "comments"))


def wait_for(is_so):
    deadline = time.monotonic() + 60
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_so()


def test_upkeep_joins_files_while_the_dashboard_serves(store):
    before = get_all(store)
    with upkeep(store, 0.01):
        wait_for(lambda: count_files(store) == 1)
    assert get_all(store) == before


def test_upkeep_looks_seldom_and_ends_at_once(store):
    began = time.monotonic()
    with upkeep(store):
        pass
    assert count_files(store) == 3
    assert time.monotonic() - began < 30


def test_upkeep_of_a_store_that_is_gone_is_put_off(store, caplog):
    (store.folder / "app.sqlite").rename(store.folder / "elsewhere")
    with upkeep(store, 0.01):
        wait_for(lambda: "upkeep was put off" in caplog.text)


def test_upkeep_goes_on_after_a_mistake_of_ours(store, caplog, monkeypatch):
    looks = []

    def fail(_):
        looks.append(1)
        raise ValueError("a patient's words")

    monkeypatch.setattr("yousaid.web.upkeep.needs_upkeep", fail)
    with upkeep(store, 0.01):
        wait_for(lambda: len(looks) > 1)
    assert "upkeep failed (ValueError)" in caplog.text
    assert "words" not in caplog.text
