"""Shapes: common areas and containment, as shapely computes them one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from munja.metrics.shapes import Shapes, on_grid, origin_of

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


@given(st.lists(any_polygon, min_size=1, max_size=6))
def test_common_areas_are_those_of_shapely(polygons: list[np.ndarray]) -> None:
    first, second = (each.ravel() for each in np.indices((len(polygons), len(polygons))))
    areas = Shapes(polygons).common_areas(first, second)
    wanted = [
        area_only(polygons[i]).intersection(area_only(polygons[j])).area for i, j in zip(first, second, strict=True)
    ]
    assert areas == pytest.approx(wanted, abs=1e-9)


@given(st.lists(any_polygon, min_size=1, max_size=6))
def test_polygons_that_do_not_touch_have_nothing_in_common(polygons: list[np.ndarray]) -> None:
    first, second = (each.ravel() for each in np.indices((len(polygons), len(polygons))))
    touching = Shapes(polygons).touch(first, second)
    for i, j, touch in zip(first, second, touching, strict=True):
        assert touch or not area_only(polygons[i]).intersects(area_only(polygons[j]))


@given(any_polygon, polygons(coarse, 1, 6))
def test_points_are_contained_as_shapely_says_edges_included(polygon: np.ndarray, points: np.ndarray) -> None:
    inside = Shapes([polygon]).contain(np.zeros(len(points), np.intp), points)
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
    assert shapes.common_areas(zero, zero) == [50.0]


def test_polygons_are_put_on_the_grid_relative_to_their_top_left() -> None:
    corners = ((10.3, 20.001), (30.5, 21.0), (10.3, 40.0))
    origin = origin_of([corners])
    assert origin == (10.3, 20.001)
    assert on_grid([corners], origin)[0].tolist() == [[0, 0], [20.203125, 1.0], [0, 20.0]]
    assert origin_of([]) == (0, 0)
