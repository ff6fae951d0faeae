import random
import sqlite3
from contextlib import closing

import pytest

from tests.unit.store.search.samples import make_text, open_index, split
from yousaid.errors import StoreError
from yousaid.store.search import (
    add_answers,
    can_use,
    create_search,
    erase_answers,
    find_keys,
    get_coverage,
    open_search,
    parse,
    remove_answers,
)


@pytest.fixture
def path(tmp_path):
    create_search(tmp_path / "search.sqlite")
    return tmp_path / "search.sqlite"


def write(path, *changes):
    with closing(sqlite3.connect(path)) as connection, connection:
        for change, *arguments in changes:
            change(connection, *arguments)


def make_rows(texts):
    return [(key, f"c{key}", f"r{key // 2}", text) for key, text in texts.items()]


def check_whole(path, texts):
    """Everything in the file is what these texts (by key) make; FTS5's own check included."""
    written = {key: text for key, text in texts.items() if text is not None}
    words = split(written)
    counts = {}
    for found in words.values():
        for word in set(found):
            counts[word] = counts.get(word, 0) + 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO word_index (word_index) VALUES ('integrity-check')")
        assert connection.execute("SELECT * FROM answer ORDER BY 1").fetchall() == make_rows(texts)
        assert dict(connection.execute("SELECT word, answer_count FROM word")) == counts
        connection.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, word_index, row)")
        assert dict(connection.execute("SELECT term, doc FROM temp.v")) == counts
        total = (len(words), sum(map(len, words.values())))
        assert connection.execute("SELECT * FROM total").fetchall() == [total]
        for word in counts:
            keys = [key for key, found in sorted(words.items()) if word in found]
            assert find_keys(connection, parse(f'"{word}"')).tolist() == keys


def test_add_answers_blank_ones_too(path):
    texts = {1: "We waited", 2: None, 3: "", 4: "a\x00b"}
    write(path, (add_answers, make_rows(texts)))
    check_whole(path, texts)


def test_add_answers_half_of_a_surrogate_pair_is_a_question_mark(path):
    write(path, (add_answers, [(1, "c\ud800", "r1", "wait\ud800ed")]))
    with closing(open_search(path)) as connection:
        rows = connection.execute("SELECT comment_id, text FROM answer").fetchall()
    assert rows == [("c?", "wait?ed")]


def test_add_answers_replaces_what_has_the_key_or_the_id(path):
    write(path, (add_answers, make_rows({1: "old words", 2: "other words", 3: None})))
    write(path, (add_answers, [(1, "new", "r0", "new words"), (9, "c2", "r0", "moved")]))
    with closing(open_search(path)) as connection:
        assert find_keys(connection, parse("old OR other")).tolist() == []
        assert find_keys(connection, parse("new OR moved")).tolist() == [1, 9]
        ids = connection.execute("SELECT comment_key, comment_id FROM answer").fetchall()
        assert sorted(ids) == [(1, "new"), (3, "c3"), (9, "c2")]


def test_add_and_remove_many_times(path):
    random_ = random.Random(0)
    texts = {}
    for _ in range(15):
        new = {k: make_text(random_) for k in random_.sample(range(10_000), 40) if k not in texts}
        gone = random_.sample(sorted(texts), len(texts) // 2)
        write(path, (add_answers, make_rows(new)), (remove_answers, [*gone, 77_777]))
        texts = dict(sorted({k: t for k, t in (texts | new).items() if k not in gone}.items()))
        check_whole(path, texts)


def test_rolled_back_changes_leave_nothing(path):
    write(path, (add_answers, make_rows({1: "kept words"})))
    with closing(sqlite3.connect(path)) as connection:
        add_answers(connection, make_rows({2: "lost words"}))
        remove_answers(connection, [1])
        connection.rollback()
    check_whole(path, {1: "kept words"})


def get_bytes(folder):
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


@pytest.mark.parametrize("count", [1, 300, 3000])
def test_erase_answers_leaves_no_byte(path, count):
    random_ = random.Random(count)
    kept = {key: make_text(random_) for key in range(0, 2 * count, 2)}
    erased = {key: f"Zanzibarq{key} {make_text(random_)} xyzzy" for key in range(1, 2 * count, 2)}
    rows = make_rows(kept) + [(key, f"qqid{key}", f"qqresp{key}", t) for key, t in erased.items()]
    random_.shuffle(rows)
    for start in range(0, len(rows), 100):
        write(path, (add_answers, rows[start : start + 100]))
    traces = [b"anzibarq", b"xyzzy", b"qqid", b"qqresp"]
    assert all(trace in get_bytes(path.parent) for trace in traces)
    with closing(sqlite3.connect(path)) as connection:
        erase_answers(connection, list(erased))
        assert [trace for trace in traces if trace in get_bytes(path.parent)] == []
    assert [trace for trace in traces if trace in get_bytes(path.parent)] == []
    check_whole(path, kept)


def test_erase_answers_while_another_reads(path):
    write(path, (add_answers, make_rows({1: "xyzzy", 2: "kept"})))
    with (
        closing(open_search(path)) as reading,
        closing(sqlite3.connect(path, timeout=0.05)) as writing,
    ):
        reading.execute("BEGIN")
        assert find_keys(reading, parse("xyzzy")).tolist() == [1]
        with pytest.raises(StoreError, match="another program is reading"):
            erase_answers(writing, [1])
        assert find_keys(reading, parse("xyzzy")).tolist() == [1]
        reading.rollback()
        assert find_keys(reading, parse("xyzzy")).tolist() == []
        erase_answers(writing, [1])
    assert b"xyzzy" not in get_bytes(path.parent)


def test_open_search_only_reads(path):
    with closing(open_search(path)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM answer")


def test_open_search_takes_any_name(tmp_path):
    folder = tmp_path / "50% ?#é"
    folder.mkdir()
    with open_index(folder, {1: "wait"}) as connection:
        assert find_keys(connection, parse("waiting")).tolist() == [1]


def test_can_use_only_what_was_made_by_the_same_rules(path):
    with closing(sqlite3.connect(path)) as connection:
        assert can_use(connection)
        assert set(get_coverage(connection)) == {"rules"}
        connection.execute("UPDATE coverage SET value = '0' WHERE key = 'rules'")
        assert not can_use(connection)
