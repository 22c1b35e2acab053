"""Placement: how the canvas of a composed line is laid into the picture, forward for points and backward for pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.compose import fill_maps


@dataclass(frozen=True, slots=True)
class Placement:
    """The warp of `compose.fill_maps`: from line coordinates (pen and baseline at 0) to pixels of a picture (h, w)."""

    width: int
    height: int
    scale_x: float
    scale_y: float
    x0: float
    y0: float
    shear: float
    drop: float
    taper: float
    bend: float
    phase: float
    waves: float

    def forward(self, points: NDArray[Any]) -> NDArray[np.float32]:
        """Where points (..., 2) of the line lie in the picture."""
        x, y = points[..., 0], points[..., 1]
        px = (x - self.x0 - self.shear * y) * self.scale_x
        u = px / self.width
        v = (y - self.y0) * self.scale_y
        py = v + (v - 0.5 * self.height) * self.taper * (u - 0.5) + self.drop * (u - 0.5)
        py = py + self.bend * np.sin(self.phase + self.waves * u)
        return np.stack([px, py], axis=-1).astype(np.float32)

    def render(self, canvas: NDArray[np.uint8], origin_x: float, origin_y: float) -> NDArray[np.uint8]:
        """The picture (h, w) of a canvas whose column `origin_x` is pen 0 and whose row `origin_y` is the baseline."""
        # Bilinear sampling alone would drop thin strokes when it shrinks much: halve by area first. Whole factors take
        # OpenCV 3 us where others take 35 us.
        factor_x, factor_y = _whole_factor(self.scale_x), _whole_factor(self.scale_y)
        if factor_x > 1 or factor_y > 1:
            rows, columns = canvas.shape[0] // factor_y, canvas.shape[1] // factor_x
            canvas = canvas[: rows * factor_y, : columns * factor_x]
            canvas = np.asarray(cv2.resize(canvas, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
        shrink_x, shrink_y = 1 / factor_x, 1 / factor_y
        scale_x, scale_y = self.scale_x / shrink_x, self.scale_y / shrink_y
        shear = self.shear * shrink_x / shrink_y
        baseline = origin_y * shrink_y
        x0, y0 = (self.x0 + origin_x) * shrink_x, (self.y0 + origin_y) * shrink_y
        size = (self.width, self.height)
        if self.taper or self.bend:
            map_x, map_y = np.empty(size[::-1], np.float32), np.empty(size[::-1], np.float32)
            fill_maps(
                map_x,
                map_y,
                scale_x,
                scale_y,
                x0,
                y0,
                shear,
                baseline,
                self.drop,
                self.taper,
                self.bend,
                self.phase,
                self.waves,
            )
            return np.asarray(cv2.remap(canvas, map_x, map_y, cv2.INTER_LINEAR), np.uint8)
        # Without taper and bend the warp is affine: px = a x + b y + c, py = scale_y (y - y0) + drop (px / w - 1/2).
        a, b, c = scale_x, -shear * scale_x, (shear * baseline - x0) * scale_x
        slope = self.drop / self.width
        matrix = np.array([[a, b, c], [slope * a, scale_y + slope * b, slope * c - y0 * scale_y - 0.5 * self.drop]])
        # Pixel centres lie at half coordinates in the formulas and at whole ones in OpenCV.
        matrix[:, 2] += 0.5 * (matrix[:, 0] + matrix[:, 1]) - 0.5
        return np.asarray(cv2.warpAffine(canvas, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)


def _whole_factor(scale: float) -> int:
    return 1 if scale > 0.62 else 2 if scale > 0.3 else 4
