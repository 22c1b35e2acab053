"""Layouts of registration certificates: a title set apart, numbered cells, small print, a name under a seal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

import cv2

from munja.data.synth import patterns
from munja.data.synth.pages import clutter
from munja.data.synth.pages.desk import Column, Desk
from munja.data.synth.pages.seals import office_seal, watermark
from munja.data.synth.pages.sheet import Sheet, Style
from munja.data.synth.vocabulary import words

INK = 255
_KOREAN_CELLS = ("vehicle_cells", "vehicle_cells", "business_cells", "business_cells", "machine_cells", "person_cells")


def certificate(sheet: Sheet, desk: Desk, random: Random) -> None:
    """A registration certificate: its own kind of paper, cells in the order of the form, sections, notes, a seal."""
    style = desk.style(random)
    if desk.copy.korean and random.random() < 0.6:  # forms are set narrow, so that an address fits into its cell
        style = replace(style, stretch=random.uniform(0.8, 0.98))
    x0, x1 = sheet.across(random, style.size * random.uniform(60, 115), -0.45, 0.15)
    pitch = random.uniform(1.6, 2.5) * (1.15 if desk.copy.korean else 1.0)
    column = Column(sheet, desk, random, style, x0, x1, sheet.top(random.uniform(-0.15, 0.1) * sheet.side), pitch)
    watermark(sheet, random, style.size)
    if random.random() < 0.3:
        _border(column, random)
    parts = _Parts(column, random)
    if sheet.area is not None or random.random() < 0.5:
        parts.heading()
    while not column.full:
        parts.cells()
        column.down(random.choice((0, 0, 0.3, 0.8)))
        for _ in range(random.choice((0, 1, 1, 2))):
            random.choice((parts.section, parts.section, parts.inspections, parts.notes))()
        if sheet.area is not None and column.y > 0.85 * sheet.bottom:
            break  # what would follow runs over the edge of the paper
        if random.random() < 0.5:
            parts.notes()
        if random.random() < 0.75:
            parts.ending()
        if random.random() < 0.7:
            parts.notes()
        column.down(random.uniform(0, 3))
        if sheet.area is not None and column.y > 0.8 * sheet.bottom:
            break


def spread_title(column: Column, random: Random, text: str, size: float) -> None:
    """A title in large letters that stand apart, in the middle of the column."""
    style = Style(column.desk.face(random), size, random.uniform(0.9, 1.1), 0.0)
    gaps = max(1, len(text) - 1)
    room = 0.92 * (column.x1 - column.x0)
    # Some titles have a blank between letters and others a gap as wide as two letters.
    most = min(random.choice((0.1, 0.4, 0.8, 1.2, 1.8, 2.4)), max(0.0, (room / size - 1.35 * len(text)) / gaps))
    column.row(text, align="c", style=replace(style, tracking=most))


class _Parts:
    """The parts of one certificate: how cells are ruled, labelled and numbered stays the same down the page."""

    def __init__(self, column: Column, random: Random) -> None:
        self.column, self.random = column, random
        copy = column.desk.copy
        drawn = patterns.kinds()[random.choice(_KOREAN_CELLS) if copy.korean else "certificate_cells"]
        start = 0 if column.sheet.area is not None else random.randrange(len(drawn))
        self.texts = self._in_order(drawn, start)
        self.way = random.choice(("beside", "beside", "beside", "above", "inline", "open"))
        self.number = random.choice(("disc", "ring", "ring", "plain", "")) if self.way != "open" else ""
        self.count = random.randint(1, 12)
        paper = int(column.sheet.ground[0, 0])
        self.shade = max(1, paper - random.randint(10, 60)) if random.random() < 0.35 else 0
        self.label = column.larger(random.uniform(0.7, 1.0))
        if random.random() < 0.4:
            self.label = replace(self.label, face=column.desk.face(random))
        self.spread = random.random() < 0.55  # short labels fill their cells
        self.thick = random.choice((1, 1, 1, 2))
        self.colon = random.choice((": ", ": ", ":", ""))
        self.share = random.uniform(0.16, 0.26)  # of a label of the width of the page

    def _in_order(self, drawn: tuple[patterns.Draw, ...], start: int) -> Iterator[tuple[str, str]]:
        k = start
        while True:
            if self.random.random() < 0.8:
                label, _, value = drawn[k % len(drawn)](self.random).partition("\t")
                yield label, value
            k += 1

    def heading(self) -> None:
        """Small print in the corners, the title, numbers under it."""
        column, random, copy = self.column, self.random, self.column.desk.copy
        small = column.larger(random.uniform(0.65, 0.9))
        for _ in range(random.choice((0, 1, 1, 2))):
            column.put(copy.of(random, "certificate_foot"), column.x0, room=0.6 * (column.x1 - column.x0), style=small)
            if random.random() < 0.3:
                text = copy.of(random, "certificate_foot")
                column.put(text, column.x1, align="r", room=0.3 * (column.x1 - column.x0), style=small)
            column.down(1, small)
        if random.random() < 0.25:
            side = round(column.style.size * random.uniform(4, 7))
            clutter.square_code(column.sheet.mask, random, round(column.x1 - side), round(column.y), side, INK)
        column.down(random.uniform(0.2, 1.0))
        title = random.choice(words("korean_certificate_titles" if copy.korean else "certificate_titles"))
        spread_title(column, random, title, column.style.size * random.uniform(1.7, 3.2))
        if random.random() < 0.3:
            text = f"({copy.of(random, 'certificate_sections').strip('[]')})"
            column.row(text, align="c", style=column.larger(random.uniform(0.9, 1.2)))
        for _ in range(random.choice((0, 1, 1, 2))):
            column.row(copy.of(random, "certificate_foot"), align=random.choice("lcr"))
        column.down(random.uniform(0.2, 0.8))

    def cells(self) -> None:
        """Rows of one to three cells each."""
        column, random = self.column, self.random
        size = column.style.size
        cuts = random.choice(((0.5,), (0.36, 0.7), (0.5,), (0.42, 0.75)))
        for _ in range(random.randint(3, 9)):
            if column.full:
                return
            high = size * column.pitch * (1.75 if self.way == "above" else 1.0) + random.uniform(0, 0.5) * size
            edges = (0.0, *cuts, 1.0) if random.random() < 0.62 else (0.0, 1.0)
            top, before = column.y, len(column.sheet.lines)
            for left, right in pairwise(column.x0 + t * (column.x1 - column.x0) for t in edges):
                self._cell(left, right, top, high)
            column.sheet.in_rows(before)
            column.y = top + high

    def _cell(self, left: float, right: float, top: float, high: float) -> None:
        column, random = self.column, self.random
        size, sheet = column.style.size, column.sheet
        label, value = next(self.texts)
        corner = (round(left), round(top)), (round(right), round(top + high))
        pad = 0.5 * size
        split = left + self.share * (column.x1 - column.x0) * (1.0 if right - left > 20 * size else 0.8)
        if self.shade and self.way == "beside":
            cv2.rectangle(sheet.ground, corner[0], (round(split), corner[1][1]), self.shade, -1)
        if self.way != "open":
            cv2.rectangle(sheet.mask, *corner, INK, self.thick)
        if self.way == "beside":
            cv2.line(sheet.mask, (round(split), corner[0][1]), (round(split), corner[1][1]), INK, 1)
        column.y = top if self.way == "above" else top + 0.5 * (high - column.pitch * self.label.size)
        start = self._number(left + 0.35 * size)
        room = (split if self.way in ("beside", "open") else right) - start - 0.4 * size
        if self.spread and self.way in ("beside", "open") and len(label) < 6:
            found = column.spread(label, start, start + room, style=self.label)
        else:
            found = column.put(label, start, room=room, style=self.label)
        if random.random() < 0.12:  # an empty cell
            return
        if self.way == "above":
            column.y = top + 0.75 * column.pitch * size
            column.put(value, left + pad, room=right - left - 2 * pad)
            return
        column.y = top + 0.5 * (high - column.pitch * size)
        if self.way == "inline":
            begin = start + (found.width if found else 0.0) + 1.8 * size
        else:
            begin = split + pad + (1.2 * size if self.way == "open" else 0.0)
            if self.way == "open" and self.colon:
                value = self.colon + value
        if right - begin > 4 * size:
            column.put(value, begin, room=right - begin - pad)

    def _number(self, x: float) -> float:
        """A small number before a label, in a disc or ring, no text to read, or plain; where the label begins."""
        column, size = self.column, self.label.size
        if not self.number:
            return x
        self.count = self.count % 40 + 1
        text = str(self.count)
        middle = column.baseline(self.label) - 0.5 * size
        if self.number == "plain":
            line = column.put(f"{text}.", x, style=self.label, labelled=True, room=3 * size)
            return x + (line.width if line else 0.0) + 1.8 * size
        radius = 0.62 * size
        centre = round(x + radius), round(middle)
        canvas, level, ink = column.sheet.mask, INK, -1
        if self.number == "disc":  # white on black: the ink that is still to come cannot spare the digits
            canvas, level, ink = column.sheet.ground, 40, 250
        cv2.circle(canvas, centre, max(2, round(radius)), level, -1 if ink > 0 else 1, cv2.LINE_AA)
        line = column.desk.typesetter.set(text, replace(column.style, size=0.6 * size, stretch=0.75))
        if line is not None and column.shown:
            column.sheet.write(line, centre[0] - 0.5 * line.width, middle + 0.3 * size, level=ink, labelled=False)
        return x + 2 * radius + 0.3 * size

    def section(self) -> None:
        """A bar with the name of a section, and the cells of it."""
        column, random = self.column, self.random
        high = column.style.size * column.pitch
        corner = (round(column.x0), round(column.y)), (round(column.x1), round(column.y + high))
        if random.random() < 0.5:
            shade = max(0, int(column.sheet.ground[0, 0]) - random.randint(15, 75))
            cv2.rectangle(column.sheet.ground, *corner, shade, -1)
        cv2.rectangle(column.sheet.mask, *corner, INK, self.thick)
        text, pad = column.desk.copy.of(random, "certificate_sections"), 0.5 * column.style.size
        if random.random() < 0.5:
            column.put(text, column.x0 + pad)
        else:
            column.put(text, 0.5 * (column.x0 + column.x1), align="c")
        column.y += high
        self.cells()

    def inspections(self) -> None:
        """A table that waits to be filled in: headings in the first row, stamps and dates in few of the others."""
        column, random, copy = self.column, self.random, self.column.desk.copy
        count, size = random.randint(3, 6), column.style.size
        edges = [column.x0 + k * (column.x1 - column.x0) / count for k in range(count + 1)]
        for row in range(random.randint(2, 6)):
            top, high = column.y, size * column.pitch * random.uniform(1.0, 1.5)
            for left, right in pairwise(edges):
                cv2.rectangle(
                    column.sheet.mask, (round(left), round(top)), (round(right), round(top + high)), INK, self.thick
                )
                column.y = top + 0.5 * (high - size * column.pitch)
                middle, room = 0.5 * (left + right), right - left - size
                if row == 0:
                    text = copy.of(random, "certificate_sections").strip("[]")
                    column.put(text, middle, align="c", room=room, style=self.label)
                elif random.random() < 0.3:
                    column.put(copy.one(random, "value"), middle, align="c", room=room)
            column.y = top + high
            if column.full:
                return

    def notes(self) -> None:
        """Small print, a rule below or a frame around it."""
        column, random, copy = self.column, self.random, self.column.desk.copy
        small = column.larger(random.uniform(0.6, 0.85))
        top = column.y
        pitch = random.uniform(1.45, 2.0) * (1.12 if copy.korean else 1.0)
        # Rows that touch are for a detector to part; on whole pages they stand as far apart as on real forms.
        tight = replace_pitch(column, pitch if column.sheet.area is None else 1.15 * pitch)
        inner = random.uniform(0.3, 1.0) * small.size
        for k in range(random.randint(1, 6)):
            text = copy.of(random, "certificate_notes") if random.random() < 0.8 else copy.running(random, 60)
            if k == 0 and random.random() < 0.5:
                text = random.choice(
                    ("비고", "※ 유의사항", "주의사항", "비 고") if copy.korean else ("Remarks", "Notes")
                )
            tight.put(text, column.x0 + inner, room=column.x1 - column.x0 - 2 * inner, style=small)
            tight.down(1, small)
            if column.sheet.area is not None and tight.full:
                break
        column.y = tight.y + 0.3 * small.size
        if random.random() < 0.4:
            corner = (round(column.x0), round(top)), (round(column.x1), round(column.y))
            cv2.rectangle(column.sheet.mask, *corner, INK, self.thick)

    def ending(self) -> None:
        """That it is certified, the day, and the office with its seal over the end of its name."""
        column, random, copy = self.column, self.random, self.column.desk.copy
        column.down(random.uniform(0.3, 1.2))
        column.row(copy.of(random, "certificate_sentences"), align=random.choice("lcc"), style=column.larger(1.1))
        column.down(random.uniform(0.2, 0.8))
        day = copy.of(random, "day") if copy.korean else copy.of(random, "dates")
        wide = replace(column.larger(random.uniform(1.0, 1.3)), blank=random.choice((1.0, 1.0, 2.0)))
        column.row(day, align=random.choice("ccr"), style=wide)
        column.down(random.uniform(0.2, 0.8))
        office = random.choice(words("korean_offices" if copy.korean else "offices"))
        size = column.style.size * random.uniform(1.3, 2.4)
        style = Style(column.desk.face(random), size, 1.0, random.choice((0.05, 0.2, 0.5, 0.9)))
        middle = column.x0 + random.uniform(0.4, 0.65) * (column.x1 - column.x0)
        line = column.put(office, middle, align="c", style=style, room=0.7 * (column.x1 - column.x0))
        if line is not None and random.random() < 0.85:
            side = round(size * random.uniform(2.2, 4.2))
            x = round(middle + 0.5 * line.width - random.uniform(0.1, 0.9) * side)
            office_seal(column, random, x, round(column.baseline(style) - 0.5 * size - 0.5 * side), side)
        column.down(1.2, style)


def replace_pitch(column: Column, pitch: float) -> Column:
    """The column with rows at another distance."""
    return replace(column, pitch=pitch)


def _border(column: Column, random: Random) -> None:
    """A frame around everything: rules, or a band of ornaments."""
    gap, sheet = round(column.style.size * random.uniform(1.5, 4)), column.sheet
    x0, x1 = round(column.x0) - gap, round(column.x1) + gap
    y0 = round(column.y) - gap
    y1 = round(sheet.bottom) + gap if sheet.area is not None else sheet.side + 9
    for inset in (0, random.randint(3, 6)):
        cv2.rectangle(sheet.mask, (x0 + inset, y0 + inset), (x1 - inset, y1 - inset), INK, random.choice((1, 1, 2)))
    if random.random() < 0.5:
        step = max(6, gap // 2)
        level = random.randint(90, 200)
        for y in range(max(0, y0), min(sheet.side, y1), step):
            for x in (x0, x1):
                cv2.circle(sheet.ground, (x, y), step // 2, level, 1, cv2.LINE_AA)
