"""Places: boxes that lie on each other, what each metric says of them, and the strongest disagreements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely

from munja.core.page import Line, Page
from munja.evaluate.truth import Truth
from munja.metrics import cleval, detection, end_to_end, figures
from munja.metrics.boxes import Box, boxes_of
from munja.metrics.record import PageResult

FIGURES = {
    "IoU": ("iou", "hmean"),
    "DetEval": ("deteval", "hmean"),
    "CLEval detection": ("cleval.strict", "detection_hmean"),
    "IoU end-to-end": ("end_to_end", "hmean"),
    "CLEval end-to-end": ("cleval.strict", "end_to_end_hmean"),
}
TOGETHER = 0.3  # share of either box that lies on the other, from which on two boxes belong to one place
MOST_BOXES = 6  # of a place: chains of rows and columns are many disagreements at once
LONG = 40  # characters, beyond which a place counts no more
AMOUNT = re.compile(r"[0-9,]+\.[0-9]{2}")
SHORT = 8  # characters of what is read at a glance, such as a price
# How many of the strongest disagreements are shown: about reading, about finding, and about short texts.
SHARES = {"reading": 10, "finding": 6, "short": 4}
OF_ONE_SHAPE = 3  # disagreements of one reader with the same numbers of boxes, so that no shape fills the list


@dataclass(frozen=True)
class Place:
    """Boxes that lie on each other, what each metric says of them alone, and how many characters it is about."""

    set: str
    reader: str
    page: str
    truth: list[Box]
    prediction: list[Box]
    values: Mapping[str, float | None]
    characters: int

    @property
    def shape(self) -> str:
        """Numbers of boxes on both sides, 3 standing for more."""
        return f"{min(len(self.truth), 3)}:{min(len(self.prediction), 3)}"

    def disagreement(self, about: str) -> float:
        """Characters on which the scores differ: of reading (end-to-end) or of finding (detection).

        "short" is about reading too, of short texts of which some characters are wrong.
        """
        names: tuple[str, ...] = ("IoU end-to-end", "CLEval end-to-end")
        if about == "finding":
            names = ("IoU", "DetEval", "CLEval detection")
        values = [self.values[name] or 0.0 for name in names]
        single = about != "short" or (
            self.shape == "1:1" and self.characters <= SHORT and 0 < (self.values["CLEval end-to-end"] or 0.0) < 1
        )
        return (max(values) - min(values)) * min(self.characters, LONG) * single


def records_of(truth: Page, prediction: Page, level: Any) -> dict[str, PageResult]:
    """The record of each metric of a page."""
    return {
        "iou": detection.compare(truth, prediction, level=level),
        "deteval": detection.compare_deteval(truth, prediction, level=level),
        "cleval.strict": cleval.compare(truth, prediction, level=level),
        "end_to_end": end_to_end.compare(truth, prediction, level=level),
    }


def places(truth: Sequence[Box], prediction: Sequence[Box]) -> Iterator[tuple[list[Box], list[Box]]]:
    """Groups of boxes that lie on each other; don't-care ones are left out."""
    boxes = [("truth", box) for box in truth if not box.ignore] + [("read", box) for box in prediction]
    if not boxes:
        return
    shapes = [shapely.MultiPoint(box.polygon).convex_hull for _, box in boxes]
    parent = list(range(len(boxes)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    tree = shapely.STRtree(shapes)
    for first, second in tree.query(shapes, predicate="intersects").T.tolist():
        if first < second and boxes[first][0] != boxes[second][0]:
            smaller = min(shapes[first].area, shapes[second].area)
            if smaller and shapes[first].intersection(shapes[second]).area >= TOGETHER * smaller:
                parent[root(second)] = root(first)
    groups: dict[int, tuple[list[Box], list[Box]]] = {}
    for k, (side, box) in enumerate(boxes):
        groups.setdefault(root(k), ([], []))[side == "read"].append(box)
    yield from groups.values()


def as_page(page: Page, boxes: Sequence[Box]) -> Page:
    """A page with these boxes alone."""
    return replace(page, lines=tuple(Line(box.text, box.polygon, box.score) for box in boxes))


def disagreements(name: str, reader: str, truth: Truth, pages: Mapping[str, Page]) -> Iterator[Place]:
    """Every place of a reading with what the metrics say of it."""
    for item in truth.items:
        read = pages.get(item.name, replace(item.page, lines=()))
        dont_care = [line for line in item.page.lines if line.ignore]
        groups = places(boxes_of(item.page, truth.level, "truth"), boxes_of(read, truth.level, "prediction"))
        for wanted, found in groups:
            small = as_page(item.page, wanted)
            small = replace(small, lines=small.lines + tuple(dont_care))
            records = records_of(small, as_page(item.page, found), "line")
            values = {key: figures(records[metric])[figure] for key, (metric, figure) in FIGURES.items()}
            characters = max(sum(len("".join(box.text.split())) for box in side) for side in (wanted, found))
            yield Place(name, reader, item.name, wanted, found, values, characters)


def amounts(found: Sequence[Place]) -> dict[str, dict[str, float]]:
    """Amounts of money that were found and misread: for a person plainly wrong, for CLEval mostly right."""
    table = {}
    for reader in sorted({each.reader for each in found}):
        pairs = [each for each in found if each.reader == reader and each.shape == "1:1"]
        money = [each for each in pairs if AMOUNT.fullmatch(each.truth[0].text)]
        wrong = [value for each in money if 0 < (value := each.values["CLEval end-to-end"] or 0.0) < 1]
        mean = sum(wrong) / len(wrong) if wrong else 0.0
        table[reader] = {"found": len(money), "misread": len(wrong), "mean CLEval of these": round(mean, 3)}
    return table


def strongest(found: Sequence[Place]) -> list[tuple[str, Place]]:
    """The strongest disagreements of each sort, one of each page, and not all of one reader and shape."""
    chosen: list[tuple[str, Place]] = []
    small = [each for each in found if len(each.truth) + len(each.prediction) <= MOST_BOXES]
    for about, count in SHARES.items():
        of_this: list[Place] = []
        for place in sorted(small, key=lambda each: -each.disagreement(about)):
            same_page = any((each.set, each.page) == (place.set, place.page) for _, each in chosen)
            same_shape = sum((each.shape, each.reader) == (place.shape, place.reader) for each in of_this)
            if not same_page and same_shape < OF_ONE_SHAPE and len(of_this) < count:
                of_this.append(place)
                chosen.append((about, place))
    return chosen
