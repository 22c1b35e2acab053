"""Dots along the strokes of any face: a glyph thinned to its middle line, the line divided into even steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from munja.data.synth.codes.kernels import thin, walk


def middle_line(glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The glyph's ink (h, w) thinned to lines: (h + 2, w + 2) of 0 and 1, one pixel of border around."""
    ink = np.zeros((glyph.shape[0] + 2, glyph.shape[1] + 2), np.uint8)
    ink[1:-1, 1:-1] = glyph > 127
    thin(ink)
    return ink


def dots_along(line: NDArray[np.uint8], step: float) -> NDArray[np.float32]:
    """Dots (P, 2), x and y in pixels of the glyph, about `step` apart on a middle line.

    They begin at an end of a stroke, and no other end is further than 0.6 steps from one.
    """
    placed = np.empty((int(line.sum()), 2), np.float32)
    count = walk(line.copy(), step, placed)
    return placed[:count] - np.float32(0.5)  # less the border's pixel, to the middle of a pixel


def dots_on_grid(line: NDArray[np.uint8], step: float) -> NDArray[np.float32]:
    """Dots (P, 2) in the cells of a grid of `step` pixels that a middle line passes: a matrix printer's."""
    rows, columns = np.nonzero(line)
    cells = np.unique(np.stack([(columns - 1) // step, (rows - 1) // step], axis=1), axis=0)
    return np.asarray((cells + 0.5) * step, np.float32)
