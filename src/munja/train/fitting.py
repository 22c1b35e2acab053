"""Lines of any width brought to the one that a network takes, their characters' centres with them."""

from __future__ import annotations

import cv2
import numpy as np

from munja.core.errors import SpecError, did_you_mean
from munja.data.loader import Lines

FITS = ("free", "stretch", "pad")


def check_fit(fit: str, *, rectified: bool) -> str:
    """The name of a fit; SpecError if there is none of that name, or if a rectifier cannot work with it."""
    if fit not in FITS:
        raise SpecError(f"task.recognise.fit: {fit!r} is not known; {did_you_mean(fit, FITS)}")
    if rectified and fit == "free":
        raise SpecError('task.recognise.fit: a rectifier takes pictures of one width; use fit = "stretch" or "pad"')
    return fit


def fitted(lines: Lines, width: int, fit: str) -> Lines:
    """The lines at one width: stretched or squeezed to it, or, with the fit "pad", squeezed only where wider.

    A narrower line is padded by repeating its last column. Lines of the fit "free" stay as they are.
    """
    if fit == "free":
        return lines
    height = lines.images.shape[1]
    images = np.empty((len(lines.images), height, width), np.uint8)
    widths = np.empty(len(images), np.int32)
    centres = []
    for row, (image, content, known) in enumerate(zip(lines.images, lines.widths.tolist(), lines.centres, strict=True)):
        used = width if fit == "stretch" else min(content, width)
        smooth = cv2.INTER_AREA if used < content else cv2.INTER_LINEAR
        shown = image[:, :content]
        if used != content:
            shown = np.asarray(cv2.resize(np.ascontiguousarray(shown), (used, height), interpolation=smooth), np.uint8)
        images[row, :, :used] = shown
        images[row, :, used:] = shown[:, -1:]
        widths[row] = used
        centres.append(None if known is None else (known * (used / content)).astype(np.float32))
    return Lines(images, lines.texts, tuple(centres), widths)
