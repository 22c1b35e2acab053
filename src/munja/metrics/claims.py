"""Claims: which boxes of a page belong together in the strict CLEval.

1. Coordinates are taken from the truth's top left corner on a grid of 1/64 px and boxes are sorted, so that neither
   translation nor order can change a rounding or a tie.
2. Pairs claim character centres, the pair with the highest IoU first (of equal ones that with the likest text); pairs
   of 0.5 and more, one to one, before all others. A pair that finds no unclaimed centre is not matched: a neighbour's
   stray centre makes no merge, a duplicate no split.
3. A prediction can match if 0.3 of its area outside don't-care regions lies on truth whose centres it includes. It
   matches a true box that has 0.3 of that area or half of its own centres in it.
4. Predictions that match nothing and lie on don't-care regions are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from munja.metrics.alignment import Spelling, spell
from munja.metrics.boxes import Box
from munja.metrics.centres import aspect_ratios, character_centres, guessed_length
from munja.metrics.meetings import Case, Layout, Meeting, Pair, meet
from munja.metrics.shapes import Shapes, on_grid, origin_of, split, union

Floats = NDArray[np.float64]
ENOUGH = 0.3 - 1e-9  # share of a prediction's area that has to lie on truth
SAME_BOX = 0.5  # IoU from which on two boxes are taken for one: a pair, or a prediction and a don't-care region


@dataclass(slots=True)
class Side:
    """The boxes of one side of a page in canonical order.

    `order` has their numbers in the Page; `first` is the number of the first of them among the shapes of all pages.
    """

    order: list[int]
    first: int
    points: list[Floats]
    keys: list[bytes]
    texts: list[Spelling]
    ratios: list[float]
    areas: list[float]


@dataclass(slots=True)
class Scene:
    """Both sides of a page, what they have in common, and the shapes of all pages.

    `valid` marks the true boxes that count, `left_out` predictions that do not, `lengths` the characters of every true
    box for detection.
    """

    truth: Side
    prediction: Side
    valid: list[bool]
    left_out: list[bool]
    lengths: list[int]
    meeting: Meeting
    twins: set[Pair]
    shapes: Shapes

    def iou(self, pair: Pair) -> float:
        """Common area over the area of both together; 1 for the same polygon, and for no other."""
        if pair in self.twins:
            return 1.0
        common = self.meeting.common[pair]
        union = self.truth.areas[pair[0]] + self.prediction.areas[pair[1]] - common
        return min(common / union, 1.0 - 1e-9) if union > 0 else 0.0


class Regions:
    """Don't-care regions under the predictions of a page; `under` has those that share area with each."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.under: dict[int, list[int]] = {}
        self._covering: dict[int, list[int]] = {}
        self._shares: dict[int, float] = {}
        for (g, d), area in scene.meeting.common.items():
            if not scene.valid[g] and (area > 0 or (g, d) in scene.twins):
                self.under.setdefault(d, []).append(g)
        for g, d in scene.meeting.pairs:
            if scene.valid[g] and d in self.under:
                self._covering.setdefault(d, []).append(g)

    def is_one(self, d: int) -> bool:
        """Whether a prediction is a region, whatever else lies in it."""
        return any(self.scene.iou((g, d)) >= SAME_BOX for g in self.under.get(d, []))

    def share(self, d: int) -> float:
        """Share of a prediction that lies on regions and not on text that counts."""
        if d not in self._shares:
            self._shares[d] = self._share(d)
        return self._shares[d]

    def _share(self, d: int) -> float:
        scene, regions, texts = self.scene, self.under.get(d, []), self._covering.get(d, [])
        whole = scene.prediction.areas[d]
        if not regions or whole <= 0:
            return 0.0
        if len(regions) == 1 and not texts:
            return min(1.0, scene.meeting.common[regions[0], d] / whole)
        shapes, first = scene.shapes, scene.truth.first
        left = union([shapes.geometry(first + g) for g in regions])
        if texts:
            left = left.difference(union([shapes.geometry(first + g) for g in texts]))
        return min(1.0, float(left.intersection(shapes.geometry(scene.prediction.first + d)).area) / whole)


@dataclass(slots=True)
class Matches:
    """What the boxes of a page, by their canonical numbers, have to do with each other.

    `claimed` gives the centres of the truth that each matched pair took, `included` how many lie in the prediction,
    `touching` the true boxes that an unmatched prediction would match had others not taken their centres. `regions`
    tells of don't-care regions, `dropped` has the predictions that count for nothing.
    """

    claimed: dict[Pair, list[int]]
    included: dict[Pair, int]
    touching: dict[int, list[int]]
    regions: Regions
    dropped: set[int]


def scenes(cases: Sequence[Case], *, case_sensitive: bool) -> list[Scene]:
    """What the boxes of every page have in common, on a grid that starts at the page's truth."""
    layout = Layout(cases)
    origins = [origin_of([box.polygon for box in case.truth or case.prediction]) for case in cases]
    corners = [sum(len(box.polygon) for side in (case.truth, case.prediction) for box in side) for case in cases]
    points = on_grid([box.polygon for box in layout.boxes], np.repeat(np.array(origins), corners, axis=0))
    sides: list[Side] = []
    first = 0
    for case in cases:
        for boxes in (case.truth, case.prediction):
            sides.append(_side(boxes, points[first : first + len(boxes)], first, case_sensitive))
            first += len(boxes)
    shapes = Shapes([points for side in sides for points in side.points])
    ratios, areas = aspect_ratios(shapes), shapes.areas
    lengths: list[int] = []
    spaced: list[int] = []
    unasked: list[bool] = []
    for number, side in enumerate(sides):
        last = side.first + len(side.order)
        side.ratios, side.areas = ratios[side.first : last], areas[side.first : last]
        truth, _, outside = cases[number // 2]
        asked = [not (number % 2 or truth[i].ignore or outside[i]) for i in side.order]
        for text, ratio, counts in zip(side.texts, side.ratios, asked, strict=True):
            lengths.append((len(text.places) or guessed_length(ratio)) if counts else 0)
            spaced.append((len(text.text) or guessed_length(ratio)) if counts else 0)
        unasked += [not counts and not number % 2 for counts in asked]
    centres = character_centres(shapes, spaced, ratios)
    if spaced != lengths:  # the places of white space are no characters
        texts = [text for side in sides for text in side.texts]
        parts = zip(split(centres, spaced), lengths, texts, strict=True)
        centres = np.concatenate([part if len(part) == length else part[text.places] for part, length, text in parts])
    meetings = meet(layout, shapes, lengths, centres, unasked, shapes.contain)
    found = []
    for case, truth_side, prediction_side, meeting in zip(cases, sides[::2], sides[1::2], meetings, strict=True):
        own = slice(truth_side.first, prediction_side.first)
        twins = {(g, d) for g, d in meeting.pairs if truth_side.keys[g] == prediction_side.keys[d]}
        for pair in twins:
            if lengths[truth_side.first + pair[0]]:
                meeting.inside[pair] = [True] * lengths[truth_side.first + pair[0]]
        valid = [not out for out in unasked[own]]
        left_out = [case.prediction[i].ignore for i in prediction_side.order]
        found.append(Scene(truth_side, prediction_side, valid, left_out, lengths[own], meeting, twins, shapes))
    return found


def _side(boxes: Sequence[Box], points: list[Floats], first: int, case_sensitive: bool) -> Side:
    spelt = [spell(box.text, case_sensitive=case_sensitive) for box in boxes]
    keys = [each.tobytes() for each in points]
    ranks = [
        (key, text.folded, text.text, box.ignore, number)
        for number, (key, text, box) in enumerate(zip(keys, spelt, boxes, strict=True))
    ]
    order = [rank[-1] for rank in sorted(ranks)]
    return Side(order, first, [points[i] for i in order], [keys[i] for i in order], [spelt[i] for i in order], [], [])


def match(scene: Scene) -> Matches:
    """Which boxes of a page belong together."""
    regions = Regions(scene)
    inside = scene.meeting.inside
    wanted = [pair for pair in _candidates(scene, regions) if not scene.left_out[pair[1]]]
    ranked = sorted(wanted, key=lambda pair: _rank(pair, scene))
    matches = Matches({}, {}, {}, regions, {d for d, out in enumerate(scene.left_out) if out})
    taken = [[False] * length for length in scene.lengths]
    for g, d in [*_one_to_one(ranked, scene), *ranked]:
        free = [place for place, within in enumerate(inside[g, d]) if within and not taken[g][place]]
        for place in free:
            taken[g][place] = True
        if free:
            matches.claimed[g, d] = free
            matches.included[g, d] = sum(inside[g, d])
    matched = {d for _, d in matches.claimed}
    for g, d in sorted(wanted):
        if d not in matched:
            matches.touching.setdefault(d, []).append(g)
    for d in set(regions.under) - matched:
        if regions.is_one(d) or regions.share(d) >= ENOUGH:
            matches.dropped.add(d)
    return matches


def _candidates(scene: Scene, regions: Regions) -> list[Pair]:
    """Pairs that may match, by rule 3."""
    inside, common = scene.meeting.inside, scene.meeting.common
    of_prediction: dict[int, list[int]] = {}
    for g, d in sorted(inside):
        of_prediction.setdefault(d, []).append(g)
    found: list[Pair] = []
    for d, truths in of_prediction.items():
        area = scene.prediction.areas[d]
        areas = [common.get((g, d), 0.0) for g in truths]  # twins without an area have none in common
        if d in regions.under and min(areas) < ENOUGH * area:  # else less area could change nothing
            area *= 1.0 - regions.share(d)
        shares = [
            1.0 if (g, d) in scene.twins else part / area if area > 1e-9 else 0.0
            for g, part in zip(truths, areas, strict=True)
        ]
        if sum(shares) >= ENOUGH:
            found += [
                (g, d)
                for g, share in zip(truths, shares, strict=True)
                if share >= ENOUGH or 2 * sum(inside[g, d]) >= scene.lengths[g]
            ]
    return found


def _one_to_one(ranked: Sequence[Pair], scene: Scene) -> list[Pair]:
    """The best pairs of which no box is in a better one, as far as their IoU makes them the same box."""
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for g, d in ranked:
        if g not in used[0] and d not in used[1] and scene.iou((g, d)) >= SAME_BOX:
            used[0].add(g)
            used[1].add(d)
            pairs.append((g, d))
    return pairs


def _rank(pair: Pair, scene: Scene) -> tuple[float, float, Pair]:
    return -scene.iou(pair), -scene.truth.texts[pair[0]].likeness(scene.prediction.texts[pair[1]]), pair
