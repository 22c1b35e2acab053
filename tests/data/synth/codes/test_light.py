from __future__ import annotations

import math
from random import Random

import numpy as np

from munja.data.synth.codes.fields import blurred
from munja.data.synth.codes.grounds import Surface
from munja.data.synth.codes.light import Lamp, glare, lit, shading


def _bump() -> np.ndarray:
    relief = np.zeros((60, 60), np.float32)
    relief[20:40, 20:40] = 6.0
    return blurred(relief, 1.5)


def test_the_side_towards_the_lamp_is_bright_and_the_other_dark() -> None:
    light = shading(_bump(), Lamp(way=-0.5 * math.pi, slope=0.5))  # from above
    assert light[18:22, 25:35].mean() > 0.1
    assert light[38:42, 25:35].mean() < -0.1
    assert abs(light[25:35, 25:35]).max() < 0.02


def test_a_dent_is_lit_on_the_other_side() -> None:
    lamp = Lamp(way=0.0, slope=0.5)
    assert np.allclose(shading(-_bump(), lamp), -shading(_bump(), lamp))


def test_a_shallow_relief_of_letters_is_still_seen() -> None:
    relief = 0.03 * _bump()
    surface = Surface(np.full((60, 60, 3), 120, np.float32), relief.copy())
    light = lit(Random(1), surface, Lamp(-0.5 * math.pi, 0.5), relief, 0.5, lambda name: False)
    assert np.ptp(light) > 0.15


def test_a_glare_never_covers_everything() -> None:
    for seed in range(20):
        covered = glare(Random(seed), (50, 300), 1.0)
        assert 0.0 <= covered.min() <= covered.max() <= 0.66
