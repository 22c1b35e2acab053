"""Traits: how well readers do by text height, length, contrast and angle.

Height is that of the text's box in pixels, length its characters without blanks, contrast the grey levels between its
darkest and its lightest twentieth (of 255), angle how far it is turned from upright in degrees.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.page import Polygon
from munja.evaluate.findings import Unit
from munja.imaging.geometry import quad_angle, quad_size
from munja.metrics.intervals import clopper_pearson


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait: its bins run from edge to edge, the last one without end."""

    name: str
    title: str
    unit: str
    edges: tuple[float, ...]

    def label(self, number: int) -> str:
        """A bin for a person, such as "15 to 20"."""
        low = f"{self.edges[number]:g}"
        if number + 1 == len(self.edges):
            return f"{low} and more"
        high = self.edges[number + 1]
        if self.name == "length":  # whole numbers: 5 to 8, not 5 to 9
            return low if high - self.edges[number] == 1 else f"{low} to {high - 1:g}"
        return f"{low} to {high:g}"


TRAITS = (
    Trait("height", "Text height", "px", (0, 8, 12, 16, 20, 30, 50, 100)),
    Trait("length", "Text length", "characters", (1, 2, 3, 5, 9, 17, 33)),
    Trait("contrast", "Contrast", "grey levels", (0, 40, 80, 120, 160, 200)),
    Trait("angle", "Angle", "degrees", (0, 1, 3, 10, 30, 60, 120)),
)
Values = dict[str, float]  # of one unit, by the trait's name


def shape_of(polygon: Polygon, *, single: bool = False) -> Values:
    """Height in pixels, and, unless the picture is a single word or line, the angle, of a box."""
    points = np.asarray(polygon, np.float64)
    if len(points) != 4:  # the tightest rectangle along the direction of the first side
        points = _around(points)
    _, height = quad_size(points)
    values = {"height": height}
    if not single:
        angle = quad_angle(points)
        values["angle"] = min(angle, 360.0 - angle)
    return values


def contrast_of(grey: NDArray[np.uint8], polygon: Polygon) -> float | None:
    """Contrast of a grey picture (H, W) in the upright bounds of a box; None if it lies outside."""
    xs, ys = zip(*polygon, strict=True)
    left, top = (max(0, math.floor(min(each))) for each in (xs, ys))
    part = grey[top : math.ceil(max(ys)), left : math.ceil(max(xs))]
    if not part.size:
        return None
    dark, light = np.percentile(part, (5, 95))
    return float(light - dark)


def by_traits(units: Sequence[Unit], values: Sequence[Values]) -> dict[str, list[dict[str, Any]]]:
    """For each trait and bin with units: how many, how many are right with an interval, and kinds of error."""
    found: dict[str, list[dict[str, Any]]] = {}
    for trait in TRAITS:
        groups: dict[int, list[Unit]] = {}
        for unit, known in zip(units, values, strict=True):
            if trait.name in known:
                groups.setdefault(_bin(trait, known[trait.name]), []).append(unit)
        if groups:
            found[trait.name] = [_row(trait, number, groups[number]) for number in sorted(groups)]
    return found


def _bin(trait: Trait, value: float) -> int:
    return max(0, int(np.searchsorted(trait.edges, value, side="right")) - 1)


def _row(trait: Trait, number: int, units: Sequence[Unit]) -> dict[str, Any]:
    kinds = Counter(unit.kind for unit in units)
    right = kinds.pop("matched", 0)
    low, high = clopper_pearson(right, len(units))
    return {
        "label": trait.label(number),
        "count": len(units),
        "right": right,
        "low": low,
        "high": high,
        "kinds": dict(kinds.most_common()),
    }


def _around(points: NDArray[np.float64]) -> NDArray[np.float64]:
    along = points[1] - points[0] if len(points) > 1 else np.array([1.0, 0.0])
    along = along / (float(np.hypot(*along)) or 1.0)
    across = np.array([-along[1], along[0]])
    x, y = points @ along, points @ across
    corners = ((x.min(), y.min()), (x.max(), y.min()), (x.max(), y.max()), (x.min(), y.max()))
    return np.array([a * along + b * across for a, b in corners])
