# ruff: noqa: S608 (SQL is put together from named pieces of our own)
"""Whether a store is whole, and mending what can be made again.

Comments, readings and people's entries are the truth and cannot be mended here; facts, roll-up and
the search index are made of them, and leftovers of stopped writes are removed.
"""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb
from sqlalchemy import select, text

from yousaid.duck import connect_duckdb, sql_for_files
from yousaid.errors import StoreError
from yousaid.store.app import NAME, UPLOAD, begin
from yousaid.store.delta import find_unused_files, write_rows
from yousaid.store.derive import NAME_COLUMNS, sql_for_rollup, stage_facts
from yousaid.store.details import get_details_path, make_details
from yousaid.store.indexing import make_anew
from yousaid.store.layout import Store
from yousaid.store.lock import find_abandoned, lock_writers
from yousaid.store.names import add_names
from yousaid.store.schema import COLUMNS, DERIVED, TABLES, TableName
from yousaid.store.search import open_search
from yousaid.store.state import State, get_paths, get_state, get_table_states
from yousaid.store.write import Writing, writing

Remedy = Literal["derive", "index", "details", "sweep", "close", "backup"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, what, and what mends it (“backup”: only a backup does)."""

    where: str
    what: str
    remedy: Remedy


_REMEDIES: dict[Remedy, str] = {
    "derive": "made again by --repair",
    "index": "made again by --repair",
    "details": "made again by --repair",
    "sweep": "removed by --repair",
    "close": "closed by --repair",
    "backup": "restore the folder from a backup",
}


def describe_fault(fault: Fault) -> str:
    """A fault in one line, with its remedy."""
    return f"{fault.where}: {fault.what} ({_REMEDIES[fault.remedy]})."


def find_faults(store: Store) -> list[Fault]:
    """Everything that is wrong with a store, the worst first. Reads every file whole.

    Raises StoreError where something seems wrong and another program is writing for long.
    """
    with suppress(duckdb.Error):
        if not _find_faults(store):
            return []
    # What somebody is writing, or has just removed, looks like a fault.
    with lock_writers(store):
        return _find_faults(store)


def _find_faults(store: Store) -> list[Fault]:
    state = get_state(store)
    faults = [*_check_app(store), *_check_files(store, state)]
    if not faults:
        faults += _check_rows(store, state)
        faults += _check_details(store, state)
    faults += [*_check_index(store, state), *_check_leftovers(store)]
    return sorted(faults, key=lambda fault: fault.remedy != "backup")


def mend(store: Store, faults: list[Fault], *, now: datetime) -> list[Fault]:
    """Mend what can be, and return the faults that are left."""
    remedies = {fault.remedy for fault in faults}
    if "close" in remedies:
        store.folder.chmod(0o700)
    if "index" in remedies:
        with lock_writers(store):
            make_anew(store)
    for path in _find_wrong_details(store, get_state(store)) if "details" in remedies else ():
        path.unlink()
    if remedies & {"derive", "sweep", "index", "details"}:
        # Whoever is about to write tidies up first.
        with writing(store, now, "What was mended", is_mending=True) as work:
            if "derive" in remedies and "backup" not in remedies:
                _derive_again(work)
    return find_faults(store)


def _derive_again(work: Writing) -> None:
    store, before = work.store, work.before
    relations = [
        sql_for_files(get_paths(store, before, table), COLUMNS[table])
        for table in ("comments", "readings")
    ]
    with begin(store.database) as app:
        facts, names = stage_facts(work.duck, app, work.folder, *relations)
    versions = {
        "facts": write_rows(store, "facts", work.duck, f"FROM {facts}", "overwrite"),
        "rollup": write_rows(store, "rollup", work.duck, sql_for_rollup(facts), "overwrite"),
    }
    with begin(store.database) as app:
        add_names(app, names)
        work.commit(app, "restored", **versions)


def _check_app(store: Store) -> Iterator[Fault]:
    if isinstance(store.database, Path):
        with begin(store.database) as app:
            said = app.execute(text("PRAGMA integrity_check")).scalars().all()
        if said != ["ok"]:
            yield Fault("app.sqlite", "the database is damaged", "backup")
        if stat.S_IMODE(store.folder.stat().st_mode) & 0o077:
            yield Fault(".", "others than the owner may look into the folder", "close")


def _check_files(store: Store, state: State) -> Iterator[Fault]:
    with connect_duckdb() as duck:
        for table in TABLES:
            remedy: Remedy = "derive" if table in DERIVED else "backup"
            if state.get_table_version(table) is None:
                continue
            try:
                paths = get_paths(store, state, table)
            except StoreError:
                yield Fault(f"{table}/", "the table is damaged or missing", remedy)
                continue
            for path in paths:
                if fault := _read_whole(duck, path, table):
                    yield Fault(f"{table}/{path.name}", fault, remedy)


def _read_whole(duck: duckdb.DuckDBPyConnection, path: Path, table: TableName) -> str | None:
    if not path.exists():
        return "the file is missing"
    every = ", ".join(f"bit_xor(hash({name}))" for name in COLUMNS[table])
    try:
        duck.execute(f"SELECT {every} FROM {sql_for_files([path], COLUMNS[table])}").fetchall()
    except duckdb.Error:
        return "the file is damaged"
    return None


def _check_rows(store: Store, state: State) -> Iterator[Fault]:
    """Whether the tables fit together."""
    with connect_duckdb() as duck:
        for table in TABLES:
            files = sql_for_files(get_paths(store, state, table), COLUMNS[table])
            duck.execute(f"CREATE VIEW {table} AS FROM {files}")

        def count(sql: str) -> int:
            [(found,)] = duck.execute(f"SELECT count(*) FROM ({sql})").fetchall()
            return int(found)

        yield from _check_keys(count)
        with begin(store.database) as app:
            numbers = {number for (number,) in app.execute(select(UPLOAD.c.number))}
            names = set(app.execute(select(NAME.c.kind, NAME.c.id)))
        found = {
            number for (number,) in duck.sql("SELECT DISTINCT upload FROM comments").fetchall()
        }
        if found - numbers:
            yield Fault("comments/", "there are comments of uploads that nobody made", "backup")
        for kind in NAME_COLUMNS:
            ids = duck.sql(f"SELECT DISTINCT {kind}_id FROM facts").fetchall()
            if any((kind, number) not in names for (number,) in ids):
                yield Fault("facts/", f"there are numbers of no {kind}", "derive")
        counts = "upload, month, kind, topic, sentiment"
        wanted = (
            f"SELECT {counts}, sum(comment_count) FROM ({sql_for_rollup('facts')}) GROUP BY ALL"
        )
        there = f"SELECT {counts}, sum(comment_count) FROM rollup GROUP BY ALL"
        if count(f"({wanted}) EXCEPT ({there})") or count(f"({there}) EXCEPT ({wanted})"):
            yield Fault("rollup/", "the counts are not those of the facts", "derive")


def _check_keys(count: Callable[[str], int]) -> Iterator[Fault]:
    key = "SELECT comment_key FROM"
    if count(f"{key} comments GROUP BY 1 HAVING count(*) > 1"):
        yield Fault("comments/", "some comments are there twice", "backup")
    if count("SELECT comment_id FROM comments GROUP BY 1 HAVING count(*) > 1"):
        yield Fault("comments/", "some ids are there twice", "backup")
    if count(f"({key} comments) EXCEPT ALL ({key} readings)") or count(
        f"({key} readings) EXCEPT ALL ({key} comments)"
    ):
        yield Fault("readings/", "they are not of the comments that are there", "backup")
    shared = "comment_key, response_key, upload, date, score, has_text"
    read = "comment_key, sentiment, sentiment_score, mixed, urgency"
    for table, columns in (("comments", shared), ("readings", read)):
        if count(f"(SELECT {columns} FROM {table}) EXCEPT ALL (SELECT {columns} FROM facts)"):
            yield Fault("facts/", f"they are not those of the {table}", "derive")


def _check_details(store: Store, state: State) -> Iterator[Fault]:
    for path in _find_wrong_details(store, state):
        where = str(path.relative_to(store.folder))
        yield Fault(where, "the details are not those of the readings", "details")


def _find_wrong_details(store: Store, state: State) -> list[Path]:
    """Those that say something else than their data files. Missing ones only make lists slower."""
    pairs = [(path, get_details_path(path)) for path in get_paths(store, state, "readings")]
    return [
        details
        for path, details in pairs
        if details.exists() and details.read_bytes() != make_details(path)
    ]


def _check_index(store: Store, state: State) -> Iterator[Fault]:
    where = store.search_path.name
    if not store.search_path.exists():
        if state.comments is not None:
            yield Fault(where, "the search index is missing", "index")
        return
    try:
        with closing(open_search(store.search_path)) as index:
            said = index.execute("PRAGMA integrity_check").fetchall()
            held = {key for (key,) in index.execute("SELECT comment_key FROM answer")}
        with closing(sqlite3.connect(store.search_path)) as index:
            index.execute("INSERT INTO word_index (word_index) VALUES ('integrity-check')")
            index.rollback()
    except sqlite3.DatabaseError:
        said = [("damaged",)]
    if said != [("ok",)]:
        yield Fault(where, "the search index is damaged", "index")
        return
    try:
        paths = get_paths(store, state, "comments")
        with connect_duckdb() as duck:
            source = sql_for_files(paths, COLUMNS["comments"])
            wanted = {key for (key,) in duck.sql(f"SELECT comment_key FROM {source}").fetchall()}
    except (StoreError, duckdb.Error):
        return
    if wanted != held:
        yield Fault(where, "the search index is not of the comments that are there", "index")


def _check_leftovers(store: Store) -> Iterator[Fault]:
    for folder in (store.folder / "tmp", *find_abandoned(store)):
        if folder.exists():
            where = f"{folder.name}/"
            yield Fault(where, "a write was stopped and left its working files", "sweep")
    for path in find_unused_files(store, get_table_states(store)):
        where = str(path.relative_to(store.folder))
        yield Fault(where, "a write was stopped and left rows that do not count", "sweep")
