"""Where the words of a Page stand, as writers with positions need it: words, lines and blocks with four corners."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from munja.core.page import Line, Page, Point, Polygon, Word

Quad = tuple[Point, Point, Point, Point]
Box = tuple[float, float, float, float]  # left, top, right, bottom

BASELINE = 0.2  # share of a line's height below its baseline: what the descenders of ordinary fonts take
SAME_TURN = 15.0  # degrees within which two lines are taken to run in one direction


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word with its four corners in pixels; `characters` are the scores of its characters, if each is known."""

    text: str
    quad: Quad
    score: float | None = None
    characters: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of one word or more, with its four corners in pixels and all the points of its outline."""

    text: str
    quad: Quad
    outline: Polygon
    words: tuple[PlacedWord, ...]
    score: float | None = None

    @property
    def angle(self) -> float:
        """How far the line is turned clockwise from upright, in degrees from 0 to below 360."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.quad
        return math.degrees(math.atan2(by - ay + cy - dy, bx - ax + cx - dx)) % 360.0

    @property
    def height(self) -> float:
        """Length of the sides across the line, in pixels: their mean."""
        a, b, c, d = self.quad
        return (math.dist(a, d) + math.dist(b, c)) / 2.0

    @property
    def baseline(self) -> tuple[Point, Point]:
        """The two ends of the line that its letters stand on, estimated from its corners."""
        a, b, c, d = self.quad
        return between(d, a, BASELINE), between(c, b, BASELINE)

    @property
    def turn(self) -> float | None:
        """How far the line is turned clockwise, in degrees from -180 to 180, if that is by more than skew: above 45."""
        turn = (self.angle + 180.0) % 360.0 - 180.0
        return turn if abs(turn) > 45.0 else None

    def slope_from(self, left: float, bottom: float) -> tuple[float, float]:
        """The baseline as hOCR tells it: pixels down per pixel right, and its height at `left` below `bottom`."""
        (ax, ay), (bx, by) = self.baseline
        slope = (by - ay) / (bx - ax) if bx != ax else 0.0
        return slope, ay + slope * (left - ax) - bottom


def placed_lines(page: Page) -> list[PlacedLine]:
    """The lines of a Page that count and hold text, in order, each word of each at its place.

    Words without a position share their line's length by their numbers of characters. Lines without a position are
    spread evenly down the page, so that no text is lost.
    """
    lines = [line for line in page.lines if not line.ignore and clean(line.text)]
    homeless = sum(not _known(line) for line in lines)
    bands = iter([_band(page, number, homeless) for number in range(homeless)])
    found: list[PlacedLine] = []
    for line in lines:
        outline = (line.polygon or _around(line.words)) if _known(line) else next(bands)
        quad = corners(outline)
        words = _words(line, quad)
        found.append(PlacedLine(" ".join(word.text for word in words), quad, outline, words, line.score))
    return found


def blocks(page: Page) -> list[list[PlacedLine]]:
    """The lines of a Page in blocks: runs of lines that follow each other closely, in order."""
    found: list[list[PlacedLine]] = []
    for line in placed_lines(page):
        if found and _continues(found[-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def corners(polygon: Polygon) -> Quad:
    """The four corners of an outline that goes clockwise from the top left of its text; the box of fewer than four."""
    if len(polygon) == 4:
        return (polygon[0], polygon[1], polygon[2], polygon[3])
    if len(polygon) > 4:
        half = len(polygon) // 2
        return (polygon[0], polygon[half - 1], polygon[half], polygon[-1])
    left, top, right, bottom = box(polygon)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def box(points: Sequence[Point]) -> Box:
    """Left, top, right and bottom of points, in pixels."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def pixel_box(points: Sequence[Point], page: Page) -> tuple[int, int, int, int]:
    """The whole pixels (left, top, right, bottom) that cover points, within the page and one pixel wide at least."""
    left, top, right, bottom = box(points)
    x0, y0 = (max(0, min(math.floor(low), size - 1)) for low, size in ((left, page.width), (top, page.height)))
    x1 = min(max(math.ceil(right), x0 + 1), max(page.width, x0 + 1))
    y1 = min(max(math.ceil(bottom), y0 + 1), max(page.height, y0 + 1))
    return x0, y0, x1, y1


def covering(lines: Sequence[PlacedLine]) -> list[Point]:
    """The points of all outlines of lines."""
    return [point for line in lines for point in line.outline]


def between(start: Point, end: Point, share: float) -> Point:
    """The point at a share of the way from one point to another."""
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def clean(text: str) -> str:
    """Text that any document can hold: white space as single blanks, no control characters, no halves of pairs."""
    kept = []
    for character in text:
        if character.isspace():
            kept.append(" ")
        elif "\ud800" <= character <= "\udfff" or character in "\ufffe\uffff":
            kept.append("\N{REPLACEMENT CHARACTER}")
        elif unicodedata.category(character) != "Cc":
            kept.append(character)
    return " ".join("".join(kept).split())


def language(text: str) -> str | None:
    """The language that the writing system of a text belongs to, where it belongs to one alone: ko, ja or None."""
    if any("가" <= character <= "힣" or "\u1100" <= character <= "\u11ff" for character in text):
        return "ko"
    return "ja" if any("\u3041" <= character <= "\u30fa" for character in text) else None


def percent(score: float | None) -> float | None:
    """A score of 0 to 1 as 0 to 100."""
    return None if score is None else 100.0 * min(max(score, 0.0), 1.0)


def _known(line: Line) -> bool:
    return bool(line.polygon) or bool(line.words and all(word.polygon for word in line.words))


def _around(words: Sequence[Word]) -> Quad:
    first, last = corners(words[0].polygon), corners(words[-1].polygon)
    return (first[0], last[1], last[2], first[3])


def _band(page: Page, number: int, count: int) -> Quad:
    top, bottom = page.height * number / count, page.height * (number + 1) / count
    return ((0.0, top), (float(page.width), top), (float(page.width), bottom), (0.0, bottom))


def _words(line: Line, quad: Quad) -> tuple[PlacedWord, ...]:
    words = [word for word in line.words if clean(word.text)] or [
        Word(text, score=line.score) for text in clean(line.text).split()
    ]
    if all(word.polygon for word in words):
        places = [corners(word.polygon) for word in words]
    else:
        places = _shared(quad, [len(clean(word.text)) for word in words])
    return tuple(
        PlacedWord(clean(word.text), place, word.score, _character_scores(word))
        for word, place in zip(words, places, strict=True)
    )


def _shared(quad: Quad, lengths: Sequence[int]) -> list[Quad]:
    """The quads of words of so many characters that share a line's quad, a blank between them."""
    a, b, c, d = quad
    total = sum(lengths) + len(lengths) - 1
    found: list[Quad] = []
    start = 0
    for length in lengths:
        left, right = start / total, (start + length) / total
        found.append((between(a, b, left), between(a, b, right), between(d, c, right), between(d, c, left)))
        start += length + 1
    return found


def _character_scores(word: Word) -> tuple[float, ...]:
    scores = [each.score for each in word.characters if each.score is not None]
    return tuple(scores) if scores and len(scores) == len(clean(word.text)) else ()


def _continues(block: Sequence[PlacedLine], line: PlacedLine) -> bool:
    """Whether a line stands beside the last line of a block, or closely below it."""
    last = block[-1]
    if abs((line.angle - last.angle + 180.0) % 360.0 - 180.0) > SAME_TURN:
        return False
    turn = math.radians(-last.angle)
    left, top, right, bottom = box([_turned(point, turn) for point in line.quad])
    _, last_top, last_right, last_bottom = box([_turned(point, turn) for point in last.quad])
    low, high = sorted((line.height, last.height))
    if min(bottom, last_bottom) - max(top, last_top) > 0.5 * low:
        return left > last_right - low
    block_left, _, block_right, _ = box([_turned(point, turn) for point in covering(block)])
    gap = top - last_bottom
    return high <= 1.5 * low and -0.6 * low < gap < 0.8 * low and min(right, block_right) > max(left, block_left)


def _turned(point: Point, angle: float) -> Point:
    x, y = point
    return (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
