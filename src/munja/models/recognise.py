"""Line recognisers: a backbone, a neck and a head, one distribution over characters for each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import torch
from annotated_types import Ge, Lt, doc
from torch import Tensor, nn

import munja.models.backbones
import munja.models.four_stage
import munja.models.necks  # noqa: F401  they register their parts
from munja.core.registry import build, register


@register("head", "ctc")
class CTCHead(nn.Module):
    """One linear layer over each column."""

    def __init__(
        self,
        in_channels: int,
        classes: int,
        /,
        *,
        dropout: Annotated[float, Ge(0.0), Lt(1.0), doc("share of features dropped while training")] = 0.0,
    ) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(in_channels, classes)

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, 1, T) to (N, T, classes)."""
        result: Tensor = self.classify(self.dropout(features.squeeze(2).transpose(1, 2)))
        return result


class Recogniser(nn.Module):
    """Lines of text (N, C, H, W), floats in -1..1, to logits of each column.

    `temperature` does not change the logits: it is fitted after training and divides them where a score is wanted.
    """

    temperature: Tensor

    def __init__(self, backbone: nn.Module, neck: nn.Module, head: nn.Module, *, column_stride: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.neck = neck
        self.head = head
        self.column_stride = column_stride
        self.register_buffer("temperature", torch.ones(()))

    def columns(self, width: int) -> int:
        """How many output columns T a picture `width` pixels wide has."""
        return int(self.backbone.columns(width))  # type: ignore[operator]

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """{"logits": (N, T, classes)} with T = W / column_stride, class 0 the blank."""
        return {"logits": self.head(self.neck(self.backbone(images)))}


@register("recogniser", "ctc")
def ctc_recogniser(
    channels: int,
    classes: int,
    /,
    *,
    backbone: Annotated[Mapping[str, Any], doc("Spec of the backbone")],
    neck: Annotated[Mapping[str, Any], doc("Spec of the neck")],
    head: Annotated[Mapping[str, Any] | None, doc("Spec of the head")] = None,
) -> Recogniser:
    """A recogniser for lines of `channels` channels and `classes` classes, the blank included."""
    trunk = build("backbone", backbone, channels)
    middle = build("neck", neck, trunk.channels)
    top = build("head", head or {"name": "ctc"}, middle.channels, classes)
    return Recogniser(trunk, middle, top, column_stride=trunk.column_stride)
