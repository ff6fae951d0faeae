"""Which comments are most like one, by the vectors of their readings.

A vector has a signed byte a dimension and only its direction tells (`Reading.vector`). Comparing
one with a million takes seconds and 400 MB, so their signs are compared first: one bit a dimension,
kept as whole numbers of 64 bits. Vectors that point the same way differ in few signs, so the true
neighbours are among the first by signs; those alone are then compared in full. docs/why/similar.md
has how many are needed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BITS = 64


class Neighbour(NamedTuple):
    """A place in a list of vectors, and how alike that one is: the cosine, −1…1."""

    place: int
    likeness: float


def make_signs(vector: bytes) -> tuple[int, ...]:
    """The signs of a vector: bit d of number n is set where dimension 64·n + d is above 0. The
    numbers are signed, as databases have them; none for an empty vector."""
    return make_many_signs([vector])[0]


def make_many_signs(vectors: Sequence[bytes]) -> list[tuple[int, ...]]:
    """The signs of each vector, as `make_signs` makes them."""
    found: list[tuple[int, ...]] = [()] * len(vectors)
    places: dict[int, list[int]] = {}
    for place, vector in enumerate(vectors):
        places.setdefault(len(vector), []).append(place)
    for width, chosen in places.items():
        if not width:
            continue
        signs = _pack_signs(_stack([vectors[place] for place in chosen])).tolist()
        for place, numbers in zip(chosen, signs, strict=True):
            found[place] = tuple(numbers)
    return found


def find_nearest(vector: bytes, others: Sequence[bytes], count: int) -> list[Neighbour]:
    """The vectors that are most like one, most alike first, the earlier first among equals; no more
    than `count`. Those that are empty, or of another width, are like none."""
    places = [place for place, other in enumerate(others) if other and len(other) == len(vector)]
    if not places:
        return []
    one = _stack([vector])[0].astype(np.float32)
    many = _stack([others[place] for place in places]).astype(np.float32)
    # Sums of squares of bytes are whole numbers below 2²⁴, which 32 bits hold exactly.
    lengths = np.sqrt((many * many).sum(1) * (one @ one))
    likeness = (many @ one) / np.maximum(lengths, 1)
    order = np.argsort(-likeness, kind="stable")[:count].tolist()
    return [Neighbour(places[at], float(likeness[at])) for at in order]


def _stack(vectors: Sequence[bytes]) -> NDArray[np.int8]:
    """Vectors of one width as an array, vectors × dimensions."""
    return np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1)


def _pack_signs(vectors: NDArray[np.int8]) -> NDArray[np.int64]:
    count, width = vectors.shape
    whole = np.zeros((count, -(-width // _BITS) * _BITS), bool)
    whole[:, :width] = vectors > 0
    return np.packbits(whole, axis=1, bitorder="little").view("<i8").astype(np.int64)
