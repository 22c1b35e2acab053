"""Base data augmentation of PP-OCR: crop, blur, colour, pixel jitter, noise, inversion, each with probability 0.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import cv2
import numpy as np
from annotated_types import Ge, Gt, Le, doc
from numpy.typing import NDArray

from munja.core.registry import register
from munja.data.augment.sample import Augmentation, Image, Sample, in_order, sometimes

Share = Annotated[float, Ge(0), Le(1), doc("probability")]


@register("augment", "crop_rows")
def crop_rows(
    *, probability: Share = 0.4, most: Annotated[float, Gt(0), Le(0.5), doc("share of the height")] = 0.25
) -> Augmentation:
    """Rows are cut off at the top or bottom and the rest is resized to the size that it had."""

    def change(sample: Sample, generator: np.random.Generator) -> Sample:
        height, width = sample.image.shape[:2]
        rows = int(generator.integers(1, max(2, round(most * height) + 1)))
        if height - rows < 2:
            return sample
        top = rows if generator.random() < 0.5 else 0
        part = sample.image[top : top + height - rows]
        image = np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        scale = np.array([1.0, height / (height - rows)])
        # Pixel centres lie at whole coordinates: half a pixel is added before scaling and taken away after.
        points = (sample.points - np.array([0.0, top]) + 0.5) * scale - 0.5
        return Sample(image, sample.text, points.astype(np.float32))

    return sometimes(probability, change)


@register("augment", "blur")
def blur(*, probability: Share = 0.4, sigma: Annotated[float, Gt(0), doc("most, in pixels")] = 1.0) -> Augmentation:
    """Gaussian blur."""
    return _pixels(
        probability, lambda image, generator: cv2.GaussianBlur(image, (5, 5), sigma * (0.3 + 0.7 * generator.random()))
    )


@register("augment", "colour_jitter")
def colour_jitter(
    *, probability: Share = 0.4, strength: Annotated[float, Gt(0), Le(1), doc("largest change of brightness")] = 0.2
) -> Augmentation:
    """Hue (by 5 degrees at most), saturation and brightness change; of grey images the brightness alone."""

    def change(image: Image, generator: np.random.Generator) -> Image:
        hue, saturation, value = generator.uniform(-1, 1, 3)
        if image.ndim == 2:
            return _clipped(image * (1 + strength * value))
        hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(np.float32)  # hue in steps of 2 degrees, 0 to 180
        hsv[..., 0] = (hsv[..., 0] + 2.5 * hue) % 180
        hsv[..., 1:] = np.clip(hsv[..., 1:] * [1 + strength * saturation, 1 + strength * value], 0, 255)
        return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB), np.uint8)

    return _pixels(probability, change)


@register("augment", "pixel_jitter")
def pixel_jitter(
    *, probability: Share = 0.4, reach: Annotated[int, Ge(1), doc("largest shift in pixels")] = 1
) -> Augmentation:
    """Each row shifts sideways on its own by a few pixels, as shaky scanning does; points stay."""

    def change(image: Image, generator: np.random.Generator) -> Image:
        shift = generator.integers(-reach, reach + 1, image.shape[0])
        rows, across = np.indices(image.shape[:2])
        columns = np.clip(across + np.reshape(shift, (-1, 1)), 0, image.shape[1] - 1)
        return np.asarray(image[rows, columns], np.uint8)

    return _pixels(probability, change)


@register("augment", "gaussian_noise")
def gaussian_noise(
    *, probability: Share = 0.4, sigma: Annotated[float, Gt(0), doc("most, in grey levels")] = 10.0
) -> Augmentation:
    """White noise."""

    def change(image: Image, generator: np.random.Generator) -> Image:
        return _clipped(image + generator.standard_normal(image.shape, np.float32) * (sigma * generator.random()))

    return _pixels(probability, change)


@register("augment", "invert")
def invert(*, probability: Share = 0.4) -> Augmentation:
    """Dark becomes light: 255 - x."""
    return _pixels(probability, lambda image, generator: 255 - image)


@register("augment", "bda")
def bda(*, probability: Share = 0.4) -> Augmentation:
    """Crop, blur, colour jitter, pixel jitter, noise and inversion in this order, each with the probability."""
    makers = (crop_rows, blur, colour_jitter, pixel_jitter, gaussian_noise, invert)
    return in_order([make(probability=probability) for make in makers])


def _pixels(probability: float, change: Callable[[Image, np.random.Generator], Any]) -> Augmentation:
    def apply(sample: Sample, generator: np.random.Generator) -> Sample:
        image = change(sample.image, generator)
        return Sample(np.asarray(image, np.uint8), sample.text, sample.points)

    return sometimes(probability, apply)


def _clipped(values: NDArray[Any]) -> Image:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
