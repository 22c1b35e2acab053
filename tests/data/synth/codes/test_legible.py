from __future__ import annotations

from random import Random

import numpy as np

from munja.data.synth.atlas import Atlas
from munja.data.synth.codes.fields import blurred
from munja.data.synth.codes.legible import legibility
from munja.data.synth.codes.lettering import Hand, Letterer, Letters


def _seen(atlas: Atlas) -> tuple[np.ndarray, np.ndarray, Letters]:
    letters = Letterer(atlas).letters("8B05", 0, Hand(tracking=0.1), 40.0, Random(1))
    strokes = letters.mask.astype(np.float32)
    picture = np.repeat((60 + strokes * 0.5)[..., None], 3, axis=2)
    return picture, np.dstack([strokes, np.zeros_like(strokes)]), letters


def test_clean_letters_explain_all_of_their_picture(atlas: Atlas) -> None:
    picture, marks, letters = _seen(atlas)
    assert (legibility(picture, marks, letters.boxes, 40.0) > 0.98).all()


def test_only_the_character_that_is_half_hidden_is_said_to_be(atlas: Atlas) -> None:
    picture, marks, letters = _seen(atlas)
    left, top, right, bottom = letters.boxes[1].round().astype(int)
    picture[top : (top + bottom) // 2, left:right] = 60.0
    found = legibility(picture, marks, letters.boxes, 40.0)
    assert found[1] < 0.5
    assert (np.delete(found, 1) > 0.9).all()


def test_blur_and_faintness_take_legibility_away_and_a_shadow_does_not(atlas: Atlas) -> None:
    picture, marks, letters = _seen(atlas)
    least = [
        float(legibility(np.asarray(each, np.float32), marks, letters.boxes, 40.0).min())
        for each in (
            blurred(picture, 7.0),
            60 + 0.01 * (picture - 60),
            picture * np.linspace(0.5, 1, picture.shape[1])[:, None],
        )
    ]
    assert least[0] < 0.6
    assert least[1] < 0.3
    assert least[2] > 0.95
