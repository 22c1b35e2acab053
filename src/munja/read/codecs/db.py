"""Codec of differentiable binarization: quads of text <-> a map of how probable text is (DB, arXiv:1911.08947)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import SpecError
from munja.core.registry import register
from munja.imaging import geometry

if TYPE_CHECKING:  # see core.registry
    from annotated_types import Gt, Interval, doc


@dataclass(frozen=True, slots=True)
class Boxes:
    """N quads (N, 4, 2) in pixels of the map, corners clockwise from the top left, and their scores (N,) in 0..1."""

    quads: NDArray[np.float32]
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Labels:
    """What a map (H, W) should say of its text, all float32.

    `probability` is the share of each pixel that lies in a shrunk region, `mask` 0 where nobody knows. `threshold`
    rises from 0.3 to 0.7 at the text's outline; `band` is 1 near outlines, the only place where it counts.
    """

    probability: NDArray[np.float32]
    mask: NDArray[np.float32]
    threshold: NDArray[np.float32]
    band: NDArray[np.float32]


FINE = 4  # each pixel's share is counted on FINE x FINE points: low text has a core of a pixel or two
LOW, HIGH = 0.3, 0.7  # of the threshold map


@register("codec", "db")
class DB:
    """Shrunk text regions: found by a threshold, kept by their mean probability, grown back to the text's size.

    With a `shrink_ratio` r, a region is grown by exactly the distance D by which shrinking had moved its sides,
    D = area * (1 - r^2) / perimeter of the whole text: of a found region with sides w and h it is the positive root of
    (8 - 4 k) D^2 + 2 (1 - k) (w + h) D - k w h = 0, k = 1 - r^2. Published models are grown by `unclip_ratio`, which
    inverts the shrinking for one shape of region only.
    """

    def __init__(
        self,
        /,
        *,
        threshold: Annotated[float, Interval(gt=0, lt=1), doc("probability from which a pixel counts as text")] = 0.3,
        box_threshold: Annotated[float, Interval(ge=0, lt=1), doc("mean probability that a box needs")] = 0.5,
        unclip_ratio: Annotated[float, Gt(0), doc("growth of a found region: area * ratio / perimeter pixels")] = 1.6,
        min_side: Annotated[float, Gt(0), doc("shortest side of a found region, in pixels of the map")] = 3.0,
        max_boxes: Annotated[int, Gt(0), doc("most regions of one map; the largest are kept")] = 3000,
        shrink_ratio: Annotated[
            float | None, Interval(gt=0, lt=1), doc("r of the labels; takes the place of unclip_ratio")
        ] = None,
        apart: Annotated[
            float | None, Interval(gt=0, lt=1), doc("probability at which lines that have run together come apart")
        ] = None,
    ) -> None:
        self.threshold = threshold
        self.box_threshold = box_threshold
        self.unclip_ratio = unclip_ratio
        self.min_side = min_side
        self.max_boxes = max_boxes
        self.shrink_ratio = shrink_ratio
        self.apart = apart

    def encode(
        self, quads: Sequence[NDArray[Any]], height: int, width: int, *, ignored: Sequence[NDArray[Any]] = ()
    ) -> Labels:
        """The labels of a map of height x width pixels with text at the quads (4, 2), in pixels of the map."""
        if self.shrink_ratio is None:
            raise SpecError("codec.db: labels are made with a shrink_ratio, such as 0.6; this codec has none")
        fine = np.zeros((height * FINE, width * FINE), np.uint8)
        threshold = np.zeros((height, width), np.float32)
        band = np.zeros((height, width), np.uint8)
        mask = np.ones((height, width), np.uint8)
        for quad in ignored:
            cv2.fillPoly(mask, [np.round(quad * 16 - 8).astype(np.int32)], 0, shift=4)
        for quad in quads:
            sides = geometry.quad_size(quad)
            distance = sides[0] * sides[1] * (1.0 - self.shrink_ratio**2) / max(2.0 * sum(sides), 1e-6)
            inset = distance + 0.5 / FINE  # OpenCV fills every point that the outline touches
            core = geometry.grow_quad(quad, -inset, -inset)
            cv2.fillPoly(fine, [np.round((core * FINE - 0.5) * 16).astype(np.int32)], 255, shift=4)
            _raise_outline(threshold, band, quad, max(distance, 1.0))
        probability = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
        known = mask.astype(np.float32)
        return Labels(probability, known, LOW + (HIGH - LOW) * threshold, band.astype(np.float32) * known)

    def decode(self, probability: NDArray[np.float32]) -> Boxes:
        """The boxes in a probability map (H, W), in no particular order."""
        bitmap = (probability > self.threshold).astype(np.uint8)
        contours, _ = cv2.findContours(bitmap, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        if self.apart is not None:
            contours = come_apart(probability, contours, self.apart)
        if len(contours) > self.max_boxes:
            contours = sorted(contours, key=len, reverse=True)[: self.max_boxes]
        quads, scores = [], []
        for contour in contours:
            (x, y), (width, height), angle = cv2.minAreaRect(contour)
            # A contour runs through pixel centres; the region reaches half a pixel further on every side.
            width, height = width + 1.0, height + 1.0
            if min(width, height) < self.min_side:
                continue
            score, area = _inside(probability, contour)
            if score < self.box_threshold:
                continue
            if self.shrink_ratio is not None:
                # The labels are shares of pixels, so their sum is an area: much finer than counting pixels.
                low = min(width, height)
                exact = float(np.clip(area / max(width, height), low - 1.5, low + 1.0))
                width, height = (exact, height) if width < height else (width, exact)
            # Growing a rectangle and taking the smallest rectangle around it just moves its sides.
            grow = 2.0 * self._distance(width, height)
            corners = cv2.boxPoints(((x + 0.5, y + 0.5), (width + grow, height + grow), angle))
            quads.append(corners)
            scores.append(score)
        if not quads:
            return Boxes(np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32))
        return Boxes(geometry.order_quads(np.array(quads)), np.asarray(scores, np.float32))

    def _distance(self, width: float, height: float) -> float:
        """How far the sides of a found region of width x height pixels are moved outward."""
        total, area = width + height, width * height
        if self.shrink_ratio is None:
            return area * self.unclip_ratio / (2.0 * total)
        k = 1.0 - self.shrink_ratio**2
        a, b, c = 8.0 - 4.0 * k, 2.0 * (1.0 - k) * total, -k * area
        return float((-b + np.sqrt(b * b - 4.0 * a * c)) / (2.0 * a))


def come_apart(probability: NDArray[np.float32], contours: Sequence[Any], level: float) -> list[Any]:
    """The contours of regions, those of several lines one below the other replaced by the contours of each.

    Short lines of equal width, such as digits in a column, run together where they stand close. Such a region is at
    least 1.6 times as high as the usual line of the map, and has parts above `level` that stand one below the other,
    none of them higher than 1.5 usual lines.
    """
    flat = [box[3] for box in map(cv2.boundingRect, contours) if box[2] > 2 * box[3]]
    if not flat:
        return list(contours)
    usual = float(np.median(flat)) + 1.0
    found: list[Any] = []
    for contour in contours:
        left, top, width, height = cv2.boundingRect(contour)
        parts: Sequence[Any] = ()
        if height >= 1.6 * usual:
            mask = np.zeros((height, width), np.uint8)
            cv2.fillPoly(mask, [contour - (left, top)], 1)
            cut = (probability[top : top + height, left : left + width] > level).astype(np.uint8) & mask
            parts, _ = cv2.findContours(cut, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(left, top))
        boxes = [cv2.boundingRect(part) for part in parts]
        together = len(boxes) < 2 or max(box[3] for box in boxes) > 1.5 * usual or not _stacked(boxes)
        found.extend([contour] if together else parts)
    return found


def _stacked(boxes: Sequence[Sequence[int]]) -> bool:
    """Whether of boxes (left, top, width, height) any two stand one below the other."""
    left, top, width, height = np.array(boxes).T
    right, bottom = left + width, top + height
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    below = top[:, None] >= bottom
    return bool((below & (2 * shared > np.minimum(width[:, None], width))).any())


def _raise_outline(
    threshold: NDArray[np.float32], band: NDArray[np.uint8], quad: NDArray[Any], distance: float
) -> None:
    """Raise the threshold map around a quad's outline: 1 on it, falling to 0 at `distance` on both sides."""
    height, width = threshold.shape
    left, top = np.maximum(np.floor(quad.min(axis=0) - distance), 0).astype(int)
    right, bottom = np.minimum(np.ceil(quad.max(axis=0) + distance), (width, height)).astype(int)
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right, dtype=np.float32)[None, :] + 0.5
    y = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5
    # Signed distances to the four sides of a clockwise quad, positive inside; outside a corner this is a little short.
    inside = np.full((bottom - top, right - left), np.inf, np.float32)
    for (ax, ay), (bx, by) in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        length = max(float(np.hypot(bx - ax, by - ay)), 1e-6)
        inside = np.minimum(inside, ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length)
    height_here = np.clip(1.0 - np.abs(inside) / distance, 0.0, 1.0)
    place = (slice(top, bottom), slice(left, right))
    threshold[place] = np.maximum(threshold[place], height_here)
    band[place] |= (height_here > 0.0).astype(np.uint8)


def _inside(probability: NDArray[np.float32], contour: Any) -> tuple[float, float]:
    """The mean probability in a contour, and the sum of what is in it and one pixel around it."""
    left, top, width, height = cv2.boundingRect(contour)
    left, top = max(0, left - 1), max(0, top - 1)
    cut = probability[top : top + height + 2, left : left + width + 2]
    mask = np.zeros(cut.shape, np.uint8)
    cv2.fillPoly(mask, [contour - (left, top)], 1)
    mean = float(cv2.mean(cut, mask)[0])
    return mean, float(cut[cv2.dilate(mask, _AROUND) > 0].sum())


_AROUND = np.ones((3, 3), np.uint8)
