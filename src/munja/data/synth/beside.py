"""What a crop shows beside the text of its line: an underline, rules of a table, the ringed number of a field."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.atlas import CAPITAL
from munja.data.synth.looks import Look


@dataclass(frozen=True, slots=True)
class Room:
    """Where the ink of a line lies on its canvas and where the crop begins and ends, in pixels of the canvas."""

    left: int
    right: int
    top: int
    bottom: int
    base: int
    edge_left: float
    edge_right: float


def draw_beside(canvas: NDArray[np.uint8], room: Room, look: Look, random: Random) -> None:
    """Draw what a look asks for beside the text into the canvas (H, W) of ink; nothing of it is labelled."""
    strength = random.randint(120, 255)
    thick = random.randint(1, 3)
    if look.underline:
        row = room.base + random.randint(3, 8)
        canvas[row : row + thick] = np.maximum(canvas[row : row + thick], strength)
    for side in look.rule:
        gap = random.randint(2, 6)
        if side == "l" and room.left - room.edge_left > gap + thick:
            canvas[:, room.left - gap - thick : room.left - gap] = strength
        elif side == "r" and room.edge_right - room.right > gap + thick:
            canvas[:, room.right + gap : room.right + gap + thick] = strength
        elif side == "t" and room.top - gap - thick > 0:
            canvas[room.top - gap - thick : room.top - gap] = strength
        elif side == "b":
            canvas[room.bottom + gap : room.bottom + gap + thick] = strength
    if look.ring:
        _ring(canvas, room, look, random)


def _ring(canvas: NDArray[np.uint8], room: Room, look: Look, random: Random) -> None:
    """A number in a ring or a disc before the text, as fields of forms have it; text of forms is read without it."""
    high = random.uniform(0.5, 0.75) * CAPITAL
    wide = max(3.0, high / look.stretch)  # the line is narrowed or widened as a whole, but rings are round
    centre = round(room.left - random.uniform(0.15, 0.45) * CAPITAL - wide), room.base - CAPITAL // 2
    disc = look.ring == "disc"
    ink = random.randint(170, 255)
    cv2.ellipse(canvas, centre, (round(wide), round(high)), 0, 0, 360, ink, -1 if disc else random.choice((1, 2, 3)))
    number = str(random.randint(1, 40))
    scale = high / (16.0 if len(number) == 1 else 22.0)
    (across, tall), _ = cv2.getTextSize(number, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    at = centre[0] - across // 2, centre[1] + tall // 2
    cv2.putText(canvas, number, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 0 if disc else ink, 2, cv2.LINE_AA)
