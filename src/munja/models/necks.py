"""Necks of line recognisers: each column of (N, C, 1, T) learns what stands beside it."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt, Le, MultipleOf, doc
from torch import Tensor, nn

from munja.core.registry import register
from munja.models.layers import ConvolutionUnit, ResidualUnit


@register("neck", "convolution")
class ConvolutionNeck(nn.Module):
    """Residual 1 x kernel convolutions along the line; where asked an LSTM above them, which can count."""

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        blocks: Annotated[int, Ge(0), doc("residual units")] = 3,
        hidden: Annotated[int, Gt(0), doc("inner channels of a residual unit")] = 80,
        kernel: Annotated[int, Gt(0), doc("columns that one convolution sees; odd")] = 5,
        lstm: Annotated[int, Ge(0), doc("units of each direction of the LSTM; 0: none")] = 0,
    ) -> None:
        super().__init__()
        self.channels = 2 * lstm or in_channels
        self.above = LSTMNeck(in_channels, hidden=lstm, layers=1) if lstm else nn.Identity()
        self.blocks = nn.Sequential(*(ResidualUnit(in_channels, hidden, kernel=(1, kernel)) for _ in range(blocks)))

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, 1, T) to (N, C, 1, T), with an LSTM (N, 2 * lstm, 1, T)."""
        result: Tensor = self.above(self.blocks(features))
        return result


@register("neck", "lstm")
class LSTMNeck(nn.Module):
    """Bidirectional LSTM, the neck of CRNN (arXiv:1507.05717) and of PP-OCR's recogniser (hidden 48)."""

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        hidden: Annotated[int, Gt(0), doc("units of each direction")] = 48,
        layers: Annotated[int, Gt(0)] = 2,
    ) -> None:
        super().__init__()
        self.channels = 2 * hidden
        self.lstm = nn.LSTM(in_channels, hidden, layers, bidirectional=True)

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, 1, T) to (N, 2 * hidden, 1, T)."""
        columns: Tensor = self.lstm(features.squeeze(2).permute(2, 0, 1))[0]  # (T, N, 2 * hidden)
        return columns.permute(1, 2, 0).unsqueeze(2)


class MixingBlock(nn.Module):
    """Global self-attention and a perceptron, each added after a layer norm (SVTR, arXiv:2205.00159)."""

    def __init__(self, channels: int, *, heads: int, ratio: float) -> None:
        super().__init__()
        self.heads = heads
        self.attend_norm = nn.LayerNorm(channels, eps=1e-5)
        self.project_in = nn.Linear(channels, 3 * channels)
        self.project_out = nn.Linear(channels, channels)
        self.mix_norm = nn.LayerNorm(channels, eps=1e-5)
        inner = int(channels * ratio)
        self.mix = nn.Sequential(nn.Linear(channels, inner), nn.SiLU(), nn.Linear(inner, channels))

    def forward(self, columns: Tensor) -> Tensor:
        """(N, T, C) to (N, T, C)."""
        n, t, c = columns.shape
        joined = self.project_in(self.attend_norm(columns)).view(n, t, 3, self.heads, c // self.heads)
        query, key, value = joined.permute(2, 0, 3, 1, 4).unbind(0)  # each (N, heads, T, C / heads)
        weight = torch.softmax(query @ key.transpose(2, 3) * (c // self.heads) ** -0.5, dim=-1)
        attended = (weight @ value).transpose(1, 2).reshape(n, t, c)
        columns = columns + self.project_out(attended)
        result: Tensor = columns + self.mix(self.mix_norm(columns))
        return result


@register("neck", "svtr")
class SVTRNeck(nn.Module):
    """Narrow to `hidden`, mix globally, widen, join with the input, narrow to `dims` (PP-OCRv3, arXiv:2206.03001)."""

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        dims: Annotated[int, Gt(0), doc("channels of the output")] = 64,
        depth: Annotated[int, Gt(0), doc("attention blocks")] = 2,
        hidden: Annotated[int, Gt(0), MultipleOf(8), doc("channels of the attention")] = 120,
        heads: Annotated[int, Gt(0)] = 8,
        ratio: Annotated[float, Gt(0.0), Le(8.0), doc("inner width of the perceptron over its input")] = 2.0,
    ) -> None:
        super().__init__()
        self.channels = dims
        narrow = max(in_channels // 8, 8)
        self.narrow = nn.Sequential(
            ConvolutionUnit(in_channels, narrow, kernel=(1, 3), act="swish"),
            ConvolutionUnit(narrow, hidden, kernel=1, act="swish"),
        )
        self.blocks = nn.Sequential(*(MixingBlock(hidden, heads=heads, ratio=ratio) for _ in range(depth)))
        self.norm = nn.LayerNorm(hidden, eps=1e-6)
        self.widen = ConvolutionUnit(hidden, in_channels, kernel=1, act="swish")
        self.join = nn.Sequential(
            ConvolutionUnit(2 * in_channels, narrow, kernel=(1, 3), act="swish"),
            ConvolutionUnit(narrow, dims, kernel=1, act="swish"),
        )

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, 1, T) to (N, dims, 1, T)."""
        columns = self.narrow(features).squeeze(2).transpose(1, 2)  # (N, T, hidden)
        columns = self.norm(self.blocks(columns))
        mixed = self.widen(columns.transpose(1, 2).unsqueeze(2))  # (N, C, 1, T)
        result: Tensor = self.join(torch.cat([features, mixed], 1))
        return result
