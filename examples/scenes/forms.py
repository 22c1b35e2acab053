"""Three small pages as a scanner puts them into one PDF: a covering letter, a form, a table of prices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.camera import OVERSAMPLE, Picture, view_by_turn
from scenes.fonts import font
from scenes.scanner import scan
from scenes.sheet import Sheet

WIDTH, HEIGHT = 875, 1250  # pixels of the picture: 437.5 x 625 point at DPI, a little more than A5
DPI = 144
S = OVERSAMPLE
LEFT, RIGHT = 80 * S, (WIDTH - 80) * S

LETTER = (
    "Dear neighbours,",
    "the joiner's workshop in the old fire station opens again on 1 September. There are twelve benches, a band saw, "
    "two lathes and, new this year, a drying room for boards.",
    "A place costs nothing but four hours of help a month. If you would like one, fill in the form on page 2 and put "
    "it into the letter box by 15 August. Page 3 lists what the store sells, at the price that we pay ourselves.",
    "With kind regards,",
)

CHOICES = (("Monday", False), ("Wednesday", True), ("Friday", False), ("Saturday", True))

ARTICLES = (
    ("1010", "Spruce board 18 x 95 mm", "metre", 185),
    ("1022", "Oak board 24 x 120 mm", "metre", 1240),
    ("1105", "Birch plywood 12 mm", "sheet", 2890),
    ("2003", "Wood screws 4 x 40", "box", 460),
    ("2017", "Brass hinges 60 mm", "pair", 375),
    ("2040", "Wood glue, white", "0.5 kg", 690),
    ("3001", "Sandpaper P120", "sheet", 55),
    ("3002", "Sandpaper P240", "sheet", 60),
    ("4012", "Linseed oil", "litre", 1115),
    ("4018", "Hard wax, clear", "375 ml", 1980),
)


def covering_letter(sheet: Sheet) -> None:
    """Page 1."""
    body = font("LiberationSerif-Regular", 24 * S)
    sheet.write("Eastmoor Workshop", LEFT, 118 * S, font("LiberationSans-Bold", 34 * S))
    sheet.write("12 Station Yard, Eastmoor", LEFT, 152 * S, font("LiberationSans-Regular", 18 * S))
    sheet.draw.rectangle((LEFT, 170 * S, RIGHT, 172 * S), fill="black")
    sheet.write("4 July 2025", RIGHT, 250 * S, body, align="right")
    sheet.write("A place at the bench", LEFT, 330 * S, font("LiberationSerif-Bold", 26 * S))
    y = 390.0 * S
    for paragraph in LETTER:
        y = sheet.write_paragraph(paragraph, LEFT, y, body, width=RIGHT - LEFT, leading=34 * S) + 22 * S
    sheet.write("Henrike Olsen, for the workshop", LEFT, y + 60 * S, body)
    _foot(sheet, 1)


def form(sheet: Sheet) -> None:
    """Page 2: filled in with a typewriter."""
    sheet.write("Application for a bench", LEFT, 118 * S, font("LiberationSans-Bold", 32 * S))
    sheet.write("Please type or use block letters.", LEFT, 154 * S, font("LiberationSans-Regular", 18 * S))
    half = (LEFT + RIGHT) // 2
    _field(sheet, "1 Family name", "MARCHETTI", (LEFT, 190, half, 276))
    _field(sheet, "2 Given names", "Rosa Elena", (half, 190, RIGHT, 276))
    _field(sheet, "3 Street and number", "31 Saddlers Row", (LEFT, 276, RIGHT, 362))
    _field(sheet, "4 Postcode", "EM4 7QT", (LEFT, 362, LEFT + 220 * S, 448))
    _field(sheet, "5 Town", "Eastmoor", (LEFT + 220 * S, 362, RIGHT, 448))
    _comb(sheet, "6 Date of birth", "14031988", 470)
    label, typed = font("LiberationSans-Regular", 17 * S), font("LiberationMono-Regular", 24 * S)
    sheet.write("7 Evenings that suit you", LEFT, 636 * S, label)
    for number, (day, chosen) in enumerate(CHOICES):
        x, y = LEFT + number * 180 * S, 656 * S
        sheet.draw.rectangle((x, y, x + 26 * S, y + 26 * S), outline="black", width=2 * S)
        if chosen:
            sheet.draw.line((x + 5 * S, y + 4 * S, x + 22 * S, y + 23 * S), fill="black", width=3 * S)
            sheet.draw.line((x + 22 * S, y + 3 * S, x + 4 * S, y + 22 * S), fill="black", width=3 * S)
        sheet.write(day, x + 38 * S, y + 21 * S, font("LiberationSans-Regular", 20 * S))
    sheet.write("8 What do you want to build?", LEFT, 744 * S, label)
    for number, row in enumerate(("A bookcase of oak, 2.10 m high,", "and a sledge before winter.", "")):
        y = (790 + 46 * number) * S
        if row:
            sheet.write(row, LEFT + 6 * S, y - 7 * S, typed)
        for x in range(LEFT, RIGHT, 8 * S):
            sheet.draw.rectangle((x, y, x + 3 * S, y + S), fill="black")
    sheet.draw.rectangle((LEFT, 1010 * S, LEFT + 280 * S, 1011 * S), fill="black")
    sheet.draw.rectangle((half + 40 * S, 1010 * S, RIGHT, 1011 * S), fill="black")
    sheet.write("20 July 2025", LEFT + 6 * S, 1002 * S, typed)
    sheet.write("Date", LEFT, 1034 * S, label)
    sheet.write("Signature", half + 40 * S, 1034 * S, label)
    _foot(sheet, 2)


def price_table(sheet: Sheet) -> None:
    """Page 3."""
    sheet.write("Prices of the store", LEFT, 118 * S, font("LiberationSans-Bold", 32 * S))
    sheet.write(
        "In euros, tax included. Valid from 1 September 2025.", LEFT, 154 * S, font("LiberationSans-Regular", 18 * S)
    )
    head, body = font("LiberationSans-Bold", 21 * S), font("LiberationSans-Regular", 21 * S)
    edges = (LEFT, LEFT + 92 * S, LEFT + 450 * S, LEFT + 565 * S, RIGHT)
    top, height = 196 * S, 58 * S
    bottom = top + height * (len(ARTICLES) + 1)
    sheet.draw.rectangle((LEFT, top, RIGHT, top + height), fill="#d8d8d8")
    rows = [("No.", "Article", "Unit", "Price"), *((*row[:3], f"{row[3] / 100:.2f}") for row in ARTICLES)]
    for number, row in enumerate(rows):
        y = top + number * height
        face = body if number else head
        for place, cell in enumerate(row):
            if place == len(row) - 1:
                sheet.write(cell, edges[-1] - 16 * S, y + 37 * S, face, align="right")
            else:
                sheet.write(cell, edges[place] + 14 * S, y + 37 * S, face)
        sheet.draw.line((LEFT, y, RIGHT, y), fill="black", width=(3 if number < 2 else 1) * S)
    sheet.draw.line((LEFT, bottom, RIGHT, bottom), fill="black", width=3 * S)
    for x in edges:
        sheet.draw.line((x, top, x, bottom), fill="black", width=S)
    note = "Cutting to length is free up to five cuts, then 0.50 each."
    sheet.write(note, LEFT, bottom + 50 * S, font("LiberationSerif-Italic", 22 * S))
    _foot(sheet, 3)


def _field(sheet: Sheet, label: str, value: str, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box[0], box[1] * S, box[2], box[3] * S
    sheet.draw.rectangle((left, top, right, bottom), outline="black", width=2 * S)
    sheet.write(label, left + 12 * S, top + 26 * S, font("LiberationSans-Regular", 17 * S))
    sheet.write(value, left + 16 * S, top + 66 * S, font("LiberationMono-Regular", 26 * S))


def _comb(sheet: Sheet, label: str, digits: str, top: int) -> None:
    """One box for each digit of a date, a gap after day and month; the truth is one line of three words."""
    sheet.write(label, LEFT, (top + 24) * S, font("LiberationSans-Regular", 17 * S))
    typed, cell = font("LiberationMono-Regular", 28 * S), 44 * S
    gap, upper, lower = 20 * S, (top + 38) * S, (top + 90) * S
    for place in range(len(digits)):
        x = LEFT + place * cell + (gap if place >= 2 else 0) + (gap if place >= 4 else 0)
        sheet.draw.rectangle((x, upper, x + cell, lower), outline="black", width=2 * S)
    advance = typed.getlength("0")
    tracking = cell - advance
    # A blank takes what the gap leaves over, such that each digit stands in the middle of its box.
    stretch = gap - advance
    date = f"{digits[:2]} {digits[2:4]} {digits[4:]}"
    sheet.write(date, LEFT + tracking / 2, upper + 36 * S, typed, tracking=tracking, stretch=stretch)


def _foot(sheet: Sheet, number: int) -> None:
    sheet.write(f"Page {number} of 3", RIGHT, 1180 * S, font("LiberationSans-Regular", 17 * S), align="right")


PAGES: tuple[tuple[Callable[[Sheet], None], float], ...] = ((covering_letter, 0.4), (form, -0.7), (price_table, 0.2))


def draw(seed: int) -> list[Picture]:
    """The three pages, 875 x 1250 each, turned by less than a degree."""
    pictures: list[Picture] = []
    for index, (fill, degrees) in enumerate(PAGES):
        generator = np.random.default_rng(seed + index)
        sheet = Sheet(WIDTH * S, HEIGHT * S)
        fill(sheet)
        view = view_by_turn(sheet.image.size, WIDTH, HEIGHT, degrees=degrees, scale=1 / S)
        pixels = scan(sheet, view, generator, white=248.0, grain=1.0, wear=0.03, step=1)
        pictures.append(Picture(pixels, view.page(sheet.lines, source="pages.pdf", index=index, dpi=float(DPI))))
    return pictures
