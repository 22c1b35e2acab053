"""Textures and noise tables, made once from a fixed seed: paper, clouds, fibres, weave, blotches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 256, 1024  # wide enough for most lines at any place; larger pictures get a tiled copy


@dataclass(frozen=True)
class Textures:
    """Textures (256, 1024) uint8 around 128, and tables (2^18,) int8 of noise with standard deviation 32."""

    smooth: tuple[NDArray[np.uint8], ...]  # paper, clouds: background of documents
    rough: tuple[NDArray[np.uint8], ...]  # fibres, weave, stripes, blotches: background of scenes
    grains: tuple[NDArray[np.uint8], ...]  # fine grain: uneven ink
    noise: tuple[NDArray[np.int8], ...]  # white, and smeared along the row as scanners and JPEG leave it


@cache
def textures() -> Textures:
    """The textures, the same in every process."""
    generator = np.random.Generator(np.random.PCG64(20_240_601))
    clouds = [_clouds(generator, octaves) for octaves in ((64, 32), (128, 64, 32), (256, 96, 16))]
    grains = [_clouds(generator, octaves) for octaves in ((1,), (2, 1), (3,), (6, 2))]
    fibres = [_directed(generator, 1, 41), _directed(generator, 31, 1), _directed(generator, 3, 15)]
    down, across = np.sin(np.arange(ROWS) * np.pi / 8), np.sin(np.arange(COLUMNS) * np.pi / 32)
    weave = _level(np.add.outer(down, np.sin(np.arange(COLUMNS) * np.pi / 4)))
    stripes = _level(np.tile(np.sign(across), (ROWS, 1)))
    checks = _level(np.sign(np.outer(down, across)))
    bricks = _clouds(generator, (12, 4))
    return Textures(
        smooth=(*clouds, grains[2]),
        rough=(*fibres, weave, stripes, checks, bricks, *clouds),
        grains=(*grains, *fibres[:2]),
        noise=(_noise(generator, 0.0), _noise(generator, 0.8), _noise(generator, 1.6)),
    )


def cut_texture(texture: NDArray[np.uint8], height: int, width: int, y: float, x: float) -> NDArray[np.uint8]:
    """A piece (height, width) of a texture; y and x in 0..1 say from where."""
    rows, columns = texture.shape
    if height > rows or width > columns:
        texture = np.tile(texture, (-(-height // rows), -(-width // columns)))
        rows, columns = texture.shape
    top, left = int(y * (rows - height)), int(x * (columns - width))
    return texture[top : top + height, left : left + width]


def cut_noise(table: NDArray[np.int8], count: int, start: float) -> NDArray[np.int8]:
    """`count` entries of a table of noise; `start` in 0..1 says from where."""
    if count > len(table):
        table = np.tile(table, -(-count // len(table)))
    at = int(start * (len(table) - count))
    return table[at : at + count]


def _clouds(generator: np.random.Generator, octaves: tuple[int, ...]) -> NDArray[np.uint8]:
    total = np.zeros((ROWS, COLUMNS), np.float64)
    for size in octaves:
        field = generator.standard_normal((-(-ROWS // size) + 2, -(-COLUMNS // size) + 2))
        total += cv2.resize(field, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)[:ROWS, :COLUMNS]
    return _level(total)


def _directed(generator: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    return _level(cv2.blur(generator.standard_normal((ROWS, COLUMNS)), (width, height)))


def _level(field: NDArray[Any]) -> NDArray[np.uint8]:
    field = (field - field.mean()) / max(float(field.std()), 1e-6)
    return np.asarray(np.clip(np.rint(128 + 42 * field), 0, 255), np.uint8)


def _noise(generator: np.random.Generator, smear: float) -> NDArray[np.int8]:
    field = generator.standard_normal((1, 1 << 18))
    if smear:
        field = np.asarray(cv2.GaussianBlur(field, (9, 1), smear), np.float64)
    return np.asarray(np.clip(np.rint(field[0] * 32 / field.std()), -127, 127), np.int8)
