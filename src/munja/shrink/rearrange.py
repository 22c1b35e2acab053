"""The same integers in another order: int8 graphs whose first convolution costs a processor less.

ONNX Runtime multiplies int8 four channels at a time. The one channel of a grey picture leaves it a slow way, and it
scales the picture pixel by pixel while that channel is its innermost axis. Four neighbouring pixels as four channels,
and two columns of results as twice as many channels, are the same numbers in memory: only the weights are to be laid
out anew. Every output stays the same to the bit; of the models of the package, on one core: detect 30.9 to 19.2 ms a
page, recognise 1.28 to 1.10 ms a line (OpenVINO: 13.0 to 16.6 and 1.58 to 1.65).

Also tried: two pixels as two channels (22.1 and 1.17 ms; OpenVINO 12.7 and 1.35), four of two rows (20.7 and 1.13),
and copies of rows and columns instead of Resize (3 ms less a page, but 12 more in OpenVINO).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import MissingExtraError

ABREAST = 4  # pixels side by side that become channels
_STEM = ("Transpose", "Cast", "Mul", "Sub", "QuantizeLinear", "DequantizeLinear", "Conv")
_TO_CHANNELS_LAST, _TO_CHANNELS_FIRST = [0, 2, 3, 1], [0, 3, 1, 2]


def rearranged(content: bytes, rule: Mapping[str, Any]) -> bytes:
    """The int8 ONNX model in QDQ form that computes exactly the same for pictures under an input rule, sooner.

    What is not built as expected stays as it is.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("rearranging a graph", "train") from error
    graph = _Graph(onnx.load_model_from_string(content))
    return graph.serialised() if _comes_in_fours(rule) and _widen_stem(graph) else content


def _comes_in_fours(rule: Mapping[str, Any]) -> bool:
    """Whether every picture is of one channel, an even height, and a width that four divides."""
    widths = rule.get("multiple", rule.get("width_step", rule.get("width", 1)))
    heights = rule.get("multiple", rule.get("height", 1))
    return bool(rule.get("channels") == 1 and widths % ABREAST == 0 and heights % 2 == 0)


class _Graph:
    """A model's graph while it is changed: its nodes in order, who makes and who takes each tensor."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.nodes: list[Any] = list(model.graph.node)
        self.input: str = model.graph.input[0].name
        self._constants = {each.name: each for each in model.graph.initializer}
        self._outputs = {each.name for each in model.graph.output}

    def maker(self, name: str) -> Any:
        """The node that makes a tensor, None for inputs and constants."""
        return next((each for each in self.nodes if name in each.output), None)

    def only_taker(self, name: str) -> Any:
        """The one node that takes a tensor; None if several do, or the graph gives it away."""
        takers = [each for each in self.nodes if name in each.input]
        return takers[0] if len(takers) == 1 and name not in self._outputs else None

    def value(self, name: str) -> NDArray[Any] | None:
        """A constant, None where the tensor is none."""
        from onnx import numpy_helper

        found = self._constants.get(name)
        return None if found is None else np.asarray(numpy_helper.to_array(found))

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add a constant; returns its name."""
        from onnx import numpy_helper

        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(self, kind: str, inputs: list[str], output: str, **settings: Any) -> Any:
        """A new node, which is not in the graph yet."""
        from onnx import helper

        return helper.make_node(kind, inputs, [output], name=f"{output}.{kind.lower()}", **settings)

    def replace(self, old: Any, new: list[Any]) -> None:
        """Put nodes in the place of one."""
        at = next(k for k, each in enumerate(self.nodes) if each is old)
        self.nodes[at : at + 1] = new

    def serialised(self) -> bytes:
        """The model with the changed graph, checked, without constants that nobody takes any more."""
        import onnx

        result = onnx.ModelProto()
        result.CopyFrom(self._model)
        taken = {name for each in self.nodes for name in each.input}
        for field, values in (
            (result.graph.node, self.nodes),
            (result.graph.initializer, [each for name, each in self._constants.items() if name in taken]),
            (result.graph.value_info, []),  # shapes of tensors that may be gone
        ):
            del field[:]
            field.extend(values)
        onnx.checker.check_model(result)
        content: bytes = result.SerializeToString()
        return content


def _settings(node: Any) -> dict[str, Any]:
    from onnx import helper

    return {each.name: helper.get_attribute_value(each) for each in node.attribute}


def _widen_stem(graph: _Graph) -> bool:
    """Let the first convolution, 3 x 3 with stride 2 on one channel, see four pixels as channels and give two columns.

    (N, H, W, 1) is the same memory as (N, H, W / 4, 4), and (N, H / 2, W / 4, 2 C) the same as (N, H / 2, W / 2, C).
    False where the graph does not begin that way.
    """
    chain: list[Any] = []
    name = graph.input
    for kind in _STEM:
        node = graph.only_taker(name)
        if node is None or node.op_type != kind:
            return False
        chain.append(node)
        name = node.output[0]
    turn, cast, _, _, _, dequantise, convolution = chain
    last = _pair(graph, name)
    if last is None or len(convolution.input) != 3:
        return False
    weights, bias = (graph.maker(each) for each in convolution.input[1:])
    if not _is_stem(graph, convolution, weights, bias):
        return False
    flat = f"{graph.input}.flat"
    shape = graph.constant(f"{flat}.shape", np.array([0, 0, -1]))
    graph.replace(turn, [graph.node("Reshape", [graph.input, shape], flat)])  # a last axis of 1 is slow to scale
    cast.input[0] = flat
    channels = _lay_out(graph, weights, bias)
    for each in [each for each in convolution.attribute if each.name in ("kernel_shape", "strides", "pads")]:
        convolution.attribute.remove(each)
    new = graph.node("Conv", list(convolution.input), "", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 1, 0, 0])
    convolution.attribute.extend(new.attribute)
    # What is only looked at in another way stands outside of the pairs of quantising and dequantising: OpenVINO takes
    # each pair for one operation, and would compute in f32 from a torn one on.
    wide = dequantise.output[0]
    shape = graph.constant(f"{wide}.shape", np.array([0, 0, -1, ABREAST]))
    fours = graph.node("Reshape", [wide, shape], f"{wide}.fours")
    first = graph.node("Transpose", [f"{wide}.fours"], f"{wide}.first", perm=_TO_CHANNELS_FIRST)
    graph.replace(dequantise, [dequantise, fours, first])
    convolution.input[0] = f"{wide}.first"
    given = last.output[0]
    last.output[0] = f"{given}.wide"
    shape = graph.constant(f"{given}.shape", np.array([0, 0, -1, channels]))
    back = [
        graph.node("Transpose", [f"{given}.wide"], f"{given}.pairs", perm=_TO_CHANNELS_LAST),
        graph.node("Reshape", [f"{given}.pairs", shape], f"{given}.last"),
        graph.node("Transpose", [f"{given}.last"], given, perm=_TO_CHANNELS_FIRST),
    ]
    graph.replace(last, [last, *back])
    return True


def _pair(graph: _Graph, name: str) -> Any:
    """The node that dequantises again what is quantised of a tensor first; None where this is not what follows it."""
    node = graph.only_taker(name)
    if node is None or node.op_type != "QuantizeLinear":
        return None
    last = graph.only_taker(node.output[0])
    return last if last is not None and last.op_type == "DequantizeLinear" else None


def _is_stem(graph: _Graph, convolution: Any, weights: Any, bias: Any) -> bool:
    """Whether a convolution is the expected one, with quantised weights and bias of its own."""
    if any(each is None or each.op_type != "DequantizeLinear" for each in (weights, bias)):
        return False
    if any(graph.only_taker(each.output[0]) is not convolution for each in (weights, bias)):
        return False
    kernel = graph.value(weights.input[0])
    wanted = {"strides": [2, 2], "pads": [1, 1, 1, 1], "dilations": [1, 1], "group": 1}
    settings = {"dilations": [1, 1], "group": 1, **_settings(convolution)}
    return kernel is not None and kernel.shape[1:] == (1, 3, 3) and all(settings.get(k) == wanted[k] for k in wanted)


def _lay_out(graph: _Graph, weights: Any, bias: Any) -> int:
    """Give weights and bias the new order; returns the number of channels C.

    Two blocks of four pixels, the one before and the one itself, hold the columns -1..1 around the pixels 0 and 2.
    """
    kernel = graph.value(weights.input[0])
    assert kernel is not None
    channels = len(kernel)
    laid = np.zeros((2 * channels, ABREAST, 3, 2), kernel.dtype)
    for half in (0, 1):
        for column in range(3):
            block, pixel = divmod(ABREAST + 2 * half + column - 1, ABREAST)
            laid[half * channels : (half + 1) * channels, pixel, :, block] = kernel[:, 0, :, column]
    weights.input[0] = graph.constant(f"{weights.input[0]}.wide", laid)
    for node, inputs in ((weights, range(1, len(weights.input))), (bias, range(len(bias.input)))):
        for k in inputs:
            value = graph.value(node.input[k])
            if value is not None and value.ndim:  # one for each channel
                node.input[k] = graph.constant(f"{node.input[k]}.wide", np.concatenate([value, value]))
    return channels
