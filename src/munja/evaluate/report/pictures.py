"""Pictures of a report: each page once more as JPEG, and small; and how strong its text stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from munja.core.errors import InputError, MunjaError
from munja.core.page import Polygon
from munja.data.sample import Picture
from munja.evaluate.traits import contrast_of
from munja.imaging.image import frames

THUMB = 260  # pixels of the longer side
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as the report shows it: JPEG and thumbnail, and the contrast of each polygon that was asked for."""

    picture: bytes
    thumb: bytes
    contrasts: tuple[float | None, ...]


def shown(picture: Picture, polygons: Sequence[Polygon], *, longest: int) -> Shown:
    """A picture of at most `longest` pixels on its longer side, and contrasts; InputError if it cannot be decoded."""
    image = next(iter(frames(picture.source))).image
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    contrasts = tuple(contrast_of(np.asarray(grey, np.uint8), polygon) for polygon in polygons)
    bgr = np.ascontiguousarray(image[..., ::-1])
    return Shown(_jpeg(bgr, longest, QUALITY), _jpeg(bgr, THUMB, 70), contrasts)


def _jpeg(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], longest: int, quality: int) -> bytes:
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise InputError(f"a picture of {width} x {height} pixels cannot be written as JPEG")
    return content.tobytes()


def try_shown(picture: Picture | None, polygons: Sequence[Polygon], *, longest: int) -> Shown | str | None:
    """As `shown`; None where there is no picture, the reason where it cannot be decoded."""
    if picture is None:
        return None
    try:
        return shown(picture, polygons, longest=longest)
    except MunjaError as error:
        return str(error)
