"""Layouts of receipts: a narrow column of headings, items with prices, totals, separators, codes."""

from __future__ import annotations

from random import Random

from munja.data.synth.pages import clutter
from munja.data.synth.pages.desk import COLUMN_GAP, Column, Desk, few_of
from munja.data.synth.pages.sheet import Sheet

INK = 255


def receipt(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A receipt that begins anywhere above the sheet and is as wide as 28 to 48 characters."""
    style = desk.style(random)
    characters = random.randint(28, 48)
    wide = characters * (1.0 if desk.copy.korean else 0.8) * style.size * style.stretch
    x0 = random.uniform(-0.45 * wide, sheet.side - 0.55 * wide)
    if random.random() < 0.35 and wide < sheet.side:
        x0 = random.uniform(0, sheet.side - wide)
    if sheet.area is not None:
        x0, wide = sheet.area[0], sheet.area[2] - sheet.area[0]
    pitch = random.uniform(1.35, 2.3) * (1.15 if desk.copy.korean else 1.0)
    column = Column(sheet, desk, random, style, x0, x0 + wide, 0.0, pitch)
    column.y = -random.uniform(0, 3) * style.size
    if random.random() < 0.2:
        column.y = random.uniform(0, 0.4) * sheet.side
    column.y = sheet.top(column.y)
    section = random.randrange(5) if sheet.area is None else 0
    grid = _Grid(random, column)
    while not column.full:
        (_heading, _facts, grid.items, _totals, _ending)[section](column, random)
        if random.random() < 0.8:
            _separator(column, random)
        section = (section + 1) % 5 if section < 4 or random.random() < 0.3 else random.choice((1, 2, 3, 4))
        if section == 0 and (sheet.area is not None or random.random() < 0.6):
            break
        if sheet.area is None and random.random() < 0.03:
            break


def _separator(column: Column, random: Random) -> None:
    column.y += random.uniform(0.0, 0.6) * column.style.size
    kind = random.random()
    if kind < 0.4:
        mark = random.choice(("-", "-", "-", "=", "*", ".", "_", "- "))
        column.row(mark * (2 * column.characters()), labelled=False)
    elif kind < 0.85:
        y = round(column.y + 0.3 * column.style.size)
        clutter.dashes(column.sheet.mask, random, round(column.x0), round(column.x1), y, INK, size=column.style.size)
        column.down(0.6)
    else:
        column.down(random.uniform(0.3, 2.0))


def _heading(column: Column, random: Random) -> None:
    copy = column.desk.copy
    align = "c" if random.random() < 0.8 else "l"
    if random.random() < 0.25:
        side = round(column.style.size * random.uniform(3, 7))
        x = round(0.5 * (column.x0 + column.x1) - 0.5 * side)
        clutter.logo(column.sheet.mask, random, x, round(column.y), side, (INK, random.choice((0, 90, INK))))
        column.y += 1.1 * side
    title = column.larger(random.uniform(1.1, 2.4)) if random.random() < 0.6 else column.style
    for _ in range(random.choice((1, 1, 2))):
        column.row(copy.one(random, "heading"), align=align, style=title)
    for _ in range(random.randint(2, 6)):
        column.row(copy.one(random, "address"), align=align)
    if random.random() < 0.5:
        column.down(0.5)
        column.row(copy.one(random, "label").upper(), align=align, style=column.larger(random.uniform(1.0, 1.5)))


def _facts(column: Column, random: Random) -> None:
    copy, size = column.desk.copy, column.style.size
    tab = column.x0 + random.uniform(0.2, 0.45) * (column.x1 - column.x0)
    way = random.randrange(4)
    spread = copy.korean and random.random() < 0.4
    for _ in range(random.randint(2, 8)):
        label, value = copy.one(random, "label"), copy.one(random, "value")
        if way == 0:
            column.row(f"{label}: {value}")
        elif way == 1:
            column.pair(label, value)
        else:
            if spread and len(label) < 6:
                column.spread(label, column.x0, tab - COLUMN_GAP * size)
            else:
                column.put(label, column.x0, room=tab - column.x0 - COLUMN_GAP * size)
            colon = random.choice((": ", ":", "")) if way == 2 else ""
            column.put(colon + value, tab, room=column.x1 - tab)
            column.down()


def _totals(column: Column, random: Random) -> None:
    copy = column.desk.copy
    if random.random() < 0.5:  # labels right-aligned beside the prices
        price = column.x1
        label = column.x1 - random.uniform(5, 12) * column.style.size
        for _ in range(random.randint(2, 6)):
            style = column.larger(random.uniform(1.2, 2.0)) if random.random() < 0.2 else column.style
            before = len(column.sheet.lines)
            line = column.put(
                copy.one(random, "price"), price, align="r", room=0.4 * (column.x1 - column.x0), style=style
            )
            edge = min(label, price - (line.width if line else 0.0) - COLUMN_GAP * style.size)
            column.put(copy.one(random, "label"), edge, align="r", room=edge - column.x0, style=style)
            column.sheet.in_rows(before)
            column.down(1, style)
        return
    wide = random.uniform(4.0, 9.0) if copy.korean and random.random() < 0.4 else 0.0
    for _ in range(random.randint(2, 7)):
        style = column.larger(random.uniform(1.2, 2.2)) if random.random() < 0.2 else column.style
        name, before = copy.one(random, "label"), len(column.sheet.lines)
        if wide and len(name) < 6:
            column.spread(name, column.x0, column.x0 + wide * style.size, style=style)
            name = ""
        column.pair(name, copy.one(random, "price"), style=style)


def _ending(column: Column, random: Random) -> None:
    copy = column.desk.copy
    align = "c" if random.random() < 0.7 else "l"
    for _ in range(random.randint(1, 5)):
        if random.random() < 0.5:
            column.row(copy.running(random, round(column.characters() * random.uniform(0.4, 1.0))), align=align)
        else:
            column.row(copy.one(random, random.choice(("address", "mixed", "label"))), align=align)
    size, middle = column.style.size, 0.5 * (column.x0 + column.x1)
    if random.random() < 0.35:
        wide, high = round(random.uniform(0.4, 0.95) * (column.x1 - column.x0)), round(random.uniform(2.5, 6) * size)
        left = round(middle - 0.5 * wide)
        clutter.barcode(column.sheet.mask, random, left, round(column.y + size), wide, high, INK)
        column.y += high + 1.6 * size
        if random.random() < 0.7:
            column.row(copy.one(random, "value"), align="c")
    elif random.random() < 0.3:
        side = round(random.uniform(5, 11) * size)
        clutter.square_code(column.sheet.mask, random, round(middle - side / 2), round(column.y + size), side, INK)
        column.y += side + 2 * size
    column.down(random.uniform(0, 6))


class _Grid:
    """How the items of one receipt stand: their columns stay the same from row to row."""

    def __init__(self, random: Random, column: Column) -> None:
        self.way = random.randrange(4)
        # Columns of lone digits, one close below the other, are what a detector most easily joins the wrong way.
        self.counts = [random.random() < 0.45 for _ in range(random.randint(3, 6))]
        size, stretch = column.style.size, max(1.0, column.style.stretch)
        spare = random.uniform(0.0, 0.5) * size
        self.widths = [
            spare + size * stretch * (random.uniform(2.2, 4.0) if few else random.uniform(4.5, 7.5))
            for few in self.counts
        ]
        self.currency = random.choice(("", "", "", "RM", "$"))

    def items(self, column: Column, random: Random) -> None:
        """Some items; on some receipts below a row of headings."""
        copy, size = column.desk.copy, column.style.size
        if self.way >= 2 and random.random() < 0.7:
            self._cells(column, [copy.one(random, "label").split(" ")[0] for _ in self.counts], random)
            if random.random() < 0.5:
                clutter.dashes(
                    column.sheet.mask, random, round(column.x0), round(column.x1), round(column.y), INK, size=size
                )
                column.down(0.4)
        for _ in range(random.randint(2, 12)):
            price = copy.one(random, "price")
            if self.way == 0:
                column.pair(copy.one(random, "item"), price)
            elif self.way == 1:
                column.pair(f"{random.randint(1, 9)} {copy.one(random, 'item')}", self.currency + price)
                if random.random() < 0.5:
                    column.put(f"{random.randint(1, 9)} x {price}", column.x0 + 3 * size)
                    column.down()
            else:
                if self.way == 2:
                    column.row(copy.one(random, "item"))
                cells = [few_of(random) if few else copy.one(random, "price") for few in self.counts]
                self._cells(column, cells, random, "" if self.way == 2 else copy.one(random, "item"))
            if column.full:
                return

    def _cells(self, column: Column, texts: list[str], random: Random, first: str = "") -> None:
        """One row of numbers from the right, and what they belong to where room is left."""
        size, right, before = column.style.size, column.x1, len(column.sheet.lines)
        for wide, few, text in zip(self.widths, self.counts, texts, strict=True):
            room = wide - (1.2 if few else COLUMN_GAP) * size
            if room > 0.5 * size and right - wide > column.x0 and random.random() < 0.93:
                column.put(text, right, align="r", room=room)
            right -= wide
        if first and right - column.x0 > 4 * size:
            column.put(first, column.x0, room=right - column.x0)
        column.sheet.in_rows(before)
        column.down()
