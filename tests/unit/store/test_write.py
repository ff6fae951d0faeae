import fcntl
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from deltalake import DeltaTable

from tests.unit.store.samples import TOPICS, make_sample
from yousaid.errors import InputError, OutputError, StoreError
from yousaid.records import EVERYWHERE, Comment, Mention, Reading, Span
from yousaid.store import write
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import COLUMNS, create_store, open_store, store_version
from yousaid.store.query import get_comments, get_totals, get_uploads
from yousaid.store.write import add_upload

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
COMMENT = Comment("c1", "r1", date(2026, 1, 2), ("A",), "Why?", "why", "Kind staff", 1)
NOT_READ = Reading((), None, None, False, 0.0, (), "test-1")


def add_sample(store, number=1, response_count=30):
    comments, readings = make_sample(random.Random(number), response_count, f"{number}:")
    return add_upload(store, f"{number}.csv", comments, readings, now=NOW, framework_version="7+4")


def add_one(store, *comments):
    readings = [NOT_READ] * len(comments)
    return add_upload(store, "one.csv", comments, readings, now=NOW, framework_version="7+4")


def get_texts(store):
    page = get_comments(EVERYWHERE, store, EVERYTHING, order="oldest", page=1, page_size=99)
    return [found.comment.text for found in page.comments]


@pytest.fixture
def store(tmp_path):
    return create_store(tmp_path / "feedback")


def test_add_upload_gives_each_an_id_of_its_own(store):
    ids = [add_sample(store, 1), add_sample(store, 2)]
    assert sorted(ids) == sorted(upload.upload_id for upload in get_uploads(EVERYWHERE, store))
    assert len(set(ids)) == 2


def test_add_upload_leaves_nothing_else_behind(store):
    add_sample(store)
    names = {entry.name for entry in store.folder.iterdir()}
    assert names == {"app.sqlite", "comments", "readings", "write.lock"}


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ('“Quotes” "too",\r\n\ttabs \\ and \u2028 lines', None),
        ("😀 👩‍⚕️ żółw 日本", None),
        ("null", None),
        ("nought \x00 byte", None),
        ("half \ud83d pair", "half ? pair"),
        (" kept spaces ", None),
    ],
)
def test_add_upload_keeps_text_as_it_is(store, text, stored):
    add_one(store, replace(COMMENT, text=text, question=text, demographics={text: text}))
    assert get_texts(store) == [stored or text]


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_add_upload_of_a_blank_is_a_response_only(store, text):
    add_one(store, replace(COMMENT, text=text))
    totals = get_totals(EVERYWHERE, store, EVERYTHING)
    assert (totals.response_count, totals.comment_count) == (1, 0)


def test_add_upload_keeps_spans_with_their_mentions(store):
    mentions = (
        Mention(TOPICS[3], 0.75, "negative", (Span(0, 4), Span(5, 10))),
        Mention(TOPICS[1], 0.5, "neutral"),
    )
    reading = Reading(mentions, 4, -0.5, True, 0.25, (0.5,) * 36, "test-2", "en")
    add_upload(store, "one.csv", [COMMENT], [reading], now=NOW, framework_version="7+4")
    [found] = get_comments(
        EVERYWHERE, store, EVERYTHING, order="newest", page=1, page_size=9
    ).comments
    assert found.reading == reading


@pytest.mark.parametrize(
    "change", [{"date": None}, {"unit": ("B",)}, {"score": None}, {"response_id": "r2"}]
)
def test_add_upload_tells_responses_apart(store, change):
    same = replace(COMMENT, comment_id="c2", kind="what_good", question="What?")
    add_one(store, COMMENT, same, replace(COMMENT, comment_id="c3", **change))
    assert get_totals(EVERYWHERE, store, EVERYTHING).response_count == 2


def test_add_upload_tells_responses_of_two_files_apart(store):
    add_one(store, COMMENT)
    add_one(store, replace(COMMENT, comment_id="c2"))
    assert get_totals(EVERYWHERE, store, EVERYTHING).response_count == 2


def test_add_upload_again_is_refused(store):
    add_sample(store, 1)
    add_one(store, COMMENT)
    before = store_version(store)
    with pytest.raises(StoreError, match=r"1 in “one\.csv”, added on 2026-04-01"):
        add_one(store, replace(COMMENT, comment_id="new"), COMMENT)
    assert store_version(store) == before
    add_one(store, replace(COMMENT, comment_id="new"))


def test_add_upload_of_nothing_is_refused(store):
    with pytest.raises(InputError, match="holds no responses"):
        add_one(store)


def test_add_upload_with_an_id_twice_is_refused(store):
    with pytest.raises(InputError, match="1 comment ids more than once"):
        add_one(store, COMMENT, COMMENT)
    assert get_uploads(EVERYWHERE, store) == ()


def test_add_upload_needs_a_reading_for_each_comment(store):
    with pytest.raises(ValueError, match="1 comments, but 0 readings"):
        add_upload(store, "x.csv", [COMMENT], [], now=NOW, framework_version="7+4")


def test_add_upload_with_one_topic_twice_in_a_reading_is_our_mistake(store):
    reading = replace(NOT_READ, mentions=(Mention(TOPICS[0], 0.5, "neutral"),) * 2)
    with pytest.raises(ValueError, match="twice"):
        add_upload(store, "x.csv", [COMMENT], [reading], now=NOW, framework_version="7+4")


def test_add_upload_while_another_writes_is_refused(store, monkeypatch):
    monkeypatch.setattr(write, "LOCK_WAIT_SECONDS", 0.1)
    with (store.folder / "write.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="Another program is writing"):
            add_one(store, COMMENT)
    add_one(store, COMMENT)


def test_add_upload_from_threads_takes_turns_while_others_read(store):
    seen, done = [], threading.Event()

    def read():
        while not done.is_set():
            seen.append(get_totals(EVERYWHERE, store, EVERYTHING).response_count)

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        list(pool.map(lambda number: add_sample(store, number, 10), range(4)))
        done.set()
        for reader in readers:
            reader.result()
    assert get_totals(EVERYWHERE, store, EVERYTHING).response_count == 40
    assert set(seen) <= {0, 10, 20, 30, 40}


def test_add_upload_that_the_disk_refuses_changes_nothing(store, monkeypatch):
    add_sample(store, 1)
    before = store_version(store)

    def refuse(target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(write, "_sync", refuse)
        with pytest.raises(OutputError, match="No space left on device"):
            add_one(store, COMMENT)
    assert store_version(store) == before
    assert get_totals(EVERYWHERE, store, EVERYTHING).response_count == 30
    add_one(store, COMMENT)
    assert get_totals(EVERYWHERE, store, EVERYTHING).response_count == 31


def test_add_upload_without_leave_to_write_says_so(store):
    (store.folder / "write.lock").mkdir()
    with pytest.raises(OutputError, match="Is a directory"):
        add_one(store, COMMENT)


# Where a machine may stop: the function at whose first or second call the process is killed.
STOPS = [
    ("_write_lines", 1),
    ("_write_lines", 2),
    ("write_deltalake", 1),
    ("_sync", 1),
    ("write_deltalake", 2),
    ("connect_app", 3),
]
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tests.unit.store.samples import make_sample
from yousaid.store import write
from yousaid.store.layout import open_store
folder, name, turn = sys.argv[1], sys.argv[2], int(sys.argv[3])
original, calls = getattr(write, name), []
def stop(*args, **kwargs):
    calls.append(name)
    if len(calls) == turn:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(write, name, stop)
comments, readings = make_sample(Random(2), 20, "killed:")
write.add_upload(open_store(Path(folder)), "killed.csv", comments, readings,
    now=datetime(2026, 4, 2, tzinfo=UTC), framework_version="7+4")
"""


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(("name", "turn"), STOPS)
def test_add_upload_killed_is_as_if_it_never_began(store, name, turn, is_first):
    count = 0 if is_first else 30
    if not is_first:
        add_sample(store, 1)
    before = store_version(store)
    command = [sys.executable, "-c", KILLED, str(store.folder), name, str(turn)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -9
    store = open_store(store.folder)
    assert store_version(store) == before
    assert get_totals(EVERYWHERE, store, EVERYTHING).response_count == count

    add_sample(store, 3)
    assert get_totals(EVERYWHERE, store, EVERYTHING).response_count == count + 30
    check_no_trace(store, "killed")


def check_no_trace(store, prefix):
    """No table, and no file beside it, holds a row of the upload that was killed."""
    assert not (store.folder / "tmp").exists()
    for table in COLUMNS:
        path = store.get_table_path(table)
        delta = DeltaTable(path)
        on_disk = {entry.name for entry in path.iterdir() if entry.is_file()}
        assert on_disk == {address.rpartition("/")[2] for address in delta.file_uris()}
        ids = write.connect_duckdb().execute(
            "SELECT comment_id FROM read_parquet(?)", [[str(path / name) for name in on_disk]]
        )
        assert not [row for row in ids.fetchall() if row[0].startswith(prefix)]


def test_every_stop_is_reached(store, monkeypatch):
    calls = dict.fromkeys((name for name, _ in STOPS), 0)

    def count(name, original):
        def counted(*args, **kwargs):
            calls[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(write, name, counted)

    for name in calls:
        count(name, getattr(write, name))
    add_sample(store, 1)
    assert all(calls[name] >= turn for name, turn in STOPS)
