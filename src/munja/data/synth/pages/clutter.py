"""Things on pages that resemble text and are none: codes, rules, hatching, logos, icons, scribbles, stamps, stains.

None of them is labelled: a detector learns from them what text is not.
"""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.textures import cut_texture, textures

Picture = NDArray[np.uint8]


def barcode(canvas: Picture, random: Random, x: int, y: int, wide: int, high: int, level: int) -> None:
    """Bars of four widths."""
    unit = max(1, round(wide / random.randint(70, 130)))
    end = x + wide
    while x < end:
        bar = unit * random.choice((1, 1, 1, 2, 2, 3, 4))
        cv2.rectangle(canvas, (x, y), (min(x + bar, end) - 1, y + high), level, -1)
        x += bar + unit * random.choice((1, 1, 2, 2, 3))


def square_code(canvas: Picture, random: Random, x: int, y: int, side: int, level: int) -> None:
    """A QR or data matrix code: random modules, and in two of three cases QR's three finder squares."""
    modules = random.choice((14, 18, 21, 25, 29, 33))
    cells = np.random.default_rng(random.getrandbits(32)).random((modules, modules)) < 0.5
    if random.random() < 0.66:
        for row, column in ((0, 0), (0, modules - 7), (modules - 7, 0)):
            cells[row : row + 7, column : column + 7] = True
            cells[row + 1 : row + 6, column + 1 : column + 6] = False
            cells[row + 2 : row + 5, column + 2 : column + 5] = True
    else:
        cells[:, 0], cells[-1] = True, True
    drawn = cv2.resize(cells.astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
    _cover(canvas, np.asarray(drawn, np.uint8), x, y, level)


def _cover(canvas: Picture, stencil: Picture, x: int, y: int, level: int) -> None:
    rows, columns = canvas.shape
    top, left = max(0, -y), max(0, -x)
    part = stencil[top : max(top, rows - y), left : max(left, columns - x)]
    if part.size:
        target = canvas[max(0, y) : max(0, y) + part.shape[0], max(0, x) : max(0, x) + part.shape[1]]
        target[part > 0] = level


def hatching(canvas: Picture, random: Random, x: int, y: int, wide: int, high: int, level: int) -> None:
    """Parallel lines, or a grid of them, in a rectangle."""
    pitch = random.randint(4, 14)
    angle = random.choice((0.0, 0.0, 90.0, 90.0, 45.0, -45.0, random.uniform(-90, 90)))
    along = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    across = np.array([-along[1], along[0]])
    middle, reach = np.array([wide / 2, high / 2]), math.hypot(wide, high) / 2
    block = np.zeros((high, wide), np.uint8)
    thick = random.choice((1, 1, 2, max(1, pitch // 2)))
    for turn in range(random.choice((1, 1, 2))):
        a, b = (along, across) if turn == 0 else (across, along)
        for step in range(int(-reach / pitch), int(reach / pitch) + 1):
            ends = middle + step * pitch * b
            p, q = np.rint(ends - reach * a).astype(int), np.rint(ends + reach * a).astype(int)
            cv2.line(block, p.tolist(), q.tolist(), 1, thick)
    _cover(canvas, block, x, y, level)


def dashes(canvas: Picture, random: Random, x0: int, x1: int, y: int, level: int, *, size: float) -> None:
    """A separator: a solid, double, dashed or dotted rule."""
    thick = max(1, round(size * random.uniform(0.06, 0.2)))
    kind = random.randrange(4)
    if kind < 2:
        cv2.line(canvas, (x0, y), (x1, y), level, thick)
        if kind == 1:
            cv2.line(canvas, (x0, y + 2 * thick + 1), (x1, y + 2 * thick + 1), level, thick)
        return
    long = max(thick, round(size * random.uniform(0.1, 0.8)))
    gap = max(2, round(size * random.uniform(0.15, 0.6)))
    for x in range(x0, x1, long + gap):
        cv2.line(canvas, (x, y), (min(x1, x + long), y), level, thick)


def scribble(canvas: Picture, random: Random, x: float, y: float, size: float, level: int) -> None:
    """A stroke like handwriting or a signature: loops that go on to the right, or a tick, circle or cross."""
    kind = random.random()
    thick = max(1, round(size * random.uniform(0.04, 0.12)))
    if kind < 0.25:
        axes = (round(size * random.uniform(0.8, 3)), round(size * random.uniform(0.6, 1.6)))
        start = random.uniform(0, 360)
        centre = (round(x), round(y))
        cv2.ellipse(
            canvas, centre, axes, random.uniform(-20, 20), start, start + random.uniform(300, 380), level, thick
        )
        return
    count = random.randint(8, 40)
    phase, turn = random.uniform(0, 6.28), random.uniform(0.5, 1.3)
    points, across = [], random.uniform(0.12, 0.4) * size
    for k in range(count):
        swing = phase + turn * k + 0.8 * math.sin(0.7 * k)
        points.append(
            (
                x + across * k * 0.9 + 0.35 * size * math.cos(swing) * random.uniform(0.5, 1.2),
                y + 0.5 * size * math.sin(swing) * random.uniform(0.3, 1.5),
            )
        )
    smooth = _smooth(np.array(points))
    cv2.polylines(canvas, [np.rint(smooth * 8).astype(np.int32)], False, level, thick, cv2.LINE_AA, 3)


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chaikin's corner cutting, twice."""
    for _ in range(2):
        a, b = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.stack([a, b], axis=1).reshape(-1, 2)
    return points


def shape(canvas: Picture, random: Random, x: int, y: int, side: int, level: int) -> None:
    """An icon or a part of a logo: circles, polygons, arrows, stars, nested and with holes."""
    thick = random.choice((-1, -1, max(1, side // 12), max(1, side // 6)))
    kind = random.randrange(6)
    centre = (x + side // 2, y + side // 2)
    if kind == 0:
        cv2.circle(canvas, centre, max(1, side // 2), level, thick, cv2.LINE_AA)
    elif kind == 1:
        cv2.rectangle(canvas, (x, y), (x + side, y + max(2, round(side * random.uniform(0.3, 1.2)))), level, thick)
    elif kind == 2:
        cv2.ellipse(canvas, centre, (max(1, side // 2), max(1, side // 3)), random.uniform(0, 180), 0,
                    random.uniform(90, 360), level, abs(thick), cv2.LINE_AA)  # fmt: skip
    else:
        corners = random.randint(3, 10)
        start = random.uniform(0, 6.28)
        inner = random.choice((1.0, 0.5, 0.4, random.uniform(0.3, 1.0)))
        turn = [start + 2 * math.pi * k / corners for k in range(corners)]
        radius = [0.5 * side * (1.0 if k % 2 else inner) for k in range(corners)]
        points = [(centre[0] + r * math.cos(t), centre[1] + r * math.sin(t)) for t, r in zip(turn, radius, strict=True)]
        corner = np.rint(points).astype(np.int32)
        if thick < 0:
            cv2.fillPoly(canvas, [corner], level, cv2.LINE_AA)
        else:
            cv2.polylines(canvas, [corner], True, level, thick, cv2.LINE_AA)


def logo(canvas: Picture, random: Random, x: int, y: int, side: int, levels: tuple[int, int]) -> None:
    """Some shapes over one another in two grey levels."""
    for k in range(random.randint(2, 5)):
        small = max(4, round(side * random.uniform(0.3, 1.0)))
        shift = side - small
        shape(canvas, random, x + random.randint(0, shift), y + random.randint(0, shift), small, levels[k % 2])


def dot_screen(canvas: Picture, random: Random, x: int, y: int, wide: int, high: int, level: int) -> None:
    """A halftone picture: clouds printed in dots."""
    pitch = random.randint(3, 6)
    clouds = random.choice(textures().smooth)
    rows, columns = max(1, high // pitch), max(1, wide // pitch)
    cells = cut_texture(clouds, rows, columns, random.random(), random.random()).astype(np.float32)
    tone = cv2.resize(cells, (columns * pitch, rows * pitch), interpolation=cv2.INTER_LINEAR)
    centre = np.abs(np.arange(pitch) - (pitch - 1) / 2) / (pitch / 2)
    cell = np.add.outer(centre**2, centre**2) * 128
    screen = np.tile(cell, (rows, columns))
    _cover(canvas, (tone - 40 > screen).astype(np.uint8), x, y, level)


def blotch(canvas: Picture, random: Random, x: int, y: int, side: int, level: int) -> None:
    """A picture of high contrast as scans of photographs give: a texture cut at a level."""
    store = textures()
    texture = random.choice((*store.grains, *store.rough))
    piece = cut_texture(texture, side, max(4, round(side * random.uniform(0.6, 1.6))), random.random(), random.random())
    _cover(canvas, (piece > float(piece.mean()) + random.uniform(-4, 4)).astype(np.uint8), x, y, level)


def anything(canvas: Picture, random: Random, size: float, level: int) -> None:
    """One piece of clutter somewhere on the canvas; `size` is the height of a capital nearby."""
    side = canvas.shape[0]
    x, y = random.randint(-20, side), random.randint(-20, side)
    unit = max(6, round(size))
    kind = random.randrange(12)
    if kind == 0:
        barcode(canvas, random, x, y, unit * random.randint(6, 22), unit * random.randint(2, 6), level)
    elif kind == 1:
        square_code(canvas, random, x, y, unit * random.randint(4, 10), level)
    elif kind == 2:
        hatching(canvas, random, x, y, unit * random.randint(2, 16), unit * random.randint(2, 10), level)
    elif kind == 3:
        dashes(canvas, random, x, x + unit * random.randint(4, 40), y, level, size=size)
    elif kind == 4:
        logo(
            canvas, random, x, y, unit * random.randint(2, 9), (level, 255 - level if random.random() < 0.5 else level)
        )
    elif kind == 5:
        dot_screen(canvas, random, x, y, unit * random.randint(4, 20), unit * random.randint(4, 16), level)
    elif kind == 6:
        blotch(canvas, random, x, y, unit * random.randint(3, 14), level)
    elif kind == 7:
        for _ in range(random.randint(2, 7)):  # a row of icons
            shape(canvas, random, x, y, unit * random.randint(1, 2), level)
            x += round(unit * random.uniform(1.6, 3.5))
    elif kind == 8:
        for _ in range(random.randint(1, 25)):  # specks
            p = (x + random.randint(-8 * unit, 8 * unit), y + random.randint(-8 * unit, 8 * unit))
            cv2.circle(canvas, p, random.choice((0, 0, 1, 1, 2)), level, -1)
    elif kind == 9:
        cv2.line(
            canvas, (x, y), (random.randint(-20, side), random.randint(-20, side)), level, random.choice((1, 1, 2, 3))
        )
    elif kind == 10:
        scribble(canvas, random, x, y, size * random.uniform(1.0, 3.0), level)
    else:
        stain(canvas, random, x, y, round(size * random.uniform(2.0, 9.0)))


def stain(canvas: Picture, random: Random, x: int, y: int, radius: int) -> None:
    """The ring that a cup leaves, or a spot: darker than what lies around it by little."""
    column, row = min(max(x, 0), canvas.shape[1] - 1), min(max(y, 0), canvas.shape[0] - 1)
    level = max(0, int(canvas[row, column]) - random.randint(12, 70))
    axes = radius, max(1, round(radius * random.uniform(0.7, 1.0)))
    thick = random.choice((-1, max(1, radius // 10), max(1, radius // 5)))
    cv2.ellipse(canvas, (x, y), axes, random.uniform(0, 180), 0, random.uniform(200, 400), level, thick, cv2.LINE_AA)


def finger(canvas: Picture, random: Random, size: float) -> None:
    """A finger that reaches in from a side: a thick rounded stroke with a lighter nail."""
    side = canvas.shape[0]
    thick, level = round(size * random.uniform(2.0, 5.0)), random.randint(90, 220)
    along, reach = random.randint(0, side), random.randint(thick, thick * 4)
    tip = (reach, along + random.randint(-thick, thick))
    ends = [(-thick, along), tip]
    for shade, share in ((max(0, level - 50), 1.0), (level, 0.86), (min(255, level + 30), 0.4)):
        cv2.line(canvas, tip if share < 0.5 else ends[0], tip, shade, max(1, round(thick * share)), cv2.LINE_AA)
    if random.random() < 0.5:
        canvas[:] = canvas[:, ::-1].copy()


def guilloche(canvas: Picture, random: Random, level: int) -> None:
    """Fine interlaced waves over the whole sheet, as certificates and banknotes have them."""
    side = canvas.shape[0]
    x = np.arange(0, side + 8, 8, dtype=np.float64)
    swing, turns, pitch = random.uniform(4, 30), random.uniform(2, 9), random.uniform(9, 24)
    for k in range(int(side / pitch) + 2):
        for way in (1, -1):
            y = k * pitch + way * swing * np.sin(turns * 6.283 * x / side)
            cv2.polylines(canvas, [np.rint(np.stack([x, y], 1)).astype(np.int32)], False, level, 1, cv2.LINE_AA)


def seal(canvas: Picture, random: Random, x: int, y: int, side: int, level: int) -> None:
    """The outline of a seal or stamp: one or two rings or boxes; what is inside is drawn by who calls."""
    thick = max(1, side // 18)
    for inset in (0, 2 * thick + 1)[: random.choice((1, 2))]:
        if random.random() < 0.6:
            cv2.circle(canvas, (x + side // 2, y + side // 2), max(2, side // 2 - inset), level, thick, cv2.LINE_AA)
        else:
            cv2.rectangle(canvas, (x + inset, y + inset), (x + side - inset, y + side - inset), level, thick)
