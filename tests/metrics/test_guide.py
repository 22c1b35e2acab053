"""The tables of docs/metrics.md are what the metrics give for the examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from munja.core.page import Line, Page, Polygon
from munja.metrics import cleval, detection, end_to_end, figures, text

GUIDE = Path(__file__).parents[2] / "docs" / "metrics.md"
Change = Callable[[Page], Page]


def with_lines(page: Page, lines: list[Line]) -> Page:
    return replace(page, lines=tuple(lines))


def part(polygon: Polygon, start: float, end: float) -> Polygon:
    """The part of a quad between two shares of its length."""
    top, right, bottom, left = (np.array(point) for point in polygon)
    points = (top + (right - top) * start, top + (right - top) * end)
    points += (left + (bottom - left) * end, left + (bottom - left) * start)
    return tuple((float(x), float(y)) for x, y in points)


def moved(polygon: Polygon, x: float, y: float) -> Polygon:
    return tuple((px + x, py + y) for px, py in polygon)


def as_words(page: Page) -> Page:
    return with_lines(page, [Line(word.text, word.polygon) for line in page.lines for word in line.words])


def cut_short(page: Page) -> Page:
    """The last character of every line lies outside its box and is not read."""
    return with_lines(
        page,
        [Line(line.text[:-1], part(line.polygon, 0, (len(line.text) - 1) / len(line.text))) for line in page.lines],
    )


def in_twos(page: Page) -> Page:
    """One box and one text for every two lines."""
    lines = []
    for one, other in zip(page.lines[::2], page.lines[1::2], strict=True):
        points = np.array(one.polygon + other.polygon)
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        lines.append(Line(f"{one.text} {other.text}", corners))
    return with_lines(page, lines)


def misread(page: Page) -> Page:
    return with_lines(page, [replace(line, text="~" + line.text[1:]) for line in page.lines])


CHANGES: dict[str, Change] = {
    "nothing": lambda page: page,
    "every word is a box of its own": as_words,
    "every box ends one character early": cut_short,
    "two lines in each box": in_twos,
    "one wrong character in each line": misread,
    "every line is found twice": lambda page: with_lines(page, [line for line in page.lines for _ in range(2)]),
    "every second line is missed": lambda page: with_lines(page, list(page.lines[::2])),
    "boxes lie 40 % of their height too low": lambda page: with_lines(
        page, [replace(line, polygon=moved(line.polygon, 0, 0.4 * height(line))) for line in page.lines]
    ),
    "lines come in reverse order": lambda page: with_lines(page, list(page.lines[::-1])),
}


def height(line: Line) -> float:
    return float(np.hypot(*np.subtract(line.polygon[3], line.polygon[0])))


def row(name: str, truth: Page, prediction: Page) -> str:
    counted = figures(cleval.compare(truth, prediction, level="line"))
    words = figures(end_to_end.compare(truth, prediction, level="line"))
    read = figures(text.compare(truth, prediction, case_sensitive=False))
    values = [
        figures(detection.compare(truth, prediction, level="line"))["hmean"],
        figures(detection.compare_deteval(truth, prediction, level="line"))["hmean"],
        counted["detection_hmean"],
        words["hmean"],
        words["one_minus_ned"],
        counted["end_to_end_hmean"],
        read["cer"],
        read["bag_f1"],
    ]
    return f"| {name} | " + " | ".join("-" if value is None else f"{100 * value:.1f}" for value in values) + " |"


def rows(truth: Page) -> Iterator[str]:
    for name, change in CHANGES.items():
        yield row(name, truth, change(truth))


def test_the_guides_table_is_what_the_metrics_say_of_the_receipt(truth: Callable[[str], Page]) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for line in rows(truth("receipt")):
        assert line in guide
