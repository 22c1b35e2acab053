from __future__ import annotations

from random import Random

import numpy as np
import pytest

from munja.data.synth.atlas import Atlas
from munja.data.synth.codes.grounds import GROUNDS
from munja.data.synth.codes.lettering import Letterer
from munja.data.synth.codes.marks import MARKS, spared
from munja.data.synth.codes.recipe import STYLES


def test_there_is_a_mark_for_every_style_on_known_grounds() -> None:
    assert sorted(MARKS) == sorted(STYLES)
    assert {each for style in MARKS.values() for each in style.grounds} == set(GROUNDS)


def test_what_is_left_of_a_mark_is_never_less_than_wanted_anywhere() -> None:
    mask = np.zeros((80, 200), np.float32)
    mask[20:60, 20:30] = mask[20:60, 80:90] = 1.0
    kept = np.ones_like(mask)
    kept[:, :50] = 0.0
    after = spared(mask, kept, 40.0, 0.5)
    assert (mask * after)[30:50, 20:30].mean() > 0.4
    assert (after[:, 60:] == 1.0).all()


@pytest.mark.parametrize("name", STYLES)
def test_a_mark_changes_its_plate_where_letters_are(atlas: Atlas, name: str) -> None:
    style, random = MARKS[name], Random(3)
    letters = Letterer(atlas).letters("C1051BAA", 0, style.hand(random, 0.5), 40.0, random)
    surface = GROUNDS[style.grounds[0]](random, letters.mask.shape, 0.3)
    colour, relief = surface.colour.copy(), surface.relief.copy()
    style.apply(random, surface, letters, 0.5, lambda name: False)
    changed = np.abs(surface.colour - colour).sum(axis=2) + 20 * np.abs(surface.relief - relief)
    on, off = letters.mask > 200, letters.mask == 0
    assert changed[on].mean() > 4 * changed[off].mean() + 5
