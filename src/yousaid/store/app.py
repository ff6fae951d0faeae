"""The app database: which version of each table counts, and what people entered.

SQLite in the folder, or PostgreSQL by its address where several machines share a store. A row of
`change` is the commit point of every write: a question reads the tables at the versions that the
last row names, so it sees a change whole or not at all.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from yousaid.errors import MissingExtraError, StoreError

# “ySay” in ASCII: how SQLite, and `file`, tell our database from any other.
APPLICATION_ID = 0x79536179

metadata = MetaData()

STORE = Table(
    "store",
    metadata,
    Column("store_id", String, primary_key=True),
    Column("layout_version", Integer, nullable=False),
)
UPLOAD = Table(
    "upload",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("file_name", String, nullable=False),
    Column("added_at", String, nullable=False),  # UTC
    Column("framework_version", String, nullable=False),
)
CHANGE = Table(
    "change",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("made_at", String, nullable=False),  # UTC
    # The number of the last change that any answer could show: upkeep is none.
    Column("content", Integer, nullable=False),
    # Never used twice, even after an undo.
    Column("last_upload", Integer, nullable=False),
    # Delta versions, NULL before the first upload.
    Column("comments", BigInteger),
    Column("readings", BigInteger),
    Column("facts", BigInteger),
    Column("rollup", BigInteger),
)
# What stands behind the numbers of `facts`: see `names.py`.
NAME = Table(
    "name",
    metadata,
    Column("kind", String, nullable=False),
    Column("id", Integer, nullable=False),
    Column("value", String, nullable=False),
    PrimaryKeyConstraint("kind", "id"),
    UniqueConstraint("kind", "value"),
)
# The last one of a comment counts; a row without values takes the earlier ones back.
CORRECTION = Table(
    "correction",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("comment_id", String, nullable=False, index=True),
    Column("made_at", String, nullable=False),  # UTC
    Column("made_by", String, nullable=False),
    Column("values", String, nullable=False),  # JSON, see `corrections.py`
)
# What people keep by a name: views, events on charts, maps of columns. See `kept.py`.
KEPT = Table(
    "kept",
    metadata,
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("value", String, nullable=False),
    Column("made_at", String, nullable=False),  # UTC
    PrimaryKeyConstraint("kind", "name"),
)


# An address of PostgreSQL, or the file of SQLite.
Database = str | Path


@lru_cache(maxsize=64)
def _make_engine(database: Database, process_id: int) -> Engine:  # noqa: ARG001 (connections do not survive a fork)
    if isinstance(database, Path):
        # A connection that is kept would go on with a file that was moved away.
        return create_engine(
            "sqlite://", creator=partial(_connect_sqlite, database), poolclass=NullPool
        )
    # A port that is no number is a ValueError.
    with suppress(ArgumentError, ValueError):
        address = make_url(database)
        # A host with “@” is half of a password in which that was not written as %40.
        is_whole = "@" not in (address.host or "")
        # Writers lock each other out by PostgreSQL's own locks.
        if is_whole and address.get_backend_name() == "postgresql":
            try:
                return create_engine(address, pool_pre_ping=True)
            except ImportError as error:
                raise MissingExtraError("postgres", "An app database on PostgreSQL") from error
    # The address may hold a password, so it is not said again.
    raise StoreError(
        "The address of the app database cannot be read. Write it as "
        "postgresql+psycopg://user@host/database."
    )


def _connect_sqlite(path: Path) -> sqlite3.Connection:
    # Never makes the file: a folder that lost its database is damaged, not new.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10, check_same_thread=False
    )
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def prepare_sqlite(path: Path) -> None:
    """Make a file of SQLite, new or not, an app database: only with a write-ahead log can others
    read while one writes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        # Takes no bound value; it is our own number.
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.commit()


def close_log(path: Path) -> None:
    """Bring all of an app database into its file, safely on the disk, so that it can be renamed."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise sqlite3.OperationalError("the log could not be closed")


def shrink_sqlite(database: Database) -> None:
    """Leave nothing of deleted rows in the files of SQLite; PostgreSQL has its own VACUUM. Raises
    StoreError where somebody reads them for long."""
    if not isinstance(database, Path):
        return
    with get_engine(database).connect() as app:
        app.execution_options(isolation_level="AUTOCOMMIT")
        app.execute(text("VACUUM"))
        if app.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]:
            raise StoreError(
                "Nobody finds what was deleted, but traces are still on the disk, as another "
                "program is reading the app database. Delete it again in a minute."
            )


def get_engine(database: Database) -> Engine:
    """The engine of an app database, one for each process."""
    return _make_engine(database, os.getpid())


@contextmanager
def begin(database: Database) -> Iterator[Connection]:
    """A connection in a transaction, which is kept when the block ends well."""
    with get_engine(database).begin() as connection:
        yield connection
