import random
from datetime import timedelta

import pytest

from tests.unit.store.samples import make_reading, make_sample
from tests.unit.store.stores import NOW, add_records, add_sample, describe_rows, get_all
from yousaid.store.check import find_faults, mend
from yousaid.store.details import find_details, get_details_path
from yousaid.store.layout import create_store
from yousaid.store.reread import replace_readings, undo_reread, write_readings
from yousaid.store.snapshot import forget_stores, open_snapshot
from yousaid.store.state import get_paths, get_state
from yousaid.store.upkeep import keep_up
from yousaid.store.write import undo_upload


def list_data_files(store):
    return get_paths(store, get_state(store), "readings")


def find_in_parquet(store):
    with open_snapshot(store) as snapshot:
        rows = snapshot.ask(
            "SELECT comment_key, topic_probabilities, topic_spans "
            f"FROM {snapshot.relation_over('readings')}"
        )
    return {key: detail for key, *detail in rows}


def check(store):
    """Every data file has its details, they say what it says, and no others lie about."""
    expected = find_in_parquet(store)
    found = find_details(list_data_files(store), [*expected, 0, 1 << 60])
    assert {key: list(detail) for key, detail in found.items()} == expected
    kept = {path.stem for path in store.get_table_path("readings").glob("*.parquet")}
    assert {path.stem for path in store.get_table_path("readings").glob("*.details*")} == kept


def test_details_are_those_of_the_readings(tmp_path):
    store = create_store(tmp_path / "feedback")
    for number in range(4):
        add_sample(store, number, 40)
        check(store)
    undo_upload(store, "2", now=NOW)
    check(store)
    keep_up(store, now=NOW)
    check(store)
    # Files of earlier states go in the end.
    for number in range(4, 12):
        add_sample(store, number, 3)
        check(store)


def test_details_follow_a_rereading_and_back(tmp_path):
    store = create_store(tmp_path / "feedback")
    comments, readings = make_sample(random.Random(1), 40)
    add_records(store, comments, readings)
    before = get_all(store)
    draw = random.Random(2)
    keys = list(find_in_parquet(store))
    others = [make_reading(draw, comment) for comment in comments]
    write_readings(tmp_path / "new.parquet", keys, others)
    replace_readings(store, [tmp_path / "new.parquet"], now=NOW + timedelta(days=1))
    check(store)
    after = get_all(store)
    assert after != before
    for path in list_data_files(store):
        get_details_path(path).unlink()
    forget_stores()
    assert get_all(store) == after
    undo_reread(store, now=NOW + timedelta(days=2))
    assert get_all(store) == before
    check(store)


def test_missing_and_damaged_details_change_no_answer(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 1)
    add_sample(store, 2)
    comments, rows = get_all(store), describe_rows(store)
    one, other = map(get_details_path, list_data_files(store))
    one.unlink()
    other.write_bytes(other.read_bytes()[:-1])
    forget_stores()
    assert get_all(store) == comments
    other.write_bytes(b"")
    assert get_all(store) == comments
    # A missing file is no fault; the next write makes it.
    [fault] = find_faults(store)
    assert fault.where == f"readings/{other.name}"
    assert mend(store, [fault], now=NOW) == []
    check(store)
    assert describe_rows(store) == rows


@pytest.mark.parametrize("texts", [[], [""], ["", "Nothing to see"]])
def test_details_of_readings_without_topics(tmp_path, texts):
    store = create_store(tmp_path / "feedback")
    assert find_details(list_data_files(store), [1]) == {}
    comments, readings = make_sample(random.Random(3), 5)
    chosen = [place for place, reading in enumerate(readings) if not reading.mentions]
    if texts:
        add_records(store, [comments[n] for n in chosen], [readings[n] for n in chosen])
        check(store)
