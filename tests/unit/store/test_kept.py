"""What people keep by a name."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from yousaid.errors import InputError
from yousaid.store.app import begin
from yousaid.store.backup import back_up
from yousaid.store.kept import (
    LONGEST_NAME,
    MOST_KEPT,
    Event,
    add_event,
    find_map,
    forget,
    keep,
    keep_map,
    list_events,
    list_kept,
    remove_event,
)
from yousaid.store.layout import Store, create_store
from yousaid.store.restore import restore
from yousaid.store.state import store_version

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_store(tmp_path / "feedback")


def test_what_is_kept_is_there_by_its_name(store: Store) -> None:
    keep(store, "view", "Food", "/?topic=food", now=NOW)
    keep(store, "view", "Car parks", "/?topic=parking", now=NOW)
    keep(store, "event", "Food", "2026-01-01", now=NOW)
    assert [one.name for one in list_kept(store, "view")] == ["Car parks", "Food"]
    keep(store, "view", "Food", "/?topic=food&page=2", now=NOW)
    assert list_kept(store, "view")[1].value == "/?topic=food&page=2"
    forget(store, "view", "Food")
    forget(store, "view", "Nothing of the name")
    assert [one.name for one in list_kept(store, "view")] == ["Car parks"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("", "x"), ("  ", "x"), ("x" * (LONGEST_NAME + 1), "x"), ("x", ""), ("x", "y" * 30_000)],
)
def test_what_cannot_be_kept_is_refused(store: Store, name: str, value: str) -> None:
    with pytest.raises(InputError):
        keep(store, "view", name, value, now=NOW)
    assert list_kept(store, "view") == ()


def test_too_many_are_refused_and_one_of_them_can_change(store: Store) -> None:
    for number in range(MOST_KEPT):
        keep(store, "view", f"{number:03}", "/", now=NOW)
    with pytest.raises(InputError, match="Remove one first"):
        keep(store, "view", "one more", "/", now=NOW)
    keep(store, "view", "007", "/topics", now=NOW)
    assert list_kept(store, "view")[7].value == "/topics"


def test_a_store_from_before_keeps_as_well(store: Store, tmp_path: Path) -> None:
    with begin(store.database) as app:
        app.execute(text("DROP TABLE kept"))
    assert list_kept(store, "view") == ()
    forget(store, "view", "x")
    back_up(store, tmp_path / "before.tar")
    keep(store, "view", "x", "/", now=NOW)
    assert len(list_kept(store, "view")) == 1


def test_an_event_changes_the_charts(store: Store) -> None:
    before = store_version(store)
    add_event(store, Event(date(2026, 3, 2), " A new  menu "), now=NOW)
    add_event(store, Event(date(2026, 1, 5), "Ward 3 closed"), now=NOW)
    noted = store_version(store)
    assert noted != before
    assert list_events(store) == (
        Event(date(2026, 1, 5), "Ward 3 closed"),
        Event(date(2026, 3, 2), "A new menu"),
    )
    remove_event(store, "Ward 3 closed", now=NOW)
    assert [event.words for event in list_events(store)] == ["A new menu"]
    assert store_version(store) != noted


def test_a_map_is_found_by_the_columns_in_any_order(store: Store) -> None:
    keep_map(store, ("Date", "Comment"), "map", now=NOW)
    assert find_map(store, ("Comment", "Date")) == "map"
    assert find_map(store, ("Comment", "Date", "Ward")) is None


def test_a_backup_holds_what_is_kept(store: Store, tmp_path: Path) -> None:
    keep(store, "view", "Food", "/?topic=food", now=NOW)
    back_up(store, tmp_path / "feedback.tar")
    again = restore(tmp_path / "feedback.tar", tmp_path / "again", now=NOW)
    assert list_kept(again, "view") == list_kept(store, "view")
