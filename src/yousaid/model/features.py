"""Word and character n-grams of many texts at once, as numbers.

Every n-gram is a 64-bit hash computed from the folded characters with array arithmetic, so no
Python loop runs over characters or words. A model's vocabulary is a sorted list of such hashes.
Each feature also knows which folded characters it came from, which makes explanations exact: a
topic's score is a sum over places in the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yousaid.model.characters import BOUNDARY, Folded, fold_texts
from yousaid.records import QUESTION_KINDS, QuestionKind

CHARACTER_LENGTHS = (3, 4, 5)

Hashes = NDArray[np.uint64]
Group = Literal["characters", "words"]
GROUPS: tuple[Group, ...] = ("characters", "words")

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so it has an inverse modulo 2**64
_BASE_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))

# Each family of features is salted apart, so that a word and an n-gram of the same letters differ.
_SALTS = {
    name: np.uint64(int.from_bytes(name.encode().ljust(8, b"."), "little") | 1)
    for name in ("chars", "word", "pair", "triple", "question")
}
_KIND_SALTS = np.array(
    [int.from_bytes(kind.encode()[:8].ljust(8, b"."), "little") for kind in QUESTION_KINDS],
    np.uint64,
)


@dataclass(frozen=True, slots=True)
class Family:
    """Every occurrence of one family of features, in text order.

    Parallel arrays: `hashes` (which feature), `rows` (in which text, never falling), `begins` and
    `ends` (from which folded characters, end exclusive).
    """

    group: Group
    hashes: Hashes
    rows: NDArray[np.int32]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """The features of many texts, family by family, with the folded texts that they came from."""

    families: tuple[Family, ...]
    folded: Folded
    text_count: int


@dataclass(frozen=True, slots=True)
class _Words:
    """Each word's letters-only hash, its text, and where it begins and ends."""

    hashes: Hashes
    rows: NDArray[np.int32]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def make_features(texts: Sequence[str], kinds: Sequence[QuestionKind]) -> Features:
    """The features of each text under the question it answers; `kinds` is as long as `texts`."""
    return make_features_of(fold_texts(texts), kinds)


def make_features_of(folded: Folded, kinds: Sequence[QuestionKind]) -> Features:
    """The features of texts that are folded already."""
    text_count = len(kinds)
    owner = np.repeat(np.arange(text_count, dtype=np.int32), np.diff(folded.starts))
    boundary = folded.codes == BOUNDARY
    characters = _character_families(folded.codes, boundary, owner)
    words = _find_words(folded.codes, boundary, owner)
    positions = {kind: position for position, kind in enumerate(QUESTION_KINDS)}
    kind_salts = _KIND_SALTS[[positions[kind] for kind in kinds]] if len(kinds) else _KIND_SALTS[:0]
    return Features((*characters, *_word_families(words, kind_salts)), folded, text_count)


def _character_families(
    codes: NDArray[np.uint32], boundary: NDArray[np.bool_], owner: NDArray[np.int32]
) -> list[Family]:
    """N-grams inside words, a word's two ends counting as characters."""
    families = []
    hashes = codes.astype(np.uint64)
    inside = np.zeros(len(codes), bool)  # whether a boundary stands between the first and the last
    for length in range(2, CHARACTER_LENGTHS[-1] + 1):
        windows = len(codes) - length + 1
        if windows <= 0:
            break
        hashes = hashes[:windows] * _BASE + codes[length - 1 :]
        inside = inside[:windows]
        if length > 2:
            inside = inside | boundary[length - 2 : length - 2 + windows]
        if length in CHARACTER_LENGTHS:
            # A boundary at both ends is a whole word, which the word features have already.
            whole = boundary[:windows] & boundary[length - 1 :]
            begins = np.flatnonzero(~(inside | whole))
            mixed = _mix(hashes[begins], _SALTS["chars"])
            families.append(Family("characters", mixed, owner[begins], begins, begins + length))
    return families


def _find_words(
    codes: NDArray[np.uint32], boundary: NDArray[np.bool_], owner: NDArray[np.int32]
) -> _Words:
    """The words in order, each with a hash that depends on its letters only, not on its place."""
    edges = np.flatnonzero(boundary[1:] != boundary[:-1]) + 1
    begins, ends = edges[0::2], edges[1::2]
    # The hash of letters a, b, c is a + b·B + c·B²: a difference of running sums of letter times
    # power, divided by the power at which the word begins; modulo 2**64, where B has an inverse.
    powers = _powers(_BASE, len(codes))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * powers, out=sums[1:])
    hashes = (sums[ends] - sums[begins]) * _powers(_BASE_INVERSE, len(codes))[begins]
    return _Words(hashes, owner[begins], begins, ends)


def _powers(base: np.uint64, count: int) -> Hashes:
    powers = np.full(count, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, out=powers)


def _word_families(words: _Words, kind_salts: Hashes) -> list[Family]:
    single = Family(
        "words", _mix(words.hashes, _SALTS["word"]), words.rows, words.begins, words.ends
    )
    pair = _make_runs(words, _SALTS["pair"], 2)
    triple = _make_runs(words, _SALTS["triple"], 3)
    # Scraps ("Nothing", "The food") take their whole sense from the question, so each word and
    # each pair is also a feature of its own under each question.
    asked = [
        Family(
            "words",
            _mix(family.hashes ^ kind_salts[family.rows], _SALTS["question"]),
            family.rows,
            family.begins,
            family.ends,
        )
        for family in (single, pair)
    ]
    return [single, pair, triple, *asked]


def _make_runs(words: _Words, salt: np.uint64, size: int) -> Family:
    """Runs of `size` words of one text."""
    count = max(len(words.hashes) - size + 1, 0)
    hashes = words.hashes[:count].copy()
    for offset in range(1, size):
        hashes = _mix(hashes, salt) + words.hashes[offset : offset + count]
    last = words.rows[size - 1 :]
    same = words.rows[:count] == last
    return Family(
        "words",
        _mix(hashes[same], salt),
        last[same],
        words.begins[:count][same],
        words.ends[size - 1 :][same],
    )


def _mix(hashes: Hashes, salt: np.uint64) -> Hashes:
    """Spread the bits: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    mixed = hashes + salt
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
