"""Shapes, sizes and the folding of batch norms of the line recognisers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from munja.core.errors import SpecError
from munja.core.registry import build
from munja.models import recognise  # noqa: F401  registers the networks
from munja.models.layers import Normalise, fold_batch_norm, freeze_batch_norm, rounded_channels

DENSE_S = {"name": "ctc", "backbone": {"name": "dense"}, "neck": {"name": "convolution"}}
COUNTING = {**DENSE_S, "neck": {"name": "convolution", "blocks": 1, "lstm": 24}}
CRNN = {"name": "ctc", "backbone": {"name": "mobilenet_v3"}, "neck": {"name": "lstm"}}
SVTR = {"name": "ctc", "backbone": {"name": "lcnet"}, "neck": {"name": "svtr"}}


def recogniser(spec: dict[str, Any]) -> nn.Module:
    torch.manual_seed(0)
    network: nn.Module = build("recogniser", spec, 1, 96)
    return network.eval()


@pytest.mark.parametrize("spec", [DENSE_S, COUNTING, CRNN, SVTR], ids=["dense", "counting", "crnn", "svtr"])
def test_each_recogniser_gives_one_column_for_four_pixels_at_any_width(spec: dict[str, Any]) -> None:
    network = recogniser(spec)
    with torch.no_grad():
        for width in (32, 160):
            assert network(torch.zeros(2, 1, 32, width))["logits"].shape == (2, width // 4, 96)
    assert network.column_stride == 4


def test_the_crnn_of_pp_ocr_and_dense_s_have_the_sizes_that_were_measured() -> None:
    assert sum(each.numel() for each in recogniser(CRNN).parameters()) == 447_954
    assert sum(each.numel() for each in recogniser(DENSE_S).parameters()) == 1_756_704


@pytest.mark.parametrize("spec", [DENSE_S, COUNTING, CRNN, SVTR], ids=["dense", "counting", "crnn", "svtr"])
def test_folding_batch_norms_changes_no_logit(spec: dict[str, Any]) -> None:
    network = recogniser(spec)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
            nn.init.uniform_(module.weight, 0.5, 1.5)
    images = torch.rand(2, 1, 32, 64) * 2 - 1
    with torch.no_grad():
        before = network(images)["logits"]
        after = fold_batch_norm(network)(images)["logits"]
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    torch.testing.assert_close(after, before, atol=1e-4, rtol=1e-4)


def test_a_line_is_read_alike_whatever_stands_beside_it_in_the_batch() -> None:
    network = recogniser(DENSE_S)
    images = torch.rand(3, 1, 32, 96)
    with torch.no_grad():
        torch.testing.assert_close(network(images)["logits"][1:2], network(images[1:2])["logits"], atol=1e-5, rtol=1e-4)


def test_pictures_become_floats_from_minus_one_to_one() -> None:
    pictures = torch.tensor([0, 127, 255], dtype=torch.uint8).view(1, 1, 3, 1)
    values = Normalise()(pictures)
    assert values.shape == (1, 1, 1, 3)
    torch.testing.assert_close(values.flatten(), torch.tensor([-1.0, -1 / 255, 1.0]))


def test_frozen_norms_keep_their_statistics() -> None:
    network = freeze_batch_norm(recogniser(DENSE_S).train())
    before = {key: value.clone() for key, value in network.named_buffers()}
    network(torch.rand(2, 1, 32, 64))
    assert all(torch.equal(before[key], value) for key, value in network.named_buffers())


def test_channels_are_rounded_to_eights_but_not_far_down() -> None:
    assert [rounded_channels(each) for each in (3, 8, 20, 44, 36)] == [8, 8, 24, 48, 40]


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(SpecError, match=r"did you mean.*hidden"):
        build("recogniser", {**DENSE_S, "neck": {"name": "convolution", "hiden": 3}}, 1, 96)
