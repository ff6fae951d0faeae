"""All rules over one text: where they overlap the one that says most wins."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from yousaid.ingest.masking.names import find_names
from yousaid.ingest.masking.numbers import find_numbers

MaskKind = Literal[
    "phone", "NHS number", "email", "postcode", "date of birth", "address", "name", "staff name"
]
# What is inside two finds is masked as the one that says most of it.
_ORDER: tuple[MaskKind, ...] = (
    "email", "NHS number", "date of birth", "phone", "address", "postcode", "name", "staff name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mask:
    """What was masked: where it stood in the original, in characters, and by which rule."""

    start: int
    end: int
    kind: MaskKind
    rule: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with marks such as “[phone]” in the place of personal details."""

    text: str
    masks: tuple[Mask, ...]


def mask_text(text: str, *, with_staff: bool = False) -> Masked:
    """The text with personal details masked; names of staff only `with_staff`.

    Text that was masked before comes back as it is.

    >>> mask_text("Ring my husband John on 07700 900123 please").text
    'Ring my husband [name] on [phone] please'
    """
    found = sorted(
        (mask for mask in _find(text) if with_staff or mask.kind != "staff name"),
        key=lambda mask: (_ORDER.index(mask.kind), mask.start, -mask.end),
    )
    kept: list[Mask] = []
    for mask in found:
        # Those that are kept do not overlap, so the two beside it tell.
        place = bisect(kept, mask.start, key=lambda one: one.start)
        beside = kept[max(0, place - 1) : place + 1]
        if all(mask.end <= one.start or one.end <= mask.start for one in beside):
            kept.insert(place, mask)
    if not kept:
        return Masked(text, ())
    parts, end = [], 0
    for mask in kept:
        word = "name" if mask.kind == "staff name" else mask.kind
        parts.append(f"{text[end : mask.start]}[{word}]")
        end = mask.end
    return Masked("".join(parts) + text[end:], tuple(kept))


def _find(text: str) -> Iterator[Mask]:
    for number in find_numbers(text):
        yield Mask(*number)
    for name in find_names(text):
        yield Mask(*name)
