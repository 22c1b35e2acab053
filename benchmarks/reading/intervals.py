"""Intervals by resampling pages: how far a figure would move had other pages of the same kind been drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

SAMPLES = 2000
SEED = 7
Interval = tuple[float, float]


def resampled(count: int) -> NDArray[np.float64]:
    """How often each of `count` pages is drawn in each of SAMPLES samples with replacement: (SAMPLES, count)."""
    chance = np.random.default_rng(SEED)
    return chance.multinomial(count, np.full(count, 1 / count), size=SAMPLES).astype(np.float64)


def middle_95(values: NDArray[np.float64]) -> Interval:
    """The interval that holds the middle 95 % of `values`."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def ratio_of_sums(part: Sequence[float], whole: Sequence[float]) -> tuple[float, Interval]:
    """Sum of `part` over sum of `whole`, paired by page, and its interval."""
    drawn = resampled(len(part))
    above, below = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return float(above.sum() / below.sum()), middle_95((drawn @ above) / (drawn @ below))


def figure_interval(figure: Callable[[Mapping[str, float]], float], tallies: Sequence[Mapping[str, float]]) -> Interval:
    """The interval of a figure of summed tallies."""
    return middle_95(_figures(figure, tallies, resampled(len(tallies))))


def difference_interval(
    figure: Callable[[Mapping[str, float]], float],
    one: Sequence[Mapping[str, float]],
    other: Sequence[Mapping[str, float]],
) -> Interval:
    """The interval of a figure's difference between two readers of the same pages, paired by page."""
    drawn = resampled(len(one))
    return middle_95(_figures(figure, one, drawn) - _figures(figure, other, drawn))


def _figures(
    figure: Callable[[Mapping[str, float]], float],
    tallies: Sequence[Mapping[str, float]],
    drawn: NDArray[np.float64],
) -> NDArray[np.float64]:
    names = list(tallies[0])
    counts = np.array([[tally[name] for name in names] for tally in tallies], np.float64)  # (pages, names)
    return np.array([figure(dict(zip(names, sums, strict=True))) for sums in (drawn @ counts).tolist()])
