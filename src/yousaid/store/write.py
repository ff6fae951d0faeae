# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Adding an upload: all of it or none of it, one writer at a time.

The two Delta tables are written first, each as a new version; then one SQLite transaction names
the upload and those versions. A machine that stops before that leaves rows that no question reads
and that the next write removes.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from yousaid.errors import InputError, OutputError, StoreError
from yousaid.records import Comment, Reading
from yousaid.store.filter import SENTIMENT_CODES, write_unit_path
from yousaid.store.layout import (
    COLUMNS,
    State,
    Store,
    TableName,
    connect_app,
    escape_glob,
    get_paths,
    get_state,
)
from yousaid.store.rows import connect_duckdb, open_rows
from yousaid.store.search import fold

# How long a writer waits for another: a write of a thousand comments takes well under a second.
LOCK_WAIT_SECONDS = 5.0
_LOCK_POLL_SECONDS = 0.05


def add_upload(
    store: Store,
    file_name: str,
    comments: Sequence[Comment],
    readings: Sequence[Reading],
    *,
    now: datetime,
    framework_version: str,
) -> str:
    """Add one file's comments, each with the reading in the same place, and return the upload's id.

    Rows are one response where response_id, date, unit and score agree. Raises InputError where
    there is nothing to add or one comment_id is there twice, StoreError where comments are in the
    store already or another program is writing, and OutputError where the disk refuses; the store
    is then as it was.
    """
    if len(comments) != len(readings):
        raise ValueError(f"{len(comments)} comments, but {len(readings)} readings")
    if any(len({m.topic for m in r.mentions}) < len(r.mentions) for r in readings):
        raise ValueError("a reading mentions one topic twice")
    _check_upload(file_name, comments)
    with _lock_writers(store):
        try:
            _sweep(store)
            return _add(store, file_name, comments, readings, now, framework_version)
        except (OSError, DeltaError, sqlite3.Error, duckdb.IOException) as error:
            # The cause is cut off: DuckDB and Delta may quote the row that they stopped at.
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            raise OutputError(
                f"“{file_name}” could not be written to {store.folder} ({reason}); nothing was "
                "added. Check that the disk has room and that you may write there, then try again."
            ) from None
        finally:
            shutil.rmtree(store.folder / "tmp", ignore_errors=True)


def _check_upload(file_name: str, comments: Sequence[Comment]) -> None:
    if not comments:
        raise InputError(f"“{file_name}” holds no responses. Nothing was added.")
    twice = [key for key, count in Counter(c.comment_id for c in comments).items() if count > 1]
    if twice:
        raise InputError(
            f"“{file_name}” has {len(twice)} comment ids more than once (first “{twice[0]}”). "
            "Give every comment an id of its own."
        )


@contextmanager
def _lock_writers(store: Store) -> Iterator[None]:
    # The kernel frees the lock when its holder dies, so none is ever left behind.
    try:
        lock = (store.folder / "write.lock").open("ab")
    except OSError as error:
        raise OutputError(
            f"{store.folder} cannot be written ({error.strerror}). Check that you may write there."
        ) from error
    with lock:
        give_up_at = time.monotonic() + LOCK_WAIT_SECONDS
        while not _try_lock(lock.fileno()):
            if time.monotonic() >= give_up_at:
                raise StoreError(
                    f"Another program is writing to {store.folder}. Try again in a minute."
                )
            time.sleep(_LOCK_POLL_SECONDS)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sweep(store: Store) -> None:
    """Remove what earlier writes left unfinished: working files, and rows of no known upload."""
    shutil.rmtree(store.folder / "tmp", ignore_errors=True)
    state = get_state(store)
    with closing(connect_app(store)) as app:
        upload_ids = [row[0] for row in app.execute("SELECT upload_id FROM upload ORDER BY number")]
    for table in COLUMNS:
        latest = _get_latest_version(store, table)
        if latest is not None and latest != state.get_table_version(table):
            # Delta takes no bound values here; the ids are numbers that `_add` made.
            known = ", ".join(f"'{int(upload_id)}'" for upload_id in upload_ids)
            delta = DeltaTable(store.get_table_path(table))
            delta.delete(f"upload_id NOT IN ({known})" if known else None)
        _remove_unused_files(store, state, table)


def _get_latest_version(store: Store, table: TableName) -> int | None:
    path = store.get_table_path(table)
    return DeltaTable(path).version() if DeltaTable.is_deltatable(str(path)) else None


def _remove_unused_files(store: Store, state: State, table: TableName) -> None:
    """Delete files that hold comments but belong to no upload: an erased text must be gone."""
    path = store.get_table_path(table)
    if not path.exists():
        return
    used = set(get_paths(store, state, table))
    latest = _get_latest_version(store, table)
    if latest is not None:
        addresses = DeltaTable(path).file_uris()
        used |= {path / address.rpartition("/")[2] for address in addresses}
    for file in path.iterdir():
        if file.is_file() and file not in used:
            file.unlink()


def _add(
    store: Store,
    file_name: str,
    comments: Sequence[Comment],
    readings: Sequence[Reading],
    now: datetime,
    framework_version: str,
) -> str:
    state = get_state(store)
    number = _get_next_number(store)
    working = store.folder / "tmp"
    working.mkdir(mode=0o700)
    comments_file, readings_file = working / "comments.jsonl", working / "readings.jsonl"
    _write_lines(comments_file, _make_comment_rows(number, comments))
    _check_new(store, state, file_name, comments_file)
    _write_lines(readings_file, _make_reading_rows(number, comments, readings))
    versions = [
        _append(store, "comments", comments_file),
        _append(store, "readings", readings_file),
    ]
    with closing(connect_app(store)) as app, app:
        app.execute(
            "INSERT INTO upload VALUES (?, ?, ?, ?, ?)",
            [number, str(number), file_name, now.astimezone(UTC).isoformat(), framework_version],
        )
        app.execute(
            "UPDATE state SET comments_version = ?, readings_version = ?, "
            "change_count = change_count + 1",
            versions,
        )
    return str(number)


def _get_next_number(store: Store) -> int:
    with closing(connect_app(store)) as app:
        row = app.execute("SELECT seq FROM sqlite_sequence WHERE name = 'upload'").fetchone()
    return 1 + (row[0] if row else 0)


def _make_comment_rows(number: int, comments: Sequence[Comment]) -> Iterator[dict[str, object]]:
    first_keys: dict[tuple[object, ...], int] = {}
    for comment_key, comment in enumerate(comments, start=number << 32):
        # One person's reply, at one time, about one place, with one score: whatever differs in
        # these is another response, so a condition on them holds for all of its rows or none.
        has_text = bool(comment.text.strip())
        identity = (comment.response_id, comment.date, comment.unit, comment.score)
        yield {
            "upload_id": str(number),
            "comment_key": comment_key,
            "response_key": first_keys.setdefault(identity, comment_key),
            "comment_id": comment.comment_id,
            "response_id": comment.response_id,
            "date": comment.date.isoformat() if comment.date else None,
            "unit": comment.unit,
            "unit_path": write_unit_path(comment.unit),
            "question": comment.question,
            "kind": comment.kind,
            "has_text": has_text,
            "text": comment.text if has_text else None,
            "search_text": fold(comment.text) if has_text else None,
            "score": comment.score,
            "demographics": dict(comment.demographics),
        }


def _make_reading_rows(
    number: int, comments: Sequence[Comment], readings: Sequence[Reading]
) -> Iterator[dict[str, object]]:
    pairs = zip(comments, readings, strict=True)
    for comment_key, (comment, reading) in enumerate(pairs, start=number << 32):
        mentions = reading.mentions
        yield {
            "upload_id": str(number),
            "comment_key": comment_key,
            "comment_id": comment.comment_id,
            "model": reading.model,
            "topics": [mention.topic for mention in mentions],
            "topic_probabilities": [mention.probability for mention in mentions],
            "topic_sentiments": [SENTIMENT_CODES[mention.sentiment] for mention in mentions],
            "topic_spans": [
                [offset for span in mention.spans for offset in (span.start, span.end)]
                for mention in mentions
            ],
            "sentiment": reading.sentiment,
            "sentiment_score": reading.sentiment_score,
            "mixed": reading.mixed,
            "urgency": reading.urgency,
            "language": reading.language,
            "probabilities": reading.probabilities,
        }


def _write_lines(path: Path, rows: Iterable[dict[str, object]]) -> None:
    # Half a surrogate pair, which some programs write into JSON, has no UTF-8: it becomes “?”, one
    # character for one, so that spans still fit.
    with path.open("w", encoding="utf-8", errors="replace") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _sql_for_lines(table: TableName) -> str:
    """A working file, bound by name, as rows with the table's columns."""
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS[table].items())
    return f"read_json(?, format = 'newline_delimited', columns = {{{columns}}})"


def _check_new(store: Store, state: State, file_name: str, comments_file: Path) -> None:
    """Raise StoreError where some of these comments are in the store already."""
    sql = (
        "SELECT upload_id, count(*) FROM rows "
        f"SEMI JOIN {_sql_for_lines('comments')} USING (comment_id) "
        "GROUP BY upload_id ORDER BY min(comment_key)"
    )
    with open_rows(store, state) as cursor:
        found = cursor.execute(sql, [escape_glob(comments_file)]).fetchall()
    if not found:
        return
    with closing(connect_app(store)) as app:
        rows = app.execute("SELECT upload_id, file_name, added_at FROM upload").fetchall()
    added = {upload_id: f"“{name}”, added on {at[:10]}" for upload_id, name, at in rows}
    earlier = "; ".join(f"{count:,} in {added[upload_id]}" for upload_id, count in found)
    raise StoreError(
        f"“{file_name}” was not added: comments with the same ids are in the store already "
        f"({earlier}). Leave those out, or undo the earlier upload first."
    )


def _append(store: Store, table: TableName, lines: Path) -> int:
    """Append a working file to a table and see it safely on the disk; the table's new version."""
    path = store.get_table_path(table)
    before = set(path.rglob("*"))
    with connect_duckdb() as duck:
        rows = duck.sql(f"SELECT * FROM {_sql_for_lines(table)}", params=[escape_glob(lines)])
        properties = WriterProperties(compression="ZSTD")
        write_deltalake(path, rows, mode="append", writer_properties=properties)
    # Delta renames files into place without an fsync, and SQLite's commit must not outlive them.
    for target in (*(set(path.rglob("*")) - before), path / "_delta_log", path, store.folder):
        _sync(target)
    return DeltaTable(path).version()


def _sync(target: Path) -> None:
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
