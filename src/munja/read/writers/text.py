"""Plain text of a Page: lines that stand side by side share a row."""

from __future__ import annotations

from typing import BinaryIO

from munja.core.page import Line, Page
from munja.imaging.image import Source
from munja.read.writers.document import Document, TextDocument

GAP = "  "  # between the parts of a row, such as an item and its price


def open_text(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """A document of plain text, a form feed between pages, as pdftotext and Tesseract write it."""
    return TextDocument(target, _body)


def to_text(page: Page) -> str:
    """The text of a Page in its order, one row of the page per row, without a final newline."""
    return "\n".join(GAP.join(line.text for line in row) for row in rows(page))


def rows(page: Page) -> list[list[Line]]:
    """The lines of a Page that count and hold text, those that stand side by side in one row."""
    found: list[list[Line]] = []
    for line in page.lines:
        if line.ignore or not line.text:
            continue
        if found and _follows(found[-1][-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _body(page: Page, number: int) -> str:
    text = to_text(page)
    return ("\f" if number else "") + (text + "\n" if text else "")


def _follows(before: Line, line: Line) -> bool:
    """Whether `line` stands right of `before` at the same height, along the direction in which `before` runs."""
    if len(before.polygon) != 4 or len(line.polygon) != 4 or abs((line.angle - before.angle + 180) % 360 - 180) > 15:
        return False
    (ax, ay), (bx, by), _, (dx, dy) = before.polygon
    width, height = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, ((dx - ax) ** 2 + (dy - ay) ** 2) ** 0.5
    if not width or not height:
        return False
    along, across = ((bx - ax) / width, (by - ay) / width), ((dx - ax) / height, (dy - ay) / height)
    corners = [
        ((x - ax) * along[0] + (y - ay) * along[1], (x - ax) * across[0] + (y - ay) * across[1])
        for x, y in line.polygon
    ]
    left = min(corner[0] for corner in corners)
    top, bottom = (corners[0][1] + corners[1][1]) / 2, (corners[2][1] + corners[3][1]) / 2
    shared = min(bottom, height) - max(top, 0.0)
    return bool(left > 0.7 * width and shared > 0.5 * min(height, bottom - top))
