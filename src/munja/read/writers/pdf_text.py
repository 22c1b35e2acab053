"""The invisible text of a Page in a PDF: each word exactly over its picture, and a font that says what it means."""

from __future__ import annotations

import math
from collections.abc import Callable

from munja.core.page import Page, Point
from munja.read.writers import glyphless
from munja.read.writers.layout import PlacedLine, PlacedWord, Quad, placed_lines
from munja.read.writers.pdf_file import PdfFile, number, text_string

Matrix = tuple[float, float, float, float, float, float]  # as PDF writes it: x' = a x + c y + e, y' = b x + d y + f

FONT = "F1"  # the name of the font in a page's resources: one of the two that OCRmyPDF takes over
# Poppler ends a word where a letter stands half a point above or below the first one, unless the word says what it
# means as a whole.
LEVEL = 0.45  # points
_UNICODE_MAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{rows}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class GlyphlessFont:
    """The codes that stand for what was written so far; the font itself is written when all is known."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def encode(self, text: str) -> str:
        """A text as the hexadecimal codes of its characters, two bytes each."""
        found = []
        for cluster in glyphless.clusters(text):
            if cluster not in self._codes:
                # 65,535 different clusters are more than any document holds; the last code then means them all.
                self._codes[cluster] = min(len(self._codes) + 1, 0xFFFF)
            found.append(f"{self._codes[cluster]:04X}")
        return "".join(found)

    def write(self, file: PdfFile, reserved: int) -> None:
        """Write the font to a file as the object with the reserved number."""
        glyphs = [0, *(glyphless.glyph(cluster) for cluster in self._codes)]
        data = glyphless.font_file()
        program = file.stream(data, f"/Length1 {len(data)}")
        glyph_map = file.stream(b"".join(each.to_bytes(2, "big") for each in glyphs))
        unicode_map = file.stream(self._unicode_map().encode())
        em = glyphless.EM
        descriptor = file.add(
            f"<< /Type /FontDescriptor /FontName /{glyphless.NAME} /Flags 4 /FontBBox [0 0 {em} {em}] /ItalicAngle 0"
            # Poppler takes a descent of 0 for a missing one.
            f" /Ascent {em} /Descent -1 /CapHeight {em} /StemV 80 /FontFile2 {program} 0 R >>"
        )
        widths = " ".join(str(glyphless.WIDTHS[each]) for each in glyphs[1:])
        descendant = file.add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{glyphless.NAME} /FontDescriptor {descriptor} 0 R"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /DW {em // 2} /W [1 [{widths}]] /CIDToGIDMap {glyph_map} 0 R >>"
        )
        file.add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{glyphless.NAME} /Encoding /Identity-H"
            f" /DescendantFonts [{descendant} 0 R] /ToUnicode {unicode_map} 0 R >>",
            reserved,
        )

    def _unicode_map(self) -> str:
        pairs = [
            f"<{code:04X}> <{cluster.encode('utf-16-be', errors='replace').hex().upper()}>\n"
            for cluster, code in self._codes.items()
        ]
        chunks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]  # as many as a block may have
        rows = "".join(f"{len(chunk)} beginbfchar\n{''.join(chunk)}endbfchar\n" for chunk in chunks)
        return _UNICODE_MAP.format(rows=rows)


def text_layer(
    page: Page, matrix: Matrix, font: GlyphlessFont, *, wanted: Callable[[Quad], bool] = lambda _: True
) -> str:
    """The drawing commands of a Page's invisible text; `matrix` takes its pixels to the units of the PDF page.

    Words for whose corners `wanted` says no are left out.
    """
    parts = []
    for line in placed_lines(page):
        words = [word for word in line.words if wanted(word.quad)]
        if words:
            parts.append(_line(line, words, matrix, font))
    return "".join(parts)


def _line(line: PlacedLine, words: list[PlacedWord], matrix: Matrix, font: GlyphlessFont) -> str:
    parts = [f"BT 3 Tr /{FONT} 1 Tf\n"]
    for index, word in enumerate(words):
        origin, along, up = _axes(word.quad, matrix)
        run = _run(word.text, origin, along, up, font)
        parts.append(
            run if _is_plain(word.text, along) else f"/Span <</ActualText {text_string(word.text)}>> BDC\n{run}EMC\n"
        )
        if index + 1 < len(words):
            end = (origin[0] + along[0], origin[1] + along[1])
            parts.append(_run(" ", end, _gap(end, along, up, _axes(words[index + 1].quad, matrix)[0]), up, font))
    return "".join([*parts, "ET\n"])


def _is_plain(text: str, along: Point) -> bool:
    """Whether a word is read from its characters alone.

    PDFium drops characters beyond the basic plane from what a word says as a whole, so those words never do.
    """
    return min(abs(along[0]), abs(along[1])) <= LEVEL or len(text) == 1 or max(text) > "\uffff"


def _gap(end: Point, along: Point, up: Point, start: Point) -> Point:
    """The way from the end of a word to the start of the next, along the first; never nothing, never backwards."""
    length = math.hypot(*along) or 1.0
    unit = (along[0] / length, along[1] / length)
    gap = max((start[0] - end[0]) * unit[0] + (start[1] - end[1]) * unit[1], 0.05 * math.hypot(*up), 0.01)
    return (unit[0] * gap, unit[1] * gap)


def _axes(quad: Quad, matrix: Matrix) -> tuple[Point, Point, Point]:
    """The bottom left of a word, the way along it and the way up it, in units of the PDF page.

    They make the parallelogram that comes nearest to the quad.
    """
    a, b, c, d = (_moved(point, matrix) for point in quad)
    along = ((b[0] - a[0] + c[0] - d[0]) / 2.0, (b[1] - a[1] + c[1] - d[1]) / 2.0)
    up = ((a[0] - d[0] + b[0] - c[0]) / 2.0, (a[1] - d[1] + b[1] - c[1]) / 2.0)
    along = _extended(along, (matrix[0], matrix[1]))
    up = _extended(up, (-matrix[2], -matrix[3]))
    centre = ((a[0] + b[0] + c[0] + d[0]) / 4.0, (a[1] + b[1] + c[1] + d[1]) / 4.0)
    return (centre[0] - (along[0] + up[0]) / 2.0, centre[1] - (along[1] + up[1]) / 2.0), along, up


def _extended(way: Point, pixel: Point) -> Point:
    """A way that is one pixel long at least: a font of no size has no text."""
    least = math.hypot(*pixel)
    length = math.hypot(*way)
    if length >= least:
        return way
    return (way[0] * least / length, way[1] * least / length) if length > 0.01 * least else pixel


def _run(text: str, origin: Point, along: Point, up: Point, font: GlyphlessFont) -> str:
    length = glyphless.advance(text)
    values = (along[0] / length, along[1] / length, *up, *origin)
    return f"{' '.join(number(value) for value in values)} Tm <{font.encode(text)}> Tj\n"


def _moved(point: Point, matrix: Matrix) -> Point:
    x, y = point
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)
