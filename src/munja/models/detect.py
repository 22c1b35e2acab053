"""Text detectors: a backbone, a pyramid and a head that says how probable text is at every place (DB)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import torch
from annotated_types import Gt, MultipleOf, doc
from torch import Tensor, nn
from torch.nn import functional

import munja.models.backbones  # noqa: F401  registers the backbones
from munja.core.registry import build, register
from munja.models.layers import ConvolutionUnit


@register("neck", "fuse_pyramid")
class FusePyramid(nn.Module):
    """Top-down pyramid whose levels are narrowed, brought to stride 4 and put side by side (DB, arXiv:1911.08947)."""

    def __init__(
        self,
        in_channels: Sequence[int],
        /,
        *,
        channels: Annotated[int, Gt(0), MultipleOf(4), doc("channels of the fused map")] = 64,
    ) -> None:
        super().__init__()
        self.channels = channels
        self.laterals = nn.ModuleList(ConvolutionUnit(each, channels, kernel=1) for each in in_channels)
        self.narrow = nn.ModuleList(ConvolutionUnit(channels, channels // 4) for _ in in_channels)

    def forward(self, levels: Sequence[Tensor]) -> Tensor:
        """Fuse levels[i] (N, C_i, H / 2^(i+2), W / 2^(i+2)) into (N, channels, H / 4, W / 4)."""
        top = self.laterals[-1](levels[-1])
        fused = [self.narrow[-1](top)]
        for level, lateral, narrow in zip(levels[-2::-1], self.laterals[-2::-1], self.narrow[-2::-1], strict=True):
            top = lateral(level) + functional.interpolate(top, scale_factor=2.0, mode="nearest")
            fused.append(narrow(top))
        times = (2.0 ** (len(fused) - 1 - k) for k in range(len(fused) - 1))
        maps = [functional.interpolate(each, scale_factor=k) for each, k in zip(fused, times, strict=False)]
        return torch.cat([*maps, fused[-1]], 1)


class MapHead(nn.Module):
    """One map of logits at stride 2 from features at stride 4: a narrowing convolution and one transposed one."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.narrow = ConvolutionUnit(in_channels, in_channels // 4)
        self.widen = nn.ConvTranspose2d(in_channels // 4, 1, 2, 2)

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, H, W) to (N, 1, 2 * H, 2 * W)."""
        result: Tensor = self.widen(self.narrow(features))
        return result


class Detector(nn.Module):
    """Pictures (N, C, H, W), floats in -1..1, sides multiples of 32, to maps at stride 2.

    The threshold map exists in training only: it teaches where text ends (DB, arXiv:1911.08947).
    """

    map_stride = 2

    def __init__(self, backbone: nn.Module, neck: nn.Module, channels: int) -> None:
        super().__init__()
        self.backbone, self.neck = backbone, neck
        self.head = MapHead(channels)
        self.threshold = MapHead(channels)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """{"logits": (N, 1, H / 2, W / 2)}, in training "threshold" of the same shape too; both before the sigmoid."""
        features = self.neck(self.backbone(images))
        outputs = {"logits": self.head(features)}
        if self.training:
            outputs["threshold"] = self.threshold(features)
        return outputs


@register("detector", "db")
def db_detector(
    channels: int,
    /,
    *,
    backbone: Annotated[Mapping[str, Any], doc("Spec of the backbone")],
    neck: Annotated[Mapping[str, Any] | None, doc("Spec of the neck")] = None,
) -> Detector:
    """A detector for pictures of `channels` channels."""
    trunk = build("backbone", backbone, channels)
    middle = build("neck", neck or {"name": "fuse_pyramid"}, trunk.channels)
    return Detector(trunk, middle, middle.channels)
