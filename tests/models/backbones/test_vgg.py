"""VGG for text: the numbers of its layers, the widths of the light one."""

from __future__ import annotations

import torch

from munja.models.backbones import VGG


def shapes(extractor: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in extractor.state_dict().items() if value.ndim == 4}


def test_the_convolutions_have_the_published_places_and_shapes() -> None:
    with torch.device("meta"):
        extractor = VGG(1)
    assert shapes(extractor) == {
        "ConvNet.0.weight": (64, 1, 3, 3),
        "ConvNet.3.weight": (128, 64, 3, 3),
        "ConvNet.6.weight": (256, 128, 3, 3),
        "ConvNet.8.weight": (256, 256, 3, 3),
        "ConvNet.11.weight": (512, 256, 3, 3),
        "ConvNet.14.weight": (512, 512, 3, 3),
        "ConvNet.18.weight": (512, 512, 2, 2),
    }
    biases = {key for key in extractor.state_dict() if key.endswith("bias")}
    assert biases == {f"ConvNet.{place}.bias" for place in (0, 3, 6, 8, 12, 15, 18)}


def test_half_the_channels_halve_every_layer() -> None:
    with torch.device("meta"):
        light = shapes(VGG(1, channels=256))
    assert [shape[0] for shape in light.values()] == [32, 64, 128, 128, 256, 256, 256]


def test_lines_64_pixels_high_leave_three_rows() -> None:
    with torch.no_grad():
        assert VGG(1, channels=8).eval()(torch.zeros(1, 1, 64, 100)).shape == (1, 8, 3, 24)
