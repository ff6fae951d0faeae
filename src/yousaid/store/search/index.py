"""The search file: what it holds, and how answers come in and go out.

    answer        every answer by its key; `text` is NULL for a blank one
    word_index    FTS5 without content of its own: the folded words of every text
    word          every word of the index, its stem, and how many answers have it
    total         one row: how many answers have text, and how many words they have together
    coverage      the caller's notes on what the file covers, and the rules that it was made by

All of it can be made again from the comments. Rows come and go in the caller's transaction.
"""

import json
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from yousaid.errors import StoreError
from yousaid.store.search.stems import get_stem
from yousaid.store.search.words import split_words

# A row of `answer`: comment_key, comment_id, response_id, text.
Answer: TypeAlias = tuple[int, str, str, str | None]

# How texts are cut into words. A text has to be folded again, to the same words, before it can
# leave the index, and Python's table of characters grows with its versions.
RULES = f"1, Unicode {unicodedata.unidata_version}"

_BATCH = 10_000
# Memory that holds pages of the file, and how much of the file may be mapped, per connection.
_CACHE_KIB = 32_000
_MAPPED_BYTES = 8 << 30

# The tokenizer `ascii` takes all beyond ASCII for letters, so that it parts folded words at their
# spaces and nowhere else. SQLite's own Unicode tables are of 2012 and part newer letters.
_SCHEMA = """
CREATE TABLE answer (
    comment_key INTEGER PRIMARY KEY,
    comment_id TEXT NOT NULL UNIQUE,
    response_id TEXT NOT NULL,
    text TEXT
);
CREATE INDEX answer_response ON answer (response_id);
CREATE VIRTUAL TABLE word_index USING fts5 (words, content = '', tokenize = 'ascii');
CREATE TABLE word (
    word TEXT NOT NULL UNIQUE,
    stem TEXT NOT NULL,
    answer_count INTEGER NOT NULL,
    length INTEGER NOT NULL,
    letters INTEGER NOT NULL
);
CREATE INDEX word_stem ON word (stem);
CREATE INDEX word_shape ON word (length, letters);
CREATE TABLE total (answer_count INTEGER NOT NULL, word_count INTEGER NOT NULL);
INSERT INTO total VALUES (0, 0);
CREATE TABLE coverage (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def create_search(path: Path) -> None:
    """Make an empty search file, which must not be there yet."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        with connection:
            connection.execute("INSERT INTO coverage VALUES ('rules', ?)", [RULES])
    finally:
        connection.close()


def open_search(path: Path) -> sqlite3.Connection:
    """A connection that only reads. It may be used by any thread, one at a time."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10, check_same_thread=False
    )
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    return connection


def can_use(connection: sqlite3.Connection) -> bool:
    """Whether the file was made by the rules of this program; if not, it must be made again."""
    rows = connection.execute("SELECT value FROM coverage WHERE key = 'rules'").fetchall()
    return rows == [(RULES,)]


def make_letters(word: str) -> int:
    """Which letters a word has, as bits: one for each of a–z that is there, one more where it is
    there twice, and a few shared by all else. A letter put in or taken out changes one bit at
    most."""
    bits = 0
    for letter in word:
        place = ord(letter) - ord("a")
        if not 0 <= place < 26:
            bits |= 1 << (52 + ord(letter) % 8)
        else:
            bits |= 1 << (place + 26 if bits >> place & 1 else place)
    return bits


def add_answers(connection: sqlite3.Connection, rows: Iterable[Answer]) -> None:
    """Take answers in. One that is there already, by key or by id, is replaced."""
    counts: Counter[str] = Counter()
    waiting = iter(rows)
    while batch := [_make_storable(row) for row in islice(waiting, _BATCH)]:
        _remove_clashing(connection, batch)
        connection.executemany("INSERT INTO answer VALUES (?, ?, ?, ?)", batch)
        _index(connection, counts, [(key, text) for key, _, _, text in batch if text is not None])
    connection.executemany(
        "INSERT INTO word VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET answer_count = answer_count + excluded.answer_count",
        (
            (word, get_stem(word), count, len(word), make_letters(word))
            for word, count in sorted(counts.items())
        ),
    )


def _make_storable(row: Answer) -> Answer:
    """The row without halves of surrogate pairs, which have no UTF-8: each becomes “?”."""
    key, comment_id, response_id, text = row
    return key, _mend(comment_id), _mend(response_id), None if text is None else _mend(text)


def _mend(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _remove_clashing(connection: sqlite3.Connection, batch: list[Answer]) -> None:
    # A writer that was stopped may have left rows whose keys are given out again.
    keys, ids = [row[0] for row in batch], [row[1] for row in batch]
    found = connection.execute(
        "SELECT comment_key FROM json_each(?) JOIN answer ON comment_key = value UNION "
        "SELECT comment_key FROM json_each(?) JOIN answer ON comment_id = value",
        [json.dumps(keys), json.dumps(ids)],
    ).fetchall()
    if found:
        remove_answers(connection, [key for (key,) in found])


def _index(
    connection: sqlite3.Connection, counts: Counter[str], texts: list[tuple[int, str]]
) -> None:
    split = [(key, split_words(text)) for key, text in texts]
    for _, words in split:
        counts.update(set(words))
    connection.executemany(
        "INSERT INTO word_index (rowid, words) VALUES (?, ?)",
        [(key, " ".join(words)) for key, words in split],
    )
    _change_total(connection, len(split), sum(len(words) for _, words in split))


def _change_total(connection: sqlite3.Connection, answer_count: int, word_count: int) -> None:
    connection.execute(
        "UPDATE total SET answer_count = answer_count + ?, word_count = word_count + ?",
        [answer_count, word_count],
    )


def remove_answers(connection: sqlite3.Connection, keys: Iterable[int]) -> None:
    """Take answers out; keys that are not there are passed over.

    Nobody finds them any more, but traces of their text stay in the file: see `erase_answers`.
    """
    waiting = iter(keys)
    while batch := list(islice(waiting, _BATCH)):
        rows = connection.execute(
            "SELECT comment_key, text FROM json_each(?) JOIN answer ON comment_key = value "
            "WHERE text IS NOT NULL",
            [json.dumps(batch)],
        ).fetchall()
        _unindex(connection, rows)
        connection.executemany("DELETE FROM answer WHERE comment_key = ?", ([k] for k in batch))


def _unindex(connection: sqlite3.Connection, texts: list[tuple[int, str]]) -> None:
    split = [(key, split_words(text)) for key, text in texts]
    counts: Counter[str] = Counter()
    for _, words in split:
        counts.update(set(words))
    connection.executemany(
        "INSERT INTO word_index (word_index, rowid, words) VALUES ('delete', ?, ?)",
        [(key, " ".join(words)) for key, words in split],
    )
    connection.executemany(
        "UPDATE word SET answer_count = answer_count - ? WHERE word = ?",
        ((count, word) for word, count in counts.items()),
    )
    connection.executemany(
        "DELETE FROM word WHERE word = ? AND answer_count <= 0", ([word] for word in counts)
    )
    _change_total(connection, -len(split), -sum(len(words) for _, words in split))


def erase_answers(connection: sqlite3.Connection, keys: Iterable[int]) -> None:
    """Take answers out so that no byte of their text or ids is left in the file or beside it.

    For a connection that may write, outside of a transaction. The whole file is written anew: 6 s
    for a million comments, and room on the disk for it once more. Raises StoreError where readers
    hold on to the old file; the answers are then out, and asking again finishes the work.
    """
    with connection:
        remove_answers(connection, keys)
        # Removed words stay in the older parts of the index until all parts are joined.
        connection.execute("INSERT INTO word_index (word_index) VALUES ('optimize')")
    connection.execute("VACUUM")
    [(is_busy, *_)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if is_busy:
        raise StoreError(
            "The comments can no longer be found, but traces of them are still on the disk, as "
            "another program is reading the search file. Delete them again in a minute."
        )


def get_coverage(connection: sqlite3.Connection) -> dict[str, str]:
    """All notes on what the file covers, by name."""
    return dict(connection.execute("SELECT key, value FROM coverage"))
