"""PP-OCR files become artifacts that compute the same, with the normalisation and the best class inside the graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from munja.core.artifact import Artifact, artifact_in_memory, sha256_of
from munja.core.errors import ArtifactError, MissingExtraError
from munja.read.engines import open_engine
from munja.read.ppocr import derive
from munja.read.weights import ModelSet

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


@pytest.fixture(scope="module")
def picture(heading: Any) -> np.ndarray:
    """A batch (1, 48, 320, 3) RGB with text on it."""
    return np.ascontiguousarray(heading[None, 8:56, 30:350])


def originals(file: Path, picture: np.ndarray, *extra: str) -> list[np.ndarray]:
    """What a published graph gives for a normalised picture (1, 3, H, W): its output, and tensors inside it."""
    model = onnx.load(str(file))
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in extra)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    given = np.ascontiguousarray(picture.astype(np.float32))
    return list(session.run(None, {session.get_inputs()[0].name: given}))


def bgr_planes(picture: np.ndarray, mean: Any, deviation: Any) -> np.ndarray:
    """RGB (1, H, W, 3) as PP-OCR takes it: blue, green, red; scaled, centred, planes first."""
    return ((picture[..., ::-1] / 255.0 - mean) / deviation).transpose(0, 3, 1, 2)


def test_the_recogniser_gives_the_originals_logits_and_their_best_classes(
    published: Path, models: ModelSet, picture: np.ndarray
) -> None:
    file = published / "PP-OCRv6_rec_small.onnx"
    before_softmax = onnx.load(str(file)).graph.node[-1].input[0]
    probability, wanted = originals(file, bgr_planes(picture, 0.5, 0.5), before_softmax)
    logits, index, score, space = open_engine(models.recogniser).run(picture, ["logits", "index", "score", "space"])
    assert np.abs(logits - wanted).max() <= 1e-4 * max(1.0, np.abs(wanted).max())
    softmax = np.exp(logits - logits.max(axis=2, keepdims=True))
    softmax /= softmax.sum(axis=2, keepdims=True)
    assert np.array_equal(index, logits.argmax(axis=2))
    np.testing.assert_allclose(score, softmax.max(axis=2), atol=1e-5)
    np.testing.assert_allclose(score, probability.max(axis=2), atol=1e-4)
    blank = models.recogniser.manifest.charset.index(" ") + 1
    np.testing.assert_allclose(space, softmax[:, :, blank], atol=1e-5)


def test_the_detector_gives_the_originals_probability(published: Path, models: ModelSet, heading: Any) -> None:
    part = np.ascontiguousarray(heading[None, :160, :448])
    (wanted,) = originals(published / "PP-OCRv6_det_small.onnx", bgr_planes(part, MEAN, DEVIATION))
    (probability,) = open_engine(models.detector).run(part, ["probability"])
    assert probability.max() > 0.9
    np.testing.assert_allclose(probability, wanted, atol=1e-4)


def test_the_direction_classifier_gives_the_originals_probability(
    published: Path, models: ModelSet, picture: np.ndarray
) -> None:
    assert models.direction is not None
    engine = open_engine(models.direction)
    for part in (picture[:, :, :192], picture[:, ::-1, 191::-1]):
        part = np.ascontiguousarray(part)
        (wanted,) = originals(published / "ch_ppocr_mobile_v2.0_cls_mobile.onnx", bgr_planes(part, 0.5, 0.5))
        (probability,) = engine.run(part, ["probability"])
        np.testing.assert_allclose(probability, wanted, atol=1e-4)


def denormals(content: bytes) -> int:
    """Number of weights that are not 0 and smaller than the smallest normal number."""
    model = onnx.load_from_string(content)
    tensors = list(model.graph.initializer)
    tensors += [
        each.t for node in model.graph.node for each in node.attribute if each.type == onnx.AttributeProto.TENSOR
    ]
    arrays = [numpy_helper.to_array(tensor) for tensor in tensors if tensor.data_type == TensorProto.FLOAT]
    # By their bits: an engine in this process may have switched the arithmetic with such numbers off.
    magnitudes = [np.ascontiguousarray(array).view(np.uint32) & 0x7FFFFFFF for array in arrays]
    return sum(int(((each > 0) & (each < 0x00800000)).sum()) for each in magnitudes)


def test_denormal_weights_are_gone(published: Path, models: ModelSet) -> None:
    assert denormals((published / "PP-OCRv6_det_small.onnx").read_bytes()) > 1000
    for artifact in (models.detector, models.recogniser, models.direction):
        assert artifact is not None
        assert denormals(artifact.read_bytes()) == 0


def test_a_derived_artifact_knows_what_it_is(published: Path, models: ModelSet) -> None:
    for task, artifact, name in (
        ("detect", models.detector, "PP-OCRv6_det_small"),
        ("recognise", models.recogniser, "PP-OCRv6_rec_small"),
        ("direction", models.direction, "ch_ppocr_mobile_v2.0_cls_mobile"),
    ):
        assert artifact is not None
        manifest = artifact.manifest
        assert (manifest.task, manifest.name) == (task, name)
        assert manifest.parent == sha256_of(published / f"{name}.onnx")
        assert "Apache-2.0" in manifest.licence
        assert manifest.made["from"] == f"{name}.onnx"
        onnx.checker.check_model(onnx.load_from_string(artifact.read_bytes()))


def test_the_recognisers_charset_has_an_entry_for_each_class(models: ModelSet, picture: np.ndarray) -> None:
    (logits,) = open_engine(models.recogniser).run(picture, ["logits"])
    charset = models.recogniser.manifest.charset
    assert logits.shape[2] == len(charset) + 1
    assert {"a", "Z", "0", " ", "$", "中"} <= set(charset)


# --- Files made here ---


def squeeze(opset: int, name: str, output: str, axis: int) -> tuple[list[Any], list[Any]]:
    """A node that drops an axis, as its opset writes it, and the constants that it needs."""
    if opset < 13:
        return [helper.make_node("Squeeze", [name], [output], axes=[axis])], []
    constant = helper.make_tensor(f"{output}.axis", TensorProto.INT64, [1], [axis])
    return [helper.make_node("Squeeze", [name, f"{output}.axis"], [output])], [constant]


def tiny_recogniser(
    path: Path,
    *,
    classes: int = 5,
    stride: int = 8,
    height: int = 32,
    opset: int = 11,
    characters: str | None = None,
    ending: str = "Softmax",
) -> Path:
    """A recogniser of one convolution that gives a column of classes for every `stride` pixels."""
    random = np.random.default_rng(2)
    weights = random.normal(0, 0.1, (classes, 3, height, stride)).astype(np.float32)
    nodes, constants = squeeze(opset, "map", "rows", 2)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["map"], kernel_shape=[height, stride], strides=[height, stride]),
        *nodes,
        helper.make_node("Transpose", ["rows"], ["columns"], perm=[0, 2, 1]),
        helper.make_node(ending, ["columns"], ["y"], **({"axis": 2} if ending == "Softmax" else {})),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, height, "W"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", "T", classes])],
        [numpy_helper.from_array(weights, "w"), *constants],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=6)
    if characters is not None:
        helper.set_model_props(model, {"character": characters})
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


def derived(path: Path, **settings: Any) -> Artifact:
    return artifact_in_memory(derive(path, **settings), where=str(path))


@pytest.mark.parametrize("opset", [11, 13, 17])
def test_a_recogniser_of_any_common_opset_can_be_imported_and_run(tmp_path: Path, opset: int) -> None:
    artifact = derived(tiny_recogniser(tmp_path / "tiny.onnx", opset=opset, characters="a\nb\nc\nd"))
    assert artifact.manifest.charset == ("a", "b", "c", "d")
    assert artifact.manifest.input["height"] == 32
    picture = np.random.default_rng(0).integers(0, 256, (1, 32, 64, 3), np.uint8)
    logits, index, score = open_engine(artifact).run(picture, ["logits", "index", "score"])
    assert logits.shape == (1, 8, 5)
    assert np.array_equal(index, logits.argmax(axis=2))
    assert score.shape == (1, 8)


@pytest.mark.parametrize("stride", [4, 8])
def test_the_width_of_a_column_is_that_of_the_graph(tmp_path: Path, stride: int) -> None:
    # PP-OCR v2 gives a column for every 4 pixels, later versions one for every 8.
    artifact = derived(tiny_recogniser(tmp_path / "tiny.onnx", stride=stride, characters="a\nb\nc\nd"))
    assert artifact.manifest.input["columns_per_pixel"] == 1 / stride


def test_a_recogniser_without_characters_asks_for_its_dictionary(tmp_path: Path) -> None:
    path = tiny_recogniser(tmp_path / "tiny.onnx")
    with pytest.raises(ArtifactError, match=r"tiny\.onnx: carries no characters; give its dictionary with --charset"):
        derive(path)
    assert derived(path, charset=("a", "b", "c", "d")).manifest.charset == ("a", "b", "c", "d")


def test_the_blank_space_that_pp_ocr_adds_is_added(tmp_path: Path) -> None:
    path = tiny_recogniser(tmp_path / "tiny.onnx")
    assert derived(path, charset=("a", "b", "c")).manifest.charset == ("a", "b", "c", " ")
    assert derived(path, charset=("a", "b", "c", "d", "")).manifest.charset == ("a", "b", "c", "d")


def test_a_charset_without_a_blank_gives_no_blank_anywhere(tmp_path: Path) -> None:
    artifact = derived(tiny_recogniser(tmp_path / "tiny.onnx"), charset=("a", "b", "c", "d"))
    (space,) = open_engine(artifact).run(np.zeros((1, 32, 64, 3), np.uint8), ["space"])
    assert not space.any()


@pytest.mark.parametrize("count", [2, 6, 9])
def test_a_dictionary_of_the_wrong_length_says_both_numbers(tmp_path: Path, count: int) -> None:
    path = tiny_recogniser(tmp_path / "tiny.onnx")
    with pytest.raises(ArtifactError, match=f"5 classes need 4 characters .* the dictionary has {count}"):
        derive(path, charset=tuple("abcdefghi"[:count]))


def test_a_graph_that_is_no_recogniser_says_what_was_wanted(tmp_path: Path) -> None:
    path = tiny_recogniser(tmp_path / "tiny.onnx", ending="Relu", characters="a\nb\nc\nd")
    with pytest.raises(ArtifactError, match=r"tiny\.onnx: a recogniser that ends in Softmax was wanted, .* Relu"):
        derive(path)
    with pytest.raises(ArtifactError, match="task 'read' is not known; detect, direction or recognise"):
        derive(path, task="read")


@pytest.mark.parametrize("content", [b"", b"this is no model", b"\x89PNG\r\n\x1a\n"], ids=["empty", "text", "png"])
@pytest.mark.parametrize("task", [None, "detect", "recognise"])
def test_a_file_that_is_no_onnx_model_is_named(tmp_path: Path, content: bytes, task: str | None) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"bad\.onnx"):
        derive(path, task=task, charset=("a",))


@pytest.mark.parametrize("role", ["detector", "direction"])
def test_an_artifact_is_not_derived_once_more(tmp_path: Path, models: ModelSet, role: str) -> None:
    # The normalisation would be in the graph twice.
    path = tmp_path / "done.onnx"
    path.write_bytes(getattr(models, role).read_bytes())
    with pytest.raises(ArtifactError, match=r"done\.onnx"):
        derive(path)


def test_a_missing_onnx_package_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_recogniser(tmp_path / "tiny.onnx")
    monkeypatch.setitem(sys.modules, "onnx", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match=r"pip install 'munja\[ppocr\]'"):
        derive(path)
