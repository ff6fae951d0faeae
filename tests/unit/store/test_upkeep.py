from tests.unit.store.stores import NOW, add_sample, describe_rows, get_all
from yousaid.store import upkeep
from yousaid.store.check import find_faults
from yousaid.store.layout import create_store
from yousaid.store.snapshot import forget_stores, open_snapshot
from yousaid.store.state import get_paths, get_state, store_version
from yousaid.store.upkeep import keep_up, needs_upkeep


def test_keep_up_joins_files_and_changes_no_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(upkeep, "MOST_FILES", 4)
    store = create_store(tmp_path / "feedback")
    for number in range(5):
        assert not needs_upkeep(store)
        add_sample(store, number, 10)
    assert needs_upkeep(store)
    comments, rows, version = get_all(store), describe_rows(store), store_version(store)
    with open_snapshot(store) as snapshot:
        assert keep_up(store, now=NOW) == 4 * 4
        # Who was reading goes on with the files that were there.
        assert snapshot.ask(f"SELECT count(*) FROM {snapshot.relation_over('comments')}")
    assert not needs_upkeep(store)
    assert len(get_paths(store, get_state(store), "comments")) == 1
    assert store_version(store) == version
    for _ in range(2):
        assert get_all(store) == comments
        assert describe_rows(store) == rows
        forget_stores()
    assert find_faults(store) == []
    assert keep_up(store, now=NOW) == 0


def test_keep_up_of_an_empty_store(tmp_path):
    assert keep_up(create_store(tmp_path / "feedback"), now=NOW) == 0
