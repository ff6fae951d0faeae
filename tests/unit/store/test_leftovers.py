"""What a write that was stopped could leave, beyond what `test_kill.py` looks at."""

import os
import random
import shutil
import sqlite3
import time

import pytest
from deltalake import DeltaTable
from sqlalchemy import select

from tests.unit.store.samples import make_sample
from tests.unit.store.stores import (
    NOW,
    add_records,
    add_sample,
    count_responses,
    describe_rows,
    get_all,
)
from tests.unit.store.traces import COMMENT, READING, find_traces
from yousaid.duck import connect_duckdb
from yousaid.errors import OutputError
from yousaid.store import indexing, write
from yousaid.store.app import NAME, begin
from yousaid.store.check import find_faults
from yousaid.store.delta import write_rows
from yousaid.store.layout import create_store
from yousaid.store.lock import hold_folder
from yousaid.store.schema import TABLES
from yousaid.store.state import list_paths
from yousaid.store.write import undo_upload


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 1)
    return store


def get_names(store):
    with begin(store.database) as app:
        return set(app.execute(select(NAME.c.kind, NAME.c.value)))


def test_an_upload_that_fails_leaves_no_names(store, monkeypatch):
    before = get_names(store)

    def refuse(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(write, "index_new", refuse)
        with pytest.raises(OutputError):
            add_records(store, [COMMENT], [READING])
    assert get_names(store) == before
    add_sample(store, 2)
    assert find_traces(store.folder) == set()


def test_a_log_of_months_keeps_the_version_that_counts(store):
    """Delta removes old entries of its log with every hundredth version, unless it is told."""
    with connect_duckdb() as duck:

        def add():
            row = "SELECT 1 AS upload, NULL AS month, 0 AS kind, 0 AS topic, 0 AS sentiment"
            return write_rows(store, "rollup", duck, f"{row}, 1 AS comment_count", "append")

        while add() < 98:
            pass
        long_ago = time.time() - 400 * 24 * 3600
        for entry in (store.get_table_path("rollup") / "_delta_log").iterdir():
            os.utime(entry, (long_ago, long_ago))
        assert add() == 99
    assert len(list_paths(store, "rollup", 98)) == 99
    for table in TABLES:
        configuration = DeltaTable(store.get_table_path(table)).metadata().configuration
        assert configuration["delta.enableExpiredLogCleanup"] == "false"


def test_a_held_folder_goes_when_its_holder_is_gone(store):
    (store.folder / "reading-dead").mkdir()
    (store.folder / "reading-dead" / "held").touch()
    (store.folder / "reading-begun").mkdir()
    with hold_folder(store) as folder:
        (folder / "x").write_text("kept")
        assert len([fault for fault in find_faults(store) if fault.remedy == "sweep"]) == 2
        add_sample(store, 2)
        assert (folder / "x").read_text() == "kept"
        assert len(list(store.folder.glob("reading-*"))) == 1
    assert find_faults(store) == []


def test_a_folder_that_was_put_back_by_hand(store, tmp_path):
    """Its versions are used a second time, in a process that has seen the first."""
    shutil.copytree(store.folder, tmp_path / "copy")
    add_sample(store, 2)
    count_responses(store)
    shutil.rmtree(store.folder)
    (tmp_path / "copy").rename(store.folder)
    add_sample(store, 3, 20)
    add_sample(store, 4, 10)
    assert count_responses(store) == 60
    assert find_faults(store) == []


def test_an_undo_counts_though_the_index_fails_after_it(store, monkeypatch):
    add_sample(store, 2)

    def refuse(*_):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "remove_answers", refuse)
        undo_upload(store, "2", now=NOW)
    assert count_responses(store) == 30
    add_sample(store, 2)
    assert find_faults(store) == []


def test_an_undone_text_is_not_left_in_the_index(store):
    comments, readings = make_sample(random.Random(3), 40, "3:")
    add_records(store, [*comments, COMMENT], [*readings, READING])
    undo_upload(store, "2", now=NOW)
    written = b"".join(path.read_bytes() for path in store.folder.glob("search.sqlite*"))
    assert COMMENT.text.encode() not in written


def test_the_search_folders_of_two_stores_are_apart(tmp_path):
    (tmp_path / "index").mkdir(mode=0o755)
    stores = [create_store(tmp_path / name, index_folder=tmp_path / "index") for name in "ab"]
    for number, store in enumerate(stores):
        add_sample(store, number, 10)
    for number, store in enumerate(stores):
        assert {c.comment.comment_id.split(":")[0] for c in get_all(store)} == {str(number)}
        assert store.index_folder.stat().st_mode & 0o777 == 0o700


def test_duckdb_leaves_nothing_in_the_folder_where_it_runs():
    with connect_duckdb() as duck:
        assert duck.sql("SELECT current_setting('temp_directory')").fetchall() == [("",)]


def test_a_store_is_for_its_owner_only_whatever_the_mask(tmp_path):
    before = os.umask(0)
    try:
        store = create_store(tmp_path / "feedback")
        add_sample(store, 1)
        with hold_folder(store) as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert describe_rows(store)
