"""Boxes: lines or words of a Page, and what stops a comparison."""

from __future__ import annotations

import math

import pytest

from munja.core.errors import PageError, SpecError
from munja.core.page import Line, Page, Word
from munja.metrics.boxes import boxes_of, check_sizes, level_of, resolve_level

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0))
PAGE = Page(
    100,
    50,
    (
        Line("two words", BOX, words=(Word("two", BOX, 0.5), Word("words", BOX))),
        Line("single", BOX),
        Line("ign ored", BOX, ignore=True, words=(Word("ign", BOX), Word("ored", BOX))),
        Line("###", BOX),
    ),
)


def test_the_boxes_of_a_page_are_its_lines() -> None:
    assert [(box.text, box.ignore, box.line, box.word) for box in boxes_of(PAGE, "line", "truth")] == [
        ("two words", False, 0, None), ("single", False, 1, None), ("ign ored", True, 2, None), ("###", True, 3, None),
    ]  # fmt: skip


def test_or_its_words_and_lines_without_words() -> None:
    found = [(box.text, box.ignore, box.line, box.word, box.score) for box in boxes_of(PAGE, "word", "truth")]
    assert found == [
        ("two", False, 0, 0, 0.5), ("words", False, 0, 1, None), ("single", False, 1, None, None),
        ("ign", True, 2, 0, None), ("ored", True, 2, 1, None), ("###", True, 3, None, None),
    ]  # fmt: skip


def test_the_level_of_truth_is_words_unless_a_line_of_several_has_none() -> None:
    lines = Page(9, 9, (Line("two words", BOX),))
    assert level_of([PAGE]) == "word"
    assert level_of([PAGE, lines]) == "line"
    assert level_of([Page(9, 9, (Line("two words", BOX, ignore=True),))]) == "word"
    assert resolve_level(None, [lines]) == "line"
    assert resolve_level("word", [lines]) == "word"


def test_a_level_that_there_is_not_is_refused() -> None:
    with pytest.raises(SpecError, match=r"level: 'word' or 'line' was wanted, got 'page'"):
        resolve_level("page", [PAGE])


@pytest.mark.parametrize("polygon", [(), ((0.0, math.nan), (1.0, 1.0))])
def test_a_box_without_position_is_named(polygon: tuple[tuple[float, float], ...]) -> None:
    page = Page(9, 9, (Line("a", BOX), Line("b c", BOX, words=(Word("b", BOX), Word("c", polygon)))), source="x.png")
    with pytest.raises(PageError, match=r"x\.png: line 1, word 1 of the prediction \('c'\) has no position"):
        boxes_of(page, "word", "prediction")


def test_pages_of_different_pictures_are_not_compared() -> None:
    with pytest.raises(PageError, match=r"truth is of a picture of 100 x 50 pixels, the prediction of 50 x 100"):
        check_sizes(PAGE, Page(50, 100))
    check_sizes(PAGE, Page(0, 0))
