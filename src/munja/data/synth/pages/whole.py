"""Whole pages: how large the paper is, where its text stands, and what the picture shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from munja.data.synth.pages.camera import forward
from munja.data.synth.pages.labels import PageLine

Box = tuple[float, float, float, float]
_SCREENS = ("phone", "slide")
_FREE = ("sign", "label", "nothing")
# Height over width of the paper or screen, and how many capitals of running text its text is wide.
_TALL: Mapping[str, tuple[float, float]] = {
    "receipt": (1.5, 3.0), "phone": (1.7, 2.2), "slide": (0.56, 0.75), "sign": (0.7, 1.2), "label": (0.7, 1.3),
    "nothing": (0.7, 1.3), "article": (1.3, 1.45),
}  # fmt: skip
_PAPER_TALL = (1.40, 1.43)
_ACROSS: Mapping[str, tuple[float, float]] = {
    "receipt": (26, 44), "certificate": (62, 105), "notice": (40, 68), "letter": (45, 78), "article": (70, 105),
    "form": (45, 75), "table": (50, 80), "slide": (24, 48), "phone": (26, 40), "label": (22, 60), "sign": (16, 50),
    "nothing": (20, 60),
}  # fmt: skip


@dataclass(frozen=True)
class WholePage:
    """A grey picture (H, W) uint8 of a whole page, what kind of page it is, and its lines."""

    image: NDArray[np.uint8]
    kind: str
    lines: tuple[PageLine, ...]


@dataclass(frozen=True)
class Frame:
    """A sheet of `side` pixels with a `paper` (x0, y0, x1, y1) on it, and the `area` of that which text may fill."""

    side: int
    paper: Box
    area: Box | None
    size: float  # pixels of a capital of running text

    def fitted(self, pose: NDArray[np.float64], size: int) -> NDArray[np.float64]:
        """The pose (3, 3), smaller and shifted where the paper would not lie in a picture of `size` pixels."""
        seen = self._corners(pose)
        low, high = seen.min(axis=0), seen.max(axis=0)
        scale = min(1.0, (size - 2) / float((high - low).max()))
        shift = 0.5 * size - scale * 0.5 * (low + high)
        return np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]], [0.0, 0.0, 1.0]]) @ pose

    def cut(self, random: Random, pose: NDArray[np.float64], size: int, *, table: bool) -> tuple[int, int, int, int]:
        """The part of the picture that is kept: the paper, and with a table below it some of that."""
        seen = self._corners(pose)
        room = [random.uniform(0.0, 0.05) * size if table else 0.0 for _ in range(4)]
        low, high = seen.min(axis=0) - room[:2], seen.max(axis=0) + room[2:]
        x0, y0 = (max(0, round(float(each))) for each in low)
        x1, y1 = (min(size, round(float(each))) for each in high)
        return x0, y0, x1, y1

    def _corners(self, pose: NDArray[np.float64]) -> NDArray[np.float32]:
        x0, y0, x1, y1 = self.paper
        return forward(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]), pose)


def frame(random: Random, kind: str, size: int, *, across: tuple[float, float] | None = None) -> Frame:
    """A frame for a page of a kind whose longer side is `size` pixels and whose text is `across` capitals wide."""
    across = across or _ACROSS[kind]
    tall = random.uniform(*_TALL.get(kind, _PAPER_TALL))
    high, wide = (size, size / tall) if tall >= 1 else (size * tall, size)
    side = round(1.3 * size) + 8
    x0, y0 = 0.5 * (side - wide), 0.5 * (side - high)
    paper = (x0, y0, x0 + wide, y0 + high)
    if kind in _FREE:
        return Frame(side, paper, None, wide / random.uniform(*across))
    margin = wide * random.uniform(0.03, 0.05 if kind in _SCREENS or kind == "receipt" else 0.09)
    area = (paper[0] + margin, paper[1] + margin, paper[2] - margin, paper[3] - margin)
    return Frame(side, paper, area, (area[2] - area[0]) / random.uniform(*across))
