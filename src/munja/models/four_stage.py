"""The four-stage recogniser (arXiv:1904.01906): rectify, extract features, encode the sequence, predict.

Two rectifiers or none, six extractors, two encoders or none and two predictors go together in any way. State-dict keys
are the published ones, with rectifier, extractor, encoder and head for the four stages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Protocol

import torch
from annotated_types import doc
from torch import Tensor, nn

import munja.models.attention
import munja.models.backbones
import munja.models.encoders
import munja.models.rectify  # noqa: F401  they register their parts
from munja.core.errors import SpecError
from munja.core.registry import build, register

KEPT = "localization_fc2"  # where rectification starts is not for the initialisation to say


class Extractor(Protocol):
    """What a four-stage recogniser asks of its extractor."""

    channels: int
    least_size: tuple[int, int]
    column_stride: int
    first_centre: float

    def columns(self, width: int) -> int:
        """Output columns for a picture `width` pixels wide."""
        ...

    def __call__(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, channels, H', T)."""
        ...


class Predictor(Protocol):
    """What it asks of its head."""

    def predict(self, columns: Tensor) -> dict[str, Tensor]:
        """(N, T, C) to outputs by name."""
        ...


@register("predictor", "ctc")
class CTCPredictor(nn.Linear):
    """One linear layer over each column; class 0 is the blank."""

    def __init__(self, in_channels: int, classes: int, /) -> None:
        super().__init__(in_channels, classes)

    def predict(self, columns: Tensor) -> dict[str, Tensor]:
        """(N, T, C) to {"logits": (N, T, classes)}."""
        return {"logits": self(columns)}


class FourStage(nn.Module):
    """Lines of text (N, C, H, W), floats in -1..1, to what its head makes of their columns.

    `temperature` does not change the outputs: it is fitted after training and divides logits where a score is wanted.
    """

    rectifier: nn.Module | None
    extractor: Extractor
    encoder: nn.Module | None
    head: Predictor
    temperature: Tensor

    def __init__(
        self,
        rectifier: nn.Module | None,
        extractor: Extractor,
        encoder: nn.Module | None,
        head: Predictor,
        *,
        size: tuple[int, int],
    ) -> None:
        super().__init__()
        self.rectifier, self.extractor, self.encoder, self.head = rectifier, extractor, encoder, head
        self.size = size
        self.register_buffer("temperature", torch.ones(()))

    def columns(self, width: int) -> int:
        """How many output columns T a picture `width` pixels wide has."""
        return self.extractor.columns(width if self.rectifier is None else self.size[1])

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """CTC: {"logits": (N, T, classes)}; attention: {"features": (N, T, C), "keys": (N, T, hidden)}.

        With a rectifier also "places" (N, T): the x, in 0..1 of the input's width, that stands in each column's centre.
        """
        places = None
        if self.rectifier is not None:
            images, places = self.rectifier(images)
        columns = self.extractor(images).mean(2).transpose(1, 2)  # (N, T, C)
        if self.encoder is not None:
            columns = self.encoder(columns)
        outputs = self.head.predict(columns)
        return outputs if places is None else {**outputs, "places": places}


@register("recogniser", "four_stage")
def four_stage(
    channels: int,
    classes: int,
    /,
    *,
    size: Annotated[tuple[int, int], doc("height and width of rectified pictures; without a rectifier unused")] = (
        32,
        100,
    ),
    rectifier: Annotated[Mapping[str, Any] | None, doc("Spec of the rectifier: tps or affine; none without")] = None,
    extractor: Annotated[
        Mapping[str, Any], doc("Spec of the extractor: vgg, rcnn, resnet, mobilenet_v3, rexnet or dense")
    ],
    encoder: Annotated[
        Mapping[str, Any] | None, doc("Spec of the encoder: bilstm or convolution; none without")
    ] = None,
    head: Annotated[Mapping[str, Any], doc("Spec of the predictor: ctc or attention")],
) -> FourStage:
    """A recogniser for lines of `channels` channels and `classes` classes, blank or start and end included."""
    height, width = size
    trunk: Extractor = build("extractor", extractor, channels)
    least_height, least_width = trunk.least_size
    if rectifier is not None and (height < least_height or width < least_width):
        raise SpecError(
            f"recogniser.four_stage.size: the extractor {extractor['name']} needs {least_height} x {least_width} "
            f"pixels or more, got {height} x {width}"
        )
    straighten = None
    if rectifier is not None:
        centres = [trunk.first_centre + trunk.column_stride * t for t in range(trunk.columns(width))]
        straighten = build("rectifier", rectifier, channels, (height, width), centres)
    middle = None if encoder is None else build("encoder", encoder, trunk.channels)
    top = build("predictor", head, trunk.channels if middle is None else middle.channels, classes)
    network = FourStage(straighten, trunk, middle, top, size=(height, width))
    _initialise(network)
    return network


@torch.no_grad()
def _initialise(network: nn.Module) -> None:
    """He's normal distribution for weights, 0 for biases, 1 for the scales of norms, as published networks began."""
    for name, parameter in network.named_parameters():
        if KEPT in name or parameter.is_meta:
            continue
        if "bias" in name:
            parameter.zero_()
        elif parameter.ndim >= 2:
            nn.init.kaiming_normal_(parameter)
        else:
            parameter.fill_(1.0)
