"""A deterministic source of lines for tests: digits and capitals drawn with OpenCV's own strokes, centres known."""

from __future__ import annotations

import cv2
import numpy as np

from munja.core.registry import register
from munja.data.loader import PAD, Lines

LETTERS = "ACEHLTUX3479"
STEP = 20  # pixels per character


@register("lines", "drawn")
class Drawn:
    """Lines of up to `most` characters; `shuffled` gives texts that no picture shows, `foreign` one outside ASCII."""

    def __init__(self, split: str, /, *, most: int = 4, shuffled: bool = False, foreign: bool = False) -> None:
        self._most, self._shuffled, self._foreign = most, shuffled, foreign

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        random = np.random.default_rng(seed)
        images = np.full((count, height, width), PAD, np.uint8)
        texts, centres, widths = [], [], []
        for image in images:
            length = int(random.integers(1, min(self._most, width // STEP) + 1))
            text = "".join(random.choice(list(LETTERS), length))
            image[:, : length * STEP] = 230
            for i, character in enumerate(text):
                place = (i * STEP + 2, height - 7)
                cv2.putText(image, character, place, cv2.FONT_HERSHEY_SIMPLEX, 0.75, 20, 2, cv2.LINE_AA)
            texts.append(text)
            centres.append(np.arange(length, dtype=np.float32) * STEP + STEP / 2)
            widths.append(length * STEP)
        if self._shuffled:
            images[:] = images[:1]
        if self._foreign:
            texts[0] = "é"
        return Lines(images, tuple(texts), tuple(centres), np.array(widths, np.int32))

    def notes(self) -> list[str]:
        return []


@register("lines", "drawn_pair")
class DrawnPair(Drawn):
    """The batches that two processes would get, one after the other."""

    def __init__(self, split: str, /, *, most: int = 4) -> None:
        super().__init__(split, most=most)

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        a, b = (super(DrawnPair, self).batch(seed + i, count // 2, width=width, height=height) for i in (0, 1))
        images, widths = np.concatenate([a.images, b.images]), np.concatenate([a.widths, b.widths])
        return Lines(images, a.texts + b.texts, a.centres + b.centres, widths)
