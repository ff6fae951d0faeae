import re
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.model.characters import join_texts
from yousaid.model.segment import split_segments, split_texts

_TURNS = "but|however|although|though|except|whereas|unfortunately|sadly"
_CUT = re.compile(
    rf"""
      (?<=[.!?…])[\s"'”’)]++            # after a sentence
    | (?:(?<!\s)[^\S\r\n]++)?[\r\n;•|]\s*+
    | (?<!\s)[^\S\r\n]++(?:[-–—]++\s++ | (?=(?:{_TURNS})\b))
    | ,\s*+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SCRAPS = ["a", "b c", " but", "however ", "SADLY ", "ſadly", "excepT", ",", ". ", "!", "?", "'"]
_SCRAPS += ["- ", " –", "\n", " ", "\u3000", "\x1f", ";", "•", "”", "_", "é", "中", "👍", "1"]
scraps = st.lists(st.sampled_from(_SCRAPS), max_size=20).map("".join)


def _twin(text: str) -> list[tuple[int, int]]:
    """The pieces by a regular expression that tries every rule at every letter."""
    word_starts = [word.start() for word in re.finditer(r"\w+", text)]
    pieces: list[tuple[int, int]] = []
    start = 0
    for cut in [*_CUT.finditer(text), None]:
        end = cut.start() if cut else len(text)
        words = bisect_left(word_starts, end) - bisect_left(word_starts, start)
        if cut and text[end] == "," and words < 2:
            continue
        if words == 1 and pieces and text[pieces[-1][1]] == ",":
            pieces[-1] = (pieces[-1][0], end)
        elif words:
            pieces.append((start, end))
        start = cut.end() if cut else end
    return pieces


@given(st.text(max_size=40) | scraps)
def test_split_segments_equals_twin(text: str) -> None:
    assert [(span.start, span.end) for span in split_segments(text)] == _twin(text)


@given(st.lists(st.text(max_size=20) | scraps, max_size=5))
def test_split_texts_together_as_alone(texts: list[str]) -> None:
    characters = join_texts(texts)
    pieces = split_texts(characters)
    begins = characters.begins[pieces.rows]
    found = zip(pieces.rows, pieces.begins - begins, pieces.ends - begins, strict=True)
    alone = [(row, *piece) for row, text in enumerate(texts) for piece in _twin(text)]
    rows = [row for row, _, _ in alone]
    assert list(found) == [piece for piece in alone if rows.count(piece[0]) > 1]


def _split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_segments(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Nurses lovely, toilets filthy", ["Nurses lovely", "toilets filthy"]),
        ("Kind, caring staff", ["Kind, caring staff"]),
        ("All good", ["All good"]),
        ("Food great. Parking awful!", ["Food great.", "Parking awful!"]),
        ("Good care but a long wait", ["Good care", "but a long wait"]),
        ("clean - quiet - warm", ["clean", "quiet", "warm"]),
        ("clean\nquiet", ["clean", "quiet"]),
        ("Dr. Smith was kind", ["Dr.", "Smith was kind"]),
        ("... !!", []),
        ("", []),
    ],
)
def test_split_segments(text: str, pieces: list[str]) -> None:
    assert _split(text) == pieces


@given(st.text("ab ,.\n;-!but", max_size=60))
def test_split_segments_in_order_and_apart(text: str) -> None:
    spans = split_segments(text)
    ends = [0, *(span.end for span in spans)]
    assert all(end <= span.start < span.end for end, span in zip(ends, spans, strict=False))


@given(st.text("ab ,.\n;-!but", max_size=60))
def test_split_segments_lose_no_letter(text: str) -> None:
    kept = "".join(_split(text))
    assert [c for c in kept if c.isalpha()] == [c for c in text if c.isalpha()]


@pytest.mark.parametrize("piece", [" ", ",", ", ", "a, ", "but ", ".", "- ", "\n"])
def test_split_segments_long_runs_end(piece: str) -> None:
    # The square of this length would be minutes; pytest's own time limit is the reader's patience.
    split_segments(piece * 100_000)
