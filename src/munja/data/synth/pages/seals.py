"""What certificates are protected with: fine patterns and emblems in the paper, seals and stamps over the print."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import cv2
import numpy as np

from munja.data.synth.pages import clutter
from munja.data.synth.pages.desk import Column
from munja.data.synth.pages.sheet import Sheet, Style


def watermark(sheet: Sheet, random: Random, size: float) -> None:
    """Waves, rosettes, an emblem or rows of small shapes in the paper, a little darker than it; or nothing."""
    paper = int(sheet.ground[0, 0])
    level = max(0, paper - random.randint(8, 55))
    kind = random.random()
    if kind < 0.2:
        clutter.guilloche(sheet.ground, random, level)
    elif kind < 0.35:
        for _ in range(random.choice((1, 1, 2))):
            _rosette(sheet, random, level, size)
    elif kind < 0.5:
        side = round(size * random.uniform(10, 26))
        x, y = random.randint(0, sheet.side), random.randint(0, sheet.side)
        clutter.logo(sheet.ground, random, x - side // 2, y - side // 2, side, (level, max(0, level - 12)))
    elif kind < 0.6:
        step = round(size * random.uniform(5, 11))
        for y in range(0, sheet.side, step):
            for x in range(0, sheet.side, step):
                cv2.circle(sheet.ground, (x, y), max(1, step // 5), level, 1, cv2.LINE_AA)
    elif kind < 0.68:
        sheet.ground[:: random.randint(3, 6)] = level


def _rosette(sheet: Sheet, random: Random, level: int, size: float) -> None:
    x, y = random.uniform(0, sheet.side), random.uniform(0, sheet.side)
    reach, petals = size * random.uniform(8, 20), random.randint(5, 17)
    turn = np.linspace(0, 2 * math.pi, 120)
    for k in range(random.randint(3, 6)):
        radius = reach * (0.55 + 0.45 * np.cos(petals * turn + 0.5 * k)) * (1 - 0.1 * k)
        points = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], 1)
        cv2.polylines(sheet.ground, [np.rint(points).astype(np.int32)], True, level, 1, cv2.LINE_AA)


def office_seal(column: Column, random: Random, x: int, y: int, side: int) -> None:
    """A seal under or over the print: the text in it may be read or not, so it is labelled to be ignored."""
    sheet, desk = column.sheet, column.desk
    level = random.randint(80, 175)
    clutter.seal(sheet.ground, random, x, y, side, level)
    rows = random.choice((1, 2, 2, 3))
    style = replace(desk.style(random, size=0.62 * side / rows), stretch=random.uniform(0.7, 1.0))
    style = Style(style.face, style.size, style.stretch, 0.0)
    for k in range(rows):
        line = desk.typesetter.fitted(desk.copy.words(random, 1), style, 0.74 * side)
        if line is not None:
            base = y + side * (0.5 + 0.72 * ((k + 0.5) / rows - 0.5)) + 0.5 * style.size
            sheet.write(line, x + 0.5 * (side - line.width), base, level=level, ignore=True)
