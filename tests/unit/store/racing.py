"""Processes that read and write one store at once."""

import random
import time
import traceback
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.unit.store.killing import PROCESSES
from tests.unit.store.samples import WORDS
from tests.unit.store.stores import NOW, add_sample, ask
from tests.unit.store.traces import COMMENT, READING
from tests.unit.store.writers import get_store
from yousaid.errors import InputError, StoreError
from yousaid.records import EVERYWHERE, Correction, Reading
from yousaid.store.check import find_faults
from yousaid.store.entries import correct
from yousaid.store.erase import erase_response
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.query import (
    get_comments,
    get_months,
    get_topic_counts,
    get_totals,
    get_uploads,
)
from yousaid.store.reread import get_answers, replace_readings, undo_reread, write_readings
from yousaid.store.search.words import split_words
from yousaid.store.snapshot import forget_stores, open_snapshot
from yousaid.store.upkeep import keep_up
from yousaid.store.write import undo_upload

RESPONSES = 8
NOT_READ = Reading((), None, None, False, 0.0, (), READING.model)


def look(snapshot):
    """All that a page may show, which must agree with itself; a digest of it."""
    totals = get_totals(EVERYWHERE, snapshot, EVERYTHING)
    months = get_months(EVERYWHERE, snapshot, EVERYTHING)
    topics = get_topic_counts(EVERYWHERE, snapshot, EVERYTHING)
    uploads = get_uploads(EVERYWHERE, snapshot)
    page = _get_page(snapshot, EVERYTHING)
    assert sum(upload.response_count for upload in uploads) == totals.response_count
    assert totals.comment_count == page.total_count == len(page.comments)
    mentioned = Counter(m.topic for c in page.comments for m in c.reading.mentions)
    assert {topic.topic: topic.comment_count for topic in topics} == mentioned
    assert {c.upload_id for c in page.comments} <= {upload.upload_id for upload in uploads}
    rolled_up = "SELECT coalesce(sum(comment_count), 0) FROM rollup WHERE topic = -1"
    assert snapshot.ask(rolled_up) == [(totals.comment_count,)]
    word = split_words(random.choice(WORDS))[0]
    found = {c.comment.comment_id for c in _get_page(snapshot, Filter(words=f'"{word}"')).comments}
    texts = {c.comment.comment_id: split_words(c.comment.text) for c in page.comments}
    assert found == {comment_id for comment_id, words in texts.items() if word in words}
    seen = repr((totals, months, topics, uploads, page.comments))
    return sha256(seen.encode()).hexdigest()


def _get_page(snapshot, chosen):
    return get_comments(EVERYWHERE, snapshot, chosen, order="oldest", page=1, page_size=10_000)


def race(home, *, reader_count, writer_count, write_count, with_erasing, with_kills=False, seed=1):
    """Let them, and other writers be killed beside them; what `read_until` and `write_and_send`
    sent."""
    done = PROCESSES.Event()
    readers = [_start(read_until, home, done) for _ in range(reader_count)]
    writers = [
        _start(write_and_send, home, seed + number, write_count, with_erasing)
        for number in range(writer_count)
    ]
    if with_kills:
        _kill_others(home, random.Random(seed), [child for child, _ in writers])
    written = [_end(*writer) for writer in writers]
    done.set()
    return [_end(*reader) for reader in readers], written


def _kill_others(home, at_random, writers):
    number = 0
    while any(writer.is_alive() for writer in writers):
        number += 1
        child = PROCESSES.Process(target=_write_one, args=(home, 1_000_000 + number))
        child.start()
        time.sleep(at_random.uniform(0, 1))
        child.kill()
        child.join()


def _write_one(home, number):
    with suppress(InputError, StoreError):
        at_random = random.Random(number)
        at_random.choice(_WRITES)(get_store(home), number, at_random)


def _start(target, *arguments):
    ours, theirs = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=target, args=(*arguments, theirs))
    child.start()
    theirs.close()
    return child, ours


def _end(child, ours):
    sent = ours.recv()
    child.join()
    return sent


def check_race(home, read, written):
    """Raise AssertionError where somebody saw what the store never was, or it is not whole; the
    messages that readers were told."""
    assert [error for _, error in written if error] == []
    assert [wrong for *_, wrongs, _ in read for wrong in wrongs] == []
    digests = {}
    for seen in [seen for seen, *_ in (*read, *written)]:
        for content, digest in seen.items():
            assert digests.setdefault(content, digest) == digest
    forget_stores()
    assert find_faults(get_store(home)) == []
    return {message for _, told, _, _ in read for message in told}


def read_until(home, done, to):
    """Look at a store again and again; send what each content looked like, what was told by
    StoreError, and anything else that was raised."""
    store = get_store(home)
    seen, told, wrong, count = {}, [], [], 0
    while not done.is_set():
        try:
            with open_snapshot(store) as snapshot:
                digest = look(snapshot)
            if seen.setdefault(snapshot.state.content, digest) != digest:
                wrong.append(f"content {snapshot.state.content} looks in two ways")
            count += 1
        except StoreError as error:
            told.append(str(error))
        except Exception:
            wrong.append(traceback.format_exc())
    to.send((seen, told, wrong, count))


def write_all(home, seed, count, *, with_erasing):
    """Writes of every kind, by chance; how a store looked after each, by its content."""
    writes = _WRITES_FOR_GOOD if with_erasing else _WRITES
    store, at_random = get_store(home), random.Random(seed)
    seen = {}
    for number in range(count):
        _until_done(at_random.choice(writes), store, 1000 * seed + number, at_random)
        with open_snapshot(store) as snapshot:
            seen[snapshot.state.content] = look(snapshot)
    return seen


def write_and_send(home, seed, count, with_erasing, to):
    """The same in a process of its own; what was raised, if anything was."""
    try:
        to.send((write_all(home, seed, count, with_erasing=with_erasing), None))
    except Exception:
        to.send(({}, traceback.format_exc()))


def _until_done(write, store, number, at_random):
    # What another has erased or undone meanwhile is no longer there: that is for the next turn.
    gone = ("There is no upload", "There is no such comment", "no response of that id")
    again = ("Another program is writing", "Ask again", "There is no re-reading")
    while True:
        try:
            return write(store, number, at_random)
        except (InputError, StoreError) as error:
            if any(words in str(error) for words in gone):
                return None
            if not any(words in str(error) for words in again):
                raise


def _add(store, number, at_random):
    add_sample(store, number, RESPONSES)


def _undo(store, number, at_random):
    uploads = ask(store, get_uploads)
    undo_upload(store, at_random.choice(uploads).upload_id if uploads else "1", now=NOW)


def _choose_comment(store, at_random):
    with open_snapshot(store) as snapshot:
        comments = _get_page(snapshot, EVERYTHING).comments
    return at_random.choice(comments).comment if comments else COMMENT


def _correct(store, number, at_random):
    said = Correction(sentiment=at_random.randrange(1, 6))
    comment_id = _choose_comment(store, at_random).comment_id
    correct(EVERYWHERE, store, comment_id, said, made_by="x", now=NOW)


def _reread(store, number, at_random):
    answers = [(key, text) for batch in get_answers(store, 100) for key, _, text in batch]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "readings.parquet"
        readings = [READING if text.strip() else NOT_READ for _, text in answers]
        write_readings(path, [key for key, _ in answers], readings)
        replace_readings(store, [path], now=NOW)


def _undo_reread(store, number, at_random):
    with suppress(StoreError):
        undo_reread(store, now=NOW)


def _keep_up(store, number, at_random):
    keep_up(store, now=NOW)


def _erase(store, number, at_random):
    erase_response(store, _choose_comment(store, at_random).response_id, now=NOW)


_WRITES = [_add, _add, _add, _add, _undo, _correct, _correct, _reread, _undo_reread, _keep_up]
_WRITES_FOR_GOOD = [*_WRITES, _erase]
