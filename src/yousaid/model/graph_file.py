"""Looks into the file of an encoder's graph before ONNX Runtime does.

The runtime computes what is constant in a graph while it loads it, and reads other files that a
graph names: one with a loop would hang the start, and one that names files would read them. So
only a graph of the few operations of ours, with all of its numbers inside, is handed on.

The file is protocol buffers: fields with a number and a wire type, one behind the other
(https://protobuf.dev/programming-guides/encoding). The numbers of the fields that are looked at
are those of the ONNX format (onnx.proto, version 1.17).
"""

from collections.abc import Iterator

from yousaid.errors import ModelError

# What `encoder_graph.py` makes, before and behind its quantising. None of them holds a graph of its
# own, and none makes more of its inputs than their product.
_OPERATIONS = frozenset(
    {
        *("Add", "Cast", "DynamicQuantizeLinear", "MatMul", "MatMulInteger", "Mul"),
        *("Attention", "EmbedLayerNormalization", "QAttention", "QEmbedLayerNormalization"),
        *("BiasGelu", "SkipLayerNormalization"),
    }
)
_GRAPH, _FUNCTIONS = 7, 25  # of a model
_NODE, _INITIALISER, _SPARSE_INITIALISER = 1, 5, 15  # of a graph
_OPERATION, _ATTRIBUTE = 4, 5  # of a node
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14  # of an initialiser
_INSIDE = 0  # the location of what stands in the file itself
# Of an attribute: arrays and graphs, one or several. Ours are plain numbers and words.
_LARGE_VALUES = frozenset({5, 6, 10, 11, 22, 23})

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_LONGEST_VARINT = 10
_DAMAGED = "The encoder's graph is damaged or no ONNX graph."


def check_graph(content: bytes) -> None:
    """Raise ModelError where the file holds anything but a graph like ours."""
    for number, value in _read_fields(memoryview(content)):
        if number == _FUNCTIONS:
            raise ModelError("The encoder's graph has functions, which no model of ours has.")
        if number == _GRAPH:
            _check_contents(_as_bytes(value))


def _check_contents(graph: memoryview) -> None:
    for number, value in _read_fields(graph):
        if number == _NODE:
            _check_node(_as_bytes(value))
        elif number == _SPARSE_INITIALISER:
            raise ModelError("The encoder's graph has sparse arrays, which no model of ours has.")
        elif number == _INITIALISER:
            _check_initialiser(_as_bytes(value))


def _check_initialiser(initialiser: memoryview) -> None:
    for number, value in _read_fields(initialiser):
        if number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value != _INSIDE):
            raise ModelError("The encoder's graph names other files, which no model of ours does.")


def _check_node(node: memoryview) -> None:
    operation = b""
    for number, value in _read_fields(node):
        if number == _OPERATION:
            operation = bytes(_as_bytes(value))
        elif number == _ATTRIBUTE:
            fields = _read_fields(_as_bytes(value))
            if any(field in _LARGE_VALUES for field, _ in fields):
                raise ModelError("The encoder's graph holds values that no model of ours has.")
    if operation.decode("ascii", "replace") not in _OPERATIONS:
        raise ModelError("The encoder's graph has operations that no model of ours has.")


def _read_fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """The number and the value of each field. Raises ModelError where the bytes are no message."""
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == _VARINT:
            value, at = _read_varint(message, at)
            yield number, value
            continue
        if wire_type == _BYTES:
            size, at = _read_varint(message, at)
        elif wire_type in (_EIGHT_BYTES, _FOUR_BYTES):
            size = 8 if wire_type == _EIGHT_BYTES else 4
        else:
            raise ModelError(_DAMAGED)
        if at + size > len(message):
            raise ModelError(_DAMAGED)
        yield number, message[at : at + size]
        at += size


def _read_varint(message: memoryview, at: int) -> tuple[int, int]:
    """A whole number, seven bits a byte, the lowest first; and where it ends."""
    value = 0
    for place, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise ModelError(_DAMAGED)


def _as_bytes(value: memoryview | int) -> memoryview:
    if isinstance(value, int):
        raise ModelError(_DAMAGED)
    return value
