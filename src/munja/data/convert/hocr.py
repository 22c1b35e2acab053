"""hOCR: HTML or XHTML whose classes and titles say where pages, lines and words stand, read leniently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from munja.core.errors import InputError
from munja.core.page import Line, Page, Polygon, Word, as_polygon
from munja.core.registry import register
from munja.data.convert.documents import Documents, box_polygon
from munja.data.convert.parse import number, points, read_bytes
from munja.data.convert.report import Report

LINES = {"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocr_title"}
_EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_PROPERTY = re.compile(r"""\s*([a-z_]+)((?:\s+(?:"(?:\\.|[^"\\])*"|'[^']*'|[^;"']+))*)\s*(?:;|$)""")


@register("dataset_format", "hocr")
class Hocr(Documents):
    """hOCR documents beside their pictures."""

    sign = "HTML files with ocr_page"
    writer, folder, suffixes = "hocr", "hocr", (".hocr", ".html", ".htm", ".xhtml")

    def fits(self, start: str) -> bool:
        """Whether it speaks of an ocr_page."""
        return "ocr_page" in start or "ocr-system" in start

    def pages(self, file: Path, report: Report) -> Iterator[Page]:
        """Its ocr_page elements."""
        content = read_bytes(file)
        reader = _Reader(file, report)
        try:
            reader.feed(content.decode("utf-8-sig"))
            reader.close()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise InputError(f"{file}:{line}: not UTF-8") from error
        reader.finish()
        yield from reader.found


@dataclass
class _Element:
    """An open element: its tag, what it is of page, line and word, its properties, and where it began."""

    tag: str
    kind: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    line: int = 0
    text: list[str] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, file: Path, report: Report) -> None:
        super().__init__(convert_charrefs=True)
        self._file, self._report = file, report
        self._open: list[_Element] = []
        self._lines: list[Line] = []
        self._page: _Element | None = None
        self.found: list[Page] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; one of a page closes the page before it."""
        if tag in _EMPTY:
            return
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        kind = "page" if "ocr_page" in classes else "line" if classes & LINES else ""
        kind = "word" if "ocrx_word" in classes else kind
        element = _Element(tag, kind, _properties(given.get("title") or ""), self.getpos()[0])
        if kind == "page":
            self.finish()
            self._page = element
        self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty element holds no text."""

    def handle_endtag(self, tag: str) -> None:
        """Close the element and those in it that were left open; an end without a beginning is passed over."""
        if not any(each.tag == tag for each in self._open):
            return
        while self._open:
            element = self._open.pop()
            self._closed(element)
            if element.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        """Give the text to the innermost word or line that is open."""
        for element in reversed(self._open):
            if element.kind in ("word", "line"):
                element.text.append(data)
                return

    def _closed(self, element: _Element) -> None:
        where = f"{self._file}:{element.line}"
        try:
            if element.kind == "word":
                owner = next((each for each in reversed(self._open) if each.kind == "line"), None)
                text = " ".join("".join(element.text).split())
                if not text:
                    return
                word = Word(text, _place(element.properties), _score(element.properties, "x_wconf"))
                if owner is None:
                    self._lines.append(Line(word.text, word.polygon, word.score, (word,)))
                else:
                    owner.words.append(word)
            elif element.kind == "line":
                self._add_line(element)
        except InputError as error:
            self._report.drop(where, error)

    def _add_line(self, element: _Element) -> None:
        words = tuple(element.words)
        text = " ".join(word.text for word in words) if words else " ".join("".join(element.text).split())
        turn = -number(element.properties.get("textangle", "0").split()[0], "textangle") % 360.0
        if text:
            score = _score(element.properties, "x_conf")
            self._lines.append(Line(text, _place(element.properties, turn), score, words, turn))

    def finish(self) -> None:
        """Close the page that is open."""
        while self._open:
            self._closed(self._open.pop())
        page, self._page = self._page, None
        lines, self._lines = tuple(self._lines), []
        if page is None:
            if lines:
                raise InputError(f"{self._file}: has lines outside any ocr_page")
            return
        try:
            _, _, width, height = (number(each) for each in page.properties.get("bbox", "").split()[:4])
        except ValueError:
            raise InputError(f"{self._file}:{page.line}: an ocr_page needs a bbox of four numbers") from None
        if width < 1 or height < 1:
            raise InputError(f"{self._file}:{page.line}: a page of {width:g} x {height:g} pixels")
        name = page.properties.get("image", "").strip()
        if name[:1] in "\"'" and name[-1:] == name[:1]:
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        dpi = page.properties.get("scan_res", "").split()
        resolution = number(dpi[0], "scan_res") if dpi else None
        index = page.properties.get("ppageno", "").strip()
        at = int(index) if re.fullmatch(r"[0-9]{1,6}", index) else 0
        self.found.append(Page(int(width), int(height), lines, source=name or None, index=at, dpi=resolution))


def _properties(title: str) -> dict[str, str]:
    return {match[1]: match[2].strip() for match in _PROPERTY.finditer(title)}


def _place(properties: dict[str, str], turn: float = 0.0) -> Polygon:
    """The outline if there is one, else the box, from the corner where the text begins."""
    if properties.get("poly"):
        return points(properties["poly"].split())
    if "bbox" not in properties:
        return as_polygon([])
    values = [number(each) for each in properties["bbox"].split()]
    if len(values) != 4:
        raise InputError(f"a bbox of four numbers was wanted, got {properties['bbox']!r}")
    return box_polygon(values[0], values[1], values[2], values[3], turn)


def _score(properties: dict[str, str], key: str) -> float | None:
    given = properties.get(key, "").split()
    return None if not given else min(1.0, max(0.0, number(given[0], key) / 100.0))
