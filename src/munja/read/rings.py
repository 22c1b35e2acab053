"""The number of a form's field in a ring or disc, which recognisers take for a letter."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.read.codecs.ctc import Reading

ROUND = "@0○◎©®OQ8●"  # as what a number of two digits in a ring is read
_SQUARE = (0.75, 1.3)  # width over height of a ring; figures are narrower
_HIGH = 0.4  # of the line, at least
_CLOSED = 0.85  # share of directions in which the ring is met
_FILLED = 0.1  # share of its middle that holds ink: a bullet or a letter O is empty


def without_ring(reading: Reading, centres: NDArray[Any], line: NDArray[np.uint8]) -> tuple[Reading, NDArray[Any]]:
    """The reading of a line (H, W, C) without the numbered ring before its Hangul, and the centres (K,) that are left.

    No charset has those numbers, and people who label forms leave them out. A sign is taken for one only where the
    picture shows it: a closed ring or a disc, as wide as it is high, with something in it.
    """
    kept = [k for k, each in enumerate(reading.characters) if not each.isspace()]
    if len(kept) < 2 or reading.characters[kept[0]] not in ROUND or not "가" <= reading.characters[kept[1]] <= "힣":
        return reading, centres
    edge = round(0.5 * float(centres[kept[0]] + centres[kept[1]]))
    if not _begins_with_ring(line.mean(axis=2, dtype=np.float32), max(edge, 1)):
        return reading, centres
    first = kept[1]
    rest = Reading(reading.characters[first:], reading.columns[first:], reading.scores[first:])
    return rest, centres[first:]


def _begins_with_ring(grey: NDArray[np.float32], edge: int) -> bool:
    """Whether a line (H, W) shows a ring with something in it, or a disc, before column `edge`."""
    height = grey.shape[0]
    ground = float(np.median(grey))  # of the whole line: a disc may be most of its beginning
    grey = grey[:, :edge]
    ink = np.abs(grey - ground)
    level = 0.45 * float(np.percentile(ink, 97))
    if level < 5:
        return False
    marks = (ink > level).astype(np.uint8)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    whole = [box for box in boxes[1:].tolist() if box[3] > _HIGH * height]
    if not whole:
        return False
    x, y, wide, high = min(whole, key=lambda box: abs(box[2] / box[3] - 1.0))[:4]
    if not _SQUARE[0] < wide / high < _SQUARE[1]:
        return False
    turn = np.linspace(0.0, 2 * np.pi, 40, endpoint=False)
    reach = np.linspace(0.7, 1.05, 8)[:, None]
    columns = np.clip(np.rint(x + 0.5 * (wide - 1) * (1 + reach * np.cos(turn))), 0, grey.shape[1] - 1).astype(int)
    rows = np.clip(np.rint(y + 0.5 * (high - 1) * (1 + reach * np.sin(turn))), 0, height - 1).astype(int)
    met = ink[rows, columns].max(axis=0)
    if float((met > level).mean()) < _CLOSED:
        return False
    quarter_x, quarter_y = max(1, round(0.27 * wide)), max(1, round(0.27 * high))
    inside = marks[y + quarter_y : y + high - quarter_y, x + quarter_x : x + wide - quarter_x]
    return bool(inside.size and float(inside.mean()) > _FILLED)
