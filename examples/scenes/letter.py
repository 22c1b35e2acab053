"""A business letter that lay askew on the scanner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from munja.core.page import Line
from scenes.camera import OVERSAMPLE, Picture, view_by_turn
from scenes.fonts import font
from scenes.scanner import scan
from scenes.sheet import Sheet, rectangle

WIDTH, HEIGHT = 1000, 1400
SKEW = 4.0  # degrees, clockwise
S = OVERSAMPLE

PARAGRAPHS = (
    "Dear Ms. Lindqvist,",
    "Thank you for your order of 3 February. We are glad to confirm that both spectrometers left our works on Monday "
    "and will reach you on Thursday, 27 February, between 8 a.m. and noon. The driver will call you half an hour "
    "before he arrives.",
    "Each instrument travels in its own crate (84 x 62 x 55 cm, 38 kg). Please keep the crates upright and leave them "
    "closed for six hours, so that the optics can take on the temperature of the room. The keys to the transport "
    "locks are in the envelope that is taped below the lid.",
    "You asked whether the older calibration lamps fit the new holders. They do, with the adapter ring no. 4471-B, "
    "of which we have put two into the second crate at no charge.",
    "The invoice over 18,640.00 EUR follows by separate mail. Our terms are 30 days net, or 14 days less 2%. "
    "Should anything be missing or damaged, write to service@northfield.example within ten days.",
    "Yours sincerely,",
)  # fmt: skip


def typeset() -> Sheet:
    """The letter at twice the size of the picture."""
    sheet = Sheet(int(WIDTH * S * 0.985), int(HEIGHT * S * 0.99))
    left, right, width = 120 * S, sheet.image.width - 110 * S, sheet.image.width - 230 * S
    body, small = font("LiberationSerif-Regular", 20 * S), font("LiberationSans-Regular", 14.5 * S)
    sheet.draw.ellipse((left, 92 * S, left + 46 * S, 138 * S), outline="black", width=4 * S)
    sheet.draw.polygon([(left + 23 * S, 100 * S), (left + 31 * S, 124 * S), (left + 15 * S, 124 * S)], fill="black")
    sheet.write("NORTHFIELD INSTRUMENTS", left + 62 * S, 124 * S, font("LiberationSans-Bold", 30 * S))
    sheet.write("8 Foundry Walk, Brackenford", left, 178 * S, small)
    sheet.write("Tel. 01632 960 218", right, 178 * S, small, align="right")
    sheet.draw.rectangle((left, 190 * S, right, 191.5 * S), fill="black")
    address = ("Ms. Astrid Lindqvist", "Institute of Water Quality", "Quay Road 12", "4021 Havensund")
    y = sheet.write_block(address, left, 240 * S, body, leading=27 * S)
    sheet.write("Your reference: AL-0203", right, 240 * S, small, align="right")
    sheet.write("Our reference: 25/1187", right, 267 * S, small, align="right")
    sheet.write("24 February 2025", right, y + 20 * S, body, align="right")
    y += 62 * S
    sheet.write("Delivery of two spectrometers", left, y, font("LiberationSerif-Bold", 21 * S))
    y += 46 * S
    for paragraph in PARAGRAPHS:
        y = sheet.write_paragraph(paragraph, left, y, body, width=width, leading=27 * S) + 15 * S
    _sign(sheet, left + 8 * S, y + 22 * S)
    y += 84 * S
    sheet.write("Tobias Renner", left, y, body)
    sheet.write("Head of dispatch", left, y + 26 * S, body)
    sheet.write("Encl. delivery note, 2 pages", left, y + 76 * S, small)
    _footer(sheet, left, right)
    return sheet


def _footer(sheet: Sheet, left: float, right: float) -> None:
    small, y = font("LiberationSans-Regular", 13 * S), 1238 * S
    sheet.draw.rectangle((left, y - 22 * S, right, y - 21 * S), fill="black")
    columns = (
        ("Northfield Instruments Ltd", "Registered in Brackenford", "No. 00417 326"),
        ("Bank of Eastmoor", "Account 4400 1873 26", "Sort code 00-11-22"),
        ("Open Monday to Friday", "8 a.m. to 5 p.m.", "www.northfield.example"),
    )
    for number, rows in enumerate(columns):
        sheet.write_block(rows, left + number * (right - left) * 0.36, y, small, leading=20 * S)


def _sign(sheet: Sheet, x: float, y: float) -> None:
    """A signature that nobody can read, which the truth marks as a don't-care region."""
    t = np.linspace(0.0, 1.0, 600)
    along = 190 * t + 9 * np.sin(52 * t)
    height = (30 * np.exp(-4 * t) + 9 * np.exp(-(((t - 0.62) / 0.1) ** 2)) + 4) * np.sin(52 * t + 1.9) - 14 * t
    points = [(x + S * a, y + S * h) for a, h in zip(along, height, strict=True)]
    sheet.draw.line(points, fill="#303030", width=2 * S, joint="curve")
    left, top = min(a for a, _ in points), min(b for _, b in points)
    right, bottom = max(a for a, _ in points), max(b for _, b in points)
    sheet.lines.append(Line("", rectangle(left, top, right, bottom), ignore=True))


def draw(seed: int) -> Picture:
    """The letter, 1000 x 1400."""
    generator = np.random.default_rng(seed)
    sheet = typeset()
    view = view_by_turn(sheet.image.size, WIDTH, HEIGHT, degrees=SKEW, scale=1 / S)
    pixels = scan(sheet, view, generator, white=238.0, grain=2.3, wear=0.04, step=8)
    return Picture(pixels, replace(view.page(sheet.lines, source="rotated_scan.png"), angle=SKEW))
