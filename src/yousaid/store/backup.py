"""A store in one file, made while it is in use.

The file is a tar archive: the tables as they count, the app database (of SQLite or PostgreSQL) as a
SQLite file, and last a list of digests. What is made of the texts, the search index, is left out.
"""

import hashlib
import json
import os
import sqlite3
import tarfile
from contextlib import ExitStack, closing
from io import BytesIO
from pathlib import Path
from typing import IO

from sqlalchemy import create_engine, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from yousaid.errors import OutputError
from yousaid.store.app import APPLICATION_ID, Database, begin, metadata
from yousaid.store.beside import make_beside
from yousaid.store.delta import sync
from yousaid.store.layout import APP_FILE, LAYOUT_VERSION, Store
from yousaid.store.lock import lock_writers
from yousaid.store.reasons import say_reason
from yousaid.store.schema import TABLES
from yousaid.store.state import get_paths, get_state

MANIFEST = "manifest.json"
BLOCK = 1 << 20


def back_up(store: Store, target: Path) -> int:
    """Write a store into one file, readable by its owner only, and return the file's bytes.

    Writers wait for a moment, readers not at all. Raises OutputError where the file is there
    already or cannot be written; nothing is left of it then.
    """
    if target.exists() or target.is_symlink():
        raise OutputError(f"{target} is there already. Name a new file.")
    if target.absolute().is_relative_to(store.folder):
        raise OutputError(f"{target} lies within the store itself. Name a file somewhere else.")
    try:
        with make_beside(target) as unfinished, ExitStack() as open_files:
            files = _hold(store, open_files)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            file = open_files.enter_context(os.fdopen(descriptor, "wb"))
            _write_archive(file, files)
            file.flush()
            os.fsync(file.fileno())
            unfinished.rename(target)
        sync(target.absolute().parent)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise OutputError(
            f"The backup {target} could not be written ({say_reason(error)}). Check that the disk "
            "has room and that you may write there."
        ) from None
    return target.stat().st_size


def _hold(store: Store, open_files: ExitStack) -> dict[str, IO[bytes]]:
    """The files of the present state by their names in the archive, open: what a later write
    removes from its folder can still be read."""
    files: dict[str, IO[bytes]] = {}
    with lock_writers(store):
        state = get_state(store)
        files[APP_FILE] = BytesIO(_copy_app(store.database))
        for table in TABLES:
            if state.get_table_version(table) is None:
                continue
            log = store.get_table_path(table) / "_delta_log"
            for path in sorted(log.iterdir()):
                # Small, and possibly many.
                files[str(path.relative_to(store.folder))] = BytesIO(path.read_bytes())
            for path in get_paths(store, state, table):
                name = str(path.relative_to(store.folder))
                files[name] = open_files.enter_context(path.open("rb"))
    return files


def _copy_app(database: Database) -> bytes:
    """The app database as the bytes of a SQLite file."""
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as memory:
        # Takes no bound value; it is our own number.
        memory.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        engine = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
        metadata.create_all(engine)
        with begin(database) as source, engine.begin() as copy:
            # A store that was made before there was a table has none.
            known = set(inspect(source).get_table_names())
            for table in metadata.sorted_tables:
                if table.name not in known:
                    continue
                if rows := [dict(row) for row in source.execute(select(table)).mappings()]:
                    copy.execute(insert(table), rows)
        return memory.serialize()


def _write_archive(target: IO[bytes], files: dict[str, IO[bytes]]) -> None:
    digests: dict[str, str] = {}
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, file in files.items():
            digests[name] = get_digest(file)
            _add(archive, name, file)
        manifest = {"layout_version": LAYOUT_VERSION, "sha256": digests}
        _add(archive, MANIFEST, BytesIO(json.dumps(manifest, indent=1).encode()))


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = file.seek(0, os.SEEK_END)
    entry.mode = 0o600
    file.seek(0)
    archive.addfile(entry, file)


def get_digest(file: IO[bytes]) -> str:
    """The SHA-256 of a file, from its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()
