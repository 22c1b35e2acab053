"""Meetings: which boxes of truth and prediction share area or character centres, for many pages in one computation.

NumPy spends more time on being called than on the two dozen boxes of a page; so pages are measured together and their
boxes are told apart by number. A page's own numbers count its true boxes and its predictions, each from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from munja.metrics.boxes import Box
from munja.metrics.shapes import Shapes

Array = NDArray[Any]
Floats = NDArray[np.float64]
Pair = tuple[int, int]


class Case(NamedTuple):
    """The boxes of a page; `outside` marks true boxes that a range of text heights leaves out."""

    truth: Sequence[Box]
    prediction: Sequence[Box]
    outside: Sequence[bool]


@dataclass(slots=True)
class Meeting:
    """The pairs (truth, prediction) of a page whose bounds touch, in order.

    `inside` says for pairs that share some which of the truth's centres lie in the prediction; `common` has the areas
    that these pairs and those of don't-care regions have in common.
    """

    pairs: list[Pair]
    inside: dict[Pair, list[bool]]
    common: dict[Pair, float]


class Layout:
    """Where the boxes of each page stand among those of all: page after page, its truth before its prediction."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.truths = np.array([len(case.truth) for case in cases], np.intp)
        self.predictions = np.array([len(case.prediction) for case in cases], np.intp)
        both = self.truths + self.predictions
        self.firsts = np.cumsum(both) - both
        self.boxes = [box for case in cases for side in (case.truth, case.prediction) for box in side]

    def pairs(self, *, of_truth: bool = False) -> tuple[Array, Array]:
        """Numbers of all pairs of a true box and a prediction (or another true box) of the same page."""
        width = self.truths if of_truth else self.predictions
        counts = self.truths * width
        page = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(page)) - np.repeat(np.cumsum(counts) - counts, counts)
        row, column = np.divmod(place, width[page])
        first = self.firsts[page]
        return first + row, first + column + (0 if of_truth else self.truths[page])


def meet(
    layout: Layout,
    shapes: Shapes,
    lengths: Sequence[int],
    centres: Floats,
    unasked: Sequence[bool],
    holds: Callable[[Array, Floats], NDArray[np.bool_]],
) -> list[Meeting]:
    """The meetings of every page; `holds` tells of the polygons with these numbers whether they hold these points.

    `lengths` are the numbers of centres of all boxes, `unasked` marks don't-care regions.
    """
    first, second = layout.pairs()
    near = shapes.touch(first, second)
    first, second = first[near], second[near]
    count = np.asarray(lengths, np.intp)
    starts = np.cumsum(count) - count
    asked = count[first]
    ends = np.cumsum(asked)
    place = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts[first] - ends + asked, asked)
    flags = holds(np.repeat(second, asked), centres[place])
    hits = np.bincount(np.repeat(np.arange(len(first)), asked), weights=flags, minlength=len(first)) > 0
    needed = hits | np.asarray(unasked, np.bool_)[first]
    areas = iter(shapes.common_areas(first[needed], second[needed]))
    page = np.searchsorted(layout.firsts, first, side="right") - 1
    row, column = first - layout.firsts[page], second - (layout.firsts + layout.truths)[page]
    meetings = [Meeting([], {}, {}) for _ in layout.firsts]
    inside = flags.tolist()
    rows = (page, row, column, ends - asked, ends, hits, needed)
    for number, g, d, start, end, hit, wanted in zip(*(each.tolist() for each in rows), strict=True):
        meeting = meetings[number]
        meeting.pairs.append((g, d))
        if hit:
            meeting.inside[g, d] = inside[start:end]
        if wanted:
            meeting.common[g, d] = next(areas)
    return meetings
