import os
import sqlite3
import stat
from contextlib import closing

import pytest

from tests.unit.store.stores import add_sample, ask, count_responses, get_all
from yousaid.errors import OutputError, StoreError
from yousaid.store.layout import LAYOUT_VERSION, create_store, open_store
from yousaid.store.query import get_comment
from yousaid.store.schema import TABLES
from yousaid.store.snapshot import forget_stores
from yousaid.store.state import get_paths, get_state, store_version

needs_a_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


def change_app(folder, sql):
    with closing(sqlite3.connect(folder / "app.sqlite")) as app, app:
        app.execute(sql)


def test_create_store_is_for_its_owner_only(tmp_path):
    store = create_store(tmp_path / "deep" / "feedback")
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_create_store_twice_changes_nothing(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store)
    before = store_version(store)
    assert store_version(create_store(tmp_path / "feedback")) == before


def test_create_store_in_an_empty_folder(tmp_path):
    tmp_path.chmod(0o755)
    assert open_store(create_store(tmp_path).folder).folder == tmp_path
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_create_store_goes_on_where_it_was_stopped(tmp_path):
    (tmp_path / "app.sqlite.new").write_bytes(b"half")
    create_store(tmp_path)
    assert {entry.name for entry in tmp_path.iterdir()} == {"app.sqlite", "write.lock"}


def test_create_store_among_other_files_is_refused(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"")
    with pytest.raises(StoreError, match=r"not empty.*holiday\.jpg"):
        create_store(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["holiday.jpg"]


def test_create_store_under_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be made into a store"):
        create_store(tmp_path / "file" / "feedback")


@needs_a_user
def test_create_store_where_one_may_not_write_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        create_store(tmp_path / "feedback")


@pytest.mark.parametrize("name", ["a[1]", "a^b", "a|b", "a\\b", "a\nb", "a%20b", "a\udcff"])
def test_create_store_with_a_path_that_delta_cannot_take_is_refused(tmp_path, name):
    with pytest.raises(StoreError, match="its path has"):
        create_store(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a b", "50%", "50% off", "é’中", "a*b", "a?b", "it's", "a#b&c=d"])
def test_a_store_lies_in_any_other_path(tmp_path, name):
    store = create_store(tmp_path / name)
    add_sample(store, 1)
    add_sample(store, 2)
    assert count_responses(store) == 60


def test_open_store_of_no_store_is_refused(tmp_path):
    with pytest.raises(StoreError, match=r"has no app\.sqlite"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match="not a yousaid store"):
        open_store(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_open_store_of_another_program_is_refused(tmp_path):
    create_store(tmp_path)
    change_app(tmp_path, "PRAGMA application_id = 1")
    with pytest.raises(StoreError, match="of another program"):
        open_store(tmp_path)


def test_open_store_of_a_newer_layout_is_refused(tmp_path):
    create_store(tmp_path)
    change_app(tmp_path, f"UPDATE store SET layout_version = {LAYOUT_VERSION + 1}")
    with pytest.raises(StoreError, match="Upgrade yousaid"):
        open_store(tmp_path)


def test_open_store_of_an_older_layout_is_refused(tmp_path):
    create_store(tmp_path)
    change_app(tmp_path, f"UPDATE store SET layout_version = {LAYOUT_VERSION - 1}")
    with pytest.raises(StoreError, match=r"yousaid check .* --repair"):
        open_store(tmp_path)


def test_open_store_of_a_damaged_database_is_refused(tmp_path):
    create_store(tmp_path)
    (tmp_path / "app.sqlite").write_bytes(b"no database at all" * 99)
    with pytest.raises(StoreError, match="restore the folder from a backup"):
        open_store(tmp_path)


@pytest.mark.parametrize("table", ["readings", "facts", "rollup"])
def test_a_missing_table_is_said(tmp_path, table):
    store = create_store(tmp_path)
    add_sample(store)
    store.get_table_path(table).rename(tmp_path / "gone")
    forget_stores()
    with pytest.raises(StoreError, match="damaged or missing"):
        get_all(store)


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_not_written_to(tmp_path, table):
    store = create_store(tmp_path)
    add_sample(store)
    store.get_table_path(table).rename(tmp_path / "gone")
    with pytest.raises(StoreError, match="missing"):
        add_sample(store, 2)
    assert not store.get_table_path(table).exists()


HARMS = [lambda f: f.unlink(), lambda f: f.write_bytes(b"PAR1" * 30)]


def harm_file(store, table, harm):
    [path] = get_paths(store, get_state(store), table)
    harm(path)
    forget_stores()


@pytest.mark.parametrize("table", ["facts", "rollup"])
@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_file_is_said(tmp_path, table, harm):
    store = create_store(tmp_path)
    add_sample(store)
    harm_file(store, table, harm)
    with pytest.raises(StoreError, match="cannot be read"):
        get_all(store)


@pytest.mark.parametrize("harm", HARMS)
def test_damaged_readings_are_said_where_they_are_asked(tmp_path, harm):
    """Lists have all that they show beside the readings; one comment has the readings' own."""
    store = create_store(tmp_path)
    add_sample(store)
    before = get_all(store)
    harm_file(store, "readings", harm)
    assert get_all(store) == before
    with pytest.raises(StoreError, match="cannot be read"):
        ask(store, get_comment, before[0].comment.comment_id)


@pytest.mark.parametrize("harm", [lambda f: f.unlink(), lambda f: f.write_bytes(b"SQL" * 999)])
def test_a_damaged_search_index_is_made_anew(tmp_path, harm):
    store = create_store(tmp_path)
    add_sample(store)
    before = get_all(store)
    harm(store.search_path)
    forget_stores()
    assert get_all(store) == before


def test_store_version_goes_with_the_contents(tmp_path):
    store = create_store(tmp_path / "one")
    versions = [store_version(store), store_version(store)]
    assert versions[0] == versions[1]
    for number in (1, 2):
        add_sample(store, number)
        versions.append(store_version(store))
    versions.append(store_version(create_store(tmp_path / "two")))
    assert len(set(versions)) == 4


def test_a_store_made_anew_in_the_same_folder_is_read_anew(tmp_path):
    for number in (1, 2):
        store = create_store(tmp_path / "feedback")
        add_sample(store, number)
        assert get_all(store)[0].comment.comment_id.startswith(f"{number}:")
        store.folder.rename(tmp_path / f"old{number}")
