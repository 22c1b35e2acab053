"""Shapes: common areas and containment, as shapely computes them one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from munja.metrics.shapes import Shapes, common_areas, contain, near_pairs, on_grid, origin_of

grid = st.integers(0, 64 * 40).map(lambda number: number / 64)
coarse = st.integers(0, 8).map(float)


def polygons(numbers: st.SearchStrategy[float], low: int, high: int) -> st.SearchStrategy[np.ndarray]:
    points = st.lists(st.tuples(numbers, numbers), min_size=low, max_size=high)
    return points.map(lambda found: np.array(found, np.float64))


any_polygon = st.one_of(polygons(coarse, 4, 4), polygons(grid, 4, 4), polygons(coarse, 1, 7))


def area_only(polygon: np.ndarray) -> shapely.Geometry:
    """The polygon by shapely's own means, an even-odd area."""
    if len(polygon) < 3:
        return shapely.Polygon()
    shape = shapely.make_valid(shapely.Polygon(polygon))
    return shapely.unary_union([part for part in shapely.get_parts(shape) if part.area > 0])


@given(st.lists(any_polygon, min_size=1, max_size=4), st.lists(any_polygon, min_size=1, max_size=4))
def test_common_areas_are_those_of_shapely(first: list[np.ndarray], second: list[np.ndarray]) -> None:
    sides = Shapes(first), Shapes(second)
    rows, columns = (each.ravel() for each in np.indices((len(first), len(second))))
    areas = common_areas(sides[0], rows, sides[1], columns)
    wanted = [area_only(first[i]).intersection(area_only(second[j])).area for i, j in zip(rows, columns, strict=True)]
    assert areas.tolist() == pytest.approx(wanted, abs=1e-9)


@given(st.lists(any_polygon, min_size=1, max_size=4), st.lists(any_polygon, min_size=1, max_size=4))
def test_pairs_that_are_not_near_have_nothing_in_common(first: list[np.ndarray], second: list[np.ndarray]) -> None:
    near = set(zip(*(each.tolist() for each in near_pairs(Shapes(first), Shapes(second))), strict=True))
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            assert (i, j) in near or not area_only(one).intersects(area_only(other))


@given(any_polygon, polygons(coarse, 1, 6))
def test_points_are_contained_as_shapely_says_edges_included(polygon: np.ndarray, points: np.ndarray) -> None:
    inside = contain(Shapes([polygon]), np.zeros(len(points), np.intp), points)
    for point, found in zip(points, inside, strict=True):
        assert found == area_only(polygon).intersects(shapely.Point(point))


def test_the_ring_area_of_a_bow_tie_is_what_its_lobes_leave_of_each_other() -> None:
    bow_tie = np.array([[0, 0], [20, 10], [20, 0], [0, 5]], np.float64)
    shapes = Shapes([bow_tie, np.array([[0, 0], [4, 0], [4, 4], [2, 6], [0, 4]], np.float64)])
    assert shapes.ring_areas.tolist() == [50.0, 20.0]
    assert shapes.areas == [pytest.approx(83.333333, abs=1e-5), 20.0]


def test_an_area_can_stand_for_a_polygon() -> None:
    shapes = Shapes([np.array([[0, 0], [10, 0], [10, 10], [0, 10]], np.float64)])
    shapes.replace(0, shapely.box(0, 0, 5, 10))
    zero = np.zeros(1, np.intp)
    assert common_areas(shapes, zero, shapes, zero).tolist() == [50.0]


def test_polygons_are_put_on_the_grid_relative_to_their_top_left() -> None:
    corners = ((10.3, 20.001), (30.5, 21.0), (10.3, 40.0))
    origin = origin_of([corners])
    assert origin == (10.3, 20.001)
    assert on_grid([corners], origin)[0].tolist() == [[0, 0], [20.203125, 1.0], [0, 20.0]]
    assert origin_of([]) == (0, 0)
