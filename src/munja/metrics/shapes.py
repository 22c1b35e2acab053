"""Shapes: the boxes of a page as areas that overlap and contain points, computed for all pairs at once.

Coordinates are pixels, multiples of 1/64: then every test of a side is exact. Convex quads are computed here, as GEOS
takes 30 microseconds for each; other polygons go through shapely, and one that crosses itself counts with every part
that it encloses an odd number of times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.page import Polygon

Array = NDArray[Any]
Floats = NDArray[np.float64]
GRID = 64.0
NEAR = 1e-6  # pixels by which a point may lie outside and still counts as on the edge


class Shapes:
    """Polygons of a page; `quads` (N, 4, 2) holds those of four corners, `is_quad` says which these are.

    `convex` marks quads that are computed here, their corners in `rings` (N, 4, 2), all running the same way round.
    `ring_areas` (N,) are areas in which parts that run the other way round count negative. `low` and `high` (N, 2) are
    the bounds.
    """

    def __init__(self, polygons: Sequence[Floats]) -> None:
        self.polygons = polygons
        self.is_quad = np.array([*map(len, polygons)], np.intp) == 4
        if self.is_quad.all():
            self.quads = np.concatenate(polygons).reshape(-1, 4, 2) if len(polygons) else np.zeros((0, 4, 2))
        else:
            self.quads = np.zeros((len(polygons), 4, 2))
            self.quads[self.is_quad] = np.array([each for each in polygons if len(each) == 4]).reshape(-1, 4, 2)
        ends = following(self.quads)
        along, down = ends[..., 0] - self.quads[..., 0], ends[..., 1] - self.quads[..., 1]
        turns = along * following(down) - down * following(along)
        signed = (self.quads[..., 0] * ends[..., 1] - self.quads[..., 1] * ends[..., 0]).sum(axis=1) / 2
        backward: NDArray[np.bool_] = np.all(turns < 0, axis=1)
        self.convex = self.is_quad & (backward | np.all(turns > 0, axis=1))
        self.rings = np.where(backward[:, None, None], self.quads[:, ::-1], self.quads)
        self.ring_areas = np.abs(signed)
        self.low, self.high = self.quads.min(axis=1), self.quads.max(axis=1)
        for number in np.flatnonzero(~self.is_quad).tolist():
            polygon = polygons[number]
            self.ring_areas[number] = _ring_area(polygon)
            self.low[number], self.high[number] = polygon.min(axis=0), polygon.max(axis=0)
        self._geometries: dict[int, Any] = {}

    @property
    def areas(self) -> list[float]:
        """Area of every polygon in square pixels."""
        areas: list[float] = self.ring_areas.tolist()
        for number in np.flatnonzero(~self.convex).tolist():
            areas[number] = float(self.geometry(number).area)
        return areas

    def geometry(self, number: int) -> Any:
        """A polygon as a shapely geometry without points and lines; empty where it has no area."""
        if number not in self._geometries:
            self._geometries[number] = _geometry(self.polygons[number])
        return self._geometries[number]

    def replace(self, number: int, geometry: Any) -> None:
        """Let another area stand for a polygon, whose bounds must not grow."""
        self._geometries[number] = geometry
        self.convex[number] = False

    def touch(self, first: Array, second: Array) -> NDArray[np.bool_]:
        """Whether the upright bounds of the polygons first[i] and second[i] touch: no others can overlap."""
        touch = (self.low[first] <= self.high[second]) & (self.low[second] <= self.high[first])
        return np.asarray(touch[:, 0] & touch[:, 1])

    def common_areas(self, first: Array, second: Array) -> list[float]:
        """Areas (P,) that the polygons first[i] and second[i] have in common."""
        simple = self.convex[first] & self.convex[second]
        areas = np.zeros(len(first))
        if simple.any():
            areas[simple] = _common_of_quads(self.rings[first[simple]], self.rings[second[simple]])
        for place in np.flatnonzero(~simple).tolist():
            one, other = self.geometry(int(first[place])), self.geometry(int(second[place]))
            areas[place] = one.intersection(other).area
        common: list[float] = areas.tolist()
        return common

    def contain(self, owners: Array, points: Floats) -> NDArray[np.bool_]:
        """Whether the polygon owners[i] holds points[i] (P, 2), its edge included."""
        rings = self.rings[owners]
        edge = following(rings) - rings
        to = points[:, None] - rings
        cross = edge[..., 0] * to[..., 1] - edge[..., 1] * to[..., 0]
        inside = (cross >= -NEAR * np.abs(edge).sum(axis=2)).all(axis=1)
        for place in np.flatnonzero(~self.convex[owners]).tolist():
            import shapely

            inside[place] = shapely.intersects_xy(self.geometry(int(owners[place])), *points[place])
        return np.asarray(inside)


def following(values: Array) -> Array:
    """For each of four corners (N, 4, ...) the value of the next one round."""
    return np.concatenate((values[:, 1:], values[:, :1]), axis=1)


def origin_of(polygons: Sequence[Polygon]) -> tuple[float, float]:
    """Left and top end of polygons; (0, 0) if there is none."""
    points = [point for polygon in polygons for point in polygon]
    return (min(x for x, _ in points), min(y for _, y in points)) if points else (0.0, 0.0)


def on_grid(polygons: Sequence[Polygon], origin: tuple[float, float] | Floats) -> list[Floats]:
    """Polygons (K_i, 2) relative to an origin, or to one for every point (sum of K_i, 2), on the grid of 1/64 px."""
    points = np.array([point for polygon in polygons for point in polygon], np.float64).reshape(-1, 2)
    points = np.round((points - origin) * GRID) / GRID + 0.0  # + 0.0: no negative zeros, that compare but do not sort
    return split(points, [len(polygon) for polygon in polygons])


def split(rows: Any, lengths: Sequence[int]) -> list[Any]:
    """Consecutive parts of these lengths of an array or a list."""
    parts: list[Any] = []
    start = 0
    for length in lengths:
        parts.append(rows[start : start + length])
        start += length
    return parts


def _common_of_quads(a: Floats, b: Floats) -> Floats:
    """Areas (P,) that convex quads a and b (P, 4, 2) have in common.

    By Green's theorem half the sum of the cross products of their boundary: of the parts of the sides of each that lie
    in the other. Where sides lie on each other, that of `a` counts if both run the same way, and none if they do not.
    """
    near = b[:, :1]  # both relative to one corner, so that little cancels
    a, b = a - near, b - near
    one, other = np.concatenate([a, b]), np.concatenate([b, a])  # (2 P, 4, 2)
    side, edge = following(one) - one, following(other) - other
    x, y = (one[:, :, None, axis] - other[:, None, :, axis] for axis in (0, 1))
    here = edge[:, None, :, 0] * y - edge[:, None, :, 1] * x  # (2 P, 4 corners, 4 edges), above 0: inside
    there = following(here)
    gap = here - there
    crossing = here / np.where(gap == 0, 1, gap)
    enter = np.where((here < 0) & (there > 0), crossing, 0).max(axis=2)
    leave = np.where((here > 0) & (there < 0), crossing, 1).min(axis=2)
    out = (here <= 0) & (there <= 0)
    on = (here == 0) & (there == 0)
    if on.any():
        along = side[:, :, None, 0] * edge[:, None, :, 0] + side[:, :, None, 1] * edge[:, None, :, 1]
        on[len(a) :] = False
        out &= ~(on & (along > 0))
    part = np.where(out.any(axis=2), 0, np.maximum(leave - enter, 0))
    sums = (part * (one[..., 0] * side[..., 1] - one[..., 1] * side[..., 0])).sum(axis=1)
    return np.asarray(np.maximum((sums[: len(a)] + sums[len(a) :]) / 2, 0), np.float64)


def union(geometries: Sequence[Any]) -> Any:
    """All areas together."""
    import shapely

    return geometries[0] if len(geometries) == 1 else shapely.union_all(geometries)


def _geometry(polygon: Floats) -> Any:
    import shapely  # 0.15 s: pages of convex quads do without it

    if len(polygon) < 3:
        return shapely.Polygon()
    shape = shapely.Polygon(polygon)
    if shape.is_valid:
        return shape
    parts = [shapely.make_valid(shape)]
    while any(part.geom_type in ("GeometryCollection", "MultiPolygon") for part in parts):
        parts = [inner for part in parts for inner in getattr(part, "geoms", [part])]
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def _ring_area(polygon: Floats) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
