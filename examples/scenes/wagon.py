"""The side of a rail wagon with its number, stencilled on old steel."""

from __future__ import annotations

import numpy as np
from PIL.ImageFont import FreeTypeFont

from scenes.camera import Floats, Picture, blur, expose, shrink, through_jpeg, view_by_corners
from scenes.fonts import font
from scenes.sheet import Sheet
from scenes.surfaces import cloud, noise, paint, ramp, relief

WIDTH, HEIGHT = 960, 640
SIDE = (2040, 1400)  # pixels of the flat side; a part of it is seen
DIGITS = "33807932123"
BRIDGED = "0689BDOPQRa"  # characters whose inner part would fall out of the stencil
SEAM = 300  # pixels: the upper edge of the sheet that overlaps the one above
RIVETS = tuple((x, SEAM + 46) for x in range(72, SIDE[0], 132)) + tuple((x, 1150) for x in range(72, SIDE[0], 132))


def check_digit(digits: str) -> int:
    """The last digit of a wagon number: every second digit doubled from the first on, all digits added (UIC 438-2)."""
    products = (int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(digits))
    return -sum(product // 10 + product % 10 for product in products) % 10


def wagon_number() -> str:
    """The number as it is written on the wagon: interchange, country, kind, running number, check digit."""
    d = DIGITS
    return f"{d[:2]} {d[2:4]} {d[4:8]} {d[8:]}-{check_digit(d)}"


def stencil(sheet: Sheet, text: str, x: float, y: float, face: FreeTypeFont) -> None:
    """Write text as a stencil does: with bridges that hold the inner parts of its characters."""
    sheet.write(text, x, y, face)
    for place, character in enumerate(text):
        if character not in BRIDGED:
            continue
        left, top, right, bottom = face.getbbox(character, anchor="ls")
        middle = x + face.getlength(text[:place]) + (left + right) / 2
        half = face.size * 0.022
        sheet.draw.rectangle((middle - half, y + top - 2, middle + half, y + bottom + 2), fill="white")


def cut_stencils() -> Sheet:
    """What is written on the side, black on white."""
    sheet = Sheet(*SIDE)
    stencil(sheet, wagon_number(), 330, 660, font("LiberationSans-Bold", 176))
    stencil(sheet, "D-MUNJA", 330, 850, font("LiberationSans-Bold", 120))
    stencil(sheet, "Zacns", 1130, 850, font("LiberationSans-Bold", 120))
    stencil(sheet, "24 350 kg", 330, 1030, font("LiberationSans-Bold", 96))
    stencil(sheet, "REV 11.06.24", 1130, 1030, font("LiberationSans-Bold", 96))
    return sheet


def shape(generator: np.random.Generator) -> Floats:
    """The height (H, W) of the side: two sheets that overlap, rivets, an upright rib, dents."""
    width, height = SIDE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    field = 10.0 * ramp(y, SEAM - 4.0, SEAM + 4.0)
    field += 34.0 * (ramp(x, 150.0, 176.0) - ramp(x, 262.0, 288.0))
    for column, row in RIVETS:
        distance = np.hypot(x - column, y - row)
        field = np.maximum(field, field + 24.0 * np.sqrt(np.clip(1.0 - (distance / 25.0) ** 2, 0.0, 1.0)))
    field += 3.0 * noise(generator, height, width, (420, 420)) + 0.5 * cloud(
        generator, height, width, (24, 24), octaves=3
    )
    return blur(field.astype(np.float32), 2.2)


def rust(generator: np.random.Generator) -> Floats:
    """How rusty each pixel (H, W) is, 0..1: patches, the seam, and what ran down from the rivets."""
    width, height = SIDE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    spots = cloud(generator, height, width, (260, 220), octaves=6)
    spots += 1.1 * np.exp(-(((y - SEAM) / 36.0) ** 2)) + 0.7 * np.exp(-(((x - 275) / 30.0) ** 2))
    field = ramp(spots, 1.35, 1.75)
    wet = 0.6 + 0.4 * noise(generator, height, width, (300, 7))
    for column, row in RIVETS:
        below = np.clip(y - row, 0.0, None)
        reach = generator.uniform(60, 240)
        run = np.exp(-(((x - column) / (11.0 + 0.03 * below)) ** 2)) * np.exp(-below / reach) * (y > row)
        ring = np.exp(-(((np.hypot(x - column, y - row) - 27.0) / 7.0) ** 2))
        field = np.maximum(field, np.clip(0.75 * run * wet + 0.6 * ring, 0.0, 1.0))
    return np.clip(field, 0.0, 1.0).astype(np.float32)


def paint_side(sheet: Sheet, generator: np.random.Generator) -> Floats:
    """The lit side (H, W, 3) with its writing."""
    width, height = SIDE
    side = np.empty((height, width, 3), np.float32)
    side[:] = (104, 50, 40)
    side *= (1.0 + 0.07 * cloud(generator, height, width, (500, 380)))[..., None]
    # The sun has bleached the paint in upright stripes, as rain runs.
    stripes = noise(generator, height, width, (900, 26)) + 0.6 * noise(generator, height, width, (500, 90))
    side = paint(side, (142, 92, 78), 0.45 * ramp(stripes, 0.2, 2.4))
    letters = 1.0 - np.asarray(sheet.image.convert("L")).astype(np.float32) / 255.0
    rusty = rust(generator)
    flakes = cloud(generator, height, width, (70, 60), octaves=5)
    worn = ramp(flakes + 1.2 * rusty, 1.8, 2.2)
    spray = np.clip(0.88 * blur(letters, 1.6) + 0.10 * blur(letters, 9.0), 0.0, 1.0)
    spray *= (1.0 - 0.85 * worn) * (0.94 + 0.04 * noise(generator, height, width, (8, 8)))
    side = paint(side, (224, 219, 205), spray)
    grit = 1.0 + 0.13 * cloud(generator, height, width, (14, 14), octaves=3)
    orange = np.array((134, 72, 36), np.float32) * grit[..., None]
    side += (orange - side) * (0.88 * rusty * (1.0 - 0.6 * letters))[..., None]
    soot = ramp(noise(generator, height, width, (800, 14)) + noise(generator, height, width, (600, 60)), 0.6, 3.0)
    side = paint(side, (40, 32, 28), 0.40 * soot)
    return (side * relief(shape(generator), depth=0.55, gloss=0.10)[..., None]).astype(np.float32)


def draw(seed: int) -> Picture:
    """The wagon side, 960 x 640."""
    generator = np.random.default_rng(seed)
    sheet = cut_stencils()
    side = paint_side(sheet, generator)
    corners = ((-38, -34), (1010, -6), (996, 668), (-30, 690))
    view = view_by_corners(SIDE, corners, WIDTH, HEIGHT)
    photo = shrink(view.capture(side))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = 1.12 - 0.35 * np.hypot(x / WIDTH - 0.4, y / HEIGHT - 0.35) ** 1.5
    pixels = expose(blur((photo * light[..., None]).astype(np.float32), 0.7), generator, grain=0.9)
    return Picture(through_jpeg(pixels, 88), view.page(sheet.lines, source="wagon_code.png"))
