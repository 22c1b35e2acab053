"""Glyphs: one face's characters as grey bitmaps with bearings and advances, and what kind of face it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from munja.data.synth.fonts import FontFile, open_face

NO_CHARACTER = "\U0010ffff"  # a non-character: what a face draws for it is its sign for "missing"
PROBE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
PROBE_SIDE = 16
_KERNING = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-'"
_KERNED_PAIRS = ("AV", "To", "Te", "VA", "LT", "P.", "Yo", "AT")


@dataclass(frozen=True)
class Glyph:
    """Ink (h, w) uint8 of one character, its offset `left`, `top` from pen and baseline, and the pen's `advance`."""

    ink: NDArray[np.uint8]
    left: int
    top: int
    advance: float


def rasterise(font: ImageFont.FreeTypeFont, character: str) -> Glyph:
    """The glyph of one character; its ink is empty (0, 0) for blanks."""
    mask, (left, top) = font.getmask2(character, mode="L", anchor="ls")
    width, height = mask.size
    ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width) if width * height else np.zeros((0, 0), np.uint8)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if len(rows) == 0:
        return Glyph(np.zeros((0, 0), np.uint8), 0, 0, font.getlength(character))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Glyph(ink, int(left + columns[0]), int(top + rows[0]), font.getlength(character))


def size_for_capitals(font: FontFile, height: int) -> int:
    """The size in pixels per em at which the face's H is `height` pixels tall; 0 where the face has no usable H."""
    tall = rasterise(open_face(font, 100), "H").ink.shape[0]
    return round(100 * height / tall) if 30 <= tall <= 110 else 0


def missing_sign(font: ImageFont.FreeTypeFont) -> tuple[tuple[int, ...], bytes]:
    """Shape and pixels of what the face draws for a character that it does not have."""
    return _signature(rasterise(font, NO_CHARACTER))


def has_character(glyph: Glyph, missing: tuple[tuple[int, ...], bytes]) -> bool:
    """Whether a glyph has ink and is not the face's sign for a missing character."""
    return glyph.ink.size > 0 and _signature(glyph) != missing


def _signature(glyph: Glyph) -> tuple[tuple[int, ...], bytes]:
    return glyph.ink.shape, glyph.ink.tobytes()


def thumbnail(glyph: Glyph) -> NDArray[np.float32]:
    """The glyph's ink squeezed into a square of PROBE_SIDE pixels, zero mean and unit length, flattened."""
    small = cv2.resize(glyph.ink, (PROBE_SIDE, PROBE_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return _normalised(small)


def framed_thumbnail(glyph: Glyph, capital: float) -> NDArray[np.float32]:
    """As `thumbnail`, but placed in a frame around the baseline, so that . and ' differ."""
    side = PROBE_SIDE
    frame = np.zeros((side, side), np.float32)
    scale = side / (1.9 * capital)
    height, width = (max(1, min(side, round(n * scale))) for n in glyph.ink.shape)
    top = min(max(0, round((glyph.top + 1.4 * capital) * scale)), side - height)
    left = (side - width) // 2
    frame[top : top + height, left : left + width] = cv2.resize(
        glyph.ink, (width, height), interpolation=cv2.INTER_AREA
    )
    return _normalised(cv2.GaussianBlur(frame, (3, 3), 0))


def _normalised(picture: NDArray[Any]) -> NDArray[np.float32]:
    flat = np.asarray(picture.ravel() - picture.mean(), np.float32)
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-6), np.float32)


def kerning(font: ImageFont.FreeTypeFont) -> NDArray[np.int8] | None:
    """Pixels to add between pairs of printable ASCII (95, 95), or None where the face has no kerning table."""
    alone = {character: font.getlength(character) for character in _KERNING}

    def pair(first: str, second: str) -> int:
        """Pixels between two characters beyond the sum of their widths."""
        extra = font.getlength(first + second) - alone[first] - alone[second]
        # Kerning is fitted to whole pixels; Pillow (up to 13 at least) adds them as if they were 64ths of a pixel.
        return round(extra * 64 if abs(extra) < 0.5 else extra)

    if not any(pair(*each) for each in _KERNED_PAIRS):
        return None
    table = np.zeros((95, 95), np.int8)
    for first in _KERNING:
        for second in _KERNING:
            table[ord(first) - 32, ord(second) - 32] = max(-20, min(20, pair(first, second)))
    return table


def describe_kind(advances: dict[str, float], capital: float) -> str:
    """The kind of a face by its advances: mono, condensed, wide or regular."""
    if abs(advances["i"] - advances["W"]) < 0.02 * capital:
        return "mono"
    mean = float(np.mean([advances[each] for each in "abcdeghnopqrsuvxyzACDEHORS0123456789"])) / capital
    return "condensed" if mean < 0.62 else "wide" if mean > 0.96 else "regular"


def pack(glyphs: Iterable[Glyph]) -> NDArray[np.uint8]:
    """All ink of the glyphs in one flat array."""
    parts = [glyph.ink.ravel() for glyph in glyphs]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint8)
