"""Rectifiers: a small network looks where the text runs, and the picture is resampled so that it runs straight.

Each gives the rectified pictures (N, C, *size) and, for the columns whose centres it was told in pixels of that size,
the x of the input picture that they show, 0 at its left edge and 1 at its right one, on the middle row (N, T).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge, Gt, MultipleOf, doc
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from munja.core.registry import register

NEARNESS = 1e-6  # keeps the logarithm finite where a pixel is a control point; part of the published grid

Points = Annotated[int, Ge(4), MultipleOf(2), doc("control points, half of them on each side of the text")]
Width = Annotated[int, Gt(0), MultipleOf(2), doc("channels of its first convolution; the fourth has 8 times as many")]


class LocalizationNetwork(nn.Module):
    """Four convolutions, the mean, two linear layers: numbers that describe where the text is.

    Its names are those of published checkpoints. At first it gives `start` for every picture.
    """

    def __init__(self, in_channels: int, start: Tensor, *, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = in_channels
        for stage in range(4):
            channels = width * 2**stage
            layers += [nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
            layers.append(nn.MaxPool2d(2) if stage < 3 else nn.AdaptiveAvgPool2d(1))
            before = channels
        self.conv = nn.Sequential(*layers)
        self.localization_fc1 = nn.Sequential(nn.Linear(before, before // 2), nn.ReLU())
        self.localization_fc2 = nn.Linear(before // 2, len(start))
        with torch.no_grad():
            self.localization_fc2.weight.zero_()
            self.localization_fc2.bias.copy_(start)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, numbers), in single precision: half a pixel of a line is less than bf16 can say."""
        features = self.localization_fc1(self.conv(images).flatten(1))
        with _single_precision(images.device):
            numbers: Tensor = self.localization_fc2(features.to(self.localization_fc2.weight.dtype))
        return numbers


class GridGenerator(nn.Module):
    """The thin-plate spline through control points, whose targets stand on the long sides of the rectified picture.

    Its buffers follow from the size: they are not saved, and those that published checkpoints carry are not needed.
    """

    inv_delta_C: Tensor  # noqa: N815  the published name
    P_hat: Tensor
    column_terms: Tensor

    def __init__(self, size: tuple[int, int], points: int, centres: Sequence[float]) -> None:
        super().__init__()
        height, width = size
        targets = side_points(points, top=(-1.0, -1.0), bottom=(1.0, 1.0))
        along, down = (2.0 * np.arange(side) / side + 1.0 / side - 1.0 for side in (width, height))
        pixels = np.stack(np.meshgrid(along, down), axis=2).reshape(-1, 2)  # (H * W, 2), row by row
        columns = np.array([(2.0 * centre / width - 1.0, 0.0) for centre in centres])  # (T, 2), on the middle row
        self.size = size
        self._keep("inv_delta_C", np.linalg.inv(_bending(targets)))
        self._keep("P_hat", _terms(pixels, targets))
        self._keep("column_terms", _terms(columns, targets))

    def _keep(self, name: str, values: NDArray[Any]) -> None:
        # torch.tensor, not from_numpy: it heeds the device that a network is built on.
        self.register_buffer(name, torch.tensor(values, dtype=torch.float32), persistent=False)

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Control points (N, F, 2) in the input, -1..1, to the grid (N, H, W, 2) and the columns' points (N, T, 2)."""
        weights = self.inv_delta_C[:, : points.shape[1]] @ points  # (N, F + 3, 2); the last three rows are zero
        grid = (self.P_hat @ weights).view(-1, *self.size, 2)
        return grid, self.column_terms @ weights


def side_points(points: int, *, top: tuple[float, float], bottom: tuple[float, float]) -> NDArray[np.float64]:
    """Points (F, 2), -1..1, evenly along both sides; `top` and `bottom` are the y of each side's ends."""
    along = np.linspace(-1.0, 1.0, points // 2)
    sides = [np.stack([along, np.linspace(*ends, points // 2)], axis=1) for ends in (top, bottom)]
    return np.concatenate(sides)


def _bending(targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix (F + 3, F + 3) that takes a spline's weights to where it puts its targets."""
    count = len(targets)
    distance = np.linalg.norm(targets[:, None] - targets[None], axis=2)
    np.fill_diagonal(distance, 1.0)  # r^2 ln r is 0 both at 0 and at 1
    matrix = np.zeros((count + 3, count + 3))
    matrix[:count, 0] = matrix[-1, 3:] = 1.0
    matrix[:count, 1:3] = targets
    matrix[:count, 3:] = distance**2 * np.log(distance)
    matrix[count : count + 2, 3:] = targets.T
    return matrix


def _terms(places: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a spline's weights are multiplied with at each place (P, 2): 1, x, y and r^2 ln r, (P, F + 3)."""
    distance = np.linalg.norm(places[:, None] - targets[None], axis=2)
    return np.concatenate([np.ones((len(places), 1)), places, distance**2 * np.log(distance + NEARNESS)], axis=1)


def _single_precision(device: torch.device) -> AbstractContextManager[None]:
    """Without autocast where that is on; an export and a network without numbers (meta) know nothing of it."""
    mixed = device.type != "meta" and torch.is_autocast_enabled(device.type)
    return torch.autocast(device.type, enabled=False) if mixed else nullcontext()


def _resample(images: Tensor, grid: Tensor) -> Tensor:
    """The pictures at the points of a grid; beyond an edge its nearest pixel goes on."""
    # -1 and 1 are the centres of the outermost pixels. Some torch versions trained published weights the other way.
    sampled = functional.grid_sample(images.to(grid.dtype), grid, padding_mode="border", align_corners=True)
    return sampled.to(images.dtype)


def _along(x: Tensor, width: int) -> Tensor:
    """x in -1..1, between the centres of the outermost pixels, as 0..1 from edge to edge."""
    return ((x * (width - 1) / width + 1.0) * 0.5).clamp(0.0, 1.0)


@register("rectifier", "tps")
class ThinPlateSpline(nn.Module):
    """Thin-plate spline (RARE, arXiv:1603.03915): also curved lines and lines in perspective."""

    def __init__(
        self,
        in_channels: int,
        size: tuple[int, int],
        centres: Sequence[float],
        /,
        *,
        points: Points = 20,
        width: Width = 64,
    ) -> None:
        super().__init__()
        self.points = points
        # The published start is not the identity: both sides slope upwards to the right (RARE, figure 6a).
        slanted = side_points(points, top=(0.0, -1.0), bottom=(1.0, 0.0))
        start = torch.tensor(slanted, dtype=torch.float32).flatten()
        self.LocalizationNetwork = LocalizationNetwork(in_channels, start, width=width)
        self.GridGenerator = GridGenerator(size, points, centres)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) to the rectified pictures (N, C, *size) and the columns' x in the input (N, T)."""
        points = self.LocalizationNetwork(images).view(-1, self.points, 2)
        with _single_precision(images.device):
            grid, columns = self.GridGenerator(points)
        return _resample(images, grid), _along(columns[..., 0], images.shape[3])


@register("rectifier", "affine")
class Affine(nn.Module):
    """Shift, scale, turn and shear only; begins as the identity. Six numbers are learnt from fewer lines than forty."""

    grid: Tensor
    column_terms: Tensor

    def __init__(
        self, in_channels: int, size: tuple[int, int], centres: Sequence[float], /, *, width: Width = 64
    ) -> None:
        super().__init__()
        height, wide = size
        self.size = size
        identity = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
        self.LocalizationNetwork = LocalizationNetwork(in_channels, identity, width=width)
        along, down = torch.meshgrid(torch.linspace(-1.0, 1.0, wide), torch.linspace(-1.0, 1.0, height), indexing="xy")
        terms = torch.stack([along, down, torch.ones_like(along)], 2).flatten(0, 1)  # (H * W, 3)
        self.register_buffer("grid", terms, persistent=False)
        columns = [(2.0 * (centre - 0.5) / max(wide - 1, 1) - 1.0, 0.0, 1.0) for centre in centres]
        self.register_buffer("column_terms", torch.tensor(columns), persistent=False)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) to the rectified pictures (N, C, *size) and the columns' x in the input (N, T)."""
        transform = self.LocalizationNetwork(images).view(-1, 2, 3).transpose(1, 2)  # (N, 3, 2)
        with _single_precision(images.device):
            grid = (self.grid @ transform).view(-1, *self.size, 2)
            columns = self.column_terms @ transform
        return _resample(images, grid), _along(columns[..., 0], images.shape[3])
