"""A Page as PAGE XML 2019-07-15, the format of layout and ground-truth editors; one file holds one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

import munja
from munja.core.page import Page, Point
from munja.imaging.image import Image, Source
from munja.read.writers.document import Document, OnePage
from munja.read.writers.layout import PlacedLine, PlacedWord, blocks, clean, covering, pixel_box

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="{namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="{namespace} {namespace}/pagecontent.xsd">
 <Metadata>
  <Creator>munja {version}</Creator>
  <Created>{time}</Created>
  <LastChange>{time}</LastChange>
 </Metadata>
"""


def open_page_xml(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """A PAGE XML document that states the present time, as its schema demands."""

    def write(page: Page, _: Image | None) -> None:
        target.write(to_page_xml(page, title=title, time=datetime.now(UTC)).encode("utf-8", errors="replace"))

    return OnePage("page", write)


def to_page_xml(page: Page, *, time: datetime, title: str = "") -> str:
    """The PAGE XML document of one Page, made at a time."""
    stamp = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = [HEAD.format(namespace=NAMESPACE, version=munja.__version__, time=stamp)]
    name = quoteattr(clean(page.source or title or "picture"))
    parts.append(f' <Page imageFilename={name} imageWidth="{page.width}" imageHeight="{page.height}"')
    parts.append(f"{_orientation(page.angle)}>\n")
    found = blocks(page)
    if found:
        parts.append('  <ReadingOrder>\n   <OrderedGroup id="order">\n')
        parts.extend(f'    <RegionRefIndexed index="{i}" regionRef="region_{i + 1}"/>\n' for i in range(len(found)))
        parts.append("   </OrderedGroup>\n  </ReadingOrder>\n")
    parts.extend(_region(block, count, page) for count, block in enumerate(found, 1))
    return "".join([*parts, " </Page>\n</PcGts>\n"])


def _region(block: Sequence[PlacedLine], count: int, page: Page) -> str:
    left, top, right, bottom = pixel_box(covering(block), page)
    points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    parts = [f'  <TextRegion id="region_{count}" type="paragraph"{_orientation(block[0].angle)}>\n']
    parts.append(f'   <Coords points="{_points(points, page)}"/>\n')
    for number, line in enumerate(block, 1):
        here = f"{count}_{number}"
        parts.append(f'   <TextLine id="line_{here}">\n    <Coords points="{_points(line.outline, page)}"/>\n')
        parts.append(f'    <Baseline points="{_points(line.baseline, page)}"/>\n')
        parts.extend(_word(word, f"{here}_{index}", page) for index, word in enumerate(line.words, 1))
        parts.append(f"{_text(line.text, line.score, '    ')}   </TextLine>\n")
    parts.append(f"{_text(chr(10).join(line.text for line in block), None, '   ')}  </TextRegion>\n")
    return "".join(parts)


def _word(word: PlacedWord, here: str, page: Page) -> str:
    return (
        f'    <Word id="word_{here}">\n     <Coords points="{_points(word.quad, page)}"/>\n'
        f"{_text(word.text, word.score, '     ')}    </Word>\n"
    )


def _text(text: str, score: float | None, indent: str) -> str:
    conf = "" if score is None else f' conf="{min(max(score, 0.0), 1.0):.4f}"'
    return f"{indent}<TextEquiv{conf}><Unicode>{escape(text)}</Unicode></TextEquiv>\n"


def _orientation(angle: float) -> str:
    """The attribute that says how far to turn clockwise to make the text upright, from above -180 to 180 degrees."""
    turn = 180.0 - (180.0 + angle) % 360.0
    return f' orientation="{turn:g}"' if turn else ""


def _points(points: Sequence[Point], page: Page) -> str:
    """Points as whole pixels within the page, as the schema demands."""
    return " ".join(f"{min(max(round(x), 0), page.width)},{min(max(round(y), 0), page.height)}" for x, y in points)
