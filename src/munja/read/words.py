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
    scores = reading.scores.tolist()
    corners = _strips(quad, starts, ends).astype(np.float64).round(2).tolist() if scores else []
    polygons = [tuple([(x, y) for x, y in each]) for each in corners]
    groups: list[list[int]] = [[]]
    for k, character in enumerate(reading.characters):
        if character.isspace():
            groups.append([])
        else:
            groups[-1].append(k)
    words = tuple(_make_word(reading, polygons, scores, group) for group in groups if group)
    text = " ".join(word.text for word in words)
    return Line(text, as_polygon(quad), round(geometric_mean(scores), 4), words, round(quad_angle(quad), 2) % 360.0)


def _make_word(reading: Reading, polygons: list[Polygon], scores: list[float], group: list[int]) -> Word:
    characters = tuple([Character(reading.characters[k], polygons[k], round(scores[k], 4)) for k in group])
    first, last = polygons[group[0]], polygons[group[-1]]
    outline = (first[0], last[1], last[2], first[3])
    score = geometric_mean([scores[k] for k in group])
    return Word("".join([reading.characters[k] for k in group]), outline, round(score, 4), characters)


def _strips(quad: NDArray[np.float32], left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float32]:
    """Quads (K, 4, 2) over the full height of a quad between fractions `left` and `right` (K,) of its width."""
    fractions = np.zeros((len(left), 4, 2), np.float32)
    fractions[:, ::3, 0], fractions[:, 1:3, 0], fractions[:, 2:, 1] = left[:, None], right[:, None], 1.0
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
