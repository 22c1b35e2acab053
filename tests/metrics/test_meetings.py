"""Meetings: pairs of boxes stay within their page, however many pages are measured together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from munja.metrics.boxes import Box
from munja.metrics.centres import aspect_ratios, character_centres
from munja.metrics.meetings import Case, Layout, meet
from munja.metrics.shapes import Shapes


def box(left: float, width: float = 40, text: str = "abcd") -> Box:
    return Box(((left, 0), (left + width, 0), (left + width, 10), (left, 10)), text, False, None, 0, None)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=5))
def test_the_pairs_of_every_page_are_all_of_its_own(sizes: list[tuple[int, int]]) -> None:
    layout = Layout([Case([box(0)] * truths, [box(0)] * predictions, []) for truths, predictions in sizes])
    wanted, among, start = [], [], 0
    for truths, predictions in sizes:
        wanted += [(start + g, start + truths + d) for g in range(truths) for d in range(predictions)]
        among += [(start + g, start + other) for g in range(truths) for other in range(truths)]
        start += truths + predictions
    assert list(zip(*(each.tolist() for each in layout.pairs()), strict=True)) == wanted
    assert list(zip(*(each.tolist() for each in layout.pairs(of_truth=True)), strict=True)) == among


def test_a_meeting_has_areas_where_centres_or_regions_are_shared() -> None:
    case = Case([box(0), box(100), box(195)], [box(20), box(130), box(190, 20)], [])
    layout = Layout([Case([], [box(0)], []), case, case])
    shapes = Shapes([np.array(each.polygon) for each in layout.boxes])
    lengths = [0] + 2 * [4, 4, 4, 0, 0, 0]
    unasked = [False] + 2 * [False, True, False, False, False, False]
    centres = character_centres(shapes, lengths, aspect_ratios(shapes))
    empty, *others = meet(layout, shapes, lengths, centres, unasked, shapes.contain)
    assert empty.pairs == []
    for meeting in others:
        assert meeting.pairs == [(0, 0), (1, 1), (2, 2)]
        assert meeting.inside == {
            (0, 0): [False, False, True, True],
            (1, 1): [False] * 3 + [True],
            (2, 2): [True, True, False, False],  # the second stands on the edge
        }
        assert meeting.common == {(0, 0): 200.0, (1, 1): 100.0, (2, 2): 150.0}


def test_a_pair_that_shares_no_centre_has_no_area_unless_it_is_asked_for() -> None:
    layout = Layout([Case([box(0)], [box(37)], [])])
    shapes = Shapes([np.array(each.polygon) for each in layout.boxes])
    centres = character_centres(shapes, [4, 0], aspect_ratios(shapes))
    for unasked, common in ((False, {}), (True, {(0, 0): 30.0})):
        (meeting,) = meet(layout, shapes, [4, 0], centres, [unasked, False], shapes.contain)
        assert (meeting.pairs, meeting.inside, meeting.common) == ([(0, 0)], {}, common)
