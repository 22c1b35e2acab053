"""Engines: both compute the same, only what was asked for, and never in another precision than asked for."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from munja.core.artifact import Artifact, Manifest, artifact_in_memory, with_manifest
from munja.core.errors import EngineError, MissingExtraError
from munja.read.batching import cut_line
from munja.read.engines import open_engine
from munja.read.weights import ModelSet, model_set


def tiny(precision: str = "f32", *, with_failing: bool = False) -> Artifact:
    """An artifact whose graph gives `double` = 2 x and, if wanted, `failing`, which cannot be computed."""
    shape = ["N", "H", "W", 3]
    nodes = [
        helper.make_node("Cast", ["image"], ["x"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["x", "two"], ["double"]),
    ]
    outputs = [helper.make_tensor_value_info("double", TensorProto.FLOAT, shape)]
    constants = [helper.make_tensor("two", TensorProto.FLOAT, [], [2.0])]
    if with_failing:
        nodes.append(helper.make_node("Reshape", ["x", "seven"], ["failing"]))
        outputs.append(helper.make_tensor_value_info("failing", TensorProto.FLOAT, [7]))
        constants.append(helper.make_tensor("seven", TensorProto.INT64, [1], [7]))
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, shape)
    graph = helper.make_graph(nodes, "tiny", [image], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    manifest = Manifest(task="detect", name="tiny", input={"precision": precision})
    return artifact_in_memory(with_manifest(model.SerializeToString(), manifest), where="a test")


FIRST_USE = """
import sys, threading
from munja.read import quiet
sys.setswitchinterval(1e-6)
package, together = quiet.openvino(), threading.Barrier(8)
def first_use():
    together.wait()
    package.Type.u8.to_dtype()
threads = [threading.Thread(target=first_use) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
"""
PICTURE = np.arange(2 * 2 * 4 * 3, dtype=np.uint8).reshape(2, 2, 4, 3)
ENGINES = ["onnxruntime", "openvino"]


@pytest.fixture(scope="module")
def line(heading: Any, models: ModelSet) -> np.ndarray:
    """A line of the receipt as the recogniser wants it."""
    quad = np.array([[30, 10], [408, 26], [408, 68], [30, 52]], np.float32)
    return cut_line(heading, quad, 400, models.recogniser.manifest.input)


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_needed_outputs_are_given_and_openvino_computes_no_other(engine: str) -> None:
    # ONNX Runtime has no way to leave a part of a graph out: it gives what was asked for, but computes all.
    opened = open_engine(tiny(with_failing=engine == "openvino"), engine=engine)
    (double,) = opened.run(PICTURE, ["double"])  # computing the other output as well would fail
    assert np.array_equal(double, 2.0 * PICTURE)
    assert opened.name == engine


@pytest.mark.parametrize("engine", ENGINES)
def test_results_are_copies_that_the_next_run_does_not_change(engine: str) -> None:
    opened = open_engine(tiny(), engine=engine)
    (first,) = opened.run(PICTURE, ["double"])
    opened.run(PICTURE + 100, ["double"])
    assert np.array_equal(first, 2.0 * PICTURE)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("streams", [1, 2])
def test_an_engine_may_be_shared_between_threads(engine: str, streams: int) -> None:
    opened = open_engine(tiny(), engine=engine, threads=2, streams=streams)
    pictures = [np.full((1, 8, 8 + k % 5, 3), k, np.uint8) for k in range(100)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda picture: opened.run(picture, ["double"])[0], pictures))
    for k, result in enumerate(results):
        assert result.shape == pictures[k].shape
        assert (result == 2 * k).all()


def test_auto_is_onnx_runtime_unless_bf16_is_asked_for() -> None:
    assert open_engine(tiny()).name == "onnxruntime"
    try:
        opened = open_engine(tiny(), precision="bf16").name
    except EngineError:  # a processor without bf16 says so; there is no silent f32
        opened = "openvino"
    assert opened == "openvino"


def test_both_engines_agree_on_a_line_in_f32(models: ModelSet, line: np.ndarray) -> None:
    outputs = ["logits", "index", "score", "space"]
    one, other = (open_engine(models.recogniser, engine=name).run(line, outputs) for name in ENGINES)
    assert one[0].shape == other[0].shape
    assert np.abs(one[0] - other[0]).max() < 2e-3 * np.abs(one[0]).max()
    assert np.array_equal(one[1], other[1])
    for place in (2, 3):
        assert np.abs(one[place] - other[place]).max() < 1e-3


def test_both_engines_agree_on_where_text_is(models: ModelSet, heading: Any) -> None:
    picture = np.ascontiguousarray(heading[None, :160, :448])
    one, other = (open_engine(models.detector, engine=name).run(picture, ["probability"])[0] for name in ENGINES)
    assert one.shape == other.shape
    assert one.max() > 0.9
    assert np.abs(one - other).max() < 1e-3


def test_openvino_reads_an_artifact_that_lives_in_memory(models: ModelSet, line: np.ndarray) -> None:
    kept = replace(models.recogniser, path=None, content=models.recogniser.read_bytes())
    (index,) = open_engine(kept, engine="openvino").run(line, ["index"])
    (expected,) = open_engine(models.recogniser, engine="onnxruntime").run(line, ["index"])
    assert np.array_equal(index, expected)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"engine": "onnxrutime"}, "engine 'onnxrutime' is not known; did you mean onnxruntime"),
        ({"engine": "tensorrt"}, "known: auto, onnxruntime, openvino"),
        ({"precision": "fp32"}, "precision 'fp32' is not known; did you mean f32"),
        ({"threads": 0}, "threads: 1 or more was wanted, got 0"),
        ({"engine": "onnxruntime", "precision": "bf16"}, "for bf16 choose --engine openvino"),
        ({"precision": "int8"}, "tiny.*holds f32 weights, int8 was asked for; .*quantise"),
    ],
)
def test_what_cannot_be_done_is_an_error_with_its_cure(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        open_engine(tiny(), **settings)


def test_an_int8_artifact_is_never_run_in_bf16() -> None:
    with pytest.raises(EngineError, match="holds int8 weights, bf16 was asked for"):
        open_engine(tiny("int8"), precision="bf16")
    (double,) = open_engine(tiny("int8"), precision="int8").run(PICTURE, ["double"])
    assert np.array_equal(double, 2.0 * PICTURE)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_graph_that_cannot_be_loaded_names_the_artifact(engine: str) -> None:
    broken = Artifact(Manifest("detect", "broken"), None, b"\x08\x08no graph")
    with pytest.raises(EngineError, match="broken"):
        open_engine(broken, engine=engine).run(PICTURE, ["double"])


@pytest.mark.parametrize("engine", ENGINES)
def test_an_output_that_the_graph_lacks_is_an_engine_error(engine: str) -> None:
    with pytest.raises(EngineError, match="triple"):
        open_engine(tiny(), engine=engine).run(PICTURE, ["triple"])


def test_a_missing_openvino_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match=r"pip install 'munja\[openvino\]'"):
        open_engine(tiny(), engine="openvino")


def test_threads_that_use_openvino_first_at_the_same_time_do_not_wait_for_each_other_for_ever() -> None:
    # In a process of its own: what is told apart happens once in each. A minute, of which it takes a second or two.
    subprocess.run([sys.executable, "-c", FIRST_USE], timeout=60, check=True)


@pytest.mark.parametrize("width", [32, 96, 160, 320, 512])
def test_int8_lines_give_the_same_bits_alone_and_abreast(width: int) -> None:
    engine = open_engine(model_set("munja").recogniser)
    assert engine.abreast > width
    batch = np.random.default_rng(width).integers(0, 256, (8, 32, width, 1), np.uint8)
    for count in (2, 3, 5, 8):
        logits, index = engine.run(batch[:count], ["logits", "index"])
        for k in range(count):
            alone = engine.run(batch[k : k + 1], ["logits", "index"])
            assert np.array_equal(alone[0][0], logits[k])
            assert np.array_equal(alone[1][0], index[k])


def test_only_exact_graphs_run_lines_abreast() -> None:
    assert open_engine(tiny("int8")).abreast > 0
    assert open_engine(tiny("f32")).abreast == 0
    assert open_engine(model_set("munja").recogniser, engine="openvino").abreast == 0
