"""Whether a picture can be read, what kind of file it is, and the prints by which its copies are found."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.imaging.image import frames

LEAST_SIDE = 8  # pixels
_HASH_SIDE = 32
_KINDS = {
    "P": "palette picture (a bare array of it holds indices, not greys)",
    "PA": "palette picture (a bare array of it holds indices, not greys)",
    "1": "black-and-white picture of 1 bit",
    "CMYK": "CMYK picture",
    "RGBA": "transparent picture",
    "LA": "transparent picture",
    "I": "picture of 16 bits or more",
    "I;16": "picture of 16 bits or more",
    "F": "picture of 16 bits or more",
}


@dataclass(frozen=True, slots=True)
class Print:
    """How a picture is recognised again: digests of file and pixels, a perceptual hash of 64 bits, its size."""

    file: bytes
    pixels: bytes
    look: int
    width: int
    height: int


def look_at(content: bytes) -> tuple[Print, list[tuple[str, str, str]]]:
    """A picture's print and what is to be said of it as (severity, kind, detail); InputError if it is damaged."""
    said = list(_said_of_header(content))
    if not content:
        raise InputError("the file has 0 bytes")
    pages = frames(content)
    image = next(pages).image
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    if min(width, height) < LEAST_SIDE:
        said.append(("warning", "tiny picture", f"{width} x {height} pixels"))
    if int(grey.max()) - int(grey.min()) < 8:
        said.append(("warning", "blank picture", f"greys {grey.min()} to {grey.max()}"))
    if next(pages, None) is not None:
        said.append(("warning", "picture of several pages", "only the first is used"))
    digests = (
        hashlib.blake2b(content, digest_size=16).digest(),
        hashlib.blake2b(image.tobytes(), digest_size=16).digest(),
    )
    return Print(*digests, perceptual_hash(np.asarray(grey, np.uint8)), width, height), said


def perceptual_hash(grey: NDArray[np.uint8]) -> int:
    """64 bits of a picture (H, W): which of its lowest 8 x 8 cosine frequencies lie above their median."""
    small = cv2.resize(grey, (_HASH_SIDE, _HASH_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = np.asarray(cv2.dct(small))[:8, :8].flatten()
    low[0] = 0.0  # brightness
    bits = low > np.median(low[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def thumbnail(content: bytes) -> NDArray[np.float32]:
    """A picture as (32, 32) grey."""
    grey = cv2.cvtColor(next(frames(content)).image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_HASH_SIDE, _HASH_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _said_of_header(content: bytes) -> Iterator[tuple[str, str, str]]:
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with PIL.Image.open(io.BytesIO(content)) as picture:
                mode, shape, turn = picture.mode, picture.size, picture.getexif().get(274, 1)
    except Exception:  # whatever is wrong, reading the pixels says it
        return
    if mode in _KINDS:
        yield "note", _KINDS[mode], f"mode {mode}"
    if turn not in (0, 1):
        yield (
            "note",
            "turned by its EXIF tag (boxes must be those of the turned picture)",
            f"orientation {turn}, {shape}",
        )
