"""ResNet for text as FAN uses it (arXiv:1709.02054): 29 convolutions, pooled more in height than in width."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt, MultipleOf, doc
from torch import Tensor, nn

from munja.core.registry import register


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions added to the input, which a 1x1 convolution widens where that is needed."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample: nn.Module = nn.Identity()
        if in_channels != channels:
            shortcut = nn.Conv2d(in_channels, channels, 1, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(channels))

    def forward(self, features: Tensor) -> Tensor:
        """(N, in, H, W) to (N, channels, H, W)."""
        inner = torch.relu(self.bn1(self.conv1(features)))
        return torch.relu(self.bn2(self.conv2(inner)) + self.downsample(features))


def _blocks(in_channels: int, channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(channels if i else in_channels, channels) for i in range(count)))


class ResidualNetwork(nn.Module):
    """Stem, four layers of blocks, a convolution after each; its names are those of published checkpoints."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        stem, first, second, third = channels // 16, channels // 8, channels // 4, channels // 2
        self.conv0_1 = nn.Conv2d(in_channels, stem, 3, padding=1, bias=False)
        self.bn0_1 = nn.BatchNorm2d(stem)
        self.conv0_2 = nn.Conv2d(stem, first, 3, padding=1, bias=False)
        self.bn0_2 = nn.BatchNorm2d(first)
        self.layer1 = _blocks(first, second, 1)
        self.conv1 = nn.Conv2d(second, second, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(second)
        self.layer2 = _blocks(second, third, 2)
        self.conv2 = nn.Conv2d(third, third, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(third)
        self.layer3 = _blocks(third, channels, 5)
        self.conv3 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels)
        self.layer4 = _blocks(channels, channels, 3)
        self.conv4_1 = nn.Conv2d(channels, channels, 2, (2, 1), (0, 1), bias=False)
        self.bn4_1 = nn.BatchNorm2d(channels)
        self.conv4_2 = nn.Conv2d(channels, channels, 2, bias=False)
        self.bn4_2 = nn.BatchNorm2d(channels)
        self.halve = nn.MaxPool2d(2)
        self.flatten = nn.MaxPool2d(2, (2, 1), (0, 1))

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, H / 16 - 1, W / 4 + 1)."""
        features = torch.relu(self.bn0_1(self.conv0_1(images)))
        features = self.halve(torch.relu(self.bn0_2(self.conv0_2(features))))  # (N, C / 8, H / 2, W / 2)
        features = self.halve(torch.relu(self.bn1(self.conv1(self.layer1(features)))))  # (N, C / 4, H / 4, W / 4)
        features = torch.relu(self.bn2(self.conv2(self.layer2(features))))
        features = self.flatten(features)  # (N, C / 2, H / 8, W / 4 + 1)
        features = torch.relu(self.bn3(self.conv3(self.layer3(features))))
        features = torch.relu(self.bn4_1(self.conv4_1(self.layer4(features))))  # (N, C, H / 16, W / 4 + 2)
        return torch.relu(self.bn4_2(self.conv4_2(features)))


@register("extractor", "resnet")
class ResNet(nn.Module):
    """The network of FAN and of the published TRBA; T = W / 4 + 1 columns."""

    least_size = (32, 4)
    column_stride, first_centre = 4, 0.0

    def __init__(
        self,
        in_channels: int,
        /,
        *,
        channels: Annotated[int, Gt(0), MultipleOf(16), doc("channels of the output; the others are shares")] = 512,
    ) -> None:
        super().__init__()
        self.channels = channels
        self.ConvNet = ResidualNetwork(in_channels, channels)

    def columns(self, width: int) -> int:
        """Output columns for a picture `width` pixels wide."""
        return width // 4 + 1

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, H / 16 - 1, W / 4 + 1)."""
        result: Tensor = self.ConvNet(images)
        return result
