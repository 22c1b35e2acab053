"""Legibility: how much of what is seen at each character is the character."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.codes.fields import blurred
from munja.data.synth.codes.kernels import moments

_FAINT = 6.0  # grey levels by which detail deviates at least in a character that is seen without effort


def legibility(
    picture: NDArray[np.float32], marks: NDArray[np.float32], boxes: NDArray[np.float32], capital: float
) -> NDArray[np.float32]:
    """For each character 0 to 1: how well its strokes and their slopes in the light explain the picture (H, W, 3).

    `marks` (H, W, 2) are both as they would be seen on a clean plate, `boxes` (K, 4) those of the characters. What
    comes back is the multiple correlation of brightness with both, lowered where contrast is too faint to see: 0 says
    that nothing of the character is seen, 1 that nothing else is. The worse of its upper and its lower half counts: a
    character of which one is gone may be another one.
    """
    seen = _detail(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32), capital)
    wanted = _detail(marks, capital)
    spare = 0.12 * capital
    left, top, right, bottom = boxes.T
    middle = 0.5 * (top + bottom)
    upper = np.stack([left - spare, top - spare, right + spare, middle], axis=1)
    lower = np.stack([left - spare, middle, right + spare, bottom + spare], axis=1)
    halves = np.rint(np.concatenate([upper, lower])).astype(np.int64)
    found = np.empty((len(halves), 3, 3))
    moments(seen, wanted, halves, found)
    own = found[:, 1:, :1]  # (B, 2, 1)
    shared = found[:, 1:, 1:] + 1e-3 * np.eye(2)
    explained = np.sqrt(np.clip((own * np.linalg.solve(shared, own)).sum(axis=(1, 2)), 0, 1))
    explained *= np.minimum(1, found[:, 0, 0] / _FAINT)
    return np.asarray(explained.reshape(2, -1).min(axis=0), np.float32)


def _detail(picture: NDArray[np.float32], capital: float) -> NDArray[np.float32]:
    """What changes over about the width of a stroke: neither grain nor shadows, which nobody reads by."""
    return blurred(picture, 0.03 * capital) - blurred(picture, 0.16 * capital)
