"""Personal details in texts, masked by rules."""

import doctest
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.ingest.masking import Masked, mask, mask_text, numbers
from yousaid.ingest.masking.numbers import is_nhs_number

CASES = Path(__file__).parents[2] / "quality"
# Floors, a little below what was measured (docs/why/masking.md).
FLOORS = {"name": 0.88}
EXACT = ("phone", "NHS number", "email", "address", "postcode", "date of birth")

words = st.sampled_from(
    ["my", "husband", "John", "Mrs", "Patel", "07700 900123", "the", "Will", "a@b.example",
     "SO16 6YD", "943 476 5919", "born", "12/03/1948", "14 Acacia Avenue", "nurse", "Sarah", "\n",
     ",", "é", "[name]"]
)  # fmt: skip


def read_cases(name: str) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Each text with where its personal details stand and what they are."""
    found = []
    for line in (CASES / name).read_text("utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        text, details, end = "", [], 0
        for match in re.finditer(r"\{([^|}]*)\|([^}]*)\}", line):
            text += line[end : match.start()]
            details.append((len(text), len(text) + len(match[2]), match[1]))
            text += match[2]
            end = match.end()
        found.append((text + line[end:], details))
    return found


def is_gone(masked: Masked, text: str, detail: tuple[int, int, str]) -> bool:
    """Whether nothing of a detail is left but a title before a name."""
    start, end, _ = detail
    left = [n for n in range(start, end) if not any(m.start <= n < m.end for m in masked.masks)]
    return "".join(text[n] for n in left).strip(" .") in ("", "Mr", "Mrs")


def count_gone(name: str) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for text, details in read_cases(name):
        masked = mask_text(text)
        for detail in details:
            gone, total = counts.get(detail[2], (0, 0))
            counts[detail[2]] = (gone + is_gone(masked, text, detail), total + 1)
    return counts


@pytest.mark.parametrize("name", ["masking_cases.txt", "masking_held_out.txt"])
def test_personal_details_are_found(name: str) -> None:
    for kind, (gone, total) in count_gone(name).items():
        assert gone / total >= FLOORS.get(kind, 1), (kind, gone, total)


@pytest.mark.parametrize("name", ["masking_cases.txt", "masking_held_out.txt"])
def test_little_else_is_masked(name: str) -> None:
    false = [
        text[mask.start : mask.end]
        for text, details in read_cases(name)
        for mask in mask_text(text).masks
        if not any(mask.start < end and start < mask.end for start, end, _ in details)
    ]
    assert len(false) <= 1, false


def test_names_of_staff_are_kept_unless_they_are_to_go() -> None:
    text = "Thanks to Dr Patel, nurse Sarah and the lovely Emma"
    assert mask_text(text).text == text
    with_staff = mask_text(text, with_staff=True)
    assert with_staff.text == "Thanks to Dr [name], nurse [name] and the lovely [name]"
    assert {mask.kind for mask in with_staff.masks} == {"staff name"}


@given(st.lists(words, max_size=12).map(" ".join), st.booleans())
def test_what_is_masked_once_is_not_masked_again(text: str, with_staff: bool) -> None:
    once = mask_text(text, with_staff=with_staff).text
    again = mask_text(once, with_staff=with_staff)
    kept = re.findall(r"\d{5,}|@", once)
    assert not kept or again.text == once


@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=12).map(" ".join)))
def test_all_but_the_masks_is_as_it_was(text: str) -> None:
    masked = mask_text(text, with_staff=True)
    rest, end = [], 0
    for one in masked.masks:
        assert end <= one.start < one.end <= len(text)
        rest += [text[end : one.start], f"[{'name' if 'name' in one.kind else one.kind}]"]
        end = one.end
    assert masked.text == "".join(rest) + text[end:]


@given(st.integers(0, 999_999_999))
def test_one_digit_in_eleven_checks_an_nhs_number(number: int) -> None:
    valid = [n for n in range(10) if is_nhs_number(f"{number:09}{n}")]
    assert len(valid) <= 1
    # A slip of any one digit is noticed.
    for digit in valid:
        written = f"{number:09}{digit}"
        for place in range(10):
            slip = (int(written[place]) + 1) % 10
            assert not is_nhs_number(f"{written[:place]}{slip}{written[place + 1 :]}")


@pytest.mark.parametrize(
    "piece",
    ["my ", "my mum A", "a.", "a@", "07", "0 ", "A ", "John ", "1 A ", "12 The ", "call me ",
     "NHS 1 ", "born on ", "Kind regards,\n", "Dad (", "(0", "+44", "x at gmail dot "],
)  # fmt: skip
def test_long_nonsense_is_read_as_quickly_as_any_text(piece: str) -> None:
    mask_text(piece * 20_000 + "@", with_staff=True)


def test_examples_run() -> None:
    assert doctest.testmod(numbers).failed == 0
    assert doctest.testmod(mask).failed == 0
