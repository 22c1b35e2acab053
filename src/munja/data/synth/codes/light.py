"""Light: how a lamp or the sun shows a plate: relief in oblique light, shadows of letters and of things, glare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.codes.fields import Field, blurred
from munja.data.synth.codes.grounds import Surface
from munja.data.synth.codes.marks import Happens

_LEAST_EDGE = 0.30  # how much brighter or darker than its ground the light makes the edge of a letter in relief


@dataclass(frozen=True, slots=True)
class Lamp:
    """From where the light comes: `way` in radians clockwise from the right, `slope` how oblique it is."""

    way: float
    slope: float


def draw_lamp(random: Random) -> Lamp:
    """Light from above mostly, as in yards and halls."""
    way = random.gauss(-0.5 * math.pi, 0.7) if random.random() < 0.8 else random.uniform(0, 2 * math.pi)
    return Lamp(way, random.uniform(0.35, 0.9))


def shading(relief: Field, lamp: Lamp) -> Field:
    """How much brighter (H, W) the slopes of a relief are than level ground."""
    across, down = math.cos(lamp.way), math.sin(lamp.way)
    x = np.asarray(cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3, scale=0.125), np.float32)
    y = np.asarray(cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3, scale=0.125), np.float32)
    return np.asarray(-(x * np.float32(across) + y * np.float32(down)) * np.float32(lamp.slope), np.float32)


def lit(random: Random, surface: Surface, lamp: Lamp, relief: Field | None, severity: float, happens: Happens) -> Field:
    """The light (H, W) that a surface throws back, 1 where it lies flat; `relief` (H, W) is that of the letters alone.

    Letters in relief are told by light alone, so theirs is never weaker than can be seen.
    """
    across, down = math.cos(lamp.way), math.sin(lamp.way)
    light = shading(surface.relief, lamp)
    if relief is not None:
        own = shading(relief, lamp)
        edges = np.abs(own)
        steep = edges[edges > 0.02]
        strength = float(np.partition(steep, int(0.8 * len(steep)))[int(0.8 * len(steep))]) if len(steep) else 0.0
        if 0.0 < strength < _LEAST_EDGE:
            light += own * np.float32(_LEAST_EDGE / strength - 1.0)
        reach = 0.6 * float(np.abs(relief).max()) * lamp.slope
        shift = np.array([[1, 0, -across * reach], [0, 1, -down * reach]], np.float32)
        moved = np.asarray(
            cv2.warpAffine(relief, shift, relief.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.float32
        )
        high = max(1.0, float(np.abs(relief).max()))
        thrown = np.clip((moved - relief) / np.float32(high), 0, 1)
        light -= blurred(np.asarray(thrown, np.float32), 0.8) * np.float32(random.uniform(0.15, 0.55))
    light = np.clip(1 + light, 0.3, 1.9)
    if happens("uneven_light"):
        light *= _uneven(random, surface.shape, severity)
    if happens("shadow"):
        light *= _shadow(random, surface.shape, severity)
    return np.asarray(light, np.float32)


def _uneven(random: Random, shape: tuple[int, int], severity: float) -> Field:
    """Light that falls off towards one side or corner."""
    least = 1.0 - random.uniform(0.2, 0.35 + 0.35 * severity)
    coarse = np.array([[random.uniform(least, 1.1) for _ in range(4)] for _ in range(2)], np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _shadow(random: Random, shape: tuple[int, int], severity: float) -> Field:
    """The shadow of a ladder, a pipe or a roof, with a soft or hard edge."""
    height, width = shape
    dark = random.uniform(0.75 - 0.4 * severity, 0.8)
    shade: Field = np.ones(shape, np.float32)
    lean = random.uniform(-1.2, 1.2) * height
    x = random.uniform(0.05, 0.95) * width
    wide = random.uniform(0.15, 1.2) * width if random.random() < 0.7 else random.uniform(0.1, 0.4) * height
    corners = np.array([[x, 0], [x + wide, 0], [x + wide + lean, height], [x + lean, height]])
    cv2.fillPoly(shade, [np.rint(corners).astype(np.int32)], dark)
    return blurred(shade, random.uniform(0.6, 6.0))


def glare(random: Random, shape: tuple[int, int], severity: float) -> NDArray[np.float32]:
    """How much of each place (H, W) a bright reflection covers: 0 to about half."""
    height, width = shape
    y, x = np.ogrid[:height, :width]
    middle = random.uniform(0, width), random.uniform(0, height)
    reach = random.uniform(0.15, 0.5) * width, random.uniform(0.25, 0.9) * height
    distance = ((x - middle[0]) / reach[0]) ** 2 + ((y - middle[1]) / reach[1]) ** 2
    return np.asarray(random.uniform(0.2, 0.3 + 0.35 * severity) * np.exp(-distance), np.float32)
