from __future__ import annotations

import cv2
import numpy as np

from munja.data.synth.codes.dots import dots_along, dots_on_grid, middle_line


def _ring() -> np.ndarray:
    ink = np.zeros((40, 40), np.uint8)
    cv2.circle(ink, (20, 20), 14, 255, 5)
    return ink


def test_a_thick_stroke_becomes_a_line_of_one_pixel_in_its_middle() -> None:
    ink = np.zeros((9, 40), np.uint8)
    ink[2:7, 3:37] = 255
    line = middle_line(ink)
    assert line.shape == (11, 42)
    assert set(np.nonzero(line)[0]) == {5}
    assert line.sum() > 25


def test_a_ring_stays_closed() -> None:
    line = middle_line(_ring())
    count, _ = cv2.connectedComponents((1 - line).astype(np.uint8), connectivity=4)
    assert count == 3  # outside, inside, and the line itself


def test_dots_stand_about_a_step_apart_and_cover_the_line() -> None:
    line = middle_line(_ring())
    dots = dots_along(line, 4.0)
    apart = np.linalg.norm(dots[:, None] - dots[None], axis=2) + 1e9 * np.eye(len(dots))
    assert apart.min() >= 0.6 * 4.0
    assert apart.min(axis=1).max() < 2.0 * 4.0
    places = np.argwhere(line)[:, ::-1] - 0.5
    assert np.linalg.norm(places[:, None] - dots[None], axis=2).min(axis=1).max() < 4.5


def test_dots_begin_at_an_end_of_a_stroke_and_reach_its_other_end() -> None:
    line = np.zeros((5, 40), np.uint8)
    line[2, 4:35] = 1
    x = np.sort(dots_along(line, 4.0)[:, 0])
    assert abs(x[0] - 3.5) < 0.01
    assert 33.5 - 0.6 * 4.0 <= x[-1] <= 33.5


def test_the_line_itself_is_left_as_it_was() -> None:
    line = middle_line(_ring())
    before = line.copy()
    dots_along(line, 4.0)
    assert (line == before).all()


def test_dots_on_a_grid_stand_in_the_middles_of_cells() -> None:
    dots = dots_on_grid(middle_line(_ring()), 4.0)
    assert np.allclose(dots / 4.0 % 1.0, 0.5)
    assert len(np.unique(dots, axis=0)) == len(dots) > 12
