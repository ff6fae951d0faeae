"""Texts as word pieces: what an encoder of the BERT family reads (Wu et al. 2016).

The same pieces as the uncased reference tokenizer gives (tested against it), but with the place of
every piece in the original text, and without the network client that the reference brings along.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yousaid.errors import ModelError

UNKNOWN, FIRST, BETWEEN = "[UNK]", "[CLS]", "[SEP]"
# A longer word is no word of a language; the reference gives up at the same length.
_LONGEST_WORD = 100
_INNER = "##"
_SPACES = ("Zs", "Zl", "Zp")
# Controls, invisible format marks, private use, and halves of characters.
_DROPPED = ("Cc", "Cf", "Co", "Cs")
# Words that are remembered with their pieces: most words of a comment are among them.
_REMEMBERED = 1 << 15
# Blocks whose characters are words by themselves: Chinese, and what is written with its characters.
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


def read_vocabulary(content: bytes) -> list[str]:
    """The pieces of a vocabulary file, by id. Raises ModelError where it is not text in UTF-8, or
    a piece stands there twice, so that its id would be in doubt."""
    try:
        # Not splitlines, which cuts at marks that are pieces themselves.
        lines = content.decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise ModelError("The encoder's vocabulary is not text in UTF-8.") from error
    pieces = [line.removesuffix("\r") for line in lines]
    if len(set(pieces)) < len(pieces):
        raise ModelError("The encoder's vocabulary holds a piece twice.")
    return pieces


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text: their ids, and where each begins and ends in the original text."""

    ids: list[int]
    starts: list[int]
    ends: list[int]


class WordPieces:
    """Splits texts by a vocabulary: one piece a line, its line number its id.

    Raises ModelError where the vocabulary lacks one of the marks that every text needs.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        if missing := [mark for mark in (UNKNOWN, FIRST, BETWEEN) if mark not in self._ids]:
            raise ModelError(f"The encoder's vocabulary lacks {', '.join(missing)}.")
        self._unknown = self._ids[UNKNOWN]
        self.first, self.between = self._ids[FIRST], self._ids[BETWEEN]
        self._split_word = lru_cache(_REMEMBERED)(self._split_new_word)

    def split(self, text: str) -> Pieces:
        """The pieces of a text, in order; none where it holds nothing but spaces and controls."""
        found = Pieces([], [], [])
        for word, places in _split_words(text):
            at = 0
            for number, length in self._split_word(word):
                found.ids.append(number)
                found.starts.append(places[at])
                at += length
                found.ends.append(places[at - 1] + 1)
        return found

    def _split_new_word(self, word: str) -> tuple[tuple[int, int], ...]:
        """The id and length of each piece, the longest known piece first (greedy)."""
        whole = ((self._unknown, len(word)),)
        if len(word) > _LONGEST_WORD:
            return whole
        pieces: list[tuple[int, int]] = []
        start = 0
        while start < len(word):
            found = self._find_longest(word, start)
            if found is None:
                return whole
            pieces.append(found)
            start += found[1]
        return tuple(pieces)

    def _find_longest(self, word: str, start: int) -> tuple[int, int] | None:
        prefix = _INNER if start else ""
        for end in range(len(word), start, -1):
            number = self._ids.get(prefix + word[start:end])
            if number is not None:
                return number, end - start
        return None


def _split_words(text: str) -> Iterator[tuple[str, list[int]]]:
    """The words of a text, folded, each with the place of every folded letter in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded, stands_alone = _fold(character)
        if folded is None or stands_alone:
            if letters:
                yield "".join(letters), places
                letters, places = [], []
            if folded:
                yield folded, [place] * len(folded)
        else:
            letters.append(folded)
            places += [place] * len(folded)
    if letters:
        yield "".join(letters), places


@lru_cache(_REMEMBERED)
def _fold(character: str) -> tuple[str | None, bool]:
    """A character in lower case and without accents, and whether it is a word by itself.

    None for what separates words, "" for what is dropped."""
    if character in "\t\n\r" or unicodedata.category(character) in _SPACES:
        return None, False
    if _is_dropped(character):
        return "", False
    plain = "".join(
        part
        for part in unicodedata.normalize("NFD", character)
        if unicodedata.category(part) != "Mn"
    )
    return plain.lower(), _is_punctuation(character) or _is_ideograph(character)


def _is_dropped(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in _DROPPED


def _is_punctuation(character: str) -> bool:
    # The reference counts every ASCII sign as punctuation, ^ $ and ` included.
    is_sign = character.isascii() and not character.isalnum()
    return is_sign or unicodedata.category(character).startswith("P")


def _is_ideograph(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _IDEOGRAPHS)
