"""Polygons and quadrilaterals: order, size, shrink, unclip, rotate.

All coordinates are pixels as float32, x right, y down. A quad is (4, 2), corners clockwise from the top left of its
text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import GeometryError

Array = NDArray[Any]
_NEXT = np.array([1, 2, 3, 0])
_CORNERS = np.arange(4)[:, None]


def polygon_area(polygon: Array) -> float:
    """Area of a polygon (K, 2) in square pixels (shoelace formula), whatever its direction."""
    x, y = polygon[:, 0].astype(np.float64), polygon[:, 1].astype(np.float64)
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0)


def polygon_perimeter(polygon: Array) -> float:
    """Perimeter of a polygon (K, 2) in pixels."""
    return float(np.hypot(*(polygon - np.roll(polygon, -1, axis=0)).T).sum())


def order_quad(corners: Array) -> NDArray[np.float32]:
    """Four corners in any order as a quad (4, 2): clockwise, from the one nearest to the picture's top left.

    The first corner is chosen so that the top side is the one that points most to the right; a quad turned by just 45
    degrees keeps the corner with the smaller x + y first.
    """
    corners = np.asarray(corners, np.float32).reshape(-1, 2)
    if len(corners) != 4:
        raise GeometryError(f"a quad has 4 corners, got {len(corners)}")
    return np.asarray(order_quads(corners[None])[0])


def order_quads(corners: Array) -> NDArray[np.float32]:
    """As `order_quad`, for the four corners of N quads at once (N, 4, 2), which takes little longer than for one."""
    corners = np.asarray(corners, np.float32)
    away = corners - corners.mean(axis=1, keepdims=True)
    angles = np.arctan2(away[..., 1], away[..., 0])
    places = np.argsort(angles, axis=1, kind="stable")[..., None]  # y points down: growing angle is clockwise
    clockwise = np.take_along_axis(corners, places, axis=1)
    first = clockwise.sum(axis=2).argmin(axis=1)
    turned: NDArray[np.float32] = np.take_along_axis(clockwise, (first[:, None, None] + _CORNERS) % 4, axis=1)
    return turned


def quad_size(quad: Array) -> tuple[float, float]:
    """Width and height in pixels of a quad (4, 2): the means of its opposite sides."""
    along = quad - quad[_NEXT]  # 1.6 us with it; np.roll makes it 10.5, 700 times a page
    sides = np.hypot(along[:, 0], along[:, 1])
    return float(sides[0] + sides[2]) / 2.0, float(sides[1] + sides[3]) / 2.0


def quad_sizes(quads: Sequence[Array] | Array) -> NDArray[np.float64]:
    """Widths and heights (N, 2) in pixels of N quads (4, 2), as `quad_size` has them."""
    if not len(quads):
        return np.zeros((0, 2))
    corners = np.asarray(quads)
    along = corners - corners[:, _NEXT]
    sides = np.hypot(along[..., 0], along[..., 1])
    return np.asarray(sides[:, :2] + sides[:, 2:], np.float64) / 2.0


def quad_angle(quad: Array) -> float:
    """How far the text in a quad (4, 2) is turned clockwise from upright, in degrees from 0 to below 360."""
    along = (quad[1] - quad[0]) + (quad[2] - quad[3])
    return float(np.degrees(np.arctan2(along[1], along[0])) % 360.0) % 360.0


def grow_quad(quad: Array, horizontal: float, vertical: float) -> NDArray[np.float32]:
    """Move the sides of a quad (4, 2) outward by `horizontal` pixels left and right and `vertical` above and below."""
    along = _unit(quad[1] + quad[2] - quad[0] - quad[3]) * horizontal
    across = _unit(quad[2] + quad[3] - quad[0] - quad[1]) * vertical
    shift = np.array([-along - across, along - across, along + across, across - along])
    return np.asarray(quad + shift, np.float32)


def unclip(polygon: Array, *, ratio: float = 1.5) -> NDArray[np.float32]:
    """Grow a polygon (K, 2) in pixels outward by area * ratio / perimeter pixels, with round corners (DB)."""
    return _offset(polygon, polygon_area(_checked(polygon)) * ratio / polygon_perimeter(polygon))


def shrink(polygon: Array, *, ratio: float = 0.4) -> NDArray[np.float32]:
    """Shrink a polygon (K, 2) in pixels by area * (1 - ratio^2) / perimeter pixels; (0, 2) if nothing is left."""
    return _offset(polygon, -polygon_area(_checked(polygon)) * (1.0 - ratio**2) / polygon_perimeter(polygon))


def clip(polygon: Array, width: int, height: int) -> NDArray[np.float32]:
    """Move the points of a polygon (K, 2) that lie outside a picture to its edge."""
    return np.clip(polygon, 0.0, (width, height)).astype(np.float32)


def _checked(polygon: Array) -> Array:
    if len(polygon) < 3:
        raise GeometryError(f"a polygon needs 3 points or more, got {len(polygon)}")
    if polygon_perimeter(polygon) == 0.0:
        raise GeometryError("a polygon needs an extent, all its points are the same")
    return polygon


def _offset(polygon: Array, distance: float) -> NDArray[np.float32]:
    import shapely  # 0.15 s: only curved text and training labels need it

    shape = shapely.buffer(shapely.make_valid(shapely.Polygon(polygon)), distance, join_style="round")
    if shape.geom_type == "MultiPolygon":  # a waist came apart: the largest part stands for it
        shape = max(shape.geoms, key=lambda part: part.area)
    if shape.is_empty or shape.geom_type != "Polygon":
        return np.zeros((0, 2), np.float32)
    return np.asarray(shape.exterior.coords[:-1], np.float32)[::-1]


def _unit(vector: Array) -> Array:
    length = float(np.hypot(*vector))
    return vector / length if length else np.zeros(2, np.float32)
