"""CLEval: detection and end-to-end reading, counted in characters (arXiv:2006.06244).

Splits and merges keep the characters that they cover and cost one character for every extra box. Mode "compat" gives
the counters of the published code, mode "strict" mends its defects; docs/metrics.md says which differ and how.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import numpy as np
import shapely

from munja.core.errors import SpecError
from munja.core.page import Page
from munja.metrics import cleval_compat, cleval_strict
from munja.metrics.boxes import Box, Level, boxes_of, check_sizes, resolve_level
from munja.metrics.formulas import Harmonic, Measure, Ratio
from munja.metrics.meetings import Case
from munja.metrics.record import PageResult

Mode = Literal["strict", "compat"]
Range = tuple[float, float]

CHUNK = 64  # pages that are measured together
CHUNK_PAIRS = 400_000  # pairs of boxes, beyond which fewer are

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
    level: Level | None = None,
    case_sensitive: bool = False,
    scale: Range | None = None,
) -> PageResult:
    """The record of one page: counts in characters, what became of every box, and every wrong character.

    `level` None takes the level of this true page; for a collection ask `boxes.level_of` once. With a range of `scale`
    only true boxes of that height count, as a share of the picture's longer side; others are don't-care. The list of
    wrong characters is the strict mode's alone.
    """
    pairs = [(truth, prediction)]
    return next(compare_all(pairs, mode=mode, level=level, case_sensitive=case_sensitive, scale=scale))


def compare_all(
    pairs: Iterable[tuple[Page, Page]],
    *,
    mode: Mode = "strict",
    level: Level | None = None,
    case_sensitive: bool = False,
    scale: Range | None = None,
) -> Iterator[PageResult]:
    """The records of many pages (truth, prediction), in order: what `compare` gives, in about half of its time.

    `level` None takes the level of all true pages, which are then held in memory.
    """
    if mode not in ("strict", "compat"):
        raise SpecError(f"mode: 'strict' or 'compat' was wanted, got {mode!r}")
    if level is None:
        pairs = list(pairs)
    level = resolve_level(level, [truth for truth, _ in pairs] if isinstance(pairs, list) else [])
    evaluate = cleval_strict.evaluate if mode == "strict" else cleval_compat.evaluate
    options = {"level": level, "case_sensitive": case_sensitive, "scale": None if scale is None else list(scale)}
    for chunk in _chunks(pairs):
        cases = [_case(truth, prediction, level, scale, mode) for truth, prediction in chunk]
        for (truth, prediction), found in zip(chunk, evaluate(cases, case_sensitive=case_sensitive), strict=True):
            source = truth.source if truth.source is not None else prediction.source
            boxes = tuple(found.truth), tuple(found.prediction)
            yield PageResult(f"cleval.{mode}", found.counts, options, source, truth.index, *boxes, tuple(found.errors))


def _chunks(pairs: Iterable[tuple[Page, Page]]) -> Iterator[list[tuple[Page, Page]]]:
    """Pages in groups that need little memory together."""
    chunk: list[tuple[Page, Page]] = []
    size = 0
    for truth, prediction in pairs:
        chunk.append((truth, prediction))
        size += (1 + len(truth.lines)) * (1 + len(prediction.lines))
        if len(chunk) == CHUNK or size > CHUNK_PAIRS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _case(truth: Page, prediction: Page, level: Level, scale: Range | None, mode: Mode) -> Case:
    check_sizes(truth, prediction)
    wanted, found = boxes_of(truth, level, "truth"), boxes_of(prediction, level, "prediction")
    return Case(wanted, found, _outside(wanted, truth, prediction, scale, mode))


def compare_by_scale(
    truth: Page,
    prediction: Page,
    *,
    mode: Mode = "strict",
    level: Level | None = None,
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
