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
_CLOSING = np.array([ord("'"), ord("’")], np.uint32)
_CALLS = np.array([ord("!"), ord("?")], np.uint32)
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


@dataclass(frozen=True, slots=True)
class Characters:
    """Many texts in one array, a space behind each. Text i is `points[begins[i]:ends[i]]`."""

    points: NDArray[np.uint32]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def join_texts(texts: Sequence[str]) -> Characters:
    """The characters of the texts, in order."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    # The space behind a text ends its last word, and stands before the next text's first.
    joined = " ".join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    ends = np.cumsum(lengths + 1) - 1
    return Characters(np.frombuffer(joined, np.uint32), ends - lengths, ends)


def fold_texts(texts: Sequence[str]) -> Folded:
    """The texts as folded characters, in order."""
    return fold_characters(join_texts(texts))


def fold_characters(characters: Characters) -> Folded:
    """The characters folded, text by text."""
    codes = _fold(characters.points)
    _end_runs_at_quotes(codes, characters.points)
    kept = np.flatnonzero(codes != DROPPED)
    firsts = np.zeros(len(kept), bool)
    # The space behind a text is kept, so each text has a first character of its own.
    firsts[np.searchsorted(kept, characters.begins)] = True
    codes, kept, firsts = _shorten_runs(codes[kept], kept, firsts)
    codes, kept = _with_boundaries(codes, kept, firsts)
    starts = np.searchsorted(kept, characters.begins)
    lengths = np.diff(starts, append=len(kept))
    places = (kept - np.repeat(characters.begins, lengths)).astype(np.int32)
    return Folded(codes, places, np.append(starts, len(kept)))


def _end_runs_at_quotes(codes: NDArray[np.uint32], points: NDArray[np.uint32]) -> None:
    """A quotation mark behind ! or ? ends a sentence, as comments are cut: what follows is no part
    of the same run. So the pieces of a text fold as they do within it."""
    dropped = np.flatnonzero(codes[1:] == DROPPED) + 1
    closing = np.isin(points[dropped], _CLOSING) & np.isin(points[dropped - 1], _CALLS)
    codes[dropped[closing]] = BOUNDARY


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


_Codes = NDArray[np.uint32]
_Places = NDArray[np.int64]
_Bools = NDArray[np.bool_]


def _shorten_runs(codes: _Codes, kept: _Places, firsts: _Bools) -> tuple[_Codes, _Places, _Bools]:
    """Boundaries once, letters and symbols at most twice in a row, digits once."""
    same = np.zeros(len(codes), bool)
    same[1:] = (codes[1:] == codes[:-1]) & ~firsts[1:]
    third = same.copy()
    third[1:] &= same[:-1]
    once = (codes == BOUNDARY) | (codes == ord("0"))
    stays = np.flatnonzero(~np.where(once, same, third))
    return codes[stays], kept[stays], firsts[stays]


def _with_boundaries(codes: _Codes, kept: _Places, firsts: _Bools) -> tuple[_Codes, _Places]:
    """Put a boundary at the head of each text that has none, and around symbols."""
    is_boundary = codes == BOUNDARY
    needed = firsts & ~is_boundary
    symbols = np.flatnonzero(codes >= SYMBOL_FLAG)
    needed[symbols] |= ~is_boundary[symbols - 1]
    # Behind a text stands a boundary, so no symbol is the last of all.
    needed[symbols + 1] |= ~is_boundary[symbols + 1]
    before = np.flatnonzero(needed)
    return np.insert(codes, before, BOUNDARY), np.insert(kept, before, kept[before])
