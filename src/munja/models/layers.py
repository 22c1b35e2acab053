"""Building blocks shared by the networks, and the one place where pictures become numbers."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Size = int | tuple[int, int]


def pair(size: Size) -> tuple[int, int]:
    """(height, width) of a size given as one number or two."""
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def rounded_channels(channels: float, *, multiple: int = 8) -> int:
    """The multiple of `multiple` nearest to `channels`, never more than 10 % below it (MobileNetV2's rule)."""
    nearest = max(multiple, int(channels + multiple / 2) // multiple * multiple)
    return nearest + multiple if nearest < 0.9 * channels else nearest


class Normalise(nn.Module):
    """Pictures uint8 (N, H, W, C) to floats (N, C, H, W) in -1..1; shared by training and by the exported graph."""

    def forward(self, images: Tensor) -> Tensor:
        """Scale 0..255 to -1..1, so that the padding value 127 is nearly 0."""
        # In the ONNX graph this is cast, transpose, multiply, add; with one channel the transpose moves no memory.
        return images.permute(0, 3, 1, 2).to(torch.float32) * (1.0 / 127.5) - 1.0


class HardSigmoid(nn.Module):
    """clip(slope * x + 0.5, 0, 1); PaddleOCR's generations differ in the slope, 1/6 or 0.2."""

    def __init__(self, slope: float = 0.2) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, values: Tensor) -> Tensor:
        """Of any shape."""
        return (values * self.slope + 0.5).clamp(0.0, 1.0)


def activation(name: str) -> nn.Module:
    """The activation of a name: relu, hardswish, swish, gelu or none."""
    makers = {"relu": nn.ReLU, "hardswish": nn.Hardswish, "swish": nn.SiLU, "gelu": nn.GELU, "none": nn.Identity}
    made: nn.Module = makers[name]()
    return made


class ConvolutionUnit(nn.Module):
    """Convolution without bias, batch norm, activation; padded to keep the size at stride 1 by default."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel: Size = 3,
        stride: Size = 1,
        padding: Size | None = None,
        groups: int = 1,
        act: str = "relu",
    ) -> None:
        super().__init__()
        high, wide = pair(kernel)
        around = (high // 2, wide // 2) if padding is None else pair(padding)
        self.convolution = nn.Conv2d(
            in_channels, out_channels, (high, wide), pair(stride), around, groups=groups, bias=False
        )
        self.normalisation: nn.Module = nn.BatchNorm2d(out_channels)
        self.activation = activation(act)

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) to (N, out, H / stride, W / stride)."""
        result: Tensor = self.activation(self.normalisation(self.convolution(features)))
        return result


class ResidualUnit(nn.Module):
    """Two convolutions through `hidden` channels, added to the input, then ReLU."""

    def __init__(self, channels: int, hidden: int, *, kernel: Size = 3) -> None:
        super().__init__()
        self.inner = ConvolutionUnit(channels, hidden, kernel=kernel)
        self.outer = ConvolutionUnit(hidden, channels, kernel=kernel, act="none")
        self.activation = nn.ReLU()

    def forward(self, features: Tensor) -> Tensor:
        """Of the input's shape."""
        result: Tensor = self.activation(features + self.outer(self.inner(features)))
        return result


class SqueezeExcite(nn.Module):
    """Channel gate from the global mean (SE, arXiv:1709.01507), reduction 4, hard sigmoid."""

    def __init__(self, channels: int, *, reduction: int = 4, slope: float = 0.2) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, max(channels // reduction, 4), 1)
        self.excite = nn.Conv2d(max(channels // reduction, 4), channels, 1)
        self.gate = HardSigmoid(slope)

    def forward(self, features: Tensor) -> Tensor:
        """Of the input's shape."""
        mean = features.mean((2, 3), keepdim=True)  # (N, C, 1, 1)
        gate: Tensor = self.gate(self.excite(torch.relu(self.squeeze(mean))))
        return features * gate


def channels_last(network: nn.Module) -> nn.Module:
    """The network with its weights laid out channels last, which is 20 to 30 % faster in bf16."""
    laid: nn.Module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return laid


def fold_batch_norm(network: nn.Module) -> nn.Module:
    """The network, changed in place, each batch norm folded into its convolution; it must be in evaluation mode."""
    for module in network.modules():
        for convolution, norm in _followed_by_norm(module):
            folded = fuse_conv_bn_eval(getattr(module, convolution), getattr(module, norm))
            setattr(module, convolution, folded)
            setattr(module, norm, nn.Identity())
    return network


def _followed_by_norm(module: nn.Module) -> list[tuple[str, str]]:
    """The names of a module's convolutions and of the batch norms that only they feed."""
    names = list(module._modules)
    if isinstance(module, ConvolutionUnit):
        pairs = [("convolution", "normalisation")]
    elif isinstance(module, nn.Sequential):
        pairs = list(itertools.pairwise(names))
    else:  # conv1 and bn1, as residual networks call them
        pairs = [(name, name.replace("conv", "bn", 1)) for name in names if name.startswith("conv")]
    return [
        (name, norm)
        for name, norm in pairs
        if isinstance(getattr(module, name), nn.Conv2d) and isinstance(getattr(module, norm, None), nn.BatchNorm2d)
    ]


def freeze_batch_norm(network: nn.Module) -> nn.Module:
    """The network with each batch norm in evaluation mode: statistics stand still, its scale and shift still learn."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    return network
