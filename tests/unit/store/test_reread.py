from dataclasses import replace

import pytest

from tests.unit.store.samples import TOPICS
from tests.unit.store.stores import NOW, add_sample, ask, get_all
from yousaid.errors import InputError, StoreError
from yousaid.records import EVERYWHERE, Correction, Mention, Reading, Span
from yousaid.store.check import find_faults
from yousaid.store.entries import correct
from yousaid.store.layout import create_store
from yousaid.store.query import get_models
from yousaid.store.reread import get_answers, replace_readings, undo_reread, write_readings
from yousaid.store.write import undo_upload

NEW = Reading(
    (Mention(TOPICS[4], 0.75, "negative", (Span(0, 2),)),), 4, -0.5, True, 0.25,
    (0.5,) * len(TOPICS), "newer 2", "en", bytes(range(64)) * 6,
)  # fmt: skip


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 1)
    add_sample(store, 2)
    return store


def write_new(store, folder, reading=NEW):
    keys = [key for batch in get_answers(store, 7) for key, _, _ in batch]
    paths = []
    for at in range(0, len(keys), 20):
        part = keys[at : at + 20]
        paths.append(folder / f"{at}.parquet")
        write_readings(paths[-1], part, [reading] * len(part))
    return paths


def reread(store, folder, reading=NEW):
    return replace_readings(store, write_new(store, folder, reading), now=NOW)


def test_get_answers_gives_every_answer_once(store):
    batches = list(get_answers(store, 7))
    texts = [text for batch in batches for _, _, text in batch if text]
    assert sorted(texts) == sorted(found.comment.text for found in get_all(store))
    assert all(len(batch) <= 7 for batch in batches)


def test_replace_readings_counts_in_every_question(store, tmp_path):
    before = get_all(store)
    count = reread(store, tmp_path)
    after = get_all(store)
    assert count >= len(after)
    assert [c.comment for c in after] == [c.comment for c in before]
    assert {replace(c.reading, vector=NEW.vector) for c in after} == {
        replace(NEW, probabilities=())
    }
    assert ask(store, get_models) == ("newer 2",)
    assert find_faults(store) == []


def test_what_came_meanwhile_keeps_its_reading_and_what_went_is_left_out(store, tmp_path):
    paths = write_new(store, tmp_path)
    undo_upload(store, "1", now=NOW)
    add_sample(store, 3)
    replace_readings(store, paths, now=NOW)
    models = {c.upload_id: c.reading.model for c in get_all(store)}
    assert models == {"2": "newer 2", "3": "test-1"}
    assert find_faults(store) == []


def test_a_correction_outlives_a_rereading(store, tmp_path):
    comment_id = get_all(store)[0].comment.comment_id
    correct(EVERYWHERE, store, comment_id, Correction(sentiment=1), made_by="x", now=NOW)
    reread(store, tmp_path)
    found = next(c for c in get_all(store) if c.comment.comment_id == comment_id)
    assert (found.reading.sentiment, found.as_read.sentiment) == (1, 4)


def test_undo_reread_puts_the_earlier_readings_back(store, tmp_path):
    before = {c.comment.comment_id: c.reading for c in get_all(store)}
    reread(store, tmp_path)
    add_sample(store, 3)
    undo_reread(store, now=NOW)
    after = {c.comment.comment_id: c.reading for c in get_all(store)}
    assert {key: after[key] for key in before} == before
    assert len(after) > len(before)
    assert find_faults(store) == []


def test_undo_reread_where_there_was_none_is_refused(store):
    with pytest.raises(StoreError, match="no re-reading to take back"):
        undo_reread(store, now=NOW)


def test_a_comment_with_two_new_readings_is_refused(store, tmp_path):
    [*paths] = write_new(store, tmp_path)
    before = get_all(store)
    with pytest.raises(InputError, match="have two new readings"):
        replace_readings(store, [*paths, paths[0]], now=NOW)
    assert get_all(store) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sentiment": 6}, "a sentiment of 1 to 5"),
        ({"sentiment_score": -1.5}, "a sentiment_score of −1 to 1"),
        ({"urgency": 1.5}, "an urgency of 0 to 1"),
        ({"urgency": float("nan")}, "an urgency of 0 to 1"),
        ({"model": ""}, "a model"),
        ({"mentions": NEW.mentions * 2}, "no topic twice"),
        ({"mentions": (Mention("x", 2.0, "positive"),)}, "topic_probabilities of 0 to 1"),
    ],
)
def test_readings_that_cannot_be_are_refused(store, tmp_path, change, said):
    before = get_all(store)
    with pytest.raises(InputError, match=f"break a rule: each needs {said}"):
        reread(store, tmp_path, replace(NEW, **change))
    assert get_all(store) == before


def test_files_of_something_else_are_refused(store, tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        replace_readings(store, [tmp_path / "x.parquet"], now=NOW)
