"""Files on their way into a store, brought in by a process of their own while people go on."""

from yousaid.jobs.folder import (
    Job,
    Progress,
    discard_job,
    discard_old_jobs,
    find_job,
    is_held,
    keep_file,
    list_jobs,
    read_progress,
    save_job,
    stop_job,
)
from yousaid.jobs.run import run_job, start_job

__all__ = [
    "Job",
    "Progress",
    "discard_job",
    "discard_old_jobs",
    "find_job",
    "is_held",
    "keep_file",
    "list_jobs",
    "read_progress",
    "run_job",
    "save_job",
    "start_job",
    "stop_job",
]
