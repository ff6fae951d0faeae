"""The folder that a store is, and how it is made and opened.

    feedback/
      comments/      Delta table, one row an answer (blank ones too)
      readings/      Delta table, one row an answer: what the model says of it
      facts/         Delta table, both as numbers: what questions are asked of
      rollup/        Delta table, counts for the widest questions
      app.sqlite     what people entered, and which version of each table counts
      search.sqlite  texts by key and the index of their words; made again where it is missing
      tmp/           what a write is working on; emptied by the next one
      write.lock     held by whoever is writing

Where several machines share a store, app.sqlite is a PostgreSQL database, `shared` stands in its
place, and search.sqlite lies in a folder of each machine's own.
"""

import os
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from yousaid.errors import OutputError, StoreError
from yousaid.frameworks import get_framework
from yousaid.store.app import (
    APPLICATION_ID,
    CHANGE,
    NAME,
    STORE,
    Database,
    begin,
    close_log,
    metadata,
    prepare_sqlite,
)
from yousaid.store.filelock import LOCK_FILE, lock_folder
from yousaid.store.network import find_network_type
from yousaid.store.reasons import say_reason
from yousaid.store.schema import TABLES, TableName

# 3: facts, roll-up and search lie beside the tables; the app database knows every change.
LAYOUT_VERSION = 3
APP_FILE, SHARED_FILE, SEARCH_FILE = "app.sqlite", "shared", "search.sqlite"
_UNFINISHED = f"{APP_FILE}.new"
_SHARED_TEXT = "Its app database is on PostgreSQL: set YOUSAID_DATABASE to the address."


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of comments and readings, known to be ours and of a layout that we can read.

    `database` is the app database, `index_folder` where search.sqlite lies, for this store alone.
    """

    folder: Path
    store_id: str
    database: Database = field(repr=False)
    index_folder: Path

    def get_table_path(self, table: TableName) -> Path:
        return self.folder / table

    @property
    def search_path(self) -> Path:
        return self.index_folder / SEARCH_FILE


def is_store(folder: Path) -> bool:
    """Whether there is a store in this folder, readable or not."""
    return (folder / APP_FILE).exists() or (folder / SHARED_FILE).exists()


def check_folder(folder: Path, *, database: str | None = None) -> None:
    """Raise what `create_store` would for this folder, and make nothing."""
    _check_path(folder)
    if is_store(folder):
        open_store(folder, database=database, index_folder=folder)
        return
    check_new_folder(folder)
    above = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise OutputError(
            f"{folder} cannot be made in {above}. Choose a place where you may write."
        )
    if database is None:
        _check_local(above, folder)


def check_new_folder(folder: Path) -> None:
    """Raise StoreError where a folder holds anything, or where no store can lie in it."""
    _check_path(folder)
    if folder.exists():
        if not folder.is_dir():
            raise StoreError(f"{folder} is a file. Name a folder for the store.")
        if is_store(folder):
            raise StoreError(f"{folder} holds a store already. Name a new folder.")
        _check_empty(folder)


def create_store(
    folder: Path, *, database: str | None = None, index_folder: Path | None = None
) -> Store:
    """The store in this folder, made now (readable by its owner only) unless it is there already.

    `database` is the address of a PostgreSQL database for it alone. Raises StoreError where the
    folder holds anything else, and OutputError where it cannot be made.
    """
    _check_path(folder)
    try:
        if not is_store(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_store(folder, database)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise OutputError(
            f"The folder {folder} cannot be made into a store ({_say(error)}). "
            "Choose a folder in a place where you may write."
        ) from None
    return open_store(folder, database=database, index_folder=index_folder)


def _make_store(folder: Path, database: str | None) -> None:
    _check_empty(folder)
    # Of two that make it at once, the second finds the store of the first.
    with lock_folder(folder):
        if not is_store(folder):
            folder.chmod(0o700)
            try:
                _make_app_database(folder, database)
            finally:
                _remove_unfinished(folder)


def open_store(
    folder: Path, *, database: str | None = None, index_folder: Path | None = None
) -> Store:
    """The store in this folder. Raises StoreError where there is none that we can read, and where
    SQLite would lie on a network file system."""
    _check_path(folder)
    store_id, layout_version = read_layout(folder, database)
    if layout_version > LAYOUT_VERSION:
        raise StoreError(
            f"{folder} was written by a newer yousaid (layout {layout_version}; this one reads "
            f"{LAYOUT_VERSION}). Upgrade yousaid, then open it again."
        )
    if layout_version < LAYOUT_VERSION:
        raise StoreError(
            f"{folder} was written by an older yousaid (layout {layout_version}; this one reads "
            f"{LAYOUT_VERSION}). Bring it up to date with: yousaid check {folder} --repair"
        )
    return make_store(folder, store_id, database, index_folder)


def make_store(
    folder: Path, store_id: str, database: str | None, index_folder: Path | None
) -> Store:
    """The store of this id, whatever its layout."""
    if database is None:
        _check_local(folder, folder)
    folder = folder.absolute()
    index_folder = (index_folder or folder).absolute()
    if index_folder != folder:
        # Of its own: several stores may be given the same, and others may look into that.
        index_folder /= store_id
    _check_local(index_folder, index_folder)
    try:
        index_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {index_folder} cannot be made for the search index ({_say(error)}). "
            "Choose a place where you may write."
        ) from None
    return Store(folder, store_id, database or folder / APP_FILE, index_folder)


def read_layout(folder: Path, database: str | None) -> tuple[str, int]:
    """The id of the store in this folder and the version of its layout, readable or not."""
    file = folder / (SHARED_FILE if database else APP_FILE)
    if not file.is_file():
        raise StoreError(_say_no_store(folder, database))
    try:
        with begin(database or file) as app:
            if database is None:
                _check_ours(folder, app)
            if not inspect(app).has_table(STORE.name):
                return _read_old_layout(app)
            row = app.execute(select(STORE.c.store_id, STORE.c.layout_version)).one()
    except SQLAlchemyError as error:
        raise StoreError(
            f"{file if database is None else 'The app database'} cannot be read ({_say(error)}). "
            "Check that you may read it and that the disk has room, or restore the folder from a "
            "backup."
        ) from None
    store_id, layout_version = row
    if database and file.read_text(encoding="utf-8").split("\n")[0] != store_id:
        raise StoreError(
            f"{folder} and the app database are of two different stores. Check YOUSAID_DATABASE."
        )
    return store_id, layout_version


def _check_ours(folder: Path, app: Connection) -> None:
    if app.execute(text("PRAGMA application_id")).scalar() != APPLICATION_ID:
        raise StoreError(f"{folder} is not a yousaid store: its {APP_FILE} is of another program.")


def _read_old_layout(app: Connection) -> tuple[str, int]:
    """Layouts 1 and 2 kept their version in SQLite's own place and their id in `state`."""
    store_id = app.execute(text("SELECT store_id FROM state")).scalar_one()
    version = app.execute(text("PRAGMA user_version")).scalar_one()
    return str(store_id), int(version)


def _say_no_store(folder: Path, database: str | None) -> str:
    if database is None and (folder / SHARED_FILE).exists():
        return (
            f"The app database of {folder} is on PostgreSQL. Set YOUSAID_DATABASE to its address."
        )
    if database is not None and (folder / APP_FILE).exists():
        return f"The app database of {folder} is its {APP_FILE}. Unset YOUSAID_DATABASE."
    return f"{folder} is not a yousaid store: it has no {APP_FILE}. Check the folder."


def _check_path(folder: Path) -> None:
    # Found by trying each character: on these deltalake 1.6 fails, or writes somewhere else. The
    # last are bytes that are no UTF-8, as Python writes them.
    bad = r"%[0-9A-Fa-f]{2}|[\[\]\\^|\x00-\x1f\x7f\ud800-\udfff]"
    if found := sorted(set(re.findall(bad, str(folder.absolute())))):
        raise StoreError(
            f"A store cannot lie in {str(folder)!r}: its path has {' '.join(map(repr, found))}. "
            "Choose a folder without."
        )


def _check_local(place: Path, folder: Path) -> None:
    if kind := find_network_type(place):
        raise StoreError(
            f"{folder} lies on a network file system ({kind}), where SQLite's locks do not hold "
            "and its files get damaged. Choose a folder on a disk of this machine, or keep the app "
            "database on PostgreSQL (YOUSAID_DATABASE) and the search index on a local disk "
            "(YOUSAID_INDEX)."
        )


def _check_empty(folder: Path) -> None:
    # What a stopped `create_store` leaves does not matter.
    ours = (_UNFINISHED, f"{SHARED_FILE}.new", LOCK_FILE)
    if others := [entry.name for entry in folder.iterdir() if not entry.name.startswith(ours)]:
        raise StoreError(
            f"{folder} is not empty and is not a yousaid store (it holds “{sorted(others)[0]}”). "
            "Choose an empty folder or a new name."
        )


def _make_app_database(folder: Path, database: str | None) -> None:
    store_id = uuid4().hex
    if database is None:
        # SQLite would read an old log into the new database.
        _remove_unfinished(folder)
        unfinished = folder / _UNFINISHED
        prepare_sqlite(unfinished)
        fill_app_database(unfinished, store_id)
        close_log(unfinished)
        unfinished.rename(folder / APP_FILE)
        return
    with begin(database) as app:
        if inspect(app).has_table(STORE.name):
            raise StoreError(
                "The database in YOUSAID_DATABASE holds another store already. "
                "Make an empty database for this one."
            )
    fill_app_database(database, store_id)
    mark_shared(folder, store_id)


def _remove_unfinished(folder: Path) -> None:
    for leftover in folder.glob(f"{_UNFINISHED}*"):
        leftover.unlink()


def mark_shared(folder: Path, store_id: str) -> None:
    """Say in a folder that its app database is on PostgreSQL, and which store it must be."""
    unfinished = folder / f"{SHARED_FILE}.new"
    unfinished.write_text(f"{store_id}\n{_SHARED_TEXT}\n", encoding="utf-8")
    unfinished.rename(folder / SHARED_FILE)


def fill_app_database(database: Database, store_id: str) -> None:
    """The tables of a store without comments, in a database without tables."""
    topics = [
        {"kind": "topic", "id": code, "value": topic}
        for code, topic in enumerate(get_framework().topic_ids)
    ]
    nothing = dict.fromkeys(TABLES)
    first: dict[str, object] = {
        "number": 0,
        "kind": "created",
        "made_at": "",
        "content": 0,
        "last_upload": 0,
    }
    with begin(database) as app:
        metadata.create_all(app)
        app.execute(insert(STORE), {"store_id": store_id, "layout_version": LAYOUT_VERSION})
        app.execute(insert(CHANGE), first | nothing)
        app.execute(insert(NAME), topics)


def _say(error: Exception) -> str:
    # A server's own words, as that it refuses; SQLAlchemy's hold the statement too.
    return str(getattr(error, "orig", None) or say_reason(error))
