"""Every kind of write, for a process that may be stopped in it.

Each has a folder (`home`) of its own, with the store in `feedback`, what is to be brought in in
`new`, and a backup in `x.tar`.
"""

import os
import random
import resource
import shutil
import signal
import sys
import tarfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tests.unit.store.samples import make_sample
from tests.unit.store.stores import NOW, add_records, add_sample, ask, get_all
from tests.unit.store.traces import COMMENT, READING
from yousaid.duck import connect_duckdb
from yousaid.records import EVERYWHERE, Correction
from yousaid.store.backup import back_up
from yousaid.store.check import find_faults, mend
from yousaid.store.entries import correct
from yousaid.store.erase import erase_before, erase_response
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import create_store, open_store
from yousaid.store.migrate import migrate
from yousaid.store.query import get_comments
from yousaid.store.reread import get_answers, replace_readings, undo_reread, write_readings
from yousaid.store.restore import restore
from yousaid.store.snapshot import open_snapshot
from yousaid.store.upkeep import keep_up
from yousaid.store.write import add_files, undo_upload

ARCHIVE = Path(__file__).parent / "layout2.tar.gz"
RESPONSES = 12


def get_store(home):
    return open_store(home / "feedback")


def add_traced(home):
    """An upload with the response that leaves traces."""
    comments, readings = make_sample(random.Random(5), RESPONSES, "5:")
    add_records(get_store(home), [*comments, COMMENT], [*readings, READING], "traced.csv")


def add_next(home):
    """Another upload, whatever was written before."""
    return add_sample(get_store(home), 9, RESPONSES)


def say(home, place, said):
    """Correct one of all comments."""
    store = get_store(home)
    comment_id = get_all(store)[place].comment.comment_id
    correct(EVERYWHERE, store, comment_id, said, made_by="x", now=NOW)


def _make_empty(home):
    create_store(home / "feedback")


def make_two(home):
    """Two uploads, and a correction."""
    store = create_store(home / "feedback")
    for number in (1, 2):
        add_sample(store, number, RESPONSES)
    say(home, 3, Correction(sentiment=5))


def make_three(home):
    """The response that leaves traces in the midst of others, and corrected."""
    make_two(home)
    add_traced(home)
    store, said = get_store(home), Correction(mixed=True)
    correct(EVERYWHERE, store, COMMENT.comment_id, said, made_by="x", now=NOW)
    add_sample(store, 3, RESPONSES)


def _make_files(home):
    (home / "new").mkdir()
    add_traced_to = create_store(home / "other" / "feedback")
    add_traced(home / "other")
    with open_snapshot(add_traced_to) as snapshot, connect_duckdb() as duck:
        comments, readings = map(snapshot.relation_over, ("comments", "readings"))
        left = "comment_key, response_key, upload, unit_path, has_text"
        duck.sql(f"SELECT * EXCLUDE ({left}) FROM {comments}").write_parquet(
            str(home / "new" / "comments.parquet")
        )
        columns = "comment_id, r.* EXCLUDE (comment_key, upload)"
        duck.sql(
            f"SELECT {columns} FROM {readings} AS r JOIN {comments} USING (comment_key)"
        ).write_parquet(str(home / "new" / "readings.parquet"))
    shutil.rmtree(home / "other")
    make_two(home)


def _add_files(home):
    comments, readings = ([home / "new" / f"{name}.parquet"] for name in ("comments", "readings"))
    add_files(get_store(home), "files", comments, readings, now=NOW, framework_version="7+4")


def _make_readings(home):
    make_two(home)
    keys = [key for batch in get_answers(get_store(home), 100) for key, _, _ in batch]
    (home / "new").mkdir()
    write_readings(home / "new" / "readings.parquet", keys, [READING] * len(keys))


def _reread(home):
    replace_readings(get_store(home), [home / "new" / "readings.parquet"], now=NOW)


def _make_reread(home):
    _make_readings(home)
    _reread(home)


def _make_backup(home):
    make_three(home)
    back_up(get_store(home), home / "x.tar")
    shutil.rmtree(home / "feedback")


def _make_old(home):
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(home, filter="data")
    (home / "layout2").rename(home / "feedback")
    (home / "feedback").chmod(0o700)


def _make_without_index(home):
    make_three(home)
    get_store(home).search_path.unlink()


def _look(home):
    ask(get_store(home), get_comments, EVERYTHING, order="newest", page=1, page_size=9)


def _make_without_facts(home):
    make_three(home)
    shutil.rmtree(home / "feedback" / "facts")


def _mend(home):
    store = get_store(home)
    mend(store, find_faults(store), now=NOW)


class Kind(NamedTuple):
    """A kind of write: what makes the folder that it is for, and the write."""

    prepare: Callable[[Path], object]
    write: Callable[[Path], object]


KINDS = {
    "create": Kind(lambda home: None, _make_empty),
    "first upload": Kind(_make_empty, add_traced),
    "further upload": Kind(make_two, add_traced),
    "files": Kind(_make_files, _add_files),
    "undo": Kind(make_three, lambda home: undo_upload(get_store(home), "3", now=NOW)),
    "correction": Kind(make_three, lambda home: say(home, 9, Correction(mixed=True))),
    "rereading": Kind(_make_readings, _reread),
    "undo of rereading": Kind(_make_reread, lambda home: undo_reread(get_store(home), now=NOW)),
    "upkeep": Kind(make_three, lambda home: keep_up(get_store(home), now=NOW)),
    "erase": Kind(
        make_three, lambda home: erase_response(get_store(home), COMMENT.response_id, now=NOW)
    ),
    "erase before": Kind(
        make_three, lambda home: erase_before(get_store(home), date(2026, 1, 3), now=NOW)
    ),
    "backup": Kind(make_three, lambda home: back_up(get_store(home), home / "x.tar")),
    "restore": Kind(_make_backup, lambda home: restore(home / "x.tar", home / "feedback", now=NOW)),
    "migration": Kind(_make_old, lambda home: migrate(home / "feedback", now=NOW)),
    "index": Kind(_make_without_index, _look),
    "mending": Kind(_make_without_facts, _mend),
}

# A line or a function of the store's code by its module, and how often it has been reached.
Step = tuple[str, int | str, int]
_STORE = f"{os.sep}yousaid{os.sep}store{os.sep}"
_MOST_TIMES = 5


def watch(reach: Callable[[Step], object]) -> None:
    """Call a function at each step in the store's code, from now on."""
    counts: Counter[tuple[str, int | str]] = Counter()

    def trace(frame, event, _):
        if _STORE not in frame.f_code.co_filename:
            return None
        if event in ("call", "line"):
            at = frame.f_code.co_name if event == "call" else frame.f_lineno
            place = (Path(frame.f_code.co_filename).stem, at)
            counts[place] += 1
            reach((*place, counts[place]))
        return trace

    sys.settrace(trace)


def list_steps(kind, home, to):
    """Write, and send the lines that are reached, each a few times, in order."""
    steps = []
    watch(lambda step: isinstance(step[1], int) and step[2] <= _MOST_TIMES and steps.append(step))
    KINDS[kind].write(home)
    sys.settrace(None)
    to.send(steps)


def write_until(kind, home, last, to):
    """Write, and die at a step."""
    to.send("ready")
    if last:
        watch(lambda step: step == last and os.kill(os.getpid(), signal.SIGKILL))
    KINDS[kind].write(home)


def write_small(kind, home, most_bytes, to):
    """Write where no file can grow beyond a size, and send the error, if there is one."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        KINDS[kind].write(home)
    except Exception as error:
        to.send((type(error), str(error)))
    else:
        to.send((None, ""))
