"""The strict CLEval: defects a to f of the published code mended, one by one, and every kind of error told apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from munja.core.page import Line, Page
from munja.metrics import cleval, corpus, figures
from munja.metrics.record import PageResult

MakePage = Callable[..., Page]


def compare(truth: Page, prediction: Page) -> PageResult:
    return cleval.compare(truth, prediction, level="line")


def score(result: PageResult) -> dict[str, float]:
    return {name: value for name, value in figures(result).items() if value is not None}


def test_a_right_box_is_missed_when_it_is_gone(make_page: MakePage) -> None:
    rows = [(0, 0, 80, 20, "one"), (0, 40, 80, 20, "three"), (0, 80, 80, 20, "seven")]
    less = score(compare(make_page(*rows), make_page(*rows[1:])))
    assert less["detection_recall"] == less["end_to_end_recall"] == 10 / 13
    assert less["detection_precision"] == less["end_to_end_precision"] == 1.0


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


def test_a_narrow_character_is_not_turned(make_page: MakePage) -> None:
    truth, found = make_page((100, 100, 9, 20, "1")), make_page((100, 100, 11, 20, "1"))
    assert figures(compare(truth, found))["orientation"] == 1.0


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


@pytest.mark.parametrize("mode", ["strict", "compat"])
@pytest.mark.parametrize("read", ["wrd", "woord", "ward"])
def test_a_missing_invented_or_replaced_character_makes_both_boxes_wrong(
    make_page: MakePage, read: str, mode: Any
) -> None:
    result = cleval.compare(make_page((0, 0, 80, 20, "word")), make_page((0, 0, 80, 20, read)), mode=mode, level="line")
    assert result.truth[0].kinds == result.prediction[0].kinds == ("wrong characters",)
    assert result.truth[0].cost == (0 if read == "woord" else 1)
    assert result.prediction[0].cost == (0 if read == "wrd" else 1)


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
