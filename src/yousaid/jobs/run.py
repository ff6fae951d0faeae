"""Running a job: in a process of its own, so that pages go on coming while it reads."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from yousaid.errors import InputError, YousaidError
from yousaid.ingest.column_map import parse_map
from yousaid.ingest.tables import open_table
from yousaid.jobs.folder import (
    Job,
    Progress,
    clear_progress,
    find_job,
    finish,
    hold,
    is_asked_to_stop,
    save_job,
    write_progress,
)
from yousaid.model.reader import Reader
from yousaid.pipeline import Loaded, describe_loaded, load_table
from yousaid.settings import Settings
from yousaid.store.layout import Store, open_store

STOPPED = "It was stopped. Nothing was brought in."
_SECONDS_BETWEEN_SAYING = 0.3


class _StoppedError(Exception):
    """Somebody asked for it."""


def start_job(store: Store, job: Job) -> None:
    """Run a job in a new process, which goes on if this one ends. What it finds, it writes into the
    job; see `run_job`. Raises InputError where it is being run already."""
    with hold(job) as lock:
        if lock is None:
            raise InputError(f"“{job.file_name}” is being brought in already.")
        save_job(replace(job, state="running", said=()))
        clear_progress(job)
        process = subprocess.Popen(  # noqa: S603 (our own program, and an id that we made)
            [sys.executable, "-m", "yousaid", "run-job", str(store.folder), job.job_id],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,),
        )
    # A process that ended is kept by the system until somebody has looked.
    Thread(target=process.wait, daemon=True).start()


def run_job(folder: Path, job_id: str, settings: Settings) -> None:
    """Bring a job's file into the store: all of it or nothing, as the job says afterwards.

    Whatever happens is written into the job for the person who waits: what was brought in, or what
    is wrong and what to do. Raises InputError where there is no such job.
    """
    store = open_store(folder, database=settings.database, index_folder=settings.index_folder)
    job = find_job(store, job_id)
    if job is None:
        raise InputError(f"There is no job {job_id}.")
    try:
        loaded = _load(job, folder, settings)
    except _StoppedError:
        finish(job, "failed", (STOPPED,))
    except YousaidError as error:
        finish(job, "failed", (str(error),))
    except MemoryError:
        finish(job, "failed", ("This machine has too little memory for the file. Split it.",))
    except Exception:
        finish(job, "failed", ("Something went wrong, which is our mistake.",))
        raise
    else:
        finish(job, "done", tuple(describe_loaded(loaded)), loaded.upload_id)


def _load(job: Job, folder: Path, settings: Settings) -> Loaded:
    teller = _Teller(job)
    return load_table(
        open_table(str(job.path), job.sheet),
        folder,
        Reader(),
        column_map=parse_map(job.column_map, job.file_name) if job.column_map else None,
        now=datetime.now(UTC),
        settings=settings,
        expect=teller.expect,
        progress=teller.advance,
    )


class _Teller:
    """Says how far a job is, now and then, and looks whether it should stop."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._progress = Progress(0, 0, time.time())
        self._said_at = 0.0

    def expect(self, count: int) -> None:
        self._progress = replace(self._progress, total_count=count, started_at=time.time())
        self._say()

    def advance(self, count: int) -> None:
        done = self._progress.done_count + count
        self._progress = replace(self._progress, done_count=done)
        is_last = done == self._progress.total_count
        if is_last or time.monotonic() - self._said_at > _SECONDS_BETWEEN_SAYING:
            self._say()

    def _say(self) -> None:
        if is_asked_to_stop(self._job):
            raise _StoppedError
        write_progress(self._job, self._progress)
        self._said_at = time.monotonic()
