"""Outcomes: how a box's partners and its lost characters become the kinds of error that a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from munja.metrics.boxes import Box
from munja.metrics.record import BoxResult, CharacterError, Kind

IGNORED: tuple[Kind, ...] = ("ignored",)


class Faults(NamedTuple):
    """What a box is called without a partner, with several, and with one that has several."""

    alone: Kind
    many: Kind
    shared: Kind


OF_TRUTH = Faults(alone="missed", many="split", shared="merged")
OF_PREDICTION = Faults(alone="false", many="merged", shared="split")


class Outcome(NamedTuple):
    """What a page contributes: its counts, what became of the boxes of truth and prediction, wrong characters."""

    counts: dict[str, float]
    truth: list[BoxResult]
    prediction: list[BoxResult]
    errors: list[CharacterError]


class Side(NamedTuple):
    """By number of the box, of truth or of prediction: the partners, and how many characters it lost.

    `lost` are those that were misread, `detection_lost` those that were not found; boxes it leaves out are don't-care.
    """

    partners: list[list[int]]
    lost: list[int]
    detection_lost: dict[int, int]


def outcome(
    box: Box,
    partners: Sequence[int],
    sharing: Sequence[int],
    faults: Faults,
    *,
    lost: float,
    detection_lost: float,
    partner_lost: float,
) -> BoxResult:
    """What became of a box that counts.

    `sharing` says how many boxes each of its partners is matched with. `lost` characters are wrong in the box itself,
    `partner_lost` in the only partner of a box that is its only one: a missing character makes both wrong. A penalty
    of one character for every partner but the first is added to the lost ones.
    """
    penalty = max(len(partners) - 1, 0)
    kinds: list[Kind] = []
    if not partners:
        kinds.append(faults.alone)
    else:
        if penalty:
            kinds.append(faults.many)
        if any(number > 1 for number in sharing):
            kinds.append(faults.shared)
        if lost > 0 or partner_lost > 0:
            kinds.append("wrong characters")
    return BoxResult(
        box.line,
        box.word,
        tuple(kinds) or ("matched",),
        tuple(partners),
        float(lost + penalty),
        float(detection_lost + penalty),
        box.score,
    )


def results_of(boxes: Sequence[Box], side: Side, other: Side, faults: Faults) -> list[BoxResult]:
    """What became of the boxes of one side, in order; `faults` are those of that side."""
    results = []
    for number, box in enumerate(boxes):
        if number not in side.detection_lost:
            results.append(ignored(box))
            continue
        partners = side.partners[number]
        sharing = [len(other.partners[each]) for each in partners]
        partner_lost = other.lost[partners[0]] if sharing == [1] else 0
        lost, detection_lost = side.lost[number], side.detection_lost[number]
        results.append(
            outcome(box, partners, sharing, faults, lost=lost, detection_lost=detection_lost, partner_lost=partner_lost)
        )
    return results


def ignored(box: Box) -> BoxResult:
    """What became of a box that does not count."""
    return BoxResult(box.line, box.word, IGNORED, score=box.score)


def simple(box: Box, partners: Sequence[int], sharing: Sequence[int], *, side: int, lost: float) -> BoxResult:
    """What became of a box for a metric that counts boxes and no characters; `side` 0 is truth, 1 the prediction."""
    faults = OF_PREDICTION if side else OF_TRUTH
    kinds: list[Kind] = []
    if not partners:
        kinds.append(faults.alone)
    if len(partners) > 1:
        kinds.append(faults.many)
    if any(number > 1 for number in sharing):
        kinds.append(faults.shared)
    lost = max(0.0, round(lost, 12))
    return BoxResult(box.line, box.word, tuple(kinds) or ("matched",), tuple(partners), lost, lost, box.score)
