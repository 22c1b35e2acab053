"""Weights in half precision: a file of half the size whose graph still computes in single precision."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn

from munja.core.errors import MissingExtraError
from munja.models.layers import fold_batch_norm

LEAST = 1024  # elements; smaller tensors, such as biases, stay as they are


@torch.no_grad()
def rounded_to_half(network: nn.Module) -> nn.Module:
    """A copy of a network, batch norm folded, whose large weights half precision can hold without another error."""
    folded = fold_batch_norm(copy.deepcopy(network).eval())
    for values in (*folded.parameters(), *folded.buffers()):  # the grid of a rectifier is a buffer
        half = values.half()
        if values.numel() >= LEAST and values.is_floating_point() and bool(torch.isfinite(half).all()):
            values.copy_(half)
    return folded


def with_half_weights(content: bytes) -> bytes:
    """The ONNX model with its large f32 weights stored as f16 and widened when it is loaded."""
    try:
        import onnx
        from onnx import TensorProto, helper, numpy_helper
    except ImportError as error:
        raise MissingExtraError("storing weights in half precision", "train") from error
    model = onnx.load_model_from_string(content)
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < LEAST:
            continue
        half = numpy_helper.to_array(tensor).astype(np.float16)
        if not np.isfinite(half).all():
            continue  # beyond the range of half precision
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{name}.f16"))
        casts.append(helper.make_node("Cast", [f"{name}.f16"], [name], f"{name}.widen", to=TensorProto.FLOAT))
    # Engines compute such casts once, when they load the graph.
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    result: bytes = model.SerializeToString()
    return result
