"""Warp: a quad cut out straight, the points that map back, thin strokes that survive shrinking."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.imaging.geometry import order_quad
from munja.imaging.warp import cut_quad, fit, quad_points


def upright(left: float, top: float, width: float, height: float) -> np.ndarray:
    return np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]], np.float32)


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (60, 90, 3), np.uint8)


@pytest.fixture(scope="module")
def smooth() -> np.ndarray:
    """A picture (240, 360, 3) whose neighbouring pixels differ little, so that interpolation hardly shows."""
    coarse = np.random.default_rng(6).integers(0, 256, (6, 9, 3), np.uint8)
    return cv2.resize(coarse, (360, 240), interpolation=cv2.INTER_CUBIC)


@given(st.integers(0, 40), st.integers(0, 30), st.integers(1, 50), st.integers(1, 30))
def test_an_upright_quad_on_pixel_edges_gives_the_same_pixels(left: int, top: int, width: int, height: int) -> None:
    picture = np.random.default_rng(5).integers(0, 256, (60, 90, 3), np.uint8)
    cut = cut_quad(picture, upright(left, top, width, height), width, height)
    assert np.array_equal(cut, picture[top : top + height, left : left + width])


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_quad_turned_by_quarters_gives_the_picture_turned_back(noise: np.ndarray, quarter: int) -> None:
    quad = np.roll(upright(10, 20, 40, 30), -quarter, axis=0)  # its text begins one corner further, clockwise
    size = (40, 30) if quarter == 2 else (30, 40)
    assert np.array_equal(cut_quad(noise, quad, *size), np.rot90(noise[20:50, 10:50], quarter))


@pytest.mark.parametrize("degrees", [-30, 7, 20, 44])
def test_a_turned_quad_is_cut_straight(smooth: np.ndarray, degrees: float) -> None:
    matrix = cv2.getRotationMatrix2D((179.5, 119.5), -degrees, 1.0)  # OpenCV counts turns against the clock
    turned = cv2.warpAffine(smooth, matrix, (360, 240), borderMode=cv2.BORDER_REPLICATE)
    quad = upright(130, 90, 100, 60)
    moved = cv2.transform((quad - 0.5)[None], matrix)[0] + 0.5
    cut = cut_quad(turned, order_quad(moved), 100, 60)
    difference = np.abs(cut.astype(int) - smooth[90:150, 130:230])
    assert difference.max() <= 6


def test_a_quad_that_reaches_beyond_the_picture_repeats_the_edge(noise: np.ndarray) -> None:
    cut = cut_quad(noise, upright(-5, 0, 20, 10), 20, 10)
    assert np.array_equal(cut[:, 5:], noise[:10, :15])
    assert np.array_equal(cut[:, :5], np.repeat(noise[:10, :1], 5, axis=1))


@pytest.mark.parametrize("shrink", [4, 7, 12])
def test_strong_shrinking_keeps_thin_strokes(shrink: int) -> None:
    picture = np.full((480, 960, 3), 255, np.uint8)
    picture[:, 24::48] = 0  # strokes one pixel wide
    cut = cut_quad(picture, upright(0, 0, 960, 480), 960 // shrink, 480 // shrink)
    # However the strokes fall on the coarser grid, the ink that is left is the ink that was there.
    assert (255.0 - cut).mean() == pytest.approx((255.0 - picture).mean(), rel=0.1)
    assert ((255.0 - cut).max(axis=(0, 2)) > 8).sum() >= 18  # nearly each of the 20 strokes leaves a mark


def test_shrinking_keeps_the_picture_where_it_was(smooth: np.ndarray) -> None:
    big = cv2.resize(smooth, None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC)
    cut = cut_quad(big, upright(300, 240, 1200, 900), 200, 150)
    assert np.abs(cut.astype(int) - smooth[40:190, 50:250]).max() <= 8


def test_a_picture_higher_than_32767_pixels_can_be_cut() -> None:
    picture = np.zeros((33_000, 40, 3), np.uint8)
    picture[32_900:32_930] = 200
    assert cut_quad(picture, upright(0, 32_900, 40, 30), 40, 30).min() == 200


fractions = st.tuples(st.floats(0, 1), st.floats(0, 1))


def test_the_corners_of_the_unit_square_are_the_corners_of_the_quad() -> None:
    quad = np.array([[10, 20], [90, 30], [85, 55], [5, 50]], np.float32)
    found = quad_points(quad, np.array([[0, 0], [1, 0], [1, 1], [0, 1]]))
    np.testing.assert_allclose(found, quad, atol=1e-4)


@given(st.lists(fractions, min_size=1, max_size=5))
def test_points_of_a_quad_go_back_to_their_fractions(places: list[tuple[float, float]]) -> None:
    quad = np.array([[10, 20], [210, 30], [205, 75], [5, 70]], np.float32)
    points = quad_points(quad, np.array(places))
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    back = cv2.perspectiveTransform(points[None], cv2.getPerspectiveTransform(quad, unit))[0]
    np.testing.assert_allclose(back, places, atol=1e-4)


def test_a_point_that_was_cut_out_is_where_quad_points_says() -> None:
    picture = np.zeros((200, 300, 3), np.uint8)
    quad = np.array([[40, 60], [240, 90], [230, 150], [30, 120]], np.float32)
    (place,) = quad_points(quad, np.array([[0.25, 0.5]]))
    cv2.circle(picture, tuple(np.round(place - 0.5).astype(int).tolist()), 3, (255, 255, 255), -1)
    cut = cut_quad(picture, quad, 200, 60)[..., 0].astype(float)
    y, x = (np.indices(cut.shape) * cut).sum(axis=(1, 2)) / cut.sum() + 0.5
    assert (x, y) == pytest.approx((50, 30), abs=1.0)


def test_fit_gives_the_asked_for_size_and_leaves_the_right_one_alone(noise: np.ndarray) -> None:
    assert fit(noise, 90, 60) is noise
    for size in ((45, 30), (200, 10), (10, 200), (180, 120)):
        assert fit(noise, *size).shape == (size[1], size[0], 3)


def test_fit_averages_where_it_shrinks(noise: np.ndarray) -> None:
    expected = noise.reshape(30, 2, 45, 2, 3).mean(axis=(1, 3))
    assert np.abs(fit(noise, 45, 30) - expected).max() <= 1
