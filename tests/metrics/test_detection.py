"""IoU and DetEval: the credit of the competitions for single, split and merged boxes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Line, Page
from munja.metrics import detection, figures

MakePage = Callable[..., Page]


def recall_and_precision(truth: Page, found: Page) -> tuple[float | None, float | None]:
    result = figures(detection.compare_deteval(truth, found, level="line"))
    return result["recall"], result["precision"]


def test_boxes_match_one_to_one_above_an_iou_of_one_half(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, "a"), (0, 50, 100, 20, "b"))
    found = make_page((0, 0, 50, 20, "a"), (1, 50, 100, 20, "b"), (2, 50, 100, 20, "b"))
    result = detection.compare(truth, found, level="line")
    assert [box.kind for box in result.truth] == ["missed", "matched"]
    assert [box.kind for box in result.prediction] == ["false", "matched", "false"]
    assert result.truth[1].partners == (1,)
    assert figures(result) == {"recall": 0.5, "precision": pytest.approx(1 / 3), "hmean": pytest.approx(0.4)}
    assert figures(detection.compare(truth, found, level="line", threshold=0.49))["recall"] == 1.0


def test_a_box_with_more_than_half_on_a_region_that_nobody_asked_for_is_left_out(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, "", True), (200, 0, 100, 20, "a"))
    found = make_page((51, 0, 98, 20, "x"), (49, 0, 100, 20, "y"), (200, 0, 100, 20, "a"))
    result = detection.compare(truth, found, level="line")
    assert [box.kind for box in result.prediction] == ["false", "ignored", "matched"]
    assert result.truth[0].kind == "ignored"


@pytest.mark.parametrize(("found", "precision"), [(False, 1.0), (True, 0.0)])
def test_a_page_without_truth_has_recall_one(make_page: MakePage, found: bool, precision: float) -> None:
    boxes = [(0, 0, 9, 9, "x")] if found else []
    result = detection.compare(make_page(), make_page(*boxes), level="line")
    assert detection.icdar_figures(result) == {"recall": 1.0, "precision": precision, "hmean": precision}
    assert figures(result)["recall"] is None


def test_the_competitions_figures_of_a_page_with_truth_are_those_of_its_counts(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, "a"), (0, 50, 100, 20, "b"))
    result = detection.compare(truth, make_page((0, 0, 100, 20, "a")), level="line")
    assert detection.icdar_figures(result) == {"recall": 0.5, "precision": 1.0, "hmean": pytest.approx(2 / 3)}
    nothing = detection.compare(truth, make_page(), level="line")
    assert detection.icdar_figures(nothing) == {"recall": 0.0, "precision": 0.0, "hmean": 0.0}


def test_deteval_gives_a_split_box_four_fifths(make_page: MakePage) -> None:
    truth, found = make_page((0, 0, 100, 20, "")), make_page((0, 0, 50, 20, ""), (50, 0, 50, 20, ""))
    assert recall_and_precision(truth, found) == (0.8, 0.8)
    result = detection.compare_deteval(truth, found, level="line")
    assert [box.kind for box in (*result.truth, *result.prediction)] == ["split"] * 3


def test_deteval_gives_merged_boxes_full_credit(make_page: MakePage) -> None:
    truth, found = make_page((0, 0, 50, 20, ""), (50, 0, 50, 20, "")), make_page((0, 0, 102, 20, ""))
    assert recall_and_precision(truth, found) == (1.0, 1.0)
    result = detection.compare_deteval(truth, found, level="line")
    assert [box.kind for box in (*result.truth, *result.prediction)] == ["merged"] * 3


def test_deteval_wants_most_of_the_truth_and_some_of_the_prediction(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, ""))
    assert recall_and_precision(truth, make_page((0, 0, 80, 20, ""))) == (1.0, 1.0)
    assert recall_and_precision(truth, make_page((0, 0, 79, 20, ""))) == (0.0, 0.0)
    assert recall_and_precision(truth, make_page((0, 0, 100, 51, ""))) == (0.0, 0.0)
    total_text = detection.compare_deteval(
        truth, make_page((0, 0, 71, 20, "")), level="line", least_recall=0.7, least_precision=0.6
    )
    assert figures(total_text)["recall"] == 1.0


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=9, unique=True))
def test_boxes_apart_from_each_other_are_exactly_found_by_themselves(places: list[tuple[int, int]]) -> None:
    corners = ((0, 0), (90, 0), (90, 30), (0, 30))
    page = Page(2500, 900, tuple(Line("", tuple((100 * x + px, 40 * y + py) for px, py in corners)) for x, y in places))
    for compare in (detection.compare, detection.compare_deteval):
        assert set(figures(compare(page, page, level="line")).values()) <= {1.0, None}  # type: ignore[operator]
