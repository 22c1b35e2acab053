"""Formulas: figures as functions of summed counts, for one collection or for many drawn at once.

Sums map names of counts to arrays; every formula gives an array of the same shape. A figure that is 0/0 is NaN unless
its formula says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sums = Mapping[str, Any]


class Formula(Protocol):
    """A figure of summed counts."""

    def __call__(self, sums: Sums) -> Floats:
        """The figure, in the shape of the sums."""
        ...


@dataclass(frozen=True, slots=True)
class Ratio:
    """Sum of `top` less `minus`, but not below 0, over the sum of `bottom`.

    `trials` says that each unit of the bottom is a trial of its own that succeeded or not: such a figure can be judged
    by its numbers alone.
    """

    top: tuple[str, ...]
    bottom: tuple[str, ...]
    minus: tuple[str, ...] = ()
    undefined: float = np.nan
    trials: bool = False

    def __call__(self, sums: Sums) -> Floats:
        """The ratio; `undefined` where it is 0/0."""
        top, bottom = _total(sums, self.top), _total(sums, self.bottom)
        if self.minus:
            top = np.maximum(0.0, top - _total(sums, self.minus))
        none = bottom == 0
        return np.asarray(np.where(none, self.undefined, top / np.where(none, 1.0, bottom)))


@dataclass(frozen=True, slots=True)
class Harmonic:
    """Harmonic mean of two figures; one that is not defined counts as 0 beside one that is."""

    first: Formula
    second: Formula

    def __call__(self, sums: Sums) -> Floats:
        """The mean; 0 where both are 0, NaN where neither is defined."""
        first, second = self.first(sums), self.second(sums)
        neither = np.isnan(first) & np.isnan(second)
        first, second = np.nan_to_num(first), np.nan_to_num(second)
        total = first + second
        return np.asarray(np.where(neither, np.nan, 2 * first * second / np.where(total == 0, 1.0, total)))


@dataclass(frozen=True, slots=True)
class Weighted:
    """Constant plus the sum of figures, each times its weight."""

    parts: tuple[tuple[float, Formula], ...]
    constant: float = 0.0

    def __call__(self, sums: Sums) -> Floats:
        """The weighted sum."""
        value: Any = self.constant
        for weight, formula in self.parts:
            value = value + weight * formula(sums)
        return np.asarray(value)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a metric: its formula, and whether more of it is better."""

    formula: Formula
    better: Literal["higher", "lower"] = "higher"


def _total(sums: Sums, names: tuple[str, ...]) -> Floats:
    return np.asarray(sum(np.asarray(sums[name], np.float64) for name in names), np.float64)
