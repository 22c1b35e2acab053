"""Claims: the properties of the strict CLEval, on pages of any boxes, moved, read otherwise, and of boxes added."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Line, Page, Polygon
from munja.metrics import cleval, figures
from munja.metrics.record import PageResult

texts = st.text(alphabet="abcABC가나ß é", max_size=12)


@st.composite
def quads(draw: st.DrawFn) -> Polygon:
    """A turned rectangle, a box with a shared corner grid, four points anywhere, or a polygon."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        points = draw(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)), min_size=1, max_size=9))
        return tuple(points)
    if kind == 1:
        place = st.integers(0, 300)
        return tuple(draw(st.lists(st.tuples(place, place), min_size=4, max_size=4)))
    left, top = draw(st.integers(0, 30)) * 10, draw(st.integers(0, 30)) * 10
    width, height = draw(st.integers(1, 16)) * 10, draw(st.integers(1, 4)) * 10
    if kind == 2:
        return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    angle = math.radians(draw(st.floats(-180, 180)))
    cosine, sine = math.cos(angle), math.sin(angle)
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    return tuple((left + x * cosine - y * sine, top + x * sine + y * cosine) for x, y in corners)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    return Line(draw(texts), draw(quads()), ignore=draw(st.integers(0, 5)) == 0)


pages = st.lists(lines(), max_size=8).flatmap(
    lambda found: (
        st.lists(st.sampled_from(found), max_size=2).map(lambda twice: Page(400, 400, (*found, *twice)))
        if found
        else st.just(Page(400, 400))
    )
)


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[Page, Page]:
    """A true page, and a prediction of some of its boxes moved, read otherwise, and boxes of its own."""
    truth = draw(pages)
    found = []
    for line in truth.lines:
        if draw(st.booleans()):
            x, y = draw(st.just((0, 0)) | st.tuples(st.integers(-12, 12), st.integers(-6, 6)))
            moved = tuple((px + x, py + y) for px, py in line.polygon)
            found.append(Line(draw(st.sampled_from([line.text, line.text[1:], "abc"])), moved))
    found += draw(st.lists(lines(), max_size=3))
    return truth, Page(400, 400, tuple(replace(line, ignore=False) for line in found))


def compare(truth: Page, prediction: Page) -> PageResult:
    return cleval.compare(truth, prediction, level="line")


def score(result: PageResult) -> dict[str, float]:
    return {name: value for name, value in figures(result).items() if value is not None}


@given(pages)
def test_truth_against_itself_is_exactly_one(page: Page) -> None:
    result = compare(page, page)
    assert set(score(result).values()) <= {1.0}
    assert {kind for box in (*result.truth, *result.prediction) for kind in box.kinds} <= {"matched", "ignored"}
    assert not result.errors
    assert sum(box.cost for box in (*result.truth, *result.prediction)) == 0


@given(pages)
def test_truth_read_without_knowing_what_is_ignored_is_exactly_one(page: Page) -> None:
    innocent = replace(page, lines=tuple(replace(line, ignore=False) for line in page.lines))
    assert set(score(compare(page, innocent)).values()) <= {1.0}


@given(disturbed(), st.randoms(use_true_random=False))
def test_the_order_of_the_boxes_changes_nothing(both: tuple[Page, Page], chance: Any) -> None:
    shuffled = [replace(page, lines=tuple(chance.sample(page.lines, len(page.lines)))) for page in both]
    assert compare(*shuffled).counts == compare(*both).counts


@given(disturbed(), st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_moving_both_pages_changes_nothing(both: tuple[Page, Page], x: float, y: float) -> None:
    on_grid = [round_to_grid(page) for page in both]
    x, y = round(x * 64) / 64, round(y * 64) / 64
    moved = [map_points(page, lambda px, py: (px + x, py + y)) for page in on_grid]
    assert compare(*moved) == compare(*on_grid)


def round_to_grid(page: Page) -> Page:
    return map_points(page, lambda x, y: (round(x * 64) / 64, round(y * 64) / 64))


def map_points(page: Page, change: Callable[[float, float], tuple[float, float]]) -> Page:
    return replace(
        page, lines=tuple(replace(line, polygon=tuple(change(x, y) for x, y in line.polygon)) for line in page.lines)
    )


@given(disturbed(), quads(), texts)
def test_a_false_box_never_helps(both: tuple[Page, Page], polygon: Polygon, text: str) -> None:
    truth, prediction = both
    far = tuple((x + 1000, y) for x, y in polygon)
    without, added = compare(truth, prediction), compare(truth, with_line(prediction, Line(text, far)))
    for name, value in score(added).items():
        assert value <= score(without).get(name, 1.0), name


@given(disturbed(), st.data())
def test_a_box_given_twice_never_helps(both: tuple[Page, Page], data: st.DataObject) -> None:
    truth, prediction = both
    without = compare(truth, prediction)
    # Where a box could be that of two words, a second one is right to help.
    alone = {line: compare(truth, Page(400, 400, (line,))).prediction[0] for line in prediction.lines}
    lines = [line for line, box in alone.items() if len(box.partners) < 2]
    for line in lines and [data.draw(st.sampled_from(lines))]:
        for name, value in score(compare(truth, with_line(prediction, line))).items():
            assert value <= score(without).get(name, 1.0), name


def with_line(page: Page, line: Line) -> Page:
    return replace(page, lines=(*page.lines, line))


@given(disturbed(), st.data())
def test_taking_a_right_box_away_never_helps(both: tuple[Page, Page], data: st.DataObject) -> None:
    truth, prediction = both
    full = compare(truth, prediction)
    # A right box that another one could stand in for is one of two, and one of two is right to go.
    alone = [compare(truth, Page(400, 400, (line,))).prediction[0].partners for line in prediction.lines]
    right = [
        number
        for number, box in enumerate(full.prediction)
        if box.kind == "matched" and box.cost == box.detection_cost == full.truth[box.partners[0]].detection_cost == 0
        and not any(box.partners[0] in other for place, other in enumerate(alone) if place != number)
    ]  # fmt: skip
    for gone in right and [data.draw(st.sampled_from(right))]:
        lines = tuple(line for number, line in enumerate(prediction.lines) if number != gone)
        for name, value in score(compare(truth, replace(prediction, lines=lines))).items():
            assert name == "orientation" or value <= score(full)[name], name


@given(disturbed())
def test_costs_add_up_to_what_the_score_lost(both: tuple[Page, Page]) -> None:
    result = compare(*both)
    counts = result.counts
    lost = counts["end_to_end_truth"] - counts["end_to_end_found"] + counts["split_penalty"]
    assert sum(box.cost for box in result.truth) == lost
    false = counts["end_to_end_predicted"] - counts["end_to_end_found"] + counts["merge_penalty"]
    assert sum(box.cost for box in result.prediction) == false
    unseen = counts["detection_truth"] - counts["detection_found"] + counts["split_penalty"]
    assert sum(box.detection_cost for box in result.truth) == unseen
    extra = counts["detection_predicted"] - counts["detection_found"] + counts["merge_penalty"]
    assert sum(box.detection_cost for box in result.prediction) == extra


@given(disturbed())
def test_partners_know_each_other(both: tuple[Page, Page]) -> None:
    result = compare(*both)
    forth = {(g, d) for g, box in enumerate(result.truth) for d in box.partners}
    back = {(g, d) for d, box in enumerate(result.prediction) if box.kind != "overlapping" for g in box.partners}
    assert forth == back
