"""The plot of accuracy against time: places, areas, the front, labels that do not lie on each other."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from munja.core.artifact import Artifact, Manifest
from munja.evaluate.tradeoff import Contestant
from munja.evaluate.tradeoff_report import HEIGHT, LETTER, WIDTH, plot
from munja.metrics.corpus import CorpusResult, Figure

SVG = "{http://www.w3.org/2000/svg}"


def contestant(name: str, milliseconds: float, exact: float, parameters: int) -> Contestant:
    figure = Figure(exact, max(0.0, exact - 0.02), min(1.0, exact + 0.02))
    result = CorpusResult("text", {}, 100, 0.95, {}, {"exact": figure})
    artifact = Artifact(Manifest("recognise", name))
    times = np.full(3, milliseconds)
    return Contestant(name, artifact, parameters, 1.0, times, {"strict": result, "loose": result})


SEVERAL = [
    contestant("light", 1.2, 0.80, 2_000_000),
    contestant("light int8", 1.1, 0.801, 2_000_000),
    contestant("slow & <worse>", 30.0, 0.70, 50_000_000),
    contestant("slow and better", 29.0, 0.90, 50_000_000),
    contestant("another, slow and better too", 28.0, 0.90, 8_000_000),
]


def circles(drawn: ElementTree.Element) -> dict[str, tuple[float, float, float]]:
    """x, y and radius by name."""
    found = {}
    for group in drawn.iter(f"{SVG}g"):
        title, circle = group.find(f"{SVG}title"), group.find(f"{SVG}circle")
        assert title is not None
        assert circle is not None
        name = str(title.text).rpartition(": ")[0]
        found[name] = (float(circle.attrib["cx"]), float(circle.attrib["cy"]), float(circle.attrib["r"]))
    return found


def test_slower_is_further_right_better_is_higher_and_area_is_the_number_of_parameters() -> None:
    found = circles(ElementTree.fromstring(plot(SEVERAL, "strict")))
    assert sorted(found, key=lambda name: found[name][0])[:2] == ["light int8", "light"]
    assert found["slow and better"][1] < found["light"][1] < found["slow & <worse>"][1]
    areas = [found[name][2] ** 2 for name in ("slow and better", "light")]
    assert areas[0] / areas[1] == pytest.approx(25.0, rel=0.05)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y, _ in found.values())


def test_the_front_goes_through_what_nothing_beats() -> None:
    drawn = ElementTree.fromstring(plot(SEVERAL, "strict"))
    found = circles(drawn)
    line = drawn.find(f"{SVG}polyline")
    assert line is not None
    points = [tuple(map(float, each.split(","))) for each in line.attrib["points"].split()]
    assert points == [found[name][:2] for name in ("light int8", "another, slow and better too")]


def test_labels_lie_apart_and_inside() -> None:
    drawn = ElementTree.fromstring(plot(SEVERAL, "strict"))
    names = {each.name for each in SEVERAL}
    boxes = []
    for text in drawn.findall(f"{SVG}text"):
        if text.text in names:
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            boxes.append((x, y - 10.0, x + LETTER * len(text.text), y))
    assert len(boxes) == len(SEVERAL)
    assert all(left > 0 and right < WIDTH for left, _, right, _ in boxes)
    for number, first in enumerate(boxes):
        for second in boxes[:number]:
            apart = first[0] >= second[2] or second[0] >= first[2] or first[1] >= second[3] or second[1] >= first[3]
            assert apart, (first, second)


@pytest.mark.parametrize("exact", [0.0, 1.0])
def test_one_recogniser_alone_at_either_end_is_drawn(exact: float) -> None:
    content = plot([contestant("one", 5.0, exact, 0)], "loose")
    assert "any case" in content
    x, y, radius = circles(ElementTree.fromstring(content))["one"]
    assert 0 < x < WIDTH
    assert 0 < y < HEIGHT
    assert radius > 0
    assert len(re.findall("<line class=.axis.", content)) >= 2, "the time has a scale"
