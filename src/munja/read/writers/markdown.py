"""Pages as Markdown: headings where a line is clearly larger, tables where columns clearly align, else plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import BinaryIO

from munja.core.page import Line, Page
from munja.imaging.image import Source
from munja.read.writers.document import Document, TextDocument
from munja.read.writers.layout import PlacedLine, clean, placed_lines
from munja.read.writers.text import GAP, rows

LARGER = 1.35  # times the usual height of a line: a heading
LONGEST = 100  # characters that a heading has at most
FEWEST_ROWS = 4  # of a page that has headings
MOST_HEADINGS = 0.15  # of the rows of a page
LEAST_ROWS = 3  # of a table
FULL = 0.8  # share of its block's width from which on a line was broken because it was full
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_START = re.compile(r"^(#{1,6}(?= )|[+>=](?= )|-(?=-)|\d{1,9}(?=[.)] ))")
_BULLET = re.compile(r"^[•·▪●‣◦*-] +")

Row = list[PlacedLine]


def open_markdown(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """A Markdown document, a rule between pages."""

    def body(page: Page, number: int) -> str:
        text = to_markdown(page)
        return ("\n---\n\n" if number else "") + (text + "\n" if text else "")

    return TextDocument(target, body)


def to_markdown(page: Page) -> str:
    """The Markdown of one Page, without a final newline."""
    found = _placed_rows(page)
    usual = _usual_height(found)
    parts: list[str] = []
    paragraph: list[Row] = []
    headings = _headings(found, usual)
    index = 0
    while index < len(found):
        level = headings.get(index, 0)
        count = 0 if level else _table_length(found[index:])
        if level or count or (paragraph and _is_apart(paragraph[-1], found[index], usual)):
            parts += _paragraph(paragraph)
            paragraph = []
        if level:
            parts.append("#" * level + " " + _escaped(_text(found[index])))
        elif count:
            parts.append(_table(found[index : index + count]))
        else:
            paragraph.append(found[index])
        index += count or 1
    return "\n\n".join(parts + _paragraph(paragraph))


def _placed_rows(page: Page) -> list[Row]:
    """The rows of a page with the positions of their lines."""
    lines: list[list[Line]] = [kept for row in rows(page) if (kept := [line for line in row if clean(line.text)])]
    placed = iter(placed_lines(page))
    return [[next(placed) for _ in row] for row in lines]


def _text(row: Row) -> str:
    return GAP.join(line.text for line in row)


def _usual_height(found: Sequence[Row]) -> float:
    """The height of a line that the middle character of the page stands in, in pixels."""
    heights = [line.height for row in found for line in row for _ in line.text]
    return median(heights) if heights else 0.0


def _headings(found: Sequence[Row], usual: float) -> dict[int, int]:
    """The rows that are headings, each with its level from 1; none where there is too little text to say.

    Where many rows are large, as what was filled into a form, only the first row of the page can be one.
    """
    if len(found) < FEWEST_ROWS:
        return {}
    large = [index for index, row in enumerate(found) if _is_large(row, usual)]
    if len(large) > max(2, MOST_HEADINGS * len(found)):
        large = [index for index in large if index == 0]
    largest = max((found[index][0].height for index in large), default=0.0)
    return {index: 1 if found[index][0].height > 0.8 * largest else 2 for index in large}


def _is_large(row: Row, usual: float) -> bool:
    line = row[0]
    if len(row) > 1 or line.height < LARGER * usual or len(line.text) > LONGEST:
        return False
    return any(character.isalpha() for character in line.text)  # not a price or a rule, however large


def _is_apart(before: Row, row: Row, usual: float) -> bool:
    """Whether a row begins a paragraph: it stands further below than lines of one do, or not below at all."""
    bottom, top = before[-1].quad[3], row[0].quad[0]
    (ax, ay), (bx, by) = row[0].quad[0], row[0].quad[1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0
    gap = ((top[1] - bottom[1]) * (bx - ax) - (top[0] - bottom[0]) * (by - ay)) / length
    return not -0.8 * usual < gap < 0.8 * usual


def _paragraph(found: Sequence[Row]) -> list[str]:
    """A paragraph, or a list where its rows begin with bullets; lines end where the writer ended them."""
    if not found:
        return []
    widest = max(_width(row) for row in found)
    parts: list[str] = []
    for index, row in enumerate(found):
        text = _text(row)
        bullet = _BULLET.match(text)
        parts.append(("- " + _escaped(text[bullet.end() :])) if bullet else _escaped(text))
        last = index + 1 == len(found)
        broken = len(row) > 1 or _width(row) < FULL * widest
        if not last and broken and not _BULLET.match(_text(found[index + 1])):
            parts[-1] += "\\"  # a line break that Markdown keeps
    return ["\n".join(parts)]


def _width(row: Row) -> float:
    (ax, ay), (bx, by) = row[0].quad[0], row[-1].quad[1]
    return float(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5)


def _table_length(found: Sequence[Row]) -> int:
    """How many rows from the first on make a table; 0 if they make none."""
    columns = len(found[0])
    count = 1
    while columns > 1 and count < len(found) and len(found[count]) == columns and _aligned(found[: count + 1]):
        count += 1
    return count if count >= LEAST_ROWS else 0


def _aligned(found: Sequence[Row]) -> bool:
    """Whether each column of rows shares its left edge, its right edge or its middle, within a line's height."""
    (ax, ay), (bx, by) = found[0][0].quad[0], found[0][-1].quad[1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0
    along = ((bx - ax) / length, (by - ay) / length)
    for column in range(len(found[0])):
        cells = [row[column] for row in found]
        left = [cell.quad[0][0] * along[0] + cell.quad[0][1] * along[1] for cell in cells]
        right = [cell.quad[1][0] * along[0] + cell.quad[1][1] * along[1] for cell in cells]
        middle = [(start + end) / 2.0 for start, end in zip(left, right, strict=True)]
        tolerance = median(cell.height for cell in cells)
        if min(max(edges) - min(edges) for edges in (left, right, middle)) > tolerance:
            return False
    return True


def _table(found: Sequence[Row]) -> str:
    cells = [[_escaped(line.text) for line in row] for row in found]
    numbers = [sum(character.isdigit() for line in row for character in line.text) for row in found]
    if numbers[0] or not all(numbers[1:]):  # the first row says nothing about the others: a head without words
        cells.insert(0, [""] * len(cells[0]))
    cells.insert(1, ["---"] * len(cells[0]))
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def _escaped(text: str) -> str:
    """Text in which nothing is taken for Markdown."""
    text = _SPECIAL.sub(r"\\\1", text).replace("&", "&amp;")
    start = _START.match(text)
    if start:
        text = f"{start[0]}\\{text[start.end() :]}" if start[0][0].isdigit() else f"\\{text}"
    return text
