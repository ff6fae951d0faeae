"""Several processes and threads that read and write one store at once.

`bench/race_store.py` does the same for as long as it is told.
"""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.unit.store.racing import check_race, look, race
from tests.unit.store.stores import add_sample
from tests.unit.store.writers import get_store, make_two
from yousaid.store.snapshot import forget_stores, open_snapshot


@pytest.fixture
def home(tmp_path):
    make_two(tmp_path)
    return tmp_path


def test_readers_see_one_version_whatever_is_written(home):
    sent = race(home, reader_count=2, writer_count=1, write_count=20, with_erasing=False)
    assert check_race(home, *sent) == set()


def test_two_writers_take_turns(home):
    sent = race(home, reader_count=1, writer_count=2, write_count=10, with_erasing=False)
    assert check_race(home, *sent) == set()


def test_readers_are_told_of_an_erasure_at_worst(home):
    sent = race(home, reader_count=2, writer_count=1, write_count=16, with_erasing=True)
    told = check_race(home, *sent)
    assert told <= {f"{home / 'feedback'} was changed while it was being asked. Ask again."}


def test_many_threads_begin_to_read_at_once(home):
    store, ready = get_store(home), threading.Barrier(12)
    forget_stores()

    def read(_):
        ready.wait()
        with open_snapshot(store) as snapshot:
            return look(snapshot)

    with ThreadPoolExecutor(12) as pool:
        assert len(set(pool.map(read, range(12)))) == 1


FORKED = """
import os, sys
from pathlib import Path
from tests.unit.store.stores import add_sample, count_responses
from yousaid.errors import StoreError
from yousaid.store.layout import open_store
store = open_store(Path(sys.argv[1]))
before = count_responses(store)
for use in (count_responses, add_sample):
    if not (child := os.fork()):
        try:
            use(store)
        except StoreError as error:
            print(error, flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
assert count_responses(store) == before
"""


def test_a_forked_process_is_told_why_it_may_not(home):
    command = [sys.executable, "-c", FORKED, str(home / "feedback")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.count("was forked from one that had used a store") == 2
    add_sample(get_store(home), 7)
