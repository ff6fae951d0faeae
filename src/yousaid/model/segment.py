"""Comments cut into the pieces that each say one thing.

The cuts of many texts are found at once, by array arithmetic over their characters: a regular
expression tries every rule at every letter and takes as long as all the rest of the reading. The
tests hold that expression, and compare.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.model.characters import Characters, join_texts
from yousaid.records import Span

# Where one thought ends and the next begins: ends of sentences, lines, list marks, and the words
# with which people turn from praise to criticism. A comma cuts only between pieces of two words or
# more, so “kind, caring staff” stays whole and “nurses lovely, toilets filthy” does not.
_TURNS = (
    "but",
    "however",
    "although",
    "though",
    "except",
    "whereas",
    "unfortunately",
    "sadly",
)
_FEWEST_WORDS = 2

_WORD, _SPACE, _LINE, _STOP, _QUOTE, _BAR, _DASH, _COMMA = (1 << bit for bit in range(8))
_MARKS = {
    "\r\n": _LINE,
    ".!?…": _STOP,
    "\"'”’)": _QUOTE,
    ";•|": _BAR,
    "-–—": _DASH,
    ",": _COMMA,
}
# Letters outside ASCII that are an English letter in another case.
_ODD_CASES = {0x130: ord("i"), 0x131: ord("i"), 0x17F: ord("s")}
_TABLE_SIZE = 0x3000

Places = NDArray[np.int64]
Flags = NDArray[np.uint8]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of those texts that say several things.

    Parallel arrays, in text order: `rows` (which text, never falling), `begins` and `ends` (places
    in the joined characters, end exclusive, without the space between pieces).
    """

    rows: Places
    begins: Places
    ends: Places


def split_segments(text: str) -> tuple[Span, ...]:
    """The pieces of a text in order, without the space between them; one for a text that says one
    thing, none for a text without words. The work grows in step with the length of the text."""
    characters = join_texts([text])
    pieces = _cut_texts(characters)
    if not len(pieces.rows):
        has_words = bool((_flag(characters.points) & _WORD).any())
        return (Span(0, len(text)),) if has_words else ()
    spans = zip(pieces.begins.tolist(), pieces.ends.tolist(), strict=True)
    return tuple(Span(begin, end) for begin, end in spans)


def split_texts(characters: Characters) -> Pieces:
    """The pieces of each text that has more than one, in order."""
    pieces = _cut_texts(characters)
    several = np.bincount(pieces.rows, minlength=1)[pieces.rows] > 1
    return Pieces(pieces.rows[several], pieces.begins[several], pieces.ends[several])


def _cut_texts(characters: Characters) -> Pieces:
    """The pieces of each text that has a cut; of a text that was cut in vain, the one."""
    points = characters.points
    flags = _flag(points)
    flags[characters.ends] = 0  # the space behind a text belongs to none
    begins, ends = _find_cuts(points, flags)
    is_word = (flags & _WORD).astype(bool)
    word_starts = is_word.copy()
    word_starts[1:] &= ~is_word[:-1]
    words = np.concatenate(([0], np.cumsum(word_starts, dtype=np.int64)))
    return _make_pieces(characters, begins, ends, points[begins] == ord(","), words)


def _flag(points: NDArray[np.uint32]) -> Flags:
    """What each character is, for cutting."""
    table = _flag_table()
    flags = table[np.minimum(points, _TABLE_SIZE)]
    above = np.flatnonzero(points > _TABLE_SIZE)
    if len(above):
        found, places = np.unique(points[above], return_inverse=True)
        flags[above] = np.array([_flag_one(chr(point)) for point in found.tolist()], np.uint8)[
            places
        ]
    return flags


@cache
def _flag_table() -> Flags:
    return np.fromiter((_flag_one(chr(point)) for point in range(_TABLE_SIZE + 1)), np.uint8)


def _flag_one(character: str) -> int:
    marks = sum(flag for characters, flag in _MARKS.items() if character in characters)
    word = _WORD if character.isalnum() or character == "_" else 0
    return marks | word | (_SPACE if character.isspace() else 0)


def _find_cuts(points: NDArray[np.uint32], flags: Flags) -> tuple[Places, Places]:
    """Where cuts begin and end, in order and apart. Of cuts that overlap the first to begin
    stands; of those that begin together the end of a sentence."""
    space = (flags & _SPACE).astype(bool)
    not_space = np.flatnonzero(~space)
    blanks = _find_blanks(flags, space)
    found = [
        _find_sentence_ends(flags),
        *_find_lines(flags, not_space, blanks),
        _find_turns(points, flags, not_space, blanks),
        _skip_behind(np.flatnonzero(flags & _COMMA), not_space),
    ]
    begins = np.concatenate([begin for begin, _ in found])
    ends = np.concatenate([end for _, end in found])
    order = np.argsort(begins, kind="stable")
    begins, ends = begins[order], ends[order]
    kept = []
    last = 0
    for place, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        if begin >= last:
            kept.append(place)
            last = end
    return begins[kept], ends[kept]


def _skip_behind(marks: Places, others: Places) -> tuple[Places, Places]:
    """Each mark with what follows it, up to the next of the `others`."""
    return marks, others[np.searchsorted(others, marks + 1)]


def _find_sentence_ends(flags: Flags) -> tuple[Places, Places]:
    """The spaces and closing marks behind a full stop or its like."""
    closing = (flags & (_SPACE | _QUOTE)).astype(bool)
    begins = np.flatnonzero(closing[1:] & (flags[:-1] & _STOP).astype(bool)) + 1
    others = np.flatnonzero(~closing)
    return begins, others[np.searchsorted(others, begins)]


def _find_lines(
    flags: Flags, not_space: Places, blanks: tuple[Places, Places]
) -> list[tuple[Places, Places]]:
    """Ends of lines and list marks, first with the space before them, then without."""
    marks, ends = _skip_behind(np.flatnonzero(flags & (_LINE | _BAR)), not_space)
    begins, behind = blanks
    led = np.isin(marks, behind, assume_unique=True)
    return [(begins[np.searchsorted(behind, marks[led])], ends[led]), (marks, ends)]


def _find_blanks(flags: Flags, space: Bools) -> tuple[Places, Places]:
    """Runs of space inside a line that nothing of the kind stands before."""
    blank = space & ((flags & _LINE) == 0)
    begins = np.flatnonzero(blank[1:] & ~blank[:-1]) + 1
    ends = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1
    if len(blank) and blank[0]:
        begins = np.concatenate(([0], begins))
    behind_line = (begins > 0) & space[begins - 1]
    return begins[~behind_line], ends[~behind_line]


def _find_turns(
    points: NDArray[np.uint32], flags: Flags, not_space: Places, blanks: tuple[Places, Places]
) -> tuple[Places, Places]:
    """The space before a dash and what follows it, and before a word that turns."""
    begins, ends = blanks
    dashed = (flags[ends] & _DASH).astype(bool)
    not_dash = np.flatnonzero((flags & _DASH) == 0)
    behind = not_dash[np.searchsorted(not_dash, ends[dashed])]
    apart = (flags[behind] & _SPACE).astype(bool)
    dash_ends = not_space[np.searchsorted(not_space, behind[apart])]
    turning = _are_turns(points, flags, ends)
    return (
        np.concatenate((begins[dashed][apart], begins[turning])),
        np.concatenate((dash_ends, ends[turning])),
    )


def _are_turns(points: NDArray[np.uint32], flags: Flags, words: Places) -> Bools:
    """Which words (by where they begin) are one of those that turn."""
    found = np.zeros(len(words), bool)
    # Most words are out by their first two letters. Behind the last text stands a space.
    second = np.minimum(words + 1, max(len(points) - 1, 0))
    pairs = _lower(points[words]) << np.uint32(8) | _lower(points[second])
    for turn in _TURNS:
        still = np.flatnonzero(pairs == ord(turn[0]) << 8 | ord(turn[1]))
        for step, letter in enumerate(turn[2:], 2):
            still = still[_lower(points[words[still] + step]) == ord(letter)]
        still = still[(flags[words[still] + len(turn)] & _WORD) == 0]
        found[still] = True
    return found


def _lower(points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The letters a–z in lower case; of the rest only that it is none of them."""
    lowered = np.where(points < 0x80, points | np.uint32(0x20), np.uint32(0))
    for odd in np.flatnonzero((points >= 0x130) & (points <= 0x17F)):
        lowered[odd] = _ODD_CASES.get(int(points[odd]), 0)
    return lowered


def _make_pieces(
    characters: Characters, begins: Places, ends: Places, is_comma: Bools, words: Places
) -> Pieces:
    """What stands between the cuts; `words` is the number of words before each place."""
    rows = np.searchsorted(characters.ends, begins)
    # The end of a text is its last cut.
    last = np.flatnonzero(np.diff(rows, append=-1)) + 1
    text_ends = characters.ends[rows[last - 1]]
    begins = np.insert(begins, last, text_ends)
    ends = np.insert(ends, last, text_ends)
    is_comma = np.insert(is_comma, last, False)
    rows = np.insert(rows, last, rows[last - 1])
    text_begins = characters.begins[rows]
    cuts = (rows, begins, ends, is_comma, words[begins], words[ends])
    texts = (text_begins, words[text_begins])
    found = _walk_cuts(zip(*(column.tolist() for column in (*cuts, *texts)), strict=True))
    return Pieces(*np.array(found, np.int64).reshape(-1, 3).T)


def _walk_cuts(cuts: Iterable[tuple[Any, ...]]) -> list[tuple[int, int, int]]:
    """The row, the beginning and the end of each piece."""
    pieces: list[tuple[int, int, int]] = []
    row, start, words, behind_comma = -1, 0, 0, False
    for here, begin, end, is_comma, words_before, words_behind, text_begin, text_words in cuts:
        if here != row:
            row, start, words, behind_comma = here, text_begin, text_words, False
        count = words_before - words
        if is_comma and count < _FEWEST_WORDS:
            continue
        if count and behind_comma and count < _FEWEST_WORDS:
            pieces[-1] = (row, pieces[-1][1], begin)
            behind_comma = is_comma
        elif count:
            pieces.append((row, start, begin))
            behind_comma = is_comma
        start, words = end, words_behind
    return pieces
