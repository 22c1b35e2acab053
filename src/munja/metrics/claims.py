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
from munja.metrics.shapes import Shapes, on_grid, split, union

Floats = NDArray[np.float64]
Pair = tuple[int, int]
ENOUGH = 0.3 - 1e-9  # share of a prediction's area that has to lie on truth
SAME_BOX = 0.5  # IoU from which on two boxes are taken for one: a pair, or a prediction and a don't-care region


@dataclass(slots=True)
class Side:
    """The boxes of one side in canonical order; `order` has their numbers in the Page, `first` is that of the first
    of them among the shapes of both sides.
    """

    order: list[int]
    first: int
    points: list[Floats]
    keys: list[bytes]
    texts: list[Spelling]
    ratios: list[float]
    areas: list[float]


@dataclass(slots=True)
class Matches:
    """What the boxes of a page, by their canonical numbers, have to do with each other.

    `lengths` are the characters of every true box for detection, `centres` where they stand. `claimed` gives the
    centres of the truth that each matched pair took, `included` how many lie in the prediction, `touching` the true
    boxes that an unmatched prediction would match had others not taken their centres. `regions` is the share of a
    prediction's area on don't-care regions, `dropped` the predictions that count for nothing.
    """

    valid: list[bool]
    lengths: list[int]
    claimed: dict[Pair, list[int]]
    included: dict[Pair, int]
    touching: dict[int, list[int]]
    regions: dict[int, float]
    dropped: set[int]


def prepare(
    truth: Sequence[Box], prediction: Sequence[Box], origin: tuple[float, float], *, case_sensitive: bool
) -> tuple[Side, Side, Shapes]:
    """The boxes of both sides in canonical order, on the grid, and all their shapes, those of the truth first."""
    points = on_grid([box.polygon for box in (*truth, *prediction)], origin)
    sides: list[Side] = []
    for boxes, start in ((truth, 0), (prediction, len(truth))):
        own = points[start : start + len(boxes)]
        spelt = [spell(box.text, case_sensitive=case_sensitive) for box in boxes]
        keys = [each.tobytes() for each in own]
        ranks = [
            (key, text.folded, text.text, box.ignore, number)
            for number, (key, text, box) in enumerate(zip(keys, spelt, boxes, strict=True))
        ]
        order = [rank[-1] for rank in sorted(ranks)]
        sides.append(
            Side(order, start, [own[i] for i in order], [keys[i] for i in order], [spelt[i] for i in order], [], [])
        )
    shapes = Shapes([*sides[0].points, *sides[1].points])
    ratios, areas = aspect_ratios(shapes), shapes.areas
    for side in sides:
        side.ratios = ratios[side.first : side.first + len(side.order)]
        side.areas = areas[side.first : side.first + len(side.order)]
    return sides[0], sides[1], shapes


def match(truth: Side, prediction: Side, shapes: Shapes, valid: list[bool], left_out: list[bool]) -> Matches:
    """Which boxes belong together; `valid` are the true boxes that count, `left_out` predictions that do not."""
    lengths = [
        (len(text.folded) or guessed_length(ratio)) if counts else 0
        for text, ratio, counts in zip(truth.texts, truth.ratios, valid, strict=True)
    ]
    known = prediction.first
    rows, columns = shapes.near(np.arange(known), np.arange(known, known + len(prediction.order)))
    pairs: list[Pair] = list(zip(rows.tolist(), (columns - known).tolist(), strict=True))
    twins = {(g, d) for g, d in pairs if truth.keys[g] == prediction.keys[d]}
    inside = _inside(truth, prediction, shapes, lengths, pairs, twins)
    needed = [place for place, pair in enumerate(pairs) if pair in inside or not valid[pair[0]]]
    areas = shapes.common_areas(rows[needed], columns[needed])
    common = {pairs[place]: area for place, area in zip(needed, areas, strict=True)}
    regions, same = _regions(truth, prediction, shapes, valid, pairs, common, twins)
    wanted = _candidates(prediction, lengths, common, twins, inside, regions)
    wanted = [pair for pair in wanted if not left_out[pair[1]]]
    ranked = sorted(wanted, key=lambda pair: _rank(pair, truth, prediction, common, twins))
    matches = Matches(valid, lengths, {}, {}, {}, regions, {d for d, out in enumerate(left_out) if out})
    taken = [[False] * length for length in lengths]
    for g, d in [*_one_to_one(ranked, truth, prediction, common, twins), *ranked]:
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
    matches.dropped |= {d for d in {*regions, *same} - matched if d in same or regions[d] >= ENOUGH}
    return matches


def _inside(
    truth: Side, prediction: Side, shapes: Shapes, lengths: list[int], pairs: Sequence[Pair], twins: set[Pair]
) -> dict[Pair, list[bool]]:
    """For each pair that shares one, which centres of the true box lie in the prediction; all, if they are the same."""
    asked = [pair for pair in pairs if lengths[pair[0]]]
    if not asked:
        return {}
    spaced = [
        (len(text.text) if text.places else length) if length else 0
        for text, length in zip(truth.texts, lengths, strict=True)
    ] + [0] * len(prediction.order)
    centres = split(character_centres(shapes, spaced, [*truth.ratios, *prediction.ratios]), spaced)
    for g, length in enumerate(lengths):
        if length != spaced[g]:
            centres[g] = centres[g][truth.texts[g].places]
    counts = [lengths[g] for g, _ in asked]
    points = np.concatenate([centres[g] for g, _ in asked])
    flags = shapes.contain(np.repeat([d + prediction.first for _, d in asked], counts), points).tolist()
    return {
        pair: [True] * len(part) if pair in twins else part
        for pair, part in zip(asked, split(flags, counts), strict=True)
        if pair in twins or True in part
    }


def _regions(
    truth: Side,
    prediction: Side,
    shapes: Shapes,
    valid: list[bool],
    pairs: Sequence[Pair],
    common: dict[Pair, float],
    twins: set[Pair],
) -> tuple[dict[int, float], set[int]]:
    """Shares of predictions that lie on don't-care regions and not on text, and the predictions that are a region."""
    on: dict[int, list[int]] = {}
    same: set[int] = set()
    for (g, d), area in common.items():
        if not valid[g]:
            if (g, d) in twins or _iou(truth.areas[g], prediction.areas[d], area) >= SAME_BOX:
                same.add(d)
            if area > 0:
                on.setdefault(d, []).append(g)
    covered: dict[int, list[int]] = {}
    for g, d in pairs:
        if valid[g] and d in on:
            covered.setdefault(d, []).append(g)
    shares = dict.fromkeys(same, 0.0)
    for d, regions in on.items():
        texts = covered.get(d, [])
        if _apart(shapes, [*regions, *texts]):
            area = sum(common[g, d] for g in regions)
        else:
            left = union([shapes.geometry(g) for g in regions])
            if texts:
                left = left.difference(union([shapes.geometry(g) for g in texts]))
            area = float(left.intersection(shapes.geometry(d + prediction.first)).area)
        shares[d] = min(1.0, area / prediction.areas[d])
    return shares, same


def _apart(shapes: Shapes, numbers: list[int]) -> bool:
    """Whether the upright bounds of true boxes are all clear of each other; a quick no is enough."""
    if len(numbers) == 1:
        return True
    bounds = [(*shapes.low[number].tolist(), *shapes.high[number].tolist()) for number in numbers]
    return not any(
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        for place, one in enumerate(bounds)
        for other in bounds[:place]
    )


def _candidates(
    prediction: Side,
    lengths: list[int],
    common: dict[Pair, float],
    twins: set[Pair],
    inside: dict[Pair, list[bool]],
    regions: dict[int, float],
) -> list[Pair]:
    """Pairs that may match, by rule 3."""
    share: dict[Pair, float] = {}
    total: dict[int, float] = {}
    for pair in inside:
        d = pair[1]
        area = prediction.areas[d] * (1.0 - regions.get(d, 0.0))
        share[pair] = 1.0 if pair in twins else common[pair] / area if area > 1e-9 else 0.0
        total[d] = total.get(d, 0.0) + share[pair]
    return [
        (g, d)
        for (g, d), part in share.items()
        if total[d] >= ENOUGH and (part >= ENOUGH or 2 * sum(inside[g, d]) >= lengths[g])
    ]


def _one_to_one(
    ranked: Sequence[Pair], truth: Side, prediction: Side, common: dict[Pair, float], twins: set[Pair]
) -> list[Pair]:
    """The best pairs of which no box is in a better one, as far as their IoU makes them the same box."""
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for g, d in ranked:
        same = (g, d) in twins or _iou(truth.areas[g], prediction.areas[d], common[g, d]) >= SAME_BOX
        if same and g not in used[0] and d not in used[1]:
            used[0].add(g)
            used[1].add(d)
            pairs.append((g, d))
    return pairs


def _rank(
    pair: Pair, truth: Side, prediction: Side, common: dict[Pair, float], twins: set[Pair]
) -> tuple[float, float, Pair]:
    g, d = pair
    iou = 1.0 if pair in twins else min(_iou(truth.areas[g], prediction.areas[d], common[pair]), 1.0 - 1e-9)
    return -iou, -truth.texts[g].likeness(prediction.texts[d]), pair


def _iou(first: float, second: float, common: float) -> float:
    union = first + second - common
    return common / union if union > 0 else 0.0
