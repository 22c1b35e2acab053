"""Synthetic lines of text with the exact place of every character, made fast enough to train inline."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError
from munja.core.spec import Spec
from munja.data.charset import characters
from munja.data.synth import patterns
from munja.data.synth.accept import ITALIC
from munja.data.synth.atlas import Atlas, Face, cached_atlas
from munja.data.synth.fonts import is_validation_family
from munja.data.synth.looks import draw_look
from munja.data.synth.recipe import Recipe, read_recipe
from munja.data.synth.render import Rendered, Renderer
from munja.data.synth.text import TextSource, kinds


@dataclass(frozen=True)
class LineBatch:
    """N grey lines (N, H, W) uint8 and what stands on them.

    `centres[i]` holds the x pixel of the centre of every character of texts[i], blanks included; `polygons[i]`
    (K, 4, 2), where asked for, the corners of every character. `widths` are the pixels used; the rest is padding.
    """

    images: NDArray[np.uint8]
    texts: tuple[str, ...]
    centres: tuple[NDArray[np.float32], ...]
    widths: NDArray[np.int32]
    polygons: tuple[NDArray[np.float32], ...] | None = None


class LineSynthesiser:
    """Makes batches of lines from a recipe; the same recipe and seed give the same batch in any process."""

    def __init__(self, recipe: Spec, *, split: str = "train") -> None:
        if split not in ("train", "validate"):
            raise SpecError(f"split: train or validate was wanted, got {split!r}")
        self.recipe: Recipe = read_recipe(recipe, text_kinds=kinds())
        self.characters = characters(self.recipe.charset)
        text = TextSource(self.characters, dict(self.recipe.text), self.recipe.corpora, capitals=self.recipe.capitals)
        cache = Path(self.recipe.cache).expanduser() if self.recipe.cache else None
        self.atlas = cached_atlas(self.characters, self.recipe.fonts, cache=cache)
        self._text = text
        self._faces = Faces(self.atlas, self.recipe, split)
        self.faces = tuple(self._faces.usable)  # indices of the split's faces in the atlas
        self._renderer = Renderer(self.atlas)
        # Folders may lie elsewhere on another machine: they are no part of what a seed means.
        settings = {key: value for key, value in asdict(self.recipe).items() if key not in ("corpora", "cache")}
        settings["fonts"] = {key: value for key, value in settings["fonts"].items() if key not in ("folders", "atlas")}
        tree = json.dumps(settings, sort_keys=True)
        self._salt = f"{hashlib.blake2b(tree.encode(), digest_size=8).hexdigest()}/{split}"

    def batch(self, seed: int, count: int, *, width: int, height: int = 32, polygons: bool = False) -> LineBatch:
        """`count` lines in pictures of `height` x `width` pixels, with texts of a length that suits the width.

        InputError if a picture would be less wide than tall, where hardly a character fits.
        """
        if count < 1 or height < 8 or width < height:
            raise InputError(
                "a batch of 1 line or more, 8 pixels tall or more and at least as wide, was wanted, "
                f"got {count} of {width} x {height}"
            )
        random = Random(f"{self._salt}/{seed}/{width}/{height}")
        images = np.full((count, height, width), self.recipe.padding, np.uint8)
        lines = [self._line(random, width, height) for _ in range(count)]
        for image, line in zip(images, lines, strict=True):
            image[:, : line.picture.shape[1]] = line.picture
        return LineBatch(
            images=images,
            texts=tuple(line.text for line in lines),
            centres=tuple(line.centres for line in lines),
            widths=np.array([line.picture.shape[1] for line in lines], np.int32),
            polygons=tuple(line.quads() for line in lines) if polygons else None,
        )

    def _line(self, random: Random, width: int, height: int) -> Rendered:
        for _ in range(20):
            look = draw_look(random, self.recipe.shape, self.recipe.looks)
            face = self._faces.draw(random)
            # Most lines fill their bucket, as lines sorted by width do; some are short.
            fill = random.uniform(0.72, 1.0) if random.random() < 0.85 else random.uniform(0.3, 1.0)
            room = fill * width / height - max(0.0, look.left) - max(0.0, look.right)
            step = self._renderer.character_width(face, look)
            length = max(1, round(room / step))
            if look.spread and self._faces.hangul:
                face, text = self._faces.in_language(random, korean=True), patterns.draw(random, "korean_spread")
                look.tracking, look.ring = look.spread, ""
            else:
                text = self._draw_text(random, face, length)
            face = self._faces.covering(random, face, text)
            if any("가" <= each <= "힣" for each in text):  # a syllable has up to seven strokes one above the other
                look.native_height = max(look.native_height, 15)
            line = self._renderer.render(text, face, look, random, width=width, height=height)
            if line is not None:
                return line
        raise InputError(f"no line fits into {width} x {height} pixels: ask for wider pictures")

    def _draw_text(self, random: Random, face: int, length: int) -> str:
        if self.atlas.faces[face].kind == "digits":
            text = patterns.draw(random, random.choice(("money", "times", "dates", "codes")))
            return "".join(each for each in text if each in "0123456789.:-")[: max(1, length)]
        return self._text.draw(random, length, max(1, round(1.15 * length)))


class Faces:
    """The faces of a split, drawn by kind and family, Hangul faces apart for texts that need them."""

    def __init__(self, atlas: Atlas, recipe: Recipe, split: str) -> None:
        share = recipe.fonts.validation_share
        wanted = [
            i for i, face in enumerate(atlas.faces) if is_validation_family(face.root, share) == (split == "validate")
        ]
        # With a handful of families the hash may leave a split empty: then both use all of them.
        has_text = any(atlas.faces[i].kind != "digits" for i in wanted)
        self.usable = wanted if has_text else list(range(len(atlas.faces)))
        self._hangul = [i for i in self.usable if atlas.faces[i].hangul]
        if not self._hangul:
            self._hangul = [i for i, face in enumerate(atlas.faces) if face.hangul]
        self._atlas = atlas
        self._columns = {each: i for i, each in enumerate(atlas.characters)}
        sizes: dict[str, int] = {}
        for i in self.usable:
            sizes[atlas.faces[i].root] = sizes.get(atlas.faces[i].root, 0) + 1
        weights = recipe.fonts.weights

        def weight(face: Face) -> float:
            """How often a face is drawn, beside the others."""
            slanted = weights["italic"] if any(word in face.style.lower() for word in ITALIC) else 1.0
            # A family of 16 faces comes up 2.3 times as often as one of a single face, not 16 times.
            return float(weights[face.kind] * slanted / sizes.get(face.root, 1) ** 0.7)

        self._weight = {i: weight(atlas.faces[i]) for i in {*self.usable, *self._hangul}}
        self._totals = list(accumulate(self._weight[i] for i in self.usable))
        self._hangul_totals = list(accumulate(self._weight[i] for i in self._hangul))
        self._hangul_share = 0.6 if self._hangul and recipe.charset == "korean" else 0.0
        if not self._totals or self._totals[-1] <= 0:
            raise SpecError("fonts.weights: all are 0 for the faces found; give some kind of face a weight")

    @property
    def hangul(self) -> bool:
        """Whether there is a face with Hangul."""
        return bool(self._hangul)

    def draw(self, random: Random) -> int:
        """A face, by weight."""
        if self._hangul_share and random.random() < self._hangul_share:
            return random.choices(self._hangul, cum_weights=self._hangul_totals)[0]
        return random.choices(self.usable, cum_weights=self._totals)[0]

    def in_language(self, random: Random, *, korean: bool) -> int:
        """A face by weight: one with Hangul for Korean, and neither that nor one of digits alone otherwise."""
        if korean:
            return random.choices(self._hangul, cum_weights=self._hangul_totals)[0]
        for _ in range(10):
            face = random.choices(self.usable, cum_weights=self._totals)[0]
            if self._atlas.faces[face].kind != "digits" and not self._atlas.faces[face].hangul:
                return face
        return face

    def covering(self, random: Random, face: int, text: str) -> int:
        """The face, or another one drawn like it that has all characters of the text (or, after ten tries, most)."""
        columns = [self._columns[each] for each in text]
        hangul = any("가" <= each <= "힣" for each in text)
        best, most = face, -1
        for _ in range(10):
            have = int((self._atlas.index[face, columns] >= 0).sum())
            if have == len(columns):
                return face
            if have > most:
                best, most = face, have
            pool, totals = (
                (self._hangul, self._hangul_totals) if hangul and self._hangul else (self.usable, self._totals)
            )
            face = random.choices(pool, cum_weights=totals)[0]
        return best
