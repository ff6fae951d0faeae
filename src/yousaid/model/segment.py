"""A comment cut into the pieces that each say one thing."""

import re
from bisect import bisect_left

from yousaid.records import Span

# Where one thought ends and the next begins: ends of sentences, lines, list marks, and the words
# with which people turn from praise to criticism. A comma cuts only between pieces of two words or
# more, so “kind, caring staff” stays whole and “nurses lovely, toilets filthy” does not.
# Runs of space are taken once and not given back (`++`), or a long run would cost its square.
_TURNS = r"but|however|although|though|except|apart from|whereas|unfortunately|sadly|only thing"
_CUT = re.compile(
    rf"""
      (?<=[.!?…])[\s"'”’)]++            # after a sentence
    | (?:(?<!\s)[^\S\r\n]++)?[\r\n;•|]\s*+
    | (?<!\s)[^\S\r\n]++(?:[-–—]++\s++ | (?=(?:{_TURNS})\b))
    | ,\s*+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"\w+")
_FEWEST_WORDS = 2


def split_segments(text: str) -> tuple[Span, ...]:
    """The pieces of a text in order, without the space between them; one for a text that says one
    thing, none for a text without words. The work grows in step with the length of the text."""
    if not _CUT.search(text):
        return (Span(0, len(text)),) if _WORD.search(text) else ()
    word_starts = [word.start() for word in _WORD.finditer(text)]

    def count_words(start: int, end: int) -> int:
        return bisect_left(word_starts, end) - bisect_left(word_starts, start)

    pieces: list[Span] = []
    start = 0
    for cut in [*_CUT.finditer(text), None]:
        end = cut.start() if cut else len(text)
        is_comma = cut is not None and text[end] == ","
        if is_comma and count_words(start, end) < _FEWEST_WORDS:
            continue
        words = count_words(start, end)
        behind_comma = bool(pieces) and text[pieces[-1].end] == ","
        if words and behind_comma and words < _FEWEST_WORDS:
            pieces[-1] = Span(pieces[-1].start, end)
        elif words:
            pieces.append(Span(start, end))
        start = cut.end() if cut else end
    return tuple(pieces)
