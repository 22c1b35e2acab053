"""Where a line of text holds ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def columns_of_ink(line: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which pixel columns (W,) of a line (H, W, C) hold ink, dark on light or light on dark."""
    height = line.shape[0]
    core = line[height // 8 : height - height // 8].mean(axis=2)
    low, middle, high = np.percentile(core, (3, 50, 97))
    if high - middle > 1.3 * (middle - low):
        core = low + high - core
    ground, darkest = np.percentile(core, (85, 3))
    marks: NDArray[np.bool_] = (core < ground - 0.45 * (ground - darkest)).sum(axis=0) > 1
    return marks
