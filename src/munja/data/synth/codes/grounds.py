"""Grounds: what codes stand on: painted, rusty, brushed and galvanised steel, castings, concrete, rubber."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.codes.fields import Field, brushed, clouds, grain, mix, threshold

Colour = tuple[int, int, int]
# Paints of wagons, containers and machines.
PAINTS: tuple[Colour, ...] = (
    (112, 58, 46), (134, 62, 50), (92, 50, 42), (70, 74, 78), (120, 124, 126), (168, 170, 168), (206, 206, 200),
    (228, 226, 218), (36, 38, 42), (30, 52, 92), (44, 86, 142), (96, 140, 172), (34, 78, 58), (70, 112, 72),
    (206, 166, 44), (214, 112, 34), (168, 36, 34), (132, 124, 100), (186, 176, 150),
)  # fmt: skip
_RUSTS: tuple[Colour, ...] = ((122, 66, 36), (98, 54, 34), (142, 84, 46), (80, 48, 36), (112, 76, 56))
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(slots=True)
class Surface:
    """A plate: `colour` (H, W, 3) of 0 to 255 and `relief` (H, W), its height in pixels; both are changed in place."""

    colour: NDArray[np.float32]
    relief: Field

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.relief.shape[0], self.relief.shape[1]

    def level(self) -> float:
        """Its mean brightness, 0 to 255."""
        return float(self.colour[::4, ::4].mean(axis=(0, 1)) @ _LUMA)


def tinted(random: Random, colour: Colour, spread: float = 12.0) -> NDArray[np.float32]:
    """A colour (3,) near the one given."""
    shift = random.gauss(0.0, spread)
    return np.clip([each + shift + random.gauss(0.0, 0.35 * spread) for each in colour], 6, 250).astype(np.float32)


def luma(colour: NDArray[np.float32]) -> float:
    """How bright a colour (3,) is, 0 to 255."""
    return float(colour @ _LUMA)


def _plain(shape: tuple[int, int], colour: NDArray[np.float32]) -> Surface:
    return Surface(np.broadcast_to(colour, (*shape, 3)).copy(), np.zeros(shape, np.float32))


def _shaded(surface: Surface, field: Field, strength: float) -> None:
    surface.colour *= (np.float32(1.0) + np.float32(strength) * field)[..., None]


def paint(random: Random, shape: tuple[int, int], rough: float) -> Surface:
    """Painted steel: even, a little cloudy, with the peel of a spray gun."""
    surface = _plain(shape, tinted(random, random.choice(PAINTS)))
    _shaded(surface, clouds(random, shape, size=random.uniform(20, 80)), random.uniform(0.01, 0.03 + 0.06 * rough))
    surface.relief += grain(random, shape, zoom=random.uniform(1, 3)) * np.float32(random.uniform(0.0, 0.25 * rough))
    return surface


def rust(random: Random, shape: tuple[int, int], rough: float) -> Surface:
    """Steel rusted all over, with darker and lighter areas and pits."""
    first, second = random.sample(_RUSTS, 2)
    surface = _plain(shape, tinted(random, first))
    field = clouds(random, shape, size=random.uniform(10, 50)) + np.float32(0.5) * grain(random, shape, zoom=2)
    mix(surface.colour, tinted(random, second), np.clip(0.5 + 0.4 * rough * field, 0, 1).astype(np.float32))
    _shaded(surface, grain(random, shape), 0.03 + 0.07 * rough)
    surface.relief += grain(random, shape, zoom=random.uniform(1, 2)) * np.float32(0.1 + 0.3 * rough)
    return surface


def steel(random: Random, shape: tuple[int, int], rough: float) -> Surface:
    """Bright metal: brushed, milled or rolled."""
    level = random.randint(90, 190)
    surface = _plain(shape, tinted(random, (level, level, level + random.randint(-6, 6)), 8.0))
    _shaded(surface, brushed(random, shape, upright=random.random() < 0.3), random.uniform(0.02, 0.05 + 0.06 * rough))
    _shaded(surface, clouds(random, shape, size=random.uniform(20, 60)), 0.02 + 0.06 * rough)
    return surface


def zinc(random: Random, shape: tuple[int, int], rough: float) -> Surface:
    """Galvanised steel with its flowers."""
    level = random.randint(120, 185)
    surface = _plain(shape, tinted(random, (level - 4, level, level + 3), 8.0))
    flowers = clouds(random, shape, size=random.uniform(6, 14))
    crisp = np.asarray(np.sign(flowers) * np.sqrt(np.abs(flowers)), np.float32)
    _shaded(surface, crisp, 0.03 + 0.05 * rough)
    return surface


def cast(random: Random, shape: tuple[int, int], rough: float) -> Surface:
    """Cast iron or steel, bare, painted dark or rusty, rough as the sand that it was poured into."""
    colours: tuple[Colour, ...] = (
        (62, 60, 60),
        (84, 80, 76),
        (48, 50, 54),
        (104, 72, 54),
        (92, 60, 48),
        (120, 116, 110),
    )
    surface = _plain(shape, tinted(random, random.choice(colours)))
    _shaded(surface, clouds(random, shape, size=random.uniform(10, 50)), 0.03 + 0.08 * rough)
    sand = grain(random, shape, zoom=random.uniform(1.0, 2.5))
    surface.relief += sand * np.float32(0.12 + 0.3 * rough)
    surface.relief += clouds(random, shape, size=30) * np.float32(0.3 * rough)
    return surface


def concrete(random: Random, shape: tuple[int, int], rough: float) -> Surface:
    """Concrete or a plastered wall: grey, spotted with pores."""
    level = random.randint(110, 190)
    surface = _plain(shape, tinted(random, (level, level - 3, level - 10), 8.0))
    _shaded(surface, clouds(random, shape, size=random.uniform(20, 60)), 0.03 + 0.06 * rough)
    _shaded(surface, grain(random, shape, zoom=1.5), 0.02 + 0.06 * rough)
    pores = threshold(grain(random, shape, zoom=3), 0.01 + 0.02 * rough, 0.5)
    surface.colour *= (1 - np.float32(0.4) * pores)[..., None]
    return surface


def rubber(random: Random, shape: tuple[int, int], rough: float) -> Surface:
    """Rubber or plastic: dark, dull, nearly even."""
    level = random.randint(26, 70)
    surface = _plain(shape, tinted(random, (level, level, level + 2), 6.0))
    _shaded(surface, clouds(random, shape, size=random.uniform(20, 80)), 0.03 + 0.05 * rough)
    _shaded(surface, grain(random, shape), 0.02 + 0.04 * rough)
    return surface


GROUNDS: dict[str, Callable[[Random, tuple[int, int], float], Surface]] = {
    "paint": paint, "rust": rust, "steel": steel, "zinc": zinc, "cast": cast, "concrete": concrete, "rubber": rubber,
}  # fmt: skip


def rust_colour(random: Random, shape: tuple[int, int]) -> NDArray[np.float32]:
    """A cover of rust (H, W, 3)."""
    first, second = random.sample(_RUSTS, 2)
    cover = np.broadcast_to(tinted(random, first), (*shape, 3)).copy()
    share = np.clip(0.5 + 0.35 * clouds(random, shape, size=10), 0, 1).astype(np.float32)
    mix(cover, tinted(random, second), share)
    return cover


def rivets(random: Random, surface: Surface, box: tuple[float, float, float, float], capital: float) -> None:
    """Heads of rivets or bolts at the corners around a text, clear of it."""
    radius = random.uniform(0.10, 0.22) * capital
    gap = radius + random.uniform(0.25, 0.5) * capital
    head: Field = np.zeros(surface.shape, np.float32)
    for x in (box[0] - gap, box[2] + gap):
        for y in random.choice(((box[1], box[3]), (0.5 * (box[1] + box[3]),))):
            cv2.circle(head, (round(x), round(y)), max(2, round(radius)), 1.0, -1, cv2.LINE_AA)
    head = np.asarray(cv2.GaussianBlur(head, (0, 0), max(0.6, 0.3 * radius)), np.float32)
    surface.relief += head * np.float32(0.8 * radius)
    surface.colour *= (1 + (np.float32(random.uniform(-0.35, 0.25))) * head)[..., None]


def frame(random: Random, surface: Surface, box: tuple[float, float, float, float], capital: float) -> None:
    """A painted frame, a seam or the edge of a sheet beside a text."""
    gap, thick = random.uniform(0.22, 0.5) * capital, max(1, round(random.uniform(0.04, 0.12) * capital))
    x0, y0, x1, y1 = (round(box[k] + (gap if k > 1 else -gap)) for k in range(4))
    colour = tuple(float(each) for each in tinted(random, random.choice(PAINTS)))
    kind = random.random()
    if kind < 0.4:
        cv2.rectangle(surface.colour, (x0, y0), (x1, y1), colour, thick, cv2.LINE_AA)
    elif kind < 0.7:  # another sheet above or below, lying higher or lower
        rows = slice(0, max(1, y0)) if random.random() < 0.5 else slice(min(y1, surface.shape[0] - 1), None)
        surface.relief[rows] += np.float32(random.choice((-1, 1)) * random.uniform(1.0, 4.0))
        surface.colour[rows] *= np.float32(random.uniform(0.6, 1.2))
    else:  # a seam beside the text
        row = y0 if random.random() < 0.5 else y1
        cv2.line(surface.colour, (0, row), (surface.shape[1], row), tuple(0.5 * each for each in colour), thick)
