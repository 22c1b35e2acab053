"""Layouts of scenes: labels on goods, signs on walls and photographs, and pictures without text."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import cv2

from munja.data.synth.pages import clutter
from munja.data.synth.pages.desk import Column, Desk
from munja.data.synth.pages.screens import apart
from munja.data.synth.pages.sheet import Sheet


def plate(sheet: Sheet, desk: Desk, random: Random, size: float) -> None:
    """A plate with one to seven lines of text somewhere on the sheet; or the text without a plate."""
    rows = random.choice((1, 1, 1, 2, 2, 3, 4, 7))
    style = replace(desk.style(random, size=size), stretch=random.uniform(0.75, 1.35))
    wide = size * random.choice((4, 6, 8, 12, 18)) * random.uniform(0.7, 1.3)
    pitch = random.uniform(1.4, 2.3)
    pad = size * random.uniform(0.3, 1.2)
    for _ in range(6):
        x0, y0 = random.uniform(-0.2 * wide, sheet.side - 0.6 * wide), random.uniform(-size, sheet.side - size)
        x1, y1 = x0 + wide, y0 + rows * pitch * size
        corner = (round(x0 - pad), round(y0 - pad)), (round(x1 + pad), round(y1 + pad))
        if not any(_covers(corner, each.box) for each in sheet.lines):
            break
    else:
        return
    part = sheet.ground[max(0, corner[0][1]) : max(1, corner[1][1]), max(0, corner[0][0]) : max(1, corner[1][0])]
    level = float(part.mean()) if part.size else 128.0
    bare = random.random() < 0.3 and part.size > 0 and float(part.std()) < 40  # on a patchwork no ink stands out
    if not bare:
        level = random.randint(5, 250)
        cv2.rectangle(sheet.ground, *corner, int(level), -1)
        if random.random() < 0.4:
            cv2.rectangle(sheet.ground, *corner, apart(random, level, 60), max(1, round(size * 0.08)))
    ink = apart(random, level, 95 if bare else random.uniform(55, 110))
    column = Column(sheet, desk, random, style, x0, x1, y0, pitch, ink)
    align = random.choice("lcc")
    bow = random.uniform(-0.35, 0.35) / wide if rows == 1 and random.random() < 0.25 else 0.0
    shaded = size * random.uniform(0.05, 0.12) if size > 14 and random.random() < 0.2 else 0.0
    for _ in range(rows):
        role = random.choice(("heading", "label", "mixed", "price", "value"))
        text = desk.copy.words(random, random.randint(1, 3)) if random.random() < 0.55 else desk.copy.one(random, role)
        if bow:
            line = desk.typesetter.fitted(text, style, wide)
            if line is not None:
                sheet.write(line, x0, column.baseline(), level=ink, bow=bow)
            return
        row = replace(style, size=size * random.choice((1, 1, 1, 0.6, 1.4))) if rows > 1 else style
        if shaded:
            place = column.y
            column.level = apart(random, ink, 60)
            column.x0, column.x1, column.y = x0 + shaded, x1 + shaded, place + shaded
            column.row(text, align=align, style=row, labelled=False)
            column.x0, column.x1, column.y, column.level = x0, x1, place, ink
        column.row(text, align=align, style=row)
    if not bare and random.random() < 0.3:
        clutter.logo(sheet.ground, random, round(x1), round(y0), round(2 * size), (ink, ink))


def _covers(corner: tuple[tuple[int, int], tuple[int, int]], box: tuple[float, float, float, float]) -> bool:
    """Whether a plate at these corners lies on any part of a box."""
    (x0, y0), (x1, y1) = corner
    return box[0] < x1 and box[2] > x0 and box[1] < y1 and box[3] > y0


def sign(sheet: Sheet, desk: Desk, random: Random) -> None:
    """Signs on a wall, a photograph or a texture: a few plates of different sizes."""
    for _ in range(random.choice((1, 2, 2, 3, 4, 6))):
        size = min(90.0, math.exp(random.gauss(math.log(16), 0.65)))
        plate(sheet, replace(desk, size=size), random, max(5.0, size))


def label(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A label of goods that fills the picture: bands, large and small print, codes, a table of contents."""
    paper = random.randint(10, 255)
    sheet.ground[:] = paper
    ink = apart(random, paper, 90)
    style = desk.style(random)
    column = Column(sheet, desk, random, style, random.uniform(-40, 60), sheet.side - random.uniform(-40, 60),
                    random.uniform(-20, 40), random.uniform(1.4, 2.0), ink)  # fmt: skip
    while not column.full:
        kind, size = random.random(), style.size
        if kind < 0.35:
            large = replace(column.larger(random.uniform(1.3, 5.0)), face=desk.face(random))
            column.row(desk.copy.words(random, random.randint(1, 3)), align=random.choice("lc"), style=large)
        elif kind < 0.6:
            align = random.choice("lc")
            for _ in range(random.randint(1, 7)):
                column.row(desk.copy.running(random, column.characters()), align=align)
        elif kind < 0.75:
            high = round(random.uniform(1, 6) * size)
            fill = apart(random, paper, 40)
            cv2.rectangle(sheet.ground, (0, round(column.y)), (sheet.side, round(column.y + high)), fill, -1)
            column.level = apart(random, fill, 90)
            if high > 2.2 * size:
                column.y += 0.5 * (high - column.pitch * size)
                column.row(desk.copy.one(random, "heading"), align="c")
                column.y += 0.5 * (high - column.pitch * size)
            else:
                column.y += high
            column.level = ink
        elif kind < 0.85:
            high, x = round(random.uniform(3, 8) * size), round(random.uniform(0.1, 0.7) * sheet.side)
            clutter.barcode(sheet.ground, random, x, round(column.y), round(12 * size), high, ink)
            column.y += high
            column.put(str(random.randrange(10**12, 10**13)), x)
            column.down()
        else:
            for _ in range(random.randint(2, 6)):
                column.pair(desk.copy.one(random, "label"), desk.copy.one(random, "value"))
        column.down(random.uniform(0.1, 1.2))


def nothing(sheet: Sheet, desk: Desk, random: Random) -> None:
    """No text at all, but much that resembles it."""
    level = apart(random, float(sheet.ground[sheet.side // 2, sheet.side // 2]), 60)
    for _ in range(random.randint(0, 9)):
        clutter.anything(sheet.ground, random, desk.size * random.uniform(0.7, 2.5), level)
