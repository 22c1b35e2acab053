"""Confidence: whether a reader's scores say how often it is right, as plain data for a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from munja.evaluate.findings import PageFindings
from munja.metrics.calibration import Judged, expected_calibration_error, reliability, threshold_for

WANTED = (0.99, 0.95)


def confidence(pages: Iterable[PageFindings], *, noun: str) -> dict[str, Any]:
    """Reliability curve, expected calibration error and thresholds; or under `missing` why there are none."""
    scores = [each for page in pages for each in page.judged]
    if not scores:
        return {"missing": "Nothing was read, so there are no scores to judge."}
    unknown = sum(score is None for score, _ in scores)
    if unknown:
        return {"missing": f"{unknown:,} of {len(scores):,} {noun} that were read have no score."}
    rows = [Judged(min(max(score, 0.0), 1.0), right) for score, right in scores if score is not None]
    return {
        "noun": noun,
        "count": len(rows),
        "right": sum(each.right for each in rows),
        "error": expected_calibration_error(rows),
        "bins": [asdict(each) for each in reliability(rows)],
        "thresholds": [asdict(threshold_for(rows, wanted, noun=noun)) for wanted in WANTED],
    }
