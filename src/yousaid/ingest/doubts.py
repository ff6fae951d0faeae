# ruff: noqa: S608 (SQL is put together from our own names)
"""What is odd about an upload as a whole: it can be read, and may not be what was meant."""

from collections.abc import Iterator
from datetime import date

from yousaid.ingest.upload import Upload

# Where systems cut text: a text message, old database columns, forms.
_LIMITS = (160, 250, 255, 256, 500, 1000, 4000)
# So many texts of one length, and none longer, are no chance.
_LEAST_CUT = 5
# Of fewer responses that they are all alike says nothing.
_LEAST_ALIKE = 50


def list_doubts(upload: Upload, today: date) -> list[str]:
    """A sentence for each thing that somebody should look at, and what to do about it."""
    return [*_doubt_lengths(upload), *_doubt_dates(upload, today), *_doubt_alike(upload)]


def _doubt_lengths(upload: Upload) -> Iterator[str]:
    found = upload.ask(
        "SELECT length(text), count(*) FROM answers WHERE text <> '' "
        "GROUP BY length(text) ORDER BY length(text) DESC LIMIT 1"
    )
    longest, count = found[0] if found else (0, 0)
    if longest in _LIMITS and count >= _LEAST_CUT:
        yield (
            f"{count:,} comments are exactly {longest:,} characters long and none is "
            "longer: text seems to be cut there. Ask for an export with whole comments."
        )


def _doubt_dates(upload: Upload, today: date) -> Iterator[str]:
    [(count, last)] = upload.ask(
        "SELECT count(DISTINCT response), max(date) FROM answers WHERE date > ?", [today]
    )
    if count:
        yield (
            f"{count:,} responses have a date that is still to come, the last "
            f"{last:%-d %B %Y}. Check whether day and month are the right way round."
        )


def _doubt_alike(upload: Upload) -> Iterator[str]:
    if upload.response_count < _LEAST_ALIKE:
        return
    for what, value, is_said in (
        ("date", "date", "date IS NOT NULL"),
        ("score", "score", "score IS NOT NULL"),
        ("place", "unit", "len(unit) > 0"),
    ):
        [(is_alike,)] = upload.ask(
            f"SELECT bool_and({is_said}) AND min({value}) = max({value}) FROM answers"
        )
        if is_alike:
            yield (
                f"All {upload.response_count:,} responses have the same {what}. Check that its "
                "column is the right one."
            )
