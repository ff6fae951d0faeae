"""Texts as arrays of folded characters, each of which knows its place in the original.

Folding removes what changes the look of a word and not its sense (case, accents, apostrophes,
soooo) so that misspelt and shouted comments share their features with plain ones. Places are kept,
so evidence found in folded characters is exact in the text as it was written, whatever its Unicode.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

BOUNDARY = 32

# What a code point becomes: BOUNDARY, DROPPED, or the code point of a folded character. Symbols
# (emoji, ! ? £ %) stand as words of their own, because they carry feeling or meaning.
DROPPED = 0
_SYMBOLS = frozenset("!?£%")
_APOSTROPHES = frozenset("'’‘ʼ`´")
_SYMBOL_CATEGORIES = frozenset({"So", "Sk"})
# Folding is a table below this code point (all alphabetic scripts that fold) and a rule above it.
_TABLE_SIZE = 0x3000
_FIRST_EMOJI = 0x1F000
# Joiners and variation selectors inside emoji, tags: they change how a symbol looks only.
_ABOVE_DROPPED = ((0xFE00, 0xFE10), (0xFEFF, 0xFF00), (0x1F3FB, 0x1F400), (0xE0000, 0xE1000))
# Lone surrogates and private-use characters have no reading.
_ABOVE_BOUNDARY = ((0xD800, 0xF900), (0x3000, 0x3005), (0xFFF0, 0x10000), (0xF0000, 0x110000))

# A code point is below 2**21; the flag marks a folded character that is a word by itself.
SYMBOL_FLAG = 1 << 24


@dataclass(frozen=True, slots=True)
class Folded:
    """Many texts in one array.

    `codes` holds folded characters with one BOUNDARY before, between and after words; no two
    boundaries stand together inside a text. `places` gives each character's offset in its own
    text (for a boundary: of the character before which it stands). Text i is
    `codes[starts[i]:starts[i + 1]]`, which begins and ends with a boundary.
    """

    codes: NDArray[np.uint32]
    places: NDArray[np.int32]
    starts: NDArray[np.int64]


def fold_texts(texts: Sequence[str]) -> Folded:
    """The texts as folded characters, in order."""
    lengths = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    # A space behind each text ends its last word, and stands before the next text's first.
    joined = " ".join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    raw = np.frombuffer(joined, np.uint32) if texts else np.empty(0, np.uint32)
    codes = _fold(raw)
    offsets = np.concatenate(([0], np.cumsum(lengths + 1)))
    owner = np.repeat(np.arange(len(texts)), lengths + 1)
    places = (np.arange(len(raw)) - offsets[:-1][owner]).astype(np.int32)
    kept = codes != DROPPED
    codes, owner, places = codes[kept], owner[kept], places[kept]
    codes, owner, places = _shorten_runs(codes, owner, places)
    return _with_boundaries(codes, owner, places, len(texts))


def _fold(raw: NDArray[np.uint32]) -> NDArray[np.uint32]:
    table = _fold_table()
    codes = table[np.minimum(raw, _TABLE_SIZE - 1)]
    above = raw >= _TABLE_SIZE
    if above.any():
        high = raw[above]
        folded = np.where(high >= _FIRST_EMOJI, high | SYMBOL_FLAG, high)
        for first, end in _ABOVE_DROPPED:
            folded[(high >= first) & (high < end)] = DROPPED
        for first, end in _ABOVE_BOUNDARY:
            folded[(high >= first) & (high < end)] = BOUNDARY
        codes[above] = folded
    return codes


@cache
def _fold_table() -> NDArray[np.uint32]:
    return np.fromiter((_fold_one(chr(point)) for point in range(_TABLE_SIZE)), np.uint32)


def _fold_one(character: str) -> int:
    if character in _APOSTROPHES:
        return DROPPED
    if character in _SYMBOLS:
        return ord(character) | SYMBOL_FLAG
    category = unicodedata.category(character)
    if category in {"Mn", "Cf"}:
        return DROPPED
    if category in _SYMBOL_CATEGORIES and ord(character) > 127:
        return ord(character) | SYMBOL_FLAG
    if category.startswith("N"):
        return ord("0")
    if category.startswith("L"):
        base = unicodedata.normalize("NFKD", character.lower())[0]
        return ord(base) if base.isalpha() else ord(character)
    return BOUNDARY


_Arrays = tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int32]]


def _shorten_runs(
    codes: NDArray[np.uint32], owner: NDArray[np.int64], places: NDArray[np.int32]
) -> _Arrays:
    """Boundaries once, letters and symbols at most twice in a row, digits once."""
    same = np.zeros(len(codes), bool)
    same[1:] = (codes[1:] == codes[:-1]) & (owner[1:] == owner[:-1])
    third = same.copy()
    third[1:] &= same[:-1]
    once = (codes == BOUNDARY) | (codes == ord("0"))
    kept = ~np.where(once, same, third)
    return codes[kept], owner[kept], places[kept]


def _with_boundaries(
    codes: NDArray[np.uint32], owner: NDArray[np.int64], places: NDArray[np.int32], count: int
) -> Folded:
    """Put a boundary at the head of each text that has none, and around symbols."""
    first = np.zeros(len(codes), bool)
    first[:1] = True
    first[1:] = owner[1:] != owner[:-1]
    symbol = codes >= SYMBOL_FLAG
    previous_symbol = np.zeros(len(codes), bool)
    previous_symbol[1:] = symbol[:-1]
    is_boundary = codes == BOUNDARY
    previous_boundary = np.zeros(len(codes), bool)
    previous_boundary[1:] = is_boundary[:-1]
    needed = ~is_boundary & (first | ((symbol | previous_symbol) & ~previous_boundary))
    before = np.flatnonzero(needed)
    codes = np.insert(codes, before, BOUNDARY)
    places = np.insert(places, before, places[before])
    sizes = np.bincount(np.insert(owner, before, owner[before]), minlength=count)
    return Folded(codes, places, np.concatenate(([0], np.cumsum(sizes))).astype(np.int64))
