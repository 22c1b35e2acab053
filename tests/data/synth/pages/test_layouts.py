from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

from munja.data.synth.pages import PageSynthesiser


@pytest.mark.parametrize("kind", ["receipt", "letter", "article", "table", "slide"])
def test_lines_of_print_hardly_overlap(pages: dict[str, Any], kind: str) -> None:
    batch = PageSynthesiser({**pages, "pages": {kind: 1}}).batch(7, 20)
    pairs, overlapping = 0, 0
    for page in batch.lines:
        boxes = [(*line.quad.min(axis=0), *line.quad.max(axis=0)) for line in page if not line.ignore]
        for a, b in combinations(boxes, 2):
            wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            smaller = min((each[2] - each[0]) * (each[3] - each[1]) for each in (a, b))
            pairs += 1
            overlapping += bool(wide > 0 and high > 0 and wide * high > 0.3 * smaller)
    assert pairs > 300
    assert overlapping < 0.002 * pairs


def test_prices_stand_apart_from_their_items(pages: dict[str, Any]) -> None:
    batch = PageSynthesiser({**pages, "pages": {"receipt": 1}}).batch(8, 30)
    rows = 0
    for page in batch.lines:
        boxes = sorted((float(line.quad[0, 1]), float(line.quad[0, 0]), line) for line in page if not line.ignore)
        for (y0, _, one), (y1, _, other) in pairwise(boxes):
            tall = float(np.linalg.norm(one.quad[3] - one.quad[0]))
            if abs(y0 - y1) < 0.2 * tall:
                left, right = sorted((one, other), key=lambda line: float(line.quad[0, 0]))
                assert right.quad[0, 0] - left.quad[1, 0] > 0
                rows += 1
    assert rows > 60


def test_large_print_stands_among_small_print(pages: dict[str, Any]) -> None:
    batch = PageSynthesiser({**pages, "pages": {"receipt": 1}}).batch(9, 40)
    ratios = []
    for page in batch.lines:
        heights = [float(np.linalg.norm(line.quad[3] - line.quad[0])) for line in page if not line.ignore]
        if len(heights) > 5:
            ratios.append(max(heights) / float(np.median(heights)))
    assert sum(ratio > 1.5 for ratio in ratios) > 0.25 * len(ratios)
