"""The strict CLEval: exact on itself, blind to order and place, never better for a false box; defects a to f mended."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Line, Page, Polygon
from munja.metrics import cleval, corpus, figures
from munja.metrics.record import PageResult

MakePage = Callable[..., Page]
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
            x, y = draw(st.tuples(st.integers(-12, 12), st.integers(-6, 6)))
            moved = tuple((px + x, py + y) for px, py in line.polygon)
            found.append(Line(draw(st.sampled_from([line.text, line.text[1:], "abc"])), moved))
    found += draw(st.lists(lines(), max_size=3))
    return truth, Page(400, 400, tuple(replace(line, ignore=False) for line in found))


def compare(truth: Page, prediction: Page) -> PageResult:
    return cleval.compare(truth, prediction, level="line")


def boxes(kind: str, result: PageResult) -> list[int]:
    return [number for number, box in enumerate(result.prediction) if kind in box.kinds]


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


@given(pages, st.data())
def test_taking_a_right_box_away_never_helps(truth: Page, data: st.DataObject) -> None:
    # Predictions of the truth itself are right; twins would stand in for each other, so each box is there once.
    seen = {line.polygon: line for line in truth.lines}
    truth = replace(truth, lines=tuple(seen.values()))
    right = [number for number, box in enumerate(compare(truth, truth).prediction) if box.kind == "matched"]
    for gone in right and [data.draw(st.sampled_from(right))]:
        less = replace(truth, lines=tuple(line for number, line in enumerate(truth.lines) if number != gone))
        found = score(compare(truth, less))
        for name in ("detection_recall", "detection_hmean", "end_to_end_recall", "end_to_end_hmean"):
            assert found.get(name, 0.0) <= 1.0, name
        assert found["detection_recall"] < 1.0 or compare(truth, less).truth[gone].kind != "missed"


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


def test_a_right_box_is_matched_before_one_over_two_words(make_page: MakePage) -> None:
    truth = make_page((0, 0, 120, 20, "papago"), (0, 24, 120, 20, "papagei"))
    found = make_page((0, 0, 120, 20, "papago"), (0, 0, 120, 44, "papago papagei"))
    result = compare(truth, found)
    assert [box.partners for box in result.truth] == [(0,), (1,)]
    assert result.counts["merges"] == 0
    assert figures(result)["end_to_end_recall"] == 1.0


def test_a_neighbours_stray_centre_makes_no_merge(make_page: MakePage) -> None:  # defect a
    truth = make_page((0, 0, 100, 20, "first"), (80, 8, 100, 20, "second"))
    assert set(score(compare(truth, truth)).values()) == {1.0}
    assert figures(cleval.compare(truth, truth, mode="compat", level="line"))["detection_hmean"] < 1.0  # type: ignore[operator]


def test_polygons_of_any_number_of_points_are_compared() -> None:  # defect b
    arc = tuple(
        (200 + radius * math.cos(angle), 200 + radius * math.sin(angle))
        for radius, angles in ((150, range(-150, -20, 10)), (110, range(-30, -160, -10)))
        for angle in map(math.radians, angles)
    )
    page = Page(400, 400, (Line("curved text", arc), Line("tri", ((0, 0), (60, 0), (30, 30)))))
    assert set(score(compare(page, page)).values()) == {1.0}
    half = Page(400, 400, (Line("curved", arc[:7] + arc[-7:]), page.lines[1]))
    result = compare(page, half)
    assert result.counts["detection_found"] == 3 + 6  # the d of "curved" stands on the edge


@pytest.mark.parametrize(("width", "height", "cost"), [(100, 20, 5), (20, 100, 5), (20, 20, 2), (900, 20, 10)])
def test_a_false_box_costs_what_its_shape_could_hold(  # defect c
    make_page: MakePage, width: float, height: float, cost: int
) -> None:
    result = compare(make_page((0, 0, 50, 20, "word")), make_page((900, 900, width, height, "x")))
    assert result.counts["detection_false"] == cost
    assert result.prediction[0].kind == "false"


def test_orientation_is_right_within_45_degrees(make_page: MakePage) -> None:  # defect d
    truth = make_page((100, 100, 200, 40, "upright"), (100, 300, 200, 40, "turned"))
    upside_down = replace(truth.lines[1], polygon=truth.lines[1].polygon[2:] + truth.lines[1].polygon[:2])
    result = compare(truth, replace(truth, lines=(truth.lines[0], upside_down)))
    assert figures(result)["orientation"] == 0.5
    assert figures(cleval.compare(truth, truth, mode="compat", level="line"))["orientation"] == 0.0


def test_every_piece_of_a_word_is_read(make_page: MakePage) -> None:  # defect e
    truth = make_page((0, 0, 40, 20, "ab"))
    # Three boxes on two characters; the published code never looks at the text of the third.
    found = make_page((0, 0, 15, 20, "a"), (15, 0, 20, 20, "b"), (35, 0, 5, 20, "!"))
    result = compare(truth, found)
    assert result.counts["end_to_end_found"] == 2
    assert [box.kind for box in result.prediction] == ["split", "split", "false"]


def test_the_pieces_of_a_column_are_read_from_its_top(make_page: MakePage) -> None:
    truth = make_page((0, 0, 20, 100, "abcdef"))
    found = make_page((0, 50, 20, 50, "def"), (0, 0, 20, 50, "abc"))
    assert compare(truth, found).counts["end_to_end_found"] == 6
    # The published code walks a column from its bottom.
    assert cleval.compare(truth, found, mode="compat", level="line").counts["end_to_end_found"] == 3


def test_a_word_read_together_with_a_region_that_nobody_asked_for_is_found(make_page: MakePage) -> None:  # defect f
    truth = make_page((0, 0, 100, 20, "###", True), (110, 0, 40, 20, "word"))
    found = make_page((0, 0, 150, 20, "anything word"))
    result = compare(truth, found)
    assert result.truth[1].kind == "matched"
    assert figures(result)["detection_recall"] == 1.0
    assert figures(result)["end_to_end_precision"] == 1.0  # what was read on the region is excused
    published = cleval.compare(truth, found, mode="compat", level="line")
    assert published.truth[1].kind == "missed"


def test_boxes_on_regions_that_nobody_asked_for_count_for_nothing(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 50, "###"), (300, 0, 40, 20, "word"))
    result = compare(truth, make_page((10, 10, 30, 20, "noise"), (300, 0, 40, 20, "word")))
    assert [box.kind for box in result.prediction] == ["ignored", "matched"]
    assert set(score(result).values()) == {1.0}


def test_split_merged_missed_false_overlapping_and_wrong_boxes_are_told_apart(make_page: MakePage) -> None:
    truth = make_page(
        (0, 0, 100, 20, "splitted"), (0, 50, 40, 20, "one"), (50, 50, 40, 20, "two"), (0, 100, 80, 20, "missed"),
        (0, 150, 80, 20, "twice"), (0, 200, 80, 20, "wr0ng"),
    )  # fmt: skip
    found = make_page(
        (0, 0, 50, 20, "spli"), (50, 0, 50, 20, "tted"), (0, 50, 90, 20, "one two"), (500, 500, 60, 20, "false"),
        (0, 150, 80, 20, "twice"), (2, 152, 80, 20, "twice"), (0, 200, 80, 20, "wrong"),
    )  # fmt: skip
    result = compare(truth, found)
    kinds = [box.kind for box in result.truth]
    assert kinds == ["split", "merged", "merged", "missed", "matched", "wrong characters"]
    kinds = [box.kind for box in result.prediction]
    assert kinds == ["split", "split", "merged", "false", "matched", "overlapping", "wrong characters"]
    assert result.prediction[2].partners == (1, 2)
    assert result.prediction[5].partners == (4,)
    assert [(each.wanted, each.read, each.truth, each.truth_at) for each in result.errors] == [("0", "o", 5, 2)]
    assert (result.counts["split_penalty"], result.counts["merge_penalty"]) == (1, 1)


def test_two_lines_in_one_box_are_read_row_by_row(make_page: MakePage) -> None:
    truth = make_page((0, 30, 100, 20, "second line"), (0, 0, 100, 20, "first line"))
    right, swapped = (compare(truth, make_page((0, 0, 100, 50, text))) for text in (
        "first line second line", "second line first line"
    ))  # fmt: skip
    assert right.counts["end_to_end_found"] == 19
    assert swapped.counts["end_to_end_found"] < 19


def test_truth_without_text_measures_detection(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, ""), (0, 40, 100, 20, ""))
    result = compare(truth, make_page((0, 0, 100, 20, "anything")))
    assert figures(result)["detection_recall"] == 0.5
    assert figures(result)["detection_precision"] == 1.0
    assert figures(result)["end_to_end_hmean"] is None


def test_a_page_without_truth_and_prediction_is_undefined_and_one_with_false_boxes_is_not(make_page: MakePage) -> None:
    assert set(figures(compare(make_page(), make_page())).values()) == {None}
    assert figures(compare(make_page(), make_page((0, 0, 9, 9, "x"))))["detection_hmean"] == 0.0


def test_case_and_white_space_and_composition_do_not_count_unless_asked(make_page: MakePage) -> None:
    truth, found = make_page((0, 0, 100, 20, "CAFÉ au lait")), make_page((0, 0, 100, 20, "cafe\u0301 aulait"))
    assert figures(compare(truth, found))["end_to_end_hmean"] == 1.0
    strict = cleval.compare(truth, found, level="line", case_sensitive=True)
    assert [(each.wanted, each.read) for each in strict.errors] == [("C", "c"), ("A", "a"), ("F", "f"), ("É", "é")]


def test_ranges_of_text_height_share_the_true_boxes_among_them(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 8, "small"), (0, 100, 300, 30, "medium"), (0, 300, 900, 400, "large"))
    results = cleval.compare_by_scale(truth, truth, level="line")
    counted = [sum(box.kind != "ignored" for box in result.truth) for result in results]
    assert counted == [1, 0, 0, 1, 0, 0, 1, 0]
    assert all(set(score(result).values()) <= {1.0} for result in results)
    assert sum(result.counts["detection_truth"] for result in results) == 16


def test_figures_of_many_pages_are_those_of_their_sums(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, "four"))
    results = [compare(truth, truth), compare(truth, make_page())]
    assert corpus(results).figures["detection_recall"].value == 0.5
