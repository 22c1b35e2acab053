"""The likeliest allowed path, against all paths."""

from __future__ import annotations

from itertools import product
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.read.codecs.fit import EMPTY, likeliest_fit


class Sums:
    """A guide: the classes of a text add up to a multiple of 3, class 3 never stands first."""

    def start(self) -> tuple[int, bool]:
        return 0, False

    def step(self, state: Any, following: int) -> tuple[Any, float] | None:
        total, begun = state
        return None if following == 3 and not begun else (((total + following) % 3, True), 0.0)

    def end(self, state: Any) -> float | None:
        return 0.0 if state[0] == 0 and state[1] else None

    def following(self, state: Any, likely: np.ndarray) -> np.ndarray:
        return np.array([1, 2, 3] if state[1] else [1, 2])


def collapsed(path: tuple[int, ...]) -> tuple[int, ...]:
    kept = [each for each, before in zip(path, (None, *path), strict=False) if each != before]
    return tuple(each for each in kept if each)


@st.composite
def probabilities(draw: st.DrawFn) -> np.ndarray:
    rows = draw(st.lists(st.tuples(*[st.integers(2, 60)] * 4), min_size=1, max_size=5))
    raw = np.array(rows, float)
    return np.asarray(raw / raw.sum(1, keepdims=True))


@given(probabilities())
def test_it_is_the_likeliest_of_all_paths_whose_text_is_allowed(probability: np.ndarray) -> None:
    best: tuple[float, tuple[int, ...]] | None = None
    for path in product(range(4), repeat=len(probability)):
        text = collapsed(path)
        chance = float(np.prod(probability[np.arange(len(path)), path]))
        if text and text[0] != 3 and sum(text) % 3 == 0 and (best is None or chance > best[0]):
            best = chance, text
    found = likeliest_fit(np.log(probability), Sums(), width=1000)
    if best is None:
        assert found is None
    else:
        assert found is not None
        assert found[1] == pytest.approx(log(best[0]))
        assert sum(found[0]) % 3 == 0


@given(probabilities(), st.integers(1, 4))
def test_a_narrow_search_gives_an_allowed_text_or_none_and_never_a_likelier_one(
    probability: np.ndarray, width: int
) -> None:
    wide = likeliest_fit(np.log(probability), Sums(), width=1000)
    narrow = likeliest_fit(np.log(probability), Sums(), width=width)
    if narrow is not None:
        assert wide is not None
        assert sum(narrow[0]) % 3 == 0
        assert narrow[1] <= wide[1] + 1e-9


def test_a_class_the_picture_hardly_suggests_is_found_within_the_limit() -> None:
    probability = np.array([[0.01, 0.98, 1e-7, 0.01]])
    probability /= probability.sum()
    columns = np.repeat(np.log(probability), 2, axis=0)
    columns[1] = np.log([0.99999, 3e-6, 3e-6, 4e-6])
    # 1 alone is not allowed: 3 may not stand first, so 1 must be followed by 2, and the second column is empty.
    assert likeliest_fit(columns, Sums()) is None
    columns[1] = np.log([1 - 2 * EMPTY, EMPTY, 1e-5, EMPTY])
    found = likeliest_fit(columns, Sums())
    assert found is not None
    assert found[0] == (1, 2)
    gap = columns.max(1).sum() - found[1]
    assert likeliest_fit(columns, Sums(), limit=gap - 0.1) is None
    assert likeliest_fit(columns, Sums(), limit=gap + 0.1) == found


def test_no_columns_hold_no_text() -> None:
    assert likeliest_fit(np.zeros((0, 4)), Sums()) is None
