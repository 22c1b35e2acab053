"""Learning-rate schedules: from progress in 0..1 to a multiplier in 0..1 of the highest rate.

They know no step numbers, so that a training bounded by seconds follows the same curve as one bounded by steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt, doc

from munja.core.registry import register

Schedule = Callable[[float], float]
Part = Annotated[float, Ge(0.0), Lt(1.0)]


def _half_cosine(part: float) -> float:
    return 0.5 * (1.0 + math.cos(math.pi * min(max(part, 0.0), 1.0)))


@register("schedule", "constant")
def constant() -> Schedule:
    """1 throughout."""
    return lambda progress: 1.0


@register("schedule", "cosine")
def cosine(*, warm_up: Annotated[Part, doc("part of the training in which the rate rises from 0")] = 0.02) -> Schedule:
    """A straight rise, then half a cosine down to 0."""
    return flat_cosine(warm_up=warm_up, flat=0.0)


@register("schedule", "flat_cosine")
def flat_cosine(
    *,
    warm_up: Annotated[Part, doc("part of the training in which the rate rises from 0")] = 0.005,
    flat: Annotated[Part, doc("part of the training, after the rise, in which the rate stands still")] = 0.15,
) -> Schedule:
    """A straight rise, a flat part, then half a cosine down to 0."""

    def multiplier(progress: float) -> float:
        """Factor on the learning rate at a progress of 0 to 1."""
        if progress < warm_up:
            return progress / warm_up
        start = min(warm_up + flat, 1.0)
        return 1.0 if progress <= start else _half_cosine((progress - start) / (1.0 - start))

    return multiplier


@register("schedule", "one_cycle")
def one_cycle(
    *,
    rise: Annotated[float, Gt(0.0), Lt(1.0), doc("part of the training in which the rate rises")] = 0.3,
    start: Annotated[float, Gt(0.0), Le(1.0), doc("multiplier at the beginning")] = 0.04,
    end: Annotated[float, Ge(0.0), Le(1.0), doc("multiplier at the end")] = 0.0001,
) -> Schedule:
    """Half a cosine up, half a cosine down (arXiv:1708.07120)."""

    def multiplier(progress: float) -> float:
        """Factor on the learning rate at a progress of 0 to 1."""
        if progress < rise:
            return 1.0 - (1.0 - start) * _half_cosine(progress / rise)
        return end + (1.0 - end) * _half_cosine((progress - rise) / (1.0 - rise))

    return multiplier
