"""Codec of differentiable binarization: quads of text <-> a map of how probable text is (DB, arXiv:1911.08947)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import cv2
import numpy as np
from annotated_types import Gt, Interval, doc
from numpy.typing import NDArray

from munja.core.registry import register
from munja.imaging import geometry


@dataclass(frozen=True, slots=True)
class Targets:
    """What a detector is trained to give for one picture, all (H, W) float32.

    `text` is 1 inside shrunk polygons; `text_mask` is 0 where nothing may be learnt; `border` is 0.3 to 0.7, highest on
    the polygons' edges; `border_mask` is 1 in the band where `border` counts.
    """

    text: NDArray[np.float32]
    text_mask: NDArray[np.float32]
    border: NDArray[np.float32]
    border_mask: NDArray[np.float32]


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
        shrink_ratio: Annotated[float, Interval(gt=0, lt=1), doc("how training shrinks polygons")] = 0.4,
        min_side: Annotated[float, Gt(0), doc("shortest side of a found region, in pixels of the map")] = 3.0,
        max_boxes: Annotated[int, Gt(0), doc("most regions of one map; the largest are kept")] = 3000,
    ) -> None:
        self.threshold = threshold
        self.box_threshold = box_threshold
        self.unclip_ratio = unclip_ratio
        self.shrink_ratio = shrink_ratio
        self.min_side = min_side
        self.max_boxes = max_boxes

    def encode(self, polygons: Sequence[Any], ignored: Sequence[bool], height: int, width: int) -> Targets:
        """Training targets (height, width) of polygons (K, 2) in pixels; `ignored` ones are masked out."""
        text, border = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        text_mask, border_mask = np.ones_like(text), np.zeros_like(text)
        for points, ignore in zip(polygons, ignored, strict=True):
            polygon = np.asarray(points, np.float32)
            extent = np.ptp(polygon, axis=0)
            small = ignore or min(extent) < 8 or geometry.polygon_area(polygon) < 1
            inner = np.zeros((0, 2), np.float32) if small else geometry.shrink(polygon, ratio=self.shrink_ratio)
            if not len(inner):
                cv2.fillPoly(text_mask, [_to_pixels(polygon)], 0.0)
                continue
            cv2.fillPoly(text, [_to_pixels(inner)], 1.0)
            self._draw_border(polygon, border, border_mask)
        return Targets(text, text_mask, 0.3 + 0.4 * border, border_mask)

    def _draw_border(self, polygon: NDArray[np.float32], border: NDArray[Any], mask: NDArray[Any]) -> None:
        """Draw 1 on the polygon's edge, falling to 0 at the shrink distance on both sides; maximum over instances."""
        area, perimeter = geometry.polygon_area(polygon), geometry.polygon_perimeter(polygon)
        distance = max(area * (1 - self.shrink_ratio**2) / perimeter, 1.0)
        height, width = border.shape
        low = np.maximum(np.floor(polygon.min(axis=0) - distance).astype(int) - 1, 0)
        high = np.minimum(np.ceil(polygon.max(axis=0) + distance).astype(int) + 2, (width, height))
        if (high <= low).any():
            return
        edge = np.full((high[1] - low[1], high[0] - low[0]), 255, np.uint8)
        cv2.polylines(edge, [_to_pixels(polygon - low)], True, 0, 1)
        away = cv2.distanceTransform(edge, cv2.DIST_L2, 5)
        patch = (slice(low[1], high[1]), slice(low[0], high[0]))
        np.maximum(border[patch], 1.0 - np.clip(away / distance, 0, 1), out=border[patch])
        mask[patch][away <= distance] = 1.0

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


def _to_pixels(polygon: NDArray[Any]) -> NDArray[np.int32]:
    """Edge coordinates to the indices of the outermost pixels inside."""
    return np.round(polygon - 0.5).astype(np.int32)
