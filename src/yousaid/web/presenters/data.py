"""Files: those that were brought in, those on their way, and how far they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from yousaid.jobs import Job, Progress
from yousaid.store.answers import Upload
from yousaid.store.filter import Filter
from yousaid.web.links import Links
from yousaid.web.presenters.words import word_count, word_date, word_period


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One file that was brought in, with the comments that came with it."""

    file_name: str
    added: str
    response_count: int
    comment_count: int
    period: str
    comments_href: str
    undo_href: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One file on its way, and what is to be done about it."""

    file_name: str
    state: str
    href: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far a job is: a sentence and a share for the bar, None before that is known."""

    words: str
    percent: int | None


def make_upload_rows(uploads: Sequence[Upload], links: Links) -> tuple[UploadRow, ...]:
    return tuple(
        UploadRow(
            file_name=upload.file_name,
            added=word_date(upload.added_at.date()),
            response_count=upload.response_count,
            comment_count=upload.comment_count,
            period=word_period(upload.first_date, upload.last_date) or "no dates",
            comments_href=links.comments(Filter(uploads=(upload.upload_id,)))
            if upload.comment_count
            else "",
            undo_href=links.undo(upload.upload_id),
        )
        for upload in uploads
    )


def make_job_rows(jobs: Sequence[tuple[Job, bool]], links: Links) -> tuple[JobRow, ...]:
    """The jobs that are not done, each with whether somebody runs it."""
    return tuple(
        JobRow(job.file_name, word_job(job, is_run=is_run), links.job(job.job_id))
        for job, is_run in jobs
        if job.state != "done"
    )


def word_job(job: Job, *, is_run: bool) -> str:
    """What a job is waiting for or doing."""
    if job.state == "running":
        return "being brought in" if is_run else "cut off; nothing was brought in"
    return {"waiting": "waiting for you to look at it", "failed": "not brought in"}.get(
        job.state, "brought in"
    )


def make_progress(progress: Progress | None, now: float) -> ProgressView:
    """`now` is in seconds since 1970."""
    if progress is None or not progress.total_count:
        return ProgressView("Looking through the file.", None)
    done, total = progress.done_count, progress.total_count
    if done >= total:
        return ProgressView("All comments are read; they are being stored.", 100)
    words = f"{done:,} of {word_count(total, 'comment')} read"
    if done and (taken := now - progress.started_at) > 2:
        words += f"; {_word_left(taken * (total - done) / done)}"
    return ProgressView(f"{words}.", 100 * done // total)


def _word_left(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute left"
    minutes = ceil(seconds / 60)
    if minutes < 90:
        return f"about {word_count(minutes, 'minute')} left"
    return f"about {word_count(ceil(minutes / 60), 'hour')} left"
