"""Formulas: ratios of sums, undefined where they are 0/0, for one collection or many."""

from __future__ import annotations

import math

import numpy as np
import pytest

from munja.metrics.formulas import Harmonic, Ratio, Weighted

HALF, NONE = Ratio(("a",), ("b",)), Ratio(("zero",), ("zero",))
SUMS = {"a": 1, "b": 2, "c": 3, "zero": 0}


def test_a_ratio_is_of_sums_and_never_below_zero() -> None:
    assert Ratio(("a", "b"), ("c",))(SUMS) == 1.0
    assert Ratio(("a",), ("b",), minus=("c",))(SUMS) == 0.0


def test_zero_of_zero_is_undefined_or_what_the_formula_says() -> None:
    assert math.isnan(NONE(SUMS))
    assert Ratio(("zero",), ("zero",), undefined=0.0)(SUMS) == 0.0


def test_the_harmonic_mean_is_undefined_only_where_both_are() -> None:
    assert Harmonic(HALF, Ratio(("b",), ("b",)))(SUMS) == pytest.approx(2 / 3)
    assert Harmonic(HALF, NONE)(SUMS) == 0.0
    assert Harmonic(Ratio(("zero",), ("a",)), Ratio(("zero",), ("b",)))(SUMS) == 0.0
    assert math.isnan(Harmonic(NONE, NONE)(SUMS))


def test_a_weighted_sum_has_a_constant() -> None:
    assert Weighted(((0.5, HALF), (-1.0, HALF)), constant=1.0)(SUMS) == 0.75


def test_many_collections_are_computed_at_once() -> None:
    many = {"a": np.array([1.0, 0.0, 0.0]), "b": np.array([2.0, 5.0, 0.0])}
    np.testing.assert_array_equal(HALF(many), [0.5, 0.0, np.nan])
