"""Pages as ALTO 4.4, the format of libraries and archives, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

import munja
from munja.core.page import Page, Point
from munja.imaging.image import Source
from munja.read.writers.document import Document, TextDocument, source_name
from munja.read.writers.layout import (
    PlacedLine,
    PlacedWord,
    between,
    blocks,
    box,
    clean,
    covering,
    language,
)

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
 SCHEMAVERSION="4.4">
 <Description>
  <MeasurementUnit>pixel</MeasurementUnit>
  <sourceImageInformation>
   <fileName>{name}</fileName>
  </sourceImageInformation>
  <Processing ID="processing_1">
   <processingCategory>contentGeneration</processingCategory>
   <processingSoftware>
    <softwareName>munja</softwareName>
    <softwareVersion>{version}</softwareVersion>
   </processingSoftware>
  </Processing>
 </Description>
 <Layout>
"""
TAIL = " </Layout>\n</alto>\n"


def open_alto(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """An ALTO document; its file name is that of the first Page's source, else the title."""
    return TextDocument(target, _body, head=lambda page: _head(title, page), tail=TAIL)


def _head(title: str, page: Page | None) -> str:
    name = clean(source_name(page.source or title if page else title, page))
    return HEAD.format(name=quoteattr(name)[1:-1], version=munja.__version__)


def _body(page: Page, number: int) -> str:
    here = f"{number + 1}"
    attributes = f'ID="page_{here}" PHYSICAL_IMG_NR="{page.index + 1}" WIDTH="{page.width}" HEIGHT="{page.height}"'
    if page.angle:
        attributes += f' ROTATION="{page.angle:g}"'
    parts = [f"  <Page {attributes}>\n"]
    parts.append(f'   <PrintSpace HPOS="0" VPOS="0" WIDTH="{page.width}" HEIGHT="{page.height}">\n')
    for count, block in enumerate(blocks(page), 1):
        parts.append(f'    <TextBlock ID="block_{here}_{count}" {_place(covering(block))}>\n')
        parts.extend(_line(line, f"{here}_{count}_{index}") for index, line in enumerate(block, 1))
        parts.append("    </TextBlock>\n")
    return "".join([*parts, "   </PrintSpace>\n  </Page>\n"])


def _line(line: PlacedLine, here: str) -> str:
    code = language(line.text)
    lang = f' LANG="{code}"' if code else ""
    attributes = f'ID="line_{here}" {_place(line.outline)} BASELINE="{_points(line.baseline)}"{lang}'
    parts = [f"     <TextLine {attributes}>\n", _shape(line.outline, "      ")]
    for index, word in enumerate(line.words):
        if index:
            parts.append(f"      <SP {_place(_gap(line.words[index - 1], word))}/>\n")
        parts.append(_string(word, f"{here}_{index + 1}"))
    return "".join([*parts, "     </TextLine>\n"])


def _string(word: PlacedWord, here: str) -> str:
    attributes = f'ID="string_{here}" {_place(word.quad)} CONTENT={quoteattr(word.text)}'
    if word.score is not None:
        attributes += f' WC="{min(max(word.score, 0.0), 1.0):.4f}"'
    if word.characters:  # 0 is sure, 9 is unsure
        attributes += ' CC="' + " ".join(str(round(9.0 * (1.0 - score))) for score in word.characters) + '"'
    return f"      <String {attributes}>\n{_shape(word.quad, '       ')}      </String>\n"


def _gap(before: PlacedWord, after: PlacedWord) -> list[Point]:
    """The corners of the space between two words; at the end of the first where they touch or overlap."""
    (_, b, c, _), (a, _, _, d) = before.quad, after.quad
    middle = between(b, c, 0.5)
    if (a[0] - b[0]) * (b[0] - before.quad[0][0]) + (a[1] - b[1]) * (b[1] - before.quad[0][1]) <= 0.0:
        return [b, c, middle]
    return [b, a, d, c]


def _shape(points: Sequence[Point], indent: str) -> str:
    return f'{indent}<Shape><Polygon POINTS="{_points(points)}"/></Shape>\n'


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _place(points: Sequence[Point]) -> str:
    left, top, right, bottom = box(points)
    width, height = _number(right - left), _number(bottom - top)
    return f'HPOS="{_number(left)}" VPOS="{_number(top)}" WIDTH="{width}" HEIGHT="{height}"'


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"
