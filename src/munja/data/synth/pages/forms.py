"""Layouts of forms and registration certificates: boxed fields, rules to write on, boxes to tick, seals."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import cv2

from munja.data.synth.pages import clutter
from munja.data.synth.pages.desk import Column, Desk, letter_spaced
from munja.data.synth.pages.documents import INK, facts, paragraph, row_pitch
from munja.data.synth.pages.sheet import Sheet, Style


def form(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A form or registration certificate: a letter-spaced title, boxed fields with small labels, a stamp."""
    style = desk.style(random)
    x0, x1 = sheet.across(random, style.size * random.uniform(32, 60), -0.3, 0.12)
    top, pitch = sheet.top(random.uniform(-0.1, 0.1) * sheet.side), row_pitch(desk, random, 1.7, 3.0)
    column = Column(sheet, desk, random, style, x0, x1, top, pitch)
    if random.random() < 0.15:
        clutter.guilloche(sheet.ground, random, max(0, int(sheet.ground[0, 0]) - random.randint(15, 60)))
    if random.random() < 0.7:
        size = style.size * random.uniform(1.3, 2.6)
        title = Style(desk.face(random), size, 1.0, random.uniform(0.2, 1.4))
        column.row(letter_spaced(random, desk.copy.korean), align="c", style=title)
        column.down(0.8)
    for _ in range(random.randint(0, 3)):
        column.row(desk.copy.one(random, "value"), align=random.choice("lcr"))
    while not column.full:
        random.choice((_fields, _fields, _lines_to_fill, _boxes, paragraph, facts))(column, random)
        column.down(random.choice((0, 0.4, 1.0)))
    if random.random() < 0.6:
        _stamp(column, random)


def _fields(column: Column, random: Random) -> None:
    sheet, style, copy = column.sheet, column.style, column.desk.copy
    small = column.larger(random.uniform(0.6, 1.0))
    above = random.random() < 0.4
    for _ in range(random.randint(2, 6)):
        high = style.size * (column.pitch * (1.7 if above else 1.0) + random.uniform(0, 1))
        cuts = sorted(random.uniform(0.15, 0.85) for _ in range(random.choice((0, 1, 1, 2, 3))))
        edges = [column.x0 + t * (column.x1 - column.x0) for t in (0.0, *cuts, 1.0)]
        top = column.y
        for k, (left, right) in enumerate(pairwise(edges)):
            corner = (round(left), round(top)), (round(right), round(top + high))
            if random.random() < 0.06:
                cv2.rectangle(sheet.ground, *corner, max(0, int(sheet.ground[0, 0]) - random.randint(15, 75)), -1)
            cv2.rectangle(sheet.mask, *corner, INK, 1)
            pad = 0.6 * style.size
            if right - left < 4 * style.size:
                continue
            if above:
                column.y = top - 0.3 * style.size
                column.put(copy.one(random, "label"), left + pad, room=right - left - 2 * pad, style=small)
                column.y = top + 0.75 * column.pitch * style.size
            else:
                column.y = top + 0.5 * (high - column.pitch * style.size)
            role = "label" if not above and k % 2 == 0 else "value"
            if random.random() < 0.85:
                column.put(copy.one(random, role), left + pad, room=right - left - 2 * pad)
        column.y = top + high
        if column.full:
            return


def _lines_to_fill(column: Column, random: Random) -> None:
    for _ in range(random.randint(1, 5)):
        line = column.put(column.desk.copy.one(random, "label"), column.x0, room=0.4 * (column.x1 - column.x0))
        start = column.x0 + (line.width if line else 0.0) + column.style.size
        base = round(column.baseline() + 0.15 * column.style.size)
        if random.random() < 0.7:
            cv2.line(column.sheet.mask, (round(start), base), (round(column.x1), base), INK, 1)
        if random.random() < 0.4:
            column.put(column.desk.copy.one(random, "value"), start + 2 * column.style.size, room=column.x1 - start)
        elif random.random() < 0.3:
            clutter.scribble(column.sheet.mask, random, start + 9, base - 5, column.style.size * 1.8, INK)
        column.down(1.2)


def _boxes(column: Column, random: Random) -> None:
    """Boxes to tick with their texts, or a row of empty boxes for single letters."""
    size = column.style.size
    side = round(size * random.uniform(0.9, 1.4))
    if random.random() < 0.4:
        y = round(column.y)
        for k in range(random.randint(4, 16)):
            x = round(column.x0) + k * (side + random.choice((0, 0, 2)))
            cv2.rectangle(column.sheet.mask, (x, y), (x + side, y + side), INK, 1)
        column.down(1.3)
        return
    for _ in range(random.randint(2, 5)):
        x, y = round(column.x0), round(column.baseline() - 0.95 * side)
        cv2.rectangle(column.sheet.mask, (x, y), (x + side, y + side), INK, 1)
        if random.random() < 0.4:
            clutter.scribble(column.sheet.mask, random, x + 0.3 * side, y + 0.5 * side, 0.4 * side, INK)
        column.put(column.desk.copy.running(random, random.randint(4, 40)), x + side + 0.7 * size)
        column.down()


def _stamp(column: Column, random: Random) -> None:
    """A seal, over the text or beside it; its text may be read or not, so it is labelled to be ignored."""
    size, sheet = column.style.size, column.sheet
    side = round(size * random.uniform(3.5, 9))
    x, y = random.randint(0, sheet.side), random.randint(0, sheet.side)
    level = random.randint(70, 150)
    clutter.seal(sheet.ground, random, x, y, side, level)
    style = Style(column.desk.face(random), 0.22 * side)
    for k in range(random.choice((1, 2, 2))):
        line = column.desk.typesetter.fitted(column.desk.copy.words(random, 1), style, 0.7 * side)
        if line is not None:
            left = x + 0.5 * (side - line.width)
            sheet.write(line, left, y + side * (0.45 + 0.3 * k), level=level, ignore=True)
