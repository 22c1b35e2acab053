"""Pages that lie on their side or stand upside down: turned before they are read, and their Pages turned back."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Character, Line, Page, Word
from munja.read.reader import Reader
from munja.read.turn import is_sideways, turned_back, turned_box, turned_line


def turned(picture: Any, quarters: int) -> Any:
    """A picture turned clockwise."""
    return np.ascontiguousarray(np.rot90(picture, -quarters))


def skewed(picture: Any, degrees: float) -> Any:
    """A picture turned clockwise by degrees, on a larger ground of its own corner's colour."""
    height, width = picture.shape[:2]
    angle = np.radians(abs(degrees))
    size = (
        int(width * np.cos(angle) + height * np.sin(angle)) + 1,
        int(width * np.sin(angle) + height * np.cos(angle)) + 1,
    )
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    ground = tuple(int(value) for value in picture[0, 0])
    return np.asarray(cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderValue=ground), np.uint8)


@given(st.integers(0, 3), st.integers(0, 20), st.integers(0, 12))
def test_a_point_comes_back_to_where_it_stands_in_the_page_as_given(quarters: int, x: int, y: int) -> None:
    upright = np.zeros((13, 21), np.uint8)
    upright[y, x] = 1
    given_picture = np.rot90(upright, -quarters)
    line = turned_line(Line("a", ((x + 0.5, y + 0.5),), angle=0.0), quarters, 21, 13)
    (row,), (column,) = np.nonzero(given_picture)
    assert line.polygon == ((column + 0.5, row + 0.5),)
    assert line.angle == 90.0 * quarters
    assert np.array_equal(turned_back(given_picture, quarters), upright)


@given(st.integers(0, 3), st.integers(0, 9), st.integers(0, 5))
def test_a_box_of_the_page_as_given_is_the_same_part_upright(quarters: int, left: int, top: int) -> None:
    upright = np.arange(21 * 13).reshape(13, 21)
    given_picture = np.rot90(upright, -quarters)
    height, width = given_picture.shape
    box = (left, top, left + 3, top + 5)
    part = given_picture[box[1] : box[3], box[0] : box[2]]
    x0, y0, x1, y1 = turned_box(box, quarters, width, height)
    assert sorted(upright[y0:y1, x0:x1].ravel()) == sorted(part.ravel())


def test_words_and_characters_turn_with_their_line() -> None:
    place = ((1.0, 2.0), (3.0, 2.0))
    line = Line("a", place, words=(Word("a", place, characters=(Character("a", place),)),), angle=350.0)
    found = turned_line(line, 1, 100, 50)
    assert found.angle == 80.0
    assert found.polygon == found.words[0].polygon == found.words[0].characters[0].polygon == ((48.0, 1.0), (48.0, 3.0))


def test_a_page_is_sideways_where_most_of_its_text_runs_up_or_down() -> None:
    flat = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], np.float32)
    tall = flat[[0, 3, 2, 1]][:, ::-1]
    assert not is_sideways([])
    assert not is_sideways([flat, flat, tall])
    assert is_sideways([tall, tall, flat])
    assert not is_sideways([flat * 5, tall, tall])


def same_text(page: Page, other: Page) -> bool:
    return [line.text for line in page.lines] == [line.text for line in other.lines]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_page_reads_exactly_as_it_does_upright(
    reader: Reader, receipt: Any, receipt_page: Page, quarters: int
) -> None:
    page = reader(turned(receipt, quarters))
    assert same_text(page, receipt_page)
    height, width = receipt.shape[:2]
    for line, upright in zip(page.lines, receipt_page.lines, strict=True):
        assert line == turned_line(upright, quarters, width, height)


@pytest.fixture(scope="module")
def columns(reader: Reader, examples: Path) -> tuple[Any, Page]:
    """The heading and the first lines of two columns (520, 1000, 3), and what is read there upright."""
    picture = np.asarray(cv2.imread(str(examples / "two_columns.png"), cv2.IMREAD_COLOR_RGB), np.uint8)[:520]
    return picture, reader(picture)


@pytest.mark.parametrize("degrees", [-20, 12])
def test_a_skewed_page_is_read_in_order_with_its_angle(
    reader: Reader, columns: tuple[Any, Page], degrees: float
) -> None:
    picture, upright = columns
    page = reader(skewed(picture, degrees))
    assert abs((page.angle - upright.angle - degrees + 180) % 360 - 180) < 1
    wanted, found = upright.text.split(), page.text.split()
    shared = [word for word in found if word in wanted]
    assert len(shared) >= 0.97 * len(wanted)
    # The order: words that come next to each other upright do so on the skewed page.
    pairs = set(pairwise(wanted))
    kept = sum(pair in pairs for pair in pairwise(found))
    assert kept >= 0.93 * len(pairs)


def test_a_region_of_a_turned_page_is_in_the_pixels_of_the_page_as_given(reader: Reader, receipt: Any) -> None:
    upright = reader(receipt, region=(0, 60, 800, 220))
    page = reader(turned(receipt, 1), region=(1200 - 280, 0, 220, 800))
    assert same_text(page, upright)
    assert all(920 <= x <= 1140 for line in page.lines for x, _ in line.polygon)


def test_a_single_line_upside_down_on_an_upright_page_is_read(reader: Reader, receipt: Any) -> None:
    picture = receipt.copy()
    picture[85:255, 190:650] = receipt[85:255, 190:650][::-1, ::-1]
    page = reader(picture)
    assert abs(page.angle) < 5
    line = next(line for line in page.lines if line.text == "Bakery and coffee house")
    assert abs(line.angle - 180) < 5
