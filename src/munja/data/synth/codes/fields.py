"""Fields: pieces of the textures as float maps, of which surfaces, wear and light are made."""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.codes.kernels import cover_with_colour, cover_with_picture
from munja.data.synth.textures import cut_texture, textures

Field = NDArray[np.float32]


def _piece(random: Random, texture: NDArray[np.uint8], shape: tuple[int, int], zoom: float) -> Field:
    """A piece of a texture, `zoom` times as large, mean 0 and deviation about 1."""
    height, width = shape
    small = max(2, round(height / zoom)), max(2, round(width / zoom))
    cut = cut_texture(texture, *small, random.random(), random.random())
    if random.random() < 0.5:
        cut = cut[:, ::-1]
    if zoom != 1.0:
        cut = np.asarray(cv2.resize(cut, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return (cut.astype(np.float32) - np.float32(128.0)) * np.float32(1 / 42.0)


def clouds(random: Random, shape: tuple[int, int], *, size: float) -> Field:
    """Soft blotches about `size` pixels across."""
    return _piece(random, textures().rough[6], shape, max(0.5, size / 8.0))


def grain(random: Random, shape: tuple[int, int], *, zoom: float = 1.0) -> Field:
    """Fine grain of one to three pixels, times `zoom`."""
    return _piece(random, random.choice(textures().grains[:3]), shape, zoom)


def brushed(random: Random, shape: tuple[int, int], *, upright: bool = False) -> Field:
    """Fine lines along the row, or down the column."""
    return _piece(random, textures().rough[1 if upright else 0], shape, 1.0)


def threshold(field: Field, share: float, soft: float) -> Field:
    """1 where the field is among its highest `share`, 0 elsewhere, over an edge `soft` deviations wide."""
    if share <= 0.0:
        return np.zeros_like(field)
    some = field[::3, ::3].ravel()
    rank = min(len(some) - 1, int((1.0 - min(share, 1.0)) * len(some)))
    level = np.partition(some, rank)[rank]
    return np.asarray(np.clip((field - level) / soft + 0.5, 0.0, 1.0), np.float32)


def mix(picture: NDArray[np.float32], colour: NDArray[np.float32] | float, share: Field) -> None:
    """Cover a picture (H, W, 3) with a colour (3,), a grey or a picture where `share` (H, W) says, in place."""
    cover = np.full(3, colour, np.float32) if isinstance(colour, float) else colour
    if cover.ndim == 1:
        cover_with_colour(picture, cover, share)
    else:
        cover_with_picture(picture, cover, share)


def blurred(field: Field, sigma: float) -> Field:
    """The field (H, W) or (H, W, 3) through a blur of `sigma` pixels."""
    if sigma < 0.2:
        return field
    if sigma > 1.5:  # two boxes deviate as wanted, and their time does not grow with their reach
        side = round(math.sqrt(6 * sigma * sigma + 1)) | 1
        return np.asarray(cv2.blur(cv2.blur(field, (side, side)), (side, side)), np.float32)
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), np.float32)
