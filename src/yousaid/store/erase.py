# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Deleting for good: one person's response, or everything before a date.

Unlike an undo, which keeps the last states, this leaves no earlier version, no index entry and no
correction; and it looks again before it says so. What it cannot reach are backups made before, and
what a disk keeps of files that were deleted.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, ColumnElement, Connection, delete, select, true
from sqlalchemy.exc import SQLAlchemyError

from yousaid.duck import connect_duckdb, sql_for_files
from yousaid.errors import InputError, StoreError
from yousaid.store.app import CORRECTION, NAME, UPLOAD, begin
from yousaid.store.delta import find_unused_files, write_rows
from yousaid.store.derive import NAME_COLUMNS, sql_for_rollup
from yousaid.store.indexing import (
    bring_up_to_date,
    count_indexed,
    expect_erasure,
    leave_no_trace,
)
from yousaid.store.layout import Store
from yousaid.store.lock import is_work_under_way
from yousaid.store.reasons import say_reason
from yousaid.store.schema import COLUMNS, TableName
from yousaid.store.state import State, get_paths
from yousaid.store.write import Writing, writing


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased, and what a second look found of it in each part of the store: 0 in all."""

    response_count: int
    comment_count: int
    correction_count: int
    left_counts: Mapping[str, int]


def describe_erasure(erased: Erasure) -> str:
    """What was erased, and the proof, for the person who asked for it."""
    if not erased.response_count:
        return "Nothing was there to erase."
    parts = ", ".join(f"{part} {count}" for part, count in erased.left_counts.items())
    return (
        f"Erased: responses {erased.response_count:,}, comments {erased.comment_count:,}, "
        f"corrections {erased.correction_count:,}.\n"
        f"Looked for again in every file, found: {parts}.\n"
        "Backups made before this still hold them: delete those too."
    )


def erase_response(store: Store, response_id: str, *, now: datetime) -> Erasure:
    """Erase what one person said at one time, with everything that was made of it.

    Raises InputError where there is no such response, and as `add_upload` does.
    """
    with writing(store, now, "What was left") as work:
        # Bytes that are no UTF-8, which a command line may hold, are in no store's id.
        is_text = response_id.encode(errors="replace").decode() == response_id
        erased = _erase(work, "response_id = ?", response_id) if is_text else None
        if erased is None or not erased.response_count:
            raise InputError("There is no response of that id. Check it, letter by letter.")
        return erased


def erase_before(store: Store, day: date, *, now: datetime) -> Erasure:
    """Erase every response dated before a day; undated ones stay. Raises as `add_upload` does."""
    with writing(store, now, "What was left") as work:
        return _erase(work, "date < ?", day)


def _erase(work: Writing, condition: str, value: object) -> Erasure:
    store, duck = work.store, work.duck
    if is_work_under_way(store):
        raise StoreError(
            f"The comments of {store.folder} are being read again, and what is to be erased may be "
            "among what was made of them. Erase when that is done."
        )
    # In earlier versions too: what was in an upload that was undone lies there still.
    files = sorted(store.get_table_path("comments").glob("*.parquet"))
    duck.execute(
        "CREATE TEMP TABLE doomed AS "
        "SELECT DISTINCT comment_key, comment_id, response_key, has_text "
        f"FROM {sql_for_files(files, COLUMNS['comments'])} WHERE {condition}",
        [value],
    )
    # What was undone and came again has two keys.
    [(response_count, comment_count)] = duck.sql(
        "SELECT count(DISTINCT response_key), count(*) FILTER (has_text) FROM (FROM doomed "
        "QUALIFY row_number() OVER (PARTITION BY comment_id ORDER BY comment_key DESC) = 1)"
    ).fetchall()
    if not response_count:
        # Unless one was, and the erasing was stopped.
        leave_no_trace(store)
        return Erasure(0, 0, 0, {})
    found = duck.sql("SELECT comment_key, comment_id FROM doomed").fetchall()
    keys = np.array([key for key, _ in found], np.int64)
    comment_ids = {comment_id for _, comment_id in found}
    state, correction_count = _commit_without(work, comment_ids)
    # From here on nobody finds them; what follows is that nobody could. The next write does what is
    # left of it where this is stopped.
    try:
        for path in find_unused_files(store, [state]):
            path.unlink()
        bring_up_to_date(store, state)
        leave_no_trace(store)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise StoreError(
            f"The response was taken out, but traces are left in {store.folder} "
            f"({say_reason(error)}). Check that the disk has room, then run the same again."
        ) from None
    left = _look_again(store, keys, comment_ids)
    if any(left.values()):
        parts = ", ".join(part for part, count in left.items() if count)
        raise StoreError(
            f"The response was taken out, but traces are left in: {parts}. Run the same again."
        )
    return Erasure(response_count, comment_count, correction_count, left)


def _commit_without(work: Writing, comment_ids: set[str]) -> tuple[State, int]:
    store, before, duck = work.store, work.before, work.duck
    versions: dict[str, int] = {}
    kept: tuple[TableName, ...] = ("comments", "readings", "facts")
    for table in kept:
        rows = sql_for_files(get_paths(store, before, table), COLUMNS[table])
        sql = f"SELECT * FROM {rows} ANTI JOIN doomed USING (comment_key) ORDER BY comment_key"
        versions[table] = write_rows(store, table, duck, sql, "overwrite")
    rows = sql_for_files(get_paths(store, before, "facts"), COLUMNS["facts"])
    left = f"(FROM {rows} ANTI JOIN doomed USING (comment_key))"
    versions["rollup"] = write_rows(store, "rollup", duck, sql_for_rollup(left), "overwrite")
    used = duck.sql(
        "SELECT "
        + ", ".join(
            f"list(DISTINCT {column})" for column in ("upload", *(f"{k}_id" for k in NAME_COLUMNS))
        )
        + f" FROM {left}"
    ).fetchall()[0]
    expect_erasure(store, versions["comments"])
    with begin(store.database) as app:
        said = _find_corrections(app, comment_ids)
        _delete(app, CORRECTION.c.number, said)
        _delete(app, UPLOAD.c.number, _get_unused(app, UPLOAD.c.number, used[0]))
        for kind, ids in zip(NAME_COLUMNS, used[1:], strict=True):
            unused = _get_unused(app, NAME.c.id, ids, NAME.c.kind == kind)
            _delete(app, NAME.c.id, unused, NAME.c.kind == kind)
        state = work.commit(app, "erase", **versions)
    return state, len(said)


def _find_corrections(app: Connection, comment_ids: set[str]) -> list[int]:
    known = app.execute(select(CORRECTION.c.number, CORRECTION.c.comment_id))
    return [number for number, comment_id in known if comment_id in comment_ids]


def _get_unused(
    app: Connection,
    column: Column[Any],
    used: list[int] | None,
    condition: ColumnElement[bool] | None = None,
) -> list[int]:
    found = app.execute(select(column).where(true() if condition is None else condition)).scalars()
    return sorted(set(found) - set(used or []))


def _delete(
    app: Connection,
    column: Column[Any],
    values: list[int],
    condition: ColumnElement[bool] | None = None,
) -> None:
    # Fewer at once than a statement of SQLite can have values.
    for at in range(0, len(values), 1000):
        chosen = column.in_(values[at : at + 1000])
        app.execute(delete(column.table).where(chosen, true() if condition is None else condition))


def _look_again(store: Store, keys: NDArray[np.int64], comment_ids: set[str]) -> dict[str, int]:
    """How many of these rows any file of the store still holds, counted or not."""
    left: dict[str, int] = {}
    tables: tuple[TableName, ...] = ("comments", "readings", "facts")
    with connect_duckdb() as duck:
        duck.execute(
            "CREATE TABLE doomed AS SELECT unnest(?::BIGINT[]) AS comment_key", [keys.tolist()]
        )
        for table in tables:
            files = sorted(store.get_table_path(table).glob("*.parquet"))
            rows = sql_for_files(files, COLUMNS[table])
            sql = f"SELECT count(*) FROM {rows} SEMI JOIN doomed USING (comment_key)"
            [(left[table],)] = duck.sql(sql).fetchall()
    with begin(store.database) as app:
        left["corrections"] = len(_find_corrections(app, comment_ids))
    left["search"] = count_indexed(store, keys)
    return left
