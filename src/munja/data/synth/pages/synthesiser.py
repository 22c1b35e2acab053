"""Synthetic pages with the quads of their lines and words, made fast enough to train a text detector inline."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError
from munja.data.charset import characters
from munja.data.synth.atlas import cached_atlas
from munja.data.synth.lines import Faces
from munja.data.synth.pages import (
    camera,
    certificates,
    clutter,
    documents,
    forms,
    grounds,
    notices,
    receipts,
    scenes,
    screens,
    whole,
)
from munja.data.synth.pages.desk import Copy, Desk
from munja.data.synth.pages.labels import PageLine, lines_seen
from munja.data.synth.pages.recipe import PAGES, PageRecipe, read_page_recipe
from munja.data.synth.pages.sheet import Sheet, Typesetter
from munja.data.synth.pages.whole import WholePage
from munja.data.synth.text import TextSource

Layout = Callable[[Sheet, Desk, Random], None]
_LAYOUTS: dict[str, Layout] = {
    "receipt": receipts.receipt,
    "certificate": certificates.certificate,
    "notice": notices.notice,
    "letter": documents.letter,
    "article": documents.article,
    "form": forms.form,
    "table": documents.table,
    "slide": screens.slide,
    "phone": screens.phone,
    "label": scenes.label,
    "sign": scenes.sign,
    "nothing": scenes.nothing,
}
_HARMFUL = ("faded", "thin", "low_resolution", "focus_blur", "motion_blur", "photocopy")
_FREE = ("sign", "label", "nothing")
_PAPER = ("receipt", "certificate", "notice", "letter", "article", "form", "table")


@dataclass(frozen=True)
class PageBatch:
    """N grey pictures (N, size, size) uint8 of pages, and the lines that are written on each."""

    images: NDArray[np.uint8]
    lines: tuple[tuple[PageLine, ...], ...]


class PageSynthesiser:
    """Makes pages by a recipe; the same recipe, seed and size give the same pages in any process."""

    def __init__(self, spec: Mapping[str, Any], *, split: str = "train") -> None:
        """Read the recipe and open its atlas; `split` is train or validate, which share no family of faces."""
        if split not in ("train", "validate"):
            raise SpecError(f"split: train or validate was wanted, got {split!r}")
        self.recipe: PageRecipe = read_page_recipe(dict(spec))
        lines = self.recipe.lines
        charset = characters(lines.charset)
        self._source = TextSource(charset, dict(lines.text), lines.corpora, capitals=lines.capitals)
        self._photos = grounds.photographs(self.recipe.backgrounds, self.recipe.backgrounds_without)
        self._atlas = cached_atlas(charset, lines.fonts, cache=Path(lines.cache).expanduser() if lines.cache else None)
        self._faces = Faces(self._atlas, lines, split)
        if self.recipe.korean and not any(each.hangul for each in self._atlas.faces):
            raise InputError("korean: no face with Hangul was found; run recipes/fonts/install.sh, or set korean = 0")
        self._typesetter = Typesetter(self._atlas)
        self._kinds = [kind for kind in PAGES if kind in self.recipe.pages]
        self._totals = list(accumulate(self.recipe.pages[kind] for kind in self._kinds))
        # Folders may lie elsewhere on another machine: they are no part of what a seed means.
        settings = asdict(self.recipe)
        del settings["backgrounds"], settings["lines"]["corpora"], settings["lines"]["cache"]
        del settings["lines"]["fonts"]["folders"], settings["lines"]["fonts"]["atlas"]
        # Nor are settings of kinds that are not drawn: pages of one kind stay as they are while others are tuned.
        settings["kinds"] = {kind: own for kind, own in settings["kinds"].items() if kind in self._kinds}
        if not settings["kinds"]:
            del settings["kinds"]
        tree = json.dumps(settings, sort_keys=True)
        self._salt = f"{hashlib.blake2b(tree.encode(), digest_size=8).hexdigest()}/{split}"

    def batch(self, seed: int, count: int, *, size: int = 448) -> PageBatch:
        """`count` pages of `size` x `size` pixels."""
        if count < 1 or size < 64:
            raise InputError(f"1 page or more of 64 pixels or more was wanted, got {count} of {size}")
        random = Random(f"{self._salt}/{seed}/{size}")
        images = np.empty((count, size, size), np.uint8)
        found = []
        for k in range(count):
            images[k], lines = self._page(random, size)
            found.append(lines)
        return PageBatch(images, tuple(found))

    def whole(self, seed: int, count: int) -> list[WholePage]:
        """`count` whole pages of the recipe's `long_side`, to read and to measure with; none is turned on its side."""
        if count < 1 or any(self.recipe.of(kind).long_side is None for kind in self._kinds):
            raise InputError(f"1 page or more, by a recipe with a long_side, was wanted; got {count}")
        random = Random(f"{self._salt}/{seed}/whole")
        return [self._whole(random) for _ in range(count)]

    def _whole(self, random: Random) -> WholePage:
        kind = random.choices(self._kinds, cum_weights=self._totals)[0]
        own = self.recipe.of(kind)
        assert own.long_side is not None
        size = random.randint(*own.long_side)
        frame = whole.frame(random, kind, size, across=own.across)
        desk = self._desk(random, kind, size=frame.size)
        happens = self._looks(random, kind, desk)
        free = kind in _FREE
        pose = camera.pose(random, happens, frame.side, size, angle=self.recipe.angle, free=free)
        moved = bool(np.abs(pose[:2, :2] - np.eye(2)).max() > 0.02 or pose[2, :2].any())
        pose = frame.fitted(pose, size)
        table = kind in _PAPER and (moved or happens("background"))
        edges = frame.paper if table else None
        sheet = Sheet(self._atlas, frame.side, 255.0, area=frame.area)
        picture = self._picture(random, kind, sheet, desk, happens, pose, size, edges=edges)
        x0, y0, x1, y1 = frame.cut(random, pose, size, table=table)
        picture = np.ascontiguousarray(picture[y0:y1, x0:x1])
        pose = np.array([[1.0, 0.0, -x0], [0.0, 1.0, -y0], [0.0, 0.0, 1.0]]) @ pose
        return WholePage(picture, kind, lines_seen(sheet.lines, pose, picture))

    def _looks(self, random: Random, kind: str, desk: Desk) -> camera.Happens:
        looks = self.recipe.of(kind).looks
        harm = _harm(random, looks, most=2 if desk.size > 9 else 1)

        def happens(name: str) -> bool:
            """Whether a look comes up on this page; of the harmful ones only those that were chosen together."""
            return name in harm if name in _HARMFUL else random.random() < looks.get(name, 0.0)

        return happens

    def _page(self, random: Random, size: int) -> tuple[NDArray[np.uint8], tuple[PageLine, ...]]:
        kind = random.choices(self._kinds, cum_weights=self._totals)[0]
        desk = self._desk(random, kind)
        happens = self._looks(random, kind, desk)
        turned = happens("turn")
        side = size + 8
        pose = camera.pose(random, happens, side, size, angle=self.recipe.angle, free=kind in _FREE)
        side = _side_for(pose, side, size)
        pose = pose @ np.array(
            [[1.0, 0.0, 0.5 * (size + 8 - side)], [0.0, 1.0, 0.5 * (size + 8 - side)], [0.0, 0.0, 1.0]]
        )
        sheet = Sheet(self._atlas, side, 255.0)
        picture = self._picture(random, kind, sheet, desk, happens, pose, size)
        lines = lines_seen(sheet.lines, pose, picture)
        if turned:
            picture, lines = _turned(random, picture, lines)
        return picture, lines

    def _picture(
        self, random: Random, kind: str, sheet: Sheet, desk: Desk, happens: camera.Happens, pose: NDArray[np.float64],
        size: int, *, edges: grounds.Box | None = None,
    ) -> NDArray[np.uint8]:  # fmt: skip
        """The picture (size, size) of a sheet that a layout fills; `edges` are those of its paper, where known."""
        paper, free = kind in _PAPER, kind in _FREE
        scan = paper and random.random() < self.recipe.of(kind).scan
        level = _paper_level(random, scan) if paper else 255.0
        sheet.ground[:] = round(level)
        if free and not (kind == "nothing" and random.random() < 0.2):
            sheet.ground = grounds.wall(random, sheet.side, self._photos, photo=happens("photo"))
        if happens("clutter") and free:
            _scatter(sheet, desk, random, random.randint(0, 255))
        _LAYOUTS[kind](sheet, desk, random)
        if not free and happens("clutter"):
            before = sheet.ground.copy()
            _scatter(sheet, desk, random, random.randint(0, 110 if paper else 255))
            if random.random() < 0.9:  # print lies seldom on a picture
                _clear(sheet, before)
        if happens("scribble"):
            at = random.uniform(0, sheet.side), random.uniform(0, sheet.side)
            clutter.scribble(sheet.ground, random, *at, desk.size * random.uniform(1.5, 5.0), random.randint(20, 140))
        ink = random.uniform(0, 60) if scan or random.random() < 0.5 else random.uniform(20, 110)
        picture = camera.printed(sheet, random, happens, ink=min(ink, level - 60))
        if paper and happens("inverse"):
            picture = 255 - picture
        if edges is not None or (paper and sheet.area is None and happens("background")):
            picture = self._on_table(random, sheet, picture, happens, scan=scan, edges=edges)
        picture = camera.seen(picture, pose, size)
        return camera.photographed(picture, random, happens, scan=scan)

    def _desk(self, random: Random, kind: str, *, size: float = 0.0) -> Desk:
        low, high = self.recipe.size
        middle, spread = math.log(math.sqrt(low * high)), math.log(high / low) / 3.2
        size = size or min(max(math.exp(random.gauss(middle, spread)), low), high)
        korean = random.random() < self.recipe.korean
        lines = self.recipe.lines
        capitals = random.random() < 0.6 * lines.capitals
        own = self.recipe.of(kind)
        copy = Copy(self._source, lines.corpora, korean=korean, capitals=capitals, invented=own.invented)
        size = max(size, own.least_size, 7.0 if korean else 0.0)
        return Desk(self._typesetter, self._faces, copy, size, own.least_size)

    def _on_table(
        self, random: Random, sheet: Sheet, picture: NDArray[np.uint8], happens: camera.Happens, *, scan: bool,
        edges: grounds.Box | None,
    ) -> NDArray[np.uint8]:  # fmt: skip
        """The page with some of its edges in view: what lies beyond them hides the text there."""
        side = sheet.side
        boxes = [each.box for each in sheet.lines]
        gap = random.uniform(4, 50)
        x0 = min((box[0] for box in boxes), default=0.3 * side) - gap
        x1 = max((box[2] for box in boxes), default=0.7 * side) + gap
        y0 = min((box[1] for box in boxes), default=0.0) - gap
        y1 = max((box[3] for box in boxes), default=float(side)) + gap
        if scan:  # the lid of the scanner, or its dark gap
            ground = np.full(
                (side, side), random.choice((0, random.randint(0, 40), random.randint(120, 255))), np.uint8
            )
        else:
            ground = grounds.wall(random, side, self._photos, photo=happens("photo"))
            if random.random() < 0.3:
                clutter.anything(ground, random, 20.0, random.randint(0, 255))
            if random.random() < 0.15:
                clutter.finger(ground, random, 14.0)
        return grounds.lay_on(random, picture, ground, edges or (x0, y0, x1, y1))


def _harm(random: Random, looks: Mapping[str, float], *, most: int) -> set[str]:
    """Which looks take strokes away on this page; what nobody can read teaches nothing, so few come together."""
    drawn = [name for name in _HARMFUL if random.random() < looks.get(name, 0.0)]
    return set(random.sample(drawn, most) if len(drawn) > most else drawn)


def _scatter(sheet: Sheet, desk: Desk, random: Random, level: int) -> None:
    for _ in range(random.choice((1, 1, 2, 3))):
        clutter.anything(sheet.ground, random, desk.size * random.uniform(0.8, 2.0), level)


def _clear(sheet: Sheet, before: NDArray[np.uint8]) -> None:
    """What every line of text stood on before the clutter came."""
    for each in sheet.lines:
        x0, y0, x1, y1 = (max(0, round(value)) for value in each.box)
        sheet.ground[y0:y1, x0:x1] = before[y0:y1, x0:x1]


def _paper_level(random: Random, scan: bool) -> float:
    if scan:
        return random.choice((255.0, 255.0, random.uniform(243, 255), random.uniform(225, 253)))
    return random.choice((255.0, random.uniform(220, 255), random.uniform(150, 245)))


def _side_for(pose: NDArray[np.float64], side: int, size: int) -> int:
    """How large the sheet must be so that the picture shows nothing beyond it, at most twice the picture."""
    corners = np.array([[0.0, 0.0], [size, 0.0], [size, size], [0.0, size]], np.float64)
    if pose[0, 0] == 1.0 and pose[0, 1] == 0.0 and not pose[2, :2].any():
        return side
    back = camera.forward(corners, np.asarray(np.linalg.inv(pose), np.float64)) - 0.5 * side
    return min(2 * size, math.ceil(2 * float(np.abs(back).max())) + 4)


def _turned(
    random: Random, picture: NDArray[np.uint8], lines: tuple[PageLine, ...]
) -> tuple[NDArray[np.uint8], tuple[PageLine, ...]]:
    """The page turned by a quarter, a half or three quarters; quads still begin at the text's own top left."""
    quarters, size = random.randint(1, 3), picture.shape[0]

    def turn(points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Points (..., 2) in pixels of the turned page."""
        for _ in range(quarters):
            points = np.stack([points[..., 1], size - points[..., 0]], axis=-1)
        return np.ascontiguousarray(points, np.float32)

    def turn_line(line: PageLine) -> PageLine:
        """The line on the turned page."""
        polygon = None if line.polygon is None else turn(line.polygon)
        return PageLine(turn(line.quad), turn(line.words), line.texts, line.ignore, polygon)

    return np.ascontiguousarray(np.rot90(picture, quarters)), tuple(turn_line(each) for each in lines)
