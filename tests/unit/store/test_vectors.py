import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.store.vectors import Neighbour, find_nearest, make_many_signs, make_signs

VECTORS = st.one_of(st.just(b""), st.binary(min_size=1, max_size=3), st.binary(max_size=150))


def values_slowly(vector: bytes) -> list[int]:
    return [byte - 256 if byte > 127 else byte for byte in vector]


def make_signs_slowly(vector: bytes) -> tuple[int, ...]:
    found = []
    for start in range(0, len(vector), 64):
        part = values_slowly(vector[start : start + 64])
        number = sum(1 << bit for bit, value in enumerate(part) if value > 0)
        found.append(number - (1 << 64) if number >= 1 << 63 else number)
    return tuple(found)


def find_nearest_slowly(vector: bytes, others: list[bytes], count: int) -> list[Neighbour]:
    one, found = values_slowly(vector), []
    for place, other in enumerate(others):
        if other and len(other) == len(vector):
            two = values_slowly(other)
            product = sum(a * b for a, b in zip(one, two, strict=True))
            length = math.sqrt(sum(a * a for a in one) * sum(b * b for b in two))
            found.append(Neighbour(place, product / max(length, 1)))
    return sorted(found, key=lambda neighbour: (-neighbour.likeness, neighbour.place))[:count]


@given(VECTORS)
def test_make_signs_as_the_slow_twin(vector: bytes) -> None:
    assert make_signs(vector) == make_signs_slowly(vector)


@given(st.lists(VECTORS, max_size=12))
def test_make_many_signs_are_those_of_each(vectors: list[bytes]) -> None:
    assert make_many_signs(vectors) == [make_signs_slowly(vector) for vector in vectors]


def test_make_signs_six_numbers_of_64_bits() -> None:
    signs = make_signs(bytes([1] * 64 + [255] * 64 + [0] * 192 + [*[0] * 63, 127]))
    assert signs == (-1, 0, 0, 0, 0, -(2**63))
    assert make_signs(b"") == ()


@given(st.binary(max_size=20), st.lists(VECTORS, max_size=12), st.integers(0, 5))
def test_find_nearest_as_the_slow_twin(vector: bytes, others: list[bytes], count: int) -> None:
    others += [vector, vector[::-1], bytes(byte ^ 1 for byte in vector)]
    found = find_nearest(vector, others, count)
    wanted = find_nearest_slowly(vector, others, count)
    assert [n.likeness for n in found] == pytest.approx([n.likeness for n in wanted], abs=1e-5)
    for neighbour in found:
        (alone,) = find_nearest_slowly(vector, [others[neighbour.place]], 1)
        assert neighbour.likeness == pytest.approx(alone.likeness, abs=1e-5)


def test_find_nearest_equals_in_their_order() -> None:
    found = find_nearest(b"\x01\x7f", [b"\x7f\x01", b"\x01\x7f", b"", b"\x01", b"\x01\x7f"], 3)
    assert [neighbour.place for neighbour in found] == [1, 4, 0]
    assert found[0].likeness == pytest.approx(1)


def test_find_nearest_of_nothing_is_none() -> None:
    assert find_nearest(b"", [b"", b"\x01"], 3) == []
    assert find_nearest(b"\x01", [], 3) == []


def test_signs_find_the_true_neighbours() -> None:
    """Directions of few real dimensions, as those of comments are: the nearest by signs hold nearly
    all that are nearest in full."""
    random = np.random.default_rng(1)
    drawn = random.normal(size=(3000, 30)) @ random.normal(size=(30, 384))
    scaled = np.rint(drawn / np.abs(drawn).max(1, keepdims=True) * 127).astype(np.int8)
    vectors = [row.tobytes() for row in scaled]
    signs = np.array(make_many_signs(vectors)).view(np.uint64)
    hits = 0
    for place in range(20):
        differing = np.bitwise_count(signs ^ signs[place]).sum(1)
        first = np.argsort(differing, kind="stable")[:400].tolist()
        near = find_nearest(vectors[place], [vectors[at] for at in first], 11)
        true = find_nearest(vectors[place], vectors, 11)
        hits += len({first[n.place] for n in near} & {n.place for n in true})
    assert hits >= 0.95 * 20 * 11
