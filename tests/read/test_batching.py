"""Batching: few sizes, each decided by the picture alone; the rest is padding."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.read.batching import (
    MAX_LINE_WIDTH,
    MAX_SHOWN,
    cut_line,
    detector_size,
    grey,
    line_width,
    longest_line,
    pieces,
    seen,
    show_to_detector,
    width_bucket,
)

RULE = {"channels": 3, "multiple": 32, "long_side": 640, "short_side": 160, "enlarge": 2.0}
LINES: dict[str, Any] = {"channels": 3, "height": 48, "width_step": 32, "pad": 127}
FIXED: dict[str, Any] = {"channels": 3, "height": 48, "width": 192, "pad": 127}


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_detector_sees_multiples_that_hold_the_whole_picture(width: int, height: int) -> None:
    full_width, full_height, scale = detector_size(width, height, RULE)
    for full, side in ((full_width, width), (full_height, height)):
        assert full % 32 == 0
        assert side * scale <= full + 1e-3
        assert full - side * scale < 32 or full == 32  # no more padding than the multiple needs
    # Beyond the long side only strips go, whose short side would vanish otherwise, and never beyond MAX_SHOWN.
    assert max(full_width, full_height) <= 640 or min(width, height) * scale <= 160 + 1e-3
    assert max(full_width, full_height) <= 640 or width * height * scale**2 <= MAX_SHOWN * (1 + 1e-6)
    assert 0 < scale <= 2.0


def test_a_picture_of_a_good_size_is_shown_as_it_is() -> None:
    assert detector_size(640, 320, RULE) == (640, 320, 1.0)
    assert detector_size(600, 170, RULE) == (608, 192, 1.0)


def test_a_long_side_is_reduced_to_the_limit() -> None:
    assert detector_size(1280, 640, RULE) == (640, 320, 0.5)
    assert detector_size(640, 2560, RULE) == (160, 640, 0.25)


def test_a_strip_is_shown_beyond_the_long_side_until_its_short_side_is_seen() -> None:
    assert detector_size(460, 9000, RULE)[2] == pytest.approx(160 / 460)
    assert detector_size(500, 10, RULE)[2] == 2.0
    assert detector_size(500, 60_000, RULE)[2] == pytest.approx((MAX_SHOWN / (500 * 60_000)) ** 0.5, rel=0.15)


def test_a_short_side_is_enlarged_but_not_beyond_either_limit() -> None:
    assert detector_size(300, 100, RULE) == (480, 160, 1.6)
    assert detector_size(60, 40, RULE) == (128, 96, 2.0)  # twice, and no further


def test_padding_repeats_the_last_pixels_of_the_picture() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (170, 600, 3), np.uint8)
    batch, scale = show_to_detector(picture, RULE)
    assert (batch.shape, batch.dtype, scale) == ((1, 192, 608, 3), np.uint8, 1.0)
    assert np.array_equal(batch[0, :170, :600], picture)
    assert np.array_equal(batch[0, 170:, :600], np.repeat(picture[-1:], 22, axis=0))
    assert np.array_equal(batch[0, :170, 600:], np.repeat(picture[:, -1:], 8, axis=1))


def test_a_grey_picture_is_padded_with_the_grey_of_its_last_pixels() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (170, 600, 3), np.uint8)
    coloured, _ = show_to_detector(picture, RULE)
    batch, _ = show_to_detector(picture, {**RULE, "channels": 1})
    assert np.array_equal(batch[0], grey(coloured[0]))


@given(st.integers(1, 900), st.integers(1, 900))
def test_a_shown_picture_has_the_size_that_was_decided(width: int, height: int) -> None:
    batch, scale = show_to_detector(np.zeros((height, width, 3), np.uint8), RULE)
    full_width, full_height, wanted = detector_size(width, height, RULE)
    assert batch.shape == (1, full_height, full_width, 3)
    assert scale == wanted


def test_a_scaled_picture_keeps_its_places() -> None:
    picture = np.zeros((640, 1280, 3), np.uint8)
    picture[400:440, 1000:1100] = 255
    batch, scale = show_to_detector(picture, RULE)
    y, x = np.nonzero(batch[0, ..., 0] > 127)
    found = np.array([x.min(), x.max() + 1, y.min(), y.max() + 1]) / scale
    assert found.tolist() == pytest.approx([1000, 1100, 400, 440], abs=2)


def test_a_line_is_as_wide_as_its_shape_at_the_recognisers_height() -> None:
    assert line_width(200, 24, LINES) == 400
    assert line_width(200, 96, LINES) == 100


@given(st.floats(0.1, 5000), st.floats(0.1, 300))
def test_a_line_is_never_without_width_and_never_too_wide(width: float, height: float) -> None:
    assert 0 < line_width(width, height, LINES) <= MAX_LINE_WIDTH


@given(st.integers(24, MAX_LINE_WIDTH), st.sampled_from([16, 32]))
def test_a_bucket_holds_its_line_with_little_padding(width: int, step: int) -> None:
    bucket = width_bucket(width, step)
    assert bucket >= width
    assert bucket % step == 0
    assert bucket - width < max(step, bucket / 8)
    assert width_bucket(bucket, step) == bucket
    assert width_bucket(width + 1, step) >= bucket


def test_there_are_few_buckets() -> None:
    assert len({width_bucket(width, 16) for width in range(24, MAX_LINE_WIDTH + 1)}) < 80


@given(st.integers(24, 700))
def test_a_line_fills_its_bucket_from_the_left(width: int) -> None:
    picture = np.full((60, 300, 3), 200, np.uint8)
    quad = np.array([[10, 10], [290, 10], [290, 50], [10, 50]], np.float32)
    batch = cut_line(picture, quad, width, LINES)
    assert batch.shape == (1, 48, width_bucket(width, 32), 3)
    assert batch.dtype == np.uint8
    assert (batch[0, :, :width] == 200).all()
    assert (batch[0, :, width:] == 127).all()


@pytest.mark.parametrize("width", [30, 192, 700])
def test_a_network_of_fixed_width_gets_just_that(width: int) -> None:
    picture = np.full((60, 300, 3), 200, np.uint8)
    quad = np.array([[10, 10], [290, 10], [290, 50], [10, 50]], np.float32)
    batch = cut_line(picture, quad, width, FIXED)
    assert batch.shape == (1, 48, 192, 3)
    assert (batch[0, :, : min(width, 192)] == 200).all()
    assert (batch[0, :, min(width, 192) :] == 127).all()


def test_a_grey_network_gets_the_brightness() -> None:
    picture = np.zeros((48, 96, 3), np.uint8)
    picture[:, :48] = (255, 0, 0)
    picture[:, 48:] = (10, 200, 90)
    quad = np.array([[0, 0], [96, 0], [96, 48], [0, 48]], np.float32)
    batch = cut_line(picture, quad, 96, {**LINES, "channels": 1})
    assert batch.shape == (1, 48, 96, 1)
    expected = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    assert np.abs(batch[0, :, :, 0].astype(int) - expected).max() <= 1


STRETCH: dict[str, Any] = {"channels": 1, "height": 32, "width": 100, "fit": "stretch", "pad": 127}
PAD: dict[str, Any] = {**STRETCH, "fit": "pad"}


def ramp(width: int) -> np.ndarray:
    """A picture 32 pixels high that gets lighter to the right, from 20 to 220."""
    row = np.linspace(20, 220, width).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (32, width, 3)))


def whole(width: int) -> np.ndarray:
    return np.array([[0, 0], [width, 0], [width, 32], [0, 32]], np.float32)


@pytest.mark.parametrize("width", [40, 100, 260])
def test_a_stretched_line_fills_its_one_width(width: int) -> None:
    assert line_width(width, 32, STRETCH) == 100
    batch = cut_line(ramp(width), whole(width), 100, STRETCH)
    assert batch.shape == (1, 32, 100, 1)
    np.testing.assert_allclose(batch[0, 16, :, 0], np.linspace(20, 220, 100), atol=6)


@pytest.mark.parametrize(("width", "used"), [(40, 40), (100, 100), (260, 100)])
def test_a_padded_line_keeps_its_shape_as_far_as_it_fits(width: int, used: int) -> None:
    assert line_width(width, 32, PAD) == used
    batch = cut_line(ramp(width), whole(width), used, PAD)
    assert batch.shape == (1, 32, 100, 1)
    np.testing.assert_allclose(batch[0, 16, :used, 0], np.linspace(20, 220, used), atol=6)
    assert (batch[0, :, used:, 0] == batch[0, :, used - 1 : used, 0]).all()


def test_a_line_too_wide_to_be_squeezed_is_cut_as_the_rule_says() -> None:
    image = np.full((32, 900, 3), 255, np.uint8)
    for stroke in (*range(20, 428, 9), *range(470, 878, 9)):
        image[8:24, stroke : stroke + 2] = 0
    assert len(pieces(image, whole(900), {**STRETCH, "longest": 900})) == 1
    parts = pieces(image, whole(900), {**STRETCH, "longest": 600})
    assert len(parts) == 2
    assert 430 <= parts[0][1, 0] <= 470  # in the gap
    assert longest_line(STRETCH) == 400
    assert longest_line(LINES) == longest_line(FIXED) == MAX_LINE_WIDTH


def test_a_picture_is_made_grey_once_if_no_network_sees_colours() -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    once = seen(image, {"channels": 1}, {"channels": 1})
    assert once.shape == (40, 60, 1)
    assert np.array_equal(once, grey(image))
    assert np.shares_memory(seen(once, {"channels": 1}), once)
    assert seen(image, {"channels": 1}, {"channels": 3}) is image
    assert seen(image, {"channels": 1}, {}) is image
    broadcast = np.broadcast_to(once, (40, 60, 3))
    assert np.array_equal(grey(broadcast), once)
    assert np.shares_memory(grey(broadcast), once)


def test_grey_pictures_are_cut_and_shown_as_coloured_ones_made_grey() -> None:
    image = np.random.default_rng(1).integers(0, 256, (90, 200, 3), np.uint8)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 2.0), np.uint8)
    quad = np.array([[20, 10], [180, 20], [178, 60], [18, 50]], np.float32)
    rule = {**LINES, "channels": 1}
    for size in (64, 150):
        coloured = cut_line(image, quad, size, rule).astype(int)
        assert np.abs(coloured - cut_line(grey(image), quad, size, rule)).max() <= 1  # rounded before or after
    (coloured, scale), (plain, other) = (
        show_to_detector(each, {**RULE, "channels": 1}) for each in (image, grey(image))
    )
    assert np.array_equal(coloured, plain)
    assert scale == other
