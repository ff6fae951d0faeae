import shutil
import sqlite3
from contextlib import closing

import duckdb
import pytest
from deltalake import write_deltalake

from tests.unit.store.stores import NOW, add_sample, describe_rows, get_all
from yousaid.store.check import describe_fault, find_faults, mend
from yousaid.store.layout import create_store
from yousaid.store.snapshot import forget_stores
from yousaid.store.state import get_paths, get_state


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 1)
    add_sample(store, 2)
    return store


def get_path(store, table):
    return get_paths(store, get_state(store), table)[0]


def change_index(store, sql):
    with closing(sqlite3.connect(store.search_path)) as index, index:
        index.execute(sql)


def rewrite(store, table, sql):
    """Change rows of a Parquet file behind the store's back."""
    path = get_path(store, table)
    changed = path.with_suffix(".changed")
    duckdb.sql(sql.format(rows=f"read_parquet('{path}')")).write_parquet(str(changed))
    changed.rename(path)


def add_uncounted(store, table):
    rows = duckdb.sql(f"FROM read_parquet('{get_path(store, table)}') LIMIT 3")
    write_deltalake(store.get_table_path(table), rows, mode="append")


HARMS = {
    "no facts": lambda s: shutil.rmtree(s.get_table_path("facts")),
    "facts file gone": lambda s: get_path(s, "facts").unlink(),
    "facts file broken": lambda s: get_path(s, "facts").write_bytes(b"PAR1" * 99),
    "other facts": lambda s: rewrite(s, "facts", "SELECT * REPLACE (true AS mixed) FROM {rows}"),
    "fewer facts": lambda s: rewrite(s, "facts", "FROM {rows} LIMIT 3"),
    "unknown place": lambda s: rewrite(s, "facts", "SELECT * REPLACE (99 AS place_id) FROM {rows}"),
    "no rollup": lambda s: shutil.rmtree(s.get_table_path("rollup")),
    "other rollup": lambda s: rewrite(
        s, "rollup", "SELECT * REPLACE (comment_count + 1 AS comment_count) FROM {rows}"
    ),
    "no index": lambda s: s.search_path.unlink(),
    "index broken": lambda s: s.search_path.write_bytes(b"SQLite format 3\x00" * 999),
    "index lacks one": lambda s: change_index(
        s, "DELETE FROM answer WHERE comment_key = (SELECT min(comment_key) FROM answer)"
    ),
    "index has one more": lambda s: change_index(
        s, "INSERT INTO answer VALUES (1, 'more', 'more', NULL)"
    ),
    "working files": lambda s: (s.folder / "tmp").mkdir(),
    "rows of a stopped write": lambda s: add_uncounted(s, "comments"),
    "file of a stopped write": lambda s: (s.get_table_path("facts") / "x.parquet").touch(),
    "open to others": lambda s: s.folder.chmod(0o755),
}
LOSSES = {
    "comments file gone": lambda s: get_path(s, "comments").unlink(),
    "comments file broken": lambda s: get_path(s, "comments").write_bytes(b"PAR1" * 99),
    "readings file gone": lambda s: get_path(s, "readings").unlink(),
    "no comments": lambda s: shutil.rmtree(s.get_table_path("comments")),
    "fewer comments": lambda s: rewrite(s, "comments", "FROM {rows} LIMIT 3"),
    "readings twice": lambda s: rewrite(s, "readings", "FROM {rows} UNION ALL FROM {rows}"),
}


def test_a_whole_store_has_no_faults(store):
    assert find_faults(store) == []


@pytest.mark.parametrize("harm", HARMS)
def test_what_can_be_made_again_is_found_and_mended(store, harm):
    comments, rows = get_all(store), describe_rows(store)
    HARMS[harm](store)
    forget_stores()
    faults = find_faults(store)
    assert faults
    assert all("backup" not in describe_fault(fault) for fault in faults)
    assert mend(store, faults, now=NOW) == []
    assert find_faults(store) == []
    forget_stores()
    assert get_all(store) == comments
    assert describe_rows(store)[0] == rows[0]
    add_sample(store, 3)
    assert find_faults(store) == []


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_lost_is_said_and_nothing_else_is_changed(store, loss):
    LOSSES[loss](store)
    forget_stores()
    faults = find_faults(store)
    assert "restore the folder from a backup" in describe_fault(faults[0])
    left = mend(store, faults, now=NOW)
    assert left[0].remedy == "backup"
