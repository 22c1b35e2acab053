"""From the columns of a recogniser to characters, words and lines in the pixels of the page."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.page import Character, Line, Polygon, Word, geometric_mean
from munja.imaging.geometry import quad_angle
from munja.imaging.warp import quad_points
from munja.read.codecs.ctc import Reading


def as_polygon(quad: NDArray[Any]) -> Polygon:
    """A quad as a Page's polygon, rounded to a hundredth of a pixel."""
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in quad)


def make_line(reading: Reading, quad: NDArray[np.float32], starts: NDArray[Any], ends: NDArray[Any]) -> Line:
    """The Line of a reading whose K characters lie from `starts` to `ends` (K,), fractions of the quad's width."""
    score = geometric_mean([float(each) for each in reading.scores])
    groups: list[list[int]] = [[]]
    for k, character in enumerate(reading.characters):
        if character.isspace():
            groups.append([])
        else:
            groups[-1].append(k)
    words = tuple(_make_word(reading, quad, starts, ends, group) for group in groups if group)
    text = " ".join(word.text for word in words)
    return Line(text, as_polygon(quad), round(score, 4), words, round(quad_angle(quad), 2))


def _make_word(
    reading: Reading, quad: NDArray[np.float32], starts: NDArray[Any], ends: NDArray[Any], group: list[int]
) -> Word:
    edges = np.array([[starts[k], ends[k]] for k in group])
    corners = _strips(quad, edges)
    characters = tuple(
        Character(reading.characters[k], as_polygon(corner), round(float(reading.scores[k]), 4))
        for k, corner in zip(group, corners, strict=True)
    )
    outline = np.stack([corners[0][0], corners[-1][1], corners[-1][2], corners[0][3]])
    score = geometric_mean([float(reading.scores[k]) for k in group])
    return Word("".join(each.text for each in characters), as_polygon(outline), round(score, 4), characters)


def _strips(quad: NDArray[np.float32], edges: NDArray[Any]) -> NDArray[np.float32]:
    """Quads (K, 4, 2) over the full height of a quad between fractions (K, 2) of its width."""
    left, right = edges[:, 0], edges[:, 1]
    zero, one = np.zeros_like(left), np.ones_like(left)
    fractions = np.stack([left, zero, right, zero, right, one, left, one], axis=1).reshape(-1, 2)
    return quad_points(quad, fractions).reshape(-1, 4, 2)


def character_edges(centres: NDArray[Any], width: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Left and right edges (K,) of characters from their centres (K,), in pixels of a line `width` pixels wide.

    Neighbours meet half way; the outermost characters are as wide on their outer side as on their inner one.
    """
    if not len(centres):
        return centres, centres
    middles = (centres[1:] + centres[:-1]) / 2.0
    first = centres[0] - (middles[0] - centres[0]) if len(middles) else 0.0
    last = centres[-1] + (centres[-1] - middles[-1]) if len(middles) else width
    starts = np.clip(np.concatenate(([first], middles)), 0.0, width)
    ends = np.clip(np.concatenate((middles, [last])), 0.0, width)
    return starts, np.maximum(ends, starts)
