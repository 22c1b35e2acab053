"""munja.models.load: the network of a trainable artifact, of any task and any codec."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import munja.models
from munja.core.artifact import Manifest
from munja.core.errors import ArtifactError
from munja.models.load import load_network, load_weights, network_of
from munja.train.weights import save_weights

VGG = {"name": "vgg", "channels": 16}
CTC = {"name": "four_stage", "extractor": VGG, "head": {"name": "ctc"}}
ATTENTION = {"name": "four_stage", "extractor": VGG, "head": {"name": "attention", "hidden": 8}}
DENSE = {"name": "dense", "widths": [8] * 4, "hidden": [8] * 4, "blocks": [0, 0, 0, 1], "channels": 16}
LINE = {"name": "line", "backbone": DENSE}
MODELS = {
    "ctc": Manifest("recognise", "ctc", {"channels": 1}, {"name": "ctc"}, ("a", "b"), CTC),
    "attention": Manifest("recognise", "rare", {"channels": 3}, {"name": "attention"}, ("a", "b"), ATTENTION),
    "direction": Manifest("direction", "way", {"channels": 1}, {"name": "angle", "angles": [0, 180]}, (), LINE),
}
CLASSES = {"ctc": 3, "attention": 4, "direction": 2}


@pytest.mark.parametrize(("name", "stored"), list(itertools.product(MODELS, ("f16", "f32"))))
def test_what_was_saved_is_loaded_ready_to_compute(name: str, stored: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    manifest, path = MODELS[name], tmp_path / "a.safetensors"
    network = network_of(manifest).eval()
    save_weights(path, network, manifest, stored=stored)
    loaded = munja.models.load(path)
    assert not loaded.training
    tolerance = 0.0 if stored == "f32" else 1e-2
    for key, value in network.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[key], value, rtol=tolerance, atol=0.0)
    with torch.no_grad():
        images = torch.rand(2, manifest.input["channels"], 32, 64) * 2.0 - 1.0
        before, after = network(images), loaded(images)
    for key, value in before.items():
        torch.testing.assert_close(after[key], value, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", MODELS)
def test_the_manifest_says_how_many_classes_there_are(name: str) -> None:
    head = list(network_of(MODELS[name]).state_dict().values())
    assert CLASSES[name] in [len(value) for value in head if value.ndim]


def test_weights_of_another_network_are_told(tmp_path: Path) -> None:
    wrong: dict[str, Any] = {**CTC, "extractor": {**VGG, "channels": 32}}
    path = tmp_path / "a.safetensors"
    save_weights(path, network_of(MODELS["ctc"]), replace(MODELS["ctc"], spec=wrong))
    with pytest.raises(ArtifactError, match="do not fit the Spec in its manifest"):
        munja.models.load(path)


def test_another_task_a_runnable_file_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_weights(path, network_of(MODELS["ctc"]), MODELS["ctc"])
    with pytest.raises(ArtifactError, match="'detect' was wanted, this one is for 'recognise'"):
        load_network(path, task="detect")
    content = path.read_bytes()
    path.write_bytes(content[:-100])
    with pytest.raises(ArtifactError, match="damaged"):
        load_weights(path)
    (tmp_path / "a.onnx").write_bytes(b"")
    with pytest.raises(ArtifactError):
        munja.models.load(tmp_path / "a.onnx")
