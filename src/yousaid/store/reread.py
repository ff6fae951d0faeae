# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Putting other readings in place of those that comments have, as by a newer model.

The readings are made while everybody goes on working; only their putting in place is a write. What
was added meanwhile keeps the reading that it came with, and corrections stay.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from yousaid.duck import connect_duckdb, quote, sql_for_files
from yousaid.errors import InputError, StoreError
from yousaid.records import QuestionKind, Reading
from yousaid.store.app import begin
from yousaid.store.delta import write_rows
from yousaid.store.derive import sql_for_rollup, stage_facts
from yousaid.store.layout import Store
from yousaid.store.names import add_names
from yousaid.store.rules import READING_RULES
from yousaid.store.schema import COLUMNS, ROWS_A_GROUP, TableName
from yousaid.store.state import State, get_kept_states, get_paths, get_state
from yousaid.store.working import (
    check_relation,
    sql_for_reading_lines,
    write_reading_lines,
)
from yousaid.store.write import Writing, writing

# How many texts are held in memory: those of one group of rows of a file.
_READ_AT_ONCE = ROWS_A_GROUP["comments"]
# What a file of readings has: the columns of the table but for the upload, which the store knows.
READ_COLUMNS = {n: kind for n, kind in COLUMNS["readings"].items() if n != "upload"}


def get_answers(store: Store, at_once: int) -> Iterator[list[tuple[int, QuestionKind, str]]]:
    """Every answer of a store, blank ones too, in batches: its key, the kind of its question and
    its text. For the machine's own work; people ask within a scope."""
    with connect_duckdb() as duck:
        keys = _ask_newest(store, duck, "SELECT comment_key FROM {} ORDER BY comment_key")
        # Each part is of the newest version: the files of today's may be gone before all are read.
        for at in range(0, len(keys), _READ_AT_ONCE):
            [first], [last] = keys[at], keys[at : at + _READ_AT_ONCE][-1]
            rows = _ask_newest(
                store,
                duck,
                "SELECT comment_key, kind, coalesce(text, '') FROM {} "
                "WHERE comment_key BETWEEN ? AND ? ORDER BY comment_key",
                first,
                last,
            )
            yield from (rows[start : start + at_once] for start in range(0, len(rows), at_once))


def _ask_newest(store: Store, duck: duckdb.DuckDBPyConnection, sql: str, *values: int) -> list[Any]:
    """The rows of a query over the comments, whose files may go while it runs."""
    while True:
        state = get_state(store)
        try:
            comments = sql_for_files(get_paths(store, state, "comments"), COLUMNS["comments"])
            return duck.execute(sql.format(comments), values).fetchall()
        except (duckdb.IOException, StoreError):
            if get_state(store).number == state.number:
                raise


def write_readings(path: Path, keys: Sequence[int], readings: Sequence[Reading]) -> None:
    """Write readings of answers, by their keys, as a file for `replace_readings`."""
    lines = path.with_suffix(".jsonl")
    write_reading_lines(lines, [{"comment_key": key} for key in keys], readings)
    with connect_duckdb() as duck:
        source = sql_for_reading_lines(lines, READ_COLUMNS)
        duck.execute(f"COPY (FROM {source}) TO {quote(str(path))} (FORMAT parquet)")
    lines.unlink()


def replace_readings(store: Store, paths: Sequence[Path], *, now: datetime) -> int:
    """Put the readings of these Parquet files in place, and return how many were.

    The files have the columns of `readings` without `upload`; a comment that has gone meanwhile is
    left out. Raises InputError where a comment is there twice, and as `add_upload` does.
    """
    with writing(store, now, "The new readings") as work:
        source = sql_for_files(paths, READ_COLUMNS)
        check_relation(work.duck, source, READ_COLUMNS, READING_RULES, "The file of new readings")
        return _replace(work, source)


def undo_reread(store: Store, *, now: datetime) -> int:
    """Take the last re-reading back: comments that were there before it get the readings that they
    had. Returns how many did; raises StoreError where the earlier readings are kept no longer."""
    with writing(store, now, "The earlier readings") as work:
        before = _find_before_reread(store)
        return _replace(work, sql_for_files(get_paths(store, before, "readings"), READ_COLUMNS))


def _find_before_reread(store: Store) -> State:
    states = get_kept_states(store)
    for state, earlier in pairwise(states):
        if state.kind == "reread":
            return earlier
    raise StoreError(
        "There is no re-reading to take back, or too much was written since. "
        "Read the comments again with the model that you want."
    )


def _replace(work: Writing, source: str) -> int:
    store, before, duck = work.store, work.before, work.duck
    old = sql_for_files(get_paths(store, before, "readings"), COLUMNS["readings"])
    comments = sql_for_files(get_paths(store, before, "comments"), COLUMNS["comments"])
    columns = ", ".join(f"new.{name}" for name in READ_COLUMNS)
    staged = work.folder / "readings.parquet"
    duck.execute(
        f"COPY (SELECT {columns}, old.upload FROM {source} AS new "
        f"JOIN (SELECT comment_key, upload FROM {old}) AS old USING (comment_key) "
        f"UNION ALL BY NAME SELECT * FROM {old} AS old ANTI JOIN {source} AS new "
        f"USING (comment_key)) TO {quote(str(staged))} (FORMAT parquet)"
    )
    readings = sql_for_files([staged], COLUMNS["readings"])
    [(count, key_count, new_count)] = duck.sql(
        f"SELECT (SELECT count(*) FROM {readings}), "
        f"(SELECT count(DISTINCT comment_key) FROM {readings}), "
        f"(SELECT count(*) FROM {source} SEMI JOIN {old} USING (comment_key))"
    ).fetchall()
    if count > key_count:
        raise InputError(
            f"{count - key_count:,} comments have two new readings. Give each comment one."
        )
    if not new_count:
        return 0
    with begin(store.database) as app:
        facts, names = stage_facts(duck, app, work.folder, comments, readings)
    rows: dict[TableName, str] = {
        "readings": f"FROM {readings} ORDER BY comment_key",
        "facts": f"FROM {facts}",
        "rollup": sql_for_rollup(facts),
    }
    versions = {
        table: write_rows(store, table, duck, sql, "overwrite") for table, sql in rows.items()
    }
    with begin(store.database) as app:
        add_names(app, names)
        work.commit(app, "reread", **versions)
    return int(new_count)
