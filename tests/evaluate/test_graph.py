"""The numbers in a graph's weights are counted as the package onnx counts them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper, numpy_helper

from munja.core.artifact import Manifest, with_manifest
from munja.core.errors import ArtifactError
from munja.evaluate.graph import parameters
from munja.read.weights import OWN

KINDS = {np.float32: True, np.float16: True, np.int8: True, np.uint8: True, np.int32: True, np.int64: False}
shapes = st.lists(st.integers(0, 300), max_size=3).map(tuple).filter(lambda shape: np.prod(shape) < 5000)


def model_of(tensors: list[TensorProto], constants: list[TensorProto]) -> ModelProto:
    nodes = [helper.make_node("Constant", [], [each.name], value=each) for each in constants]
    return helper.make_model(helper.make_graph(nodes, "graph", [], [], initializer=tensors))


@given(st.lists(st.tuples(shapes, st.sampled_from(list(KINDS))), max_size=5), st.integers(0, 5))
def test_weights_are_counted_and_shapes_are_not(made: list[tuple[tuple[int, ...], type]], constant: int) -> None:
    tensors = [
        numpy_helper.from_array(np.zeros(shape, kind), f"tensor{number}") for number, (shape, kind) in enumerate(made)
    ]
    content = model_of(tensors[constant:], tensors[:constant]).SerializeToString()
    wanted = sum(int(np.prod(shape)) for shape, kind in made if KINDS[kind])
    assert parameters(content, where="a") == wanted
    assert parameters(with_manifest(content, Manifest("recognise", "a")), where="a") == wanted


def test_the_recogniser_in_the_package_has_as_many_as_its_network() -> None:
    count = parameters((OWN / "recognise.onnx").read_bytes(), where="recognise.onnx")
    assert 1_700_000 < count < 1_900_000


def test_a_graph_that_is_cut_off_is_told() -> None:
    content = model_of([numpy_helper.from_array(np.zeros((20, 30), np.float32), "a")], []).SerializeToString()
    with pytest.raises(ArtifactError, match=r"a\.onnx: damaged, its graph is cut off"):
        parameters(content[:-500], where="a.onnx")
