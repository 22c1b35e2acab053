"""Reading order: as a person reads, however the lines are listed and the page is turned."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Page
from munja.read.order import page_angle, reading_order


def box(left: float, top: float, width: float, height: float = 20) -> np.ndarray:
    return np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]], np.float32)


def turned(quads: Sequence[np.ndarray], degrees: float) -> list[np.ndarray]:
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [(quad @ rotation.T + 2000).astype(np.float32) for quad in quads]


def order_of_shuffled(quads: Sequence[np.ndarray], angle: float, seed: int) -> list[int]:
    """The reading order of quads that were listed in a random order, as places in the original list."""
    places = np.random.default_rng(seed).permutation(len(quads))
    return [int(places[index]) for index in reading_order([quads[place] for place in places], angle)]


def quads_of(page: Page) -> list[np.ndarray]:
    return [np.array(line.polygon, np.float32) for line in page.lines]


ROWS = [
    box(40, 0, 300),  # a heading in the middle
    box(0, 50, 150),
    box(330, 52, 50),  # its price, a little lower
    box(0, 90, 180),
    box(320, 87, 60),
    box(0, 130, 90),
    box(200, 131, 30),
    box(330, 129, 50),
]
COLUMNS = [
    box(0, 0, 820, 40),  # a heading across both columns
    *(box(0, 60 + 30 * row, 400) for row in range(6)),
    *(box(420, 60 + 30 * row, 400) for row in range(6)),
]


def test_a_page_without_lines_has_no_order() -> None:
    assert reading_order([], 0.0) == []


@pytest.mark.parametrize("quads", [ROWS, COLUMNS], ids=["rows", "columns"])
@pytest.mark.parametrize("degrees", [0, 3, 90, 180, 270, 357])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rows_and_columns_are_read_as_they_stand_on_a_page_turned_any_way(
    quads: list[np.ndarray], degrees: float, seed: int
) -> None:
    assert order_of_shuffled(turned(quads, degrees), degrees, seed) == list(range(len(quads)))


@given(st.permutations(range(len(ROWS))))
def test_rows_come_back_from_any_listing(places: list[int]) -> None:
    assert [places[index] for index in reading_order([ROWS[place] for place in places], 0)] == list(range(len(ROWS)))


def test_a_heading_between_columns_divides_them() -> None:
    first = [*(box(0, 30 * row, 400) for row in range(4)), *(box(420, 30 * row, 400) for row in range(4))]
    second = [quad + np.float32([0, 220]) for quad in first]
    quads = [*first, box(0, 150, 820, 40), *second]
    assert order_of_shuffled(quads, 0, 3) == list(range(len(quads)))


@pytest.mark.parametrize("left", [395.0, 401.0, 405.0, 411.0])
def test_a_page_number_below_the_gutter_comes_after_both_columns(left: float) -> None:
    quads = [*COLUMNS, box(left, 300, 10)]
    assert order_of_shuffled(quads, 0, 4) == list(range(len(quads)))


def test_prices_are_read_with_their_articles_and_not_as_a_column() -> None:
    quads = [each for row in range(10) for each in (box(0, 30 * row, 260), box(500, 30 * row, 60))]
    assert order_of_shuffled(quads, 0, 5) == list(range(20))


@pytest.mark.parametrize("name", ["receipt", "two_columns", "wagon_code"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_examples_come_back_from_a_shuffled_truth(truth: Callable[[str], Page], name: str, seed: int) -> None:
    page = truth(name)
    assert order_of_shuffled(quads_of(page), page.angle, seed) == list(range(len(page.lines)))


@pytest.mark.parametrize("index", [0, 2])
def test_the_letter_and_the_table_of_the_pdf_come_back_from_a_shuffled_truth(examples: Path, index: int) -> None:
    page = Page.from_tree(json.loads((examples / "truth" / "pages.json").read_text(encoding="utf-8"))[index])
    assert order_of_shuffled(quads_of(page), page.angle, 2) == list(range(len(page.lines)))


@pytest.mark.parametrize("name", ["rotated_scan", "notice_ko_en"])
def test_blocks_side_by_side_are_read_in_rows_and_all_else_as_the_truth_has_it(
    truth: Callable[[str], Page], name: str
) -> None:
    # Their truth reads an address block before the reference beside it; rows take turns between the two.
    page = truth(name)
    order = order_of_shuffled(quads_of(page), page.angle, 1)
    place = np.argsort(order)
    kept = [place[i] < place[j] for i in range(len(order)) for j in range(i + 1, len(order))]
    assert sorted(order) == list(range(len(page.lines)))
    assert np.mean(kept) >= 0.97


@pytest.mark.parametrize("name", ["receipt", "two_columns", "rotated_scan", "notice_ko_en", "wagon_code"])
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_an_example_turned_by_quarters_is_read_in_the_same_order(
    truth: Callable[[str], Page], name: str, degrees: int
) -> None:
    page = truth(name)
    upright = reading_order(quads_of(page), page.angle)
    assert reading_order(turned(quads_of(page), degrees), (page.angle + degrees) % 360) == upright


def column(left: float, top: float, rows: int, width: float) -> list[np.ndarray]:
    return [box(left, top + 30 * row, width) for row in range(rows)]


def cells(top: float, rows: int, *columns: tuple[float, float]) -> list[np.ndarray]:
    """Rows of a table or form whose columns begin at x and are so wide."""
    return [box(x, top + 40 * row, width) for row in range(rows) for x, width in columns]


LAYOUTS = {
    "three columns": [*column(0, 0, 8, 260), *column(290, 0, 8, 260), *column(580, 0, 8, 260)],
    "a heading over three columns, another over two": [
        box(0, 0, 840, 40),
        *(each for x in (0, 290, 580) for each in column(x, 60, 6, 260)),
        box(0, 280, 840, 40),
        *(each for x in (0, 430) for each in column(x, 340, 6, 400)),
    ],
    "a heading over two of three columns": [
        box(0, 0, 550, 50),
        *column(0, 70, 6, 260),
        *column(290, 70, 6, 260),
        *column(580, 0, 8, 260),
    ],
    "columns above text of full width": [*column(0, 0, 6, 400), *column(430, 0, 6, 400), *column(0, 200, 4, 830)],
    "text of full width above columns": [*column(0, 0, 4, 830), *column(0, 140, 6, 400), *column(430, 140, 6, 400)],
    "columns above a table": [
        *column(0, 0, 6, 400),
        *column(430, 0, 6, 400),
        *cells(230, 5, (0, 180), (350, 60), (600, 90)),
    ],
    "columns of unequal length": [*column(0, 0, 10, 400), *column(430, 0, 4, 400)],
    "a table of numbers": cells(0, 8, (0, 180), (250, 60), (400, 60), (520, 90)),
    "a table of texts": cells(0, 8, (0, 240), (300, 250), (600, 80)),
    "a form": cells(0, 8, (0, 120), (160, 300)),
    "a form of two blocks": cells(0, 6, (0, 100), (120, 200), (420, 100), (540, 200)),
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 12])
def test_layouts_are_read_as_a_person_reads_them(name: str, degrees: float) -> None:
    quads = LAYOUTS[name]
    assert order_of_shuffled(turned(quads, degrees), degrees, 7) == list(range(len(quads)))


def aslant(quads: Sequence[np.ndarray], across: float, down: float) -> list[np.ndarray]:
    """Quads as a camera sees them that looks at the paper from a side."""
    tilt = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [across, down, 1.0]])
    seen = [np.concatenate([quad, np.ones((4, 1))], axis=1) @ tilt.T for quad in quads]
    return [(each[:, :2] / each[:, 2:]).astype(np.float32) for each in seen]


@pytest.mark.parametrize(("across", "down"), [(3e-4, 0.0), (-2e-4, 1e-4), (2e-4, 2e-4)])
@pytest.mark.parametrize("seed", [0, 1])
def test_rows_that_run_apart_are_read_as_rows(across: float, down: float, seed: int) -> None:
    form = cells(0, 30, (0, 120), (170, 200), (600, 120), (770, 180))
    quads = [quad.astype(np.float32) for quad in aslant(form, across, down)]
    angle = page_angle([float(np.degrees(np.arctan2(*(quad[1] - quad[0])[::-1]))) % 360 for quad in quads], [1] * 120)
    assert order_of_shuffled(quads, angle, seed) == list(range(len(quads)))


def test_thousands_of_lines_are_ordered_in_a_moment() -> None:
    quads = [box(column * 500, row * 25, 450) for column in range(2) for row in range(1000)]
    assert reading_order(quads, 0) == list(range(2000))


# --- The angle of a page ---


@pytest.mark.parametrize(
    ("angles", "expected"),
    [
        ([], 0),
        ([3.0, 3.2, 2.9], 3.0),
        ([359.0, 1.0, 0.0], 0.0),
        ([358.0, 359.0, 357.5], 358.0),
        ([90.5, 89.5, 90.0, 0.0], 90.0),
        ([181.0, 180.0, 179.0, 90.0, 0.0], 180.0),
        ([270.0, 270.0, 269.0], 270.0),
    ],
)
def test_the_angle_of_a_page_is_the_median_of_its_commonest_quarter_turn(angles: list[float], expected: float) -> None:
    assert page_angle(angles, [1.0] * len(angles)) == pytest.approx(expected)


def test_long_lines_weigh_more() -> None:
    assert page_angle([0.0, 0.0, 90.0], [2, 2, 30]) == 90.0
    assert page_angle([1.0, 5.0, 5.0], [50, 2, 2]) == 1.0


@given(st.lists(st.floats(0, 359.99), min_size=1, max_size=8))
def test_the_angle_of_a_page_is_from_0_to_below_360(angles: list[float]) -> None:
    assert 0 <= page_angle(angles, [1.0] * len(angles)) < 360
