"""ReXNet (arXiv:2007.00992) with strides for text lines: channels grow evenly from block to block."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt, doc
from torch import Tensor, nn

from munja.core.registry import register
from munja.models.layers import ConvolutionUnit, SqueezeExcite

FIRST, LAST = 16, 185  # channels of the first and of the last of the blocks, at width 1
EXPANSION, GATE_REDUCTION = 6, 12

# blocks, stride (height, width) of the first of them, squeeze-excite
STAGES: tuple[tuple[int, tuple[int, int], bool], ...] = (
    (1, (1, 1), False),
    (2, (2, 2), False),
    (2, (2, 1), True),
    (3, (2, 1), True),
    (3, (1, 1), True),
    (5, (2, 1), True),
)


class WideningBottleneck(nn.Module):
    """Expansion, depthwise 3x3, squeeze-excite, linear 1x1; the input is added to as many channels as it has."""

    def __init__(
        self, in_channels: int, channels: int, *, expansion: int, stride: tuple[int, int], gated: bool
    ) -> None:
        super().__init__()
        hidden = in_channels * expansion
        self.expand: nn.Module = nn.Identity()
        if expansion > 1:
            self.expand = ConvolutionUnit(in_channels, hidden, kernel=1, act="swish")
        self.depthwise = ConvolutionUnit(hidden, hidden, stride=stride, groups=hidden, act="none")
        self.gate = SqueezeExcite(hidden, reduction=GATE_REDUCTION) if gated else nn.Identity()
        self.activation = nn.ReLU6()
        self.project = ConvolutionUnit(hidden, channels, kernel=1, act="none")
        self.added = in_channels if stride == (1, 1) and in_channels <= channels else 0

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) to (N, channels, H / stride, W / stride)."""
        result: Tensor = self.project(self.activation(self.gate(self.depthwise(self.expand(features)))))
        if not self.added:
            return result
        return torch.cat([result[:, : self.added] + features, result[:, self.added :]], 1)


@register("extractor", "rexnet")
class ReXNet(nn.Module):
    """Sixteen bottlenecks; the height is halved five times, the width twice: T = W / 4 columns."""

    least_size = (1, 1)
    column_stride, first_centre = 4, 0.5

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        channels: Annotated[int, Gt(0), doc("channels of the output")] = 512,
        width: Annotated[float, Gt(0.0), doc("multiplies the channels of all blocks")] = 1.0,
    ) -> None:
        super().__init__()
        count = sum(blocks for blocks, _, _ in STAGES)
        before = max(8, round(2 * FIRST * width))
        rows: list[nn.Module] = [ConvolutionUnit(in_channels, before, stride=2, act="swish")]
        for blocks, stride, gated in STAGES:
            for number in range(blocks):
                place = (len(rows) - 1) / (count - 1)
                after = max(8, round((FIRST + (LAST - FIRST) * place) * width))
                row = WideningBottleneck(
                    before,
                    after,
                    expansion=EXPANSION if len(rows) > 1 else 1,
                    stride=(1, 1) if number else stride,
                    gated=gated,
                )
                rows.append(row)
                before = after
        self.rows = nn.Sequential(*rows)
        self.widen = ConvolutionUnit(before, channels, kernel=1, act="swish")
        self.channels = channels

    def columns(self, width: int) -> int:
        """Output columns for a picture `width` pixels wide."""
        return (width + 3) // 4

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, H / 32, W / 4)."""
        result: Tensor = self.widen(self.rows(images))
        return result
