"""The folder that a store is, and how it is opened and read.

    feedback/
      comments/     Delta table, one row an answer (blank ones too)
      readings/     Delta table, one row an answer and model
      app.sqlite    the uploads, and which version of each table holds exactly those uploads
      tmp/          what a write is working on; emptied by the next one
      write.lock    held by whoever is writing

The row in `app.sqlite` is the commit point. A question reads the two tables at the versions written
there, so it sees every upload whole or not at all, whatever was on the way when a machine stopped.
"""

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from uuid import uuid4

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from yousaid.errors import OutputError, StoreError

# 2: readings have the language of their comment.
LAYOUT_VERSION = 2
# “ySay” in ASCII: how SQLite, and `file`, tell our database from any other.
APPLICATION_ID = 0x79536179
APP_FILE = "app.sqlite"

TableName = Literal["comments", "readings"]

# One table of columns, with DuckDB's types: the writer's schema and an empty store's come from it.
# - `comment_key` numbers the rows of the whole store in the order in which they came;
# - `response_key` is the comment_key of the response's first row;
# - `unit_path` is `unit` as one text, three times quicker to compare than a list;
# - `search_text` is `text` as `search.fold` leaves it, and both are NULL for a blank answer.
COLUMNS: dict[TableName, dict[str, str]] = {
    "comments": {
        "upload_id": "VARCHAR",
        "comment_key": "BIGINT",
        "response_key": "BIGINT",
        "comment_id": "VARCHAR",
        "response_id": "VARCHAR",
        "date": "DATE",
        "unit": "VARCHAR[]",
        "unit_path": "VARCHAR",
        "question": "VARCHAR",
        "kind": "VARCHAR",
        "has_text": "BOOLEAN",
        "text": "VARCHAR",
        "search_text": "VARCHAR",
        "score": "TINYINT",
        "demographics": "MAP(VARCHAR, VARCHAR)",
    },
    # The lists `topics`, `topic_probabilities`, `topic_sentiments` (1, 0, −1) and `topic_spans`
    # (start, end, start, end …) run in parallel, one place a mention; `probabilities` has one value
    # for each topic of the framework.
    "readings": {
        "upload_id": "VARCHAR",
        "comment_key": "BIGINT",
        "comment_id": "VARCHAR",
        "model": "VARCHAR",
        "topics": "VARCHAR[]",
        "topic_probabilities": "FLOAT[]",
        "topic_sentiments": "TINYINT[]",
        "topic_spans": "INTEGER[][]",
        "sentiment": "TINYINT",
        "sentiment_score": "FLOAT",
        "mixed": "BOOLEAN",
        "urgency": "FLOAT",
        "language": "VARCHAR",
        "probabilities": "FLOAT[]",
    },
}

_APP_TABLES = """
CREATE TABLE upload (
    number            INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice, even after an undo
    upload_id         TEXT NOT NULL UNIQUE,
    file_name         TEXT NOT NULL,
    added_at          TEXT NOT NULL,                      -- UTC
    framework_version TEXT NOT NULL
) STRICT;
CREATE TABLE state (
    store_id         TEXT NOT NULL,
    comments_version INTEGER,                             -- NULL before the first upload
    readings_version INTEGER,
    change_count     INTEGER NOT NULL                     -- goes up with every change in this file
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of comments and readings, known to be ours and of a layout that we can read."""

    folder: Path

    def get_table_path(self, table: TableName) -> Path:
        return self.folder / table


@dataclass(frozen=True, slots=True)
class State:
    """What the store holds at one moment: the Delta versions to read, None before any upload."""

    store_id: str
    comments_version: int | None
    readings_version: int | None
    change_count: int

    def get_table_version(self, table: TableName) -> int | None:
        return self.comments_version if table == "comments" else self.readings_version


def is_store(folder: Path) -> bool:
    """Whether there is a store in this folder, readable or not."""
    return (folder / APP_FILE).exists()


def check_folder(folder: Path) -> None:
    """Raise what `create_store` would for this folder, and make nothing."""
    _check_path(folder)
    if is_store(folder):
        open_store(folder)
        return
    if folder.exists():
        if not folder.is_dir():
            raise StoreError(f"{folder} is a file. Name a folder for the store.")
        _check_empty(folder)
    above = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise OutputError(
            f"{folder} cannot be made in {above}. Choose a place where you may write."
        )


def create_store(folder: Path) -> Store:
    """The store in this folder, made now (readable by its owner only) unless it is there already.

    Raises StoreError where the folder holds anything else, and OutputError where it cannot be made.
    """
    _check_path(folder)
    try:
        if not is_store(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_empty(folder)
            folder.chmod(0o700)
            _create_app_database(folder)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(
            f"The folder {folder} cannot be made into a store ({_say(error)}). "
            "Choose a folder in a place where you may write."
        ) from error
    return open_store(folder)


def open_store(folder: Path) -> Store:
    """The store in this folder. Raises StoreError where there is none that we can read."""
    _check_path(folder)
    app_file = folder / APP_FILE
    if not app_file.is_file():
        raise StoreError(
            f"{folder} is not a yousaid store: it has no {APP_FILE}. Check the folder."
        )
    try:
        with closing(connect_app(Store(folder))) as app:
            application_id = app.execute("PRAGMA application_id").fetchone()[0]
            layout_version = app.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(
            f"{app_file} cannot be read ({_say(error)}). Check that you may read it, "
            "or restore the folder from a backup."
        ) from error
    if application_id != APPLICATION_ID:
        raise StoreError(f"{folder} is not a yousaid store: its {APP_FILE} is of another program.")
    if layout_version > LAYOUT_VERSION:
        raise StoreError(
            f"{folder} was written by a newer yousaid (layout {layout_version}; this one reads "
            f"{LAYOUT_VERSION}). Upgrade yousaid, then open it again."
        )
    if layout_version < LAYOUT_VERSION:
        raise StoreError(
            f"{folder} was written by an older yousaid (layout {layout_version}; this one reads "
            f"{LAYOUT_VERSION}). Load its files again into a new folder."
        )
    return Store(folder.absolute())


def store_version(store: Store) -> str:
    """What changes whenever an answer of the store could: a cache key and an ETag, not a clock."""
    state = get_state(store)
    versions = (state.comments_version, state.readings_version)
    written = ["none" if version is None else str(version) for version in versions]
    return "-".join([state.store_id[:8], *written, str(state.change_count)])


def get_state(store: Store) -> State:
    """The state as last committed. Raises StoreError where the store has gone or is damaged."""
    try:
        with closing(connect_app(store)) as app:
            row = app.execute(
                "SELECT store_id, comments_version, readings_version, change_count FROM state"
            ).fetchone()
            return State(*row)
    except (sqlite3.Error, TypeError) as error:
        raise StoreError(
            f"{store.folder / APP_FILE} cannot be read ({_say(error)}). "
            "Restore the folder from a backup."
        ) from error


def connect_app(store: Store) -> sqlite3.Connection:
    """A connection of the caller's own to `app.sqlite`; never makes the file."""
    address = (store.folder / APP_FILE).absolute().as_uri() + "?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=10)


def escape_glob(path: Path) -> str:
    """The path as DuckDB's readers take it, which would read “*” or “?” as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def get_paths(store: Store, state: State, table: TableName) -> tuple[Path, ...]:
    """The Parquet files of a table in this state. Raises StoreError where the table is damaged."""
    version = state.get_table_version(table)
    return () if version is None else _list_paths(store, state.store_id, table, version)


@lru_cache(maxsize=64)
def _list_paths(
    store: Store,
    store_id: str,  # noqa: ARG001 (part of the cache's key: a folder can be made anew)
    table: TableName,
    version: int,
) -> tuple[Path, ...]:
    path = store.get_table_path(table)
    try:
        addresses = DeltaTable(path, version=version).file_uris()
    except (DeltaError, OSError) as error:
        raise StoreError(
            f"The table {path} is damaged or missing. Restore the folder from a backup."
        ) from error
    # The addresses come percent-encoded, some twice; our tables are flat, so the name is enough.
    return tuple(path / address.rpartition("/")[2] for address in addresses)


def _check_path(folder: Path) -> None:
    # Found by trying each character: on these deltalake 1.6 fails, or writes somewhere else.
    if found := sorted(
        set(re.findall(r"%[0-9A-Fa-f]{2}|[\[\]\\^|\x00-\x1f\x7f]", str(folder.absolute())))
    ):
        raise StoreError(
            f"A store cannot lie in {str(folder)!r}: its path has {' '.join(map(repr, found))}. "
            "Choose a folder without."
        )


def _check_empty(folder: Path) -> None:
    # The unfinished database is what a stopped `create_store` leaves.
    if others := [entry.name for entry in folder.iterdir() if entry.name != f"{APP_FILE}.new"]:
        raise StoreError(
            f"{folder} is not empty and is not a yousaid store (it holds “{sorted(others)[0]}”). "
            "Choose an empty folder or a new name."
        )


def _create_app_database(folder: Path) -> None:
    unfinished = folder / f"{APP_FILE}.new"
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as app:
        app.execute("PRAGMA journal_mode = WAL")
        app.executescript(_APP_TABLES)
        app.execute("INSERT INTO state VALUES (?, NULL, NULL, 0)", [uuid4().hex])
        app.commit()
        # Neither pragma takes a bound value; both are our own numbers.
        app.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        app.execute(f"PRAGMA user_version = {LAYOUT_VERSION}")
    unfinished.rename(folder / APP_FILE)


def _say(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
