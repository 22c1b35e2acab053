from __future__ import annotations

from random import Random

import cv2
import numpy as np
import pytest

from munja.data.synth.atlas import Atlas
from munja.data.synth.codes.lettering import Hand, Letterer


@pytest.mark.parametrize("hand", [Hand(), Hand(1.2, 0.2), Hand(pitch=0.9), Hand(dots="along"), Hand(dots="grid")])
def test_boxes_hold_the_ink_in_reading_order(atlas: Atlas, hand: Hand) -> None:
    letters = Letterer(atlas).letters("AB034", 0, hand, 40.0, Random(1))
    assert (np.diff(letters.boxes[:, 0]) > 0).all()
    inside = np.zeros(letters.mask.shape, bool)
    for left, top, right, bottom in letters.boxes:
        inside[int(top) - 3 : int(bottom) + 4, int(left) - 3 : int(right) + 4] = True
        assert letters.mask[int(top) : int(bottom), int(left) : int(right)].max() > 200
    assert not letters.mask[~inside].any()


def test_there_is_plate_around_the_text(atlas: Atlas) -> None:
    letters = Letterer(atlas).letters("FC360027", 1, Hand(jitter=0.02), 30.0, Random(2))
    left, top, right, bottom = letters.box
    height, width = letters.mask.shape
    assert min(left, top, width - right, height - bottom) > 15


def test_a_stencil_divides_what_would_fall_out(atlas: Atlas) -> None:
    letterer = Letterer(atlas)
    plain, bridged = (letterer.letters("0", 0, Hand(bridge=bridge), 50.0, Random(1)) for bridge in (0.0, 0.1))

    def islands(mask: np.ndarray) -> int:
        return cv2.connectedComponents((mask < 128).astype(np.uint8), connectivity=4)[0]

    assert islands(plain.mask) == 3  # the mask's label 0, ground, and the island in the 0
    assert islands(bridged.mask) == 2


def test_equal_pitch_puts_middles_at_equal_distances(atlas: Atlas) -> None:
    boxes = Letterer(atlas).letters("1W1W1", 0, Hand(pitch=1.3), 40.0, Random(1)).boxes
    pitches = np.diff(0.5 * (boxes[:, 0] + boxes[:, 2]))
    assert np.ptp(pitches) < 6
