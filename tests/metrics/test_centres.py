"""Character centres: evenly spaced along the text, down a column, around an arc."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.metrics.centres import aspect_ratios, character_centres, guessed_length, reading_direction, reading_order
from munja.metrics.shapes import Shapes

WORD = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], np.float64)
COLUMN = np.array([[0, 0], [20, 0], [20, 100], [0, 100]], np.float64)


def centres(polygon: np.ndarray, count: int) -> np.ndarray:
    shapes = Shapes([polygon])
    return character_centres(shapes, [count], aspect_ratios(shapes))


def arc(degrees: int, radius: float, thickness: float, steps: int) -> np.ndarray:
    angles = np.radians(np.linspace(180, 180 + degrees, steps))
    outer = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
    inner = np.stack([np.cos(angles), np.sin(angles)], axis=1) * (radius - thickness)
    return np.concatenate([outer, inner[::-1]])


def test_the_characters_of_a_word_stand_in_the_middle_of_equal_parts() -> None:
    assert centres(WORD, 4).tolist() == [[12.5, 10], [37.5, 10], [62.5, 10], [87.5, 10]]


def test_a_column_is_read_downward() -> None:
    assert centres(COLUMN, 2).tolist() == [[10, 25], [10, 75]]


def test_the_centres_of_an_arc_stand_on_its_middle_line() -> None:
    found = centres(arc(180, 100, 20, 40), 5)
    radii = np.hypot(*found.T)
    assert radii.tolist() == pytest.approx([90] * 5, abs=0.2)
    assert np.degrees(np.arctan2(found[:, 1], found[:, 0])) % 360 == pytest.approx([198, 234, 270, 306, 342], abs=0.1)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=7), st.integers(1, 9))
def test_any_polygon_has_as_many_centres_as_asked_for_within_its_bounds(
    points: list[tuple[int, int]], count: int
) -> None:
    polygon = np.array(points, np.float64)
    found = centres(polygon, count)
    assert found.shape == (count, 2)
    assert (found >= polygon.min(axis=0) - 1e-9).all()
    assert (found <= polygon.max(axis=0) + 1e-9).all()


def test_several_polygons_have_their_centres_one_after_the_other() -> None:
    shapes = Shapes([WORD, arc(90, 50, 10, 5), COLUMN])
    found = character_centres(shapes, [2, 0, 1], aspect_ratios(shapes))
    assert found.tolist() == [[25, 10], [75, 10], [10, 50]]


def test_the_aspect_ratio_is_that_of_the_text() -> None:
    ratios = aspect_ratios(Shapes([WORD, COLUMN, arc(180, 100, 20, 60)]))
    assert ratios == pytest.approx([5, 0.2, math.pi * 90 / 20], rel=1e-3)
    assert [guessed_length(ratio) for ratio in (1, 5, 0.2, 40)] == [2, 6, 6, 10]


@pytest.mark.parametrize(("polygon", "direction"), [(WORD, (1, 0)), (COLUMN, (0, 1)), (WORD[[2, 3, 0, 1]], (-1, 0))])
def test_text_is_read_along_its_polygon(polygon: np.ndarray, direction: tuple[float, float]) -> None:
    assert reading_direction(polygon, aspect_ratios(Shapes([polygon]))[0]) == direction


def test_without_its_aspect_ratio_a_column_is_read_along_its_first_side() -> None:
    assert reading_direction(COLUMN) == (1, 0)


def test_a_point_is_read_to_the_right() -> None:
    assert reading_direction(np.array([[3.0, 3.0]]), 1.0) == (1.0, 0.0)


def test_words_are_read_row_by_row_and_columns_from_the_right() -> None:
    words = [WORD + shift for shift in ([120, 32], [0, 30], [120, 4], [0, 0])]
    assert reading_order(words, (1.0, 0.0)) == [3, 2, 1, 0]
    columns = [COLUMN + shift for shift in ([0, 0], [40, 120], [40, 0])]
    assert reading_order(columns, (0.0, 1.0)) == [2, 1, 0]
