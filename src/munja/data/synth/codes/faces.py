"""Faces that codes are written in: upright ones with capitals and digits, those met on machines more often."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

import numpy as np

from munja.core.errors import InputError
from munja.data.synth.accept import ITALIC
from munja.data.synth.atlas import CAPITAL, Atlas
from munja.data.synth.codes.recipe import CHARACTERS
from munja.data.synth.fonts import is_validation_family
from munja.data.synth.recipe import FontRules

_THIN, _BOLD = (
    0.075,
    0.30,
)  # stems in heights of a capital; hairlines and fat display faces are no lettering of machines
_SHORTEST = 0.88  # of any character, in heights of a capital
_LIGHT = 0.17  # the boldest stem that a punch or a row of dots follows well


class CodeFaces:
    """The faces of a split and how often each is drawn; train and validate share no family."""

    def __init__(self, atlas: Atlas, rules: FontRules, split: str, favoured: Sequence[str], favour: float) -> None:
        self.columns = {character: column for column, character in enumerate(atlas.characters)}
        self._stems = {i: stem for i in range(len(atlas.faces)) if (stem := self._stem(atlas, i, rules)) > 0}
        share = rules.validation_share
        chosen = [
            i for i in self._stems if is_validation_family(atlas.faces[i].root, share) == (split == "validate")
        ] or list(self._stems)  # with a handful of families the hash may leave a split empty: then both use all
        if not chosen:
            raise InputError(
                "no upright face with capitals and digits: run recipes/fonts/install.sh, or set fonts.folders"
            )
        sizes: dict[str, int] = {}
        for i in chosen:
            sizes[atlas.faces[i].root] = sizes.get(atlas.faces[i].root, 0) + 1

        def weight(i: int) -> float:
            face = atlas.faces[i]
            liked = favour if any(word in face.root for word in favoured) else 1.0
            return float(liked * rules.weights[face.kind] / sizes[face.root] ** 0.7)

        self.usable = chosen
        light = [i for i in chosen if self._stems[i] <= _LIGHT] or chosen
        self._tables = [(faces, list(accumulate(map(weight, faces)))) for faces in (chosen, light)]

    def draw(self, random: Random, *, light: bool) -> int:
        """The number of a face in the atlas; with `light` one with narrow strokes."""
        faces, totals = self._tables[light]
        return random.choices(faces, cum_weights=totals)[0]

    def _stem(self, atlas: Atlas, i: int, rules: FontRules) -> float:
        """Width of an upright stroke in heights of a capital; 0 for a face that codes are not written in."""
        face, row = atlas.faces[i], atlas.index[i]
        unfit = rules.weights[face.kind] <= 0 or any(word in face.style.lower() for word in ITALIC)
        if unfit or any(row[self.columns[each]] < 0 for each in CHARACTERS):
            return 0.0
        tops = [-int(atlas.top[row[self.columns[each]]]) for each in CHARACTERS]
        if min(tops) < _SHORTEST * CAPITAL:  # numerals of old style, of which 0 looks like o
            return 0.0
        glyph = row[self.columns["L"]]
        height, width, at = int(atlas.height[glyph]), int(atlas.width[glyph]), int(atlas.offset[glyph])
        ink = np.asarray(atlas.pixels[at : at + height * width]).reshape(height, width)
        stem = float(ink[height // 3 : height // 2].mean(axis=0, dtype=np.float64).sum()) / 255 / CAPITAL
        return stem if _THIN <= stem <= _BOLD else 0.0
