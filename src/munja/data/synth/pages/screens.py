"""Layouts of screens: slides and phone screens."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import cv2

from munja.data.synth.pages import clutter
from munja.data.synth.pages.desk import Column, Desk
from munja.data.synth.pages.sheet import Sheet


def apart(random: Random, level: float, least: float) -> int:
    """A grey level at least so far from another one."""
    up, down = 255 - level - least, level - least
    if up > 0 and (down <= 0 or random.random() < up / (up + down)):
        return round(level + least + random.uniform(0.2, 1.0) * up)
    return round(max(0.0, level - least - random.uniform(0.0, 1.0) * max(down, 0.0)))


def slide(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A slide: a large title, lists, a bar, a chart of bars or boxes with arrows."""
    paper = random.choice((255, random.randint(200, 255), random.randint(5, 90)))
    sheet.ground[:] = paper
    ink = apart(random, paper, 110)
    style = desk.style(random, size=desk.size * random.uniform(1.0, 1.8))
    x0, x1 = sheet.across(random, sheet.side * random.uniform(0.7, 1.2), -0.2, 0.2)
    top, pitch = sheet.top(random.uniform(-0.1, 0.15) * sheet.side), random.uniform(1.6, 2.6)
    column = Column(sheet, desk, random, style, x0, x1, top, pitch, ink)
    bar = apart(random, paper, 60)
    if random.random() < 0.4:
        high = round(style.size * random.uniform(2.5, 6))
        y = max(0, round(column.y))
        cv2.rectangle(sheet.ground, (0, y), (sheet.side, y + high), bar, -1)
        column.level = apart(random, bar, 100)
    title = replace(column.larger(random.uniform(1.3, 2.6)), face=desk.face(random))
    column.row(desk.copy.words(random, random.randint(1, 5)), align=random.choice("llc"), style=title)
    column.level = ink
    column.down(random.uniform(0.5, 2.0))
    while not column.full:
        kind = random.random()
        if kind < 0.5:
            _bullets(column, random)
        elif kind < 0.75:
            _chart(column, random, bar)
        else:
            column.row(desk.copy.words(random, random.randint(1, 6)), align=random.choice("lcr"))
            column.down(random.uniform(0.3, 2.0))


def _bullets(column: Column, random: Random) -> None:
    size, mark = column.style.size, random.choice(("dot", "dash", "square", "none"))
    indent = random.uniform(1.2, 2.2) * size
    for _ in range(random.randint(2, 6)):
        x, y = round(column.x0 + 0.3 * size), round(column.baseline() - 0.4 * size)
        radius = max(1, round(0.16 * size))
        if mark == "dot":
            cv2.circle(column.sheet.ground, (x, y), radius, column.level, -1, cv2.LINE_AA)
        elif mark == "square":
            cv2.rectangle(column.sheet.ground, (x - radius, y - radius), (x + radius, y + radius), column.level, -1)
        elif mark == "dash":
            cv2.line(column.sheet.ground, (x - radius, y), (x + 2 * radius, y), column.level, max(1, radius // 2))
        text = column.desk.copy.running(random, round(column.characters() * random.uniform(0.2, 0.85)))
        column.put(text, column.x0 + indent)
        column.down()


def _chart(column: Column, random: Random, bar: int) -> None:
    """Bars with names under them, or boxes with a text and lines between them."""
    sheet, size = column.sheet, column.style.size
    count, high = random.randint(2, 6), round(random.uniform(4, 12) * size)
    step = (column.x1 - column.x0) / count
    bars = random.random() < 0.5
    small = column.larger(random.uniform(0.6, 0.9))
    top = column.y
    level = column.level
    for k in range(count):
        left = round(column.x0 + k * step)
        right = round(left + step * random.uniform(0.5, 0.85))
        if bars:
            tall = round(high * random.uniform(0.1, 1.0))
            cv2.rectangle(sheet.ground, (left, round(top + high - tall)), (right, round(top + high)), bar, -1)
            column.y = top + high
            column.put(column.desk.copy.words(random, 1), 0.5 * (left + right), align="c", room=0.9 * step, style=small)
        else:
            thick, middle = random.choice((-1, 1, 2)), round(top + high / 2)
            cv2.rectangle(sheet.ground, (left, round(top)), (right, round(top + high)), bar, thick)
            cv2.line(sheet.ground, (right, middle), (round(left + step), middle), level, 1)
            column.level = apart(random, bar, 90) if thick < 0 else level
            column.y = top + 0.5 * (high - column.pitch * small.size)
            room = right - left - 0.8 * size
            if room > 2 * size:
                column.put(column.desk.copy.words(random, 1), 0.5 * (left + right), align="c", room=room, style=small)
            column.level = level
    column.y = top + high
    column.down(2)


def phone(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A phone's screen: a bar with icons, rows with a picture and two texts, buttons, bubbles of a chat."""
    paper = random.choice((255, random.randint(225, 255), random.randint(5, 60)))
    sheet.ground[:] = paper
    ink = apart(random, paper, 130)
    faint = apart(random, paper, 60)
    style = desk.style(random)
    x0, x1 = sheet.across(random, style.size * random.uniform(26, 44), -0.2, 0.15)
    column = Column(sheet, desk, random, style, x0, x1, 0.0, random.uniform(1.6, 2.4), ink)
    column.y = sheet.top(random.uniform(-2, 2) * style.size)
    chat = random.random() < 0.35
    while not column.full:
        kind = random.random()
        if chat and kind < 0.8:
            _bubble(column, random, paper)
        elif kind < 0.5:
            _entry(column, random, faint)
        elif kind < 0.7:
            _buttons(column, random, paper)
        elif kind < 0.85:
            column.row(desk.copy.words(random, random.randint(1, 3)), style=column.larger(random.uniform(1.1, 1.8)))
        else:
            y = round(column.y)
            for k in range(random.randint(3, 6)):
                clutter.shape(
                    sheet.ground, random, round(column.x0 + k * 5 * style.size), y, round(1.8 * style.size), faint
                )
            column.down(1.6)
        column.down(random.uniform(0.2, 1.0))


def _entry(column: Column, random: Random, faint: int) -> None:
    size, sheet = column.style.size, column.sheet
    left, before = column.x0, len(sheet.lines)
    if random.random() < 0.7:
        side = round(3 * size)
        clutter.logo(sheet.ground, random, round(left), round(column.y), side, (faint, column.level))
        left += 4 * size
    level = column.level
    if random.random() < 0.5:
        column.put(column.desk.copy.one(random, random.choice(("price", "value"))), column.x1, align="r", room=7 * size)
    column.put(column.desk.copy.words(random, random.randint(1, 4)), left, room=column.x1 - left - 9 * size)
    sheet.in_rows(before)
    column.down()
    column.level = faint
    if random.random() < 0.7:
        column.put(column.desk.copy.one(random, "mixed"), left, room=column.x1 - left, style=column.larger(0.8))
        column.down()
    column.level = level
    if random.random() < 0.6:
        y = round(column.y + 0.3 * size)
        cv2.line(sheet.ground, (round(column.x0), y), (round(column.x1), y), faint, 1)


def _bubble(column: Column, random: Random, paper: int) -> None:
    size, level = column.style.size, column.level
    fill = apart(random, paper, 15)
    rows = random.randint(1, 4)
    wide = random.uniform(0.3, 0.75) * (column.x1 - column.x0)
    left = column.x0 if random.random() < 0.5 else column.x1 - wide
    corner = (
        (round(left), round(column.y - 0.5 * size)),
        (round(left + wide), round(column.y + (rows * column.pitch + 0.7) * size)),
    )
    cv2.rectangle(column.sheet.ground, *corner, fill, -1)
    column.level = apart(random, fill, 120)
    for _ in range(rows):
        column.put(
            column.desk.copy.running(random, max(4, column.characters() * 2 // 3)), left + size, room=wide - 2 * size
        )
        column.down()
    column.level = level
    column.down(0.6)


def _buttons(column: Column, random: Random, paper: int) -> None:
    size, level = column.style.size, column.level
    count = random.randint(1, 3)
    wide = (column.x1 - column.x0) / count
    for k in range(count):
        fill = apart(random, paper, 30)
        left, right = round(column.x0 + k * wide), round(column.x0 + (k + 0.92) * wide)
        corner = (left, round(column.y - 0.6 * size)), (right, round(column.y + (column.pitch + 0.6) * size))
        solid = random.random() < 0.7
        cv2.rectangle(column.sheet.ground, *corner, fill, -1 if solid else 1)
        column.level = apart(random, fill if solid else paper, 100)
        text = column.desk.copy.words(random, random.choice((1, 1, 2)))
        column.put(text, 0.5 * (left + right), align="c", room=right - left - size)
    column.level = level
    column.down(1.8)
