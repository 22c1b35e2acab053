"""A rearranged graph gives the same numbers to the bit, and one that is built otherwise stays as it is."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from munja.core.artifact import Artifact, Manifest
from munja.read.engines import open_engine
from munja.read.weights import munja
from munja.shrink.rearrange import rearranged

RULE = {"channels": 1, "height": 32, "width_step": 32}
CHANNELS = 5


def stem(*, stride: int = 2) -> bytes:
    """A quantised first convolution: pictures (N, H, W, 1) to `probability` (N, 5, H / 2, W / 2), random numbers."""
    random = np.random.default_rng(0)
    constants = {
        "factor": np.float32(2 / 255),
        "shift": np.float32(1.03),
        "scale": np.float32(0.0079),
        "zero": np.uint8(130),
        "kernel": random.integers(-63, 64, (CHANNELS, 1, 3, 3), np.int8),
        "kernel_scale": random.uniform(0.001, 0.01, CHANNELS).astype(np.float32),
        "kernel_zero": np.zeros(CHANNELS, np.int8),
        "bias": random.integers(-3000, 3000, CHANNELS, np.int32),
        "bias_scale": random.uniform(1e-5, 1e-4, CHANNELS).astype(np.float32),
        "bias_zero": np.zeros(CHANNELS, np.int32),
        "out_scale": np.float32(0.01),
        "out_zero": np.uint8(20),
    }
    nodes = [
        helper.make_node("Transpose", ["image"], ["first"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["first"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "factor"], ["scaled"]),
        helper.make_node("Sub", ["scaled", "shift"], ["normal"]),
        helper.make_node("QuantizeLinear", ["normal", "scale", "zero"], ["small"]),
        helper.make_node("DequantizeLinear", ["small", "scale", "zero"], ["shown"]),
        helper.make_node("DequantizeLinear", ["kernel", "kernel_scale", "kernel_zero"], ["weight"], axis=0),
        helper.make_node("DequantizeLinear", ["bias", "bias_scale", "bias_zero"], ["added"], axis=0),
        helper.make_node(
            "Conv",
            ["shown", "weight", "added"],
            ["found"],
            kernel_shape=[3, 3],
            strides=[stride, stride],
            pads=[1, 1, 1, 1],
        ),
        helper.make_node("QuantizeLinear", ["found", "out_scale", "out_zero"], ["kept"]),
        helper.make_node("DequantizeLinear", ["kept", "out_scale", "out_zero"], ["probability"]),
    ]
    graph = helper.make_graph(
        nodes,
        "stem",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", "h", "w", 1])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", CHANNELS, "y", "x"])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return model.SerializeToString()


def run(content: bytes, image: np.ndarray, engine: str) -> np.ndarray:
    artifact = Artifact(Manifest("detect", "stem"), None, content)
    return open_engine(artifact, engine=engine).run(image, ["probability"])[0]


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("size", [(32, 32), (32, 96), (64, 160)])
def test_four_pixels_abreast_give_the_same_numbers(size: tuple[int, int], engine: str) -> None:
    pytest.importorskip(engine)
    image = np.random.default_rng(1).integers(0, 256, (2, *size, 1), np.uint8)
    plain = stem()
    lean = rearranged(plain, RULE)
    kernels = [tuple(each.dims) for each in onnx.load_model_from_string(lean).graph.initializer]
    assert (2 * CHANNELS, 4, 3, 2) in kernels
    wanted = run(plain, image, engine)
    assert len(np.unique(wanted)) > 100
    # OpenVINO computes what is left of so small a graph in floats, where the order of adding shows.
    np.testing.assert_allclose(run(lean, image, engine), wanted, rtol=0, atol=0 if engine == "onnxruntime" else 0.0101)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (stem(stride=1), RULE),
        (stem(), {**RULE, "width_step": 2}),
        (stem(), {**RULE, "height": 31}),
        (stem(), {"channels": 3, "multiple": 32}),
    ],
)
def test_what_is_built_otherwise_stays_as_it_is(content: bytes, rule: dict[str, int]) -> None:
    assert rearranged(content, rule) == content


def test_rearranging_twice_changes_nothing() -> None:
    once = rearranged(stem(), RULE)
    assert rearranged(once, RULE) == once


def test_the_models_of_the_package_are_rearranged() -> None:
    chosen = munja()
    for artifact in (chosen.detector, chosen.recogniser, chosen.direction):
        assert artifact is not None
        (first, *_) = (
            each for each in onnx.load_model_from_string(artifact.read_bytes()).graph.node if each.op_type == "Conv"
        )
        (shape,) = (each.ints for each in first.attribute if each.name == "kernel_shape")
        assert list(shape) == [3, 2]
