"""Gutters: found where a plain search over all strips finds them, with figures that NumPy would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.read.gutter import DEPTH, SHORT, Box, Gutters, median, percentile

VALUES = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=40)


@given(VALUES, st.sampled_from([10, 25, 50, 90]))
def test_percentiles_are_those_of_numpy_to_the_last_bit(values: list[float], share: int) -> None:
    assert percentile(sorted(values), share / 100) == float(np.percentile(values, share))


@given(VALUES)
def test_medians_are_those_of_numpy_to_the_last_bit(values: list[float]) -> None:
    assert median(values) == float(np.median(values))


def fills(boxes: list[Box], height: float) -> bool:
    lefts, rights = np.array([box.left for box in boxes]), np.array([box.right for box in boxes])
    width = np.percentile(rights, 90) - np.percentile(lefts, 10)
    long_enough = np.median(rights - lefts) > max(9.0 * height, 0.6 * width)
    return bool(long_enough and (lefts < np.percentile(lefts, 10) + 2.5 * height).mean() > 0.6)


def plain_search(boxes: list[Box], depth: int = DEPTH) -> float | None:
    """The gutter, each strip looked at in turn and nothing remembered."""
    if len(boxes) < 6:
        return None
    height = float(np.median([box.height for box in boxes]))
    boxes = [box for box in boxes if box.width > SHORT * height]
    if len(boxes) < 6:
        return None
    best: tuple[int, float, float] | None = None
    for x in np.unique(np.round([box.right for box in boxes])) + 1.0:
        left, right = [box for box in boxes if box.right <= x], [box for box in boxes if box.left >= x]
        crossing = len(boxes) - len(left) - len(right)
        if crossing > len(boxes) // 4 or len(left) < 3 or len(right) < 3:
            continue
        strip = min(box.left for box in right) - max(box.right for box in left)
        if best is not None and (crossing, -strip) >= best[:2]:
            continue
        if not all(
            fills(side, height) or (depth > 0 and strip > 0 and plain_search(side, depth - 1) is not None)
            for side in (left, right)
        ):
            continue
        bottom = min(max(box.bottom for box in left), max(box.bottom for box in right))
        if bottom > max(min(box.top for box in left), min(box.top for box in right)):
            best = (crossing, -strip, x + strip / 2.0)
    return None if best is None else best[2]


def drawn(seed: int) -> list[Box]:
    """Lines in one to four columns that need not be even, and a few lines anywhere."""
    random = np.random.default_rng(seed)
    columns = int(random.integers(1, 5))
    ragged = float(random.choice([0.0, 3.0, 30.0]))
    corners = []
    for column in range(columns):
        for row in range(int(random.integers(3, 12))):
            left = column * 1600 / columns + ragged * random.normal()
            corners.append((left, 30 * row, 0.9 * 1600 / columns - abs(ragged * random.normal()) * 3))
    corners += [(random.uniform(0, 1200), random.uniform(0, 300), random.uniform(20, 900)) for _ in range(3)]
    order = random.permutation(len(corners))
    return [
        Box(number, float(left), float(left + width), float(top), float(top) + 20.0)
        for number, (left, top, width) in enumerate(corners[k] for k in order)
    ]


@pytest.mark.parametrize("seed", range(60))
def test_a_gutter_is_the_one_that_a_plain_search_finds(seed: int) -> None:
    boxes = drawn(seed)
    assert Gutters().find(boxes) == plain_search(boxes)


def test_some_of_those_pages_have_columns_and_some_have_none() -> None:
    found = [Gutters().find(drawn(seed)) is not None for seed in range(60)]
    assert 10 < sum(found) < 50


def test_what_is_remembered_of_one_group_says_nothing_about_another() -> None:
    gutters = Gutters()
    for seed in range(10):
        boxes = drawn(seed)[:18]
        boxes = [Box(100 * seed + box.index, box.left, box.right, box.top, box.bottom) for box in boxes]
        assert gutters.find(boxes) == gutters.find(boxes[::-1]) == plain_search(boxes)
        assert gutters.find(boxes[:9]) == plain_search(boxes[:9])
