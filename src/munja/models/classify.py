"""Line classifiers: a backbone, the mean over its columns, and one linear layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import torch
from annotated_types import doc
from torch import Tensor, nn

import munja.models.backbones  # noqa: F401  registers the backbones
from munja.core.registry import build, register


class LineClassifier(nn.Module):
    """Lines (N, C, H, W), floats in -1..1, to logits of a few classes, however wide the lines are.

    `temperature` does not change the logits: it is fitted after training and divides them where a score is wanted.
    """

    temperature: Tensor

    def __init__(self, backbone: nn.Module, channels: int, classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.classify = nn.Linear(channels, classes)
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """{"logits": (N, classes)}."""
        features = self.backbone(images).mean((2, 3))  # (N, C)
        return {"logits": self.classify(features)}


@register("classifier", "line")
def line_classifier(
    channels: int, classes: int, /, *, backbone: Annotated[Mapping[str, Any], doc("Spec of the backbone")]
) -> LineClassifier:
    """A classifier for lines of `channels` channels."""
    trunk = build("backbone", backbone, channels)
    return LineClassifier(trunk, trunk.channels, classes)
