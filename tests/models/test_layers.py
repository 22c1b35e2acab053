"""Folding of batch norms wherever one follows a convolution alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from munja.core.registry import build
from munja.models import recognise  # noqa: F401  registers the networks
from munja.models.layers import fold_batch_norm

LEFT = {"vgg": 0, "resnet": 0, "rcnn": 3 * (1 + 5 * 5)}  # norms that share a convolution, or follow a gate


@pytest.mark.parametrize("extractor", LEFT)
def test_norms_that_follow_a_convolution_alone_are_folded_and_no_other(extractor: str) -> None:
    torch.manual_seed(0)
    spec: dict[str, Any] = {
        "name": "four_stage",
        "rectifier": {"name": "tps", "width": 4},
        "extractor": {"name": extractor, "channels": 16},
        "head": {"name": "ctc"},
    }
    network = build("recogniser", spec, 1, 9).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
            nn.init.uniform_(module.weight, 0.5, 1.5)
    images = torch.rand(2, 1, 32, 100) * 2 - 1
    with torch.no_grad():
        before = network(images)["logits"]
        after = fold_batch_norm(network)(images)["logits"]
    assert sum(isinstance(module, nn.BatchNorm2d) for module in network.modules()) == LEFT[extractor]
    torch.testing.assert_close(after, before, atol=1e-4, rtol=1e-3)
