"""Counting: one layer of each kind by hand, and that counting changes nothing."""

from __future__ import annotations

import torch
from torch import nn

from munja.core.registry import build
from munja.models import recognise  # noqa: F401  registers the networks
from munja.models.counts import multiply_adds, parameter_count

LIGHT = {
    "name": "four_stage",
    "extractor": {"name": "vgg", "channels": 32},
    "encoder": {"name": "bilstm", "hidden": 8, "layers": 1},
    "head": {"name": "attention", "hidden": 4},
}


class Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(2, 6, 3, padding=1, groups=2)
        self.norm = nn.BatchNorm2d(6)
        self.lstm = nn.LSTM(6, 5, bidirectional=True)
        self.linear = nn.Linear(10, 4)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        columns = self.norm(self.convolution(images)).mean(2).permute(2, 0, 1)
        result: torch.Tensor = self.linear(self.lstm(columns)[0])
        return result


def test_each_kind_of_layer_costs_what_it_costs_by_hand() -> None:
    by_hand = 6 * 9 * 8 * 12 + 12 * 2 * (4 * 5 * (6 + 5)) + 12 * 10 * 4
    assert multiply_adds(Layers(), (2, 8, 12)) == by_hand


def test_each_letter_costs_the_projection_of_all_columns_and_one_step() -> None:
    network = build("recogniser", LIGHT, 1, 12)
    columns = network.columns(40)
    letter = columns * 8 * 4 + 4 * 4 + columns * 4 + 4 * 4 * (8 + 12 + 4) + 4 * 12
    costs = [multiply_adds(network, (1, 32, 40), letters=letters) for letters in (1, 2, 26)]
    assert costs[1] - costs[0] == letter
    assert costs[2] - costs[0] == 25 * letter


def test_counting_changes_nothing_in_the_network() -> None:
    network = build("recogniser", LIGHT, 1, 12).train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    multiply_adds(network, (1, 32, 40))
    assert network.training
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())
    assert parameter_count(network) == sum(each.numel() for each in network.parameters())
    with torch.no_grad():
        assert network.eval()(torch.zeros(1, 1, 32, 40))["features"].shape == (1, 9, 8)
