from __future__ import annotations

import pytest

from munja.evaluate.confidence import confidence
from munja.evaluate.findings import PageFindings, Sums


def page(*judged: tuple[float | None, bool]) -> PageFindings:
    return PageFindings((), (), Sums(0, 0, {}, {}), judged)


def test_curve_error_and_thresholds_of_scores() -> None:
    found = confidence([page(*[(0.95, True)] * 89, (0.95, False)), page(*[(0.15, False)] * 10)], noun="lines")
    assert (found["count"], found["right"], found["noun"]) == (100, 89, "lines")
    assert [(row["count"], row["right"]) for row in found["bins"]] == [(10, 0.0), (90, 89 / 90)]
    assert found["error"] == pytest.approx((90 * (89 / 90 - 0.95) + 10 * 0.15) / 100)
    assert "all lines go to review" in found["thresholds"][0]["sentence"]
    assert "use threshold 0.950; 10.0 % of the lines go to review" in found["thresholds"][1]["sentence"]


def test_missing_scores_are_said() -> None:
    assert confidence([page((None, True), (0.5, True))], noun="boxes") == {
        "missing": "1 of 2 boxes that were read have no score."
    }
    assert confidence([page()], noun="boxes")["missing"].startswith("Nothing was read")
