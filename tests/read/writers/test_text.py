"""Plain text: lines that stand side by side share a row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from munja.core.page import Line, Page
from munja.read.writers import document
from munja.read.writers.text import GAP, to_text


def line(text: str, left: float, top: float, width: float = 80, height: float = 20, degrees: float = 0) -> Line:
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    quad = np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]]) @ rotation.T
    return Line(text, tuple((float(x), float(y)) for x, y in quad), angle=float(degrees % 360))


@pytest.mark.parametrize("degrees", [0, 3, 90, 180, 270, 357])
def test_lines_side_by_side_share_a_row_whatever_the_angle(degrees: float) -> None:
    places = [("Bread", 0, 0), ("4.75", 200, 3), ("Jam", 0, 40), ("1", 120, 41), ("5.45", 200, 38), ("Thanks", 50, 80)]
    page = Page(400, 400, tuple(line(text, left, top, degrees=degrees) for text, left, top in places))
    assert to_text(page) == f"Bread{GAP}4.75\nJam{GAP}1{GAP}5.45\nThanks"


def test_lines_of_different_directions_do_not_share_a_row() -> None:
    page = Page(400, 400, (line("Along", 0, 0), line("Up", 200, 0, degrees=90)))
    assert to_text(page) == "Along\nUp"


def test_a_line_to_the_left_begins_a_row_of_its_own() -> None:
    assert to_text(Page(400, 400, (line("b", 200, 0), line("a", 0, 0)))) == "b\na"


def test_what_does_not_count_and_what_is_empty_is_left_out() -> None:
    page = Page(400, 400, (line("a", 0, 0), Line("x", ignore=True), line("", 200, 0), line("b", 0, 40)))
    assert to_text(page) == "a\nb"


def test_a_line_without_a_position_has_its_own_row() -> None:
    assert to_text(Page(9, 9, (Line("a"), Line("b"), line("c", 0, 0)))) == "a\nb\nc"


def test_the_receipts_truth_reads_row_by_row(truth: Callable[[str], Page]) -> None:
    rows = to_text(truth("receipt")).split("\n")
    assert f"2 Sourdough loaf{GAP}11.00" in rows
    assert f"TOTAL{GAP}$45.79" in rows


def test_text_of_several_pages_has_a_form_feed_between_them() -> None:
    pages = [Page(9, 9, (Line("one"),)), Page(9, 9), Page(9, 9, (Line("three"),))]
    assert document("text", pages) == b"one\n\f\fthree\n"
    assert document("text", pages[1:2]) == b""
