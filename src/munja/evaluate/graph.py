"""How many numbers a model has learnt: counted in the serialised ONNX graph, without the package onnx.

Source: onnx.proto. ModelProto.graph is field 7; in GraphProto node is 1 and initializer 5; in NodeProto attribute is 5;
in AttributeProto t is 5; in TensorProto dims is 1 and data_type 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from munja.core.errors import ArtifactError

_FLOATS_AND_BYTES = frozenset((1, 2, 3, 6, 10, 11, 16))  # float, (u)int8, int32, float16, double, bfloat16
_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5


def parameters(content: bytes, *, where: str) -> int:
    """How many numbers the weights of an ONNX model are, batch norms folded as they stand in the file.

    Shapes and indices (int64) are not counted. ArtifactError, naming `where`, if the content is damaged.
    """
    try:
        return sum(_size(tensor) for tensor in _tensors(memoryview(content)))
    except IndexError as error:
        raise ArtifactError(f"{where}: damaged, its graph is cut off; export it again") from error


def _tensors(model: memoryview) -> Iterator[memoryview]:
    for graph in _parts(model, 7):
        yield from _parts(graph, 5)
        for node in _parts(graph, 1):
            for attribute in _parts(node, 5):
                yield from _parts(attribute, 5)


def _size(tensor: memoryview) -> int:
    kind, dims = 0, []
    for number, value in _fields(tensor):
        if number == 1:
            dims += [value] if isinstance(value, int) else list(_varints(value))
        elif number == 2 and isinstance(value, int):
            kind = value
    return math.prod(dims) if kind in _FLOATS_AND_BYTES else 0


def _parts(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The messages in a field of a message."""
    for number, value in _fields(message):
        if number == wanted and not isinstance(value, int):
            yield value


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and content of every field: the value of a number, else the bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == _COUNTED:
            length, at = _varint(message, at)
        else:
            length = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}.get(kind, len(message) + 1)
        if at + length > len(message):
            raise IndexError(at + length)
        yield number, message[at : at + length]
        at += length


def _varints(packed: memoryview) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _varint(packed, at)
        yield value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
