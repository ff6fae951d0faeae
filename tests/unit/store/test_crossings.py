"""Reads and writes that cross, one step at a time; `test_races.py` lets them run."""

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from tests.unit.store.racing import look
from tests.unit.store.stores import NOW, add_records, add_sample, count_responses, get_all
from tests.unit.store.traces import COMMENT, READING, find_traces
from yousaid.errors import InputError, StoreError
from yousaid.pipeline import _no_new_store_on_failure
from yousaid.records import EVERYWHERE, Correction
from yousaid.settings import LOCAL
from yousaid.store import entries, filelock, lock, reread, snapshot, write
from yousaid.store.app import CORRECTION, begin
from yousaid.store.check import find_faults
from yousaid.store.entries import correct
from yousaid.store.erase import erase_before, erase_response
from yousaid.store.layout import create_store, open_store
from yousaid.store.reread import get_answers
from yousaid.store.snapshot import forget_stores, open_snapshot
from yousaid.store.state import KEPT_STATES, get_state
from yousaid.store.upkeep import keep_up
from yousaid.store.write import undo_upload, writing


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 1)
    add_records(store, [COMMENT], [READING])
    return store


def test_a_snapshot_stays_as_it_was_when_an_upload_is_undone(store):
    with open_snapshot(store) as before:
        undo_upload(store, "1", now=NOW)
        add_sample(store, 3)
        seen = look(before)
    undo_upload(store, "3", now=NOW)
    add_sample(store, 1)
    assert seen
    assert count_responses(store) == 31


def look_late(store):
    """Look at a version whose files have gone meanwhile."""
    with open_snapshot(store) as before:
        keep_up(store, now=NOW)
        for number in range(KEPT_STATES):
            add_sample(store, number + 2, 5)
        look(before)


def test_a_snapshot_whose_files_have_gone_says_so(store):
    with pytest.raises(StoreError, match="changed while it was being asked"):
        look_late(store)
    assert find_faults(store) == []


def test_names_are_of_the_state_that_is_read(store, monkeypatch):
    read_names, undone = snapshot.read_names, []

    def undo_first(app):
        if not undone:
            undone.append(undo_upload(store, "2", now=NOW))
        return read_names(app)

    forget_stores()
    monkeypatch.setattr(snapshot, "read_names", undo_first)
    with open_snapshot(store) as after:
        assert after.state == get_state(store)
        assert look(after)


def test_what_is_erased_meanwhile_is_not_corrected(store, monkeypatch):
    find = entries._find

    def erase_then(scope, store_, comment_id):
        content = find(scope, store_, comment_id)
        erase_response(store, COMMENT.response_id, now=NOW)
        return content

    monkeypatch.setattr(entries, "_find", erase_then)
    said = Correction(sentiment=1)
    with pytest.raises(InputError, match="no such comment"):
        correct(EVERYWHERE, store, COMMENT.comment_id, said, made_by="x", now=NOW)
    with begin(store.database) as app:
        assert app.execute(select(CORRECTION)).all() == []


def test_what_is_erased_while_comments_are_read_again_is_not_read(store, monkeypatch):
    monkeypatch.setattr(reread, "_READ_AT_ONCE", 5)
    answers = get_answers(store, 5)
    next(answers)
    erase_before(store, date(2026, 1, 3), now=NOW)
    left = {text for batch in answers for _, _, text in batch}
    assert COMMENT.text not in left
    assert left <= {"", " ", *(found.comment.text for found in get_all(store))}


def test_an_erasure_reaches_the_index_of_another_machine(store, tmp_path):
    other = open_store(store.folder, index_folder=tmp_path / "index")
    get_all(other)
    assert find_traces(tmp_path / "index")
    erase_response(store, COMMENT.response_id, now=NOW)
    get_all(other)
    assert find_traces(tmp_path) == set()


def test_keys_that_another_machine_gives_out_again(store, tmp_path, monkeypatch):
    """A write is stopped there when its rows are in the index of that machine alone."""
    other = open_store(store.folder, index_folder=tmp_path / "index")
    get_all(other)

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "commit", stop)
    with pytest.raises(KeyboardInterrupt):
        add_sample(other, 3)
    monkeypatch.undo()
    add_sample(store, 4)
    assert get_all(other) == get_all(store)
    undo_upload(other, "3", now=NOW)
    add_sample(other, 5)
    assert get_all(other) == get_all(store)


def test_what_another_is_writing_is_no_fault(store, monkeypatch):
    monkeypatch.setattr(filelock, "LOCK_WAIT_SECONDS", 0.1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with writing(store, NOW, "Nothing"):
            held.set()
            done.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    held.wait(10)
    with pytest.raises(StoreError, match="Another program is writing"):
        find_faults(store)
    done.set()
    writer.join()
    assert find_faults(store) == []


def test_two_that_make_a_store_at_once_make_one(tmp_path):
    ready = threading.Barrier(8)

    def make(_):
        ready.wait()
        return create_store(tmp_path / "new").store_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(8)))) == 1


def fail_to_load(folder, write):
    with _no_new_store_on_failure(folder, LOCAL):
        write(create_store(folder))
        raise InputError("no comments")


def test_a_load_that_fails_leaves_no_store(tmp_path):
    with pytest.raises(InputError, match="no comments"):
        fail_to_load(tmp_path / "new", lambda store: None)
    assert list(tmp_path.iterdir()) == []


def test_a_load_that_fails_leaves_what_another_loaded(tmp_path):
    """Two were begun into the same new folder."""
    with pytest.raises(InputError, match="no comments"):
        fail_to_load(tmp_path / "new", add_sample)
    assert count_responses(open_store(tmp_path / "new")) == 30


def test_a_writer_that_waited_for_another_store_is_told(store):
    shutil.copytree(store.folder, store.folder.with_name("copy"))

    def replace():
        shutil.rmtree(store.folder)
        store.folder.with_name("copy").rename(store.folder)

    with ThreadPoolExecutor(1) as pool:
        with lock.lock_writers(store):
            waiting = pool.submit(add_sample, store, 2)
            time.sleep(0.2)
            replace()
        with pytest.raises(StoreError, match="was removed meanwhile"):
            waiting.result()
    add_sample(store, 2)
    assert find_faults(store) == []
