import fcntl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.store.samples import TOPICS
from tests.unit.store.stores import (
    NOW,
    add_records,
    add_sample,
    ask,
    count_responses,
    describe_rows,
    get_all,
)
from yousaid.duck import connect_duckdb
from yousaid.errors import InputError, OutputError, StoreError
from yousaid.records import Comment, Mention, Reading, Span
from yousaid.store import delta, filelock
from yousaid.store.check import find_faults
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import create_store
from yousaid.store.places import write_unit_path
from yousaid.store.query import get_totals, get_uploads
from yousaid.store.schema import TABLES
from yousaid.store.snapshot import open_snapshot
from yousaid.store.state import get_paths, get_state, store_version
from yousaid.store.working import stage
from yousaid.store.write import add_files, add_upload, undo_upload

COMMENT = Comment("c1", "r1", date(2026, 1, 2), ("A",), "Why?", "why", "Kind staff", 1)
NOT_READ = Reading((), None, None, False, 0.0, (), "test-1")


def add_one(store, *comments):
    return add_records(store, comments, [NOT_READ] * len(comments))


def get_texts(store):
    return [found.comment.text for found in get_all(store)]


@pytest.fixture
def store(tmp_path):
    return create_store(tmp_path / "feedback")


def test_add_upload_gives_each_an_id_of_its_own(store):
    ids = [add_sample(store, 1), add_sample(store, 2)]
    assert sorted(ids) == sorted(upload.upload_id for upload in ask(store, get_uploads))
    assert len(set(ids)) == 2


def test_add_upload_leaves_nothing_else_behind(store):
    add_sample(store)
    names = {entry.name for entry in store.folder.iterdir()}
    assert names == {"app.sqlite", "search.sqlite", "write.lock", *TABLES}


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
    totals = ask(store, get_totals, EVERYTHING)
    assert (totals.response_count, totals.comment_count) == (1, 0)


def test_add_upload_keeps_spans_with_their_mentions(store):
    mentions = (
        Mention(TOPICS[3], 0.75, "negative", (Span(0, 4), Span(5, 10))),
        Mention(TOPICS[1], 0.5, "neutral"),
    )
    reading = Reading(mentions, 4, -0.5, True, 0.25, (0.5,) * 36, "test-2", "en")
    add_records(store, [COMMENT], [reading])
    [found] = get_all(store)
    assert found.reading == replace(reading, probabilities=())
    assert found.as_read == found.reading


@pytest.mark.parametrize(
    "change",
    [
        {"date": None},
        {"unit": ("B",)},
        {"score": None},
        {"response_id": "r2"},
        {"source": "card"},
        {"demographics": {"age": "40-64"}},
    ],
)
def test_add_upload_tells_responses_apart(store, change):
    same = replace(COMMENT, comment_id="c2", kind="what_good", question="What?")
    add_one(store, COMMENT, same, replace(COMMENT, comment_id="c3", **change))
    assert count_responses(store) == 2


def test_add_upload_tells_responses_of_two_files_apart(store):
    add_one(store, COMMENT)
    add_one(store, replace(COMMENT, comment_id="c2"))
    assert count_responses(store) == 2


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
    assert ask(store, get_uploads) == ()


def test_add_upload_needs_a_reading_for_each_comment(store):
    with pytest.raises(ValueError, match="1 comments, but 0 readings"):
        add_upload(store, "x.csv", [COMMENT], [], now=NOW, framework_version="7+4")


def test_add_upload_with_one_topic_twice_in_a_reading_is_our_mistake(store):
    reading = replace(NOT_READ, mentions=(Mention(TOPICS[0], 0.5, "neutral"),) * 2)
    with pytest.raises(ValueError, match="twice"):
        add_upload(store, "x.csv", [COMMENT], [reading], now=NOW, framework_version="7+4")


def test_add_upload_while_another_writes_is_refused(store, monkeypatch):
    monkeypatch.setattr(filelock, "LOCK_WAIT_SECONDS", 0.1)
    with (store.folder / "write.lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="Another program is writing"):
            add_one(store, COMMENT)
    add_one(store, COMMENT)


def test_add_upload_from_threads_takes_turns_while_others_read(store):
    seen, done = [], threading.Event()

    def read():
        while not done.is_set():
            seen.append(count_responses(store))

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        list(pool.map(lambda number: add_sample(store, number, 10), range(4)))
        done.set()
        for reader in readers:
            reader.result()
    assert count_responses(store) == 40
    assert set(seen) <= {0, 10, 20, 30, 40}


def test_add_upload_that_the_disk_refuses_changes_nothing(store, monkeypatch):
    add_sample(store, 1)
    before = store_version(store)

    def refuse(target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(delta, "sync", refuse)
        with pytest.raises(OutputError, match="No space left on device"):
            add_one(store, COMMENT)
    assert store_version(store) == before
    assert count_responses(store) == 30
    add_one(store, COMMENT)
    assert count_responses(store) == 31


def test_add_upload_without_leave_to_write_says_so(store):
    (store.folder / "write.lock").unlink()
    (store.folder / "write.lock").mkdir()
    with pytest.raises(OutputError, match="Is a directory"):
        add_one(store, COMMENT)


PLACES = st.lists(st.sampled_from(["A", "a/b", "50%", "%2F", "", "é", "\n"]), max_size=3)


@settings(max_examples=60, deadline=None)
@given(units=st.lists(PLACES, min_size=1, max_size=5))
def test_places_of_files_are_written_as_those_of_records(tmp_path_factory, units):
    folder = tmp_path_factory.mktemp("working")
    with connect_duckdb() as duck:
        columns = (
            "unnest(?::VARCHAR[]) AS comment_id, unnest(?::VARCHAR[][]) AS unit, 'r' AS "
            "response_id, NULL::DATE AS date, '' AS question, 'why' AS kind, '' AS text, "
            "NULL AS score, '' AS source, MAP {}::MAP(VARCHAR, VARCHAR) AS demographics"
        )
        ids = [str(number) for number in range(len(units))]
        duck.execute(f"CREATE TABLE given AS SELECT {columns}", [ids, units])
        duck.execute(f"CREATE TABLE read AS SELECT comment_id, {NO_READING} FROM given")
        staged = stage(duck, folder, 1, "given", "read")
        made = duck.sql(f"SELECT unit, unit_path FROM {staged.comments}").fetchall()
    assert {path for _, path in made} == {write_unit_path(tuple(unit)) for unit in units}
    assert all(path == write_unit_path(tuple(unit)) for unit, path in made)


NO_READING = (
    "'test' AS model, []::VARCHAR[] AS topics, []::FLOAT[] AS topic_probabilities, "
    "[]::TINYINT[] AS topic_sentiments, []::INTEGER[][] AS topic_spans, NULL AS sentiment, "
    "NULL AS sentiment_score, false AS mixed, 0 AS urgency, NULL AS language, "
    "[]::FLOAT[] AS probabilities, ''::BLOB AS vector, []::BIGINT[] AS vector_signs"
)


def test_what_is_blank_in_a_record_is_blank_in_a_file(store):
    spaces = [chr(code) for code in range(0x3100) if chr(code).isspace()]
    texts = [*spaces, "".join(spaces), "\u200b", ".", "\x00", ""]
    comments = [replace(COMMENT, comment_id=str(n), text=text) for n, text in enumerate(texts)]
    add_one(store, *comments)
    assert {found.comment.text for found in get_all(store)} == {"\u200b", ".", "\x00"}


def write_files(store, folder):
    """The rows of a store as files to be brought in, as Spark or an analyst would write them."""
    with open_snapshot(store) as snapshot, connect_duckdb() as duck:
        comments, readings = map(snapshot.relation_over, ("comments", "readings"))
        left = "comment_key, response_key, upload, unit_path, has_text"
        duck.execute(
            f"COPY (SELECT * EXCLUDE ({left}) FROM {comments} ORDER BY comment_key) "
            f"TO '{folder}/comments.parquet'"
        )
        duck.execute(
            f"COPY (SELECT comment_id, r.* EXCLUDE (comment_key, upload) FROM {readings} AS r "
            f"JOIN {comments} USING (comment_key)) TO '{folder}/readings.parquet'"
        )
    return [folder / "comments.parquet"], [folder / "readings.parquet"]


def add_written(store, comments, readings):
    return add_files(store, "x", comments, readings, now=NOW, framework_version="7+4")


def test_add_files_is_as_add_upload(store, tmp_path):
    add_sample(store, 1, 60)
    other = create_store(tmp_path / "other")
    add_written(other, *write_files(store, tmp_path))
    assert describe_rows(other) == describe_rows(store)
    assert get_all(other) == get_all(store)
    assert find_faults(other) == []


def test_add_files_twice_the_same_is_refused(store, tmp_path):
    add_sample(store)
    comments, readings = write_files(store, tmp_path)
    other = create_store(tmp_path / "other")
    with pytest.raises(InputError, match="different comment ids"):
        add_written(other, comments * 2, readings)
    with pytest.raises(InputError, match="Give each comment one reading"):
        add_written(other, comments, readings * 2)
    with pytest.raises(InputError, match="holds no responses"):
        add_written(other, [], [])
    assert ask(other, get_uploads) == ()


def test_undo_upload_is_as_if_it_had_never_come(store, tmp_path):
    other = create_store(tmp_path / "other")
    for number in (1, 2, 3):
        add_sample(store, number)
        if number != 2:
            add_sample(other, number)
    undo_upload(store, "2", now=NOW)
    assert [upload.file_name for upload in ask(store, get_uploads)] == ["3.csv", "1.csv"]
    assert [c.comment for c in get_all(store)] == [c.comment for c in get_all(other)]
    assert ask(store, get_totals, EVERYTHING) == ask(other, get_totals, EVERYTHING)
    assert find_faults(store) == []


def test_undo_upload_lets_the_file_come_again(store):
    add_sample(store, 1)
    before = get_all(store)
    undo_upload(store, "1", now=NOW)
    assert count_responses(store) == 0
    assert add_sample(store, 1) == "2"
    assert [c.comment for c in get_all(store)] == [c.comment for c in before]


@pytest.mark.parametrize("upload_id", ["2", "0", "01", "", "1 OR 1=1", "x" * 500])
def test_undo_upload_unknown_is_refused(store, upload_id):
    add_sample(store, 1)
    before = store_version(store)
    with pytest.raises(StoreError, match="There is no upload"):
        undo_upload(store, upload_id, now=NOW)
    assert store_version(store) == before


def test_old_files_are_kept_for_a_while_and_then_removed(store):
    for number in range(9):
        add_sample(store, number, 5)
        undo_upload(store, str(number + 1), now=NOW)
    on_disk = list(store.get_table_path("comments").glob("*.parquet"))
    assert 0 < len(on_disk) < 6
    assert get_paths(store, get_state(store), "comments") == ()
