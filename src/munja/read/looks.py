"""Looks: a line as it is shown to a recogniser, and what came out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.read.codecs.ctc import BLANK, runs


@dataclass(frozen=True, slots=True)
class Shown:
    """A quad (4, 2) with its margin, `pixels` wide in the recogniser's eyes; `height` is the text's, without margin."""

    quad: NDArray[np.float32]
    pixels: int
    height: float


@dataclass(frozen=True, slots=True)
class Look:
    """A line as it was shown, its picture (1, H, W, C), of which the first columns are its own, and what came out."""

    shown: Shown
    picture: NDArray[np.uint8]
    found: Mapping[str, NDArray[Any]]

    @property
    def used(self) -> int:
        """How many columns of the picture show the line."""
        return min(self.shown.pixels, int(self.picture.shape[2]))

    def best_classes(self) -> NDArray[np.int64]:
        """The best class of each run of columns (K,), blanks among them."""
        return np.asarray(runs(self.found["index"], self.found["score"])[1], np.int64)

    def least(self) -> float:
        """The lowest probability of its characters."""
        _, classes, scores = runs(self.found["index"], self.found["score"])
        return float(scores[classes != BLANK].min(initial=1.0))

    def sureness(self) -> float:
        """The mean logarithm of the probabilities of its characters."""
        _, classes, scores = runs(self.found["index"], self.found["score"])
        scores = scores[classes != BLANK]
        return float(np.log(scores.astype(np.float64) + 1e-9).mean()) if len(scores) else -np.inf
