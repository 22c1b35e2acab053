from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from munja.data.synth.compose import arrange, blend, paint

# Two glyphs: a square of 4 x 4 full ink and a blank. The third is a tall bar that hangs below the baseline.
WIDTH, HEIGHT = np.array([4, 0, 2], np.int16), np.array([4, 0, 6], np.int16)
LEFT, TOP = np.array([1, 0, 0], np.int16), np.array([-4, 0, -2], np.int16)
ADVANCE = np.array([6, 3, 3], np.float32)
OFFSET = np.array([0, 16, 16], np.int64)
PIXELS = np.concatenate([np.full(16, 255), np.full(12, 100)]).astype(np.uint8)


def _arrange(glyphs: list[int], codes: str, **changes: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    kern = np.zeros((1, 95, 95), np.int8)
    kern[0, ord("A") - 32, ord("V") - 32] = -2
    settings = {"kern_row": -1, "tracking": 0.0, "blank": 1.0, "gap_at": -1, "gap": 0.0, **changes}
    pen, middle = np.zeros(len(glyphs), np.float32), np.zeros(len(glyphs), np.float32)
    numbers = np.array([ord(each) for each in codes], np.int32)
    tables = (ADVANCE, LEFT, TOP, WIDTH, HEIGHT, kern)
    box = arrange(np.array(glyphs, np.int32), numbers, *tables, *settings.values(), pen, middle)
    return box, pen, middle


def test_pens_advance_and_the_box_holds_the_ink() -> None:
    box, pen, middle = _arrange([0, 1, 2], "A V")
    assert pen.tolist() == [0, 6, 9]
    assert middle.tolist() == [3, 7.5, 10]
    assert box == (True, 1.0, -4.0, 11.0, 4.0)


@pytest.mark.parametrize(
    ("changes", "last"), [({"tracking": 1.0}, 11), ({"blank": 2.0}, 12), ({"gap_at": 1, "gap": 5.0}, 14)]
)
def test_tracking_blanks_and_gaps_move_what_follows(changes: dict[str, float], last: float) -> None:
    assert _arrange([0, 1, 2], "A V", **changes)[1][-1] == last


def test_kerning_moves_the_second_of_a_pair() -> None:
    assert _arrange([0, 2], "AV", kern_row=0)[1].tolist() == [0, 4]
    assert _arrange([0, 2], "AV")[1].tolist() == [0, 6]


def test_blanks_alone_have_no_ink() -> None:
    assert _arrange([1, 1], "  ")[0][0] is False


@pytest.mark.parametrize(
    ("x", "y", "sum_of_ink"), [(2, 6, 16), (-3, 6, 8), (2, 2, 8), (7, 6, 8), (90, 6, 0), (-90, 6, 0)]
)
def test_glyphs_are_clipped_at_the_edges_of_the_canvas(x: int, y: int, sum_of_ink: int) -> None:
    canvas = np.zeros((8, 10), np.uint8)
    tables = (OFFSET, WIDTH, HEIGHT, LEFT, TOP, PIXELS)
    paint(canvas, np.array([0], np.int32), np.zeros(1, np.float32), np.zeros(1, np.int32), x, y, *tables)
    assert canvas.sum() == 255 * sum_of_ink


def test_where_glyphs_overlap_the_darker_ink_stays() -> None:
    canvas = np.zeros((12, 12), np.uint8)
    tables = (OFFSET, WIDTH, HEIGHT, LEFT, TOP, PIXELS)
    paint(canvas, np.array([0, 2], np.int32), np.zeros(2, np.float32), np.zeros(2, np.int32), 1, 6, *tables)
    assert canvas[5, 2] == 255
    assert canvas[8, 1] == 100


def test_paper_and_ink_come_out_as_asked_without_texture_and_noise() -> None:
    mask = np.zeros((4, 6), np.uint8)
    mask[1:3, 2:4] = 255
    even, flat = np.ones(6, np.float32), np.full((4, 6), 128, np.uint8)
    out = np.empty_like(mask)
    noise = np.zeros(24, np.int8)
    blend(mask, out, 240.0, 20.0, 1.0, 0.0, flat, 0.3, flat, 0.1, 0.0, 0.0, even[:4], even, noise, 1.0)
    np.testing.assert_array_equal(out, np.where(mask > 0, 20, 240))
