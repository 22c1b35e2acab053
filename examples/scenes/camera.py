"""How a flat sheet is looked at: the view, its optics, and the truth seen through it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from munja.core.page import Line, Page, Polygon

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

# Everything is drawn at twice the size of the final picture and then averaged down, so that edges come out smooth.
OVERSAMPLE = 2


@dataclass(frozen=True)
class Picture:
    """A finished picture (H, W, 3) and what is written in it."""

    pixels: Pixels
    page: Page


@dataclass(frozen=True)
class View:
    """Where the points of a flat sheet come to lie in a picture of `width` x `height` pixels.

    A sheet bends sideways by up to `bow` of its own pixels in half a wave over its `length`, then goes through the
    homography `matrix` (3, 3).
    """

    matrix: NDArray[np.float64]
    width: int
    height: int
    bow: float = 0.0
    length: float = 1.0

    def points(self, polygon: Polygon) -> Polygon:
        """A polygon of the sheet in pixels of the picture, to a tenth of a pixel."""
        bent = [(x + self.bow * math.sin(math.pi * y / self.length), y) for x, y in polygon]
        seen = cv2.perspectiveTransform(np.array([bent], np.float64), self.matrix)[0]
        return tuple((round(float(x), 1), round(float(y), 1)) for x, y in seen)

    def capture(self, flat: Floats) -> Floats:
        """The sheet (H, W, C) as seen in the picture (height * OVERSAMPLE, width * OVERSAMPLE, C), 0 beside it."""
        x, y = np.meshgrid(
            (np.arange(self.width * OVERSAMPLE) + 0.5) / OVERSAMPLE,
            (np.arange(self.height * OVERSAMPLE) + 0.5) / OVERSAMPLE,
        )
        back = cv2.perspectiveTransform(np.stack([x, y], axis=-1), np.linalg.inv(self.matrix))
        back[..., 0] -= self.bow * np.sin(np.pi * back[..., 1] / self.length)
        x, y = np.moveaxis((back - 0.5).astype(np.float32), -1, 0)
        return np.asarray(cv2.remap(flat, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)

    def page(self, lines: Sequence[Line], *, source: str, index: int = 0, dpi: float | None = None) -> Page:
        """The Page of lines of the sheet as seen in the picture."""
        seen = tuple(self._line(line) for line in lines)
        turned = statistics.median((line.angle + 180) % 360 - 180 for line in seen) % 360
        return Page(self.width, self.height, seen, angle=round(turned, 2), source=source, index=index, dpi=dpi)

    def _line(self, line: Line) -> Line:
        words = tuple(replace(word, polygon=self.points(word.polygon)) for word in line.words)
        polygon = self.points(line.polygon)
        (left, top), (right, low) = polygon[0], polygon[1]
        angle = math.degrees(math.atan2(low - top, right - left)) % 360
        return replace(line, polygon=polygon, words=words, angle=round(angle, 2))


def view_by_corners(
    sheet: tuple[int, int], corners: Sequence[tuple[float, float]], width: int, height: int, *, bow: float = 0.0
) -> View:
    """The view in which the corners of a sheet of (width, height), clockwise from the top left, lie at `corners`."""
    w, h = sheet
    source = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(source, np.array(corners, np.float32)), np.float64)
    return View(matrix, width, height, bow, float(h))


def view_by_turn(sheet: tuple[int, int], width: int, height: int, *, degrees: float, scale: float) -> View:
    """The view of a sheet of (width, height), scaled and turned clockwise about the middle of the picture."""
    turn = cv2.getRotationMatrix2D((0, 0), -degrees, scale)[:, :2]
    shift = np.array([width / 2, height / 2]) - turn @ (np.array(sheet) / 2)
    return View(np.vstack([np.column_stack([turn, shift]), [0.0, 0.0, 1.0]]), width, height)


def shrink(canvas: Floats) -> Floats:
    """The oversampled canvas at the size of the final picture."""
    height, width = canvas.shape[0] // OVERSAMPLE, canvas.shape[1] // OVERSAMPLE
    return cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)


def blur(image: Floats, sigma: float) -> Floats:
    """The image behind a lens that is out of focus by `sigma` pixels."""
    return cv2.GaussianBlur(image, (0, 0), sigma).astype(np.float32)


def lay_over(ground: Floats, seen: Floats, shadows: Sequence[tuple[float, float, float]]) -> Floats:
    """The ground (H, W, 3) with a captured sheet on it, whose `seen` (H, W, 4) is colour and cover, 0 beside it.

    Each of its shadows is (shift to the lower right in pixels, softness in pixels, darkness in 0..1).
    """
    cover = seen[..., 3]
    for shift, softness, darkness in shadows:
        moved = cv2.warpAffine(cover, np.array([[1, 0, shift], [0, 1, shift * 1.3]], np.float32), cover.shape[::-1])
        ground = ground * (1.0 - darkness * blur(moved.astype(np.float32), softness))[..., None]
    return (ground * (1.0 - cover[..., None]) + seen[..., :3]).astype(np.float32)


def expose(image: Floats, generator: np.random.Generator, *, grain: float) -> Pixels:
    """Sensor grain of standard deviation `grain`, then 8 bits; (H, W) or (H, W, 3) of 0..255."""
    noise = generator.normal(0.0, grain, image.shape[:2]).astype(np.float32)
    noise = blur(noise, 0.6) * 1.6
    noisy = image + (noise[..., None] if image.ndim == 3 else noise)
    return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)


def through_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """The pixels after a camera wrote them as JPEG."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), np.uint8)
