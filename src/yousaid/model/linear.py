"""One linear layer over hashed n-grams: the arithmetic of the `fast` model.

A text's score for an output is `bias + Σ √count·weight·idf / length` over its features, where
`length` is the root of the summed squares of √count·idf within each group (characters, words). So
a text that is repeated whole scores as it does once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from yousaid.model.features import GROUPS, Family, Features, Hashes

_SLOT_BITS = 20
_LEAST_SQUARE = 1e-12  # a text of no known feature is divided by its root, and not by 0

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
    (with that of its repeats √count·idf by the length of the text's group), rows never falling."""

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
        found.append((family, kept, positions[kept], family.rows[kept]))
    weighed = []
    for group in GROUPS:
        own = [known for known in found if known[0].group == group]
        columns = [(rows, positions) for _, _, positions, rows in own]
        rows, positions = _join(columns, (np.int32, np.int32))
        values = _weigh_occurrences(rows, positions, vocabulary)
        for family, kept, positions, rows in own:
            here, values = np.split(values, [len(rows)])
            weighed.append(KnownFamily(family, kept, positions, here, rows))
    return weighed


def _weigh_occurrences(
    rows: NDArray[np.int32], positions: NDArray[np.int32], vocabulary: Vocabulary
) -> Floats:
    """The weight of each occurrence of a feature in its row: together they have √count·idf."""
    keys = rows.astype(np.int64) << 32 | positions
    _, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
    idf = vocabulary.idf[positions]
    squares = np.bincount(rows, idf * idf)
    lengths = np.sqrt(np.maximum(squares, _LEAST_SQUARE))
    return np.asarray(idf / np.sqrt(counts[places]) / lengths[rows], np.float32)


def make_matrix(known: KnownFamily, text_count: int, vocabulary_size: int) -> csr_array:
    """One family as a sparse matrix, texts × vocabulary."""
    return _make_rows(known.rows, known.positions, known.values, (text_count, vocabulary_size))


class _Counted(NamedTuple):
    """Features of rows, and how often each stands in its row."""

    rows: NDArray[np.int32]
    positions: NDArray[np.int32]
    counts: NDArray[np.int64]


def _count_in_rows(rows: NDArray[np.int32], positions: NDArray[np.int32], size: int) -> _Counted:
    """Each feature of a row once, rows and positions rising; positions are below `size`."""
    bits = size.bit_length()
    # A row and a position as one number, and a short one, sort several times as fast as a pair.
    number: Any = np.uint32 if int(rows.max(initial=0)) >> (32 - bits) == 0 else np.uint64
    keys = rows.astype(number) << number(bits) | positions.astype(number)
    keys.sort()
    is_first = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    once = keys[firsts]
    return _Counted(
        (once >> number(bits)).astype(np.int32),
        (once & number((1 << bits) - 1)).astype(np.int32),
        np.diff(firsts, append=len(keys)),
    )


def _make_rows(
    rows: NDArray[Any], positions: NDArray[Any], values: Floats, shape: tuple[int, int]
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
        each feature is looked up once.
        """
        whole = np.tile(self.bias, (features.text_count, 1))
        scores = np.tile(self.bias, (len(parts.texts), 1))
        for group in GROUPS:
            own = [
                self._find(family, parts) for family in features.families if family.group == group
            ]
            found = _Found(*_join(own, (np.int32, np.int32, bool)))
            of_whole, of_parts = self._add_up(found, parts, features.text_count)
            whole += of_whole
            scores += of_parts
        return whole, scores

    def _find(self, family: Family, parts: Parts) -> "_Found":
        positions = self.vocabulary.find(family.hashes)
        kept = np.flatnonzero(positions >= 0)
        # An n-gram of characters can begin with the boundary before its word.
        first = parts.of_code[family.begins[kept]]
        crosses = np.zeros(len(kept), bool)
        if family.group == "words":
            crosses = first != parts.of_code[family.ends[kept] - 1]
        return _Found(positions[kept], first, crosses)

    def _add_up(self, found: "_Found", parts: Parts, text_count: int) -> tuple[Floats, Floats]:
        """What one group of features adds to the scores of texts and of their parts."""
        part_rows, positions = found.parts, found.positions
        if found.crosses.any():
            inside = ~found.crosses
            part_rows, positions = part_rows[inside], positions[inside]
        of_parts = self._weigh(part_rows, positions, len(parts.texts))
        # A text of one part is that part.
        whole = of_parts[np.searchsorted(parts.texts, np.arange(text_count))]
        is_cut = np.bincount(parts.texts, minlength=text_count) > 1
        if is_cut.any():
            cut = np.flatnonzero(is_cut[parts.texts][found.parts])
            texts = parts.texts.astype(np.int32)[found.parts[cut]]
            together = self._weigh(texts, found.positions[cut], text_count)
            whole[is_cut] = together[is_cut]
        return whole, of_parts

    def _weigh(
        self, rows: NDArray[np.int32], positions: NDArray[np.int32], row_count: int
    ) -> Floats:
        """What the features of rows add to their scores (rows × outputs)."""
        size = len(self.weights)
        rows, positions, counts = _count_in_rows(rows, positions, size)
        values = self.vocabulary.idf[positions] * np.sqrt(counts, dtype=np.float32)
        squares = np.bincount(rows, values * values, minlength=row_count)
        lengths = np.sqrt(np.maximum(squares, _LEAST_SQUARE)).astype(np.float32)
        totals = _make_rows(rows, positions, values, (row_count, size)) @ self.weights
        return np.asarray(totals / lengths[:, None])


class _Found(NamedTuple):
    """Occurrences of features that a vocabulary knows: their positions there, the part in which
    each begins, and whether it ends in another."""

    positions: NDArray[np.int32]
    parts: NDArray[np.int32]
    crosses: NDArray[np.bool_]


def _join(columns: Sequence[tuple[Any, ...]], types: Sequence[Any]) -> list[NDArray[Any]]:
    """Parallel arrays of several families behind each other; empty ones for no family."""
    empty = tuple(np.zeros(0, kind) for kind in types)
    return [np.concatenate(parts) for parts in zip(empty, *columns, strict=True)]
