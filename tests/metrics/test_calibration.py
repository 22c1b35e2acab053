"""Calibration: curves, the expected error, and thresholds for a precision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError, SpecError
from munja.core.page import Page
from munja.metrics import cleval
from munja.metrics.calibration import Judged, expected_calibration_error, judged, reliability, threshold_for

judgements = st.lists(st.builds(Judged, st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1)


def test_scores_come_from_predicted_boxes_and_right_is_without_error(make_page: Callable[..., Page]) -> None:
    truth = make_page((0, 0, 99, 20, "a"), (0, 40, 99, 20, "b"), (0, 80, 99, 20, "###"))
    found = make_page((0, 0, 99, 20, "a"), (0, 40, 99, 20, "x"), (0, 80, 99, 20, "c"), (900, 0, 99, 20, "d"))
    result = cleval.compare(truth, found, level="line")
    assert judged([result]) == [Judged(0.9, True), Judged(0.9, False), Judged(0.9, False)]
    short = make_page((0, 0, 99, 20, "words")), make_page((0, 0, 99, 20, "word"))
    assert judged([cleval.compare(*short, level="line")]) == [Judged(0.9, False)]
    without = replace(found, lines=tuple(replace(line, score=None) for line in found.lines))
    with pytest.raises(InputError, match="box 0 of the prediction has no score"):
        judged([cleval.compare(truth, without, level="line")])
    with pytest.raises(InputError, match="no predicted box"):
        judged([])


def test_a_reader_that_is_right_as_often_as_it_says_has_no_calibration_error() -> None:
    honest = [Judged(0.75, k % 4 != 0) for k in range(40)] + [Judged(1.0, True)] * 10
    assert expected_calibration_error(honest) == 0.0
    boasting = [Judged(0.9, k % 2 == 0) for k in range(40)]
    assert expected_calibration_error(boasting) == pytest.approx(0.4)


def test_the_curve_has_counts_means_and_intervals() -> None:
    curve = reliability([Judged(0.2, False), Judged(0.3, True), Judged(1.0, True)], bins=2)
    assert [(each.low, each.high, each.count, each.score, each.right) for each in curve] == [
        (0.0, 0.5, 2, 0.25, 0.5),
        (0.5, 1.0, 1, 1.0, 1.0),
    ]
    assert curve[1].interval == (pytest.approx(0.025), 1.0)


@given(judgements, st.sampled_from([0.5, 0.8, 1.0]))
def test_no_lower_threshold_has_the_precision_that_was_wanted(rows: list[Judged], precision: float) -> None:
    found = threshold_for(rows, precision)
    for score in {each.score for each in rows}:
        kept = [each.right for each in rows if each.score >= score]
        good = np.mean(kept) >= precision - 1e-9
        assert not good or (found.score is not None and found.score <= score)
    if found.score is not None:
        kept = [each.right for each in rows if each.score >= found.score]
        assert found.precision == pytest.approx(np.mean(kept))
        assert found.precision >= precision - 1e-9
        assert found.review == pytest.approx(1 - len(kept) / len(rows))


def test_the_threshold_is_told_in_a_sentence() -> None:
    rows = [Judged(0.9, True)] * 95 + [Judged(0.4, False)] * 5
    assert threshold_for(rows, 0.99).sentence.startswith(
        "For 99 % precision use threshold 0.900; 5.0 % of the lines go to review. Measured on the 95 kept: 100.0 %, "
    )
    assert threshold_for([Judged(0.9, False)], 0.99).sentence == (
        "No threshold gives 99 % precision: the best is 0.0 %; all lines go to review."
    )


def test_what_cannot_be_judged_is_refused() -> None:
    with pytest.raises(InputError, match="no scores to judge"):
        reliability([])
    with pytest.raises(InputError, match=r"from 0 to 1 was wanted, got 1\.5"):
        threshold_for([Judged(1.5, True)], 0.9)
    with pytest.raises(SpecError, match=r"such as 0\.99, got 99"):
        threshold_for([Judged(0.5, True)], 99)
    with pytest.raises(SpecError, match="1 or more were wanted, got 0"):
        reliability([Judged(0.5, True)], bins=0)
