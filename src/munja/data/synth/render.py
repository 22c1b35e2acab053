"""Rendering of one line: fit the text, compose its glyphs, lay it into the picture, print and photograph it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth import degrade
from munja.data.synth.atlas import CAPITAL, Atlas
from munja.data.synth.beside import Room, draw_beside
from munja.data.synth.compose import arrange, paint
from munja.data.synth.looks import Look
from munja.data.synth.placement import Placement

_TALL, _DEEP = "bdfhklAEHMT", "gjpqy"
_MARKS = ".,:'"  # what print loses first
_LEAST_STRETCH = 0.5
_LEVEL = np.zeros(1024, np.int32)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One line: its picture (H, w), text, centres (K,) in its pixels, and what its characters' corners follow from."""

    picture: NDArray[np.uint8]
    text: str
    centres: NDArray[np.float32]
    placement: Placement
    zoom: tuple[float, float]
    boxes: Callable[[], NDArray[np.float32]]  # (K, 4) left, top, right, bottom in line coordinates

    def quads(self) -> NDArray[np.float32]:
        """Corners (K, 4, 2) of the characters in pixels, clockwise from the top left of the text."""
        corners = self.boxes()[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]  # (K, 4, 2)
        return np.asarray(self.placement.forward(corners) * np.array(self.zoom, np.float32), np.float32)


@dataclass(slots=True)
class _Set:
    """A text set in a face: glyphs, pens, middles, vertical shifts, ink box, and the rows that the crop shows."""

    text: str
    glyphs: NDArray[np.int32]
    pen: NDArray[np.float32]
    middle: NDArray[np.float32]
    shift: NDArray[np.int32]
    box: list[float]  # x0, y0, x1, y1
    top: float
    bottom: float


class Renderer:
    """Renders texts in the faces of an atlas; holds tables only, so that one instance serves any number of calls."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._column = np.full(0x11000, -1, np.int32)
        for column, character in enumerate(atlas.characters):
            self._column[ord(character)] = column
        self._rows = list(atlas.index)
        self._kern_row = [int(each) for each in atlas.kern_index]
        self._mean_advance = [self._mean(row) for row in atlas.index]
        self._bands = [self._band(row) for row in atlas.index]

    def _mean(self, row: NDArray[np.int32]) -> float:
        columns = self._column[[ord(each) for each in "etaoinsrhTAREN01234 5."]]
        known = row[columns][row[columns] >= 0]
        return float(self._atlas.advance[known].mean()) if len(known) else float(CAPITAL)

    def _band(self, row: NDArray[np.int32]) -> tuple[float, float]:
        def known(characters: str) -> NDArray[np.int32]:
            """The glyphs of the characters that the face has."""
            glyphs = row[self._column[[ord(each) for each in characters]]]
            return glyphs[glyphs >= 0]

        tall, deep = known(_TALL), known(_DEEP)
        top = float(self._atlas.top[tall].min()) if len(tall) else -float(CAPITAL)
        bottom = float((self._atlas.top[deep] + self._atlas.height[deep]).max()) if len(deep) else 0.25 * CAPITAL
        return top, bottom

    def character_width(self, face: int, look: Look) -> float:
        """About how wide a character will be, in heights of the crop."""
        top, bottom = self._bands[face]
        tall = (CAPITAL + 0.3 * (bottom + CAPITAL)) if look.tight else bottom - top
        room = max(0.3, 1 - look.top - look.bottom - abs(look.drop) - 2 * abs(look.bend))
        return (self._mean_advance[face] + look.tracking * CAPITAL) * look.stretch * room / tall

    def render(self, text: str, face: int, look: Look, random: Random, *, width: int, height: int) -> Rendered | None:
        """The line in a picture of `height` and at most `width` pixels; None where nothing of the text can be shown."""
        native = max(6, round(look.native_height * height / 32))
        limit = math.floor(width * native / height)
        for _ in range(6):
            if not text:
                return None
            line = self._set(text, face, look, random)
            if line is None:
                return None
            fitted = self._place(line, look, native, limit)
            if isinstance(fitted, Placement):
                return self._finish(line, fitted, look, random, width, height)
            kept = min(len(line.text) - 1, math.floor(len(line.text) * fitted))
            text = _cut(line.text, kept)
        return None

    def _set(self, text: str, face: int, look: Look, random: Random) -> _Set | None:
        atlas = self._atlas
        codes = np.frombuffer(text.encode("utf-32-le"), np.int32)
        glyphs = self._rows[face][self._column[codes]]
        if glyphs.min() < 0:
            text = " ".join("".join(each for each, glyph in zip(text, glyphs, strict=True) if glyph >= 0).split())
            if not text:
                return None
            codes = np.frombuffer(text.encode("utf-32-le"), np.int32)
            glyphs = self._rows[face][self._column[codes]]
        gap_at = -1
        if look.gap and " " in text:
            gap_at = random.choice([i for i, each in enumerate(text) if each == " "])
        pen, middle = np.empty(len(text), np.float32), np.empty(len(text), np.float32)
        found, *box = arrange(
            glyphs, codes, atlas.advance, atlas.left, atlas.top, atlas.width, atlas.height, atlas.kern,
            self._kern_row[face], look.tracking * CAPITAL, look.blank, gap_at, look.gap * CAPITAL, pen, middle,
        )  # fmt: skip
        if not found:
            return None
        if look.wave or look.jitter:
            phase, turns = random.uniform(0, 6.28), random.uniform(1.0, 8.0)
            bumps = look.wave * np.sin(phase + turns * pen / max(float(pen[-1]), 100.0))
            bumps = bumps + look.jitter * np.array([random.gauss(0, 1) for _ in text])
            shift = np.rint(bumps * CAPITAL).astype(np.int32)
            box[1], box[3] = box[1] + float(shift.min()), box[3] + float(shift.max())
        else:
            shift = _LEVEL[: len(text)] if len(text) <= len(_LEVEL) else np.zeros(len(text), np.int32)
        top, bottom = box[1], box[3]
        if not look.tight:
            top, bottom = min(top, self._bands[face][0]), max(bottom, self._bands[face][1])
        elif bottom - top < 0.75 * CAPITAL:  # a dash or a dot does not fill its crop
            top, bottom = min(top, -0.85 * CAPITAL), max(bottom, 0.0)
        return _Set(text, glyphs, pen, middle, shift, box, top, bottom)

    def _place(self, line: _Set, look: Look, native: int, limit: int) -> Placement | float:
        """The placement, or the share of the text that would fit where the line is too long."""
        tall = line.bottom - line.top
        drop = math.copysign(min(abs(look.drop), 0.6), look.drop)
        room = max(0.35, 1 - look.top - look.bottom - abs(drop) - 2 * abs(look.bend)) / (1 + 0.5 * abs(look.taper))
        scale_y = native * room / tall
        slant = look.slant + (_turn(line, look, drop, room) if look.turned and abs(drop) > 0.1 else 0.0)
        lean = min(-slant * line.top, -slant * line.bottom)  # how far ink leans out to the left
        wide = (line.box[2] - line.box[0]) + abs(slant) * tall
        space = (look.left + look.right) * native
        scale_x = scale_y * look.stretch
        if space + wide * scale_x > limit:
            scale_x = (limit - space) / wide
            if scale_x < scale_y * min(_LEAST_STRETCH, look.stretch) or scale_x < 0.75 * scale_y * look.stretch:
                return max(0.0, scale_x / (scale_y * look.stretch))
        width = max(4, math.ceil(space + wide * scale_x))
        above = 0.5 * (1 + look.top - look.bottom) * native  # where the middle of the text's band lies
        return Placement(
            width=min(width, limit),
            height=native,
            scale_x=scale_x,
            scale_y=scale_y,
            x0=line.box[0] + lean - look.left * native / scale_x,
            y0=0.5 * (line.top + line.bottom) - above / scale_y,
            shear=slant,
            drop=drop * native,
            taper=look.taper,
            bend=look.bend * native,
            phase=look.bend_phase,
            waves=look.bend_waves,
        )

    def _finish(
        self, line: _Set, placement: Placement, look: Look, random: Random, width: int, height: int
    ) -> Rendered:
        picture = self._picture(line, placement, look, random)
        final = max(4, min(width, round(placement.width * height / placement.height)))
        smaller = height < placement.height
        method = (
            cv2.INTER_AREA
            if smaller and random.random() < 0.5
            else random.choice((cv2.INTER_LINEAR, cv2.INTER_LINEAR, cv2.INTER_CUBIC))
        )
        picture = np.asarray(cv2.resize(picture, (final, height), interpolation=method), np.uint8)
        zoom = (final / placement.width, height / placement.height)
        middle_y = 0.5 * (line.top + line.bottom)
        centres = (line.middle - (placement.x0 + placement.shear * middle_y)) * np.float32(placement.scale_x * zoom[0])
        centres = np.clip(centres, 0, final - 1).astype(np.float32)
        return Rendered(picture, line.text, centres, placement, zoom, lambda: self._boxes(line))

    def _boxes(self, line: _Set) -> NDArray[np.float32]:
        atlas, glyphs = self._atlas, line.glyphs
        wide = atlas.width[glyphs].astype(np.float32)
        left = line.pen + atlas.left[glyphs]
        top = (line.shift + atlas.top[glyphs]).astype(np.float32)
        bottom = top + atlas.height[glyphs]
        blank = wide == 0
        left = np.where(blank, line.pen, left)
        after = np.append(line.pen[1:], line.pen[-1:] + atlas.advance[glyphs[-1:]])
        right = np.where(blank, np.maximum(after, line.pen + 1), left + wide)
        top, bottom = np.where(blank, -CAPITAL, top), np.where(blank, 0, bottom)
        return np.stack([left, top, right, bottom], axis=1).astype(np.float32)

    def _picture(self, line: _Set, placement: Placement, look: Look, random: Random) -> NDArray[np.uint8]:
        atlas = self._atlas
        lean = abs(placement.shear) * 2 * CAPITAL
        spare = abs(placement.drop) + abs(placement.bend) + 0.25 * abs(look.taper) * placement.height
        origin_y = math.ceil(-placement.y0 + spare / placement.scale_y) + 2
        rows = origin_y + math.ceil(placement.y0 + (placement.height + spare) / placement.scale_y) + 2
        origin_x = math.ceil(-placement.x0 + lean) + 2
        columns = origin_x + math.ceil(placement.x0 + placement.width / placement.scale_x + lean) + 2
        canvas = np.zeros((rows, columns), np.uint8)
        tables = (atlas.offset, atlas.width, atlas.height, atlas.left, atlas.top, atlas.pixels)
        if look.marks < 1.0:
            _paint_faint(canvas, line, look.marks, random, origin_x, origin_y, tables)
        else:
            paint(canvas, line.glyphs, line.pen, line.shift, origin_x, origin_y, *tables)
        if look.stencil:
            _bridge(canvas, line, self._boxes(line), origin_x)
        for side in look.neighbours:
            order = np.array(random.sample(range(len(line.glyphs)), len(line.glyphs)), np.int64)
            away = look.pitch * (line.bottom - line.top) * (-1 if side == "a" else 1)
            paint(
                canvas,
                line.glyphs[order],
                line.pen,
                line.shift,
                origin_x + random.uniform(-40, 40),
                origin_y + away,
                *tables,
            )
        canvas = degrade.strokes(canvas, look)
        left, top, right = (round(each) for each in (line.box[0], line.top, line.box[2]))
        edge = origin_x + placement.x0
        room = Room(
            origin_x + left, origin_x + right, origin_y + top, origin_y + round(line.bottom), origin_y,
            edge, edge + placement.width / placement.scale_x,
        )  # fmt: skip
        draw_beside(canvas, room, look, random)
        mask = degrade.break_strokes(placement.render(canvas, origin_x, origin_y), look, random)
        return degrade.photograph(degrade.print_line(mask, look, random), look, random)


def _turn(line: _Set, look: Look, drop: float, room: float) -> float:
    """The slant of letters that turn by as much as their line falls by `drop` heights of the crop."""
    width = look.stretch * (line.box[2] - line.box[0]) * room / (line.bottom - line.top)  # in heights of the crop
    return max(-0.5, min(drop / max(width, 0.6), 0.5)) / look.stretch


def _cut(text: str, count: int) -> str:
    """At most the first `count` characters, whole words where at least half of them stay."""
    part = text[: max(0, count)]
    if count < len(text) and text[count : count + 1] != " " and part.rfind(" ") >= count // 2 > 0:
        part = part[: part.rfind(" ")]
    return part.strip()


def _paint_faint(
    canvas: NDArray[np.uint8],
    line: _Set,
    left: float,
    random: Random,
    origin_x: int,
    origin_y: int,
    tables: tuple[NDArray[Any], ...],
) -> None:
    """Draw a line of which most marks within numbers and at the ends of words keep only a share `left` of their ink."""
    faint = np.array([each in _MARKS and random.random() < 0.7 for each in line.text])
    for chosen, share in ((faint, left), (~faint, 1.0)):
        if chosen.any():
            layer = np.zeros_like(canvas)
            paint(layer, line.glyphs[chosen], line.pen[chosen], line.shift[chosen], origin_x, origin_y, *tables)
            np.maximum(canvas, cv2.convertScaleAbs(layer, alpha=share), out=canvas)


def _bridge(canvas: NDArray[np.uint8], line: _Set, boxes: NDArray[np.float32], origin_x: int) -> None:
    """Cut a stencil's bridge into the middle of every wide glyph."""
    for left, _, right, _ in boxes:
        if right - left >= 12:
            middle = round(origin_x + 0.5 * (left + right))
            canvas[:, max(0, middle - 1) : middle + 2] = 0
