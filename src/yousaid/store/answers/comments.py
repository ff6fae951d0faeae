"""Comments themselves, as the store gives them back."""

from dataclasses import dataclass
from typing import Literal

from yousaid.records import Comment, Reading
from yousaid.store.filter import Filter

Order = Literal["newest", "oldest", "most_negative", "most_positive", "most_urgent", "best_match"]
# `best_match` is of the filter's words, and only there where it has some.
ORDERS: tuple[Order, ...] = (
    "newest",
    "oldest",
    "most_negative",
    "most_positive",
    "most_urgent",
    "best_match",
)


@dataclass(frozen=True, slots=True)
class ReadComment:
    """A comment and what is said of it: `reading` is as people corrected it, `as_read` as the model
    read it. Probabilities come back at 32-bit precision; lists of comments come without the
    probabilities of all topics and without vectors."""

    comment: Comment
    reading: Reading
    upload_id: str
    as_read: Reading


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of the comments that match; `total_count` is of all pages.

    `is_complete` is false where too many match for the best to be told of all: only the newest are
    in order then, and older ones follow them.
    """

    total_count: int
    comments: tuple[ReadComment, ...]
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class ResponseComment:
    """One comment, with the other answers (never blank) of the same response in file order."""

    found: ReadComment
    others: tuple[ReadComment, ...]


@dataclass(frozen=True, slots=True)
class SimilarComments:
    """The comments most like one comment, the nearest first.

    `likenesses` go with them: 1 for the same direction of meaning, 0 for nothing in common, below
    0 for less than that. `can_compare` is false, and nothing is found, where the comment has
    nothing to compare by: its model has no encoder, or there was nothing to read in it.
    """

    can_compare: bool
    comments: tuple[ReadComment, ...]
    likenesses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SuggestedWords:
    """“Did you mean …?”: the filter with other words, under which something is found, and the
    words that differ: as typed, as suggested."""

    chosen: Filter
    changes: tuple[tuple[str, str], ...]
