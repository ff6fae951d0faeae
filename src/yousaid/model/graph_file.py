"""Looks into the file of an encoder's graph before ONNX Runtime does.

The runtime computes what is constant in a graph while it loads it, reads other files that a graph
names, and does not hold up against every graph. So only a graph that is put together as ours are
is handed on: the same nodes with the same wires and attributes in each layer, and arrays of the
same names, kinds and numbers of dimensions. Sizes and numbers are the model's own.

The file is protocol buffers: fields with a number and a wire type, one behind the other
(https://protobuf.dev/programming-guides/encoding). Fields are those of the ONNX format (onnx.proto,
version 1.17), and only those that ours have are let through: what one parser skips, another reads.
"""

import hashlib
import re
from collections.abc import Iterator

from yousaid.errors import ModelError

# Digests of how our graphs are put together (`describe_graph`): in full precision, and in eight
# bits. A test makes both again and says them where they have changed.
KNOWN = frozenset(
    {
        "d4f97e3f2c658b1f9edd3b485ea6b7af999fad1731e57747b4e8c4b2e36178ec",
        "c91edf2f344e6a1df8c51c758ed0beb768aa9e22a82cfd76cafea945d813b170",
    }
)
_VARINT, _BYTES, _FOUR_BYTES = 0, 2, 5
_LONGEST_VARINT = 10
# More than this no graph of ours has: fields of one message, attention heads, a dimension.
_MOST_FIELDS, _MOST_HEADS, _LONGEST_DIMENSION = 10_000, 64, 1_000_000

_Kind = frozenset[tuple[int, int]]


def _allow(*, bytes_: tuple[int, ...], varints: tuple[int, ...] = (), floats: int = 0) -> _Kind:
    """The numbers of the fields that a message may have, with their wire types."""
    allowed = {(number, _BYTES) for number in bytes_} | {(number, _VARINT) for number in varints}
    return frozenset(allowed | ({(floats, _FOUR_BYTES)} if floats else set()))


# Names and other words that are not looked at are among them. The dimensions of an array come in
# two forms.
_MODEL = _allow(bytes_=(2, 3, 4, 6, 7, 8, 14), varints=(1, 5))
_GRAPH = _allow(bytes_=(1, 2, 5, 10, 11, 12))
_NODE = _allow(bytes_=(1, 2, 3, 4, 5, 6, 7))
_ATTRIBUTE = _allow(bytes_=(1, 4, 7, 8, 9, 13), varints=(3, 20), floats=2)
_ARRAY = _allow(bytes_=(1, 4, 5, 7, 8, 9, 12), varints=(1, 2, 14))
_GRAPH_OF_MODEL = 7
_NODE_OF_GRAPH, _ARRAY_OF_GRAPH = 1, 5
_WIRING = (1, 2, 4, 7)  # of a node: inputs, outputs, operation, and where it is defined
_ATTRIBUTE_OF_NODE = 5
_HEADS = b"num_heads"
_ATTRIBUTE_NAME, _ATTRIBUTE_NUMBER = 1, 3
_DIMENSION, _TYPE, _ARRAY_NAME, _LOCATION = 1, 2, 8, 14
_INSIDE = 0  # the location of what stands in the file itself
_LAYER = re.compile(rb"encoder\.layer\.\d+\.")


def check_graph(content: bytes) -> None:
    """Raise ModelError where the file holds anything but a graph like ours."""
    if describe_graph(content) not in KNOWN:
        raise ModelError("The encoder's graph is not put together as those of our models are.")


def describe_graph(content: bytes) -> str:
    """A digest of how a graph is put together, the same for any number of layers from two on.
    Raises ModelError where the file holds what no graph of ours has."""
    graphs = [
        value
        for number, value in _read_fields(memoryview(content), _MODEL)
        if number == _GRAPH_OF_MODEL
    ]
    if len(graphs) != 1:
        raise ModelError("The encoder's graph is damaged or no ONNX graph.")
    parts = sorted(set(_describe_parts(_as_bytes(graphs[0]))))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _describe_parts(graph: memoryview) -> Iterator[str]:
    for number, value in _read_fields(graph, _GRAPH):
        if number == _NODE_OF_GRAPH:
            yield "node " + _describe_node(_as_bytes(value))
        elif number == _ARRAY_OF_GRAPH:
            yield "array " + _describe_array(_as_bytes(value))


def _describe_node(node: memoryview) -> str:
    wiring: list[str] = []
    attributes: list[str] = []
    for number, value in _read_fields(node, _NODE):
        if number in _WIRING:
            wiring.append(f"{number} {_show_name(_as_bytes(value))}")
        elif number == _ATTRIBUTE_OF_NODE:
            attributes.append(_describe_attribute(_as_bytes(value)))
    return "; ".join([*wiring, *sorted(attributes)])


def _describe_attribute(attribute: memoryview) -> str:
    fields = list(_read_fields(attribute, _ATTRIBUTE))
    names = [bytes(_as_bytes(value)) for number, value in fields if number == _ATTRIBUTE_NAME]
    if names == [_HEADS]:
        heads = [value for number, value in fields if number == _ATTRIBUTE_NUMBER]
        if not all(isinstance(one, int) and 0 < one <= _MOST_HEADS for one in heads):
            raise ModelError("The encoder's graph has a number of heads that no model of ours has.")
        return f"heads {len(heads)}"
    return attribute.hex()


def _describe_array(array: memoryview) -> str:
    """The name of an array, the type of its numbers, and how many dimensions it has."""
    names: list[str] = []
    types: list[memoryview | int] = []
    dimensions: list[int] = []
    for number, value in _read_fields(array, _ARRAY):
        if number == _LOCATION and value != _INSIDE:
            raise ModelError("The encoder's graph names other files, which no model of ours does.")
        if number == _ARRAY_NAME:
            names.append(_show_name(_as_bytes(value)))
        elif number == _TYPE:
            types.append(value)
        elif number == _DIMENSION:
            dimensions += [value] if isinstance(value, int) else list(_read_varints(value))
    if any(one > _LONGEST_DIMENSION for one in dimensions):
        raise ModelError("The encoder's graph has a larger array than any model of ours.")
    return f"{names} {types} {len(dimensions)}"


def _show_name(name: memoryview) -> str:
    """A name without the number of its layer, in letters that need no marks around them."""
    return _LAYER.sub(b"layer.", bytes(name)).hex()


def _read_fields(message: memoryview, allowed: _Kind) -> Iterator[tuple[int, memoryview | int]]:
    """The number and the value of each field. Raises ModelError where the bytes are no message, or
    one with a field that is not allowed, or too many."""
    at = count = 0
    while at < len(message):
        count += 1
        key, at = _read_varint(message, at)
        number, wire_type = key >> 3, key & 7
        if (number, wire_type) not in allowed or count > _MOST_FIELDS:
            raise ModelError(
                "The encoder's graph is damaged, or holds something that no model of ours has."
            )
        if wire_type == _VARINT:
            value, at = _read_varint(message, at)
            yield number, value
            continue
        size, at = (4, at) if wire_type == _FOUR_BYTES else _read_varint(message, at)
        if at + size > len(message):
            raise ModelError("The encoder's graph is damaged: it ends too early.")
        yield number, message[at : at + size]
        at += size


def _read_varints(packed: memoryview) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _read_varint(packed, at)
        yield value


def _read_varint(message: memoryview, at: int) -> tuple[int, int]:
    """A whole number, seven bits a byte, the lowest first; and where it ends."""
    value = 0
    for place, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise ModelError("The encoder's graph is damaged or no ONNX graph.")


def _as_bytes(value: memoryview | int) -> memoryview:
    assert not isinstance(value, int), "only fields of bytes are asked for as bytes"
    return value
