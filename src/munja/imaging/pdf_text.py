"""The text that a PDF page itself holds, as lines with words and characters in pixels of the rendered page.

PDFium gives characters with their boxes in points of the page, in the order of the document; blanks and line ends that
the document only implies are put in by PDFium.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.page import Character, Line, Polygon, Word
from munja.imaging.geometry import quad_angle

_HYPHEN = 2  # what PDFium gives for a hyphen at the end of a line


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A character, its box in points (left, bottom, right, top), and how far it is turned, in degrees anticlockwise."""

    text: str
    box: tuple[float, float, float, float]
    turn: float


def text_lines(page: Any, width: int, height: int) -> tuple[Line, ...]:
    """The lines of text of a PDFium page that is rendered as width x height pixels, in the document's own order."""
    text = page.get_textpage()
    try:
        glyphs = list(_glyphs(text.raw, text.count_chars()))
    finally:
        text.close()
    matrix = _to_pixels(page, width, height)
    lines = (_line(words, matrix) for words in _lines(glyphs))
    return tuple(line for line in lines if line.text)


def _glyphs(text: Any, count: int) -> Iterator[_Glyph]:
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    high = 0
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:  # the first half of a character beyond the basic plane
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0
        high = 0
        if not code or code == 0xFFFE or code == 0xFFFF:
            continue
        pdfium.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box))
        turn = -math.degrees(pdfium.FPDFText_GetCharAngle(text, index))  # PDFium counts clockwise
        symbol = "-" if code == _HYPHEN else chr(code)
        yield _Glyph(symbol, (box.left, box.bottom, box.right, box.top), turn)


def _lines(glyphs: list[_Glyph]) -> Iterator[list[list[_Glyph]]]:
    """Lines as lists of words as lists of characters: a line ends at a line end or where the text turns."""
    words: list[list[_Glyph]] = [[]]
    turn: float | None = None
    for glyph in glyphs:
        blank = glyph.text.isspace()
        turned = turn is not None and not blank and abs((glyph.turn - turn + 180.0) % 360.0 - 180.0) > 10.0
        if glyph.text in "\r\n" or turned:
            yield words
            words, turn = [[]], None
        if blank:
            words.append([])
        else:
            turn = glyph.turn if turn is None else turn
            words[-1].append(glyph)
    yield words


def _line(words: list[list[_Glyph]], matrix: NDArray[np.float64]) -> Line:
    kept = [word for word in words if word]
    if not kept:
        return Line("")
    made = tuple(_word(word, matrix) for word in kept)
    quad = _quad([glyph for word in kept for glyph in word], matrix)
    angle = quad_angle(np.asarray(quad, np.float32))
    return Line(" ".join(word.text for word in made), quad, None, made, round(angle, 2) % 360.0)


def _word(word: list[_Glyph], matrix: NDArray[np.float64]) -> Word:
    characters = tuple(Character(glyph.text, _quad([glyph], matrix)) for glyph in word)
    return Word("".join(glyph.text for glyph in word), _quad(word, matrix), None, characters)


def _quad(glyphs: list[_Glyph], matrix: NDArray[np.float64]) -> Polygon:
    """The box around characters, along their direction, as a quad in pixels from the top left of the text.

    The box that PDFium gives to a character turned by another angle than a quarter is upright and too large: there its
    middle counts, with a size that its height and width allow.
    """
    turn = math.radians(glyphs[0].turn)
    along, across = np.array([math.cos(turn), math.sin(turn)]), np.array([-math.sin(turn), math.cos(turn)])
    lows, highs = [], []
    for glyph in glyphs:
        left, bottom, right, top = glyph.box
        middle = np.array([(left + right) / 2.0, (bottom + top) / 2.0])
        half = _half_size(right - left, top - bottom, turn)
        place = np.array([middle @ along, middle @ across])
        lows.append(place - half)
        highs.append(place + half)
    (start, low), (end, high) = np.min(lows, axis=0), np.max(highs, axis=0)
    corners = np.array([start * along + high * across, end * along + high * across])
    corners = np.concatenate([corners, [end * along + low * across, start * along + low * across]])
    pixels = corners @ matrix[:, :2].T + matrix[:, 2]
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in pixels)


def _half_size(width: float, height: float, turn: float) -> NDArray[np.float64]:
    """Half the sizes along and across the text of a character whose upright box is width x height points."""
    cosine, sine = abs(math.cos(turn)), abs(math.sin(turn))
    determinant = cosine * cosine - sine * sine
    if abs(determinant) > 0.2:  # width = l cos + h sin, height = l sin + h cos
        length = (width * cosine - height * sine) / determinant
        tall = (height * cosine - width * sine) / determinant
        if length >= 0.0 and tall > 0.0:
            return np.array([length, tall]) / 2.0
    side = (width + height) / (2.0 * (cosine + sine))
    return np.array([side, side]) / 2.0


def _to_pixels(page: Any, width: int, height: int) -> NDArray[np.float64]:
    """The affine map (2, 3) from points of the page, its crop box and rotation included, to pixels."""
    import pypdfium2.raw as pdfium

    fine = 64  # PDFium answers in whole pixels: ask for a page 64 times as large
    x, y = ctypes.c_int(), ctypes.c_int()
    found = []
    for point in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
        pdfium.FPDF_PageToDevice(
            page.raw, 0, 0, width * fine, height * fine, 0, *point, ctypes.byref(x), ctypes.byref(y)
        )
        found.append(np.array([x.value, y.value], np.float64) / fine)
    origin, right, up = found
    return np.stack([(right - origin) / 1000.0, (up - origin) / 1000.0, origin], axis=1)
