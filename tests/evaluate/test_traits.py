from __future__ import annotations

import math

import numpy as np
import pytest

from munja.evaluate.findings import Unit
from munja.evaluate.traits import TRAITS, by_traits, contrast_of, shape_of


def turned(width: float, height: float, degrees: float) -> tuple[tuple[float, float], ...]:
    angle = math.radians(degrees)
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    return tuple(
        (50 + x * math.cos(angle) - y * math.sin(angle), 50 + x * math.sin(angle) + y * math.cos(angle))
        for x, y in corners
    )


@pytest.mark.parametrize("degrees", [0, 7, 90, -30, 180])
def test_height_and_angle_are_those_of_the_text(degrees: float) -> None:
    found = shape_of(turned(80, 12, degrees))
    assert found["height"] == pytest.approx(12)
    assert found["angle"] == pytest.approx(abs(degrees))


def test_a_polygon_of_many_points_has_the_height_of_its_direction() -> None:
    assert shape_of(((0, 0), (40, 0), (80, 0), (80, 10), (40, 10), (0, 10)))["height"] == pytest.approx(10)


def test_a_picture_of_one_word_has_no_angle() -> None:
    assert set(shape_of(turned(80, 12, 0), single=True)) == {"height"}


def test_contrast_is_that_of_ink_and_paper_inside_the_box() -> None:
    grey = np.full((40, 60), 200, np.uint8)
    grey[10:20, 10:30] = 50
    assert contrast_of(grey, ((0, 0), (60, 0), (60, 40), (0, 40))) == 150
    assert contrast_of(grey, ((40, 0), (60, 0), (60, 40), (40, 40))) == 0
    assert contrast_of(grey, ((70, 0), (90, 0), (90, 40), (70, 40))) is None


def test_units_are_counted_in_their_bins_with_kinds_and_interval() -> None:
    units = [Unit(0, 5, "matched", 0), Unit(1, 6, "missed", 6), Unit(2, 1, "matched", 0)]
    values = [{"length": 5.0, "height": 15.0}, {"length": 6.0, "height": 16.0}, {"length": 1.0}]
    found = by_traits(units, values)
    assert [(row["label"], row["count"], row["right"], row["kinds"]) for row in found["length"]] == [
        ("1", 1, 1, {}),
        ("5 to 8", 2, 1, {"missed": 1}),
    ]
    assert [row["label"] for row in found["height"]] == ["12 to 16", "16 to 20"]
    assert found["length"][1]["low"] < 0.5 < found["length"][1]["high"]
    assert "contrast" not in found


def test_the_last_bin_has_no_end() -> None:
    assert [trait.label(len(trait.edges) - 1) for trait in TRAITS] == [
        "100 and more",
        "33 and more",
        "200 and more",
        "120 and more",
    ]
