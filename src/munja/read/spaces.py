"""Word spaces that a recogniser did not write, from the gaps in the picture of the line."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.read.codecs.ctc import Reading


def repair_spaces(
    reading: Reading, centres: NDArray[Any], line: NDArray[np.uint8], space: NDArray[Any], columns_per_pixel: float
) -> tuple[Reading, NDArray[Any]]:
    """The reading with missing blanks put in, and the centres (K,) in pixels of the line (H, W, C) that go with it."""
    return reading, centres
