"""Marks: how a text comes onto its ground: sprayed, painted, cast, stamped, peened, printed, as a plate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from munja.data.synth.codes.fields import Field, blurred, brushed, clouds, grain, mix, threshold
from munja.data.synth.codes.grounds import PAINTS, Surface, luma, rust_colour, tinted
from munja.data.synth.codes.lettering import Hand, Letters

Happens = Callable[[str], bool]
_MARK_PAINTS = ((236, 234, 226), (236, 234, 226), (216, 214, 206), (26, 26, 28), (26, 26, 28), (222, 186, 40),
                (186, 34, 30), (40, 60, 120), (240, 236, 200))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """A way to mark: the grounds that it is seen on, whether strokes are narrow, how text is set, how it is applied."""

    grounds: tuple[str, ...]
    light: bool
    hand: Callable[[Random, float], Hand]
    apply: Callable[[Random, Surface, Letters, float, Happens], None]


def _paint_for(random: Random, level: float, least: float) -> NDArray[np.float32]:
    """A paint that differs in brightness from a ground of `level` by `least` or more."""
    for _ in range(30):
        colour = tinted(random, random.choice(_MARK_PAINTS if random.random() < 0.9 else PAINTS), 10.0)
        if abs(luma(colour) - level) >= least:
            return colour
    return np.full(3, 235.0 if level < 128 else 25.0, np.float32)


def spared(mask: Field, kept: Field, capital: float, least: float) -> Field:
    """`kept` (0 to 1) raised wherever less than the share `least` of a stroke's neighbourhood would stay.

    What is gone cannot be read: a worn code keeps enough of every part of every character.
    """
    reach = 0.16 * capital
    before = blurred(mask, reach)
    after = blurred(mask * kept, reach)
    lacking = np.clip(1 - after / np.maximum(np.float32(least) * before, np.float32(0.02)), 0, 1)
    lacking *= before > 0.02
    return np.asarray(np.maximum(kept, kept + (1 - kept) * np.minimum(1, lacking * 1.6)), np.float32)


def _wear(random: Random, mask: Field, capital: float, severity: float) -> Field:
    """Which share of a painted mark is left at each place."""
    shape = (mask.shape[0], mask.shape[1])
    field = clouds(random, shape, size=random.uniform(0.15, 0.6) * capital)
    field += grain(random, shape, zoom=random.uniform(0.8, 2.0)) * np.float32(random.uniform(0.3, 1.0))
    if random.random() < 0.3:
        field += brushed(random, shape, upright=random.random() < 0.7) * np.float32(random.uniform(0.4, 1.0))
    gone = threshold(field, random.uniform(0.1, 0.2 + 0.45 * severity), random.uniform(0.3, 1.5))
    return spared(mask, 1 - gone * np.float32(random.uniform(0.5, 1.0)), capital, 0.42)


def _cover(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens, soft: float) -> None:
    mask = blurred(letters.mask.astype(np.float32) * np.float32(1 / 255), soft)
    colour = _paint_for(random, surface.level(), 90.0 - 60.0 * severity * random.random())
    share = mask
    if happens("worn"):
        share = mask * _wear(random, mask, letters.capital, severity)
    opacity = random.uniform(1.0 - 0.35 * severity, 1.0)
    uneven = clouds(random, surface.shape, size=0.8 * letters.capital) * np.float32(0.06 + 0.06 * severity)
    share = np.clip(share * (np.float32(opacity) + uneven), 0, 1)
    mix(surface.colour, colour, share)
    surface.relief += mask * np.float32(random.uniform(0.0, 0.25))


def stencil(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens) -> None:
    """Sprayed through a stencil: soft edges, mist around, sometimes the rim of an older coat below."""
    soft = random.uniform(0.01, 0.02 + 0.03 * severity) * letters.capital
    if random.random() < 0.35:  # mist that got below the stencil
        mist = blurred(letters.mask.astype(np.float32) * np.float32(1 / 255), 0.12 * letters.capital)
        specks = np.clip(mist * (0.35 + 0.25 * grain(random, surface.shape)), 0, 0.35 * severity).astype(np.float32)
        mix(surface.colour, _paint_for(random, surface.level(), 60.0), specks)
    _cover(random, surface, letters, severity, happens, soft)


def painted(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens) -> None:
    """Painted by hand or cut from film: crisp edges, sometimes a shade of an older text."""
    _cover(random, surface, letters, severity, happens, random.uniform(0.0, 0.02) * letters.capital)


def dot_matrix(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens) -> None:
    """Printed by jets of ink as dots on a grid."""
    _cover(random, surface, letters, 0.7 * severity, happens, random.uniform(0.008, 0.025) * letters.capital)


def _raise(surface: Surface, mask: Field, height: float, edge: float) -> None:
    surface.relief += blurred(mask, edge) * np.float32(height)


def embossed(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens) -> None:
    """Cast or pressed outwards: the same metal, told by light and shadow, faces often rubbed or painted."""
    mask = letters.mask.astype(np.float32) * np.float32(1 / 255)
    height = random.uniform(0.14, 0.26) * letters.capital * (1 - 0.3 * severity)
    _raise(surface, mask, height, random.uniform(0.03, 0.045 + 0.025 * severity) * letters.capital)
    top = threshold(blurred(mask, 0.04 * letters.capital), 1.0, 1.0) * mask
    kind = random.random()
    if kind < 0.35:  # rubbed bright, or faded, where it stands out
        field = np.clip(0.6 + 0.5 * clouds(random, surface.shape, size=10), 0, 1).astype(np.float32)
        surface.colour *= (1 + np.float32(random.uniform(0.08, 0.55)) * top * field)[..., None]
    elif kind < 0.5:
        share = top * _wear(random, mask, letters.capital, severity) if happens("worn") else top
        mix(surface.colour, _paint_for(random, surface.level(), 45.0), share)
    if happens("dirt"):  # dirt settles at the foot of the letters
        foot = np.clip(blurred(mask, 0.07 * letters.capital) - mask, 0, 1)
        surface.colour *= (1 - np.float32(random.uniform(0.2, 0.8)) * foot)[..., None]


def debossed(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens) -> None:
    """Stamped or engraved into the metal, with dirt or rust in the strokes."""
    mask = letters.mask.astype(np.float32) * np.float32(1 / 255)
    depth = random.uniform(0.10, 0.2) * letters.capital * (1 - 0.35 * severity)
    _raise(surface, mask, -depth, random.uniform(0.018, 0.03 + 0.02 * severity) * letters.capital)
    filled = mask * np.clip(0.7 + 0.35 * clouds(random, surface.shape, size=12), 0.1, 1).astype(np.float32)
    if random.random() < 0.3:
        mix(surface.colour, rust_colour(random, surface.shape), filled * np.float32(random.uniform(0.3, 0.8)))
    else:
        surface.colour *= (1 - np.float32(random.uniform(0.12, 0.65 - 0.3 * severity)) * filled)[..., None]


def dot_peened(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens) -> None:
    """Struck by a pin, dot by dot: small craters, bright where the metal is fresh or dark where it is filled."""
    mask = letters.mask.astype(np.float32) * np.float32(1 / 255)
    _raise(surface, mask, -random.uniform(0.05, 0.09) * letters.capital, 0.012 * letters.capital)
    rim = np.clip(blurred(mask, 0.03 * letters.capital) - mask, 0, 1)
    surface.relief += rim * np.float32(0.02 * letters.capital)
    strength = random.uniform(0.45 - 0.2 * severity, 0.75)
    if random.random() < 0.55 or surface.level() > 150:
        surface.colour *= (1 - np.float32(strength) * mask)[..., None]
    else:
        mix(surface.colour, np.full(3, random.uniform(190, 235), np.float32), mask * np.float32(strength))


def plate(random: Random, surface: Surface, letters: Letters, severity: float, happens: Happens) -> None:
    """A maker's plate: raised or sunk letters, filled with paint, rubbed and rusting."""
    mask = letters.mask.astype(np.float32) * np.float32(1 / 255)
    height = random.choice((-1, 1)) * random.uniform(0.05, 0.14) * letters.capital
    _raise(surface, mask, height, random.uniform(0.02, 0.035) * letters.capital)
    share = mask * np.float32(random.uniform(0.9 - 0.35 * severity, 1.0))
    if happens("worn"):
        share = share * _wear(random, mask, letters.capital, severity)
    mix(surface.colour, _paint_for(random, surface.level(), 80.0 - 45.0 * severity), share)


def _stencil_hand(random: Random, severity: float) -> Hand:
    bridge = random.uniform(0.06, 0.13) if random.random() < 0.85 else 0.0
    return Hand(random.uniform(0.75, 1.15), random.uniform(0.02, 0.2), 0.0, 0.01 * severity, bridge)


def _painted_hand(random: Random, severity: float) -> Hand:
    return Hand(random.uniform(0.75, 1.2), random.triangular(-0.02, 0.25, 0.04), 0.0, 0.012 * severity)


def _cast_hand(random: Random, severity: float) -> Hand:
    return Hand(random.uniform(0.85, 1.2), random.uniform(0.06, 0.24), 0.0, 0.015 * severity)


def _stamped_hand(random: Random, severity: float) -> Hand:
    pitch = random.uniform(0.8, 1.05) if random.random() < 0.6 else 0.0
    return Hand(random.uniform(0.8, 1.1), random.uniform(0.02, 0.15), pitch, random.uniform(0.0, 0.045 * severity))


def _peened_hand(random: Random, severity: float) -> Hand:
    step = random.uniform(0.095, 0.125)
    return Hand(random.uniform(0.9, 1.15), random.uniform(0.08, 0.25), 0.0, 0.0, 0.0, "along", step, 0.40 * step)


def _matrix_hand(random: Random, severity: float) -> Hand:
    step = random.uniform(0.095, 0.12)
    radius = random.uniform(0.40, 0.55) * step
    return Hand(random.uniform(0.9, 1.25), random.uniform(0.1, 0.3), 0.0, 0.0, 0.0, "grid", step, radius)


MARKS: dict[str, Style] = {
    "stencil": Style(("paint", "paint", "rust", "zinc", "concrete"), False, _stencil_hand, stencil),
    "painted": Style(("paint", "paint", "rust", "zinc", "concrete", "rubber"), False, _painted_hand, painted),
    "embossed": Style(("cast", "cast", "paint", "rust", "rubber"), False, _cast_hand, embossed),
    "debossed": Style(("steel", "cast", "paint", "rust"), True, _stamped_hand, debossed),
    "dot_peened": Style(("steel", "steel", "zinc", "cast", "paint"), True, _peened_hand, dot_peened),
    "dot_matrix": Style(("paint", "steel", "rubber", "concrete"), True, _matrix_hand, dot_matrix),
    "plate": Style(("paint", "steel", "rubber"), False, _cast_hand, plate),
}
