"""Lines: cut, turned and read one by one, whatever their neighbours are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from munja.imaging.geometry import quad_angle
from munja.read.engines import open_engine
from munja.read.lines import LineReader
from munja.read.weights import ModelSet

TEXTS = ["QUILL & BARLEY", "Bakery and coffee house", "14 Lantern Street, Eastmoor", "Tel. 555-0147"]


@pytest.fixture(scope="module")
def line_reader(models: ModelSet) -> LineReader:
    assert models.direction is not None
    return LineReader(
        models.recogniser, open_engine(models.recogniser), models.direction, open_engine(models.direction)
    )


@pytest.fixture(scope="module")
def quads() -> list[np.ndarray]:
    """The four lines of the heading, corners clockwise from the top left of the text."""
    corners = [
        [[32, 9], [405, 26], [405, 69], [31, 53]],
        [[57, 71], [379, 85], [378, 108], [57, 93]],
        [[28, 102], [406, 119], [406, 142], [28, 125]],
        [[126, 140], [309, 148], [308, 170], [125, 162]],
    ]
    return [np.array(each, np.float32) for each in corners]


def test_lines_come_in_the_order_of_their_quads(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    lines = line_reader.read(heading, quads)
    assert [line.text for line in lines] == TEXTS
    assert [line.text for line in line_reader.read(heading, quads[::-1])] == TEXTS[::-1]
    assert min(line.score or 0 for line in lines) > 0.9


def test_no_quads_give_no_lines(line_reader: LineReader, heading: Any) -> None:
    assert line_reader.read(heading, []) == []


def test_a_line_reads_the_same_alone_and_among_others(
    line_reader: LineReader, heading: Any, quads: list[np.ndarray]
) -> None:
    together = line_reader.read(heading, quads)
    for quad, line in zip(quads, together, strict=True):
        (alone,) = line_reader.read(heading, [quad])
        assert alone.text == line.text
        assert alone.score == pytest.approx(line.score, abs=1e-4)
        assert alone.polygon == line.polygon


def backwards(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """A map that works from the last item to the first."""
    return [function(item) for item in list(items)[::-1]][::-1]


def test_how_the_work_is_spread_does_not_matter(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    wanted = line_reader.read(heading, quads)
    assert line_reader.read(heading, quads, backwards) == wanted
    with ThreadPoolExecutor(4) as pool:
        assert line_reader.read(heading, quads, pool.map) == wanted


def test_a_page_that_lies_upside_down_is_turned(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    height, width = heading.shape[:2]
    found = [np.array([width, height], np.float32) - quad for quad in quads]
    as_detected = [np.roll(quad, 2, axis=0) for quad in found]  # a detector starts at the top left of the box
    lines = line_reader.read(np.ascontiguousarray(heading[::-1, ::-1]), as_detected)
    assert [line.text for line in lines] == TEXTS
    for line in lines:
        assert abs(line.angle - 182) < 2


def test_one_line_that_lies_upside_down_among_others_is_turned(
    line_reader: LineReader, heading: Any, quads: list[np.ndarray]
) -> None:
    picture = heading.copy()
    picture[142:170, 110:330] = heading[142:170, 110:330][::-1, ::-1]
    turned = np.array([440, 312], np.float32) - quads[3]
    lines = line_reader.read(picture, [*quads[:3], np.roll(turned, 2, axis=0)])
    assert [line.text for line in lines][:3] == TEXTS[:3]
    assert 170 < lines[3].angle < 190


def test_text_that_runs_upwards_is_read(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    picture = np.ascontiguousarray(np.rot90(heading))  # a quarter turn against the clock
    width = heading.shape[1]
    found = [np.stack([quad[:, 1], width - quad[:, 0]], axis=1) for quad in quads]
    lines = line_reader.read(picture, [np.roll(quad, -1, axis=0) for quad in found])
    assert [line.text for line in lines] == TEXTS
    assert all(abs(line.angle - quad_angle(quad)) < 0.01 for line, quad in zip(lines, found, strict=True))


def test_without_a_direction_classifier_lines_are_read_as_they_lie(
    models: ModelSet, heading: Any, quads: list[np.ndarray]
) -> None:
    plain = LineReader(models.recogniser, open_engine(models.recogniser), None, None)
    assert [line.text for line in plain.read(heading, quads)] == TEXTS
    (line,) = plain.read(
        np.ascontiguousarray(heading[::-1, ::-1]),
        [np.array([[54, 101], [428, 117], [428, 161], [54, 144]], np.float32)],
    )
    assert line.text != TEXTS[0]


def test_a_picture_without_ink_gives_no_sure_line(line_reader: LineReader, quads: list[np.ndarray]) -> None:
    for level in (0, 127, 255):
        lines = line_reader.read(np.full((170, 460, 3), level, np.uint8), quads)
        assert len(lines) == 4
        assert max(line.score or 0 for line in lines) < 0.9 or not any(line.text for line in lines)
