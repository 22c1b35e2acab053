"""VGG as CRNN uses it (arXiv:1507.05717): plain 3x3 convolutions, pooled more in height than in width."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt, MultipleOf, doc
from torch import Tensor, nn

from munja.core.registry import register


@register("extractor", "vgg")
class VGG(nn.Module):
    """Seven convolutions; T = W / 4 - 1 columns of 8 pixels. Names and order as in published checkpoints."""

    least_size = (32, 8)
    column_stride, first_centre = 4, 4.0  # pixels between the centres of columns, and where the first one is

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
            nn.Conv2d(first, second, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (H / 4, W / 4)
            nn.Conv2d(second, third, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(third, third, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d((2, 1)),  # (H / 8, W / 4)
            nn.Conv2d(third, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.MaxPool2d((2, 1)),  # (H / 16, W / 4)
            nn.Conv2d(channels, channels, 2),  # (H / 16 - 1, W / 4 - 1)
            nn.ReLU(),
        )

    def columns(self, width: int) -> int:
        """Output columns for a picture `width` pixels wide."""
        return width // 4 - 1

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, H / 16 - 1, W / 4 - 1)."""
        result: Tensor = self.ConvNet(images)
        return result
