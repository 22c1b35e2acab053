"""Sequence encoders of four-stage recognisers: each column (N, T, C) learns what stands beside it."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt, doc
from torch import Tensor, nn

from munja.core.registry import register
from munja.models.layers import ConvolutionUnit


class BidirectionalLSTM(nn.Module):
    """One bidirectional LSTM and a linear layer that joins both directions."""

    def __init__(self, in_channels: int, hidden: int, channels: int) -> None:
        super().__init__()
        self.rnn = nn.LSTM(in_channels, hidden, bidirectional=True, batch_first=True)
        self.linear = nn.Linear(2 * hidden, channels)

    def forward(self, columns: Tensor) -> Tensor:
        """(N, T, in) to (N, T, channels)."""
        result: Tensor = self.linear(self.rnn(columns)[0])
        return result


@register("encoder", "bilstm")
class BiLSTM(nn.Sequential):
    """The encoder of CRNN (arXiv:1507.05717), with the names of published checkpoints."""

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        hidden: Annotated[int, Gt(0), doc("units of each direction, and channels of the output")] = 256,
        layers: Annotated[int, Gt(0), doc("LSTMs, one above the other")] = 2,
    ) -> None:
        super().__init__(
            *(BidirectionalLSTM(hidden if layer else in_channels, hidden, hidden) for layer in range(layers))
        )
        self.channels = hidden


class SeparableUnit(nn.Module):
    """Depthwise convolution along the line and a 1x1 convolution, added to the input, then ReLU."""

    def __init__(self, channels: int, *, kernel: int) -> None:
        super().__init__()
        self.depthwise = ConvolutionUnit(channels, channels, kernel=(1, kernel), groups=channels)
        self.pointwise = ConvolutionUnit(channels, channels, kernel=1, act="none")
        self.activation = nn.ReLU()

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, 1, T) to (N, C, 1, T)."""
        result: Tensor = self.activation(features + self.pointwise(self.depthwise(features)))
        return result


@register("encoder", "convolution")
class ConvolutionEncoder(nn.Module):
    """Narrows the columns and mixes neighbours by separable convolutions: no step waits for the one before it."""

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        hidden: Annotated[int, Gt(0), doc("channels of the output")] = 256,
        blocks: Annotated[int, Gt(0), doc("separable units")] = 3,
        kernel: Annotated[int, Gt(0), doc("columns that one convolution sees; odd")] = 7,
    ) -> None:
        super().__init__()
        self.channels = hidden
        self.narrow = ConvolutionUnit(in_channels, hidden, kernel=1)
        self.blocks = nn.Sequential(*(SeparableUnit(hidden, kernel=kernel) for _ in range(blocks)))

    def forward(self, columns: Tensor) -> Tensor:
        """(N, T, in) to (N, T, hidden)."""
        features = columns.transpose(1, 2).unsqueeze(2)  # (N, in, 1, T)
        mixed: Tensor = self.blocks(self.narrow(features))
        return mixed.squeeze(2).transpose(1, 2)
