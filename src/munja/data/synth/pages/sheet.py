"""Sheet: what a page is drawn on before it is photographed, and where its words stand."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from munja.data.synth.atlas import CAPITAL, Atlas
from munja.data.synth.compose import arrange
from munja.data.synth.pages.kernels import measure, stamp

# Margins from ink to quad in heights of the ink, as the annotators of scanned receipts leave them (medians of 3,260
# lines; docs/synthetic-pages.md has the figures of both).
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_SIDE = 0.105, 0.105, 0.125
_MARGINS = np.array([MARGIN_TOP, MARGIN_BOTTOM, MARGIN_SIDE], np.float32)
# A gap of more heights of a capital than this, or of more blanks where these are wide, begins another line.
_WIDE_GAP, _WIDE_BLANKS = 1.5, 2.2
_LEAST_HEIGHT = 0.75  # in capitals: a line of dots or dashes alone has this height at least


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: a face of the atlas, the height of a capital in pixels, and what widens it."""

    face: int
    size: float
    stretch: float = 1.0
    tracking: float = 0.0  # extra distance of letters in heights of a capital
    blank: float = 1.0  # factor on the width of blanks


@dataclass(slots=True)  # not frozen: thousands are made every second, and freezing takes twice the time
class SetText:
    """A text whose glyphs have their places; pens and boxes count in pixels of the atlas, the rest in the sheet's."""

    text: str
    style: Style
    glyphs: NDArray[np.int32]
    codes: NDArray[np.int32]
    pen: NDArray[np.float32]
    box: tuple[float, float, float, float]  # of the ink: x0, y0, x1, y1
    scale_x: float  # pixels of the sheet per pixel of the atlas, along the line
    scale_y: float
    width: float  # from the first to the last ink


class Typesetter:
    """Sets texts in the faces of an atlas."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._column = np.full(0x110000, -1, np.int32)
        for column, character in enumerate(atlas.characters):
            self._column[ord(character)] = column
        self._rows = list(atlas.index)
        self._kern_row = [int(each) for each in atlas.kern_index]

    def set(self, text: str, style: Style) -> SetText | None:
        """The text without characters that the face lacks; None where no ink is left."""
        text = " ".join(text.split())
        if not text:
            return None
        codes, glyphs = self._look_up(text, style.face)
        if glyphs.min() < 0:
            kept = "".join(each for each, glyph in zip(text, glyphs, strict=True) if glyph >= 0)
            text = " ".join(kept.split())
            if not text:
                return None
            codes, glyphs = self._look_up(text, style.face)
        atlas = self._atlas
        pen, middle = np.empty(len(text), np.float32), np.empty(len(text), np.float32)
        found, x0, y0, x1, y1 = arrange(
            glyphs, codes, atlas.advance, atlas.left, atlas.top, atlas.width, atlas.height, atlas.kern,
            self._kern_row[style.face], style.tracking * CAPITAL, style.blank, -1, 0.0, pen, middle,
        )  # fmt: skip
        if not found:
            return None
        scale_y = style.size / CAPITAL
        scale_x = scale_y * style.stretch
        return SetText(text, style, glyphs, codes, pen, (x0, y0, x1, y1), scale_x, scale_y, (x1 - x0) * scale_x)

    def fitted(self, text: str, style: Style, room: float) -> SetText | None:
        """As `set`, but cut between words, or else letters, to at most `room` pixels."""
        line = self.set(text, style)
        for _ in range(4):
            if line is None or line.width <= room:
                return line
            count = int(len(line.text) * room / line.width)
            part = line.text[:count]
            if line.text[count : count + 1] != " " and part.rfind(" ") > count // 2:
                part = part[: part.rfind(" ")]
            line = self.set(part, style)
        return None

    def _look_up(self, text: str, face: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        codes = np.frombuffer(text.encode("utf-32-le"), np.int32)
        columns = self._column[codes]
        glyphs = self._rows[face][columns]
        if columns.min() < 0:  # characters that the atlas does not know
            glyphs[columns < 0] = -1
        return codes, glyphs


@dataclass(frozen=True, slots=True)
class Written:
    """One labelled line of a sheet: boxes in pixels of the sheet, and how it bends."""

    box: tuple[float, float, float, float]  # of the quad, margins included
    words: NDArray[np.float32]  # (K, 4)
    texts: tuple[str, ...]
    ignore: bool
    bow: float
    pivot: float  # the column that the bow counts from


class Sheet:
    """A square of paper or wall: `ground` and `mask` (S, S) uint8, grey levels and ink still to be printed.

    Without an `area` it is a piece of a page whose text begins and ends anywhere. With one (x0, y0, x1, y1) the whole
    page is seen: its text keeps to that.
    """

    def __init__(
        self, atlas: Atlas, side: int, level: float, *, area: tuple[float, float, float, float] | None = None
    ) -> None:
        self.side = side
        self.area = area
        self.bottom = float(side) if area is None else area[3]
        self.ground = np.full((side, side), round(level), np.uint8)
        self.mask = np.zeros((side, side), np.uint8)
        self.lines: list[Written] = []
        self._atlas = atlas
        widest = int(atlas.width.max()) + 2 if len(atlas.width) else 2
        self._scratch = np.empty(widest, np.float32), np.empty(widest, np.float32)
        self._tables = (atlas.offset, atlas.width, atlas.height, atlas.left, atlas.top, atlas.pixels)
        self._blank = atlas.characters.index(" ")
        self._make_room(256)

    def across(self, random: Random, wide: float, low: float, high: float) -> tuple[float, float]:
        """From where to where a text of `wide` pixels stands that begins at `low` to `high` of the side of a piece."""
        if self.area is not None:
            return self.area[0], self.area[2]
        x0 = random.uniform(low, high) * self.side
        return x0, x0 + wide

    def top(self, y: float) -> float:
        """Where the text begins: at y, or on a whole page where that begins."""
        return y if self.area is None else self.area[1]

    def in_rows(self, first: int) -> None:
        """Put the lines from number `first` on into reading order, which layouts do not always write rows in."""
        rest = sorted(self.lines[first:], key=lambda line: line.box[1] + line.box[3])
        rows: list[list[Written]] = []
        for line in rest:
            middle = 0.5 * (line.box[1] + line.box[3])
            if rows and rows[-1][0].box[1] < middle < rows[-1][0].box[3]:
                rows[-1].append(line)
            else:
                rows.append([line])
        self.lines[first:] = [line for row in rows for line in sorted(row, key=lambda each: each.box[0])]

    def _make_room(self, most: int) -> None:
        """Scratch arrays for labelling texts of at most so many characters."""
        self._words, self._boxes = np.empty((most, 4), np.float32), np.empty((most, 4), np.float32)
        self._ends, self._last_word = np.empty((most, 2), np.int32), np.empty(most, np.int32)

    def write(
        self, line: SetText, x: float, y: float, *, level: int = -1, labelled: bool = True, ignore: bool = False,
        bow: float = 0.0,
    ) -> tuple[float, float, float, float] | None:  # fmt: skip
        """Draw a line with its first ink at column x and its baseline at row y; the box of the ink comes back.

        `level` is the grey of the ink; below 0 it is printed in the page's own ink. None if it lies off the sheet.
        """
        scale_x, scale_y = line.scale_x, line.scale_y
        box = (x, y + line.box[1] * scale_y, x + line.width, y + line.box[3] * scale_y)
        sag = 0.25 * bow * line.width * line.width
        if box[3] + max(sag, 0) < 0 or box[1] + min(sag, 0) > self.side or box[2] < 0 or box[0] > self.side:
            return None
        start = x - line.box[0] * scale_x
        stamp(
            self.mask if level < 0 else self.ground, line.glyphs, line.pen, start, y, scale_x, scale_y, bow,
            x + 0.5 * line.width - start, level, *self._tables, *self._scratch,
        )  # fmt: skip
        if labelled:
            self._label(line, start, y, bow, x + 0.5 * line.width, ignore)
        return box

    def _label(self, line: SetText, start: float, y: float, bow: float, pivot: float, ignore: bool) -> None:
        atlas, size = self._atlas, line.style.size
        if len(line.text) > len(self._words):
            self._make_room(len(line.text))
        words, ends = self._words, self._ends
        blank = float(atlas.advance[atlas.index[line.style.face, self._blank]]) / CAPITAL * line.style.stretch
        gap = max(_WIDE_GAP, _WIDE_BLANKS * blank, 2.5 * line.style.tracking) * size
        count = measure(
            line.glyphs, line.codes, line.pen, atlas.width, atlas.height, atlas.left, atlas.top, start, y,
            line.scale_x, line.scale_y, gap, _LEAST_HEIGHT * size, _MARGINS, words, ends, self._boxes, self._last_word,
        )  # fmt: skip
        first = 0
        for k in range(count):
            last = int(self._last_word[k])
            texts = tuple(line.text[a:b] for a, b in ends[first:last].tolist())
            box = tuple(self._boxes[k].tolist())
            self.lines.append(Written(box, words[first:last].copy(), texts, ignore, bow, pivot))
            first = last
