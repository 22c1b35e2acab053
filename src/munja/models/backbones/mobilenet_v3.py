"""MobileNetV3-small with the strides that PP-OCR uses for text lines (arXiv:1905.02244, arXiv:2009.09941)."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt, doc
from torch import Tensor, nn

from munja.core.registry import register
from munja.models.layers import ConvolutionUnit, SqueezeExcite, rounded_channels

# kernel, expansion, channels, squeeze-excite, activation, begins a stage that halves the height
SMALL = (
    (3, 16, 16, True, "relu", False),
    (3, 72, 24, False, "relu", True),
    (3, 88, 24, False, "relu", False),
    (5, 96, 40, True, "hardswish", True),
    (5, 240, 40, True, "hardswish", False),
    (5, 240, 40, True, "hardswish", False),
    (5, 120, 48, True, "hardswish", False),
    (5, 144, 48, True, "hardswish", False),
    (5, 288, 96, True, "hardswish", True),
    (5, 576, 96, True, "hardswish", False),
    (5, 576, 96, True, "hardswish", False),
)


class InvertedResidual(nn.Module):
    """1x1 expansion, depthwise convolution, squeeze-excite, linear 1x1; a shortcut where the shape stays."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        channels: int,
        *,
        kernel: int,
        gated: bool,
        act: str,
        high: int,
        slope: float,
    ) -> None:
        super().__init__()
        self.shortcut = high == 1 and in_channels == channels
        self.expand = ConvolutionUnit(in_channels, hidden, kernel=1, act=act)
        self.depthwise = ConvolutionUnit(hidden, hidden, kernel=kernel, stride=(high, 1), groups=hidden, act=act)
        self.gate = SqueezeExcite(hidden, slope=slope) if gated else nn.Identity()
        self.project = ConvolutionUnit(hidden, channels, kernel=1, act="none")

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) to (N, channels, H / high, W)."""
        result: Tensor = self.project(self.gate(self.depthwise(self.expand(features))))
        return features + result if self.shortcut else result


@register("extractor", "mobilenet_v3")
@register("backbone", "mobilenet_v3")
class MobileNetV3(nn.Module):
    """MobileNetV3-small for lines 32 px high; widths keep their resolution, T = W / 4.

    Keeping the width was PP-OCR's largest single gain, 56.5 to 61.8 % accuracy.
    """

    least_size = (32, 4)
    column_stride, first_centre = 4, 1.5

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        scale: Annotated[float, Gt(0.0), doc("multiplies every channel count")] = 0.5,
        gate_slope: Annotated[float, Gt(0.0), doc("slope of the hard sigmoid, 0.2 or 1/6")] = 0.2,
    ) -> None:
        super().__init__()
        before = rounded_channels(16 * scale)
        rows: list[nn.Module] = [ConvolutionUnit(in_channels, before, stride=2, act="hardswish")]
        for kernel, expansion, width, gated, act, halves in SMALL:
            after = rounded_channels(width * scale)
            row = InvertedResidual(
                before, rounded_channels(expansion * scale), after,
                kernel=kernel, gated=gated, act=act, high=2 if halves else 1, slope=gate_slope,
            )  # fmt: skip
            rows.append(row)
            before = after
        self.channels = rounded_channels(576 * scale)
        rows.append(ConvolutionUnit(before, self.channels, kernel=1, act="hardswish"))
        self.rows = nn.Sequential(*rows)
        self.pool = nn.MaxPool2d(2)

    def columns(self, width: int) -> int:
        """Output columns for a picture `width` pixels wide."""
        return (width + 1) // 4

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, H / 32, W / 4): a backbone of lines 32 px high, an extractor of any."""
        result: Tensor = self.pool(self.rows(images))
        return result
