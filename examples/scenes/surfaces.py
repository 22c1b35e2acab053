"""Surfaces made of noise: wood, paper, plaster, rust, and the light on them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from scenes.camera import Floats, blur


def noise(generator: np.random.Generator, height: int, width: int, cell: tuple[float, float]) -> Floats:
    """Smooth noise (height, width) of mean 0 and deviation 1 whose bumps are about cell = (rows, columns) large."""
    rows, columns = (max(2, round(size / each) + 3) for size, each in zip((height, width), cell, strict=True))
    grid = generator.normal(0.0, 1.0, (rows, columns)).astype(np.float32)
    field = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray((field - field.mean()) / (field.std() + 1e-6), np.float32)


def cloud(
    generator: np.random.Generator, height: int, width: int, cell: tuple[float, float], *, octaves: int = 5
) -> Floats:
    """Noise (height, width) of deviation 1 with details from `cell` down to a 2^octaves-th of it."""
    field = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        fine = (max(cell[0] / 2**octave, 1.0), max(cell[1] / 2**octave, 1.0))
        field += noise(generator, height, width, fine) * np.float32(0.6**octave)
    return np.asarray(field / field.std(), np.float32)


def ramp(field: Floats, low: float, high: float) -> Floats:
    """0 where the field is below low, 1 above high, smooth between."""
    t = np.clip((field - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def paint(under: Floats, colour: Sequence[float], cover: Floats) -> Floats:
    """The image (H, W, 3) with `colour` laid over it where cover (H, W) is 1."""
    return (under + (np.array(colour, np.float32) - under) * cover[..., None]).astype(np.float32)


def relief(height: Floats, *, depth: float, towards: tuple[float, float] = (-0.6, -0.8), gloss: float = 0.0) -> Floats:
    """Light on a height map (H, W) from the direction (x, y): 1 where it is flat, more where it faces the light."""
    slope = cv2.Scharr(height, cv2.CV_32F, 1, 0) * towards[0] + cv2.Scharr(height, cv2.CV_32F, 0, 1) * towards[1]
    tilt = -slope * (depth / 32.0)
    shine = gloss * np.exp(-(((tilt - 0.45) / 0.12) ** 2))
    return (np.clip(1.0 + tilt, 0.25, 1.6) + shine).astype(np.float32)


def wood(generator: np.random.Generator, height: int, width: int) -> Floats:
    """A dark table (height, width, 3) of upright planks."""
    plank = width / 3.4
    x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    offset = generator.uniform(0.2, 0.8) * plank
    number = np.floor((x + offset) / plank).astype(int)
    count = int(number.max()) + 1
    tone = generator.normal(0.0, 0.10, count).astype(np.float32)[number]
    shift = generator.uniform(0, 9, count).astype(np.float32)[number]
    flow = noise(generator, height, width, (900, 170)) + 0.3 * noise(generator, height, width, (300, 60))
    rings = np.sin((x / 34.0 + 2.2 * flow + shift) * 2.0)
    fibre = noise(generator, height, width, (260, 5)) * 0.6 + noise(generator, height, width, (90, 2.5)) * 0.4
    value = 0.42 + tone + 0.10 * rings + 0.10 * fibre + 0.05 * cloud(generator, height, width, (500, 300))
    dark, light = np.array((38, 24, 17), np.float32), np.array((104, 68, 45), np.float32)
    colour = dark + (light - dark) * np.clip(value, 0, 1)[..., None]
    seam = np.abs((x + offset) % plank - plank / 2) - (plank / 2 - 3.0)
    return paint(colour, (13, 8, 6), ramp(seam.astype(np.float32), -1.5, 2.0) * 0.9)


def creases(generator: np.random.Generator, height: int, width: int, folds: Sequence[float], small: int) -> Floats:
    """A height map (H, W) of paper once folded at the given parts of its length, with some small creases."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    field = np.zeros((height, width), np.float32)
    wave = 2.0 * noise(generator, height, width, (600, 90))
    for number, part in enumerate(folds):
        distance = y - part * height - generator.uniform(-0.02, 0.02) * (x - width / 2)
        # Mountain, then valley: the parts of the sheet lean towards the light and away from it in turn.
        field += (-1) ** number * 0.06 * (np.abs(distance + wave) - distance)
    for _ in range(small):
        angle = generator.uniform(0, np.pi)
        centre = generator.uniform(0.05, 0.95, 2) * (width, height)
        across = (x - centre[0]) * np.sin(angle) - (y - centre[1]) * np.cos(angle)
        along = (x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle)
        reach = np.exp(-((along / generator.uniform(0.1, 0.3) / width) ** 2))
        field += generator.choice([-1.0, 1.0]) * generator.uniform(2, 5) * reach * np.exp(-np.abs(across) / 40)
    return blur(field.astype(np.float32), 3.0)
