"""One comment by itself, from standard input, and the question that it answers."""

import io
from typing import BinaryIO

from yousaid.errors import InputError
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.encoding import find_encoding, open_text
from yousaid.records import QUESTION_KINDS, QuestionKind

# Far more than any comment; what never ends (a device) must not fill the memory.
MOST_BYTES = 16 << 20


def read_comment(file: BinaryIO) -> str:
    """All of a file as one comment, without the line end behind it.

    Raises InputError where it is longer than `MOST_BYTES`.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InputError(
            f"Standard input holds more than {MOST_BYTES >> 20} MB, which is not one comment. "
            "For a file of comments use “yousaid classify”."
        )
    encoding = find_encoding(io.BytesIO(content))
    with open_text(io.BytesIO(content), encoding) as text:
        return text.read().removesuffix("\n").removesuffix("\r")


def check_question(wording: str) -> QuestionKind:
    """The kind of a question, given as the kind or in its wording. Raises InputError where no rule
    knows it."""
    kind = question_kind(wording)
    if kind is None:
        kinds = ", ".join(QUESTION_KINDS)
        raise InputError(f"--question: no rule knows this question. Give one of {kinds}.")
    return kind
