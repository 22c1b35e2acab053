"""The residual network of FAN: names and shapes as published."""

from __future__ import annotations

import torch

from munja.models.backbones import ResNet


def test_layers_have_the_published_names_and_shapes() -> None:
    with torch.device("meta"):
        state = ResNet(1).state_dict()
    shapes = {key.removeprefix("ConvNet."): tuple(value.shape) for key, value in state.items() if value.ndim == 4}
    published = {
        "conv0_1.weight": (32, 1, 3, 3),
        "conv0_2.weight": (64, 32, 3, 3),
        "layer1.0.downsample.0.weight": (128, 64, 1, 1),
        "layer2.1.conv2.weight": (256, 256, 3, 3),
        "layer3.0.downsample.0.weight": (512, 256, 1, 1),
        "layer3.4.conv1.weight": (512, 512, 3, 3),
        "layer4.2.conv2.weight": (512, 512, 3, 3),
        "conv3.weight": (512, 512, 3, 3),
        "conv4_1.weight": (512, 512, 2, 2),
        "conv4_2.weight": (512, 512, 2, 2),
    }
    assert {key: shapes.get(key) for key in published} == published
    assert [len([key for key in shapes if key.startswith(f"layer{i}.") and "conv1" in key]) for i in range(1, 5)] == [
        1, 2, 5, 3,
    ]  # fmt: skip
    assert not [key for key in shapes if key.startswith("layer4") and "downsample" in key]
    assert "ConvNet.bn4_2.running_var" in state
    assert not [key for key in state if key.endswith("bias") and "bn" not in key and "downsample.1" not in key]


def test_lines_give_a_column_more_than_a_quarter_of_their_width() -> None:
    with torch.no_grad():
        assert ResNet(3, channels=16).eval()(torch.zeros(2, 3, 32, 100)).shape == (2, 16, 1, 26)
