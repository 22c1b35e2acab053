"""Intervals: exact ones against the binomial distribution, drawn ones against what drawing must give."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.metrics.intervals import clopper_pearson, drawn_sums, percentiles


def tail(successes: int, trials: int, chance: float) -> float:
    """Probability of `successes` or more."""
    return sum(math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(successes, trials + 1))


def test_17_of_20_wagons_are_62_to_97_percent() -> None:
    low, high = clopper_pearson(17, 20)
    assert (round(low, 4), round(high, 4)) == (0.6211, 0.9679)


@given(st.integers(1, 60).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_ends_of_the_exact_interval_leave_its_tails(counts: tuple[int, int]) -> None:
    successes, trials = counts
    low, high = clopper_pearson(successes, trials, confidence=0.9)
    assert low <= successes / trials <= high
    if successes:
        assert tail(successes, trials, low) == pytest.approx(0.05, abs=1e-9)
    if successes < trials:
        assert 1 - tail(successes + 1, trials, high) == pytest.approx(0.05, abs=1e-9)


def test_the_exact_interval_of_many_trials_is_that_of_the_normal_distribution() -> None:
    low, high = clopper_pearson(300_000, 1_000_000)
    half = 1.96 * math.sqrt(0.3 * 0.7 / 1e6)
    assert (low, high) == (pytest.approx(0.3 - half, abs=2e-6), pytest.approx(0.3 + half, abs=2e-6))


@pytest.mark.parametrize(("successes", "trials"), [(1, 0), (-1, 5), (6, 5), (0, 0)])
def test_counts_that_cannot_be_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(SpecError, match=f"got {successes} of {trials}"):
        clopper_pearson(successes, trials)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_is_a_share(confidence: float) -> None:
    with pytest.raises(SpecError, match=f"such as 0.95, got {confidence}"):
        clopper_pearson(1, 2, confidence=confidence)


def test_drawn_sums_are_of_as_many_pages_and_around_the_sum() -> None:
    counts = np.array([[1.0, 10.0], [1.0, 20.0], [1.0, 60.0]])
    drawn = np.concatenate(list(drawn_sums(counts, samples=4000, seed=1)))
    assert drawn.shape == (4000, 2)
    assert set(drawn[:, 0]) == {3.0}
    assert drawn[:, 1].mean() == pytest.approx(90, abs=2)
    assert np.array_equal(drawn, np.concatenate(list(drawn_sums(counts, samples=4000, seed=1))))


def test_many_pages_are_drawn_in_parts() -> None:
    counts = np.ones((30_000, 1))
    parts = list(drawn_sums(counts, samples=100, seed=0))
    assert [len(part) for part in parts] == [66, 34]
    assert {float(value) for part in parts for value in part[:, 0]} == {30_000.0}


def test_percentiles_leave_undefined_values_aside() -> None:
    assert percentiles(np.array([np.nan, 1, 2, 3, np.nan]), confidence=0.5) == (1.5, 2.5)
    assert percentiles(np.array([np.nan]), confidence=0.5) is None
