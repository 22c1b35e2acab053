"""What augmentations take and give: a line image with its text and the points that move with its pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError

Image = NDArray[np.uint8]


def _no_points() -> NDArray[np.float32]:
    return np.zeros((0, 2), np.float32)


@dataclass(frozen=True)
class Sample:
    """An image (H, W) or (H, W, 3), its text, and points (..., 2) in its pixels: centres, corners, anything."""

    image: Image
    text: str = ""
    points: NDArray[np.float32] = field(default_factory=_no_points)

    def __post_init__(self) -> None:
        shape, kind = self.image.shape, self.image.dtype
        if kind != np.uint8 or len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] != 3) or 0 in shape:
            raise InputError(f"an image (H, W) or (H, W, 3) of uint8 was wanted, got {shape} of {kind}")


Other = Callable[[], Sample]


class Augmentation(Protocol):
    """Makes a new Sample; all of its randomness comes from the generator, and the given Sample stays as it is.

    `other` draws a further line of the data set for augmentations that join lines; without it they do nothing.
    """

    def __call__(self, sample: Sample, generator: np.random.Generator, other: Other | None = None) -> Sample:
        """The changed sample."""
        ...


def in_order(steps: Sequence[Augmentation]) -> Augmentation:
    """One augmentation that applies the steps one after another."""

    def apply(sample: Sample, generator: np.random.Generator, other: Other | None = None) -> Sample:
        for step in steps:
            sample = step(sample, generator, other)
        return sample

    return apply


def sometimes(probability: float, change: Callable[[Sample, np.random.Generator], Sample]) -> Augmentation:
    """An augmentation that makes a change with a probability."""

    def apply(sample: Sample, generator: np.random.Generator, other: Other | None = None) -> Sample:
        return change(sample, generator) if generator.random() < probability else sample

    return apply
