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
from munja.metrics.claims import Matches, Scene, match, scenes
from munja.metrics.meetings import Case
from munja.metrics.outcomes import OF_PREDICTION, OF_TRUTH, Outcome, ignored, outcome
from munja.metrics.record import BoxResult, CharacterError

Group = tuple[list[int], list[int]]  # boxes of truth and prediction that hang together, in reading order
SAME_DIRECTION = math.cos(math.radians(45)) - 1e-9


@dataclass(slots=True)
class Linked:
    """A scene, its matches, and the partners of every box."""

    scene: Scene
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


def evaluate(cases: Sequence[Case], *, case_sensitive: bool) -> list[Outcome]:
    """Counts, what became of each box, and the errors, page by page."""
    return [
        _evaluate(case, scene) for case, scene in zip(cases, scenes(cases, case_sensitive=case_sensitive), strict=True)
    ]


def _evaluate(case: Case, scene: Scene) -> Outcome:
    wanted, found = scene.truth.order, scene.prediction.order
    linked = Linked(scene, match(scene), [[] for _ in wanted], [[] for _ in found])
    for g, d in sorted(linked.matches.claimed):
        linked.of_truth[g].append(d)
        linked.of_prediction[d].append(g)
    reading = _read(linked)
    errors = [
        replace(
            each,
            truth=None if each.truth is None else wanted[each.truth],
            prediction=None if each.prediction is None else found[each.prediction],
        )
        for each in reading.errors
    ]
    truths, predictions = _truths(linked, case.truth, reading), _predictions(linked, case.prediction, reading)
    return Outcome(_counts(linked, reading), truths, predictions, errors)


def _groups(linked: Linked) -> Iterator[Group]:
    """Boxes that matches join, directly or over others."""
    seen: set[int] = set()
    for start, partners in enumerate(linked.of_truth):
        if start in seen or not partners:
            continue
        truths, predictions, waiting = {start}, set(partners), list(partners)
        while waiting:
            d = waiting.pop()
            for g in linked.of_prediction[d]:
                truths.add(g)
                waiting += [other for other in linked.of_truth[g] if other not in predictions]
                predictions.update(linked.of_truth[g])
        seen |= truths
        yield _ordered(linked, sorted(truths), sorted(predictions))


def _ordered(linked: Linked, truths: list[int], predictions: list[int]) -> Group:
    if len(truths) == 1:
        return truths, sorted(predictions, key=lambda d: linked.matches.claimed[truths[0], d][0])
    side = linked.scene.prediction  # it was read along its own polygon
    largest = max(predictions, key=lambda d: (side.areas[d], -d))
    direction = reading_direction(side.points[largest], side.ratios[largest])
    orders = [
        [numbers[i] for i in reading_order([polygons[number] for number in numbers], direction)]
        for numbers, polygons in ((truths, linked.scene.truth.points), (predictions, side.points))
    ]
    return orders[0], orders[1]


def _read(linked: Linked) -> Reading:
    reading = Reading({}, {}, {}, [])
    texts, read = linked.scene.truth.texts, linked.scene.prediction.texts
    for truths, predictions in _groups(linked):
        untold = not any(texts[g].folded for g in truths)
        right, right_read, errors = align([(g, texts[g]) for g in truths], [(d, read[d]) for d in predictions])
        reading.right.update(right)
        reading.right_read.update(right_read)
        for d in predictions:
            length = len(read[d].folded)
            wrong = length - right_read[d]
            if wrong and not untold:
                wrong = min(wrong, math.floor(linked.matches.regions.share(d) * length + 0.5))
            reading.excused[d] = wrong
        if not untold:
            reading.errors += errors
    return reading


def _counts(linked: Linked, reading: Reading) -> dict[str, float]:
    matches = linked.matches
    counted = [d for d in range(len(linked.of_prediction)) if d not in matches.dropped]
    false = sum(guessed_length(linked.scene.prediction.ratios[d]) for d in counted if not linked.of_prediction[d])
    split = [len(partners) for partners in linked.of_truth if len(partners) > 1]
    merged = [len(partners) for partners in linked.of_prediction if len(partners) > 1]
    found, included = sum(map(len, matches.claimed.values())), sum(matches.included.values())
    lengths = [
        len(text.folded) for text, valid in zip(linked.scene.truth.texts, linked.scene.valid, strict=True) if valid
    ]
    read = sum(len(linked.scene.prediction.texts[d].folded) for d in counted)
    return {
        "detection_truth": sum(linked.scene.lengths),
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
        "orientation_total": sum(map(bool, linked.of_truth)),
        "orientation_right": _orientation(linked),
    }


def _orientation(linked: Linked) -> float:
    """Matched true boxes whose predictions are read within 45 degrees of their direction, by share of predictions."""
    total = 0.0
    truth, prediction = linked.scene.truth, linked.scene.prediction
    for g, partners in enumerate(linked.of_truth):
        for d in partners:
            agrees = truth.keys[g] == prediction.keys[d]
            if not agrees:  # by the first sides: a narrow box of one character is no column
                (x, y), (other_x, other_y) = reading_direction(truth.points[g]), reading_direction(prediction.points[d])
                agrees = x * other_x + y * other_y >= SAME_DIRECTION
            total += agrees / len(partners)
    return total


def _truths(linked: Linked, boxes: Sequence[Box], reading: Reading) -> list[BoxResult]:
    results: dict[int, BoxResult] = {}
    scene = linked.scene
    claimed = [0] * len(boxes)
    for (g, _), places in linked.matches.claimed.items():
        claimed[g] += len(places)
    for g, place in enumerate(scene.truth.order):
        if not scene.valid[g]:
            results[place] = ignored(boxes[place])
            continue
        partners = linked.of_truth[g]
        sharing = [len(linked.of_prediction[d]) for d in partners]
        results[place] = outcome(
            boxes[place],
            sorted(scene.prediction.order[d] for d in partners),
            sharing,
            OF_TRUTH,
            lost=_lost(linked, reading, g),
            detection_lost=scene.lengths[g] - claimed[g],
            partner_lost=_lost_read(linked, reading, partners[0]) if sharing == [1] else 0,
        )
    return [results[place] for place in range(len(boxes))]


def _predictions(linked: Linked, boxes: Sequence[Box], reading: Reading) -> list[BoxResult]:
    results: dict[int, BoxResult] = {}
    scene, matches = linked.scene, linked.matches
    extra = [0] * len(boxes)
    for (g, d), places in matches.claimed.items():
        extra[d] += matches.included[g, d] - len(places)
    for d, place in enumerate(scene.prediction.order):
        if d in matches.dropped:
            results[place] = ignored(boxes[place])
            continue
        partners, touching = linked.of_prediction[d], matches.touching.get(d, [])
        sharing = [len(linked.of_truth[g]) for g in partners]
        result = outcome(
            boxes[place],
            sorted(scene.truth.order[g] for g in partners),
            sharing,
            OF_PREDICTION._replace(alone="overlapping") if touching else OF_PREDICTION,
            lost=_lost_read(linked, reading, d),
            detection_lost=extra[d] if partners else guessed_length(scene.prediction.ratios[d]),
            partner_lost=_lost(linked, reading, partners[0]) if sharing == [1] else 0,
        )
        if not partners and touching:
            result = result._replace(partners=tuple(sorted(scene.truth.order[g] for g in touching)))
        results[place] = result
    return [results[place] for place in range(len(boxes))]


def _lost(linked: Linked, reading: Reading, g: int) -> int:
    return len(linked.scene.truth.texts[g].folded) - reading.right.get(g, 0)


def _lost_read(linked: Linked, reading: Reading, d: int) -> int:
    length = len(linked.scene.prediction.texts[d].folded)
    return length - reading.right_read.get(d, 0) - reading.excused.get(d, 0)
