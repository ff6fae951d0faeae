from dataclasses import replace
from datetime import date

import pytest

from tests.unit.store.stores import NOW, add_records, add_sample, ask, describe_rows, get_all
from tests.unit.store.traces import COMMENT, READING, TRACES, find_traces
from yousaid.errors import InputError, StoreError
from yousaid.records import EVERYWHERE, Correction
from yousaid.store import indexing
from yousaid.store.check import find_faults
from yousaid.store.entries import correct
from yousaid.store.erase import describe_erasure, erase_before, erase_response
from yousaid.store.filter import Filter
from yousaid.store.layout import create_store
from yousaid.store.lock import hold_folder
from yousaid.store.query import get_comments, get_uploads
from yousaid.store.reread import get_answers, replace_readings, write_readings
from yousaid.store.snapshot import open_snapshot
from yousaid.store.upkeep import keep_up
from yousaid.store.write import undo_upload


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 1)
    return store


def add_one(store):
    """A response in the midst of the store's life: read again, corrected, joined with others."""
    add_records(
        store, [COMMENT, replace(COMMENT, comment_id="comm-5be20d-2", text="")], [READING] * 2
    )
    add_sample(store, 2)
    said = Correction(sentiment=5)
    correct(EVERYWHERE, store, COMMENT.comment_id, said, made_by="x", now=NOW)
    keep_up(store, now=NOW)
    keys = [key for batch in get_answers(store, 1000) for key, _, _ in batch]
    path = store.folder / "new.parquet"
    write_readings(path, keys, [READING] * len(keys))
    replace_readings(store, [path], now=NOW)
    path.unlink()
    add_sample(store, 3)


def test_erase_response_leaves_no_trace(store):
    add_one(store)
    assert find_traces(store.folder) == set(TRACES)
    erased = erase_response(store, COMMENT.response_id, now=NOW)
    assert (erased.response_count, erased.comment_count, erased.correction_count) == (1, 1, 1)
    assert set(erased.left_counts.values()) == {0}
    assert find_traces(store.folder) == set()
    assert find_faults(store) == []


def test_erase_response_leaves_everything_else(store, tmp_path):
    other = create_store(tmp_path / "other")
    for number in (1, 2, 3):
        add_sample(other, number)
    add_one(store)
    erase_response(store, COMMENT.response_id, now=NOW)
    assert [c.comment for c in get_all(store)] == [c.comment for c in get_all(other)]
    assert [u.file_name for u in ask(store, get_uploads)] == ["3.csv", "2.csv", "1.csv"]


def test_erase_finds_what_was_undone_before(store):
    add_records(store, [COMMENT], [READING])
    undo_upload(store, "2", now=NOW)
    add_records(store, [COMMENT], [READING])
    assert erase_response(store, COMMENT.response_id, now=NOW).comment_count == 1
    assert find_traces(store.folder) == set()


@pytest.mark.parametrize("what", ["response", "before"])
def test_erase_finds_what_is_in_earlier_versions_alone(store, what):
    number = add_records(store, [COMMENT], [READING])
    undo_upload(store, number, now=NOW)
    assert find_traces(store.folder) != set()
    if what == "response":
        erased = erase_response(store, COMMENT.response_id, now=NOW)
    else:
        erased = erase_before(store, date(2100, 1, 1), now=NOW)
    assert erased.comment_count >= 1
    assert find_traces(store.folder) == set()


def test_erase_while_others_read(store, monkeypatch):
    """They go on with the version that they began with; its traces go when they have done."""
    monkeypatch.setattr(indexing, "READERS_WAIT_SECONDS", 0.1)
    add_records(store, [COMMENT], [READING])
    with open_snapshot(store) as snapshot:
        before = snapshot.ask("SELECT count(*) FROM facts")
        with pytest.raises(StoreError, match="another program is reading"):
            erase_response(store, COMMENT.response_id, now=NOW)
        assert snapshot.ask("SELECT count(*) FROM facts") == before
    page = ask(
        store, get_comments, Filter(words="quokkaphobe"), order="newest", page=1, page_size=9
    )
    assert page.total_count == 0
    with pytest.raises(InputError, match="no response of that id"):
        erase_response(store, COMMENT.response_id, now=NOW)
    assert find_traces(store.folder) == set()


@pytest.mark.parametrize(
    "response_id", ["nobody", "", "' OR 1=1 --", "resp-7f3a9", "RESP-7f3a91", "resp\udcff"]
)
def test_erase_response_unknown_changes_nothing(store, response_id):
    add_records(store, [COMMENT], [READING])
    before = describe_rows(store)
    with pytest.raises(InputError, match="no response of that id"):
        erase_response(store, response_id, now=NOW)
    assert describe_rows(store) == before


def test_erase_before_a_day(store):
    day = date(2026, 1, 1)
    wanted = [c for c in get_all(store) if c.comment.date is None or c.comment.date >= day]
    gone = len(get_all(store)) - len(wanted)
    erased = erase_before(store, day, now=NOW)
    assert (erased.comment_count, set(erased.left_counts.values())) == (gone, {0})
    assert list(get_all(store)) == wanted
    assert erase_before(store, day, now=NOW).response_count == 0
    assert find_faults(store) == []


def test_erase_everything(store):
    add_records(store, [COMMENT], [READING])
    erase_before(store, date(2100, 1, 1), now=NOW)
    assert all(found.comment.date is None for found in get_all(store))
    assert find_traces(store.folder) == set()
    add_records(store, [COMMENT], [READING])
    assert COMMENT in [found.comment for found in get_all(store)]


def test_describe_erasure_names_no_one(store):
    add_records(store, [COMMENT], [READING])
    said = describe_erasure(erase_response(store, COMMENT.response_id, now=NOW))
    assert "responses 1, comments 1" in said
    assert "delete those too" in said
    assert not any(trace.lower() in said.lower() for trace in TRACES)


def test_erase_while_comments_are_read_again_is_put_off(store):
    add_records(store, [COMMENT], [READING])
    with hold_folder(store), pytest.raises(StoreError, match="being read again"):
        erase_response(store, COMMENT.response_id, now=NOW)
    assert COMMENT.response_id in {c.comment.response_id for c in get_all(store)}
    erase_response(store, COMMENT.response_id, now=NOW)
