"""Lettering: the mask of a code on its plate, in any face, with a stencil's bridges or as dots."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.atlas import CAPITAL, Atlas
from munja.data.synth.codes.dots import dots_along, dots_on_grid, middle_line
from munja.data.synth.pages.kernels import stamp

# Where a stencil's bridge crosses a character, in widths of its ink: what is cut out must not fall out.
_BRIDGES = {
    "A": 0.5, "B": 0.40, "C": 0.55, "D": 0.40, "G": 0.5, "O": 0.5, "P": 0.40, "Q": 0.45, "R": 0.40, "S": 0.5,
    "0": 0.5, "3": 0.45, "4": 0.46, "6": 0.5, "8": 0.5, "9": 0.5,
}  # fmt: skip
_SHIFT = 4  # bits of a pixel's fraction in which OpenCV takes places


@dataclass(frozen=True, slots=True)
class Hand:
    """How a text is set: lengths in heights of a capital; `dots` is "", "along" or "grid"."""

    stretch: float = 1.0
    tracking: float = 0.0
    pitch: float = 0.0  # equal distance between characters, 0 for the face's own
    jitter: float = 0.0
    bridge: float = 0.0
    dots: str = ""
    step: float = 0.12  # between dots
    radius: float = 0.04  # of dots


@dataclass(frozen=True, slots=True)
class Letters:
    """A text on its plate: coverage `mask` (H, W) uint8, and a box (K, 4) of left, top, right, bottom per character."""

    text: str
    mask: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    capital: float  # pixels

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The box of the whole text."""
        low, high = self.boxes[:, :2].min(axis=0), self.boxes[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class Letterer:
    """Sets texts in the faces of an atlas."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._columns = {character: column for column, character in enumerate(atlas.characters)}
        self._tables = (atlas.offset, atlas.width, atlas.height, atlas.left, atlas.top, atlas.pixels)
        widest = int(atlas.width.max()) + 2
        self._scratch = np.empty(widest, np.float32), np.empty(widest, np.float32)

    def letters(self, text: str, face: int, hand: Hand, capital: float, random: Random) -> Letters:
        """The text in capitals of `capital` pixels, with 0.9 of that of plate on every side."""
        atlas, scale = self._atlas, capital / CAPITAL
        across = scale * hand.stretch
        glyphs = atlas.index[face, [self._columns[each] for each in text]]
        margin = 0.9 * capital
        pens, x = np.empty(len(text)), margin
        for i, glyph in enumerate(glyphs.tolist()):
            advance = float(atlas.advance[glyph]) * across
            room = max(advance, hand.pitch * capital * hand.stretch) if hand.pitch else advance
            pens[i] = x + 0.5 * (room - advance)
            x += room + hand.tracking * capital
        rises = np.array([random.gauss(0.0, 1.0) * hand.jitter * capital for _ in text])
        pens += [random.gauss(0.0, 0.7) * hand.jitter * capital for _ in text]
        base = 2.0 * capital + rises
        left = pens + atlas.left[glyphs] * across
        top = base + atlas.top[glyphs] * scale
        boxes = np.stack(
            [left, top, left + atlas.width[glyphs] * across, top + atlas.height[glyphs] * scale], axis=1
        ).astype(np.float32)
        mask = np.zeros((round(3.0 * capital), round(max(x, float(boxes[:, 2].max())) + margin)), np.uint8)
        if hand.dots:
            self._dot(mask, glyphs, boxes, hand, (across, scale), capital)
        else:
            pen = np.zeros(1, np.float32)
            for i in range(len(text)):
                stamp(
                    mask, glyphs[i : i + 1], pen, float(pens[i]), float(base[i]), across, scale, 0.0, 0.0, -1,
                    *self._tables, *self._scratch,
                )  # fmt: skip
        if hand.bridge:
            _bridge(mask, text, boxes, hand.bridge * capital, capital)
        return Letters(text, mask, boxes, capital)

    def _dot(
        self,
        mask: NDArray[np.uint8],
        glyphs: NDArray[np.int32],
        boxes: NDArray[np.float32],
        hand: Hand,
        scale: tuple[float, float],
        capital: float,
    ) -> None:
        atlas, one = self._atlas, 1 << _SHIFT
        radius = max(1, round(hand.radius * capital * one))
        for glyph, box in zip(glyphs.tolist(), boxes, strict=True):
            at, height, width = int(atlas.offset[glyph]), int(atlas.height[glyph]), int(atlas.width[glyph])
            ink = np.asarray(atlas.pixels[at : at + height * width]).reshape(height, width)
            place = dots_along if hand.dots == "along" else dots_on_grid
            points = place(middle_line(ink), hand.step * CAPITAL) * np.array(scale, np.float32) + box[:2]
            for x, y in np.rint((points - 0.5) * one).astype(int).tolist():
                cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA, _SHIFT)


def _bridge(mask: NDArray[np.uint8], text: str, boxes: NDArray[np.float32], wide: float, capital: float) -> None:
    """Leave a stencil's bridges free of paint."""
    for character, (left, top, right, bottom) in zip(text, boxes.tolist(), strict=True):
        if (share := _BRIDGES.get(character)) is None or right - left < 0.36 * capital:
            continue
        middle = left + share * (right - left)
        first, last = round(middle - 0.5 * wide), max(round(middle - 0.5 * wide) + 1, round(middle + 0.5 * wide))
        mask[max(0, int(top) - 2) : int(bottom) + 3, first:last] = 0
