"""A till receipt on a dark table: thermal print, once folded, photographed by hand."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from munja.core.page import Line
from scenes.camera import OVERSAMPLE, Floats, Picture, blur, expose, lay_over, shrink, through_jpeg, view_by_corners
from scenes.fonts import font
from scenes.sheet import Sheet
from scenes.surfaces import cloud, creases, noise, paint, ramp, relief, wood

DOT = 3  # pixels of the flat sheet per dot of the printer
PAPER = (448, 920)  # dots; a 58 mm roll at 8 dots per mm
MARGIN = 32  # dots

ITEMS = (
    (2, "Sourdough loaf", 550),
    (1, "Rye bread, sliced", 475),
    (3, "Butter croissant", 320),
    (1, "Cinnamon bun", 320),
    (2, "Flat white", 390),
    (1, "Oat milk extra", 60),
    (1, "Blackcurrant jam", 545),
)
TAX_PERCENT = 8
PAID = 5000
NUMBER = "204517000042"

# EAN-13: the bars of the digits 0 to 9, and how the first digit shows in the kind of the next six, odd or even.
EAN_ODD = (
    "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011",
)  # fmt: skip
EAN_KINDS = ("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO")


def money(cents: int) -> str:
    """Cents as the till prints them."""
    return f"{cents // 100}.{cents % 100:02d}"


def ean_check_digit(number: str) -> str:
    """The 13th digit of an EAN-13 number."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number))
    return str(-total % 10)


def ean_bars(number: str) -> str:
    """The 95 modules of an EAN-13 number, 1 for a bar."""
    left = ""
    for digit, kind in zip(number[1:7], EAN_KINDS[int(number[0])], strict=True):
        odd = EAN_ODD[int(digit)]
        left += odd if kind == "O" else _flip(odd)[::-1]
    right = "".join(_flip(EAN_ODD[int(digit)]) for digit in number[7:])
    return f"101{left}01010{right}101"


def _flip(bits: str) -> str:
    return bits.translate(str.maketrans("01", "10"))


def print_receipt() -> Sheet:
    """The receipt as dots of the printer, black on white."""
    width, height = PAPER
    sheet = Sheet(width, height, smooth=False)
    regular, bold = font("DejaVuSansMono", 20), font("DejaVuSansMono-Bold", 20)
    middle, left, right = width / 2, MARGIN, width - MARGIN
    sheet.write("QUILL & BARLEY", middle, 78, font("DejaVuSansMono-Bold", 38), align="centre")
    y = sheet.write_block(
        ("Bakery and coffee house", "14 Lantern Street, Eastmoor", "Tel. 555-0147"),
        middle, 116, regular, leading=28, align="centre",
    )  # fmt: skip

    def row(name: str, amount: str, face: str = "DejaVuSansMono", size: float = 20) -> None:
        sheet.write(name, left, y, font(face, size))
        sheet.write(amount, right, y, font(face, size), align="right")

    def rule() -> None:
        for x in range(left, right, 12):
            sheet.draw.rectangle((x, y - 10, x + 6, y - 9), fill="black")

    y += 14
    row("Fri 14 Mar 2025", "08:26")
    y += 28
    row("Receipt 00042", "Till 3")
    y += 28
    rule()
    for count, name, cents in ITEMS:
        y += 30
        row(f"{count} {name}", money(count * cents))
    y += 32
    rule()
    subtotal = sum(count * cents for count, _, cents in ITEMS)
    tax = round(subtotal * TAX_PERCENT / 100)
    y += 28
    row("Subtotal", money(subtotal))
    y += 28
    row(f"Tax {TAX_PERCENT}%", money(tax))
    y += 44
    row("TOTAL", f"${money(subtotal + tax)}", "DejaVuSansMono-Bold", 32)
    y += 40
    row("Cash", money(PAID))
    y += 28
    row("Change", money(PAID - subtotal - tax))
    y += 50
    sheet.write("Thank you, come again!", middle, y, bold, align="centre")
    _barcode(sheet, NUMBER + ean_check_digit(NUMBER), round(y) + 22)
    return sheet


def _barcode(sheet: Sheet, number: str, y: int) -> None:
    bars = ean_bars(number)
    x = (sheet.image.width - 3 * len(bars)) // 2
    for place, bar in enumerate(bars):
        if bar == "1":
            sheet.draw.rectangle((x + 3 * place, y, x + 3 * place + 2, y + 62), fill="black")
    sheet.write(number, sheet.image.width / 2, y + 88, font("DejaVuSansMono", 20), align="centre", tracking=3)


def thermal(sheet: Sheet, generator: np.random.Generator) -> Floats:
    """How black each pixel of the paper (H * DOT, W * DOT) is, 0..1: weak elements, uneven heat, missing dots."""
    dots = (np.asarray(sheet.image.convert("L")) < 128).astype(np.float32)
    height, width = dots.shape
    heat = 0.94 + 0.05 * noise(generator, height, width, (220, 160)) + 0.03 * noise(generator, height, 1, (3, 1))
    for column in generator.choice(np.arange(MARGIN, width - MARGIN), 5, replace=False):
        heat[:, column] *= generator.uniform(0.35, 0.7)
    heat *= 1.0 - 0.18 * ramp(noise(generator, height, width, (260, 200)), 0.6, 2.0)
    worse = ramp(noise(generator, height, width, (120, 90)), 0.9, 2.2)
    missing = generator.random((height, width)) < 0.012 + 0.05 * worse
    dots *= np.clip(heat, 0, 1) * ~missing
    large = cv2.resize(dots, (width * DOT, height * DOT), interpolation=cv2.INTER_NEAREST)
    return np.asarray(np.minimum(blur(large.astype(np.float32), 1.1) * 1.06, 1.0), np.float32)


def paper(sheet: Sheet, generator: np.random.Generator) -> Floats:
    """The printed paper as (H, W, 4): its colour in 0..255, 0 beside it, and how much of the table it hides, 0..1."""
    ink = thermal(sheet, generator)
    height, width = ink.shape
    base = np.empty((height, width, 3), np.float32)
    base[:] = (240, 237, 229)
    base *= (1.0 + 0.008 * cloud(generator, height, width, (500, 400)))[..., None]
    printed = paint(base, (47, 45, 54), ink * 0.95)
    light = relief(creases(generator, height, width, (0.36, 0.70), 9), depth=1.0)
    # The cutter of the till leaves teeth.
    cover = np.zeros((height, width), np.float32)
    top = [(x, 10 * (x // 15 % 2)) for x in range(0, width + 15, 15)]
    cv2.fillPoly(cover, [np.array(top + [(x, height - 1 - t) for x, t in top[::-1]], np.int32)], 1.0)
    return np.dstack([printed * (light * cover)[..., None], cover])


def draw(seed: int) -> Picture:
    """The receipt, 800 x 1200."""
    generator = np.random.default_rng(seed)
    width, height = 800, 1200
    sheet = print_receipt()
    flat = paper(sheet, generator)
    size = (flat.shape[1], flat.shape[0])
    corners = ((150, 34), (668, 58), (646, 1164), (104, 1150))
    view = view_by_corners(size, corners, width, height, bow=14.0)
    seen = view.capture(flat)
    table = blur(wood(generator, height * OVERSAMPLE, width * OVERSAMPLE), 2.4)
    photo = shrink(lay_over(table, seen, ((10, 9.0, 0.55), (26, 34.0, 0.40))))
    pixels = expose(blur(_lamp(photo), 0.55), generator, grain=1.2)
    lines = [_in_flat_pixels(line) for line in sheet.lines]
    return Picture(through_jpeg(pixels, 88), view.page(lines, source="receipt.png"))


def _in_flat_pixels(line: Line) -> Line:
    words = tuple(replace(word, polygon=tuple((x * DOT, y * DOT) for x, y in word.polygon)) for word in line.words)
    return replace(line, polygon=tuple((x * DOT, y * DOT) for x, y in line.polygon), words=words)


def _lamp(photo: Floats) -> Floats:
    """A warm lamp at the upper left: bright there, dim and cooler at the lower right."""
    height, width = photo.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.hypot((x / width - 0.30) * 0.8, y / height - 0.22)
    light = 1.05 - 0.30 * far**1.5
    tint = np.array((1.0, 0.985, 0.955), np.float32) + far[..., None] * np.array((-0.02, 0.0, 0.04), np.float32)
    return np.asarray(photo * light[..., None] * tint, np.float32)
