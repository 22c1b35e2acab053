"""A picture with what was read marked on it: each line framed and numbered in reading order, each word underlined.

Green was read surely, orange less so, red badly; blue has no score, as ground truth.
"""

from __future__ import annotations

from typing import BinaryIO

import cv2
import numpy as np

from munja.core.page import Page
from munja.imaging.image import Image, Source
from munja.read.writers.document import Document, OnePage
from munja.read.writers.layout import PlacedLine, placed_lines
from munja.read.writers.pictures import encode, needed

SURE, FAIR = 0.9, 0.75
GREEN, ORANGE, RED, BLUE = (0, 140, 60), (230, 120, 0), (220, 0, 30), (0, 90, 220)
_FRACTION_BITS = 4  # OpenCV takes points in whole parts of a pixel
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def open_png(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """An annotated picture of one Page."""
    return OnePage("png", lambda page, picture: _write(target, page, picture))


def annotated(page: Page, picture: Image) -> Image:
    """The picture (H, W, 3) of a Page with its lines and words marked on it."""
    drawn = np.ascontiguousarray(needed(page, picture)).copy()
    lines = placed_lines(page)
    # Strokes as thick as the text asks for, so that a scan of 600 dpi shows them too when it is made smaller.
    usual = float(np.median([line.height for line in lines])) if lines else 0.0
    thickness = max(1, round(usual / 16.0))
    for number, line in enumerate(lines, 1):
        _mark(drawn, line, thickness)
        _tag(drawn, line, str(number), max(8.0, min(usual, line.height)) * 0.5)
    return drawn


def _write(target: BinaryIO, page: Page, picture: Image | None) -> None:
    target.write(encode(annotated(page, needed(page, picture)), ".png", cv2.IMWRITE_PNG_COMPRESSION, 6))


def _mark(drawn: Image, line: PlacedLine, thickness: int) -> None:
    cv2.polylines(drawn, [_fixed(line.outline)], True, _colour(line.score), thickness, cv2.LINE_AA, _FRACTION_BITS)
    for word in line.words:
        ends = _fixed(word.quad[3:1:-1])
        cv2.polylines(drawn, [ends], False, _colour(word.score), 2 * thickness, cv2.LINE_AA, _FRACTION_BITS)


def _tag(drawn: Image, line: PlacedLine, text: str, height: float) -> None:
    """Write a line's number on a filled ground before its first corner, within the picture."""
    scale = height / 21.0  # digits of this font are 21 pixels high at a scale of 1
    stroke = max(1, round(height / 10.0))
    (width, tall), _ = cv2.getTextSize(text, _FONT, scale, stroke)
    pad = max(1, round(height / 6.0))
    x = int(min(max(line.quad[0][0] - width - 3 * pad - stroke, 0), max(drawn.shape[1] - width - 2 * pad, 0)))
    y = int(min(max(line.quad[0][1], 0), max(drawn.shape[0] - tall - 2 * pad, 0)))
    cv2.rectangle(drawn, (x, y), (x + width + 2 * pad, y + tall + 2 * pad), _colour(line.score), cv2.FILLED)
    cv2.putText(drawn, text, (x + pad, y + tall + pad), _FONT, scale, (255, 255, 255), stroke, cv2.LINE_AA)


def _colour(score: float | None) -> tuple[int, int, int]:
    if score is None:
        return BLUE
    return GREEN if score >= SURE else ORANGE if score >= FAIR else RED


def _fixed(points: tuple[tuple[float, float], ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Points as OpenCV draws them: from corners of pixels to their middles, in sixteenths."""
    return np.round((np.asarray(points, np.float64) - 0.5) * (1 << _FRACTION_BITS)).astype(np.int32).reshape(-1, 1, 2)
