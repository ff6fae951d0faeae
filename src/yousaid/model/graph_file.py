"""Looks into the file of an encoder's graph before ONNX Runtime does.

The runtime computes what is constant in a graph while it loads it, and reads other files that a
graph names: one with a loop would hang the start, and one that names files would read them. So
only a graph of the few operations of ours, on what it is given, with all of its numbers inside, is
handed on. Such a graph may still be as slow as its file is large.

The file is protocol buffers: fields with a number and a wire type, one behind the other
(https://protobuf.dev/programming-guides/encoding). Fields are those of the ONNX format (onnx.proto,
version 1.17), and only those that ours have are let through: what one parser skips, another reads.
"""

from collections.abc import Iterator

from yousaid.errors import ModelError

# What `encoder_graph.py` makes, before and behind its quantising. None holds a graph of its own.
_OPERATIONS = frozenset(
    {
        *(b"Add", b"Cast", b"DynamicQuantizeLinear", b"MatMul", b"MatMulInteger", b"Mul"),
        *(b"Attention", b"EmbedLayerNormalization", b"QAttention", b"QEmbedLayerNormalization"),
        *(b"BiasGelu", b"SkipLayerNormalization"),
    }
)
_VARINT, _BYTES, _FOUR_BYTES = 0, 2, 5
_LONGEST_VARINT = 10

_Kind = frozenset[tuple[int, int]]


def _allow(*, bytes_: tuple[int, ...], varints: tuple[int, ...] = (), floats: int = 0) -> _Kind:
    """The numbers of the fields that a message may have, with their wire types."""
    allowed = {(number, _BYTES) for number in bytes_} | {(number, _VARINT) for number in varints}
    return frozenset(allowed | ({(floats, _FOUR_BYTES)} if floats else set()))


# Names and other words that are not looked at are among them. An attribute may be a number, a
# word, or several; not an array or a graph. The dimensions of an initialiser come in two forms.
_MODEL = _allow(bytes_=(2, 3, 4, 6, 7, 8, 14), varints=(1, 5))
_GRAPH = _allow(bytes_=(1, 2, 5, 10, 11, 12, 13))
_NODE = _allow(bytes_=(1, 2, 3, 4, 5, 6, 7))
_ATTRIBUTE = _allow(bytes_=(1, 4, 7, 8, 9, 13), varints=(3, 20), floats=2)
_INITIALISER = _allow(bytes_=(1, 4, 5, 7, 8, 9, 12), varints=(1, 2, 14))
_GRAPH_OF_MODEL = 7
_NODE_OF_GRAPH, _INITIALISER_OF_GRAPH = 1, 5
_INPUT, _OUTPUT, _OPERATION, _ATTRIBUTE_OF_NODE = 1, 2, 4, 5
_NAME, _DATA_LOCATION = 8, 14  # of an initialiser
_INSIDE = 0  # the location of what stands in the file itself


def check_graph(content: bytes) -> None:
    """Raise ModelError where the file holds anything but a graph like ours."""
    for number, value in _read_fields(memoryview(content), _MODEL):
        if number == _GRAPH_OF_MODEL:
            _check_contents(_as_bytes(value))


def _check_contents(graph: memoryview) -> None:
    fields = [(number, value) for number, value in _read_fields(graph, _GRAPH)]
    constant = {b""}  # an input that is left out
    for number, value in fields:
        if number == _INITIALISER_OF_GRAPH:
            constant.add(_check_initialiser(_as_bytes(value)))
    for number, value in fields:
        if number == _NODE_OF_GRAPH:
            _check_node(_as_bytes(value), constant)


def _check_initialiser(initialiser: memoryview) -> bytes:
    """The name of the initialiser."""
    name = b""
    for number, value in _read_fields(initialiser, _INITIALISER):
        if number == _DATA_LOCATION and value != _INSIDE:
            raise ModelError("The encoder's graph names other files, which no model of ours does.")
        if number == _NAME:
            name = bytes(_as_bytes(value))
    return name


def _check_node(node: memoryview, constant: set[bytes]) -> None:
    named: dict[int, list[bytes]] = {_INPUT: [], _OUTPUT: [], _OPERATION: []}
    for number, value in _read_fields(node, _NODE):
        if number in named:
            named[number].append(bytes(_as_bytes(value)))
        elif number == _ATTRIBUTE_OF_NODE:
            for _ in _read_fields(_as_bytes(value), _ATTRIBUTE):
                pass
    if not named[_OPERATION] or not _OPERATIONS.issuperset(named[_OPERATION]):
        raise ModelError("The encoder's graph has operations that no model of ours has.")
    if constant.issuperset(named[_INPUT]):
        raise ModelError("The encoder's graph computes what no text has a part in.")


def _read_fields(message: memoryview, allowed: _Kind) -> Iterator[tuple[int, memoryview | int]]:
    """The number and the value of each field. Raises ModelError where the bytes are no message, or
    one with a field that is not allowed."""
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        number, wire_type = key >> 3, key & 7
        if (number, wire_type) not in allowed:
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
