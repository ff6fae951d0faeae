"""One comment from standard input."""

import io

import pytest

from yousaid.errors import InputError
from yousaid.ingest.comment import MOST_BYTES, check_question, read_comment


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("Café £5\n".encode(), "Café £5"),
        ("Café £5\r\n".encode("utf-16"), "Café £5"),
        ("Café £5".encode("cp1252"), "Café £5"),
        (b"two\nlines\n\n", "two\nlines\n"),
    ],
)
def test_read_comment(content: bytes, text: str) -> None:
    assert read_comment(io.BytesIO(content)) == text


def test_read_comment_without_end_is_refused() -> None:
    with pytest.raises(InputError, match=r"16 MB.*classify"), open("/dev/zero", "rb") as endless:
        read_comment(endless)
    assert len(read_comment(io.BytesIO(b"a" * MOST_BYTES))) == MOST_BYTES


@pytest.mark.parametrize(
    ("wording", "kind"),
    [("could_improve", "could_improve"), ("What was good?", "what_good"), ("why", "why")],
)
def test_check_question(wording: str, kind: str) -> None:
    assert check_question(wording) == kind


def test_check_question_unknown() -> None:
    with pytest.raises(InputError, match="what_good, could_improve, why") as raised:
        check_question("Secret words of a patient")
    assert "Secret" not in str(raised.value)
