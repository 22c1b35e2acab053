"""Compiled parts of codes: covering with colour, thinning of strokes, dots along them, moments of characters."""

from __future__ import annotations

from typing import Any

import numpy as np

from munja.core.errors import MissingExtraError

try:
    from numba import njit
except ImportError as error:  # pragma: no cover - depends on the installation
    raise MissingExtraError("synthetic text (numba)", "train") from error


@njit(cache=True, nogil=True, fastmath=True)
def cover_with_colour(picture: Any, colour: Any, share: Any) -> None:
    """Mix a colour (3,) into a picture (H, W, 3) where `share` (H, W) says, in place."""
    red, green, blue = colour[0], colour[1], colour[2]
    for y in range(share.shape[0]):
        for x in range(share.shape[1]):
            s = share[y, x]
            picture[y, x, 0] += (red - picture[y, x, 0]) * s
            picture[y, x, 1] += (green - picture[y, x, 1]) * s
            picture[y, x, 2] += (blue - picture[y, x, 2]) * s


@njit(cache=True, nogil=True, fastmath=True)
def cover_with_picture(picture: Any, cover: Any, share: Any) -> None:
    """Mix another picture (H, W, 3) into a picture where `share` (H, W) says, in place."""
    for y in range(share.shape[0]):
        for x in range(share.shape[1]):
            s = share[y, x]
            for k in range(3):
                picture[y, x, k] += (cover[y, x, k] - picture[y, x, k]) * s


@njit(cache=True, nogil=True)
def thin(ink: Any) -> None:
    """Thin the shapes (H, W) of 0 and 1, with a border of 0, to lines of one pixel in place (Zhang & Suen, 1984)."""
    rows, columns = ink.shape
    changed = True
    gone = np.zeros((rows, columns), np.uint8)
    while changed:
        changed = False
        for half in range(2):
            for y in range(1, rows - 1):
                for x in range(1, columns - 1):
                    gone[y, x] = 0
                    if not ink[y, x]:
                        continue
                    a, b, c, d = ink[y - 1, x], ink[y - 1, x + 1], ink[y, x + 1], ink[y + 1, x + 1]
                    e, f, g, h = ink[y + 1, x], ink[y + 1, x - 1], ink[y, x - 1], ink[y - 1, x - 1]
                    count = a + b + c + d + e + f + g + h
                    if count < 2 or count > 6:
                        continue
                    turns = (not a and b) + (not b and c) + (not c and d) + (not d and e)
                    turns += (not e and f) + (not f and g) + (not g and h) + (not h and a)
                    if turns != 1:
                        continue
                    if half == 0:
                        gone[y, x] = a * c * e == 0 and c * e * g == 0
                    else:
                        gone[y, x] = a * c * g == 0 and a * e * g == 0
            for y in range(1, rows - 1):
                for x in range(1, columns - 1):
                    if gone[y, x]:
                        ink[y, x] = 0
                        changed = True


@njit(cache=True, nogil=True)
def walk(line: Any, step: float, placed: Any) -> int:
    """Fill `placed` (P, 2) with x and y of dots `step` apart along lines of one pixel, which are used up; how many.

    From the ends of strokes inwards, so that a stroke keeps its length; then rings, which have no end. `line` (H, W)
    has a border of 0.
    """
    rows, columns = line.shape
    around = np.zeros((rows, columns), np.uint8)
    for y in range(1, rows - 1):
        for x in range(1, columns - 1):
            if line[y, x]:
                around[y, x] = line[y - 1 : y + 2, x - 1 : x + 2].sum() - 1
    waiting = np.empty((8 * rows * columns, 2), np.int32)
    count = 0
    for ends_only in (True, False):
        for first_y in range(1, rows - 1):
            for first_x in range(1, columns - 1):
                if not line[first_y, first_x] or (ends_only and around[first_y, first_x] != 1):
                    continue
                waiting[0, 0], waiting[0, 1] = first_x, first_y
                depth = 1
                while depth > 0:
                    depth -= 1
                    x, y = waiting[depth, 0], waiting[depth, 1]
                    if not line[y, x]:
                        continue
                    line[y, x] = 0
                    least = (0.6 if around[y, x] <= 1 else 0.95) * step
                    free = True
                    for k in range(count):
                        if (placed[k, 0] - x) ** 2 + (placed[k, 1] - y) ** 2 < least * least:
                            free = False
                            break
                    if free:
                        placed[count, 0], placed[count, 1] = x, y
                        count += 1
                    for diagonal in (True, False):  # straight neighbours come last, so they are walked to first
                        for dy in range(-1, 2):
                            for dx in range(-1, 2):
                                if ((dx != 0 and dy != 0) == diagonal) and line[y + dy, x + dx]:
                                    waiting[depth, 0], waiting[depth, 1] = x + dx, y + dy
                                    depth += 1
    return count


@njit(cache=True, nogil=True)
def moments(seen: Any, marks: Any, boxes: Any, found: Any) -> None:
    """Fill `found` (B, 3, 3) with the correlations of what is seen (H, W) and of two marks (H, W, 2) in boxes (B, 4).

    In place of the correlation of what is seen with itself stands its deviation.
    """
    sums, products = np.zeros(3), np.zeros((3, 3))
    values = np.zeros(3)
    for b in range(boxes.shape[0]):
        sums[:] = 0.0
        products[:] = 0.0
        count = 0
        for y in range(max(0, boxes[b, 1]), min(seen.shape[0], boxes[b, 3])):
            for x in range(max(0, boxes[b, 0]), min(seen.shape[1], boxes[b, 2])):
                values[0], values[1], values[2] = seen[y, x], marks[y, x, 0], marks[y, x, 1]
                count += 1
                for i in range(3):
                    sums[i] += values[i]
                    for j in range(i + 1):
                        products[i, j] += values[i] * values[j]
        for i in range(3):
            for j in range(i + 1):
                products[i, j] -= sums[i] * sums[j] / max(count, 1)
        for i in range(3):
            for j in range(i + 1):
                scale = np.sqrt(max(products[i, i], 0.0) * max(products[j, j], 0.0))
                found[b, i, j] = found[b, j, i] = products[i, j] / scale if scale > 1e-9 else 0.0
        found[b, 0, 0] = np.sqrt(max(products[0, 0], 0.0) / max(count, 1))
