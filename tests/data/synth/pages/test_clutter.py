from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from munja.data.synth.pages import clutter

_PIECES: dict[str, Callable[[np.ndarray, Random], None]] = {
    "barcode": lambda canvas, random: clutter.barcode(canvas, random, 40, 40, 100, 30, 0),
    "square_code": lambda canvas, random: clutter.square_code(canvas, random, 40, 40, 60, 0),
    "hatching": lambda canvas, random: clutter.hatching(canvas, random, 40, 40, 80, 60, 0),
    "dashes": lambda canvas, random: clutter.dashes(canvas, random, 20, 180, 90, 0, size=12),
    "scribble": lambda canvas, random: clutter.scribble(canvas, random, 60, 90, 20, 0),
    "logo": lambda canvas, random: clutter.logo(canvas, random, 60, 60, 60, (0, 60)),
    "dot_screen": lambda canvas, random: clutter.dot_screen(canvas, random, 40, 40, 90, 70, 0),
    "blotch": lambda canvas, random: clutter.blotch(canvas, random, 40, 40, 70, 0),
    "stain": lambda canvas, random: clutter.stain(canvas, random, 100, 100, 30),
    "finger": lambda canvas, random: clutter.finger(canvas, random, 12),
    "guilloche": lambda canvas, random: clutter.guilloche(canvas, random, 200),
    "seal": lambda canvas, random: clutter.seal(canvas, random, 60, 60, 60, 90),
}


@pytest.mark.parametrize("name", list(_PIECES))
def test_a_piece_of_clutter_leaves_some_ink_and_some_paper(name: str) -> None:
    for seed in range(20):
        canvas = np.full((200, 200), 255, np.uint8)
        _PIECES[name](canvas, Random(seed))
        assert 0 < (canvas < 255).sum() < 0.95 * canvas.size


def test_clutter_may_reach_over_every_edge() -> None:
    kinds = set()
    for seed in range(300):
        canvas = np.full((120, 120), 255, np.uint8)
        clutter.anything(canvas, Random(seed), 14, 0)
        kinds.add(int((canvas < 255).sum()) > 0)
    assert True in kinds
