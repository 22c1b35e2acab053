"""Layout: every word of a Page at its place, lines in blocks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Line, Page, Word
from munja.read.writers.layout import (
    blocks,
    clean,
    corners,
    language,
    pixel_box,
    placed_lines,
)

SQUARE = ((10.0, 10.0), (110.0, 10.0), (110.0, 30.0), (10.0, 30.0))


def test_words_without_a_place_share_their_lines_length_by_their_characters() -> None:
    (line,) = placed_lines(Page(200, 100, (Line("ab cdefg", SQUARE),)))
    assert [word.text for word in line.words] == ["ab", "cdefg"]
    assert line.words[0].quad == ((10, 10), (35, 10), (35, 30), (10, 30))
    assert line.words[1].quad == ((47.5, 10), (110, 10), (110, 30), (47.5, 30))


def test_a_line_without_a_place_takes_it_from_its_words() -> None:
    words = (Word("a", ((0, 0), (10, 0), (10, 9), (0, 9))), Word("b", ((20, 0), (30, 0), (30, 9), (20, 9))))
    (line,) = placed_lines(Page(200, 100, (Line("a b", words=words),)))
    assert line.outline == ((0, 0), (30, 0), (30, 9), (0, 9))


def test_lines_without_any_place_are_spread_down_the_page_so_that_none_is_lost() -> None:
    lines = placed_lines(Page(100, 90, (Line("a"), Line("b", SQUARE), Line("c"), Line("d"), Line("x", ignore=True))))
    assert [line.text for line in lines] == ["a", "b", "c", "d"]
    assert [lines[index].outline[0][1] for index in (0, 2, 3)] == [0, 30, 60]


def test_an_outline_of_many_points_has_the_corners_where_its_text_begins_and_ends() -> None:
    curved = ((0, 10), (50, 0), (100, 10), (100, 30), (50, 20), (0, 30))
    assert corners(curved) == ((0, 10), (100, 10), (100, 30), (0, 30))
    assert corners(((3, 4), (9, 8))) == ((3, 4), (9, 4), (9, 8), (3, 8))


@pytest.mark.parametrize("degrees", [0, 2, 90, 180, 270, 345])
def test_lines_that_follow_closely_are_one_block_whatever_the_angle(
    degrees: float, make_page: Callable[..., Page]
) -> None:
    page = make_page("One two", "three four", "five", degrees=degrees)
    (block,) = blocks(page)
    assert [line.text for line in block] == ["One two", "three four", "five"]
    assert block[0].angle == pytest.approx(degrees, abs=1e-6)


def test_the_magazine_page_has_its_columns_in_different_blocks(truth: Callable[[str], Page]) -> None:
    found = blocks(truth("two_columns"))
    assert 5 < len(found) < 40
    for block in found:
        left = min(point[0] for line in block for point in line.outline)
        right = max(point[0] for line in block for point in line.outline)
        assert right - left < 600 or len(block) <= 2  # nothing but the heading crosses both columns


def test_pixel_boxes_stay_within_the_page_and_are_never_empty() -> None:
    page = Page(100, 50)
    assert pixel_box([(-5.0, 3.2), (40.1, 7.9)], page) == (0, 3, 41, 8)
    assert pixel_box([(150.0, 60.0)], page) == (99, 49, 100, 50)


@given(st.text(st.characters(codec=None), max_size=12))
def test_clean_text_can_be_held_by_any_document(text: str) -> None:
    found = clean(text)
    found.encode("utf-8")
    assert not any(ord(character) < 32 or character in "\ufffe\uffff" for character in found)
    assert clean(found) == found
    assert found == " ".join(found.split())


def test_a_writing_system_of_one_language_alone_says_which() -> None:
    assert [language(text) for text in ("안녕 abc", "カナ 日本", "日本", "abc", "")] == ["ko", "ja", None, None, None]
