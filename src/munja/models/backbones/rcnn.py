"""Gated recurrent convolutions (GRCNN, NIPS 2017): each layer looks at its own output again, through a gate."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt, MultipleOf, doc
from torch import Tensor, nn

from munja.core.registry import register

TURNS = 5  # how often a recurrent layer looks again; published weights have norms for exactly so many


class RecurrentTurn(nn.Module):
    """One turn of a recurrent layer: the convolutions are shared by all turns, the batch norms are its own."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.BN_gfu = nn.BatchNorm2d(channels)
        self.BN_grx = nn.BatchNorm2d(channels)
        self.BN_fu = nn.BatchNorm2d(channels)
        self.BN_rx = nn.BatchNorm2d(channels)
        self.BN_Gx = nn.BatchNorm2d(channels)

    def forward(self, gate_input: Tensor, gate_state: Tensor, fed: Tensor, recurrent: Tensor) -> Tensor:
        """Four maps (N, channels, H, W) to the next state."""
        gate = torch.sigmoid(self.BN_gfu(gate_input) + self.BN_grx(gate_state))
        return torch.relu(self.BN_fu(fed) + self.BN_Gx(self.BN_rx(recurrent) * gate))


class RecurrentConvolution(nn.Module):
    """A convolution whose output is convolved again, TURNS times, as much as a gate lets through."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.wgf_u = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.wgr_x = nn.Conv2d(channels, channels, 1, bias=False)
        self.wf_u = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.wr_x = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.BN_x_init = nn.BatchNorm2d(channels)
        self.GRCL = nn.Sequential(*(RecurrentTurn(channels) for _ in range(TURNS)))

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) to (N, channels, H, W)."""
        gate_input, fed = self.wgf_u(features), self.wf_u(features)
        state = torch.relu(self.BN_x_init(fed))
        for turn in self.GRCL:
            state = turn(gate_input, self.wgr_x(state), fed, self.wr_x(state))
        return state


@register("extractor", "rcnn")
class RCNN(nn.Module):
    """Three recurrent layers; T = W / 4 + 1 columns. Names and order as in published checkpoints."""

    least_size = (32, 4)
    column_stride, first_centre = 4, 0.0

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        channels: Annotated[int, Gt(0), MultipleOf(8), doc("channels of the output; the others are shares")] = 512,
    ) -> None:
        super().__init__()
        first, second, third = channels // 8, channels // 4, channels // 2
        self.channels = channels
        self.ConvNet = nn.Sequential(
            nn.Conv2d(in_channels, first, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (H / 2, W / 2)
            RecurrentConvolution(first, first),
            nn.MaxPool2d(2),  # (H / 4, W / 4)
            RecurrentConvolution(first, second),
            nn.MaxPool2d(2, (2, 1), (0, 1)),  # (H / 8, W / 4 + 1)
            RecurrentConvolution(second, third),
            nn.MaxPool2d(2, (2, 1), (0, 1)),  # (H / 16, W / 4 + 2)
            nn.Conv2d(third, channels, 2, bias=False),  # (H / 16 - 1, W / 4 + 1)
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )

    def columns(self, width: int) -> int:
        """Output columns for a picture `width` pixels wide."""
        return width // 4 + 1

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, H / 16 - 1, W / 4 + 1)."""
        result: Tensor = self.ConvNet(images)
        return result
