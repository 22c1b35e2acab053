"""Intervals: how far a figure can be trusted that was measured on a sample.

Bootstrap intervals draw pages with replacement; Clopper-Pearson's are exact for counted trials. All are two-sided.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import SpecError

Floats = NDArray[np.float64]
_CHUNK = 2_000_000  # drawn pages held in memory at a time


def clopper_pearson(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval for the probability behind `successes` of `trials`: 17 of 20 gives 0.621 to 0.968."""
    check_confidence(confidence)
    if not 0 <= successes <= trials or trials == 0:
        raise SpecError(f"an interval needs 0 to n successes of n > 0 trials, got {successes} of {trials}")
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else _beta_quantile(tail, successes, trials - successes + 1)
    high = 1.0 if successes == trials else _beta_quantile(1 - tail, successes + 1, trials - successes)
    return low, high


def drawn_sums(counts: Floats, *, samples: int, seed: int) -> Iterator[Floats]:
    """Sums (S, K) over pages drawn with replacement from counts (pages, K), in chunks that are `samples` together."""
    generator = np.random.default_rng(seed)
    pages = len(counts)
    step = max(1, _CHUNK // pages)
    for start in range(0, samples, step):
        size = min(step, samples - start)
        weights = generator.multinomial(pages, np.full(pages, 1 / pages), size=size)
        yield weights @ counts


def percentiles(values: Floats, *, confidence: float) -> tuple[float, float] | None:
    """The interval that holds the middle share of values, those that are NaN aside; None if none is left."""
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, (tail, 1 - tail))
    return float(low), float(high)


def check_confidence(confidence: float) -> None:
    """SpecError unless a confidence lies between 0 and 1."""
    if not 0 < confidence < 1:
        raise SpecError(f"confidence: a share between 0 and 1 was wanted, such as 0.95, got {confidence}")


def _beta_quantile(share: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):  # halves the interval each time: 60 are the digits of a double
        middle = (low + high) / 2
        if _beta_share(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges quickly on the other side of the mean
        return 1 - _beta_share(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / a / _beta_fraction(x, a, b)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, 100_000):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + term * d)
        c = 1 + term / c
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value
