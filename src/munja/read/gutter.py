"""Gutters: white strips between columns of running text."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

SHORT = 3.0  # times the usual height: a line no wider than this says nothing about columns
DEPTH = 3  # how many times columns are looked for within a column
FEWEST = 6  # lines that two columns hold together


@dataclass(frozen=True, slots=True)
class Box:
    """A line in the frame of its page, the page's text upright: position in the given list, extents in pixels."""

    index: int
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """Extent across the text."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Extent along the text."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2.0


class Gutters:
    """Finds gutters among the lines of one page, and remembers what it found: groups of lines come again and again."""

    def __init__(self) -> None:
        self._found: dict[tuple[frozenset[int], int], float | None] = {}

    def find(self, boxes: Sequence[Box], depth: int = DEPTH) -> float | None:
        """The x of a white strip between two columns of running text, None if there is none.

        Running text fills its column: most lines left of the strip end near it, most lines right of it begin near it,
        and both are long; or a side is `depth` or fewer columns itself. A receipt's prices or a form's answers are
        short or ragged, and are read in rows.
        """
        if len(boxes) < FEWEST:
            return None
        key = (frozenset([box.index for box in boxes]), depth)
        if key not in self._found:
            self._found[key] = self._search(boxes, depth)
        return self._found[key]

    def _search(self, boxes: Sequence[Box], depth: int) -> float | None:
        height = median([box.height for box in boxes])
        boxes = [box for box in boxes if box.width > SHORT * height]
        if len(boxes) < FEWEST:
            return None
        ending = sorted(boxes, key=lambda box: box.right)
        beginning = sorted(boxes, key=lambda box: box.left)
        # The best strip is the first one in which columns meet, so most others need no closer look.
        for _, minus_strip, x, ends, begins in _strips(ending, beginning):
            if all(
                _fills(side, height) or (depth > 0 and minus_strip < 0 and self.find(side, depth - 1) is not None)
                for side in (ending[:ends], beginning[begins:])
            ):
                return x - minus_strip / 2.0
        return None


def _strips(ending: Sequence[Box], beginning: Sequence[Box]) -> list[tuple[int, float, float, int, int]]:
    """Strips that may be gutters, from the best, of lines sorted by where they end and by where they begin.

    Each with the lines that cross it, minus its width, its x, how many lines end left of that, and from which on they
    begin right of it: at least three on either side, not one side below the other.
    """
    lefts, rights = [box.left for box in beginning], [box.right for box in ending]
    top_left, bottom_left = list(accumulate((box.top for box in ending), min)), _running_bottoms(ending)
    top_right = list(accumulate((box.top for box in reversed(beginning)), min))[::-1]
    bottom_right = _running_bottoms(beginning[::-1])[::-1]
    count = len(ending)
    strips = []
    for x in sorted({float(round(right)) + 1.0 for right in rights}):
        ends, begins = bisect_right(rights, x), bisect_left(lefts, x)
        crossing = begins - ends  # of all, those that neither end left of x nor begin right of it
        if crossing > count // 4 or ends < 3 or count - begins < 3:
            continue
        bottom = min(bottom_left[ends - 1], bottom_right[begins])
        if bottom > max(top_left[ends - 1], top_right[begins]):
            strips.append((crossing, rights[ends - 1] - lefts[begins], x, ends, begins))
    return sorted(strips)


def _running_bottoms(boxes: Sequence[Box]) -> list[float]:
    return list(accumulate((box.bottom for box in boxes), max))


def _fills(boxes: Sequence[Box], height: float) -> bool:
    """Whether lines form a column of running text: long ones, most of them from its left edge to its right edge."""
    usual = median([box.width for box in boxes])
    if usual <= 9.0 * height:
        return False
    lefts = sorted([box.left for box in boxes])
    edge = percentile(lefts, 0.1)
    if usual <= 0.6 * (percentile(sorted([box.right for box in boxes]), 0.9) - edge):
        return False
    return bisect_left(lefts, edge + 2.5 * height) / len(lefts) > 0.6


def median(values: Sequence[float]) -> float:
    """What numpy.median gives for a few values, in a tenth of its time."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2.0


def percentile(ordered: Sequence[float], share: float) -> float:
    """What numpy.percentile gives for a few sorted values at 100 * share, in a fortieth of its time."""
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    rest = place - low
    below, above = ordered[low], ordered[min(low + 1, len(ordered) - 1)]
    # The same two formulas as NumPy's, so that the last bit is the same too.
    return below + (above - below) * rest if rest < 0.5 else above - (above - below) * (1.0 - rest)
