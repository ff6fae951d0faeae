"""A job as it lies on the disk: a folder with the file, what is known of it, and how far it is.

Whoever runs a job holds a lock in its folder, which the kernel frees when its holder dies: so a job
that was cut off is told from one that runs, and can be started again.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Literal

from yousaid.errors import InputError, OutputError
from yousaid.ingest.tables import ENDINGS
from yousaid.store.filelock import try_lock
from yousaid.store.layout import Store

JobState = Literal["waiting", "running", "done", "failed"]

FOLDER = "jobs"
# Of one file, as a browser sends it: what is larger belongs on the command line.
MOST_BYTES = 2_000_000_000
# More than these nobody is looking at: they fill the disk.
MOST_JOBS = 20
# Files as they came hold all that patients wrote, so none is forgotten.
KEPT_FOR = timedelta(days=30)
_BLOCK = 1 << 20
_ID = re.compile(r"[0-9a-f]{16}")
_LONGEST_NAME = 120
_JOB, _LOCK, _PROGRESS, _STOP, _FILE = "job.json", "lock", "progress.json", "stop", "file"


@dataclass(frozen=True, slots=True)
class Job:
    """One file on its way. `made_at` is in UTC. `sheet` and `column_map` (TOML) are as somebody
    chose them, None where nobody has yet. `said` is what became of it, a line each: what was
    brought in, or why it was not. `upload_id` is set when it is done."""

    job_id: str
    folder: Path
    file_name: str
    made_at: datetime
    state: JobState = "waiting"
    sheet: str | None = None
    column_map: str | None = None
    said: tuple[str, ...] = ()
    upload_id: str | None = None

    @property
    def path(self) -> Path:
        """The file itself. It goes when the job is done."""
        return self.folder / _FILE / self.file_name


@dataclass(frozen=True, slots=True)
class Progress:
    """How many comments have been read, of how many; `started_at` is seconds since 1970."""

    done_count: int
    total_count: int
    started_at: float


def keep_file(store: Store, file_name: str, file: BinaryIO, *, now: datetime) -> Job:
    """A new job for a file, of which a copy is kept that only its owner may read.

    Raises InputError where the file is empty, too large, or of a kind that is not read, or where
    many are on their way, and
    OutputError where the disk refuses; nothing is then left.
    """
    name = make_safe_name(file_name)
    if len(list_jobs(store)) >= MOST_JOBS:
        raise InputError(f"{MOST_JOBS} files are on their way already. Put one away first.")
    job_id = secrets.token_hex(8)
    job = Job(job_id, store.folder / FOLDER / job_id, name, now)
    try:
        for folder in (job.folder.parent, job.folder, job.path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        _copy(file, job.path)
        save_job(job)
    except InputError:
        discard_job(job)
        raise
    except OSError as error:
        discard_job(job)
        raise OutputError(
            f"“{name}” could not be kept ({error.strerror}). Check that the disk has room."
        ) from None
    return job


def make_safe_name(file_name: str) -> str:
    """The last part of what a browser calls a file, without what a path or a terminal could take
    for something else. Raises InputError for a kind that is not read."""
    last = re.split(r"[/\\]", file_name)[-1]
    shown = "".join(c for c in last if c.isprintable()).strip().lstrip(".") or "file"
    stem, ending = os.path.splitext(shown)
    if ending.lower() not in ENDINGS:
        raise InputError(
            f"“{shown[:_LONGEST_NAME]}” is of a kind that is not read. Use {', '.join(ENDINGS)}."
        )
    while len(stem.encode("utf-8", "replace")) > _LONGEST_NAME:
        stem = stem[:-1]
    return (stem + ending).encode("utf-8", "replace").decode()


def _copy(source: BinaryIO, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as kept:
        while block := source.read(_BLOCK):
            kept.write(block)
            if kept.tell() > MOST_BYTES:
                raise InputError(
                    f"{target.name} is larger than {MOST_BYTES // 10**9} GB. Bring it in on the "
                    "machine itself, with: yousaid load"
                )
        if not kept.tell():
            raise InputError(f"{target.name} is empty. Export it again.")


def save_job(job: Job) -> None:
    """Write what is known of a job, whole or not at all."""
    values = {**asdict(job), "made_at": job.made_at.isoformat()}
    del values["folder"], values["job_id"]
    _write(job.folder / _JOB, json.dumps(values))


def list_jobs(store: Store) -> tuple[Job, ...]:
    """Every job, newest first."""
    found = [find_job(store, path.name) for path in (store.folder / FOLDER).glob("*")]
    return tuple(sorted((job for job in found if job), key=lambda job: job.made_at, reverse=True))


def find_job(store: Store, job_id: str) -> Job | None:
    """A job by its id; None where there is none."""
    if not _ID.fullmatch(job_id):
        return None
    folder = store.folder / FOLDER / job_id
    try:
        values = json.loads((folder / _JOB).read_text())
    except (OSError, ValueError):
        return None
    values["made_at"] = datetime.fromisoformat(values["made_at"])
    values["said"] = tuple(values["said"])
    return Job(job_id=job_id, folder=folder, **values)


def discard_old_jobs(store: Store, *, now: datetime) -> int:
    """Delete the jobs that nobody has come back to, and say how many."""
    old = [job for job in list_jobs(store) if now - job.made_at > KEPT_FOR and not is_held(job)]
    for job in old:
        discard_job(job)
    return len(old)


def discard_job(job: Job) -> None:
    """Delete a job and its file."""
    shutil.rmtree(job.folder, ignore_errors=True)


def finish(job: Job, state: JobState, said: tuple[str, ...], upload_id: str | None = None) -> None:
    """Say what became of a job. What is done needs its file no more; what failed may be mended."""
    save_job(replace(job, state=state, said=said, upload_id=upload_id))
    if state == "done":
        shutil.rmtree(job.path.parent, ignore_errors=True)


@contextmanager
def hold(job: Job) -> Iterator[int | None]:
    """The lock of a job, as an open file that a new process can be given; None where somebody has
    it. It is held as long as any process has the file open."""
    with (job.folder / _LOCK).open("ab") as lock:
        yield lock.fileno() if try_lock(lock.fileno()) else None


def is_held(job: Job) -> bool:
    """Whether somebody runs it."""
    try:
        with hold(job) as lock:
            return lock is None
    except OSError:
        return False


def stop_job(job: Job) -> None:
    """Ask whoever runs a job to stop, which it does within a second or so."""
    with suppress(OSError):
        (job.folder / _STOP).touch()


def is_asked_to_stop(job: Job) -> bool:
    """Whether somebody did, or the job was deleted."""
    return (job.folder / _STOP).exists() or not job.folder.exists()


def clear_progress(job: Job) -> None:
    """As before it was first run."""
    for name in (_STOP, _PROGRESS):
        (job.folder / name).unlink(missing_ok=True)


def write_progress(job: Job, progress: Progress) -> None:
    _write(job.folder / _PROGRESS, json.dumps(asdict(progress)))


def read_progress(job: Job) -> Progress | None:
    """How far a job is; None before its comments are counted."""
    try:
        return Progress(**json.loads((job.folder / _PROGRESS).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    unfinished.write_text(text)
    unfinished.replace(path)
