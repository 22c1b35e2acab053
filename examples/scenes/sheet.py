"""A flat sheet that remembers what was written on it, and where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from munja.core.page import Line, Polygon, Word

Align = Literal["left", "centre", "right"]
Box = tuple[float, float, float, float]


class Sheet:
    """An RGB image to write on; `lines` holds every written line with its polygons, in pixels of this sheet."""

    def __init__(self, width: int, height: int, colour: str = "white", *, smooth: bool = True) -> None:
        self.image = Image.new("RGB", (width, height), colour)
        self.draw = ImageDraw.Draw(self.image)
        self.draw.fontmode = "L" if smooth else "1"
        self.lines: list[Line] = []

    def write(
        self,
        text: str,
        x: float,
        y: float,
        font: FreeTypeFont,
        *,
        colour: str = "black",
        align: Align = "left",
        stretch: float = 0.0,
        tracking: float = 0.0,
    ) -> float:
        """Write one line with its baseline at y and give back the x where it ends.

        `align` says which point of the line is at x. `stretch` pixels are added to each blank, `tracking` pixels after
        each character. A polygon is as wide as the ink and as high as the line: from the top of an h to the foot of
        a g, or more where the ink is taller, so that a font's lines have one height whatever their letters.
        """
        blank = font.getlength(" ") + stretch + tracking
        words = text.split(" ")
        advances = [_advance(word, font, tracking) for word in words]
        width = sum(advances) + blank * (len(words) - 1)
        x -= {"left": 0.0, "centre": width / 2, "right": width}[align]
        boxes: list[Box] = []
        for word, advance in zip(words, advances, strict=True):
            boxes.append(self._word(word, x, y, font, colour, tracking))
            x += advance + blank
        _, rise, _, fall = font.getbbox("hg", anchor="ls")
        top, bottom = min(y + rise, *(box[1] for box in boxes)), max(y + fall, *(box[3] for box in boxes))
        spans = [(left, right) for left, _, right, _ in boxes]
        self.lines.append(
            Line(
                text,
                rectangle(spans[0][0], top, spans[-1][1], bottom),
                words=tuple(
                    Word(word, rectangle(left, top, right, bottom))
                    for word, (left, right) in zip(words, spans, strict=True)
                ),
            )
        )
        return x - blank

    def write_block(
        self,
        rows: Sequence[str],
        x: float,
        y: float,
        font: FreeTypeFont,
        *,
        leading: float,
        align: Align = "left",
        colour: str = "black",
    ) -> float:
        """Write rows below each other, `leading` pixels apart, and give back the next baseline."""
        for row in rows:
            if row:
                self.write(row, x, y, font, align=align, colour=colour)
            y += leading
        return y

    def write_paragraph(
        self, text: str, x: float, y: float, font: FreeTypeFont, *, width: float, leading: float, justify: bool = False
    ) -> float:
        """Write text in lines of at most `width` pixels and give back the next baseline."""
        rows = break_rows(text, font, width)
        for row in rows:
            blanks = row.count(" ")
            last = row is rows[-1]
            stretch = (width - font.getlength(row)) / blanks if justify and blanks and not last else 0.0
            self.write(row, x, y, font, stretch=stretch)
            y += leading
        return y

    def _word(self, word: str, x: float, y: float, font: FreeTypeFont, colour: str, tracking: float) -> Box:
        boxes: list[Box] = []
        for part in word if tracking else [word]:
            self.draw.text((x, y), part, font=font, fill=colour, anchor="ls")
            left, top, right, bottom = font.getbbox(part, anchor="ls")
            boxes.append((x + left, y + top, x + right, y + bottom))
            x += font.getlength(part) + tracking
        return (boxes[0][0], min(box[1] for box in boxes), boxes[-1][2], max(box[3] for box in boxes))


def _advance(word: str, font: FreeTypeFont, tracking: float) -> float:
    if not tracking:
        return font.getlength(word)
    return sum(font.getlength(character) + tracking for character in word) - tracking


def rectangle(left: float, top: float, right: float, bottom: float) -> Polygon:
    """The polygon of an upright rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def break_rows(text: str, font: FreeTypeFont, width: float) -> list[str]:
    """Break text into rows of at most `width` pixels such that the squares of the blanks' stretches are least.

    The last row may end anywhere. Words longer than a row get a row of their own.
    """
    words = text.split()
    cost, start = [0.0] + [math.inf] * len(words), [0] * (len(words) + 1)
    for end in range(1, len(words) + 1):
        for begin in range(end - 1, -1, -1):
            row = " ".join(words[begin:end])
            slack = width - font.getlength(row)
            if slack < 0 and begin < end - 1:
                break
            squares = 0.0 if end == len(words) else slack**2 / max(end - begin - 1, 0.25)
            if cost[begin] + squares < cost[end]:
                cost[end], start[end] = cost[begin] + squares, begin
    rows: list[str] = []
    end = len(words)
    while end:
        rows.append(" ".join(words[start[end] : end]))
        end = start[end]
    return rows[::-1]
