"""Pages as hOCR 1.2: XHTML that says where each block, paragraph, line and word stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import BinaryIO

import munja
from munja.core.page import Page, Point
from munja.imaging.image import Source
from munja.read.writers.document import Document, TextDocument, source_name
from munja.read.writers.layout import (
    PlacedLine,
    blocks,
    clean,
    covering,
    language,
    percent,
    pixel_box,
)

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
 <head>
  <title>{title}</title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
  <meta name="ocr-system" content="munja {version}"/>
  <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_lang ocrp_poly ocrp_wconf"/>
 </head>
 <body>
"""
TAIL = " </body>\n</html>\n"


def open_hocr(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """An hOCR document."""
    return TextDocument(
        target,
        _body,
        head=lambda page: HEAD.format(title=escape(clean(source_name(title, page))), version=munja.__version__),
        tail=TAIL,
    )


def _body(page: Page, number: int) -> str:
    name = clean(page.source or "").replace("\\", "\\\\").replace('"', '\\"')
    properties = [f'image "{name}"', f"bbox 0 0 {page.width} {page.height}", f"ppageno {page.index}"]
    if page.dpi:
        properties.append(f"scan_res {round(page.dpi)} {round(page.dpi)}")
    here = f"{number + 1}"
    parts = [f'  <div class="ocr_page" id="page_{here}" title="{escape("; ".join(properties))}">\n']
    for count, block in enumerate(blocks(page), 1):
        place = _bbox(covering(block), page)
        parts.append(f'   <div class="ocr_carea" id="block_{here}_{count}" title="{place}">\n')
        parts.append(f'    <p class="ocr_par" id="par_{here}_{count}" title="{place}">\n')
        parts.extend(_line(line, f"{here}_{count}_{index}", page) for index, line in enumerate(block, 1))
        parts.append("    </p>\n   </div>\n")
    return "".join([*parts, "  </div>\n"])


def _line(line: PlacedLine, here: str, page: Page) -> str:
    properties = [_bbox(line.outline, page), *_direction(line, page), f"x_size {line.height:.1f}"]
    if _is_turned(line) or len(line.outline) > 4:
        properties.append("poly " + " ".join(f"{round(x)} {round(y)}" for x, y in line.outline))
    if line.score is not None:
        properties.append(f"x_conf {percent(line.score):.2f}")
    code = language(line.text)
    lang = f' lang="{code}" xml:lang="{code}"' if code else ""
    words = "\n".join(
        f'      <span class="ocrx_word" id="word_{here}_{index}" title="{_bbox(word.quad, page)}'
        + ("" if word.score is None else f"; x_wconf {percent(word.score):.0f}")
        + f'">{escape(word.text)}</span>'
        for index, word in enumerate(line.words, 1)
    )
    return (
        f'     <span class="ocr_line" id="line_{here}" title="{"; ".join(properties)}"{lang}>\n{words}\n     </span>\n'
    )


def _direction(line: PlacedLine, page: Page) -> Sequence[str]:
    """How a line runs: the slope of its baseline, or, where it is turned by more, its angle counter-clockwise."""
    if line.turn is not None:
        return [f"textangle {(-line.turn) % 360.0:.2f}"]
    left, _, _, bottom = pixel_box(line.outline, page)
    slope, offset = line.slope_from(left, bottom)
    return [f"baseline {slope:.4f} {offset:.1f}"]


def _is_turned(line: PlacedLine) -> bool:
    return min(line.angle % 90.0, 90.0 - line.angle % 90.0) > math.degrees(0.002)


def _bbox(points: Sequence[Point], page: Page) -> str:
    return "bbox {} {} {} {}".format(*pixel_box(points, page))
