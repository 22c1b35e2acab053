"""ReXNet for text: channels grow evenly, the input is added to as many of them as it has."""

from __future__ import annotations

import torch
from torch import nn

from munja.models.backbones import ReXNet
from munja.models.backbones.rexnet import WideningBottleneck


def test_channels_grow_evenly_from_block_to_block_as_in_the_paper() -> None:
    with torch.device("meta"):
        extractor = ReXNet(1)
    blocks = [row for row in extractor.rows if isinstance(row, WideningBottleneck)]
    channels = [block.project.convolution.out_channels for block in blocks]
    published = [16, 27, 38, 50, 61, 72, 84, 95, 106, 117, 128, 140, 151, 162, 174, 185]
    assert max(abs(a - b) for a, b in zip(channels, published, strict=True)) <= 1


def test_width_and_channels_set_its_size() -> None:
    with torch.device("meta"):
        full, narrow = (
            sum(each.numel() for each in ReXNet(1, width=width, channels=channels).parameters())
            for width, channels in ((1.0, 512), (0.5, 128))
        )
    assert narrow < full / 3
    with torch.no_grad():
        assert ReXNet(1, width=0.25, channels=24).eval()(torch.zeros(1, 1, 32, 100)).shape == (1, 24, 1, 25)


def test_the_input_is_added_to_as_many_channels_as_it_has() -> None:
    torch.manual_seed(0)
    block = WideningBottleneck(4, 6, expansion=6, stride=(1, 1), gated=True).eval()
    nn.init.zeros_(block.project.convolution.weight)
    features = torch.randn(2, 4, 3, 5)
    with torch.no_grad():
        result = block(features)
    torch.testing.assert_close(result[:, :4], features)
    assert float(result[:, 4:].abs().max()) == 0.0
    assert WideningBottleneck(4, 6, expansion=6, stride=(2, 1), gated=False).added == 0
