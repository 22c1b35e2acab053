"""CLEval with its defects mended: truth against itself is exactly 1, order and place of the boxes change nothing.

`claims` says which boxes belong together. Texts are compared in NFC without white space; matched boxes that hang
together are aligned as one text, so that the order of reading in a merged or split box counts. Characters that a
matched prediction reads on a don't-care region are not held against it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from munja.metrics.alignment import align
from munja.metrics.boxes import Box
from munja.metrics.centres import guessed_length, reading_direction, reading_order
from munja.metrics.claims import Matches, Side, match, prepare
from munja.metrics.outcomes import ignored, outcome
from munja.metrics.record import BoxResult, CharacterError
from munja.metrics.shapes import origin_of

Group = tuple[list[int], list[int]]  # boxes of truth and prediction that hang together, in reading order
SAME_DIRECTION = math.cos(math.radians(45)) - 1e-9


@dataclass(slots=True)
class Scene:
    """Both sides of a page in canonical order, their matches, and the partners of every box."""

    truth: Side
    prediction: Side
    matches: Matches
    of_truth: list[list[int]]
    of_prediction: list[list[int]]


@dataclass(slots=True)
class Reading:
    """Right characters of true and of predicted boxes, characters that are excused, and the errors."""

    right: dict[int, int]
    right_read: dict[int, int]
    excused: dict[int, int]
    errors: list[CharacterError]


def evaluate(
    truth: Sequence[Box], prediction: Sequence[Box], *, case_sensitive: bool, outside: Sequence[bool]
) -> tuple[dict[str, float], list[BoxResult], list[BoxResult], list[CharacterError]]:
    """Counts, what became of each box, and the errors; `outside` marks true boxes that a range of sizes leaves out."""
    origin = origin_of([box.polygon for box in truth or prediction])
    wanted, found, shapes = prepare(truth, prediction, origin, case_sensitive=case_sensitive)
    valid = [not (truth[i].ignore or outside[i]) for i in wanted.order]
    matches = match(wanted, found, shapes, valid, [prediction[i].ignore for i in found.order])
    scene = Scene(wanted, found, matches, [[] for _ in wanted.order], [[] for _ in found.order])
    for g, d in sorted(matches.claimed):
        scene.of_truth[g].append(d)
        scene.of_prediction[d].append(g)
    reading = _read(scene)
    counts = _counts(scene, reading)
    truths, predictions = _truths(scene, truth, reading), _predictions(scene, prediction, reading)
    errors = [
        replace(
            each,
            truth=None if each.truth is None else wanted.order[each.truth],
            prediction=None if each.prediction is None else found.order[each.prediction],
        )
        for each in reading.errors
    ]
    return counts, truths, predictions, errors


def _groups(scene: Scene) -> Iterator[Group]:
    """Boxes that matches join, directly or over others."""
    seen: set[int] = set()
    for start, partners in enumerate(scene.of_truth):
        if start in seen or not partners:
            continue
        truths, predictions, waiting = {start}, set(partners), list(partners)
        while waiting:
            d = waiting.pop()
            for g in scene.of_prediction[d]:
                truths.add(g)
                waiting += [other for other in scene.of_truth[g] if other not in predictions]
                predictions.update(scene.of_truth[g])
        seen |= truths
        yield _ordered(scene, sorted(truths), sorted(predictions))


def _ordered(scene: Scene, truths: list[int], predictions: list[int]) -> Group:
    if len(truths) == 1:
        return truths, sorted(predictions, key=lambda d: scene.matches.claimed[truths[0], d][0])
    side = scene.prediction
    largest = max(predictions, key=lambda d: (side.areas[d], -d))
    direction = reading_direction(side.points[largest], side.ratios[largest])
    orders = [
        [numbers[i] for i in reading_order([polygons[number] for number in numbers], direction)]
        for numbers, polygons in ((truths, scene.truth.points), (predictions, side.points))
    ]
    return orders[0], orders[1]


def _read(scene: Scene) -> Reading:
    reading = Reading({}, {}, {}, [])
    texts, read = scene.truth.texts, scene.prediction.texts
    for truths, predictions in _groups(scene):
        untold = not any(texts[g].folded for g in truths)
        right, right_read, errors = align([(g, texts[g]) for g in truths], [(d, read[d]) for d in predictions])
        reading.right.update(right)
        reading.right_read.update(right_read)
        for d in predictions:
            length = len(read[d].folded)
            on_regions = length if untold else math.floor(scene.matches.regions.get(d, 0.0) * length + 0.5)
            reading.excused[d] = min(length - right_read[d], on_regions)
        if not untold:
            reading.errors += errors
    return reading


def _counts(scene: Scene, reading: Reading) -> dict[str, float]:
    matches = scene.matches
    counted = [d for d in range(len(scene.of_prediction)) if d not in matches.dropped]
    false = sum(guessed_length(scene.prediction.ratios[d]) for d in counted if not scene.of_prediction[d])
    split = [len(partners) for partners in scene.of_truth if len(partners) > 1]
    merged = [len(partners) for partners in scene.of_prediction if len(partners) > 1]
    found, included = sum(map(len, matches.claimed.values())), sum(matches.included.values())
    lengths = [len(text.folded) for text, valid in zip(scene.truth.texts, matches.valid, strict=True) if valid]
    read = sum(len(scene.prediction.texts[d].folded) for d in counted)
    return {
        "detection_truth": sum(matches.lengths),
        "detection_predicted": included + false,
        "detection_found": found,
        "detection_false": false,
        "end_to_end_truth": sum(lengths),
        "end_to_end_predicted": read - sum(reading.excused.values()),
        "end_to_end_found": sum(reading.right.values()),
        "split_penalty": sum(split) - len(split),
        "merge_penalty": sum(merged) - len(merged),
        "splits": len(split),
        "merges": len(merged),
        "overlapped": included - found,
        "orientation_total": sum(map(bool, scene.of_truth)),
        "orientation_right": _orientation(scene),
    }


def _orientation(scene: Scene) -> float:
    """Matched true boxes whose predictions are read within 45 degrees of their direction, by share of predictions."""
    total = 0.0
    for g, partners in enumerate(scene.of_truth):
        for d in partners:
            if scene.truth.keys[g] == scene.prediction.keys[d]:
                agrees = True
            else:
                x, y = reading_direction(scene.truth.points[g], scene.truth.ratios[g])
                other_x, other_y = reading_direction(scene.prediction.points[d], scene.prediction.ratios[d])
                agrees = x * other_x + y * other_y >= SAME_DIRECTION
            total += agrees / len(partners)
    return total


def _truths(scene: Scene, boxes: Sequence[Box], reading: Reading) -> list[BoxResult]:
    results: dict[int, BoxResult] = {}
    claimed = [0] * len(boxes)
    for (g, _), places in scene.matches.claimed.items():
        claimed[g] += len(places)
    for g, place in enumerate(scene.truth.order):
        if not scene.matches.valid[g]:
            results[place] = ignored(boxes[place])
            continue
        partners = scene.of_truth[g]
        results[place] = outcome(
            boxes[place],
            sorted(scene.prediction.order[d] for d in partners),
            [len(scene.of_prediction[d]) for d in partners],
            alone="missed",
            many="split",
            shared="merged",
            lost=len(scene.truth.texts[g].folded) - reading.right.get(g, 0),
            detection_lost=scene.matches.lengths[g] - claimed[g],
        )
    return [results[place] for place in range(len(boxes))]


def _predictions(scene: Scene, boxes: Sequence[Box], reading: Reading) -> list[BoxResult]:
    results: dict[int, BoxResult] = {}
    matches = scene.matches
    extra = [0] * len(boxes)
    for (g, d), places in matches.claimed.items():
        extra[d] += matches.included[g, d] - len(places)
    for d, place in enumerate(scene.prediction.order):
        if d in matches.dropped:
            results[place] = ignored(boxes[place])
            continue
        partners = scene.of_prediction[d]
        touching = matches.touching.get(d, [])
        result = outcome(
            boxes[place],
            sorted(scene.truth.order[g] for g in partners),
            [len(scene.of_truth[g]) for g in partners],
            alone="overlapping" if touching else "false",
            many="merged",
            shared="split",
            lost=len(scene.prediction.texts[d].folded) - reading.right_read.get(d, 0) - reading.excused.get(d, 0),
            detection_lost=extra[d] if partners else guessed_length(scene.prediction.ratios[d]),
        )
        if not partners and touching:
            result = result._replace(partners=tuple(sorted(scene.truth.order[g] for g in touching)))
        results[place] = result
    return [results[place] for place in range(len(boxes))]
