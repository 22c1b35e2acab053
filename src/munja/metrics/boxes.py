"""Boxes: which parts of a Page a metric compares.

At level "line" these are the lines. At level "word" they are the words; a line without words stands for itself, as
truth of single words is written. A whole collection is compared at one level, that of its truth: `level_of` tells it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, cast

from munja.core.errors import PageError, SpecError
from munja.core.page import Page, Polygon

Level = Literal["word", "line"]
UNREADABLE = "###"  # the field's mark for a region that nobody is asked to read


class Box(NamedTuple):
    """One line or word of a Page: its polygon in pixels, its text, and where it stands."""

    polygon: Polygon
    text: str
    ignore: bool
    score: float | None
    line: int
    word: int | None


def level_of(truths: Iterable[Page]) -> Level:
    """The level at which truth can be compared: "word", unless some line of several words has no boxes of them."""
    for page in truths:
        for line in page.lines:
            if not line.ignore and not line.words and len(line.text.split()) > 1:
                return "line"
    return "word"


def resolve_level(level: str | None, truths: Iterable[Page]) -> Level:
    """`level`, or where it is None that of the true pages; SpecError for a level that there is not."""
    if level is None:
        return level_of(truths)
    if level in ("word", "line"):
        return cast(Level, level)
    raise SpecError(f"level: 'word' or 'line' was wanted, got {level!r}")


def boxes_of(page: Page, level: Level, side: str) -> list[Box]:
    """The boxes of a Page, in order; PageError, naming `side`, for one without a position."""
    found: list[Box] = []
    for number, line in enumerate(page.lines):
        ignore = line.ignore or line.text == UNREADABLE
        if level == "line" or not line.words:
            found.append(Box(line.polygon, line.text, ignore, line.score, number, None))
            continue
        for word_number, word in enumerate(line.words):
            unread = ignore or word.text == UNREADABLE
            found.append(Box(word.polygon, word.text, unread, word.score, number, word_number))
    # A sum is finite only if all its parts are, and takes a third of the time of looking at each.
    if not all(box.polygon for box in found) or not math.isfinite(sum(sum(map(sum, box.polygon)) for box in found)):
        raise PageError(_without_position(page, found, side))
    return found


def _without_position(page: Page, found: Sequence[Box], side: str) -> str:
    box = next(box for box in found if not box.polygon or not all(math.isfinite(x + y) for x, y in box.polygon))
    place = f"line {box.line}" if box.word is None else f"line {box.line}, word {box.word}"
    return (
        f"{page.source or 'page'}: {place} of the {side} ({box.text!r}) has no position; metrics of boxes need "
        "polygons, text alone is compared by munja.metrics.text"
    )


def check_sizes(truth: Page, prediction: Page) -> None:
    """PageError if two Pages are not of the same picture, as far as their sizes tell; 0 stands for not known."""
    sizes = [(page.width, page.height) for page in (truth, prediction)]
    if all(all(size) for size in sizes) and sizes[0] != sizes[1]:
        (width, height), (other_width, other_height) = sizes
        raise PageError(
            f"{truth.source or 'page'}: the truth is of a picture of {width} x {height} pixels, the prediction of "
            f"{other_width} x {other_height}; read the picture that the truth was made for, or scale one of them"
        )
