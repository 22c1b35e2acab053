"""Layouts of notices: a title, running text, names of fields with what they are, lists, a day and who gives notice."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import cv2

from munja.data.synth.pages import clutter
from munja.data.synth.pages.certificates import spread_title
from munja.data.synth.pages.desk import COLUMN_GAP, Column, Desk
from munja.data.synth.pages.documents import paragraph
from munja.data.synth.pages.seals import office_seal
from munja.data.synth.pages.sheet import Sheet
from munja.data.synth.vocabulary import words

INK = 255


def notice(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A notice as it hangs in halls and is sent to houses, in one column."""
    style = desk.style(random)
    x0, x1 = sheet.across(random, style.size * random.uniform(34, 65), -0.4, 0.2)
    pitch = random.uniform(1.8, 2.8) * (1.15 if desk.copy.korean else 1.0)
    column = Column(sheet, desk, random, style, x0, x1, sheet.top(random.uniform(-0.15, 0.1) * sheet.side), pitch)
    if sheet.area is not None or random.random() < 0.6:
        _title(column, random)
    while not column.full:
        random.choice((paragraph, paragraph, _facts, _facts, _list, _boxed))(column, random)
        column.down(random.choice((0.3, 0.6, 1.0)))
        if random.random() < 0.2 or column.y > 0.85 * sheet.bottom:
            _ending(column, random)
            if sheet.area is not None:
                return


def _title(column: Column, random: Random) -> None:
    copy = column.desk.copy
    size = column.style.size * random.uniform(1.6, 3.2)
    text = random.choice(words("korean_notices")) if copy.korean else copy.words(random, random.randint(1, 3))
    if copy.korean and random.random() < 0.5:
        text = f"{copy.words(random, 2)} {text}"
    top = column.y
    if len(text) < 9 and copy.korean:
        spread_title(column, random, text, size)
    else:
        column.row(text, align=random.choice("lcc"), style=replace(column.larger(size / column.style.size)))
    if random.random() < 0.3:
        corner = (round(column.x0), round(top)), (round(column.x1), round(column.y))
        cv2.rectangle(column.sheet.mask, *corner, INK, random.choice((1, 2)))
    elif random.random() < 0.4:
        y = round(column.y)
        clutter.dashes(column.sheet.mask, random, round(column.x0), round(column.x1), y, INK, size=column.style.size)
    column.down(random.uniform(0.3, 1.2))


def _facts(column: Column, random: Random) -> None:
    """Fields with their values, a colon before them; short names fill the width of the long ones."""
    size, copy = column.style.size, column.desk.copy
    wide = size * random.uniform(5, 9)
    mark = random.choice(("", "- ", "○ ", "■ ", "1. ", "* "))
    spread = random.random() < 0.5
    for k in range(random.randint(2, 6)):
        label, _, value = copy.of(random, "notice_facts").partition("\t")
        if not value:
            column.row(label)
            continue
        start = column.x0
        if mark:
            text = f"{k + 1}." if mark == "1. " else mark
            line = column.put(text, start, room=3 * size, labelled=mark == "1. ")
            start += (line.width if line else 0.0) + (COLUMN_GAP if mark == "1. " else 0.8) * size
        if spread and len(label) < 5:
            column.spread(label, start, start + wide)
        else:
            label = f"{label} :" if random.random() < 0.5 else label
            column.put(label, start, room=wide)
        begin = start + wide + COLUMN_GAP * size
        column.put(value, begin, room=column.x1 - begin)
        column.down()


def _list(column: Column, random: Random) -> None:
    """Sentences with a number or letter before each."""
    copy = column.desk.copy
    marks = random.choice(("123456", "가나다라마바", "ABCDEF"))
    close = random.choice((".", ")"))
    for mark in marks[: random.randint(2, 6)]:
        text = copy.of(random, "certificate_notes") if random.random() < 0.5 else copy.running(random, 30)
        column.row(f"{mark}{close} {text.lstrip('※*0123456789. ')}")
        if column.full:
            return


def _boxed(column: Column, random: Random) -> None:
    """A frame with a few lines in its middle."""
    top, copy = column.y, column.desk.copy
    column.down(0.3)
    for _ in range(random.randint(1, 3)):
        text = copy.of(random, "certificate_notes") if random.random() < 0.5 else copy.one(random, "address")
        column.row(text, align="c")
    column.down(0.3)
    corner = (round(column.x0), round(top)), (round(column.x1), round(column.y))
    cv2.rectangle(column.sheet.mask, *corner, INK, random.choice((1, 1, 2)))


def _ending(column: Column, random: Random) -> None:
    copy = column.desk.copy
    column.row(copy.of(random, "day") if copy.korean else copy.of(random, "dates"), align="c")
    column.down(random.uniform(0.2, 0.7))
    style = column.larger(random.uniform(1.2, 2.0), tracking=random.choice((0.0, 0.1, 0.4)))
    middle = 0.5 * (column.x0 + column.x1)
    line = column.put(
        random.choice(words("korean_offices" if copy.korean else "offices")), middle, align="c", style=style
    )
    if line is not None and random.random() < 0.4:
        side = round(style.size * random.uniform(2.0, 3.5))
        x = round(middle + 0.5 * line.width - random.uniform(0.0, 0.7) * side)
        office_seal(column, random, x, round(column.baseline(style) - 0.5 * style.size - 0.5 * side), side)
    column.down(1.3, style)
