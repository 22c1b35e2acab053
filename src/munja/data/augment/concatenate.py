"""RecConAug of PP-OCRv5: two lines of the data set side by side make one, their texts joined."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
from annotated_types import Ge, Gt, Le, doc

from munja.core.registry import register
from munja.data.augment.sample import Augmentation, Other, Sample


@register("augment", "recconaug")
def recconaug(
    *,
    probability: Annotated[float, Ge(0), Le(1), doc("probability")] = 0.5,
    longest: Annotated[int, Ge(1), doc("most characters of the joined text")] = 25,
    widest: Annotated[float, Gt(0), doc("largest width over height of the joined picture")] = 10.0,
    between: Annotated[str, doc("what stands between the texts")] = "",
) -> Augmentation:
    """A second line is pasted to the right of the first, at its height, if text and picture stay in limits."""

    def apply(sample: Sample, generator: np.random.Generator, other: Other | None = None) -> Sample:
        if other is None or generator.random() >= probability:
            return sample
        second = other()
        height, width = sample.image.shape[:2]
        scale = height / second.image.shape[0]
        added = max(1, round(second.image.shape[1] * scale))
        text = sample.text + between + second.text
        if len(text) > longest or (width + added) / height > widest:
            return sample
        right = np.asarray(cv2.resize(second.image, (added, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        left = sample.image
        if left.ndim != right.ndim:
            left, right = (each if each.ndim == 3 else np.repeat(each[..., None], 3, axis=2) for each in (left, right))
        stretch = np.array([added / second.image.shape[1], scale])
        moved = (second.points + 0.5) * stretch - 0.5 + np.array([width, 0.0])
        if sample.points.shape[1:] != second.points.shape[1:]:
            points = np.concatenate([sample.points.reshape(-1, 2), moved.reshape(-1, 2)])
        else:
            points = np.concatenate([sample.points, moved])
        return Sample(np.concatenate([left, right], axis=1), text, points.astype(np.float32))

    return apply
