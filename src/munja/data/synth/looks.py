"""Looks: what is drawn at random for every line, from its stretch to its JPEG quality, before a pixel is made."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from munja.data.synth.recipe import Shape


@dataclass(slots=True)
class Look:
    """Everything that makes one rendering of a line differ from another; lengths are shares of the crop's height."""

    native_height: int  # pixels of the crop before it is resized to the reader's height
    stretch: float
    tracking: float  # share of the height of a capital
    blank: float  # factor on the width of blanks
    gap: float  # an extra gap at one blank, in heights of a capital
    tight: bool
    top: float
    bottom: float
    left: float
    right: float
    slant: float
    drop: float  # how far the right end lies below the left end
    turned: bool  # whether letters turn with the drop, as a camera held askew shows them, or stay upright
    taper: float
    bend: float
    bend_phase: float
    bend_waves: float
    wave: float  # amplitude of the baseline in heights of a capital
    jitter: float
    underline: bool
    rule: str  # "", or some of l r t b: sides that a table's rule stands at
    ring: str  # "", or ring, disc: the number of a form's field before the text
    spread: float  # 0: none; else how far the syllables of a title or label stand apart, in heights of a capital
    neighbours: str  # "", or some of a b: above, below
    pitch: float
    weight: int  # steps of dilation (> 0) or erosion (< 0) of the strokes
    dots: int  # 0: none; else the grid's pitch in atlas pixels
    round_dots: bool
    stencil: bool
    broken: float
    marks: float  # what is left of the ink of small marks, which a worn thermal head loses first; 1: all
    paper: float
    ink: float
    gain: float
    bias: float
    rough: bool
    paper_strength: float
    ink_strength: float
    light: tuple[float, float]
    streaks: float
    sigma: float
    blur: float
    motion: int
    photocopy: bool
    emboss: bool
    shadow: tuple[float, float, float]  # right and down, in heights of the crop, and its grey level; 0, 0: none
    sharpen: float
    moire: float
    jpeg: int  # 0: none


_SEVERE = ("low_resolution", "faded", "thin", "dots", "broken", "motion_blur", "focus_blur", "photocopy")


def draw_look(random: Random, shape: Shape, chances: Mapping[str, float]) -> Look:
    """A Look from the ranges and probabilities of a recipe."""

    def happens(name: str) -> bool:
        return random.random() < chances.get(name, 0.0)

    def asked(name: str) -> bool:
        """As `happens`, but without a draw where a recipe does not name the look: its lines stay as they were."""
        return name in chances and happens(name)

    # Of the looks that take strokes away two at most come together: what nobody can read teaches nothing.
    severe = [name for name in _SEVERE if happens(name)]
    severe = random.sample(severe, 2) if len(severe) > 2 else severe
    low = "low_resolution" in severe
    paper, ink = _levels(random, "faded" in severe, happens("texture") and random.random() < 0.6)
    if happens("inverse"):
        paper, ink = ink, paper
    contrast = abs(paper - ink)
    texture = happens("texture")
    bold = happens("dot_gain")
    curve = happens("curve")
    margins, neighbours = _surroundings(random, shape, happens)
    ring = random.choice(("ring", "ring", "disc")) if asked("ring") else ""
    if ring:
        margins["l"] = random.uniform(0.8, 1.25)  # at times a part of it lies outside
    uneven = happens("uneven_light")
    drop, turned, shadow = _drop(random, chances), random.random() < 0.7, _shadow(random, chances, paper, ink)
    return Look(
        native_height=random.randint(8, 13) if low else _native_height(random, shape.native_height),
        stretch=_stretch(random, shape.stretch),
        tracking=_tracking(random, shape.tracking),
        blank=random.uniform(0.6, 1.1) if random.random() < 0.3 else 1.0,
        gap=random.uniform(0.5, 3.0) if happens("gaps") else 0.0,
        tight=random.random() < shape.tight,
        top=margins["t"], bottom=margins["b"], left=margins["l"], right=margins["r"],
        slant=random.uniform(-0.35, 0.35) if happens("slant") else 0.0,
        drop=drop,
        turned=turned,
        taper=random.uniform(-0.35, 0.35) if happens("perspective") else 0.0,
        bend=random.uniform(0.03, 0.14) * random.choice((-1, 1)) if curve else 0.0,
        bend_phase=random.uniform(0.0, 2 * math.pi) if random.random() < 0.3 else 0.0,
        bend_waves=math.pi * random.choice((1.0, 1.0, 2.0, 3.0)),
        wave=random.uniform(0.03, 0.12) if happens("wave") else 0.0,
        jitter=random.uniform(0.01, 0.05) if random.random() < 0.08 else 0.0,
        underline=happens("underline"),
        rule="".join(side for side in "lrtb" if random.random() < 0.4) if happens("rule") else "",
        ring=ring,
        spread=math.exp(random.uniform(math.log(0.25), math.log(2.4))) if asked("spread") else 0.0,
        neighbours=neighbours,
        pitch=random.uniform(0.95, 1.2),
        weight=(random.choice((1, 1, 2, 3)) if bold else 0) - (1 if "thin" in severe else 0),
        dots=random.choice((2, 3, 3, 4, 4, 5)) if "dots" in severe else 0,
        round_dots=random.random() < 0.5,
        stencil=happens("stencil"),
        broken=random.uniform(0.1, 0.4) if "broken" in severe else 0.0,
        marks=random.uniform(0.0, 0.5) if random.random() < chances.get("faint_marks", 0.0) else 1.0,
        paper=paper, ink=ink,
        gain=random.uniform(0.85, 1.6) if random.random() < 0.6 else 1.0,
        bias=random.uniform(-0.12, 0.05) if random.random() < 0.5 else 0.0,
        rough=texture and random.random() < 0.6,
        paper_strength=random.uniform(0.05, 0.35 if contrast > 90 else 0.12) if texture else random.uniform(0.0, 0.05),
        ink_strength=random.uniform(0.001, 0.006) if random.random() < 0.35 else 0.0,
        light=(random.uniform(-60, 60), random.uniform(-30, 30)) if uneven else (0.0, 0.0),
        streaks=random.uniform(0.15, 0.6) if happens("streaks") else 0.0,
        sigma=min(abs(random.gauss(0.0, 6.0)) + (2.0 if low else 0.0), 0.14 * contrast) / 32.0,
        blur=random.uniform(0.4, 1.2) if "focus_blur" in severe else (0.4 if random.random() < 0.3 else 0.0),
        motion=random.choice((-2, 2, 3, 4)) if "motion_blur" in severe else 0,
        photocopy="photocopy" in severe,
        emboss=happens("emboss"),
        shadow=shadow,
        sharpen=random.uniform(0.4, 1.8) if happens("sharpen") else 0.0,
        moire=random.uniform(6.0, 20.0) if happens("moire") else 0.0,
        jpeg=random.randint(18, 85) if happens("jpeg") else 0,
    )  # fmt: skip


def _surroundings(random: Random, shape: Shape, happens: Callable[[str], bool]) -> tuple[dict[str, float], str]:
    """Margins at t, b, l and r in heights of the crop, below 0 where it is cut; which neighbours there are: a, b."""
    cut = random.choice("lrtb") if happens("cut") else ""
    margins = {
        side: _margin(random, shape.margin_vertical if side in "tb" else shape.margin_horizontal) for side in "tblr"
    }
    if cut:
        margins[cut] = -random.uniform(0.0, 0.05)
    neighbours = random.choice(("a", "b", "ab")) if happens("neighbours") else ""
    for side, edge in (("a", "t"), ("b", "b")):  # a fragment shows only where the crop reaches beyond its line
        if side in neighbours:
            margins[edge] = random.uniform(0.5, 1.0) * shape.margin_vertical[1]
    return margins, neighbours


def _drop(random: Random, chances: Mapping[str, float]) -> float:
    """A slight tilt of what was cut along its text, or the steep one of a box that stands upright around a sign."""
    if random.random() < chances.get("steep", 0.0):
        return random.uniform(0.15, 0.6) * random.choice((-1, 1))
    return random.gauss(0.0, 0.08) if random.random() < chances.get("tilt", 0.0) else 0.0


def _shadow(random: Random, chances: Mapping[str, float], paper: float, ink: float) -> tuple[float, float, float]:
    """A shadow or a second colour behind letters, of any grey that leaves them apart from it."""
    if random.random() >= chances.get("shadow", 0.0):
        return 0.0, 0.0, 0.0
    level = random.uniform(0, 255)
    if abs(level - ink) < 60:
        level = 255 - ink if abs(255 - 2 * ink) >= 60 else paper
    return random.uniform(0.03, 0.1) * random.choice((-1, 1)), random.uniform(0.02, 0.1), level


def _levels(random: Random, faded: bool, scene: bool) -> tuple[float, float]:
    """Paper and ink in grey levels: white or greyish paper, ink black to faded; anything goes in scenes."""
    if scene:
        paper = random.uniform(10, 250)
        room_up, room_down = 255 - paper, paper
        contrast = random.uniform(45, 140)
        up = random.random() < (0.5 if min(room_up, room_down) > contrast else float(room_up > room_down))
        return paper, min(255.0, max(0.0, paper + contrast if up else paper - contrast))
    paper = random.choice((255.0, random.uniform(243, 255), random.uniform(225, 253), random.uniform(150, 240)))
    if faded:
        return paper, paper - random.uniform(40, 120)
    dark = random.uniform(0, 70) if random.random() < 0.6 else random.uniform(40, 130)
    return paper, min(dark, paper - 70)


def _native_height(random: Random, bounds: tuple[float, float]) -> int:
    middle = math.log(math.sqrt(bounds[0] * bounds[1]))
    spread = math.log(bounds[1] / bounds[0]) / 3.6
    return round(min(max(math.exp(random.gauss(middle, spread)), bounds[0]), bounds[1]))


def _stretch(random: Random, bounds: tuple[float, float]) -> float:
    """Half of the lines near their natural width, half anywhere between the bounds, evenly in the logarithm."""
    if random.random() < 0.5:
        return min(max(math.exp(random.gauss(-0.03, 0.1)), bounds[0]), bounds[1])
    return math.exp(random.uniform(math.log(bounds[0]), math.log(bounds[1])))


def _tracking(random: Random, bounds: tuple[float, float]) -> float:
    if random.random() < 0.6:
        return min(max(random.gauss(0.0, 0.015), bounds[0]), bounds[1])
    return random.triangular(bounds[0], bounds[1], 0.0)


def _margin(random: Random, bounds: tuple[float, float]) -> float:
    return random.triangular(bounds[0], bounds[1], bounds[0] + 0.25 * (bounds[1] - bounds[0]))
