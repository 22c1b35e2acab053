"""Text image augmentation: control points move and the picture follows by moving least squares.

Luo et al., Learn to Augment (arXiv:2003.06606); the warp is the similarity form of Schaefer et al., Image Deformation
Using Moving Least Squares (2006), evaluated on a coarse grid. PP-OCR applies all three operations with probability 0.4.
"""

from __future__ import annotations

from typing import Annotated, Any

import cv2
import numpy as np
from annotated_types import Ge, Le, doc
from numpy.typing import NDArray

from munja.core.registry import register
from munja.data.augment.sample import Augmentation, Sample, in_order, sometimes

_STEP = 8  # pixels between the nodes of the grid that the warp is computed on
_EXACT = 0.02  # pixels by which a point may still move when its place is found
_SMALLEST = 20  # below this height or width PP-OCR leaves distort and stretch out

Share = Annotated[float, Ge(0), Le(1), doc("probability")]
Segments = Annotated[int, Ge(1), doc("segments that the line is divided into")]


@register("augment", "tia_distort")
def tia_distort(*, probability: Share = 0.4, fewest: Segments = 3, most: Segments = 6) -> Augmentation:
    """Every anchor on the top and bottom edge moves on its own, corners inwards."""

    def change(sample: Sample, generator: np.random.Generator) -> Sample:
        height, width = sample.image.shape[:2]
        segments = int(generator.integers(fewest, most + 1))
        reach = width // segments // 3
        if min(height, width) < _SMALLEST or reach < 1:
            return sample
        before = _anchors(width, height, segments)
        moves = generator.integers(0, reach, before.shape).astype(np.float64)
        moves[2:-2] -= reach // 2
        moves[:2] *= [[1, 1], [1, -1]]  # the corners move inwards
        moves[-2:] *= [[-1, 1], [-1, -1]]
        return warp(sample, before, before + moves)

    return sometimes(probability, change)


@register("augment", "tia_stretch")
def tia_stretch(*, probability: Share = 0.4, fewest: Segments = 3, most: Segments = 6) -> Augmentation:
    """Pairs of anchors on the top and bottom edge move together to the left or right."""

    def change(sample: Sample, generator: np.random.Generator) -> Sample:
        height, width = sample.image.shape[:2]
        segments = int(generator.integers(fewest, most + 1))
        reach = 4 * (width // segments) // 5
        if min(height, width) < _SMALLEST or reach < 1 or segments < 2:
            return sample
        before = _anchors(width, height, segments)
        moves = np.zeros_like(before)
        along = generator.integers(0, reach, segments - 1) - reach // 2
        moves[2:-2, 0] = np.repeat(along, 2)
        return warp(sample, before, before + moves)

    return sometimes(probability, change)


@register("augment", "tia_perspective")
def tia_perspective(*, probability: Share = 0.4) -> Augmentation:
    """Every corner moves vertically inwards by up to half of the height."""

    def change(sample: Sample, generator: np.random.Generator) -> Sample:
        height, width = sample.image.shape[:2]
        if height < 4 or width < 4:
            return sample
        before = _anchors(width, height, 1)
        moves = np.zeros_like(before)
        moves[:, 1] = generator.integers(0, height // 2, 4) * [1, -1, 1, -1]
        return warp(sample, before, before + moves)

    return sometimes(probability, change)


@register("augment", "tia")
def tia(*, probability: Share = 0.4) -> Augmentation:
    """With one probability for all: distort, stretch and perspective in sequence."""
    steps = in_order([tia_distort(probability=1.0), tia_stretch(probability=1.0), tia_perspective(probability=1.0)])
    return sometimes(probability, steps)


def warp(sample: Sample, before: NDArray[Any], after: NDArray[Any]) -> Sample:
    """The sample with control points `before` (N, 2) moved to `after` (N, 2); edges repeat where nothing is known."""
    height, width = sample.image.shape[:2]
    columns, rows = max(2, -(-width // _STEP) + 1), max(2, -(-height // _STEP) + 1)
    x, y = np.linspace(0, width - 1, columns), np.linspace(0, height - 1, rows)
    nodes = np.stack(np.meshgrid(x, y), axis=-1)  # (rows, columns, 2)
    field = (moving_least_squares(nodes.reshape(-1, 2), after, before).reshape(nodes.shape) - nodes).astype(np.float32)
    # Between nodes the field is bilinear: two small products of matrices, a tenth of the time of looking up each pixel.
    upright, along = _between(height, rows), _between(width, columns).T
    across = upright @ field[..., 0] @ along + np.arange(width, dtype=np.float32)
    down = upright @ field[..., 1] @ along + np.arange(height, dtype=np.float32)[:, None]
    image = cv2.remap(sample.image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Sample(np.asarray(image, np.uint8), sample.text, _forward(field, sample.points, width, height))


def _forward(field: NDArray[np.float32], points: NDArray[Any], width: int, height: int) -> NDArray[np.float32]:
    """Where points of the old picture lie in the new one: the fixed point of new = old - field(new)."""
    wanted = np.asarray(points, np.float32)
    moved = wanted.copy()
    for _ in range(40 if wanted.size else 0):
        step = 0.7 * (wanted - _look_up(field, moved, width, height) - moved)
        moved += step
        if float(np.abs(step).max()) < _EXACT:
            break
    return moved


def _between(pixels: int, nodes: int) -> NDArray[np.float32]:
    """The weights (pixels, nodes) by which values at evenly spaced nodes give those at all pixels between the ends."""
    place = np.arange(pixels) / max(1, pixels - 1) * (nodes - 1)
    return np.maximum(0.0, 1.0 - np.abs(place[:, None] - np.arange(nodes))).astype(np.float32)


def _look_up(field: NDArray[np.float32], points: NDArray[Any], width: int, height: int) -> NDArray[np.float32]:
    """The field (rows, columns, 2) between its nodes, at points (..., 2) in pixels."""
    rows, columns = field.shape[:2]
    u = np.clip(points[..., 0] / max(1, width - 1), 0, 1) * (columns - 1)
    v = np.clip(points[..., 1] / max(1, height - 1), 0, 1) * (rows - 1)
    i, j = np.minimum(v.astype(np.int64), rows - 2), np.minimum(u.astype(np.int64), columns - 2)
    a, b = (v - i)[..., None], (u - j)[..., None]
    top = field[i, j] * (1 - b) + field[i, j + 1] * b
    bottom = field[i + 1, j] * (1 - b) + field[i + 1, j + 1] * b
    return np.asarray(top * (1 - a) + bottom * a, np.float32)


def moving_least_squares(points: NDArray[Any], before: NDArray[Any], after: NDArray[Any]) -> NDArray[np.float64]:
    """Where points (M, 2) go when control points (N, 2) move from `before` to `after`, by weighted similarities."""
    offset = points[:, None].astype(np.float64) - before[None]  # (M, N, 2)
    weight = 1.0 / np.maximum((offset**2).sum(axis=2), 1e-8)  # (M, N)
    total = weight.sum(axis=1, keepdims=True)
    centre_before, centre_after = weight @ before / total, weight @ after / total
    p = before[None] - centre_before[:, None]
    q = after[None] - centre_after[:, None]
    scale = np.maximum((weight * (p**2).sum(axis=2)).sum(axis=1), 1e-12)
    # A similarity is a complex factor: sum of conj(p) q over sum of |p|^2.
    real = (weight * (p * q).sum(axis=2)).sum(axis=1) / scale
    imaginary = (weight * (p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0])).sum(axis=1) / scale
    v = points - centre_before
    x = real * v[:, 0] - imaginary * v[:, 1] + centre_after[:, 0]
    y = imaginary * v[:, 0] + real * v[:, 1] + centre_after[:, 1]
    return np.stack([x, y], axis=1)


def _anchors(width: int, height: int, segments: int) -> NDArray[np.float64]:
    """Pairs of top and bottom points from left to right, (2 * segments + 2, 2): corners first and last."""
    x = np.linspace(0, width - 1, segments + 1)
    return np.array([[at, edge] for at in x for edge in (0.0, height - 1.0)])
