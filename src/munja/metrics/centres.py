"""Pseudo character centres: where the characters of a text of evenly spaced characters stand in its polygon.

CLEval (arXiv:2006.06244) counts them instead of areas. Polygons are (K, 2) in pixels, clockwise from the top left of
the text: the first half of their points runs along its top, the rest back along its bottom.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from munja.metrics.shapes import Shapes, following

Floats = NDArray[np.float64]

UPRIGHT_COLUMN = 0.5  # a quad narrower than this share of its height is a column that is read downward
LONGEST_GUESS = 10


def aspect_ratios(shapes: Shapes) -> list[float]:
    """Width over height of every text's polygon, along and across its direction of reading."""
    quads = shapes.quads
    sides = quads - following(quads)
    # Not np.hypot: it rounds better than the published code, whose thresholds are compared to the last bit.
    lengths = np.sqrt(sides[..., 0] * sides[..., 0] + sides[..., 1] * sides[..., 1])
    across = (lengths[:, 1] + lengths[:, 3]) / 2
    ratios: list[float] = (((lengths[:, 0] + lengths[:, 2]) / 2 + 1e-5) / (across + 1e-5)).tolist()
    for number in np.flatnonzero(~shapes.is_quad).tolist():
        upper, lower = _chains(shapes.polygons[number].tolist())
        along = (_length(upper) + _length(lower)) / 2
        ends = (math.dist(upper[0], lower[0]) + math.dist(upper[-1], lower[-1])) / 2
        ratios[number] = (along + 1e-5) / (ends + 1e-5)
    return ratios


def guessed_length(ratio: float) -> int:
    """How many characters a text of this aspect ratio has, if nobody knows: 1 to 10."""
    return min(round(0.5 + max(ratio, 1 / ratio)), LONGEST_GUESS)


def character_centres(
    shapes: Shapes, counts: Sequence[int], ratios: Sequence[float], *, upward: bool = False
) -> Floats:
    """Centres (sum of counts, 2) of each polygon's evenly spaced characters, one polygon after the other.

    A narrow quad is read from its top to its bottom, or `upward`, as the published CLEval reads it.
    """
    numbers = np.asarray(counts, np.intp)
    down = (np.asarray(ratios) < UPRIGHT_COLUMN)[:, None, None]
    corners = np.where(down, shapes.quads[:, [3, 0, 1, 2] if upward else [1, 2, 3, 0]], shapes.quads)
    start, end = (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2
    unit = (end - start) / np.maximum(numbers, 1)[:, None]
    owners = np.repeat(np.arange(len(numbers)), numbers)
    firsts = np.cumsum(numbers) - numbers
    place = np.arange(len(owners)) - firsts[owners]
    centres = (start + unit / 2)[owners] + unit[owners] * place[:, None]
    for number in np.flatnonzero(~shapes.is_quad & (numbers > 0)).tolist():
        count, first = int(numbers[number]), int(firsts[number])
        shares = (np.arange(count) + 0.5) / count
        chains = _chains(shapes.polygons[number].tolist())
        centres[first : first + count] = sum(_along(chain, shares) for chain in chains) / 2
    return np.asarray(centres)


def _chains(points: list[list[float]]) -> tuple[list[list[float]], list[list[float]]]:
    half = (len(points) + 1) // 2
    return points[:half], points[half:][::-1] or points[:1]


def _length(chain: list[list[float]]) -> float:
    return sum(math.dist(a, b) for a, b in itertools.pairwise(chain))


def _along(chain: list[list[float]], shares: Floats) -> Floats:
    """Points (N, 2) at these shares of a chain's length."""
    points = np.asarray(chain, np.float64)
    steps = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    where = shares * steps[-1]
    return np.stack([np.interp(where, steps, points[:, axis]) for axis in (0, 1)], axis=1)


def reading_direction(polygon: Floats, ratio: float | None = None) -> tuple[float, float]:
    """Unit vector along which the text in a polygon is read; (1, 0) where the polygon does not tell.

    With its aspect ratio a narrow quad is a column, read downward; without it is read along its first side.
    """
    points = polygon.tolist()
    if len(points) == 4 and ratio is not None and ratio < UPRIGHT_COLUMN:
        points = points[1:] + points[:1]
    upper, lower = _chains(points)
    x = upper[-1][0] - upper[0][0] + lower[-1][0] - lower[0][0]
    y = upper[-1][1] - upper[0][1] + lower[-1][1] - lower[0][1]
    length = math.hypot(x, y)
    return (x / length, y / length) if length else (1.0, 0.0)


def reading_order(polygons: list[Floats], direction: tuple[float, float]) -> list[int]:
    """Numbers of polygons in the order in which text of this direction is read: row by row, then along each row."""
    x, y = direction
    frames = [polygon @ np.array([[x, -y], [y, x]]) for polygon in polygons]  # along, across (clockwise of along)
    middles = [frame.mean(axis=0).tolist() for frame in frames]
    heights = [float(np.ptp(frame[:, 1])) for frame in frames]
    order = sorted(range(len(polygons)), key=lambda i: middles[i][1])
    rows: list[list[int]] = []
    for i in order:
        if rows:
            first = rows[-1][0]
            if middles[i][1] - middles[first][1] <= min(heights[i], heights[first]) / 2:
                rows[-1].append(i)
                continue
        rows.append([i])
    return [i for row in rows for i in sorted(row, key=lambda i: middles[i][0])]
