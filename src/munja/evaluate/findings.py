"""Findings: what a reader did wrong on a page, as a person would tell it: these boxes, read so, lost that much.

A finding joins the true and predicted boxes that belong together. Its costs are characters: `recall` those of the truth
that were lost, `precision` those that were read and are not there, penalties for splits and merges included.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from munja.metrics.boxes import Box
from munja.metrics.record import KINDS, BoxResult, CharacterError, PageResult

# The order in which a person wants to hear of them. "moved" is text that was read, but in another place of the page.
ERROR_KINDS = ("missed", "false", "split", "merged", "overlapping", "wrong characters", "moved")

# A score speaks of the text that was read: a box over two true ones whose text is right can be trusted.
RIGHT = frozenset(("matched", "split", "merged"))


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one unit (box or word) in a finding: its number on the page, and the places of wrong characters."""

    unit: int
    text: str
    wrong: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One error; `errors` its wrong characters, `near` predicted units beside it where nothing else says its place."""

    kinds: tuple[str, ...]
    recall: float
    precision: float
    truth: tuple[Piece, ...] = ()
    prediction: tuple[Piece, ...] = ()
    errors: tuple[CharacterError, ...] = ()
    near: tuple[int, ...] = ()

    @property
    def cost(self) -> float:
        """Characters lost on both sides."""
        return self.recall + self.precision


@dataclass(frozen=True, slots=True)
class Unit:
    """What became of one true unit that counts: the number of its box, its length in characters, what it lost."""

    number: int
    length: int
    kind: str
    lost: float


@dataclass(frozen=True, slots=True)
class Sums:
    """Characters of a page: true ones and read ones, and what was lost of each, by kind."""

    wanted: float
    read: float
    lost: dict[str, float]
    invented: dict[str, float]


@dataclass(frozen=True, slots=True)
class PageFindings:
    """Everything wrong on a page: findings, what became of each true unit, sums.

    `judged` are scores of what was read, and whether it was right; None for what has no score.
    """

    findings: tuple[Finding, ...]
    units: tuple[Unit, ...]
    sums: Sums
    judged: tuple[tuple[float | None, bool], ...]


def findings_of_boxes(record: PageResult, truth: Sequence[Box], prediction: Sequence[Box]) -> PageFindings:
    """The findings of a page with boxes, from its record of CLEval."""
    found = []
    for truths, predictions in _groups(record):
        results = [record.truth[g] for g in truths] + [record.prediction[d] for d in predictions]
        recall = sum(record.truth[g].cost for g in truths)
        precision = sum(record.prediction[d].cost for d in predictions)
        kinds = _kinds(results)
        if kinds:
            errors = tuple(each for each in record.errors if each.truth in truths or each.prediction in predictions)
            wanted = tuple(Piece(g, _shown(truth[g].text), places(errors, "truth", g)) for g in truths)
            read = tuple(Piece(d, _shown(prediction[d].text), places(errors, "prediction", d)) for d in predictions)
            found.append(Finding(kinds, recall, precision, wanted, read, errors))
    units = tuple(
        Unit(number, _length(box.text), result.kind, result.cost)
        for number, (box, result) in enumerate(zip(truth, record.truth, strict=True))
        if result.kind != "ignored"
    )
    judged = tuple((each.score, RIGHT.issuperset(each.kinds)) for each in record.prediction if each.kind != "ignored")
    return PageFindings(tuple(found), units, _sums(record), judged)


def places(errors: Iterable[CharacterError], side: str, number: int) -> tuple[int, ...]:
    """Where the wrong characters of one unit stand in its text; `side` is truth or prediction."""
    if side == "truth":
        return tuple(each.truth_at for each in errors if each.truth == number and each.truth_at is not None)
    return tuple(each.prediction_at for each in errors if each.prediction == number and each.prediction_at is not None)


def _groups(record: PageResult) -> Iterable[tuple[list[int], list[int]]]:
    """Boxes that belong together: numbers of truth and of prediction; an overlapping box stands alone."""
    seen: set[int] = set()
    for start, result in enumerate(record.truth):
        if start in seen or result.kind == "ignored":
            continue
        truths, predictions, waiting = {start}, set[int](), [start]
        while waiting:
            g = waiting.pop()
            for d in record.truth[g].partners:
                predictions.add(d)
                new = set(record.prediction[d].partners) - truths
                truths |= new
                waiting += new
        seen |= truths
        yield sorted(truths), sorted(predictions)
    for d, result in enumerate(record.prediction):
        if result.kind in ("false", "overlapping"):
            yield [], [d]


def _kinds(results: Iterable[BoxResult]) -> tuple[str, ...]:
    found = {kind for result in results for kind in result.kinds} - {"matched", "ignored"}
    return tuple(kind for kind in KINDS if kind in found)


def _sums(record: PageResult) -> Sums:
    """Lost characters by cause; the penalties of splits and merges are theirs, whatever else is wrong in the box."""
    lost: dict[str, float] = {}
    invented: dict[str, float] = {}
    sides = ((record.truth, lost, "split"), (record.prediction, invented, "merged"))
    for results, sums, many in sides:
        for result in results:
            penalty = float(max(len(result.partners) - 1, 0)) if many in result.kinds else 0.0
            alone = result.kind in ("missed", "false", "overlapping")
            for kind, cost in ((many, penalty), (result.kind if alone else "wrong characters", result.cost - penalty)):
                if cost > 0:
                    sums[kind] = sums.get(kind, 0.0) + cost
    wanted, read = record.counts["end_to_end_truth"], record.counts["end_to_end_predicted"]
    return Sums(wanted, read, lost, invented)


def _shown(text: str) -> str:
    """The text whose places a CharacterError counts."""
    return unicodedata.normalize("NFC", text).strip()


def _length(text: str) -> int:
    return len("".join(unicodedata.normalize("NFC", text).split()))
