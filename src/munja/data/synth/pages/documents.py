"""Layouts of documents: letters, articles in columns, tables with rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from random import Random

import cv2

from munja.data.synth.pages import clutter
from munja.data.synth.pages.desk import COLUMN_GAP, Column, Desk, few_of
from munja.data.synth.pages.sheet import Sheet

INK = 255


def letter(sheet: Sheet, desk: Desk, random: Random) -> None:
    """Running text of one column with an address, a date, short lines, headings, lists, page numbers."""
    style = desk.style(random)
    x0, x1 = sheet.across(random, style.size * random.uniform(38, 75), -0.5, 0.25)
    column = Column(sheet, desk, random, style, x0, x1, 0.0, row_pitch(desk, random, 1.6, 2.7))
    column.y = sheet.top(-random.uniform(0, 2) * style.size)
    parts = (_address, paragraph, paragraph, paragraph, _heading, _list, facts, _gap)
    while not column.full:
        random.choice(parts)(column, random)
        column.down(random.choice((0, 0.5, 1.0, 1.0, 1.5)))


def article(sheet: Sheet, desk: Desk, random: Random) -> None:
    """Two to four columns of small print with headings, pictures and rules between them."""
    style = desk.style(random, size=max(5.0, 0.85 * desk.size))
    count = random.randint(2, 4)
    gutter = style.size * random.uniform(2.2, 4.5)
    wide = style.size * random.uniform(18, 34)
    x = random.uniform(-wide, 0.2 * wide)
    if sheet.area is not None:
        x, wide = sheet.area[0], (sheet.area[2] - sheet.area[0] - (count - 1) * gutter) / count
    pitch = row_pitch(desk, random, 1.5, 2.0)
    rule = random.random() < 0.2
    for _ in range(count):
        if x > sheet.side:
            break
        column = Column(sheet, desk, random, style, x, x + wide, 0.0, pitch)
        column.y = sheet.top(-random.uniform(0, 2) * style.size if random.random() < 0.8 else random.uniform(0, 150))
        while not column.full:
            random.choice((paragraph, paragraph, paragraph, paragraph, _heading, _picture))(column, random)
            column.down(random.choice((0, 0, 0.5, 1.0)))
        x += wide + gutter
        if rule:
            middle = round(x - 0.5 * gutter)
            cv2.line(sheet.mask, (middle, 0), (middle, sheet.side), INK, 1)


def row_pitch(desk: Desk, random: Random, low: float, high: float) -> float:
    """From row to row in capitals; syllables stand taller than capitals do."""
    return random.uniform(low, high) * (1.15 if desk.copy.korean else 1.0)


def paragraph(column: Column, random: Random) -> None:
    """Some rows of running text, often justified, with or without an indent."""
    copy, style = column.desk.copy, column.style
    room = column.x1 - column.x0
    length = column.characters()
    justified = random.random() < 0.5
    indent = random.choice((0.0, 0.0, 2.0, 3.5)) * style.size
    rows = random.randint(2, 10)
    for k in range(rows):
        start = column.x0 + (indent if k == 0 else 0.0)
        left = column.x1 - start
        last = k == rows - 1
        wanted = max(2, round(length * left / room * (random.uniform(0.2, 0.9) if last else 1.0)))
        if not column.shown:
            column.down()
            continue
        line = column.desk.typesetter.fitted(copy.running(random, wanted + 2), style, left)
        if line is not None and justified and not last:
            blanks = line.text.count(" ")
            spare = left - line.width
            if blanks and 0 < spare < 0.6 * style.size * blanks:  # wider gaps would part the line
                advance = 0.45 * style.size * style.stretch
                line = column.desk.typesetter.set(line.text, replace(style, blank=1 + spare / (blanks * advance)))
        if line is not None:
            column.sheet.write(line, start, column.baseline(), level=column.level)
        column.down()
        if column.full:
            return


def _heading(column: Column, random: Random) -> None:
    copy = column.desk.copy
    style = replace(column.larger(random.uniform(1.0, 2.2)), face=column.desk.face(random))
    align = random.choice("llc")
    for _ in range(random.choice((1, 1, 1, 2))):
        column.row(copy.words(random, random.randint(1, 6)), align=align, style=style)
    if random.random() < 0.2:
        y = round(column.y + 2)
        clutter.dashes(column.sheet.mask, random, round(column.x0), round(column.x1), y, INK, size=style.size)
        column.down(0.4)


def _address(column: Column, random: Random) -> None:
    x = random.choice((column.x0, column.x0, 0.55 * column.x0 + 0.45 * column.x1))
    for _ in range(random.randint(2, 6)):
        column.put(column.desk.copy.one(random, "address"), x, room=column.x1 - x)
        column.down()


def _list(column: Column, random: Random) -> None:
    indent = random.uniform(1.6, 2.8) * column.style.size
    marked = random.choice(("-", "*", "1", "a", "o", ""))
    for k in range(random.randint(2, 6)):
        mark = f"{k + 1}." if marked == "1" else f"{chr(97 + k)})" if marked == "a" else marked
        if indent > 2.2 * column.style.size:
            column.put(mark, column.x0, room=indent, labelled=marked not in ("-", "o", "*"))
            mark = ""
        text = f"{mark} {column.desk.copy.running(random, round(column.characters() * random.uniform(0.2, 0.9)))}"
        column.put(text, column.x0 + (indent if not mark else 0.0), room=column.x1 - column.x0 - indent)
        column.down()


def facts(column: Column, random: Random) -> None:
    """Names with values beside them, or titles with numbers of pages and leading dots between."""
    tab = random.uniform(7, 16) * column.style.size
    leaders = random.random() < 0.2
    for _ in range(random.randint(2, 7)):
        if leaders:  # a table of contents: dots lead to a number
            before = len(column.sheet.lines)
            number = column.put(str(random.randint(1, 400)), column.x1, align="r")
            room = column.x1 - column.x0 - 6 * column.style.size
            line = column.put(column.desk.copy.running(random, random.randint(8, 30)), column.x0, room=0.7 * room)
            column.sheet.in_rows(before)
            if line is not None and number is not None:
                start = column.x0 + line.width + column.style.size
                room = column.x1 - number.width - column.style.size - start
                dots = random.choice((".", ". ", "·")) * int(room / (0.3 * column.style.size))
                column.put(dots, start, room=max(1.0, room), labelled=False)
        else:
            column.put(column.desk.copy.one(random, "label"), column.x0, room=tab - COLUMN_GAP * column.style.size)
            column.put(column.desk.copy.one(random, "value"), column.x0 + tab)
        column.down()


def _gap(column: Column, random: Random) -> None:
    if random.random() < 0.4:
        x = random.uniform(column.x0, column.x1)
        clutter.scribble(column.sheet.mask, random, x, column.y, column.style.size * random.uniform(1.5, 4), INK)
    column.down(random.uniform(1, 7))


def _picture(column: Column, random: Random) -> None:
    wide, high = round(column.x1 - column.x0), round(random.uniform(3, 14) * column.style.size)
    x, y = round(column.x0), round(column.y)
    kind = random.choice((clutter.dot_screen, clutter.hatching, None))
    if kind is not None:
        kind(column.sheet.mask, random, x, y, wide, high, INK)
    else:
        clutter.blotch(column.sheet.mask, random, x, y, high, INK)
    column.y += high + column.style.size
    column.row(column.desk.copy.running(random, column.characters()), style=column.larger(0.8))


def table(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A table with all, some or no rules; numbers stand to the right, the first row may be dark."""
    style = desk.style(random)
    count = random.randint(2, 7)
    rules, thick = random.choice(("all", "all", "rows", "outer", "none")), random.choice((1, 1, 1, 2))
    pad = style.size * random.uniform(0.4 if rules == "all" else 0.5 * COLUMN_GAP, 1.6)
    kinds = [random.choice(("label", "value", "price", "price", "words", "count")) for _ in range(count)]
    widths = [
        style.size * (random.choice((1.5, 2, 3)) if kind == "count" else random.choice((4, 5, 6, 8, 12, 16))) + 2 * pad
        for kind in kinds
    ]
    x0, x1 = sheet.across(random, sum(widths), -0.4, 0.25)
    widths = [each * (x1 - x0) / sum(widths) for each in widths]
    edges = list(accumulate(widths, initial=x0))
    y, pitch = sheet.top(random.uniform(-0.2, 0.3) * sheet.side), row_pitch(desk, random, 1.55, 3.2)
    column = Column(sheet, desk, random, style, x0, edges[-1], y, pitch)
    if column.y > 4 * style.size:
        _heading(column, random)
    top = column.y
    shade = random.randint(20, 150) if random.random() < 0.25 else 0  # of a dark first row
    for k in range(random.randint(4, 30)):
        start = column.y
        column.level = 255 if k == 0 and 0 < shade < 110 else -1
        if k == 0 and shade:
            corner = round(edges[-1]), round(start + style.size * column.pitch)
            cv2.rectangle(sheet.ground, (round(x0), round(start)), corner, shade, -1)
        for left, right, kind in zip(edges[:-1], edges[1:], kinds, strict=True):
            if random.random() < 0.08:
                continue
            _cell(column, random, "label" if k == 0 else kind, left + pad, right - pad)
        column.down()
        if rules in ("all", "rows"):
            cv2.line(sheet.mask, (round(x0), round(start)), (round(edges[-1]), round(start)), INK, thick)
        if column.full:
            break
    _frame(sheet, edges, top, column.y, rules, thick)
    column.level = -1
    if not column.full:
        column.down()
        paragraph(column, random)


def _cell(column: Column, random: Random, kind: str, left: float, right: float) -> None:
    copy = column.desk.copy
    text = copy.words(random, 2) if kind == "words" else few_of(random) if kind == "count" else copy.one(random, kind)
    if kind in ("price", "count"):
        column.put(text, right, align="r", room=right - left)
    else:
        column.put(text, left, room=right - left)


def _frame(sheet: Sheet, edges: list[float], top: float, bottom: float, rules: str, thick: int) -> None:
    if rules == "none":
        return
    cv2.rectangle(sheet.mask, (round(edges[0]), round(top)), (round(edges[-1]), round(bottom)), INK, thick)
    if rules == "all":
        for edge in edges[1:-1]:
            cv2.line(sheet.mask, (round(edge), round(top)), (round(edge), round(bottom)), INK, thick)
