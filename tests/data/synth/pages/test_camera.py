from __future__ import annotations

from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.data.synth.pages import camera


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_points_go_where_the_picture_shows_them(seed: int, free: bool) -> None:
    random = Random(seed)
    matrix = camera.pose(random, lambda name: random.random() < 0.6, 240, 200, angle=10.0, free=free)
    sheet = np.zeros((240, 240), np.uint8)
    place = random.randint(90, 150), random.randint(90, 150)
    cv2.circle(sheet, place, 4, 255, -1)
    seen = camera.seen(sheet, matrix, 200).astype(float)
    rows, columns = np.indices(seen.shape)
    middle = np.array([(columns * seen).sum(), (rows * seen).sum()]) / seen.sum() + 0.5
    expected = camera.forward(np.array(place) + 0.5, matrix)
    assert middle == pytest.approx(expected, abs=0.35)


def test_without_looks_a_page_is_only_moved() -> None:
    random = Random(5)
    sheet = np.random.default_rng(1).integers(0, 256, (108, 108)).astype(np.uint8)
    poses = [camera.pose(random, lambda _: False, 108, 100, angle=10.0, free=False) for _ in range(40)]
    pictures = [camera.seen(sheet, each, 100) for each in poses if each[0, 0] == 1.0 and each[0, 1] == 0.0]
    assert len(pictures) > 5
    assert all((each == sheet[4:104, 4:104]).all() for each in pictures)


@pytest.mark.parametrize(
    "look",
    "low_resolution focus_blur motion_blur photocopy noisy moire sharpen jpeg shadow crease uneven_light".split(),
)
def test_a_look_changes_the_picture_and_not_its_size(look: str) -> None:
    picture = np.full((128, 128), 220, np.uint8)
    cv2.putText(picture, "Text", (10, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 40, 2)
    before = camera.photographed(picture.copy(), Random(3), lambda _: False, scan=True)
    after = camera.photographed(picture.copy(), Random(3), lambda name: name == look, scan=True)
    assert after.shape == before.shape
    assert after.dtype == np.uint8
    assert not np.array_equal(before, after)
