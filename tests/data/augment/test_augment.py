from __future__ import annotations

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.data.augment.chain import chain
from munja.data.augment.sample import Sample
from munja.data.augment.tia import moving_least_squares, warp

NAMES = (
    "tia", "tia_distort", "tia_stretch", "tia_perspective", "bda", "crop_rows", "blur", "colour_jitter", "pixel_jitter",
    "gaussian_noise", "invert",
)  # fmt: skip
GEOMETRIC = ("tia_distort", "tia_stretch", "tia_perspective", "crop_rows")


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def _dots(height: int, width: int) -> Sample:
    """White blots on black, and the points that they stand at."""
    points = np.array([[x, y] for x in range(15, width - 10, 25) for y in (height // 3, 2 * height // 3)], np.float32)
    image = np.zeros((height, width), np.float32)
    for x, y in points.astype(int):
        image[y, x] = 1.0
    image = cv2.GaussianBlur(image, (0, 0), 1.2)
    return Sample((image * 255 / image.max()).astype(np.uint8), "dots", points)


def _centroid(image: np.ndarray, point: np.ndarray) -> np.ndarray:
    x, y = (int(each) for each in np.rint(point))
    part = image[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5].astype(np.float64)
    rows, columns = np.indices(part.shape)
    total = part.sum()
    return np.array([(columns * part).sum() / total + max(0, x - 4), (rows * part).sum() / total + max(0, y - 4)])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(32, 160), (32, 160, 3), (64, 40)])
def test_an_augmentation_is_deterministic_and_leaves_its_input(name: str, shape: tuple[int, ...]) -> None:
    image = _generator(1).integers(0, 256, shape, np.uint8)
    sample, before = Sample(image), image.copy()
    apply = chain([{"name": name, "probability": 1.0}])
    first, second = apply(sample, _generator(5)), apply(sample, _generator(5))
    np.testing.assert_array_equal(first.image, second.image)
    assert first.image.shape == shape
    assert first.image.dtype == np.uint8
    assert not np.array_equal(first.image, before)
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("name", NAMES)
def test_probability_zero_changes_nothing(name: str) -> None:
    sample = _dots(32, 120)
    assert np.array_equal(chain([{"name": name, "probability": 0.0}])(sample, _generator(1)).image, sample.image)


@pytest.mark.parametrize("name", GEOMETRIC)
@pytest.mark.parametrize("seed", range(6))
def test_points_move_with_the_pixels_under_them(name: str, seed: int) -> None:
    sample = _dots(48, 200)
    moved = chain([{"name": name, "probability": 1.0}])(sample, _generator(seed))
    seen = 0
    for point in moved.points:
        if 6 < point[0] < 194 and 6 < point[1] < 42:
            assert np.hypot(*(_centroid(moved.image, point) - point)) < 1.0
            seen += 1
    assert seen > 0.5 * len(sample.points)


def test_control_points_that_stay_leave_the_picture_as_it_is() -> None:
    sample = _dots(40, 120)
    corners = np.array([[0.0, 0.0], [119.0, 0.0], [119.0, 39.0], [0.0, 39.0]])
    np.testing.assert_array_equal(warp(sample, corners, corners).image, sample.image)


def test_moving_least_squares_repeats_a_similarity_exactly() -> None:
    points = _generator(2).uniform(0, 50, (30, 2))
    before = _generator(3).uniform(0, 50, (5, 2))
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]]) * 1.3
    np.testing.assert_allclose(
        moving_least_squares(points, before, before @ turn + [4.0, -7.0]), points @ turn + [4.0, -7.0], atol=1e-9
    )


def test_pictures_too_small_for_segments_come_back_whole() -> None:
    small = Sample(_generator(1).integers(0, 256, (3, 3), np.uint8))
    apply = chain([{"name": "tia", "probability": 1.0}, {"name": "crop_rows", "probability": 1.0}])
    assert apply(small, _generator(1)).image.shape == (3, 3)


def test_inversion_twice_is_the_picture() -> None:
    sample = _dots(20, 60)
    apply = chain([{"name": "invert", "probability": 1.0}] * 2)
    np.testing.assert_array_equal(apply(sample, _generator(1)).image, sample.image)


def test_two_lines_are_joined_with_their_texts_and_points() -> None:
    left = Sample(np.zeros((32, 64), np.uint8), "ab", np.array([[10, 16], [40, 16]], np.float32))
    right = Sample(np.full((16, 32, 3), 255, np.uint8), "cd", np.array([[15.5, 7.5]], np.float32))
    joined = chain([{"name": "recconaug", "probability": 1.0}])(left, _generator(1), lambda: right)
    assert joined.text == "abcd"
    assert joined.image.shape == (32, 128, 3)
    assert (joined.image[:, :64] == 0).all()
    assert (joined.image[:, 64:] == 255).all()
    np.testing.assert_allclose(joined.points, [[10, 16], [40, 16], [64 + 31.5, 15.5]])


@pytest.mark.parametrize("limit", [{"longest": 3}, {"widest": 3.0}])
def test_lines_are_not_joined_beyond_the_limits(limit: dict[str, float]) -> None:
    line = Sample(np.zeros((32, 64), np.uint8), "ab")
    joined = chain([{"name": "recconaug", "probability": 1.0, **limit}])(line, _generator(1), lambda: line)
    assert joined.text == "ab"


def test_a_lone_line_is_not_joined() -> None:
    line = Sample(np.zeros((32, 64), np.uint8), "ab")
    assert chain([{"name": "recconaug", "probability": 1.0}])(line, _generator(1)).text == "ab"


def test_an_image_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match="uint8 was wanted"):
        Sample(np.zeros((4, 4), np.float32))  # type: ignore[arg-type]


def test_a_misspelt_augmentation_is_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean tia_stretch"):
        chain([{"name": "tia_strech"}])
