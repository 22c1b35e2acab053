"""Sequence encoders: shapes, both directions seen, how far a convolution sees."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from munja.core.registry import build
from munja.models import encoders  # noqa: F401  registers them

SPECS: list[dict[str, Any]] = [
    {"name": "bilstm", "hidden": 8},
    {"name": "bilstm", "hidden": 8, "layers": 1},
    {"name": "convolution", "hidden": 8, "blocks": 2, "kernel": 3},
]


@pytest.mark.parametrize("spec", SPECS, ids=["two", "one", "convolution"])
def test_columns_keep_their_number_and_get_the_encoders_channels(spec: dict[str, Any]) -> None:
    encoder = build("encoder", spec, 12).eval()
    with torch.no_grad():
        assert encoder(torch.randn(3, 7, 12)).shape == (3, 7, encoder.channels)
    assert encoder.channels == 8


def seen(spec: dict[str, Any]) -> list[int]:
    """The columns of 21 on which the middle one depends."""
    torch.manual_seed(0)
    encoder = build("encoder", spec, 12).eval()
    columns = torch.randn(1, 21, 12, requires_grad=True)
    encoder(columns)[0, 10].square().sum().backward()
    assert columns.grad is not None
    return torch.nonzero(columns.grad[0].abs().sum(1)).flatten().tolist()


def test_an_lstm_sees_the_whole_line_in_both_directions() -> None:
    assert seen(SPECS[0]) == list(range(21))


def test_a_convolution_sees_as_far_as_its_kernels_reach() -> None:
    assert seen(SPECS[2]) == [8, 9, 10, 11, 12]


def test_the_light_encoder_is_a_small_part_of_the_lstms() -> None:
    light, heavy = (sum(each.numel() for each in build("encoder", {"name": name}, 512).parameters()) for name in
                    ("convolution", "bilstm"))  # fmt: skip
    assert heavy == 2_892_288  # two LSTMs of 256 units in each direction and their linear layers
    assert light < heavy / 7
