"""Export of recognisers of four stages: what the engines compute from the graph is what torch computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from munja.core.artifact import Artifact, Manifest
from munja.core.registry import build
from munja.models import recognise  # noqa: F401  registers the networks
from munja.models.attention import WEIGHTS
from munja.models.export import recogniser_outputs, recogniser_to_onnx
from munja.models.layers import Normalise
from munja.read.engines import open_engine

LIGHT: dict[str, dict[str, Any]] = {
    "tps-vgg-bilstm-attention": {
        "rectifier": {"name": "tps", "width": 8},
        "extractor": {"name": "vgg", "channels": 64},
        "encoder": {"name": "bilstm", "hidden": 16},
        "head": {"name": "attention", "hidden": 16},
    },
    "none-rcnn-none-attention": {
        "extractor": {"name": "rcnn", "channels": 32},
        "head": {"name": "attention", "hidden": 16},
    },
    "tps-resnet-none-ctc": {
        "rectifier": {"name": "tps", "width": 8},
        "extractor": {"name": "resnet", "channels": 32},
        "head": {"name": "ctc"},
    },
    "none-vgg-bilstm-ctc": {
        "extractor": {"name": "vgg", "channels": 64},
        "encoder": {"name": "bilstm", "hidden": 16},
        "head": {"name": "ctc"},
    },
}


def made(name: str) -> nn.Module:
    """A network of random weights and statistics, so that no norm is the identity."""
    torch.manual_seed(0)
    network = build("recogniser", {"name": "four_stage", **LIGHT[name]}, 1, 12).eval()
    for key, buffer in network.named_buffers():
        if key.endswith("running_mean"):
            nn.init.uniform_(buffer, -0.3, 0.3)
        if key.endswith("running_var"):
            nn.init.uniform_(buffer, 1.0, 2.0)
    if network.rectifier is not None:  # it looks elsewhere in each picture
        nn.init.normal_(network.rectifier.LocalizationNetwork.localization_fc2.weight, std=0.01)
    assert isinstance(network, nn.Module)
    return network


def pictures(count: int, width: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Smooth shades: single precision places what a spline shows to a thousandth of a pixel, which sharp edges show."""
    coarse = torch.rand(count, 1, 3, width // 16, generator=torch.Generator().manual_seed(width)) * 255
    fine = nn.functional.interpolate(coarse, (32, width), mode="bilinear")
    return fine.to(torch.uint8).permute(0, 2, 3, 1).numpy()


def compare(network: nn.Module, content: bytes, widths: tuple[int, ...]) -> None:
    """Both engines against torch, for batches of several sizes."""
    names = [name for name in recogniser_outputs(network) if name not in ("index", "score", "space")]
    artifact = Artifact(Manifest(task="recognise", name="made"), None, content)
    for engine in (open_engine(artifact, engine=each) for each in ("onnxruntime", "openvino")):
        for count, width in ((3, widths[0]), (1, widths[-1])):
            images = pictures(count, width)
            with torch.no_grad():
                wanted = network(Normalise()(torch.from_numpy(images)))
            wanted |= {name: network.head.get_parameter(WEIGHTS[name]).detach() for name in names if name in WEIGHTS}
            for name, got in zip(names, engine.run(images, names), strict=True):
                scale = max(1.0, float(wanted[name].abs().max()))
                np.testing.assert_allclose(got / scale, wanted[name].numpy() / scale, atol=1e-4, err_msg=name)
            assert count == 1 or float(wanted[names[0]].std(0).max()) > 1e-2, "the pictures are told apart"


@pytest.mark.parametrize("name", ["tps-vgg-bilstm-attention", "none-rcnn-none-attention"])
def test_a_network_of_one_width_computes_the_same_in_both_engines(name: str) -> None:
    network = made(name)
    content = recogniser_to_onnx(network, height=32, channels=1, space_class=None, width=100)
    compare(network, content, (100,))
    shape = onnxruntime.InferenceSession(content).get_inputs()[0].shape
    assert shape[1:] == [32, 100, 1]
    assert isinstance(shape[0], str), "any number of pictures"


@pytest.mark.parametrize("name", ["tps-resnet-none-ctc", "none-vgg-bilstm-ctc"])
def test_a_network_of_any_width_computes_the_same_in_both_engines(name: str) -> None:
    network = made(name)
    compare(network, recogniser_to_onnx(network, height=32, channels=1, space_class=None), (96, 160))


def test_the_outputs_of_each_kind_of_head_have_their_names() -> None:
    assert recogniser_outputs(made("tps-resnet-none-ctc")) == ("logits", "index", "score", "space", "places")
    assert recogniser_outputs(made("none-rcnn-none-attention")) == ("features", "keys", *WEIGHTS)
