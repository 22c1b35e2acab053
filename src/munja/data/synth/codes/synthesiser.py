"""Photographed industrial codes: one plate, its text and light, seen in one crop or several."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError
from munja.data.charset import characters
from munja.data.synth.atlas import cached_atlas
from munja.data.synth.codes import camera, grounds, light, wear
from munja.data.synth.codes.faces import CodeFaces
from munja.data.synth.codes.fields import mix
from munja.data.synth.codes.legible import legibility
from munja.data.synth.codes.lettering import Letterer, Letters
from munja.data.synth.codes.marks import MARKS, Happens
from munja.data.synth.codes.recipe import CodeRecipe, read_code_recipe

_PER_PHOTO = "worn rust dirt drips scratches chips frame rivets shadow uneven_light glare curve grey".split()
_RELIEF = ("embossed", "debossed", "dot_peened", "plate")
_FINE = ("embossed", "debossed", "dot_peened", "dot_matrix")
_CAPITALS = (22.0, 60.0)  # pixels of a capital on the plate, which crops are resampled from
_HARSH = ("chips", "rust", "drips", "dirt", "scratches", "worn")
_LEGIBLE = 0.72  # of the least legible half of a character on its plate; below, people begin to guess (judged by eye)
_SEEN = 0.72  # the same in a crop
_BLURS = ("focus_blur", "motion_blur")


@dataclass(frozen=True, slots=True)
class CodeCrop:
    """One crop of a photo: its JPEG as a camera writes it, and what is known of it.

    Crops of one photo share `source`. `centres` (K,) are the x pixels of the middles of the characters.
    """

    content: bytes
    text: str
    source: str
    style: str
    severity: float
    centres: NDArray[np.float32]

    @property
    def image(self) -> NDArray[np.uint8]:
        """The pixels (H, W, 3), RGB."""
        decoded = cv2.imdecode(np.frombuffer(self.content, np.uint8), cv2.IMREAD_COLOR_RGB)
        return np.asarray(decoded, np.uint8)


@dataclass(frozen=True, slots=True)
class _Plate:
    """A plate in its light (H, W, 3), ready to be photographed."""

    picture: NDArray[np.float32]
    marks: NDArray[np.float32]  # (H, W, 2): strokes, and their slopes in the light
    letters: Letters
    style: str
    severity: float
    exposure: float
    happens: Happens
    legible: float  # 0 to 1


class CodeSynthesiser:
    """Makes photos of codes by a recipe; the same recipe, seed and number give the same photo in any process."""

    def __init__(self, spec: Mapping[str, Any], *, split: str = "train") -> None:
        """Read the recipe and open its atlas; `split` is train or validate, which share no family of faces."""
        if split not in ("train", "validate"):
            raise SpecError(f"split: train or validate was wanted, got {split!r}")
        self.recipe: CodeRecipe = read_code_recipe(dict(spec))
        lines = self.recipe.lines
        cache = Path(lines.cache).expanduser() if lines.cache else None
        atlas = cached_atlas(characters(lines.charset), lines.fonts, cache=cache)
        self.faces = CodeFaces(atlas, lines.fonts, split, self.recipe.favoured, self.recipe.favour)
        self._letterer = Letterer(atlas)
        self._styles = list(self.recipe.styles)
        self._style_totals = list(accumulate(self.recipe.styles.values()))
        self._patterns = [pattern for pattern, _ in self.recipe.patterns.values()]
        self._pattern_totals = list(accumulate(weight for _, weight in self.recipe.patterns.values()))
        # Folders may lie elsewhere on another machine: they are no part of what a seed means.
        settings = asdict(self.recipe.lines)
        del settings["cache"], settings["fonts"]["folders"], settings["fonts"]["atlas"]
        tree = json.dumps(
            {**{key: value for key, value in spec.items() if key not in ("cache", "fonts")}, **settings}, sort_keys=True
        )
        self._salt = f"{hashlib.blake2b(tree.encode(), digest_size=8).hexdigest()}/{split}"

    def crops(self, seed: int, count: int) -> Iterator[CodeCrop]:
        """`count` crops: those of photo 0, 1, ... of the seed; the last photo may give fewer than it has."""
        if count < 1:
            raise InputError(f"1 code or more was wanted, got {count}")
        number = 0
        while count > 0:
            for crop in self.photo(seed, number)[:count]:
                yield crop
                count -= 1
            number += 1

    def photo(self, seed: int, number: int, *, most: int | None = None, tallest: float = 1e9) -> list[CodeCrop]:
        """The crops, at most `most` and of at most `tallest` pixels, of one photo of a seed."""
        random = Random(f"{self._salt}/{seed}/{number}")
        shares = self.recipe.crops
        count = random.choices(range(1, len(shares) + 1), weights=shares)[0]
        heights = [min(self._height(random), tallest) for _ in range(count)]
        plate = self._plate(random, max(heights[:most]))
        source = f"photo-{seed}-{number:06d}"
        return [self._crop(random, plate, height, source) for height in heights[:most]]

    def _height(self, random: Random) -> float:
        low, high = self.recipe.height
        middle, spread = math.log(0.88 * math.sqrt(low * high)), math.log(high / low) / 3.2
        return min(max(math.exp(random.gauss(middle, spread)), low), high)

    def _plate(self, random: Random, tallest: float) -> _Plate:
        """A plate whose every character can be read: worn less and less until it can."""
        name = random.choices(self._styles, cum_weights=self._style_totals)[0]
        text = random.choices(self._patterns, cum_weights=self._pattern_totals)[0].draw(random)
        severity = random.uniform(*self.recipe.severity)
        plate = self._worn(random, name, text, severity, tallest)
        while plate.legible < _LEGIBLE and severity > 0.05:
            severity *= 0.7
            plate = max(plate, self._worn(random, name, text, severity, tallest), key=lambda each: each.legible)
        return plate

    def _worn(self, random: Random, name: str, text: str, severity: float, tallest: float) -> _Plate:
        style = MARKS[name]
        capital = min(max(0.72 * tallest, _CAPITALS[0]), _CAPITALS[1])
        face = self.faces.draw(random, light=style.light)
        letters = self._letterer.letters(text, face, style.hand(random, severity), capital, random)
        happens = self._looks(random, severity)
        surface = grounds.GROUNDS[random.choice(style.grounds)](random, letters.mask.shape, severity)
        if happens("frame"):
            grounds.frame(random, surface, letters.box, capital)
        if happens("rivets") or (name == "plate" and random.random() < 0.5):
            grounds.rivets(random, surface, letters.box, capital)
        before = surface.relief.copy()
        style.apply(random, surface, letters, severity, happens)
        relief = surface.relief - before if name in _RELIEF else None
        wear.weather(random, surface, letters, severity, happens, bare=relief is not None)
        lamp = light.draw_lamp(random)
        shade = light.lit(random, surface, lamp, relief, severity, happens)
        picture = surface.colour * shade[..., None]
        if happens("glare"):
            mix(picture, np.array([250.0, 248.0, 242.0], np.float32), light.glare(random, surface.shape, severity))
        # A camera sets itself to what it sees, though never quite.
        wanted = random.gauss(115.0, 22.0) if random.random() < 0.75 else random.uniform(60.0, 180.0)
        exposure = (max(40.0, wanted) / max(12.0, float(picture[::4, ::4].mean()))) ** random.uniform(0.3, 0.9)
        slopes = np.zeros_like(shade) if relief is None else light.shading(relief, lamp)
        marks = np.dstack([letters.mask.astype(np.float32), slopes])
        legible = float(legibility(picture, marks, letters.boxes, capital).min())
        return _Plate(picture, marks, letters, name, severity, exposure, happens, legible)

    def _looks(self, random: Random, severity: float) -> Happens:
        """Which looks a photo has; the more severe, the more of them wear the text."""
        looks = self.recipe.looks
        drawn = {name for name in _PER_PHOTO if random.random() < looks.get(name, 0.0)}
        harsh = [name for name in _HARSH if name in drawn]
        most = 1 + round(2.4 * severity)
        drawn -= set(random.sample(harsh, max(0, len(harsh) - most)))
        return lambda name: name in drawn

    def _crop(self, random: Random, plate: _Plate, height: float, source: str) -> CodeCrop:
        """A crop in which every character can be read: taken with more and more care until it can."""
        strain = random.uniform(*self.recipe.severity)
        best = self._taken(random, plate, height, source, strain)
        while best[1] < _SEEN and strain > 0.05:
            strain *= 0.6
            best = max(best, self._taken(random, plate, height, source, strain), key=lambda each: each[1])
        return best[0]

    def _taken(
        self, random: Random, plate: _Plate, height: float, source: str, strain: float
    ) -> tuple[CodeCrop, float]:
        looks = self.recipe.looks
        blurs = [name for name in _BLURS if random.random() < looks.get(name, 0.0)]
        kept = random.choice(blurs) if blurs else ""  # both at once leave nothing to read

        def happens(name: str) -> bool:
            if name in _BLURS or name in _PER_PHOTO:
                return name == kept or plate.happens(name)
            return random.random() < looks.get(name, 0.0)

        letters = plate.letters
        pose = camera.draw_pose(random, letters, height, strain, happens)
        capital = letters.capital * pose.scale
        picture, quality = camera.taken(
            random, camera.shown(plate.picture, pose), capital, strain, happens, grey=plate.happens("grey"),
            exposure=plate.exposure, softest=0.6 if plate.style in _FINE else 1.0,
        )  # fmt: skip
        boxes = pose.boxes(letters)
        seen = legibility(picture.astype(np.float32), camera.shown(plate.marks, pose), boxes, capital)
        _, content = cv2.imencode(".jpg", picture[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
        middles = letters.boxes.reshape(-1, 2, 2).mean(axis=1)
        centres = np.clip(pose.forward(middles)[:, 0], 0, pose.width - 1)
        severity = round(plate.severity, 3)
        return CodeCrop(content.tobytes(), letters.text, source, plate.style, severity, centres), float(seen.min())
