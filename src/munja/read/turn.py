"""Which way up a page stands, and a Page's lines turned back with it.

A page that lies on its side or stands upside down is turned by quarters, which loses nothing, before it is read: so it
reads as it would have upright.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from munja.core.page import Line, Polygon
from munja.imaging.geometry import quad_sizes
from munja.imaging.image import Image
from munja.read.order import page_angle
from munja.read.tiles import Quads

SAMPLE = 7  # lines that are read to learn which way up a page stands
TALL = 1.5  # a box this many times higher than wide holds text that runs up or down

Read = Callable[[Image, Quads], Sequence[Line]]


def is_sideways(quads: Sequence[NDArray[np.float32]]) -> bool:
    """Whether most of the text, by the length of its lines, runs up or down."""
    tall = flat = 0.0
    for width, height in quad_sizes(quads).tolist():
        if height > TALL * width:
            tall += height - width
        elif width > TALL * height:
            flat += width - height
    return tall > flat


def longest(quads: Sequence[NDArray[np.float32]], count: int = SAMPLE) -> Quads:
    """The quads (4, 2) of the longest lines."""
    lengths = quad_sizes(quads).max(axis=1).tolist()
    return [quads[k] for k in sorted(range(len(quads)), key=lengths.__getitem__, reverse=True)[:count]]


def quarter_turns(image: Image, quads: Sequence[NDArray[np.float32]], read: Read) -> int:
    """How many quarters clockwise a page's text is turned from upright, from its longest lines as they are read."""
    lines = [line for line in read(image, longest(quads)) if line.text]
    weights = [len(line.text) * (line.score or 0.0) ** 4 for line in lines]
    if not lines or not sum(weights):
        return 0
    return round(page_angle([line.angle for line in lines], weights) / 90.0) % 4


def turned_back(image: Image, quarters: int) -> Image:
    """The image of a page that is turned clockwise by so many quarters, upright."""
    return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image


def turned_line(line: Line, quarters: int, width: int, height: int) -> Line:
    """A line of the upright picture, width x height pixels, where it stands in the page as it was given."""
    words = tuple(
        replace(
            word,
            polygon=_turned(word.polygon, quarters, width, height),
            characters=tuple(
                replace(each, polygon=_turned(each.polygon, quarters, width, height)) for each in word.characters
            ),
        )
        for word in line.words
    )
    polygon = _turned(line.polygon, quarters, width, height)
    return replace(line, polygon=polygon, words=words, angle=round(line.angle + 90.0 * quarters, 2) % 360.0)


def turned_box(box: tuple[int, int, int, int], quarters: int, width: int, height: int) -> tuple[int, int, int, int]:
    """A box (left, top, right, bottom) of a given picture, width x height pixels, in the picture made upright."""
    left, top, right, bottom = box
    if quarters == 1:
        return top, width - right, bottom, width - left
    if quarters == 2:
        return width - right, height - bottom, width - left, height - top
    if quarters == 3:
        return height - bottom, left, height - top, right
    return box


def _turned(polygon: Polygon, quarters: int, width: int, height: int) -> Polygon:
    """Points of the upright picture, width x height pixels, after so many quarters clockwise."""
    if quarters == 1:
        return tuple((round(height - y, 2), x) for x, y in polygon)
    if quarters == 2:
        return tuple((round(width - x, 2), round(height - y, 2)) for x, y in polygon)
    if quarters == 3:
        return tuple((y, round(width - x, 2)) for x, y in polygon)
    return polygon
