# ruff: noqa: S608 (SQL is put together from named pieces of our own)
"""What a list of comments shows that facts lack: how sure each topic is, and where it shows.

Fifty readings from all over a million cost 20 ms of processor time in Parquet, and one here. Beside
each data file of `readings` lies a file of its details, in which a key is found without reading
the rest. Like the data file it never changes, and it goes with it; where it is missing, the data
file is asked instead.

    number of runs, of answers, of what follows the ends    int64
    runs of keys that follow each other: the first key      int64
    … and the place of its answer                           int64
    where the details of each answer end                    int32
    details of each answer with mentions: how many mentions there are, the probability of each
    (float32), how many offsets each has, offsets           int32
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from io import FileIO
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from yousaid.duck import connect_duckdb, sql_for_files
from yousaid.store.schema import COLUMNS

# The probability of each mention of a reading, and the offsets of its spans.
Detail = tuple[list[float], list[list[int]]]
Array = NDArray[Any]
_LONG, _WORD = 8, 4


def get_details_path(path: Path) -> Path:
    """Where the details of a data file lie."""
    return path.with_suffix(".details")


def make_details(path: Path) -> bytes:
    """The details of a data file, as they lie beside it."""
    with connect_duckdb() as duck:
        duck.execute(
            "CREATE TABLE reading AS SELECT comment_key AS key, topic_probabilities AS said, "
            "list_transform(topic_spans, lambda offsets: len(offsets)) AS sizes, "
            f"flatten(topic_spans) AS offsets FROM {sql_for_files([path], COLUMNS['readings'])} "
            "ORDER BY key"
        )
        answers = duck.sql(
            "SELECT key, len(said) AS mentions, len(offsets) AS offsets FROM reading ORDER BY key"
        ).fetchnumpy()
        said, sizes, offsets = (_unnest(duck, name) for name in ("said", "sizes", "offsets"))
    keys, mentions = answers["key"], answers["mentions"]
    lengths = np.where(mentions > 0, 1 + 2 * mentions + answers["offsets"], 0)
    ends = np.cumsum(lengths)
    details = np.empty(int(lengths.sum()), np.int32)
    starts = ends - lengths
    details[starts[mentions > 0]] = mentions[mentions > 0]
    details[_count_on(starts + 1, mentions)] = said.astype(np.float32).view(np.int32)
    details[_count_on(starts + 1 + mentions, mentions)] = sizes
    details[_count_on(starts + 1 + 2 * mentions, answers["offsets"])] = offsets
    firsts = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 2) != 1)
    head = np.concatenate([[len(firsts), len(keys), len(details)], keys[firsts], firsts])
    return head.astype(np.int64).tobytes() + ends.astype(np.int32).tobytes() + details.tobytes()


def _unnest(duck: duckdb.DuckDBPyConnection, column: str) -> Array:
    """All that is in the lists of a column, one list after another."""
    found: Array = duck.sql(
        f"SELECT value FROM (SELECT key, generate_subscripts({column}, 1) AS place, "
        f"unnest({column}) AS value FROM reading) ORDER BY key, place"
    ).fetchnumpy()["value"]
    return found


def _count_on(starts: Array, counts: Array) -> Array:
    """From each start on, so many numbers: 5, 6, 7, 20, 21 …"""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


class _Details:
    """Where things lie in the details of one data file. The file is read where it is wanted, and
    not mapped into memory: where a disk fails, a mapped file ends the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb", buffering=0) as file:
            run_count, self._count, word_count = _read(file, 0, 3, np.int64).tolist()
            runs = _read(file, 3 * _LONG, 2 * run_count, np.int64)
            size = os.fstat(file.fileno()).st_size
        self._keys, self._places = runs[:run_count], runs[run_count:]
        self._nexts = np.append(self._places[1:], self._count)
        self._ends_at = (3 + 2 * run_count) * _LONG
        self._words_at = self._ends_at + self._count * _WORD
        if size != self._words_at + word_count * _WORD:
            raise ValueError("the file is not whole")

    def find(self, keys: Array) -> dict[int, Detail]:
        """Those of these keys that are here, with their details."""
        if not len(self._keys):
            return {}
        runs = np.searchsorted(self._keys, keys, "right") - 1
        places = keys - self._keys[runs] + self._places[runs]
        is_here = (runs >= 0) & (places < self._nexts[runs])
        if not is_here.any():
            return {}
        pairs = zip(keys[is_here].tolist(), places[is_here].tolist(), strict=True)
        with self._path.open("rb", buffering=0) as file:
            return {key: self._get(file, place) for key, place in pairs}

    def _get(self, file: FileIO, place: int) -> Detail:
        before = min(place, 1)
        ends = _read(file, self._ends_at + (place - before) * _WORD, 1 + before, np.int32)
        start, end = int(ends[0]) if before else 0, int(ends[-1])
        words = _read(file, self._words_at + start * _WORD, end - start, np.int32)
        if not len(words):
            return [], []
        count = int(words[0])
        spans, at = [], 1 + 2 * count
        for size in words[1 + count : at].tolist():
            spans.append(words[at : at + size].tolist())
            at += size
        return words[1 : 1 + count].view(np.float32).tolist(), spans


def _read(file: FileIO, at: int, count: int, kind: type) -> Array:
    written = os.pread(file.fileno(), count * np.dtype(kind).itemsize, at)
    return np.frombuffer(written, kind, count)


@lru_cache(maxsize=256)
def _open(path: Path) -> _Details:
    return _Details(path)


def find_details(paths: Sequence[Path], keys: Sequence[int]) -> dict[int, Detail] | None:
    """The details of readings in these data files, by key; None where a file is without."""
    wanted = np.array(keys, np.int64)
    try:
        found = [_open(get_details_path(path)).find(wanted) for path in paths]
    except (OSError, ValueError):
        # It may be there, and whole, the next time.
        _open.cache_clear()
        return None
    return {key: detail for one in found for key, detail in one.items()}
