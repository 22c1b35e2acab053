"""Whether texts are clean and boxes make sense: one sample at a time, and what only all texts together tell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from munja.core.page import Line, Page, Polygon

Said = tuple[str, str, str]  # severity, kind, detail
OUTSIDE = 1.5  # pixels that a box may reach over the edge: what rounding does
COVERED = 0.5  # share of the smaller of two boxes that lies in the other one
_LOOK_ALIKE = ("LATIN", "CYRILLIC", "GREEK")


def of_text(text: str, *, charset: frozenset[str] | None, longest: int | None) -> Iterator[Said]:
    """What is wrong with a text."""
    shown = text if len(text) <= 60 else text[:57] + "..."
    if not text.strip():
        yield "error", "empty text", repr(text) if text else ""
        return
    if longest is not None and len(text) > longest:
        yield "warning", f"text longer than {longest} characters", f"{len(text)}: {shown!r}"
    if charset is not None and (outside := sorted(set(text) - charset)):
        yield "warning", "characters outside the charset", f"{_spelt(outside)} in {shown!r}"
    if unicodedata.normalize("NFC", text) != text:
        yield "warning", "text not in normal form C (NFC)", repr(shown)
    odd = [each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Co", "Cn", "Cs") and each != "\n"]
    if odd or "\ufffd" in text:
        yield "warning", "control, invisible or broken characters", f"{_spelt(odd or [chr(0xFFFD)])} in {shown!r}"
    if text != text.strip():
        yield "note", "blanks at the ends of a text", repr(shown)
    if "  " in text:
        yield "note", "several blanks in a row", repr(shown)
    if re.search(r"\\label\b", text):
        yield "note", r"\label in a formula (nothing of it is visible)", repr(shown)
    for word in text.split():
        scripts = {name for each in word if each.isalpha() for name in (_script(each),) if name in _LOOK_ALIKE}
        if len(scripts) > 1:
            yield "warning", "letters of several alphabets in one word", f"{word!r}: {', '.join(sorted(scripts))}"


def of_page(page: Page) -> Iterator[Said]:
    """What is wrong with the boxes of a page."""
    import shapely

    shapes = []
    for i, line in enumerate(page.lines):
        said = list(_of_polygon(line, page)) if line.polygon else []
        yield from ((severity, kind, f"line {i + 1}: {detail}") for severity, kind, detail in said)
        sound = len(line.polygon) >= 3 and not any(
            kind.startswith("box cross") or "extent" in kind for _, kind, _ in said
        )
        shapes.append(shapely.Polygon(line.polygon) if sound else shapely.Polygon())
    yield from _overlaps(page, shapes)


def _of_polygon(line: Line, page: Page) -> Iterator[Said]:
    import shapely

    points = np.array(line.polygon)
    area = signed_area(line.polygon)
    shown = f"{line.text[:40]!r} at {[round(float(each)) for each in points.flatten()[:8]]}"
    if len(points) < 3 or not np.isfinite(points).all() or shapely.MultiPoint(points).convex_hull.area < 1.0:
        yield "error", "box without extent", shown
        return
    if not shapely.LinearRing(points).is_simple:
        yield "error", "box crosses itself (wrong order of points)", shown
    elif area < 0:
        yield "warning", "box runs counter-clockwise (wrong order of points)", shown
    low, high = points.min(axis=0), points.max(axis=0)
    over = max(-low[0], -low[1], high[0] - page.width, high[1] - page.height)
    if high[0] <= 0 or high[1] <= 0 or low[0] >= page.width or low[1] >= page.height:
        yield "error", "box wholly outside the picture", f"{shown}, picture {page.width} x {page.height}"
    elif over > OUTSIDE:
        yield "warning", "box reaches outside the picture", f"by {over:.0f} px: {shown}"
    if len(points) == 4 and area >= 1.0 and len(line.text) >= 4 and not line.ignore:
        sides = np.hypot(*(points - np.roll(points, -1, axis=0)).T)
        if sides[1] + sides[3] > 2.0 * (sides[0] + sides[2]):
            yield "warning", "box stands on end (vertical text, or it begins at the wrong corner)", shown


def _overlaps(page: Page, shapes: list[object]) -> Iterator[Said]:
    import shapely

    tree = shapely.STRtree(shapes)
    for i, j in sorted(zip(*tree.query(shapes, predicate="intersects").tolist(), strict=True)):
        if i >= j or page.lines[i].ignore or page.lines[j].ignore:
            continue
        first, second = shapes[i], shapes[j]
        share = shapely.intersection(first, second).area / max(1e-6, min(shapely.area(first), shapely.area(second)))
        texts = f"lines {i + 1} and {j + 1}: {page.lines[i].text[:30]!r}, {page.lines[j].text[:30]!r}"
        if share > 0.95 and page.lines[i].text == page.lines[j].text:
            yield "warning", "line labelled twice", texts
        elif share > COVERED:
            yield "warning", "boxes of two lines cross", f"{share:.0%} of the smaller, {texts}"


def signed_area(polygon: Polygon) -> float:
    """Area in square pixels, positive where the points run clockwise on the screen."""
    ring = [*polygon, polygon[0]]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2.0


class TextStatistics:
    """What only many texts together tell: mixed normal forms, one case only, no punctuation, rare characters."""

    def __init__(self) -> None:
        self._characters: Counter[str] = Counter()
        self._example: dict[str, str] = {}
        self._groups: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, text: str, name: str, group: str) -> None:
        """Take a text in; texts of one group, such as a source, are judged together."""
        self._characters.update(text)
        for each in text:
            self._example.setdefault(each, name)
        counts = self._groups[group]
        counts["texts"] += 1
        counts["letters"] += any(each.isalpha() for each in text)
        counts["lower"] += any(each.islower() for each in text)
        counts["upper"] += any(each.isupper() for each in text)
        counts["marks"] += any(not each.isalnum() and not each.isspace() for each in text)
        composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
        if composed != apart:
            counts["composed"] += text == composed
            counts["apart"] += text != composed

    def said(self) -> Iterator[tuple[str, str, str, str]]:
        """(severity, kind, example's name, detail) of what they tell."""
        for group, counts in sorted(self._groups.items()):
            where = f"of source {group}, " if group else ""
            if counts["letters"] >= 20 and not counts["lower"]:
                yield "note", "texts are all upper case", "", f"{where}{counts['texts']:,} texts"
            if counts["letters"] >= 20 and not counts["upper"]:
                yield "note", "texts are all lower case", "", f"{where}{counts['texts']:,} texts"
            if counts["texts"] >= 200 and not counts["marks"]:
                yield "note", "texts have no punctuation at all", "", f"{where}{counts['texts']:,} texts"
            if counts["composed"] and counts["apart"]:
                detail = f"{where}{counts['composed']:,} composed, {counts['apart']:,} not"
                yield "error", "normal forms are mixed (NFC and others)", "", detail
        if sum(self._characters.values()) >= 5000:
            for character, count in sorted(self._characters.items()):
                if count == 1 and not character.isspace():
                    yield "note", "character that occurs once", self._example[character], _spelt([character])


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


def _spelt(characters: list[str]) -> str:
    return ", ".join(f"{each!r} U+{ord(each):04X}" for each in characters[:8])
