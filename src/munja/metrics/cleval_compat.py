"""CLEval as published: counters equal to those of clovaai/CLEval 513623c (the package cleval 0.1.1), defects included.

Quads count as there: corners are cut to whole pixels for areas, areas are compared in float32, a point on the left or
upper edge of a quad lies in it and one on the other edges does not. Polygons of another number of points, which the
published code cannot take, use the centres and the aspect ratio of the strict mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.metrics.boxes import Box
from munja.metrics.centres import LONGEST_GUESS, aspect_ratios, character_centres, guessed_length
from munja.metrics.erasing import read_characters
from munja.metrics.meetings import Case, Layout, Meeting, Pair, meet
from munja.metrics.outcomes import OF_PREDICTION, OF_TRUTH, Outcome, Side, results_of
from munja.metrics.record import BoxResult
from munja.metrics.shapes import Shapes, split, union

Floats = NDArray[np.float64]
AREA_PRECISION = 0.3
SINGLE_AREA_PRECISION = float(np.float32(AREA_PRECISION))


@dataclass(slots=True)
class Evidence:
    """What a page's boxes say, pair by pair (truth, prediction); pairs that have nothing in common are left out.

    `precision` is the share of the prediction's area, `inside` which of the truth's centres lie in the prediction.
    `valid` and `counted` are the boxes of truth and prediction that are not don't-care.
    """

    texts: list[str]
    read: list[str]
    ratios: list[float]
    valid: list[int]
    counted: list[int]
    precision: dict[Pair, float]
    inside: dict[Pair, list[bool]]


@dataclass(slots=True)
class Links:
    """Matched pairs: partners of every true and of every predicted box, in ascending order."""

    truth: list[list[int]]
    prediction: list[list[int]]


@dataclass(slots=True)
class Tally:
    """Characters by box: found of and claimed from centres, right and erased in texts, included in or guessed for."""

    found: dict[int, int]
    claimed: dict[int, int]
    overlapped: int
    right: dict[int, int]
    erased: dict[int, int]
    included: dict[int, int]
    false: dict[int, int]


def evaluate(cases: Sequence[Case], *, case_sensitive: bool) -> list[Outcome]:
    """Counts and what became of each box, page by page."""
    outcomes = []
    for case, evidence in zip(cases, _gather(cases, case_sensitive), strict=True):
        links = _match(evidence)
        tally = _tally(evidence, links)
        truths, predictions = _results(case.truth, case.prediction, evidence, links, tally)
        outcomes.append(Outcome(_counts(evidence, links, tally), truths, predictions, []))
    return outcomes


def _tally(evidence: Evidence, links: Links) -> Tally:
    found, claimed, overlapped = _claims(evidence, links)
    right, erased = read_characters(
        {g: evidence.texts[g] for g in evidence.valid},
        evidence.read,
        {g: [(d, evidence.inside[g, d]) for d in links.truth[g]] for g in evidence.valid},
    )
    included = {d: sum(sum(evidence.inside[g, d]) for g in links.prediction[d]) for d in evidence.counted}
    # A wide false box costs one or two characters and a tall one ten: the published ratio is upside down.
    false = {
        d: min(round(0.5 + 1 / (1e-5 + evidence.ratios[d])), LONGEST_GUESS)
        for d in evidence.counted
        if not links.prediction[d]
    }
    return Tally(found, claimed, overlapped, right, erased, included, false)


def _counts(evidence: Evidence, links: Links, tally: Tally) -> dict[str, float]:
    split = [len(links.truth[g]) for g in evidence.valid if len(links.truth[g]) > 1]
    merged = [len(links.prediction[d]) for d in evidence.counted if len(links.prediction[d]) > 1]
    characters = sum(len(evidence.texts[g]) for g in evidence.valid)
    false = sum(tally.false.values())
    return {
        "detection_truth": characters,
        "detection_predicted": sum(tally.included.values()) + false,
        "detection_found": sum(tally.found.values()),
        "detection_false": false,
        "end_to_end_truth": characters,
        "end_to_end_predicted": sum(len(evidence.read[d]) for d in evidence.counted),
        "end_to_end_found": sum(tally.erased.values()),
        "split_penalty": sum(split) - len(split),
        "merge_penalty": sum(merged) - len(merged),
        "splits": len(split),
        "merges": len(merged),
        "overlapped": tally.overlapped,
        "orientation_total": sum(bool(links.truth[g]) for g in evidence.valid),
        "orientation_right": 0,  # always: the condition that sets a box's weight is reversed
    }


def _results(
    truth: Sequence[Box], prediction: Sequence[Box], evidence: Evidence, links: Links, tally: Tally
) -> tuple[list[BoxResult], list[BoxResult]]:
    true = Side(
        links.truth,
        lost=[len(text) - tally.right.get(g, 0) for g, text in enumerate(evidence.texts)],
        detection_lost={g: len(evidence.texts[g]) - tally.found.get(g, 0) for g in evidence.valid},
    )
    read = Side(
        links.prediction,
        lost=[len(text) - tally.erased.get(d, 0) for d, text in enumerate(evidence.read)],
        detection_lost={
            d: tally.included[d] - tally.claimed.get(d, 0) if links.prediction[d] else tally.false[d]
            for d in evidence.counted
        },
    )
    return results_of(truth, true, read, OF_TRUTH), results_of(prediction, read, true, OF_PREDICTION)


def _gather(cases: Sequence[Case], case_sensitive: bool) -> list[Evidence]:
    layout = Layout(cases)
    boxes = layout.boxes
    points = np.array([point for box in boxes for point in box.polygon], np.float64).reshape(-1, 2)
    corners = [len(box.polygon) for box in boxes]
    exact, whole = Shapes(split(points, corners)), Shapes(split(np.trunc(points), corners))
    ratios = aspect_ratios(exact)
    texts = [
        "#" * guessed_length(ratio) if box.ignore else box.text if case_sensitive else box.text.upper()
        for box, ratio in zip(boxes, ratios, strict=True)
    ]
    true = [each for case in cases for each in [True] * len(case.truth) + [False] * len(case.prediction)]
    lengths = [len(text) if of_truth else 0 for text, of_truth in zip(texts, true, strict=True)]
    unasked = [
        flag
        for case in cases
        for flag in (
            *(box.ignore or out for box, out in zip(case.truth, case.outside, strict=True)),
            *[False] * len(case.prediction),
        )
    ]
    _trim(whole, layout, np.array(unasked, np.bool_))
    centres = character_centres(exact, lengths, ratios, upward=True)
    meetings = meet(layout, whole, lengths, centres, unasked, lambda owners, points: _holds(whole, owners, points))
    found = []
    for case, first, meeting in zip(cases, layout.firsts.tolist(), meetings, strict=True):
        middle, last = first + len(case.truth), first + len(case.truth) + len(case.prediction)
        shares = _shares(meeting, whole.ring_areas[middle:last])
        regions = {g for g in range(len(case.truth)) if unasked[first + g]}
        dropped = _ignored(regions, shares, meeting.inside)
        # The published code walks sets, and the order of a set with gaps is not that of its numbers: it decides which
        # of two true boxes takes the characters of a prediction over both.
        valid, counted = (list(set(range(n)) - out) for n, out in ((middle - first, regions), (last - middle, dropped)))
        found.append(
            Evidence(
                texts[first:middle], texts[middle:last], ratios[middle:last], valid, counted, shares, meeting.inside
            )
        )
    return found


def _trim(shapes: Shapes, layout: Layout, unasked: NDArray[np.bool_]) -> None:
    """Take from every don't-care region what other true boxes cover."""
    first, second = layout.pairs(of_truth=True)
    kept = unasked[first] & ~unasked[second]
    first, second = first[kept], second[kept]
    kept = shapes.touch(first, second)
    first, second = first[kept], second[kept]
    covering: dict[int, list[int]] = {}
    for g, other, area in zip(first.tolist(), second.tolist(), shapes.common_areas(first, second), strict=True):
        if area > 0:
            covering.setdefault(g, []).append(other)
    for g, others in covering.items():
        shapes.replace(g, shapes.geometry(g).difference(union([shapes.geometry(other) for other in others])))


def _shares(meeting: Meeting, areas: Floats) -> dict[Pair, float]:
    """Shares of predictions that lie on true boxes, in float32, where they have any area in common."""
    own = areas.tolist()
    shares = [common / own[d] if own[d] > 0 else 0.0 for (_, d), common in meeting.common.items()]
    single: list[float] = np.array(shares).astype(np.float32).tolist()
    return {pair: share for pair, share in zip(meeting.common, single, strict=True) if share > 0}


def _holds(whole: Shapes, owners: NDArray[Any], points: Floats) -> NDArray[np.bool_]:
    flags = _in_quads(whole.quads[owners], points)
    other = ~whole.is_quad[owners]
    if other.any():
        flags[other] = whole.contain(owners[other], points[other])
    return flags


def _in_quads(quads: Floats, points: Floats) -> NDArray[np.bool_]:
    """Whether a ray to the right of points (P, 2) crosses the sides of quads (P, 4, 2) an odd number of times."""
    x, y = points[:, :1], points[:, 1:]
    to = quads[:, [3, 0, 1, 2]]
    rise = to[..., 1] - quads[..., 1]
    spans = (quads[..., 1] <= y) != (to[..., 1] <= y)
    crossing = (to[..., 0] - quads[..., 0]) * (y - quads[..., 1]) / np.where(rise == 0, 1, rise) + quads[..., 0]
    return np.asarray((spans & (x < crossing)).sum(axis=1) % 2 == 1)


def _ignored(unasked: set[int], precision: dict[Pair, float], inside: dict[Pair, list[bool]]) -> set[int]:
    """Predictions that lie on don't-care regions."""
    ignored: set[int] = set()
    sums: dict[int, np.float32] = {}
    for (g, d), share in precision.items():
        if g not in unasked:
            continue
        if share >= SINGLE_AREA_PRECISION:
            ignored.add(d)
        elif (g, d) in inside:
            sums[d] = sums.get(d, np.float32(0)) + np.float32(share)
    return ignored | {d for d, total in sums.items() if total >= SINGLE_AREA_PRECISION}


def _match(evidence: Evidence) -> Links:
    """One-to-one, one-to-many and many-to-one pairs; nothing is consumed, so that a pair can be in several passes."""
    good = {pair for pair in evidence.inside if evidence.precision.get(pair, 0.0) >= SINGLE_AREA_PRECISION}
    in_row: dict[int, int] = {}
    in_column: dict[int, int] = {}
    for g, d in good:
        in_row[g] = in_row.get(g, 0) + 1
        in_column[d] = in_column.get(d, 0) + 1
    valid, counted = set(evidence.valid), set(evidence.counted)
    pieces: dict[int, list[Pair]] = {}
    covered: dict[int, list[Pair]] = {}
    linked: set[Pair] = set()
    for g, d in sorted(evidence.inside):
        if g in valid and d in counted:
            covered.setdefault(d, []).append((g, d))
            if (g, d) in good:
                pieces.setdefault(g, []).append((g, d))
                if in_row[g] == in_column[d] == 1:
                    linked.add((g, d))
    for group in pieces.values():
        if len(group) > 1:
            linked.update(group)
    for group in covered.values():
        if len(group) > 1 and sum(evidence.precision.get(pair, 0.0) for pair in group) >= AREA_PRECISION:
            linked.update(group)
    links = Links([[] for _ in evidence.texts], [[] for _ in evidence.read])
    for g, d in sorted(linked):
        links.truth[g].append(d)
        links.prediction[d].append(g)
    return links


def _claims(evidence: Evidence, links: Links) -> tuple[dict[int, int], dict[int, int], int]:
    """Characters found of every true box, claimed by every prediction, and how often one was included once more."""
    taken: dict[int, list[bool]] = {}
    claimed: dict[int, int] = {}
    overlapped = 0
    for d in evidence.counted:
        for g in links.prediction[d]:
            marks = taken.setdefault(g, [False] * len(evidence.texts[g]))
            for place, included in enumerate(evidence.inside[g, d]):
                if included and marks[place]:
                    overlapped += 1
                elif included:
                    marks[place] = True
                    claimed[d] = claimed.get(d, 0) + 1
    return {g: sum(marks) for g, marks in taken.items()}, claimed, overlapped
