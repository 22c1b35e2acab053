"""Artifact: the manifest travels inside the model file, and a file that is not one says so."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
from pathlib import Path
from typing import Any

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from munja.core.artifact import (
    MANIFEST_VERSION,
    METADATA_KEY,
    Artifact,
    Manifest,
    artifact_in_memory,
    open_artifact,
    read_metadata,
    sha256_of,
    with_manifest,
    write_atomically,
)
from munja.core.errors import ArtifactError

texts = st.text(max_size=6)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
tables = st.dictionaries(texts, values, max_size=3)
manifests = st.builds(
    Manifest,
    task=texts,
    name=texts,
    input=tables,
    codec=tables,
    charset=st.lists(texts, max_size=5).map(tuple),
    spec=tables,
    metrics=tables,
    made=tables,
    licence=texts,
    parent=st.none() | texts,
)
KOREAN = Manifest(
    task="recognise",
    name="tiny",
    input={"height": 48},
    codec={"name": "ctc"},
    charset=("가", "각", "🙂", "é", '"', "\\", "\n"),
    licence="CC0-1.0",
)


def tiny_model(**metadata: str) -> bytes:
    """A real ONNX model that gives back what it gets."""
    shape = ["N", 2]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    if metadata:
        helper.set_model_props(model, metadata)
    content: bytes = model.SerializeToString()
    return content


MODEL = tiny_model()


def safetensors(header: Any, weights: bytes = b"\0" * 8) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + weights


@given(manifests)
def test_an_onnx_file_gives_its_manifest_back(manifest: Manifest) -> None:
    assert artifact_in_memory(with_manifest(MODEL, manifest), where="a test").manifest == manifest


@given(manifests)
def test_the_onnx_package_reads_the_same_manifest_from_a_valid_model(manifest: Manifest) -> None:
    model = onnx.load_from_string(with_manifest(MODEL, manifest))
    onnx.checker.check_model(model, full_check=True)
    (entry,) = model.metadata_props
    assert entry.key == METADATA_KEY
    assert Manifest.from_json(entry.value, where="a test") == manifest
    assert model.graph == onnx.load_from_string(MODEL).graph


def test_other_metadata_of_the_model_stays(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(with_manifest(tiny_model(author="someone", note=""), KOREAN))
    assert read_metadata(path) == {"author": "someone", "note": "", METADATA_KEY: KOREAN.to_json()}


def test_a_model_of_several_kilobytes_is_found_behind_its_weights(tmp_path: Path) -> None:
    model = onnx.load_from_string(MODEL)
    model.graph.initializer.append(helper.make_tensor("w", TensorProto.FLOAT, [5000], [0.5] * 5000))
    path = tmp_path / "model.onnx"
    path.write_bytes(with_manifest(model.SerializeToString(), KOREAN))
    artifact = open_artifact(path)
    assert artifact.manifest == KOREAN
    assert artifact.content is None
    assert artifact.read_bytes() == path.read_bytes()
    assert artifact.where == str(path)


def test_a_safetensors_header_gives_its_manifest_back(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    weight = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    path.write_bytes(safetensors({"__metadata__": {METADATA_KEY: KOREAN.to_json()}, "weight": weight}))
    assert open_artifact(path).manifest == KOREAN


def test_an_artifact_in_memory_needs_no_file() -> None:
    content = with_manifest(MODEL, KOREAN)
    artifact = artifact_in_memory(content, where="the download")
    assert artifact.path is None
    assert artifact.read_bytes() == content
    assert "tiny" in artifact.where


def test_an_artifact_of_nothing_cannot_be_read() -> None:
    with pytest.raises(ArtifactError, match="tiny"):
        Artifact(KOREAN).read_bytes()


def test_a_model_for_another_task_names_both_tasks(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(with_manifest(MODEL, KOREAN))
    artifact = open_artifact(path)
    assert artifact.expect("recognise") is artifact
    with pytest.raises(ArtifactError, match=r"model\.onnx: a model for 'detect' was wanted, this one is for 'recogni"):
        artifact.expect("detect")


def test_a_newer_manifest_asks_for_an_update_even_with_fields_not_known_yet() -> None:
    tree = {**json.loads(KOREAN.to_json()), "version": MANIFEST_VERSION + 1, "soul": "none"}
    with pytest.raises(ArtifactError, match=r"m\.onnx: made by a newer Munja .* pip install --upgrade munja"):
        Manifest.from_json(json.dumps(tree), where="m.onnx")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('{"task": "detect"}', "no name"),
        ('{"task": 3, "name": "x"}', "no task"),
        ('{"task": "detect", "name": "x", "charsett": []}', "did you mean charset?"),
    ],
)
def test_a_malformed_manifest_says_where_and_what(text: str, said: str) -> None:
    with pytest.raises(ArtifactError) as caught:
        Manifest.from_json(text, where="m.onnx")
    assert str(caught.value).startswith("m.onnx: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("charset", 5), ("charset", "abc"), ("charset", [1]), ("input", 5), ("codec", []), ("version", "1")],
)
def test_a_manifest_field_of_the_wrong_type_is_named(key: str, value: object) -> None:
    with pytest.raises(ArtifactError, match=rf"m\.onnx: .*{key}"):
        Manifest.from_json(json.dumps({"task": "detect", "name": "x", key: value}), where="m.onnx")


@pytest.mark.parametrize("kept", [1, 7, 60, -1, -40])
def test_a_cut_off_onnx_file_is_an_error(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.onnx"
    path.write_bytes(with_manifest(MODEL, KOREAN)[:kept])
    with pytest.raises(ArtifactError, match=r"cut\.onnx"):
        open_artifact(path)


@pytest.mark.parametrize("kept", [0, 5, 8, 30])
def test_a_cut_off_safetensors_file_is_an_error(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes(safetensors({"__metadata__": {METADATA_KEY: KOREAN.to_json()}})[:kept])
    with pytest.raises(ArtifactError, match=r"cut\.safetensors"):
        open_artifact(path)


@pytest.mark.parametrize("suffix", [".onnx", ".safetensors"])
@pytest.mark.parametrize(
    "content",
    [b"this is a note, not a model", b"\x89PNG\r\n\x1a\n" + bytes(40), b"\xff" * 40],
    ids=["text", "png", "ff"],
)
def test_a_file_that_is_no_model_is_an_error(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"note{suffix}"
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match="note"):
        open_artifact(path)


@pytest.mark.parametrize("header", [5, [], None, {"__metadata__": 5}, {"__metadata__": None}, {"__metadata__": [1]}])
def test_a_safetensors_header_without_a_table_of_metadata_is_an_error(tmp_path: Path, header: Any) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(safetensors(header))
    with pytest.raises(ArtifactError, match=r"odd\.safetensors"):
        open_artifact(path)


def test_a_model_without_a_manifest_says_how_to_make_an_artifact_of_it(tmp_path: Path) -> None:
    path = tmp_path / "plain.onnx"
    path.write_bytes(MODEL)
    with pytest.raises(ArtifactError, match=r"plain\.onnx: not a Munja artifact.*munja import"):
        open_artifact(path)
    with pytest.raises(ArtifactError, match="the download: not a Munja artifact"):
        artifact_in_memory(MODEL, where="the download")


def test_a_file_of_another_kind_or_none_at_all_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    path.write_bytes(b"x")
    with pytest.raises(ArtifactError, match=r"model\.pth: a \.onnx or \.safetensors file was wanted"):
        open_artifact(path)
    with pytest.raises(ArtifactError, match="no such model file"):
        open_artifact(tmp_path / "missing.onnx")
    with pytest.raises(ArtifactError, match="no such model file"):
        open_artifact(tmp_path)


def test_writing_leaves_only_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    write_atomically(path, b"first")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_written_file_has_the_rights_that_any_other_would_have(tmp_path: Path) -> None:
    plain, written = tmp_path / "plain", tmp_path / "written"
    plain.write_bytes(b"")
    write_atomically(written, b"")
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_write_that_fails_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text, not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_atomically(folder, b"a folder cannot be replaced by a file")
    assert sorted(os.listdir(tmp_path)) == ["folder", "model.onnx"]


def test_a_file_is_known_by_its_sha256(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"munja")
    assert sha256_of(path) == hashlib.sha256(b"munja").hexdigest()
