"""Temperature: scores that mean something (Guo et al., arXiv:1706.04599)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from munja.train.accuracy import matched
from munja.train.targets import LineCodec

LOWEST, HIGHEST = 0.25, 4.0
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


def calibrate(codec: LineCodec, pairs: Sequence[tuple[str, NDArray[np.float32]]]) -> tuple[float, dict[str, float]]:
    """The temperature that makes characters' scores fit how often they are right, and figures on it.

    `pairs` are texts and logits (rows, classes), a row for each column or step. Minimises the log loss of "this
    character is right" over all characters read.
    """
    right = np.array([flag for text, logits in pairs for flag in matched(text, _read(codec, logits, 1.0)[0])], bool)
    if not len(right) or right.all():  # without an error, every sharper temperature looks better
        return 1.0, {"temperature": 1.0}

    def scores(temperature: float) -> NDArray[np.float64]:
        return np.concatenate([_read(codec, logits, temperature)[1] for _, logits in pairs])

    def surprise(temperature: float) -> float:
        clipped = np.clip(scores(temperature), 1e-6, 1.0 - 1e-6)
        return float(-np.mean(np.where(right, np.log(clipped), np.log1p(-clipped))))

    low, high = math.log(LOWEST), math.log(HIGHEST)
    for _ in range(14):  # the interval of 2.8 shrinks to 0.003
        left, middle = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, middle) if surprise(math.exp(left)) < surprise(math.exp(middle)) else (left, high)
    best = math.exp((low + high) / 2.0)
    if surprise(best) >= surprise(1.0):
        best = 1.0
    return best, {
        "temperature": best,
        "calibration_error_before": calibration_error(scores(1.0), right),
        "calibration_error": calibration_error(scores(best), right),
    }


def calibration_error(scores: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 10) -> float:
    """Expected calibration error: mean distance of score and share right over equally wide bins, weighted by size."""
    number = np.minimum((scores * bins).astype(int), bins - 1)
    total = 0.0
    for each in range(bins):
        inside = number == each
        if inside.any():
            total += abs(float(scores[inside].mean()) - float(right[inside].mean())) * float(inside.mean())
    return total


def _read(codec: LineCodec, logits: NDArray[np.float32], temperature: float) -> tuple[str, NDArray[np.float64]]:
    scaled = logits / temperature
    scaled = np.exp(scaled - scaled.max(1, keepdims=True))
    probability = scaled / scaled.sum(1, keepdims=True)
    reading = codec.decode(probability.argmax(1), probability.max(1))
    return reading.text, reading.scores.astype(np.float64)
