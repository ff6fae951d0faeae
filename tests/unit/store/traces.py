"""A response that stands nowhere else, and whether anything of it is in a store's files."""

import mmap
from datetime import date

import duckdb

from tests.unit.store.samples import TOPICS
from yousaid.records import Comment, Mention, Reading, Span

# Words, ids and names that stand nowhere else in any file.
TRACES = ("zyxomma", "quokkaphobe", "resp-7f3a91", "comm-5be20d", "Kirkwhelpington", "b-1931-xq")
COMMENT = Comment(
    "comm-5be20d", "resp-7f3a91", date(2026, 1, 2), ("Kirkwhelpington",), "Why?", "why",
    "Zyxomma on the quokkaphobe ward", 1, {"born": "b-1931-xq"},
)  # fmt: skip
READING = Reading(
    (Mention(TOPICS[0], 0.75, "negative", (Span(0, 7),)),), 4, -0.5, False, 0.25,
    (0.5,) * len(TOPICS), "test-1", "en", b"\x01\x02" * 192,
)  # fmt: skip


def find_traces(folder):
    """Which of the traces any file of a folder holds, in whatever table, log or journal."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    return {trace for path in paths for trace in TRACES if _holds(path, trace.lower())}


def _holds(path, trace):
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as raw:
        if trace.encode() in raw[:].lower():
            return True
    return path.suffix == ".parquet" and trace in _read_parquet(path)


def _read_parquet(path):
    # What stands behind the compression.
    try:
        return repr(duckdb.execute("FROM read_parquet(?)", [str(path)]).fetchall()).lower()
    except duckdb.Error:
        return ""
