"""Angle: a class for each direction, and the first believed without proof."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.core.registry import check
from munja.read.codecs.angle import Angle


@given(st.lists(st.integers(0, 359), min_size=1, max_size=6, unique=True), st.data())
def test_an_encoded_angle_comes_back(angles: list[int], data: st.DataObject) -> None:
    codec = Angle(angles=angles, margin=0.9)
    angle = data.draw(st.sampled_from(angles))
    assert codec.decode(np.eye(len(angles))[codec.encode(angle)]) == angle


@given(st.integers(-3, 3), st.floats(-44, 44), st.sampled_from([0.0, 90.0, 180.0, 270.0]))
def test_an_angle_belongs_to_the_nearest_class_whatever_its_turns(turns: int, skew: float, angle: float) -> None:
    codec = Angle(angles=(0.0, 90.0, 180.0, 270.0))
    assert codec.angles[codec.encode(360 * turns + angle + skew)] == angle


def test_another_class_than_the_first_needs_more_than_the_margin() -> None:
    codec = Angle(margin=0.8)
    assert codec.decode(np.array([0.3, 0.7])) == 0.0
    assert codec.decode(np.array([0.2, 0.8])) == 0.0
    assert codec.decode(np.array([0.1, 0.9])) == 180.0
    assert codec.decode(np.array([0.6, 0.4])) == 0.0


def test_a_margin_above_one_is_refused_in_a_spec() -> None:
    with pytest.raises(SpecError, match=r"codec\.angle\.margin"):
        check("codec", {"name": "angle", "margin": 1.5})
