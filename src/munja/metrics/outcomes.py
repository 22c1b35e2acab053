"""Outcomes: how a box's partners and its lost characters become the kinds of error that a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from munja.metrics.boxes import Box
from munja.metrics.record import BoxResult, CharacterError, Kind

IGNORED: tuple[Kind, ...] = ("ignored",)


class Outcome(NamedTuple):
    """What a page contributes: its counts, what became of the boxes of truth and prediction, wrong characters."""

    counts: dict[str, float]
    truth: list[BoxResult]
    prediction: list[BoxResult]
    errors: list[CharacterError]


def outcome(
    box: Box,
    partners: Sequence[int],
    sharing: Sequence[int],
    *,
    alone: Kind,
    many: Kind,
    shared: Kind,
    lost: float,
    detection_lost: float,
    partner_lost: float,
) -> BoxResult:
    """What became of a box that counts.

    `sharing` says how many boxes each of its partners is matched with; `alone`, `many` and `shared` name what it is
    without a partner, with several, and with one that has several. `lost` characters are wrong in the box itself,
    `partner_lost` in the only partner of a box that is its only one: a missing character makes both wrong. A penalty
    of one character for every partner but the first is added to the lost ones.
    """
    penalty = max(len(partners) - 1, 0)
    kinds: list[Kind] = []
    if not partners:
        kinds.append(alone)
    else:
        if penalty:
            kinds.append(many)
        if any(number > 1 for number in sharing):
            kinds.append(shared)
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


def ignored(box: Box) -> BoxResult:
    """What became of a box that does not count."""
    return BoxResult(box.line, box.word, IGNORED, score=box.score)


def simple(box: Box, partners: Sequence[int], sharing: Sequence[int], *, side: int, lost: float) -> BoxResult:
    """What became of a box for a metric that counts boxes and no characters; `side` 0 is truth, 1 the prediction."""
    kinds: list[Kind] = []
    if not partners:
        kinds.append("false" if side else "missed")
    if len(partners) > 1:
        kinds.append("merged" if side else "split")
    if any(number > 1 for number in sharing):
        kinds.append("split" if side else "merged")
    lost = max(0.0, round(lost, 12))
    return BoxResult(box.line, box.word, tuple(kinds) or ("matched",), tuple(partners), lost, lost, box.score)
