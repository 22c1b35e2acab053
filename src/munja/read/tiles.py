"""Tiles: how a picture too large to be shown to the detector at once is shown in overlapping parts.

What the detector answers for the tiles is put together into one map before boxes are looked for, each tile giving only
its core; so a line that crosses tiles is one box, and nothing is found twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.imaging.geometry import quad_size, quad_sizes
from munja.imaging.image import Image
from munja.imaging.warp import fit

CORE = 1024  # shown pixels of a tile that count
MARGIN = 128  # shown pixels around the core that the detector sees beside it
MOST_MAP = 24_000_000  # values of the map that are kept before boxes are looked for: 96 MB
PLAIN = 12  # a tile whose brightest and darkest values differ by less certainly holds no text
TALL_TEXT = 140.0  # shown pixels; higher text falls apart where it is shown as large as that
MOST_LARGE = 60  # pieces of text that high that are looked for on one page

Quads = list[NDArray[np.float32]]
Box = tuple[int, int, int, int]  # left, top, right, bottom
Show = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
Decode = Callable[[NDArray[np.float32]], Any]


def spans(length: int, core: int) -> list[tuple[int, int]]:
    """Spans of about equal length that cover `length`, none much longer than `core`."""
    count = max(1, math.ceil(length / core))
    ends = [length * k // count for k in range(count)] + [length]
    return list(pairwise(ends))


def find_in_tiles(
    image: Image,
    scale: float,
    show: Show,
    decode: Decode,
    *,
    multiple: int = 32,
    core: int = CORE,
    most_map: int = MOST_MAP,
) -> Quads:
    """Quads (4, 2) in pixels of an image (H, W, 3) that is shown at `scale`, tile by tile.

    `show` gives the map (h, w) for a batch of one; `decode` the boxes in a map. Where the map of the whole picture
    would take too much memory, it is cut at the row with the least text in it.
    """
    width, height = math.ceil(image.shape[1] * scale), math.ceil(image.shape[0] * scale)
    # A strip's tiles are as long as its narrow side leaves room for.
    columns = spans(width, core * max(1, core // height))
    rows = spans(height, core * max(1, core // width))
    found: Quads = []
    for top, band in _bands(_rows(image, scale, show, multiple, columns, rows), most_map):
        shift = np.array([0, top], np.float32)
        found += [((quad + shift) / scale).astype(np.float32) for quad in decode(band).quads]
    return found


def _rows(
    image: Image, scale: float, show: Show, multiple: int, columns: list[tuple[int, int]], rows: list[tuple[int, int]]
) -> Iterator[NDArray[np.float32]]:
    """The map of each row of tiles, over the picture's full width."""
    width, height = columns[-1][1], rows[-1][1]
    for top, bottom in rows:
        parts = []
        for left, right in columns:
            low = (max(0, left - MARGIN), max(0, top - MARGIN))
            seen = _seen(image, (*low, min(width, right + MARGIN), min(height, bottom + MARGIN)), scale)
            if int(seen.max()) - int(seen.min()) < PLAIN:
                parts.append(np.zeros((bottom - top, right - left), np.float32))
                continue
            answer = _answer(seen, show, multiple)
            parts.append(answer[top - low[1] : bottom - low[1], left - low[0] : right - low[0]])
        yield np.concatenate(parts, axis=1)


def _seen(image: Image, outer: Box, scale: float) -> NDArray[np.uint8]:
    """The part of an image that lies in `outer`, in shown pixels, at that size."""
    left, top = math.floor(outer[0] / scale), math.floor(outer[1] / scale)
    right, bottom = math.ceil(outer[2] / scale), math.ceil(outer[3] / scale)
    return fit(image[top:bottom, left:right], outer[2] - outer[0], outer[3] - outer[1])


def _answer(seen: NDArray[np.uint8], show: Show, multiple: int) -> NDArray[np.float32]:
    """The detector's map (h, w) for what is seen (h, w, 3), at the same size."""
    height, width = seen.shape[:2]
    padding = ((0, -height % multiple), (0, -width % multiple), (0, 0))
    batch = np.pad(seen, padding, mode="edge")[None]
    answer = show(batch)
    if answer.shape != batch.shape[1:3]:
        answer = np.asarray(cv2.resize(answer, (batch.shape[2], batch.shape[1])), np.float32)
    return answer[:height, :width]


def _bands(rows: Iterable[NDArray[np.float32]], most: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Maps of at most about `most` values, with the row at which each begins in the whole."""
    top = 0
    held: list[NDArray[np.float32]] = []
    for row in rows:
        if held and sum(part.size for part in held) + row.size > most:
            band = np.concatenate(held)
            cut = _quiet_row(band)
            yield top, band[:cut]
            top, held = top + cut, [band[cut:]]
        held.append(row)
    yield top, np.concatenate(held)


def _quiet_row(band: NDArray[np.float32]) -> int:
    """The last row of a map (h, w) at which the fewest pixels are text, in its lower half."""
    half = len(band) // 2
    text = (band[half:] > 0.2).sum(axis=1)
    return max(1, half + int(np.flatnonzero(text == text.min())[-1]))


def large_text(coarse: Sequence[NDArray[np.float32]], fine: Quads, scale: float) -> Quads:
    """Of the quads found while a picture was shown smaller, those that may be text too high to be seen at `scale`.

    High letters fall apart where they are shown too large. What looked like one from afar may as well be many small
    lines: only reading tells. Those that hold fewest small lines come first, MOST_LARGE at most.
    """
    tall = (quad_sizes(coarse).min(axis=1) * scale > TALL_TEXT).tolist()
    high = [quad for quad, is_tall in zip(coarse, tall, strict=True) if is_tall]
    if not high:
        return []
    centres = np.array([quad.mean(axis=0) for quad in fine], np.float32).reshape(-1, 2)
    heights = quad_sizes(fine).min(axis=1).astype(np.float32)
    counted: list[tuple[int, int, NDArray[np.float32]]] = []
    for quad in high:
        inside = np.all((centres > quad.min(axis=0)) & (centres < quad.max(axis=0)), axis=1)
        counted.append((int((inside & (heights < 0.4 * min(quad_size(quad)))).sum()), len(counted), quad))
    return [quad for _, _, quad in sorted(counted, key=lambda each: each[:2])[:MOST_LARGE]]


def outside(quads: Sequence[NDArray[np.float32]], covers: Sequence[NDArray[np.float32]]) -> Quads:
    """The quads (4, 2) of which less than half lies in one of the quads `covers`."""
    return [quad for quad in quads if not any(_covered(quad, each) > 0.5 for each in covers)]


def _area(quad: NDArray[np.float32]) -> float:
    width, height = quad_size(quad)
    return width * height


def _covered(quad: NDArray[np.float32], by: NDArray[np.float32]) -> float:
    """The share of a convex quad (4, 2) that lies in another."""
    shared, _ = cv2.intersectConvexConvex(quad.astype(np.float32), by.astype(np.float32))
    return float(shared) / max(_area(quad), 1e-6)
