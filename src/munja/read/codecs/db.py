"""Codec of differentiable binarization: from a map of how probable text is to quads of text (DB, arXiv:1911.08947)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import cv2
import numpy as np
from annotated_types import Gt, Interval, doc
from numpy.typing import NDArray

from munja.core.registry import register
from munja.imaging import geometry


@dataclass(frozen=True, slots=True)
class Boxes:
    """N quads (N, 4, 2) in pixels of the map, corners clockwise from the top left, and their scores (N,) in 0..1."""

    quads: NDArray[np.float32]
    scores: NDArray[np.float32]


@register("codec", "db")
class DB:
    """Shrunk text regions: found by a threshold, kept by their mean probability, grown back to the text's size."""

    def __init__(
        self,
        /,
        *,
        threshold: Annotated[float, Interval(gt=0, lt=1), doc("probability from which a pixel counts as text")] = 0.3,
        box_threshold: Annotated[float, Interval(ge=0, lt=1), doc("mean probability that a box needs")] = 0.5,
        unclip_ratio: Annotated[float, Gt(0), doc("growth of a found region: area * ratio / perimeter pixels")] = 1.6,
        min_side: Annotated[float, Gt(0), doc("shortest side of a found region, in pixels of the map")] = 3.0,
        max_boxes: Annotated[int, Gt(0), doc("most regions of one map; the largest are kept")] = 3000,
    ) -> None:
        self.threshold = threshold
        self.box_threshold = box_threshold
        self.unclip_ratio = unclip_ratio
        self.min_side = min_side
        self.max_boxes = max_boxes

    def decode(self, probability: NDArray[np.float32]) -> Boxes:
        """The boxes in a probability map (H, W), in no particular order."""
        bitmap = (probability > self.threshold).astype(np.uint8)
        contours, _ = cv2.findContours(bitmap, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        if len(contours) > self.max_boxes:
            contours = sorted(contours, key=len, reverse=True)[: self.max_boxes]
        quads, scores = [], []
        for contour in contours:
            (x, y), (width, height), angle = cv2.minAreaRect(contour)
            # A contour runs through pixel centres; the region reaches half a pixel further on every side.
            width, height = width + 1.0, height + 1.0
            if min(width, height) < self.min_side:
                continue
            score = _mean_inside(probability, contour)
            if score < self.box_threshold:
                continue
            # Growing a rectangle by unclip and taking the smallest rectangle around it just moves its sides.
            grow = 2.0 * width * height * self.unclip_ratio / (2.0 * (width + height))
            corners = cv2.boxPoints(((x + 0.5, y + 0.5), (width + grow, height + grow), angle))
            quads.append(geometry.order_quad(corners))
            scores.append(score)
        if not quads:
            return Boxes(np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32))
        return Boxes(np.stack(quads), np.asarray(scores, np.float32))


def _mean_inside(probability: NDArray[np.float32], contour: Any) -> float:
    x, y, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [contour - (x, y)], 1)
    return float(cv2.mean(probability[y : y + height, x : x + width], mask)[0])
