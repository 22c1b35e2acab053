"""ALTO and PAGE XML, read by their elements' names in whatever version's name space."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from munja.core.errors import InputError
from munja.core.page import Line, Page, Polygon, Word
from munja.core.registry import register
from munja.data.convert.documents import Documents, box_polygon
from munja.data.convert.parse import number, points, read_bytes
from munja.data.convert.report import Report

Element = ElementTree.Element
_INCH = {"pixel": None, "mm10": 254.0, "inch1200": 1200.0}  # units per inch


@register("dataset_format", "alto")
class Alto(Documents):
    """ALTO documents of versions 2 to 4 beside their pictures; a hyphenated word is read as it is printed."""

    sign = "XML files with the root alto"
    writer, folder = "alto", "alto"
    holds = replace(Documents.holds, fractions=True)

    def fits(self, start: str) -> bool:
        """Whether its root is alto."""
        return re.search(r"<(\w+:)?alto[\s>]", start) is not None

    def pages(self, file: Path, report: Report) -> Iterator[Page]:
        """Its Page elements."""
        root = _parse(file)
        unit = (_text_of(root, "MeasurementUnit") or "pixel").strip()
        if unit not in _INCH:
            raise InputError(f"{file}: MeasurementUnit {unit!r} is not known (pixel, mm10, inch1200)")
        name = (_text_of(root, "fileName") or "").strip() or None
        for i, element in enumerate(_below(root, "Page")):
            where = f"{file}, page {i + 1}"
            width, height = _size(element, "WIDTH", "HEIGHT", where)
            angle = number(element.get("ROTATION", "0"), "ROTATION") % 360.0
            lines = [line for each in _below(element, "TextLine") if (line := _alto_line(each, where, report))]
            if _INCH[unit] is not None:
                report.note(f"{where}: coordinates are in {unit} and were kept so; give pictures of that scale")
            index = element.get("PHYSICAL_IMG_NR", "1")
            number_ = max(0, int(index) - 1) if re.fullmatch(r"[0-9]{1,6}", index) else 0
            yield Page(width, height, tuple(lines), angle, name, number_)


@register("dataset_format", "page-xml")
class PageXml(Documents):
    """PAGE XML documents beside their pictures, lines in the reading order that they state."""

    sign = "XML files with the root PcGts"
    writer, folder = "page", "page"

    def fits(self, start: str) -> bool:
        """Whether its root is PcGts."""
        return re.search(r"<(\w+:)?PcGts[\s>]", start) is not None

    def pages(self, file: Path, report: Report) -> Iterator[Page]:
        """Its Page element."""
        root = _parse(file)
        for i, element in enumerate(_below(root, "Page")):
            where = f"{file}, page {i + 1}"
            width, height = _size(element, "imageWidth", "imageHeight", where)
            order = {each.get("regionRef", ""): j for j, each in enumerate(_ordered(element))}
            regions = list(_below(element, "TextRegion"))
            regions.sort(key=lambda each: order.get(each.get("id", ""), len(order)))
            angle = -number(element.get("orientation", "0"), "orientation") % 360.0
            lines = [
                line
                for region in regions
                for each in _children(region, "TextLine")
                if (line := _page_line(each, where, report))
            ]
            yield Page(width, height, tuple(lines), angle, element.get("imageFilename") or None)


def _alto_line(element: Element, where: str, report: Report) -> Line | None:
    place = f"{where}, line {element.get('ID', '?')}"
    words: list[Word] = []
    for each in element:
        if _name(each) == "HYP" and words:
            last = words[-1]
            words[-1] = replace(last, text=last.text + each.get("CONTENT", "-"))
        if _name(each) != "String":
            continue
        try:
            content = each.get("CONTENT", "")
            score = number(each.get("WC"), "WC") if each.get("WC") else None
            if content.strip():
                words.append(Word(" ".join(content.split()), _alto_place(each), score))
        except InputError as error:
            report.drop(f"{place}, word {each.get('ID', '?')}", error)
    try:
        text = " ".join(word.text for word in words)
        return Line(text, _alto_place(element), None, tuple(words)) if text else None
    except InputError as error:
        report.drop(place, error)
        return None


def _alto_place(element: Element) -> Polygon:
    shape = next((each for each in _children(element, "Shape")), None)
    outline = None if shape is None else next((each for each in _children(shape, "Polygon")), None)
    if outline is not None:
        return points(re.split(r"[\s,]+", outline.get("POINTS", "").strip()))
    given = [element.get(key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
    if all(each is None for each in given):
        return ()
    x, y, width, height = (number(each) for each in given)
    return box_polygon(x, y, x + width, y + height)


def _page_line(element: Element, where: str, report: Report) -> Line | None:
    place = f"{where}, line {element.get('id', '?')}"
    words = []
    for each in _children(element, "Word"):
        try:
            text, score = _equivalent(each)
            if text.strip():
                words.append(Word(" ".join(text.split()), _page_place(each), score))
        except InputError as error:
            report.drop(f"{place}, word {each.get('id', '?')}", error)
    try:
        text, score = _equivalent(element)
        text = text or " ".join(word.text for word in words)
        # Words that do not give the line's own text are an older reading of it: the line counts.
        agree = " ".join(word.text for word in words) == " ".join(text.split())
        if words and not agree:
            report.lose("words that do not give their line's text", place)
        return Line(text, _page_place(element), score, tuple(words) if agree else ()) if text else None
    except InputError as error:
        report.drop(place, error)
        return None


def _page_place(element: Element) -> Polygon:
    for each in _children(element, "Coords"):
        if each.get("points") is not None:
            return points(re.split(r"[\s,]+", each.get("points", "").strip()))
        corners = [[point.get("x"), point.get("y")] for point in _children(each, "Point")]  # before version 2013
        return points(corners)
    return ()


def _equivalent(element: Element) -> tuple[str, float | None]:
    """The text of the first TextEquiv by index, and its confidence."""
    found = list(_children(element, "TextEquiv"))
    found.sort(key=lambda each: int(index) if (index := each.get("index", "")).isdecimal() else 0)
    for each in found:
        text = _text_of(each, "Unicode")
        if text is not None:
            return text, number(each.get("conf"), "conf") if each.get("conf") else None
    return "", None


def _ordered(page: Element) -> Iterator[Element]:
    """The references of the reading order, flat."""
    for order in _children(page, "ReadingOrder"):
        for each in order.iter():
            if _name(each) in ("RegionRef", "RegionRefIndexed"):
                yield each


def _parse(file: Path) -> Element:
    try:
        return ElementTree.fromstring(read_bytes(file))
    except ElementTree.ParseError as error:
        line, column = error.position
        raise InputError(f"{file}:{line}: not XML ({error.msg.partition(':')[0]}, column {column})") from error
    except (ValueError, LookupError, RecursionError) as error:  # an encoding that is not known
        raise InputError(f"{file}: not XML ({error})") from error


def _size(element: Element, width: str, height: str, where: str) -> tuple[int, int]:
    found = tuple(int(number(element.get(key), key)) for key in (width, height))
    if min(found) < 1:
        raise InputError(f"{where}: a page of {found[0]} x {found[1]} pixels")
    return found[0], found[1]


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element if _name(each) == name)


def _below(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element.iter() if _name(each) == name)


def _text_of(element: Element, name: str) -> str | None:
    found = next(_below(element, name), None)
    return None if found is None else found.text or ""
