"""A folder made by the release before this layout: two uploads of the sample's first responses,
read with `fast`, by `yousaid load` of layout 2."""

import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from deltalake import DeltaTable

from tests.unit.store.stores import NOW, add_sample, ask, count_responses, get_all
from yousaid.errors import StoreError
from yousaid.store import migrate as module
from yousaid.store.check import find_faults
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import open_store
from yousaid.store.migrate import migrate
from yousaid.store.query import get_totals, get_uploads

ARCHIVE = Path(__file__).parent / "layout2.tar.gz"


@pytest.fixture
def folder(tmp_path):
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "layout2").chmod(0o700)
    return tmp_path / "layout2"


def read_old(folder):
    """The rows of the two tables together, by comment id."""
    comments, readings = (
        DeltaTable(folder / table).to_pyarrow_table().to_pylist()
        for table in ("comments", "readings")
    )
    by_key = {row["comment_key"]: row for row in readings}
    return {row["comment_id"]: {**by_key[row["comment_key"]], **row} for row in comments}


def test_an_old_store_is_refused_with_the_remedy(folder):
    with pytest.raises(StoreError, match=r"yousaid check .* --repair"):
        open_store(folder)


def test_migrate_keeps_every_comment_and_reading(folder):
    old = read_old(folder)
    store = migrate(folder, now=NOW)
    found = get_all(store)
    assert len(found) == 88 + 57
    for read in found:
        row = old[read.comment.comment_id]
        assert read.comment.text == row["text"]
        assert list(read.comment.unit) == row["unit"]
        assert read.comment.date == row["date"]
        assert read.comment.demographics == dict(row["demographics"])
        assert read.upload_id == row["upload_id"]
        assert [m.topic for m in read.reading.mentions] == row["topics"]
        assert read.reading.sentiment_score == row["sentiment_score"]
    assert count_responses(store) == 60 + 39
    assert ask(store, get_totals, EVERYTHING).comment_count == 88 + 57
    assert [u.file_name for u in ask(store, get_uploads)] == ["second.csv", "first.csv"]


def test_a_migrated_store_is_whole_and_goes_on(folder):
    store = migrate(folder, now=NOW)
    assert find_faults(store) == []
    assert add_sample(store, 1) == "3"
    assert find_faults(store) == []
    assert migrate(folder, now=NOW) == store


def test_migrate_leaves_no_words_in_the_logs(folder):
    store = migrate(folder, now=NOW)
    texts = {c.comment.text[:12] for c in get_all(store) if len(c.comment.text) > 12}
    assert texts
    for log in folder.rglob("_delta_log/*.json"):
        content = log.read_text(encoding="utf-8")
        assert not [text for text in texts if text in content]


@pytest.mark.parametrize("step", ["stage_facts", "_rewrite", "write_rows", "commit", "_take_place"])
def test_migrate_that_is_stopped_leaves_the_old_store(folder, tmp_path, monkeypatch, step):
    shutil.copytree(folder, tmp_path / "before")

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, step, stop)
    with pytest.raises(KeyboardInterrupt):
        migrate(folder, now=NOW)
    monkeypatch.undo()
    with closing(sqlite3.connect(folder / "app.sqlite")) as app:
        [(version,)] = app.execute("SELECT comments_version FROM state")
    assert version == 1
    table = DeltaTable(folder / "comments", version=1).to_pyarrow_table()
    before = DeltaTable(tmp_path / "before" / "comments").to_pyarrow_table()
    assert table.sort_by("comment_key") == before.sort_by("comment_key")
    assert len(get_all(migrate(folder, now=NOW))) == 88 + 57


def test_migrate_of_an_unknown_layout_is_refused(folder):
    with closing(sqlite3.connect(folder / "app.sqlite")) as app, app:
        app.execute("PRAGMA user_version = 1")
    with pytest.raises(StoreError, match="Load its files again"):
        migrate(folder, now=NOW)
