import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.model.segment import split_segments


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
