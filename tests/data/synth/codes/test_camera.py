from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from munja.data.synth.codes.camera import draw_pose, shown, taken
from munja.data.synth.codes.lettering import Letters

BOXES = np.array([[60 + 40 * k, 50, 85 + 40 * k, 90] for k in range(6)], np.float32)
LETTERS = Letters("123456", np.zeros((140, 380), np.uint8), BOXES, 40.0)


@given(st.integers(0, 2**32))
def test_a_point_of_the_plate_is_seen_where_the_pose_says(seed: int) -> None:
    pose = draw_pose(Random(seed), LETTERS, 60.0, 1.0, lambda name: name != "tight")
    plate = np.zeros((140, 380, 3), np.float32)
    points = np.array([[72.5, 70.0], [192.5, 60.0], [272.5, 80.0]], np.float32)
    for k, (x, y) in enumerate(points):
        rows, columns = np.ogrid[:140, :380]
        plate[..., k] = np.exp(-((columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2) / 32)
    seen = shown(plate, pose)
    for k, (x, y) in enumerate(pose.forward(points)):
        weights = seen[..., k] ** 2
        rows, columns = np.mgrid[: weights.shape[0], : weights.shape[1]]
        middle = (weights * (columns + 0.5)).sum() / weights.sum(), (weights * (rows + 0.5)).sum() / weights.sum()
        assert abs(middle[0] - x) < 1.5
        assert abs(middle[1] - y) < 1.5


@given(st.integers(0, 2**32), st.floats(24, 90))
def test_the_crop_has_the_height_asked_for_and_holds_every_character(seed: int, tall: float) -> None:
    pose = draw_pose(Random(seed), LETTERS, tall, 1.0, lambda name: True)
    assert pose.height <= tall + 1
    assert pose.width <= 641
    boxes = pose.boxes(LETTERS)
    spare = 0.03 * pose.height + 1
    assert boxes[:, :2].min() > -spare
    assert boxes[:, 2].max() < pose.width + spare
    assert boxes[:, 3].max() < pose.height + spare


def test_a_grey_photo_has_no_colour_and_a_dark_one_keeps_its_letters() -> None:
    scene = np.full((40, 200, 3), 120, np.float32)
    scene[10:30, 20:180:20] = (180, 150, 90)
    grey, _ = taken(Random(1), scene, 20.0, 0.5, lambda name: False, grey=True, exposure=1.0)
    assert np.ptp(grey.astype(int), axis=2).max() == 0
    dark, quality = taken(Random(1), scene, 20.0, 1.0, lambda name: name == "low_light", grey=False, exposure=0.3)
    assert 90 <= quality <= 96
    columns = dark[10:30].astype(float).mean(axis=(0, 2))
    assert columns[20:180:20].mean() > columns[30:180:20].mean() + 4
