"""What is odd about an upload as a whole: it can be read, and may not be what was meant."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from yousaid.records import Comment

# Where systems cut text: a text message, old database columns, forms.
_LIMITS = (160, 250, 255, 256, 500, 1000, 4000)
# So many texts of one length, and none longer, are no chance.
_LEAST_CUT = 5
# Of fewer responses that they are all alike says nothing.
_LEAST_ALIKE = 50


def list_doubts(comments: Sequence[Comment], today: date) -> list[str]:
    """A sentence for each thing that somebody should look at, and what to do about it."""
    return [*_doubt_lengths(comments), *_doubt_dates(comments, today), *_doubt_alike(comments)]


def _doubt_lengths(comments: Sequence[Comment]) -> Iterator[str]:
    lengths = Counter(len(comment.text) for comment in comments if comment.text)
    longest = max(lengths, default=0)
    if longest in _LIMITS and lengths[longest] >= _LEAST_CUT:
        yield (
            f"{lengths[longest]:,} comments are exactly {longest:,} characters long and none is "
            "longer: text seems to be cut there. Ask for an export with whole comments."
        )


def _doubt_dates(comments: Sequence[Comment], today: date) -> Iterator[str]:
    ahead = {c.response_id: c.date for c in comments if c.date is not None and c.date > today}
    if ahead:
        yield (
            f"{len(ahead):,} responses have a date that is still to come, the last "
            f"{max(ahead.values()):%-d %B %Y}. Check whether day and month are the right way round."
        )


def _doubt_alike(comments: Sequence[Comment]) -> Iterator[str]:
    first = {comment.response_id: comment for comment in comments}
    if len(first) < _LEAST_ALIKE:
        return
    for what, values in (
        ("date", {comment.date for comment in first.values()}),
        ("score", {comment.score for comment in first.values()}),
        ("place", {comment.unit for comment in first.values()}),
    ):
        if len(values) == 1 and values not in ({None}, {()}):
            yield (
                f"All {len(first):,} responses have the same {what}. Check that its column is the "
                "right one."
            )
