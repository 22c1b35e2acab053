"""A flatbed scanner: a sheet under its lid, turned a little, in grey."""

from __future__ import annotations

import numpy as np

from scenes.camera import OVERSAMPLE, Floats, Pixels, View, blur, expose, shrink
from scenes.sheet import Sheet
from scenes.surfaces import cloud, noise


def scan(
    sheet: Sheet, view: View, generator: np.random.Generator, *, white: float, grain: float, wear: float, step: int
) -> Pixels:
    """The sheet as the scanner gives it (H, W, 3).

    Its paper has the grey value `white` and noise of deviation `grain`; `wear` is the part of the toner that is missing
    here and there. The scanner tells grey values apart that differ by `step`: fewer of them make a smaller file.
    """
    grey = np.asarray(sheet.image.convert("L")).astype(np.float32)
    toner = 1.0 - grey / 255.0
    height, width = grey.shape
    # Toner does not lie evenly, and paper has fibres.
    toner *= 0.96 - wear * (1.0 + noise(generator, height, width, (9, 9)))
    fibres = 1.0 + 0.003 * cloud(generator, height, width, (60, 60))
    reflected = white * fibres * (1.0 - toner) + 22.0 * toner
    seen = view.capture(np.dstack([reflected, np.ones_like(reflected)]))
    page = shrink(_under_lid(seen[..., 0], seen[..., 1]))
    pixels = expose(blur(page, 0.55), generator, grain=grain)
    levels = np.clip(np.rint(pixels / step) * step, 0, 255).astype(np.uint8)
    levels[levels > 255 - step] = 255
    return np.repeat(levels[..., None], 3, axis=2)


def _under_lid(page: Floats, cover: Floats) -> Floats:
    """The page on the grey lid of the scanner, with the thin shadow that its edge throws."""
    shadow = 1.0 - 0.35 * blur(cover, 3.0 * OVERSAMPLE)
    return (page + (1.0 - cover) * 205.0 * shadow).astype(np.float32)
