# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Where the comments came from and what read them."""

from yousaid.records import Scope
from yousaid.store.answers import Upload
from yousaid.store.filter import EVERYTHING
from yousaid.store.query.select import select
from yousaid.store.snapshot import Snapshot


def get_models(scope: Scope, snapshot: Snapshot) -> tuple[str, ...]:
    """The labels of the models that read the comments in scope, the one that read most first."""
    sql = "SELECT model_id, count(*) FROM selected WHERE has_text GROUP BY model_id"
    with select(scope, snapshot, EVERYTHING) as selected:
        counts = {snapshot.names.models[number]: count for number, count in selected.ask(sql)}
    return tuple(sorted(counts, key=lambda model: (-counts[model], model)))


def get_uploads(scope: Scope, snapshot: Snapshot) -> tuple[Upload, ...]:
    """The uploads with a row in scope, newest first, and what they brought there."""
    sql = """
        SELECT upload, count(*) FILTER (has_text), min(date), max(date)
        FROM selected GROUP BY upload ORDER BY upload DESC"""
    with select(scope, snapshot, EVERYTHING) as selected:
        found = selected.ask(sql)
        is_first, count = selected.responses
        responses = dict(
            selected.ask(f"SELECT upload, {count} FROM selected WHERE {is_first} GROUP BY upload")
        )
    rows = [(snapshot.names.uploads[number], counts) for number, *counts in found]
    return tuple(
        Upload(
            *(str(row.number), row.file_name, row.added_at, row.framework_version),
            *(responses[row.number], *counts),
        )
        for row, counts in rows
    )
