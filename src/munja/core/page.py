"""Page: what is written in one image, as ground truth or as prediction.

Polygons are in pixels of the picture as its source gives it (x right, y down), corners clockwise from the top left *of
the text*, so that an upside-down line begins at the bottom right of its box. An empty polygon says that the position is
not known, as in a transcript without boxes. A score of None says that nobody measured one, as in ground truth.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from munja.core.errors import PageError, did_you_mean

SCHEMA_VERSION = 1

Point = tuple[float, float]
Polygon = tuple[Point, ...]


def as_polygon(points: Any) -> Polygon:
    """Make a Polygon of K points from any (K, 2) nesting of finite numbers, arrays included."""
    try:
        polygon = tuple((float(x), float(y)) for x, y in points)
    except (TypeError, ValueError, OverflowError) as error:
        raise PageError(f"a polygon is a list of [x, y] pairs, got {str(points)[:200]}") from error
    if not all(math.isfinite(x) and math.isfinite(y) for x, y in polygon):
        raise PageError(f"a polygon is a list of [x, y] pairs of finite numbers, got {str(points)[:200]}")
    return polygon


def geometric_mean(scores: Sequence[float]) -> float:
    """Geometric mean of scores in 0..1; 0 if one of them is 0 or there is none."""
    if not scores or min(scores) <= 0.0:
        return 0.0
    return math.exp(math.fsum(math.log(score) for score in scores) / len(scores))


@dataclass(frozen=True, slots=True)
class Character:
    """One character; `text` may hold several code points where a writing system needs them."""

    text: str
    polygon: Polygon = ()
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without white space."""

    text: str
    polygon: Polygon = ()
    score: float | None = None
    characters: tuple[Character, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeReading:
    """What a line says where no pattern is asked for."""

    text: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; its words, joined by blanks, give its text.

    `angle` is how far the text is turned clockwise from upright, in degrees from 0 to below 360. `score` is the
    geometric mean of the characters' scores. `ignore` marks a don't-care region of ground truth. `free` is set where
    the line was read with a pattern: what it says without one. If no reading fits the pattern, `text` is empty.
    """

    text: str
    polygon: Polygon = ()
    score: float | None = None
    words: tuple[Word, ...] = ()
    angle: float = 0.0
    ignore: bool = False
    free: FreeReading | None = None

    @property
    def unfit(self) -> bool:
        """Whether the line was read with a pattern that no reading of it fits."""
        return self.free is not None and not self.text


@dataclass(frozen=True, slots=True)
class Page:
    """Everything written in one image of `width` x `height` pixels, its lines in reading order.

    `angle` is how far the page's text is turned clockwise from upright, in degrees. `source` names where the image
    came from and `index` counts the pages of that source from 0. `dpi` is the resolution at which a document was
    rendered, None where the source does not say. `notes` are sentences for a person: what may be missing, and why.
    """

    width: int
    height: int
    lines: tuple[Line, ...] = ()
    angle: float = 0.0
    source: str | None = None
    index: int = 0
    dpi: float | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The text of all lines, in order, one per row; without don't-care regions and lines that fit no pattern."""
        return "\n".join(line.text for line in self.lines if not (line.ignore or line.unfit))

    @property
    def words(self) -> Iterator[Word]:
        """The words of all lines, in order."""
        return (word for line in self.lines for word in line.words)

    def to_json(self, *, indent: int | None = None) -> str:
        """This Page as a JSON document (see docs/page.md); `Page.from_json` gives it back exactly."""
        return json.dumps(self.to_tree(), ensure_ascii=False, indent=indent, allow_nan=False)

    def to_tree(self) -> dict[str, Any]:
        """This Page as plain dicts, lists, strings and numbers; fields at their default are left out."""
        return {"munja_page": SCHEMA_VERSION, **_tree(self)}

    def to_paddle(self) -> list[list[list[Any]]]:
        """What `PaddleOCR().ocr(path)` of version 2 returns for one page: a list with a list of [box, (text, score)].

        A box is a list of [x, y] corners, clockwise from the top left. Don't-care regions, lines that fit no pattern
        and lines without a position are left out; a line that a person wrote, which has no score, gets 1.0.
        """
        return [[[box, (text, score)] for box, text, score in self.to_easyocr()]]

    def to_easyocr(self) -> list[tuple[list[list[float]], str, float]]:
        """What `easyocr.Reader(...).readtext(path)` returns: a list of (box, text, confidence); see `to_paddle`."""
        return [
            ([list(point) for point in line.polygon], line.text, 1.0 if line.score is None else line.score)
            for line in self.lines
            if line.polygon and not (line.ignore or line.unfit)
        ]

    @staticmethod
    def from_json(document: str | bytes) -> Page:
        """The Page that a JSON document holds; PageError if it does not hold one."""
        try:
            tree = json.loads(document)
        except (ValueError, RecursionError) as error:
            raise PageError(f"not a JSON document that can be read: {error}") from error
        return Page.from_tree(tree)

    @staticmethod
    def from_tree(tree: Any) -> Page:
        """The Page that `to_tree` wrote; PageError names the place where it breaks the format."""
        if not isinstance(tree, dict) or "munja_page" not in tree:
            raise PageError("not a Page: an object with the key munja_page was wanted")
        version = tree["munja_page"]
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise PageError(f"munja_page: a version number was wanted, got {version!r}")
        if version > SCHEMA_VERSION:
            raise PageError(f"this Page has schema version {version}, this Munja knows {SCHEMA_VERSION}: update munja")
        rest = {key: value for key, value in tree.items() if key != "munja_page"}
        page: Page = _build(Page, rest, "page")
        return page


_NESTED: dict[tuple[type, str], type] = {(Page, "lines"): Line, (Line, "words"): Word, (Word, "characters"): Character}
_REQUIRED = {
    Page: ("width", "height"),
    Line: ("text",),
    Word: ("text",),
    Character: ("text",),
    FreeReading: ("text",),
}
_STRINGS = ("text",)
_NUMBERS = ("angle",)
_OPTIONAL_NUMBERS = ("score", "dpi")
_INTEGERS = ("width", "height", "index")


def _tree(value: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for each in fields(value):
        item = getattr(value, each.name)
        if each.name not in _REQUIRED[type(value)] and item == each.default:
            continue
        if (type(value), each.name) in _NESTED:
            item = [_tree(child) for child in item]
        elif isinstance(item, FreeReading):
            item = _tree(item)
        elif each.name == "polygon":
            item = [list(point) for point in item]
        elif isinstance(item, tuple):
            item = list(item)
        tree[each.name] = item
    return tree


def _build(kind: type, tree: Any, place: str) -> Any:
    if not isinstance(tree, Mapping):
        raise PageError(f"{place}: an object was wanted, got {type(tree).__name__}")
    known = [each.name for each in fields(kind)]
    for key in tree:
        if key not in known:
            raise PageError(f"{place}: {key} is not a field; {did_you_mean(str(key), known)}")
    for key in _REQUIRED[kind]:
        if key not in tree:
            raise PageError(f"{place}: the field {key} is missing")
    return kind(**{key: _field(kind, key, value, f"{place}.{key}") for key, value in tree.items()})


def _field(kind: type, key: str, value: Any, place: str) -> Any:
    if (kind, key) in _NESTED:
        if not isinstance(value, list):
            raise PageError(f"{place}: a list was wanted, got {type(value).__name__}")
        return tuple(_build(_NESTED[kind, key], item, f"{place}[{i}]") for i, item in enumerate(value))
    if key == "polygon":
        return as_polygon(value)
    if key == "notes":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise PageError(f"{place}: a list of strings was wanted")
        return tuple(value)
    if key == "free":
        return None if value is None else _build(FreeReading, value, place)
    if key == "ignore":
        return _checked(value, bool, place)
    if key in _STRINGS or (key == "source" and value is not None):
        return _checked(value, str, place)
    if key in _INTEGERS:
        return _checked(value, int, place)
    if key in _NUMBERS or (key in _OPTIONAL_NUMBERS and value is not None):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PageError(f"{place}: a number was wanted, got {value!r}")
        return _finite(value, place)
    return None


def _finite(value: float, place: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PageError(f"{place}: a finite number was wanted, got {str(value)[:40]}")
    return number


def _checked(value: Any, kind: type, place: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise PageError(f"{place}: {kind.__name__} was wanted, got {value!r}")
    return value
