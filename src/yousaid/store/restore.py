"""A store made again from its backup."""

import hashlib
import json
import re
import shutil
import sqlite3
import tarfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError

from yousaid.errors import InputError, OutputError, StoreError
from yousaid.store.app import STORE, begin, metadata, prepare_sqlite
from yousaid.store.backup import BLOCK, MANIFEST
from yousaid.store.beside import make_beside
from yousaid.store.delta import sync
from yousaid.store.layout import (
    APP_FILE,
    LAYOUT_VERSION,
    Store,
    check_new_folder,
    mark_shared,
    open_store,
)
from yousaid.store.reasons import say_reason
from yousaid.store.schema import TABLES
from yousaid.store.state import commit, get_state
from yousaid.store.write import settle

_KNOWN_NAME = re.compile(rf"{APP_FILE}|({'|'.join(TABLES)})/(_delta_log/)?\w[\w.-]*")


def restore(
    source: Path,
    folder: Path,
    *,
    now: datetime,
    database: str | None = None,
    index_folder: Path | None = None,
) -> Store:
    """Make a store of a backup, in a folder that is new or empty, and open it.

    It gets an id of its own: what a browser kept of the old one must not pass for its answers.
    Raises InputError where the file is no backup of ours or is damaged, and OutputError where the
    folder cannot be written; nothing is left of it then.
    """
    check_new_folder(folder)
    if database is not None:
        _check_empty(database)
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        with make_beside(folder) as unfinished:
            unfinished.mkdir(mode=0o700)
            _unpack(source, unfinished)
            _give_new_id(unfinished, now)
            for path in (*unfinished.rglob("*"), unfinished):
                sync(path)
            folder.mkdir(exist_ok=True)
            unfinished.rename(folder)
        sync(folder.absolute().parent)
        if database is not None:
            _move_app(folder, database)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise OutputError(
            f"{source} could not be restored to {folder} ({say_reason(error)}). Check that the "
            "file can be read, that the disk has room and that you may write there."
        ) from None
    store = open_store(folder, database=database, index_folder=index_folder)
    with suppress(OutputError, StoreError):
        # It is whole; the first who asks makes the search index too.
        settle(store, now=now)
    return store


def _unpack(source: Path, folder: Path) -> None:
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(source, mode="r:") as archive:
            for entry in archive:
                file = archive.extractfile(entry) if entry.isreg() else None
                if file is None:
                    raise _say_foreign(source)
                if entry.name == MANIFEST:
                    manifest = json.load(file)
                    continue
                if not _KNOWN_NAME.fullmatch(entry.name) or entry.name in found:
                    raise _say_foreign(source)
                found[entry.name] = _copy(file, folder / entry.name)
    except (tarfile.TarError, ValueError, EOFError):
        raise _say_foreign(source) from None
    layout_version = manifest.get("layout_version")
    if layout_version != LAYOUT_VERSION:
        raise InputError(
            f"{source} is of another version of yousaid (layout {layout_version}; this one reads "
            f"{LAYOUT_VERSION}). Restore it with that version, then upgrade."
        )
    if manifest.get("sha256") != found or APP_FILE not in found:
        raise InputError(f"{source} is damaged: it does not hold what it says. Use another backup.")


def _say_foreign(source: Path) -> InputError:
    return InputError(f"{source} is no backup made by yousaid, or is damaged. Check the file.")


def _copy(file: IO[bytes], target: Path) -> str:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as copy:
        while block := file.read(BLOCK):
            digest.update(block)
            copy.write(block)
    target.chmod(0o600)
    return digest.hexdigest()


def _give_new_id(folder: Path, now: datetime) -> None:
    app_file = folder / APP_FILE
    store_id = uuid4().hex
    prepare_sqlite(app_file)
    before = get_state(Store(folder, store_id, app_file, folder))
    with begin(app_file) as app:
        app.execute(update(STORE).values(store_id=store_id))
        commit(app, before, "restored", now)


def _check_empty(database: str) -> None:
    try:
        with begin(database) as app:
            is_empty = not inspect(app).has_table(STORE.name)
    except SQLAlchemyError:
        raise StoreError(
            "The app database cannot be read. Check YOUSAID_DATABASE, and that its server is "
            "running."
        ) from None
    if not is_empty:
        raise InputError(
            "The database in YOUSAID_DATABASE holds a store already. Name an empty one."
        )


def _move_app(folder: Path, database: str) -> None:
    """Put the app database of a folder into PostgreSQL; without the folder where that fails."""
    app_file = folder / APP_FILE
    try:
        with begin(app_file) as source, begin(database) as target:
            metadata.create_all(target)
            store_id = source.execute(select(STORE.c.store_id)).scalar_one()
            for table in metadata.sorted_tables:
                if rows := [dict(row) for row in source.execute(select(table)).mappings()]:
                    target.execute(insert(table), rows)
    except SQLAlchemyError:
        shutil.rmtree(folder)
        raise
    mark_shared(folder, store_id)
    app_file.unlink()
