"""Pages as one HTML file: each picture with its text laid over it, to be selected, searched and copied.

The text is set in a font without visible glyphs that the file carries with it, so that every word is as wide as its
picture in every browser. The file asks no host for anything and holds no script.
"""

from __future__ import annotations

import base64
import math
from html import escape
from typing import BinaryIO

import cv2

import munja
from munja.core.page import Page
from munja.imaging.image import Image, Source
from munja.read.writers import glyphless
from munja.read.writers.document import Document, source_name
from munja.read.writers.layout import PlacedLine, PlacedWord, blocks, clean, language
from munja.read.writers.pictures import SourcePicture, encode, is_bilevel, needed, simplest

QUALITY = 85  # of the JPEG of a picture that the source does not hold as one
HEAD = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="munja {version}">
<title>{title}</title>
<style>
body {{ margin: 0; background: #ddd; }}
.page {{ position: relative; container-type: inline-size; overflow: hidden; margin: 1em auto; max-width: 96%; }}
.page img {{ display: block; width: 100%; }}
.page p {{ margin: 0; }}
.page span {{ position: absolute; transform-origin: 0 0; white-space: pre; line-height: 1; color: transparent;
 font-family: munja-glyphless, monospace; font-kerning: none; font-variant-ligatures: none; }}
.page span::selection {{ background: rgb(0 100 255 / 35%); }}
</style>
</head>
<body>
"""
TAIL = """<style>
@font-face {{ font-family: munja-glyphless; src: url(data:font/ttf;base64,{font}); }}
</style>
</body>
</html>
"""


def open_html(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """An HTML document."""
    return _HtmlDocument(target, title, SourcePicture(source))


class _HtmlDocument:
    """Writes a section per Page; the font comes last, when it is known what characters there are."""

    def __init__(self, target: BinaryIO, title: str, source: SourcePicture) -> None:
        self._target = target
        self._title = title
        self._source = source
        self._characters: set[str] = {" "}
        self._begun = False

    def add(self, page: Page, picture: Image | None) -> None:
        """Write a section: the page's picture with its words over it."""
        self._begin(page)
        kind, data = _picture_file(page, picture, self._source)
        size = f"width: {page.width}px; aspect-ratio: {page.width} / {page.height}"
        self._write(f'<section class="page" style="{size}">\n<img alt="" src="data:image/{kind};base64,')
        self._target.write(base64.b64encode(data))
        self._write('">\n')
        for block in blocks(page):
            self._write("<div>\n" + "".join(_line(line, page) for line in block) + "</div>\n")
            self._characters.update(*(word.text for line in block for word in line.words))
        self._write("</section>\n")

    def finish(self) -> None:
        """Write the font of all characters that came, and the end."""
        self._begin(None)
        font = base64.b64encode(glyphless.font_file(sorted(self._characters))).decode()
        self._write(TAIL.format(font=font))

    def _begin(self, page: Page | None) -> None:
        if not self._begun:
            title = escape(clean(source_name(self._title, page)) or "Munja")
            self._write(HEAD.format(title=title, version=munja.__version__))
            self._begun = True

    def _write(self, text: str) -> None:
        self._target.write(text.encode("utf-8"))


def _line(line: PlacedLine, page: Page) -> str:
    code = language(line.text)
    words = "".join(_span(word, page) for word in line.words)
    return f"<p{f' lang={code}' if code else ''}>{words}</p>\n"


def _span(word: PlacedWord, page: Page) -> str:
    """A word that stands in an unturned box of its own, which is then turned and stretched; a blank follows it."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = word.quad
    along = ((bx - ax + cx - dx) / 2.0, (by - ay + cy - dy) / 2.0)
    width, height = math.hypot(*along), (math.dist((ax, ay), (dx, dy)) + math.dist((bx, by), (cx, cy))) / 2.0
    width, height = max(width, 1.0), max(height, 1.0)
    angle = math.degrees(math.atan2(along[1], along[0]))
    stretch = width / (height * glyphless.advance(word.text))
    turn = f"rotate({angle:.2f}deg) " if abs(angle) > 0.005 else ""
    return (
        f'<span style="left: {100.0 * ax / page.width:.3f}%; top: {100.0 * ay / page.height:.3f}%;'
        f' font-size: {100.0 * height / page.width:.3f}cqw; transform: {turn}scaleX({stretch:.4f})">'
        f"{escape(word.text)} </span>"
    )


def _picture_file(page: Page, picture: Image | None, source: SourcePicture) -> tuple[str, bytes]:
    """The kind and the bytes of a file that a browser shows: the source's own where it can be."""
    jpeg = source.jpeg(page)
    if jpeg is not None:
        return "jpeg", jpeg[0]  # browsers, too, turn a picture as its EXIF tag says
    png = source.png(page)
    if png is not None:
        return "png", png[0]
    plain = simplest(needed(page, picture))
    if is_bilevel(plain):
        return "png", encode(plain, ".png", cv2.IMWRITE_PNG_BILEVEL, 1, cv2.IMWRITE_PNG_COMPRESSION, 6)
    return "jpeg", encode(plain, ".jpg", cv2.IMWRITE_JPEG_QUALITY, QUALITY)
