"""CLEval: detection and end-to-end reading, counted in characters (arXiv:2006.06244).

Splits and merges keep the characters that they cover and cost one character for every extra box. Mode "compat" gives
the counters of the published code, mode "strict" mends its defects; docs/metrics.md says which differ and how.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import shapely

from munja.core.errors import SpecError
from munja.core.page import Page
from munja.metrics import cleval_compat, cleval_strict
from munja.metrics.boxes import Box, boxes_of, check_sizes, resolve_level
from munja.metrics.formulas import Harmonic, Measure, Ratio
from munja.metrics.record import CharacterError, PageResult

Mode = Literal["strict", "compat"]
Range = tuple[float, float]

# Text height over the longer side of the picture, as the published code bins it.
SCALE_BINS: tuple[Range, ...] = (
    (0.0, 0.005), (0.005, 0.01), (0.01, 0.015), (0.015, 0.02), (0.02, 0.025), (0.025, 0.1), (0.1, 0.5), (0.5, 1.0),
)  # fmt: skip


def _measures(undefined: float) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for part in ("detection", "end_to_end"):
        recall = Ratio((f"{part}_found",), (f"{part}_truth",), minus=("split_penalty",), undefined=undefined)
        precision = Ratio((f"{part}_found",), (f"{part}_predicted",), minus=("merge_penalty",), undefined=undefined)
        measures[f"{part}_recall"] = Measure(recall)
        measures[f"{part}_precision"] = Measure(precision)
        measures[f"{part}_hmean"] = Measure(Harmonic(recall, precision))
    measures["orientation"] = Measure(Ratio(("orientation_right",), ("orientation_total",), undefined=undefined))
    return measures


MEASURES = {"cleval.strict": _measures(math.nan), "cleval.compat": _measures(0.0)}


def compare(
    truth: Page,
    prediction: Page,
    *,
    mode: Mode = "strict",
    level: Literal["word", "line"] | None = None,
    case_sensitive: bool = False,
    scale: Range | None = None,
) -> PageResult:
    """The record of one page: counts in characters, what became of every box, and every wrong character.

    `level` None takes the level of this true page; for a collection ask `boxes.level_of` once. With a range of `scale`
    only true boxes of that height count, as a share of the picture's longer side; others are don't-care. The list of
    wrong characters is the strict mode's alone.
    """
    check_sizes(truth, prediction)
    level = resolve_level(level, truth)
    wanted, found = boxes_of(truth, level, "truth"), boxes_of(prediction, level, "prediction")
    outside = _outside(wanted, truth, prediction, scale, mode)
    options = {"level": level, "case_sensitive": case_sensitive, "scale": None if scale is None else list(scale)}
    source = truth.source if truth.source is not None else prediction.source
    if mode == "compat":
        counts, truths, predictions = cleval_compat.evaluate(
            wanted, found, case_sensitive=case_sensitive, outside=outside
        )
        errors: list[CharacterError] = []
    elif mode == "strict":
        counts, truths, predictions, errors = cleval_strict.evaluate(
            wanted, found, case_sensitive=case_sensitive, outside=outside
        )
    else:
        raise SpecError(f"mode: 'strict' or 'compat' was wanted, got {mode!r}")
    return PageResult(
        f"cleval.{mode}", counts, options, source, truth.index, tuple(truths), tuple(predictions), tuple(errors)
    )


def compare_by_scale(
    truth: Page,
    prediction: Page,
    *,
    mode: Mode = "strict",
    level: Literal["word", "line"] | None = None,
    case_sensitive: bool = False,
    bins: Sequence[Range] = SCALE_BINS,
) -> list[PageResult]:
    """One record for every range of text height; `corpus` sums those of one range over the pages."""
    return [
        compare(truth, prediction, mode=mode, level=level, case_sensitive=case_sensitive, scale=each) for each in bins
    ]


def _outside(boxes: Sequence[Box], truth: Page, prediction: Page, scale: Range | None, mode: Mode) -> list[bool]:
    if scale is None:
        return [False] * len(boxes)
    low, high = scale
    if not 0 <= low < high:
        raise SpecError(f"scale: a range such as (0.01, 0.02) was wanted, got ({low}, {high})")
    longer = max(truth.width, truth.height) or max(prediction.width, prediction.height)
    if not longer:
        raise SpecError("scale: text height is a share of the picture's longer side, and neither Page knows its size")
    heights = [_short_side(box, whole=mode == "compat") / longer for box in boxes]
    if mode == "compat":  # both ends belong to the range
        return [not low <= height <= high for height in heights]
    return [not (low <= height < high or height == high == SCALE_BINS[-1][1]) for height in heights]


def _short_side(box: Box, *, whole: bool) -> float:
    """The short side of the tightest turned rectangle around a box, in pixels; its corners at whole pixels or not."""
    around = shapely.get_coordinates(shapely.oriented_envelope(shapely.MultiPoint(np.asarray(box.polygon))))
    if len(around) < 5:  # the points lie in a row
        return 0.0
    corners = np.around(around[:4]) if whole else around[:4]
    sides = np.hypot(*(corners - np.roll(corners, -1, axis=0)).T)
    return float(min(sides[0] + sides[2], sides[1] + sides[3]) / 2)
