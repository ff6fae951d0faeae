"""An upload, whole and in memory, for tests to look at."""

from dataclasses import dataclass

from yousaid.ingest.problems import Problem
from yousaid.ingest.upload import read_upload
from yousaid.records import Comment


@dataclass(frozen=True)
class Taken:
    comments: tuple[Comment, ...]
    problems: tuple[Problem, ...]
    response_count: int
    blank_count: int
    masked: dict[str, int]


def take(table, column_map, read=read_upload):
    with read(table, column_map) as upload:
        comments = tuple(comment for batch in upload.batches(1000) for comment in batch)
        return Taken(
            comments,
            tuple(upload.problems()),
            upload.response_count,
            upload.blank_count,
            dict(upload.masked),
        )
