"""Detection scores that count boxes: IoU of ICDAR 2013/2015, and DetEval.

Both need one-to-one boxes to give full credit, reject what falls below a threshold and know nothing of text; CLEval
does better on split and merged words. They are here because published tables are written in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from munja.core.page import Page
from munja.metrics.boxes import Box, Level, boxes_of, check_sizes, resolve_level
from munja.metrics.formulas import Harmonic, Measure, Ratio
from munja.metrics.meetings import Case, Layout, Pair
from munja.metrics.outcomes import ignored, simple
from munja.metrics.record import BoxResult, PageResult
from munja.metrics.shapes import Shapes, on_grid, origin_of

RECALL = Ratio(("recalled",), ("truth",))
PRECISION = Ratio(("precise",), ("predicted",))
_FIGURES = {"recall": Measure(RECALL), "precision": Measure(PRECISION), "hmean": Measure(Harmonic(RECALL, PRECISION))}
MEASURES = {"iou": _FIGURES, "deteval": _FIGURES}


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Common areas of the boxes of a page, in square pixels, by (truth, prediction); pairs without one are left out.

    `counted` and `asked` are the predictions and the true boxes that are not don't-care.
    """

    truth: Sequence[Box]
    prediction: Sequence[Box]
    areas: Sequence[float]
    read_areas: Sequence[float]
    common: Mapping[Pair, float]
    asked: Sequence[int]
    counted: Sequence[int]

    def iou(self, pair: Pair) -> float:
        """Common area over the area of both together; 0 if they have none."""
        common = self.common.get(pair, 0.0)
        union = self.areas[pair[0]] + self.read_areas[pair[1]] - common
        return common / union if union > 0 else 0.0

    def recall(self, pair: Pair) -> float:
        """Share of the true box that the prediction covers."""
        return self.common[pair] / self.areas[pair[0]]

    def precision(self, pair: Pair) -> float:
        """Share of the prediction that lies on the true box."""
        return self.common[pair] / self.read_areas[pair[1]]


def overlaps_of(
    truth: Sequence[Box], prediction: Sequence[Box], *, on_ignored: float, skipped: Sequence[bool] | None = None
) -> Overlaps:
    """What the boxes of a page have in common.

    A prediction of which more than `on_ignored` lies on one don't-care box is don't-care; so is one that is marked as
    such. `skipped` marks more true boxes as don't-care.
    """
    origin = origin_of([box.polygon for box in truth or prediction])
    layout = Layout([Case(truth, prediction, [])])
    shapes = Shapes(on_grid([box.polygon for box in layout.boxes], origin))
    rows, columns = layout.pairs()
    near = shapes.touch(rows, columns)
    rows, columns, known = rows[near], columns[near], len(truth)
    pairs = zip(rows.tolist(), (columns - known).tolist(), strict=True)
    common = {pair: area for pair, area in zip(pairs, shapes.common_areas(rows, columns), strict=True) if area > 0}
    own, read = shapes.areas[:known], shapes.areas[known:]
    unasked = {g for g, box in enumerate(truth) if box.ignore or (skipped is not None and skipped[g])}
    dropped = {d for d, box in enumerate(prediction) if box.ignore}
    dropped |= {d for (g, d), area in common.items() if g in unasked and area / read[d] > on_ignored}
    asked = [g for g in range(len(truth)) if g not in unasked]
    counted = [d for d in range(len(prediction)) if d not in dropped]
    return Overlaps(truth, prediction, own, read, common, asked, counted)


def match_by_iou(overlaps: Overlaps, threshold: float) -> list[Pair]:
    """Pairs in the order of their boxes, each box at most once, whose IoU is above a threshold."""
    pairs: list[Pair] = []
    used: set[int] = set()
    counted = set(overlaps.counted)
    near: dict[int, list[int]] = {}
    for g, d in sorted(overlaps.common):
        if d in counted:
            near.setdefault(g, []).append(d)
    for g in overlaps.asked:
        for d in near.get(g, []):
            if d not in used and overlaps.iou((g, d)) > threshold:
                pairs.append((g, d))
                used.add(d)
                break
    return pairs


def compare(
    truth: Page,
    prediction: Page,
    *,
    level: Level | None = None,
    threshold: float = 0.5,
) -> PageResult:
    """The record of one page by IoU (ICDAR 2013/2015): boxes that match one to one in the order of the Pages.

    A prediction with more than half of its area on a don't-care box is left out.
    """
    level = resolve_level(level, [truth])
    overlaps = _overlaps(truth, prediction, level, on_ignored=0.5)
    pairs = match_by_iou(overlaps, threshold)
    credit = dict.fromkeys(pairs, (1.0, 1.0))
    return _record("iou", {"level": level, "threshold": threshold}, truth, prediction, overlaps, credit)


def compare_deteval(
    truth: Page,
    prediction: Page,
    *,
    level: Level | None = None,
    least_recall: float = 0.8,
    least_precision: float = 0.4,
) -> PageResult:
    """The record of one page by DetEval (Wolf and Jolion), with credit for split and merged boxes.

    `least_recall` and `least_precision` are shares of area; for polygons Total-Text recommends 0.7 and 0.6. A true box
    in several predictions earns 0.8, as each of them does; several in one prediction earn 1 each, and so does it.
    """
    level = resolve_level(level, [truth])
    overlaps = _overlaps(truth, prediction, level, on_ignored=least_precision)
    credit = _deteval(overlaps, least_recall, least_precision)
    options = {"level": level, "least_recall": least_recall, "least_precision": least_precision}
    return _record("deteval", options, truth, prediction, overlaps, credit)


def icdar_figures(result: PageResult) -> dict[str, float]:
    """Recall, precision and their harmonic mean of one page as the competitions print them.

    A page without true boxes that count has recall 1, and precision 1 if nothing was predicted on it, else 0.
    """
    counts = result.counts
    if not counts["truth"]:
        precision = 0.0 if counts["predicted"] else 1.0
        return {"recall": 1.0, "precision": precision, "hmean": precision}
    recall = counts["recalled"] / counts["truth"]
    precision = counts["precise"] / counts["predicted"] if counts["predicted"] else 0.0
    total = recall + precision
    return {"recall": recall, "precision": precision, "hmean": 2 * recall * precision / total if total else 0.0}


def _overlaps(truth: Page, prediction: Page, level: Level, *, on_ignored: float) -> Overlaps:
    check_sizes(truth, prediction)
    boxes = boxes_of(truth, level, "truth"), boxes_of(prediction, level, "prediction")
    return overlaps_of(*boxes, on_ignored=on_ignored)


def _deteval(overlaps: Overlaps, least_recall: float, least_precision: float) -> dict[Pair, tuple[float, float]]:
    """Credit of every matched pair for recall and precision; over a match they add up to that of the method."""
    good = [
        pair
        for pair in sorted(overlaps.common)
        if overlaps.recall(pair) >= least_recall and overlaps.precision(pair) >= least_precision
    ]
    asked, counted = set(overlaps.asked), set(overlaps.counted)
    valid = [pair for pair in sorted(overlaps.common) if pair[0] in asked and pair[1] in counted]
    touched = [
        _tally([g for g, d in overlaps.common if d in counted]),
        _tally([d for g, d in overlaps.common if g in asked]),
    ]
    in_row, in_column = _tally([g for g, _ in good]), _tally([d for _, d in good])
    credit: dict[Pair, tuple[float, float]] = {}
    used: tuple[set[int], set[int]] = (set(), set())
    for g, d in good:
        alone = in_row[g] == in_column[d] == 1 and touched[0].get(g) == touched[1].get(d) == 1
        if (g, d) in valid and alone and _distance(overlaps, (g, d)) < 1:
            credit[g, d] = (1.0, 1.0)
            used[0].add(g)
            used[1].add(d)
    for g in overlaps.asked:
        pairs = [
            pair for pair in valid if pair[0] == g and g not in used[0] and pair[1] not in used[1]
            and overlaps.precision(pair) >= least_precision
        ]  # fmt: skip
        if round(sum(map(overlaps.recall, pairs)), 4) >= least_recall and touched[0].get(g, 0) > 1:
            each = 1.0 if len(pairs) == 1 else 0.8
            credit.update({pair: (each / len(pairs), each) for pair in pairs})
            used[0].add(g)
            used[1].update(d for _, d in pairs)
    for d in overlaps.counted:
        pairs = [
            pair for pair in valid if pair[1] == d and d not in used[1] and pair[0] not in used[0]
            and overlaps.recall(pair) >= least_recall
        ]  # fmt: skip
        if round(sum(map(overlaps.precision, pairs)), 4) >= least_precision and touched[1].get(d, 0) > 1:
            credit.update({pair: (1.0, 1.0 / len(pairs)) for pair in pairs})
            used[1].add(d)
            used[0].update(g for g, _ in pairs)
    return credit


def _distance(overlaps: Overlaps, pair: Pair) -> float:
    """Distance of the centres of two boxes over the mean of their diagonals."""
    bounds = [
        np.asarray([np.min(polygon, axis=0), np.max(polygon, axis=0)], np.float64)
        for polygon in (overlaps.truth[pair[0]].polygon, overlaps.prediction[pair[1]].polygon)
    ]
    centres = [each.mean(axis=0) for each in bounds]
    diagonals = sum(float(np.hypot(*(each[1] - each[0]))) for each in bounds)
    return float(np.hypot(*(centres[0] - centres[1]))) * 2 / diagonals


def _tally(numbers: Sequence[int]) -> dict[int, int]:
    tally: dict[int, int] = {}
    for number in numbers:
        tally[number] = tally.get(number, 0) + 1
    return tally


def _record(
    metric: str,
    options: Mapping[str, object],
    truth: Page,
    prediction: Page,
    overlaps: Overlaps,
    credit: Mapping[Pair, tuple[float, float]],
) -> PageResult:
    sides: list[tuple[BoxResult, ...]] = []
    for side, boxes, kept in ((0, overlaps.truth, overlaps.asked), (1, overlaps.prediction, overlaps.counted)):
        partners: list[list[int]] = [[] for _ in boxes]
        earned = [0.0] * len(boxes)
        for pair in sorted(credit):
            partners[pair[side]].append(pair[1 - side])
            earned[pair[side]] += credit[pair][side]
        sharing = _tally([pair[1 - side] for pair in credit])
        counts = set(kept)
        results = [
            simple(box, own, [sharing[each] for each in own], side=side, lost=1.0 - share)
            if number in counts
            else ignored(box)
            for number, (box, own, share) in enumerate(zip(boxes, partners, earned, strict=True))
        ]
        sides.append(tuple(results))
    counted = {
        "truth": float(len(overlaps.asked)),
        "predicted": float(len(overlaps.counted)),
        "recalled": sum(recall for recall, _ in credit.values()),
        "precise": sum(precision for _, precision in credit.values()),
    }
    source = truth.source if truth.source is not None else prediction.source
    return PageResult(metric, counted, options, source, truth.index, sides[0], sides[1])
