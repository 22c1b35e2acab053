"""Labels of a page: where the lines of a sheet lie in the picture of it, clipped to what the picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from munja.data.synth.pages.camera import forward
from munja.data.synth.pages.kernels import clip_lines, contrasts
from munja.data.synth.pages.sheet import Written

LEAST_HEIGHT = 7.0  # pixels: below that nobody can read
_LEAST_INSIDE = 0.5  # share of a line's height that the picture must show
_LEAST_CONTRAST = 7.0  # grey levels, standard deviation in the quad
_BENDS = 9  # points along the upper and along the lower side of a curved line


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line of text: quad (4, 2), quads of its words (K, 4, 2) and their texts; clockwise from the top left.

    Of a line that the border cuts, `words` and `texts` are those whose middle is in the picture: there may be none.
    `ignore`: too small, too faint, or cut by the border so that it is no fair example. `polygon` (P, 2) follows the
    line where it is curved; the quad is then the box around it.
    """

    quad: NDArray[np.float32]
    words: NDArray[np.float32]
    texts: tuple[str, ...]
    ignore: bool = False
    polygon: NDArray[np.float32] | None = None


def lines_seen(
    written: Sequence[Written], pose: NDArray[np.float64], picture: NDArray[np.uint8]
) -> tuple[PageLine, ...]:
    """The lines of a sheet as they lie in its picture (H, W); what is not in the picture is left out."""
    if not written:
        return ()
    height, width = picture.shape
    boxes = np.array([_bent(each) for each in written], np.float32)
    quads = forward(_corners(boxes), pose)
    words = forward(_corners(np.concatenate([each.words for each in written])), pose)
    clipped, inside = np.zeros(quads.shape, np.float32), np.zeros(len(quads), np.float32)
    clip_lines(quads, width, height, clipped, inside)
    spread = np.zeros(len(quads), np.float32)
    contrasts(picture, clipped, spread)
    heights = 0.5 * (np.hypot(*(clipped[:, 3] - clipped[:, 0]).T) + np.hypot(*(clipped[:, 2] - clipped[:, 1]).T))
    lengths = np.hypot(*(clipped[:, 1] - clipped[:, 0]).T)
    middles = words.mean(axis=1)
    visible = ((middles > 0) & (middles < (width, height))).all(axis=1).tolist()
    shares, talls, longs, spreads = inside.tolist(), heights.tolist(), lengths.tolist(), spread.tolist()
    lines: list[PageLine] = []
    first = 0
    for k, line in enumerate(written):
        last = first + len(line.texts)
        if shares[k] > 0.05 and longs[k] > 1:
            corners, texts = words[first:last], line.texts
            if not all(visible[first:last]):
                kept = [i for i in range(first, last) if visible[i]]
                corners, texts = words[kept], tuple(line.texts[i - first] for i in kept)
            short = not texts and longs[k] < talls[k]
            fair = shares[k] >= _LEAST_INSIDE and talls[k] >= LEAST_HEIGHT and spreads[k] >= _LEAST_CONTRAST
            polygon = forward(_curve(line), pose) if line.bow else None
            lines.append(PageLine(clipped[k], corners, texts, line.ignore or short or not fair, polygon))
        first = last
    return tuple(lines)


def _corners(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    return boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]


def _bent(line: Written) -> tuple[float, float, float, float]:
    """The box around a line with its bend."""
    x0, y0, x1, y1 = line.box
    if not line.bow:
        return line.box
    sag = line.bow * max(x1 - line.pivot, line.pivot - x0) ** 2
    return (x0, y0 + min(0.0, sag), x1, y1 + max(0.0, sag))


def _curve(line: Written) -> NDArray[np.float32]:
    x0, y0, x1, y1 = line.box
    x = np.linspace(x0, x1, _BENDS)
    sag = line.bow * (x - line.pivot) ** 2
    upper, lower = np.stack([x, y0 + sag], axis=1), np.stack([x, y1 + sag], axis=1)
    return np.asarray(np.concatenate([upper, lower[::-1]]), np.float32)
