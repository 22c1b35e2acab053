"""Wear: what years in a yard do to a plate and its text: chips, rust, dirt, drips, scratches."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np

from munja.data.synth.codes.fields import Field, blurred, brushed, clouds, grain, mix, threshold
from munja.data.synth.codes.grounds import Surface, rust_colour
from munja.data.synth.codes.lettering import Letters
from munja.data.synth.codes.marks import Happens, spared


def weather(
    random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens, *, bare: bool
) -> None:
    """Wear a surface with its text, in place; enough of every part of every character stays.

    Letters that are told by light alone bear less: with `bare` they are worn half as much.
    """
    severity *= 0.5 if bare else 1.0
    shape, capital = surface.shape, letters.capital
    mask = letters.mask.astype(np.float32) * np.float32(1 / 255)

    def hide(hidden: Field, least: float) -> Field:
        return 1 - spared(mask, 1 - hidden, capital, least)

    if happens("chips"):
        field = clouds(random, shape, size=random.uniform(0.1, 0.35) * capital)
        field += np.float32(0.4) * clouds(random, shape, size=2 * capital)
        chips = hide(threshold(field, random.uniform(0.01, 0.03 + 0.13 * severity), 0.15), 0.6)
        below = rust_colour(random, shape) if random.random() < 0.6 else random.uniform(70, 190)
        mix(surface.colour, below, chips)
        surface.relief -= chips * np.float32(0.8)
    if happens("rust"):
        field = clouds(random, shape, size=random.uniform(0.25, 1.2) * capital)
        field += np.float32(0.5) * grain(random, shape, zoom=2)
        spots = threshold(field, random.uniform(0.03, 0.08 + 0.3 * severity), random.uniform(0.5, 1.5))
        spots = hide(spots * np.float32(random.uniform(0.6, 0.95)), 0.55)
        mix(surface.colour, rust_colour(random, shape), spots)
    if happens("drips"):
        field = brushed(random, shape, upright=True) + np.float32(0.7) * clouds(random, shape, size=capital)
        drips = threshold(field, random.uniform(0.05, 0.15 + 0.15 * severity), 1.0)
        drips = hide(drips * np.float32(random.uniform(0.3, 0.4 + 0.35 * severity)), 0.6)
        mix(surface.colour, rust_colour(random, shape) if random.random() < 0.6 else 40.0, drips)
    if happens("dirt"):
        field = clouds(random, shape, size=random.uniform(0.5, 2.0) * capital)
        field += np.float32(0.4) * grain(random, shape, zoom=1.5)
        dust = random.random() < 0.4
        share = np.clip(0.3 + 0.3 * field, 0, 1) * np.float32(random.uniform(0.15, 0.3 + 0.45 * severity))
        share = hide(np.asarray(share, np.float32), 0.6)
        colour = np.array([158, 146, 124] if dust else [46, 40, 34], np.float32)
        mix(surface.colour, colour, share)
    if happens("scratches"):
        _scratch(random, surface, letters, severity)


def _scratch(random: Random, surface: Surface, letters: Letters, severity: float) -> None:
    """Lines of bare metal or of dirt across the plate, thinner than strokes."""
    height, width = surface.shape
    lines: Field = np.zeros(surface.shape, np.float32)
    main = random.uniform(0, np.pi)
    for _ in range(random.randint(2, 4 + round(26 * severity))):
        way = random.gauss(main, 0.35) if random.random() < 0.7 else random.uniform(0, np.pi)
        length = random.uniform(0.3, 3.0) * letters.capital
        x, y = random.uniform(0, width), random.uniform(0, height)
        end = round(x + length * np.cos(way)), round(y + length * np.sin(way))
        cv2.line(lines, (round(x), round(y)), end, random.uniform(0.2, 0.8), 1, cv2.LINE_AA)
    if random.random() < 0.5:
        lines = blurred(lines, 0.5)
    mix(surface.colour, random.choice((215.0, 190.0, 45.0)), lines)
    surface.relief -= lines
