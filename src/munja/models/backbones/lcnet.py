"""PP-LCNet (arXiv:2109.15099) with strides for text lines, the backbone of SVTR-LCNet."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt, doc
from torch import Tensor, nn

from munja.core.registry import register
from munja.models.layers import ConvolutionUnit, Size, SqueezeExcite, rounded_channels

# kernel, channels, stride (height, width), squeeze-excite
ROWS: tuple[tuple[int, int, tuple[int, int], bool], ...] = (
    (3, 32, (1, 1), False),
    (3, 64, (2, 1), False),
    (3, 64, (1, 1), False),
    (3, 128, (2, 2), False),
    (3, 128, (1, 1), False),
    (3, 256, (2, 1), False),
    *(((5, 256, (1, 1), False),) * 5),
    (5, 512, (1, 1), True),
    (5, 512, (1, 1), True),
)


class DepthwiseSeparable(nn.Module):
    """Depthwise convolution, squeeze-excite, 1x1 convolution, with hard-swish."""

    def __init__(self, in_channels: int, channels: int, *, kernel: int, stride: Size, gated: bool) -> None:
        super().__init__()
        self.depthwise = ConvolutionUnit(
            in_channels, in_channels, kernel=kernel, stride=stride, groups=in_channels, act="hardswish"
        )
        self.gate = SqueezeExcite(in_channels) if gated else nn.Identity()
        self.pointwise = ConvolutionUnit(in_channels, channels, kernel=1, act="hardswish")

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) to (N, channels, H / stride, W / stride)."""
        result: Tensor = self.pointwise(self.gate(self.depthwise(features)))
        return result


@register("backbone", "lcnet")
class LCNet(nn.Module):
    """PP-LCNet whose height shrinks to 2 and is then averaged; T = W / 4 (the published recogniser has W / 8)."""

    column_stride = 4

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        scale: Annotated[float, Gt(0.0), doc("multiplies every channel count")] = 0.5,
    ) -> None:
        super().__init__()
        before = rounded_channels(16 * scale)
        rows: list[nn.Module] = [ConvolutionUnit(in_channels, before, stride=2, act="hardswish")]
        for kernel, width, stride, gated in ROWS:
            after = rounded_channels(width * scale)
            rows.append(DepthwiseSeparable(before, after, kernel=kernel, stride=stride, gated=gated))
            before = after
        self.rows = nn.Sequential(*rows)
        self.channels = before

    def columns(self, width: int) -> int:
        """Output columns for a picture `width` pixels wide."""
        return (width + 3) // 4

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, 1, W / 4)."""
        features: Tensor = self.rows(images)  # (N, channels, H / 16, W / 4)
        return features.mean(2, keepdim=True)
