"""Geometry: quads in order, their size and angle, shrink and unclip with the numbers of the papers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import GeometryError
from munja.imaging import geometry

BOX = np.array([[10, 20], [110, 20], [110, 40], [10, 40]], np.float32)  # 100 x 20
BOW_TIE = np.array([[0, 0], [50, 40], [50, 0], [0, 40]], np.float32)


def turned(quad: np.ndarray, degrees: float) -> np.ndarray:
    """The quad turned clockwise, as seen on a picture whose y points down, about its centre."""
    angle, centre = math.radians(degrees), quad.mean(axis=0)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return ((quad - centre) @ rotation.T + centre).astype(np.float32)


def extent(polygon: np.ndarray) -> np.ndarray:
    return np.stack([polygon.min(axis=0), polygon.max(axis=0)])


def test_area_and_perimeter_of_a_rectangle_do_not_depend_on_its_direction() -> None:
    for polygon in (BOX, BOX[::-1], turned(BOX, 33)):
        assert geometry.polygon_area(polygon) == pytest.approx(2000, abs=0.01)
        assert geometry.polygon_perimeter(polygon) == pytest.approx(240, abs=0.001)


def test_corners_in_any_order_become_the_same_quad() -> None:
    for order in itertools.permutations(range(4)):
        assert geometry.order_quad(BOX[list(order)]).tolist() == BOX.tolist()


@given(st.floats(-44, 44), st.floats(30, 200), st.floats(8, 25))
def test_an_ordered_quad_keeps_its_first_corner_up_to_45_degrees(degrees: float, width: float, height: float) -> None:
    # The first corner is the one with the smallest x + y: for a turn below 45 degrees that is the text's top left.
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    quad = turned(box, degrees)
    ordered = geometry.order_quad(quad[[2, 0, 3, 1]])
    np.testing.assert_allclose(ordered, quad, atol=1e-3)


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), min_size=4, max_size=4, unique=True))
def test_an_ordered_quad_holds_the_same_four_corners_and_is_stable(corners: list[tuple[float, float]]) -> None:
    given_corners = np.array(corners, np.float32)
    ordered = geometry.order_quad(given_corners)
    assert sorted(ordered.tolist()) == sorted(given_corners.tolist())
    assert ordered[0].sum() == ordered.sum(axis=1).min()


@pytest.mark.parametrize("count", [0, 3, 5])
def test_a_quad_has_four_corners(count: int) -> None:
    with pytest.raises(GeometryError, match=f"4 corners, got {count}"):
        geometry.order_quad(np.zeros((count, 2)))


def test_the_size_of_a_quad_is_the_mean_of_its_opposite_sides() -> None:
    assert geometry.quad_size(BOX) == (100, 20)
    assert geometry.quad_size(np.array([[0, 0], [100, 0], [80, 20], [0, 20]], np.float32))[0] == pytest.approx(90)


@given(st.floats(0, 359.9))
def test_the_angle_of_a_quad_is_how_far_it_was_turned(degrees: float) -> None:
    found = geometry.quad_angle(turned(BOX, degrees))
    assert 0 <= found < 360
    assert abs((found - degrees + 180) % 360 - 180) < 0.01


def test_the_angle_of_a_quad_is_below_360_even_for_the_slightest_turn_back() -> None:
    for rise in (1e-3, 1e-5, 1e-7, 1e-30):
        quad = np.array([[0, rise], [1000, 0], [1000, 30], [0, 30 + rise]], np.float64)
        assert 0 <= geometry.quad_angle(quad) < 360


@given(st.floats(0, 359), st.floats(-3, 20), st.floats(-3, 20))
def test_growing_a_quad_moves_its_sides_outward(degrees: float, horizontal: float, vertical: float) -> None:
    quad = turned(BOX, degrees)
    grown = geometry.grow_quad(quad, horizontal, vertical)
    assert geometry.quad_size(grown) == pytest.approx((100 + 2 * horizontal, 20 + 2 * vertical), abs=1e-3)
    np.testing.assert_allclose(grown.mean(axis=0), quad.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(geometry.grow_quad(grown, -horizontal, -vertical), quad, atol=1e-3)


def test_a_quad_without_extent_does_not_grow() -> None:
    point = np.full((4, 2), 7, np.float32)
    assert geometry.grow_quad(point, 3, 3).tolist() == point.tolist()


def test_shrinking_a_100_by_20_rectangle_with_0_4_moves_its_sides_by_7_pixels() -> None:
    moved = extent(geometry.shrink(BOX, ratio=0.4)) - extent(BOX)
    np.testing.assert_allclose(moved, [[7, 7], [-7, -7]], atol=1e-4)


def test_unclipping_the_86_by_6_box_with_1_5_gives_94_4_by_14_4() -> None:
    small = geometry.shrink(BOX, ratio=0.4)
    grown = extent(geometry.unclip(small, ratio=1.5))
    grow = 86 * 6 * 1.5 / (2 * (86 + 6))
    assert (grown[1] - grown[0]).tolist() == pytest.approx([86 + 2 * grow, 6 + 2 * grow], abs=0.01)
    assert (grown[1] - grown[0]).tolist() == pytest.approx([94.4, 14.4], abs=0.02)


@pytest.mark.parametrize("polygon", [BOX, BOX[::-1], turned(BOX, 20)])
def test_shrunk_and_grown_polygons_run_clockwise(polygon: np.ndarray) -> None:
    for result in (geometry.shrink(polygon), geometry.unclip(polygon)):
        x, y = result.astype(np.float64).T
        assert np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)) > 0  # y points down


def test_nothing_is_left_of_a_polygon_without_area() -> None:
    # A/L never exceeds the radius of the largest circle inside (Bonnesen), so that only such polygons vanish.
    assert geometry.shrink(np.array([[0, 0], [50, 0], [100, 0]], np.float32)).shape == (0, 2)
    assert len(geometry.shrink(BOX, ratio=0.01)) > 0


def test_the_largest_part_stands_for_a_polygon_that_comes_apart() -> None:
    dumbbell = np.array(
        [
            [0, 0],
            [40, 0],
            [40, 19],
            [80, 19],
            [80, 0],
            [140, 0],
            [140, 40],
            [80, 40],
            [80, 21],
            [40, 21],
            [40, 40],
            [0, 40],
        ],
        np.float32,
    )
    left, right = extent(geometry.shrink(dumbbell, ratio=0.4))[:, 0]
    assert left > 80
    assert right < 140


def test_a_polygon_that_crosses_itself_still_grows() -> None:
    grown = geometry.unclip(BOW_TIE)
    assert len(grown) >= 3
    assert geometry.polygon_area(grown) > 0


@pytest.mark.parametrize("change", [geometry.shrink, geometry.unclip])
def test_a_polygon_needs_three_points_and_an_extent(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GeometryError, match="3 points or more, got 2"):
        change(BOX[:2])
    with pytest.raises(GeometryError, match="all its points are the same"):
        change(np.ones((5, 2), np.float32))


def test_clipping_moves_only_points_outside_the_picture() -> None:
    polygon = np.array([[-5, 3], [50, -1], [200, 30], [20, 99]], np.float32)
    assert geometry.clip(polygon, 100, 40).tolist() == [[0, 3], [50, 0], [100, 30], [20, 40]]


@pytest.mark.parametrize("seed", range(20))
def test_many_quads_at_once_are_measured_and_ordered_as_each_alone(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 2000, (int(random.integers(1, 40)), 4, 2)).astype(np.float32)
    assert geometry.quad_sizes(corners).tolist() == [list(geometry.quad_size(each)) for each in corners]
    assert np.array_equal(geometry.order_quads(corners), [geometry.order_quad(each) for each in corners])


def test_no_quads_have_no_sizes() -> None:
    assert geometry.quad_sizes([]).shape == (0, 2)
