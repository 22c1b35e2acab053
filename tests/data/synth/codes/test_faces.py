from __future__ import annotations

from random import Random

import pytest

from munja.core.errors import InputError
from munja.data.synth.atlas import Atlas
from munja.data.synth.codes.faces import CodeFaces
from munja.data.synth.recipe import FACE_KINDS, FontRules


def _rules(**weights: float) -> FontRules:
    return FontRules(validation_share=0.4, weights={**FACE_KINDS, **weights})


def test_training_and_validation_share_no_family(atlas: Atlas) -> None:
    roots = [
        {atlas.faces[i].root for i in CodeFaces(atlas, _rules(), split, (), 1.0).usable}
        for split in ("train", "validate")
    ]
    assert roots[0]
    assert roots[1]
    assert not roots[0] & roots[1]


def test_favoured_families_are_drawn_more_often(atlas: Atlas) -> None:
    def share(favour: float) -> float:
        faces, random = (
            CodeFaces(atlas, FontRules(validation_share=0.0, weights=FACE_KINDS), "train", ("nanum",), favour),
            Random(1),
        )
        return sum("nanum" in atlas.faces[faces.draw(random, light=False)].root for _ in range(500)) / 500

    assert share(20.0) > share(1.0) + 0.2


def test_narrow_strokes_are_no_bold_faces(atlas: Atlas) -> None:
    faces, random = CodeFaces(atlas, FontRules(validation_share=0.0, weights=FACE_KINDS), "train", (), 1.0), Random(1)
    drawn = {atlas.faces[faces.draw(random, light=True)].style for _ in range(200)}
    assert drawn
    assert "Bold" not in drawn


def test_without_any_fit_face_it_is_said_what_to_do(atlas: Atlas) -> None:
    with pytest.raises(InputError, match=r"fonts\.folders"):
        CodeFaces(atlas, _rules(**dict.fromkeys(FACE_KINDS, 0.0)), "train", (), 1.0)
