"""The study's own arithmetic on boxes that can be counted by hand."""

from __future__ import annotations

import pytest

from benchmarks.validity.__main__ import rank_agreement
from benchmarks.validity.drawing import schematic
from benchmarks.validity.places import Place, places, strongest
from munja.metrics.boxes import Box


def box(left: float, right: float, text: str = "text", *, ignore: bool = False) -> Box:
    return Box(((left, 0), (right, 0), (right, 10), (left, 10)), text, ignore, None, 0, None)


def place(iou: float, other: float, text: str = "text", page: str = "page") -> Place:
    values = {"IoU": 1.0, "DetEval": 1.0, "CLEval detection": 1.0, "IoU end-to-end": iou, "CLEval end-to-end": other}
    return Place("set", "reader", page, [box(0, 40, text)], [box(0, 40, text)], values, len(text))


def test_boxes_that_lie_on_each_other_are_one_place() -> None:
    found = list(places([box(0, 20), box(22, 40), box(100, 120)], [box(0, 40), box(119, 140)]))
    assert sorted((len(truth), len(read)) for truth, read in found) == [(0, 1), (1, 0), (2, 1)]
    assert list(places([box(0, 20, ignore=True)], [])) == []


def test_a_disagreement_is_counted_in_characters() -> None:
    assert place(0, 0.9, "x" * 10).disagreement("reading") == pytest.approx(9)
    assert place(0, 0.9, "x" * 100).disagreement("reading") == pytest.approx(36)
    assert place(0, 0.9).disagreement("finding") == 0
    assert place(0, 0.9, "9.00").disagreement("short") == pytest.approx(3.6)
    assert place(0, 1.0, "9.00").disagreement("short") == 0  # nothing is wrong in it


def test_the_strongest_are_of_different_pages() -> None:
    given = [place(0, 1, "x" * 30, "a"), place(0, 1, "x" * 20, "a"), place(0, 1, "x" * 10, "b")]
    chosen = [each for about, each in strongest(given) if about == "reading"]
    assert chosen == [given[0], given[2]]
    assert schematic([("reading", each) for each in chosen]).count("<polygon") == 4


def test_rank_agreement_is_kendalls_tau() -> None:
    assert rank_agreement([1, 2, 3], [4, 5, 6]) == 1
    assert rank_agreement([1, 2, 3], [6, 5, 4]) == -1
    assert rank_agreement([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(4 / 6, abs=1e-3)
    assert rank_agreement([1, 2, 3], [5, 5, 5]) is None
