"""Codec of the direction classifier: is a line of text upright, or upside down?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from munja.core.registry import register

if TYPE_CHECKING:  # see core.registry
    from annotated_types import Ge, Le, doc

ANGLES = (0.0, 180.0)  # what lines of text are classified into


@register("codec", "angle")
class Angle:
    """Class i stands for text turned clockwise by `angles[i]` degrees; class 0 is the one believed without proof."""

    def __init__(
        self,
        /,
        *,
        angles: Annotated[Sequence[float], doc("degrees clockwise that each class stands for")] = ANGLES,
        margin: Annotated[float, Ge(0.0), Le(1.0), doc("probability that another class than the first needs")] = 0.9,
    ) -> None:
        self.angles = tuple(angles)
        self.margin = margin

    def encode(self, angle: float) -> int:
        """The class of the angle nearest to `angle` (degrees clockwise)."""
        return int(np.argmin([abs((angle - each + 180.0) % 360.0 - 180.0) for each in self.angles]))

    def decode(self, probability: NDArray[Any]) -> float:
        """The angle that the probabilities (classes,) speak for; the first unless another one passes the margin."""
        best = int(np.argmax(probability))
        return self.angles[best] if best and float(probability[best]) > self.margin else self.angles[0]
