"""Files on their way into a store: real processes, real files."""

import io
import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from yousaid.errors import InputError
from yousaid.jobs import (
    Job,
    discard_job,
    discard_old_jobs,
    find_job,
    is_held,
    keep_file,
    list_jobs,
    read_progress,
    run_job,
    save_job,
    start_job,
    stop_job,
)
from yousaid.jobs.folder import MOST_JOBS, hold, make_safe_name
from yousaid.records import EVERYWHERE
from yousaid.settings import LOCAL
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import Store, create_store
from yousaid.store.query import get_totals
from yousaid.store.snapshot import open_snapshot

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ROWS = "Date,Ward,Overall,What was good?\n02/03/2026,Ward 1,Good,Kind nurses\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_store(tmp_path / "feedback")


def keep(store: Store, text: str = ROWS, name: str = "march.csv") -> Job:
    return keep_file(store, name, io.BytesIO(text.encode()), now=NOW)


def find(store: Store, job: Job) -> Job:
    found = find_job(store, job.job_id)
    assert found is not None
    return found


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def count_comments(store: Store) -> int:
    with open_snapshot(store) as snapshot:
        return get_totals(EVERYWHERE, snapshot, EVERYTHING).comment_count


def make_long(count: int) -> str:
    """So many rows as keep a process busy for some seconds."""
    rows = (f"02/03/2026,Ward 1,Good,The {n}th nurse was kind\n" for n in range(count))
    return ROWS + "".join(rows)


def test_a_file_is_kept_as_it_came_for_its_owner_alone(store: Store) -> None:
    job = keep(store)
    assert job.path.read_text() == ROWS
    for path in (job.path.parent.parent.parent, job.path.parent, job.path):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert find(store, job) == job
    assert list_jobs(store) == (job,)
    discard_job(job)
    assert list_jobs(store) == ()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/march.csv", "march.csv"),
        ("C:\\Users\\me\\march.CSV", "march.CSV"),
        ("..csv", None),
        (".hidden.xlsx", "hidden.xlsx"),
        ("a\x1b[31m\u202eb.csv", "a[31mb.csv"),
        ("é" * 300 + ".csv", "é" * 60 + ".csv"),
        ("march.exe", None),
        ("", None),
    ],
)
def test_a_name_cannot_lead_anywhere(name: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(InputError, match="of a kind that is not read"):
            make_safe_name(name)
    else:
        assert make_safe_name(name) == kept


@pytest.mark.parametrize("job_id", ["", "..", "../../x", "0123456789abcdeg", "0123456789ABCDEF"])
def test_an_id_cannot_lead_anywhere(store: Store, job_id: str) -> None:
    assert find_job(store, job_id) is None


def test_an_empty_file_leaves_nothing(store: Store) -> None:
    with pytest.raises(InputError, match=r"march\.csv is empty"):
        keep(store, "")
    assert list_jobs(store) == ()


def test_files_that_nobody_comes_back_to_are_deleted(store: Store) -> None:
    old = keep_file(store, "old.csv", io.BytesIO(b"a"), now=NOW - timedelta(days=31))
    new = keep(store)
    with hold(old):
        assert discard_old_jobs(store, now=NOW) == 0
    assert discard_old_jobs(store, now=NOW) == 1
    assert list_jobs(store) == (new,)


def test_no_more_files_are_kept_than_anybody_looks_at(store: Store) -> None:
    for _ in range(MOST_JOBS):
        keep(store)
    with pytest.raises(InputError, match="Put one away first"):
        keep(store)


def test_a_job_brings_its_file_in_and_lets_it_go(store: Store) -> None:
    job = keep(store)
    start_job(store, job)
    wait_for(lambda: find(store, job).state != "running")
    done = find(store, job)
    assert (done.state, done.upload_id) == ("done", "1")
    assert "responses 1, comments 1, responses without a comment 0" in done.said[0]
    assert not job.path.exists()
    assert count_comments(store) == 1
    progress = read_progress(job)
    assert progress
    assert (progress.done_count, progress.total_count) == (1, 1)


def test_a_job_that_fails_says_why_and_keeps_its_file(store: Store) -> None:
    job = keep(store, ROWS.replace("02/03/2026", "a day in March"))
    run_job(store.folder, job.job_id, LOCAL)
    failed = find(store, job)
    assert failed.state == "failed"
    assert "1 in “Date” (not a date written day first): row 2" in failed.said[0]
    assert "a day in March" not in failed.said[0]
    assert job.path.exists()
    assert count_comments(store) == 0
    # Mended, it goes in.
    written = 'date = "Date"\non_bad_date = "blank"\n[[texts]]\ncolumn = "What was good?"\n'
    save_job(replace(failed, column_map=written))
    run_job(store.folder, job.job_id, LOCAL)
    assert find(store, job).state == "done"


def test_a_job_stops_when_it_is_asked_to(store: Store) -> None:
    job = keep(store, make_long(60_000))
    start_job(store, job)
    assert is_held(job)
    with pytest.raises(InputError, match="being brought in already"):
        start_job(store, job)
    wait_for(lambda: read_progress(job) is not None)
    stop_job(job)
    wait_for(lambda: not is_held(job))
    assert find(store, job).said == ("It was stopped. Nothing was brought in.",)
    assert count_comments(store) == 0


def test_a_job_that_is_killed_can_be_started_again(store: Store) -> None:
    job = keep(store, make_long(3_000))
    start_job(store, job)
    wait_for(lambda: read_progress(job) is not None)
    os.kill(find_process(job), signal.SIGKILL)
    wait_for(lambda: not is_held(job))
    assert find(store, job).state == "running"  # nobody could say otherwise
    assert count_comments(store) == 0
    start_job(store, job)
    wait_for(lambda: find(store, job).state == "done")
    assert count_comments(store) == 3_001


def find_process(job: Job) -> int:
    found = subprocess.run(["pgrep", "-f", job.job_id], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])
