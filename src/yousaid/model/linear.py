"""One linear layer over hashed n-grams: the arithmetic of the `fast` model.

A text's score for an output is `bias + Σ weight·idf / length` over its features, where `length` is
the root of the summed squares of idf within each group (characters, words). Occurrences are not
merged first, which saves a sort: short comments hardly repeat themselves, and training sees the
same numbers.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from yousaid.model.features import GROUPS, Family, Features, Hashes

_SLOT_BITS = 20

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """The features that a model knows: `hashes` rising without repeats, `idf` of each."""

    hashes: Hashes
    idf: Floats
    _first: NDArray[np.int32] = field(init=False, repr=False)
    _longest: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Hashes are spread evenly, so their leading bits say where in the sorted list to look; a
        # binary search would touch memory in 17 places for each feature instead of two.
        slots = (self.hashes >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)
        counts = np.bincount(slots, minlength=1 << _SLOT_BITS)
        first = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int32)
        first[counts == 0] = -1
        object.__setattr__(self, "_first", first)
        object.__setattr__(self, "_longest", int(counts.max(initial=0)))

    def find(self, hashes: Hashes) -> NDArray[np.int32]:
        """The position of each hash in the vocabulary, or −1."""
        candidates = self._first[(hashes >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)]
        found = np.full(len(hashes), -1, np.int32)
        open_ = np.flatnonzero(candidates >= 0)
        at = candidates[open_]
        for _ in range(self._longest):
            here = self.hashes[at]
            wanted = hashes[open_]
            hit = here == wanted
            found[open_[hit]] = at[hit]
            # Sorted: once past the wanted hash it cannot come, and past the slot it is larger too.
            onward = (here < wanted) & (at + 1 < len(self.hashes))
            open_, at = open_[onward], at[onward] + 1
            if not len(open_):
                break
        return found


@dataclass(frozen=True)
class KnownFamily:
    """The features of a family that a vocabulary knows: their positions there and their weight
    (idf divided by the length of the text's group), rows never falling."""

    family: Family
    kept: NDArray[np.int64]
    positions: NDArray[np.int32]
    values: Floats
    rows: NDArray[np.int32]


def weigh_features(features: Features, vocabulary: Vocabulary) -> list[KnownFamily]:
    """Each family's known features with their weights in their texts."""
    found = []
    for family in features.families:
        positions = vocabulary.find(family.hashes)
        kept = np.flatnonzero(positions >= 0)
        positions = positions[kept]
        found.append((family, kept, positions, vocabulary.idf[positions], family.rows[kept]))
    lengths = {}
    for group in GROUPS:
        squares = np.zeros(features.text_count)
        for family, _, _, values, rows in found:
            if family.group == group:
                squares += np.bincount(rows, values * values, minlength=features.text_count)
        lengths[group] = np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)
    return [
        KnownFamily(family, kept, positions, values / lengths[family.group][rows], rows)
        for family, kept, positions, values, rows in found
    ]


def make_matrix(known: KnownFamily, text_count: int, vocabulary_size: int) -> csr_array:
    """One family as a sparse matrix, texts × vocabulary."""
    return _make_rows(known.rows, known.positions, known.values, (text_count, vocabulary_size))


def _make_rows(
    rows: NDArray[np.int32], positions: NDArray[np.int32], values: Floats, shape: tuple[int, int]
) -> csr_array:
    pointers = np.zeros(shape[0] + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=shape[0]), out=pointers[1:])
    return csr_array((values, positions, pointers), shape=shape)


@dataclass(frozen=True, slots=True)
class Parts:
    """Texts cut into parts that follow each other and leave nothing out; a text has at least one.

    `of_code` is the part of each folded character (a boundary belongs to the word behind it), never
    falling; `texts` is the text of each part.
    """

    of_code: NDArray[np.int32]
    texts: NDArray[np.int64]


class _Sums:
    """What some features add up to, for each row: weight·idf by output, and the squares of idf."""

    def __init__(self, row_count: int, weights: Floats) -> None:
        self._weights = weights
        self.totals = np.zeros((row_count, weights.shape[1]), np.float32)
        self.squares = np.zeros(row_count)

    def add(self, rows: NDArray[np.int32], positions: NDArray[np.int32], values: Floats) -> None:
        """Add features that a vocabulary knows; `rows` never fall."""
        count = len(self.squares)
        self.totals += _make_rows(rows, positions, values, (count, len(self._weights))) @ (
            self._weights
        )
        self.squares += np.bincount(rows, values * values, minlength=count)

    def weigh(self) -> Floats:
        """The totals divided by the length of their rows."""
        lengths = np.sqrt(np.maximum(self.squares, 1e-12)).astype(np.float32)
        return np.asarray(self.totals / lengths[:, None])


@dataclass(frozen=True)
class LinearLayer:
    """`weights` is vocabulary × outputs, `bias` has one value an output."""

    vocabulary: Vocabulary
    weights: Floats
    bias: Floats

    def score(self, features: Features) -> Floats:
        """The scores before any squashing, texts × outputs."""
        count = features.text_count
        lengths = np.diff(features.folded.starts)
        of_code = np.repeat(np.arange(count, dtype=np.int32), lengths)
        return self.score_parts(features, Parts(of_code, np.arange(count)))[0]

    def score_parts(self, features: Features, parts: Parts) -> tuple[Floats, Floats]:
        """The scores of the texts and those of their parts, as if each part were a text.

        A part's features are the text's but for runs of words that reach from part to part, so
        each feature is looked up and weighed once.
        """
        whole = np.tile(self.bias, (features.text_count, 1))
        scores = np.tile(self.bias, (len(parts.texts), 1))
        firsts = np.searchsorted(parts.texts, np.arange(features.text_count))
        for group in GROUPS:
            inside = _Sums(len(scores), self.weights)
            across = _Sums(len(whole), self.weights)
            for family in features.families:
                if family.group == group:
                    self._add(family, parts, inside, across)
            scores += inside.weigh()
            if len(whole):
                across.totals += np.add.reduceat(inside.totals, firsts)
                across.squares += np.add.reduceat(inside.squares, firsts)
            whole += across.weigh()
        return whole, scores

    def _add(self, family: Family, parts: Parts, inside: _Sums, across: _Sums) -> None:
        positions = self.vocabulary.find(family.hashes)
        kept = np.flatnonzero(positions >= 0)
        positions = positions[kept]
        values = self.vocabulary.idf[positions]
        # An n-gram of characters can begin with the boundary before its word.
        rows = parts.of_code[family.begins[kept]]
        if family.group == "words" and len(parts.texts) > len(across.squares):
            crosses = rows != parts.of_code[family.ends[kept] - 1]
            if crosses.any():
                texts = parts.texts[rows[crosses]].astype(np.int32)
                across.add(texts, positions[crosses], values[crosses])
                rows, positions, values = rows[~crosses], positions[~crosses], values[~crosses]
        inside.add(rows, positions, values)
