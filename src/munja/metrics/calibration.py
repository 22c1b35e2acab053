"""Calibration: whether a reader's scores say how often it is right, and from which score on it can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from munja.core.errors import InputError, SpecError
from munja.metrics.intervals import clopper_pearson
from munja.metrics.record import PageResult


@dataclass(frozen=True, slots=True)
class Judged:
    """A score of 0 to 1, and whether what it was given for was right."""

    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Boxes with scores from `low` to `high`: how many, their mean score, the share that is right and its interval."""

    low: float
    high: float
    count: int
    score: float
    right: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Boxes with this score or more have the precision that was wanted; the others, a share, go to review.

    `score` is None if no threshold gives it; `precision` and its interval are those of the boxes that are kept.
    """

    wanted: float
    score: float | None
    precision: float | None
    interval: tuple[float, float] | None
    review: float
    sentence: str


def judged(results: Iterable[PageResult]) -> list[Judged]:
    """The scores of the predicted boxes of pages, don't-care ones aside; right is one that matched without any error.

    InputError if a box has no score, or no box is left.
    """
    found: list[Judged] = []
    for result in results:
        for number, box in enumerate(result.prediction):
            if box.kind == "ignored":
                continue
            if box.score is None:
                raise InputError(
                    f"{result.source}: box {number} of the prediction has no score; calibration needs them"
                )
            found.append(Judged(box.score, box.kind == "matched"))
    if not found:
        raise InputError("no predicted box to judge scores by; calibration needs some")
    return found


def reliability(judgements: Iterable[Judged], *, bins: int = 10) -> list[Bin]:
    """Score against share of right boxes, in bins of equal width; those without any box are left out."""
    if bins < 1:
        raise SpecError(f"bins: 1 or more were wanted, got {bins}")
    groups: list[list[Judged]] = [[] for _ in range(bins)]
    for each in _checked(judgements):
        groups[min(int(each.score * bins), bins - 1)].append(each)
    return [_bin(place / bins, (place + 1) / bins, group) for place, group in enumerate(groups) if group]


def expected_calibration_error(judgements: Iterable[Judged], *, bins: int = 10) -> float:
    """Mean gap between score and share of right boxes, over bins of equal width, each weighted by its boxes."""
    curve = reliability(judgements, bins=bins)
    return sum(each.count * abs(each.score - each.right) for each in curve) / sum(each.count for each in curve)


def threshold_for(judgements: Iterable[Judged], precision: float, *, noun: str = "lines") -> Threshold:
    """The lowest score from which on at least `precision` of the boxes are right, and what share lies below it.

    Boxes of one score are kept or reviewed together. What was missed has no score and is in neither.
    """
    if not 0 < precision <= 1:
        raise SpecError(f"precision: a share above 0, up to 1, was wanted, such as 0.99, got {precision}")
    rows = _checked(judgements)
    scores = np.array([each.score for each in rows])
    order = np.argsort(-scores, kind="stable")
    scores, right = scores[order], np.array([each.right for each in rows], np.int64)[order].cumsum()
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True))  # where a score ends
    good = last[right[last] >= precision * (last + 1) - 1e-9]
    if not len(good):
        best = float((right[last] / (last + 1)).max())
        sentence = (
            f"No threshold gives {100 * precision:g} % precision: the best is {100 * best:.1f} %; "
            f"all {noun} go to review."
        )
        return Threshold(precision, None, None, None, 1.0, sentence)
    place = int(good[-1])
    kept, hits = place + 1, int(right[place])
    review = 1 - kept / len(rows)
    interval = clopper_pearson(hits, kept)
    sentence = (
        f"For {100 * precision:g} % precision use threshold {scores[place]:.3f}; {100 * review:.1f} % of the {noun} go "
        f"to review. Measured on the {kept} kept: {100 * hits / kept:.1f} %, 95 % interval "
        f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}."
    )
    return Threshold(precision, float(scores[place]), hits / kept, interval, review, sentence)


def _checked(judgements: Iterable[Judged]) -> list[Judged]:
    rows = list(judgements)
    if not rows:
        raise InputError("no scores to judge; calibration needs some")
    for each in rows:
        if not 0 <= each.score <= 1:
            raise InputError(f"a score from 0 to 1 was wanted, got {each.score}")
    return rows


def _bin(low: float, high: float, group: list[Judged]) -> Bin:
    right = sum(each.right for each in group)
    score = sum(each.score for each in group) / len(group)
    return Bin(low, high, len(group), score, right / len(group), clopper_pearson(right, len(group)))
