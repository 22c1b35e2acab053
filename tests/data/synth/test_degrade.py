from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from munja.data.synth.degrade import strokes
from munja.data.synth.looks import Look, draw_look
from munja.data.synth.recipe import Shape


def look(**changed: object) -> Look:
    return replace(draw_look(Random(1), Shape(), {}), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("pitch", [2, 3, 4, 5])
@pytest.mark.parametrize("size", [(40, 300), (401, 4096), (700, 5001)])
def test_dots_of_any_pitch_cover_a_canvas_of_any_size(pitch: int, size: tuple[int, int]) -> None:
    canvas = np.full(size, 255, np.uint8)
    dotted = strokes(canvas, look(dots=pitch, round_dots=True, weight=0))
    assert dotted.shape == size
    assert dotted.max() == 255
    assert (dotted[-pitch:, -pitch:] > 0).any()
