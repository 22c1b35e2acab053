"""PageReader: from one frame to its Page: find lines, turn the page upright, read, order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.core.registry import build
from munja.imaging.image import Frame, Image
from munja.read.batching import seen, show_line
from munja.read.codecs.jamo import least_score
from munja.read.detect import Detector, Found
from munja.read.engines import open_engine
from munja.read.lines import LineReader, Mapper
from munja.read.order import page_angle, reading_order
from munja.read.tiles import outside
from munja.read.turn import is_sideways, longest, quarter_turns, turned_back, turned_box, turned_line
from munja.read.weights import ModelSet

if TYPE_CHECKING:  # most pictures are read without a pattern
    from munja.read.fitting import Wish
    from munja.read.patterns.guide import PatternGuide
    from munja.read.patterns.pattern import Pattern

SURE = 0.9  # very high text that reads with a lower score may be a block of small lines
STAGES = ("find", "read", "order")
ASKED = 3  # lines whose direction is asked for on every page

Region = tuple[int, int, int, int]  # x, y, width, height in pixels


@dataclass(frozen=True)
class Part:
    """A rectangle of a page and the pattern that its lines shall fit, if any; without a rectangle the whole page."""

    region: Region | None = None
    guide: PatternGuide | None = None


@dataclass(frozen=True)
class Upright:
    """A picture turned upright, by how many quarters it had been turned clockwise, and the lines found in it.

    `boxes` (left, top, right, bottom) are the parts of it that were looked at, if not all was. `standing` are quads of
    `found` of which the direction was asked already: they are not upside down.
    """

    image: Image
    quarters: int
    found: Found
    boxes: Sequence[tuple[int, int, int, int]] = ()
    standing: Sequence[NDArray[np.float32]] = ()


class PageReader:
    """Reads frames with a set of models; may be shared between threads."""

    def __init__(
        self, models: ModelSet, *, engine: str, threads: int, precision: str, order: str, min_score: float
    ) -> None:
        self._order = order
        self._min_score = min_score
        self._charset = models.recogniser.manifest.charset
        self._by_letters = models.recogniser.manifest.codec.get("name") == "ctc_jamo"
        recogniser, direction = models.recogniser, models.direction
        # Small and asked rarely: not worth a second precision or a compilation.
        direction_engine = None if direction is None else open_engine(direction, engine="onnxruntime", streams=1)
        self._direction = (
            None
            if direction is None or direction_engine is None
            else (direction.manifest.input, build("codec", direction.manifest.codec), direction_engine)
        )
        self.detector = Detector(models.detector, engine=engine, threads=threads, precision=precision)
        self.lines = LineReader(
            recogniser,
            open_engine(recogniser, engine=engine, threads=threads, streams=threads, precision=precision),
            direction,
            direction_engine,
            language=models.language,
        )

    def guide(self, pattern: Pattern, name: str) -> PatternGuide:
        """The guide of a pattern for this recogniser; SpecError if nothing that it can write fits."""
        from munja.read.patterns.guide import guide_of

        return guide_of(pattern, self._charset, name)

    def read(self, frame: Frame, parts: Sequence[Part] = (), *, threads: int = 1, run: Mapper[Any, Any] = map) -> Page:
        """The Page of a frame, or of its parts alone; `run` maps a function over lines."""
        return self.timed(frame, parts, threads=threads, run=run)[0]

    def timed(
        self, frame: Frame, parts: Sequence[Part] = (), *, threads: int = 1, run: Mapper[Any, Any] = map
    ) -> tuple[Page, dict[str, float]]:
        """As `read`, with the seconds that finding lines, reading them and putting them in order took."""
        times = [time.perf_counter()]
        height, width = frame.image.shape[:2]
        boxes = [_box(each.region, width, height, frame) for each in parts if each.region is not None]
        guides = [each.guide for each in parts]
        if frame.text:
            return self._page(frame, self._typed(frame.text, boxes, guides), frame.notes), {}
        image = seen(frame.image, self.detector.rule, *self.lines.rules)
        upright = self.find(image, boxes, threads)
        times.append(time.perf_counter())
        lines = self._read_found(upright, guides, run)
        times.append(time.perf_counter())
        kept = [line for line in lines if self._counts(line)]
        if upright.quarters:
            size = upright.image.shape
            kept = [turned_line(line, upright.quarters, size[1], size[0]) for line in kept]
        page = self._page(frame, kept, (*frame.notes, *upright.found.notes(self.detector.rule)))
        times.append(time.perf_counter())
        return page, dict(zip(STAGES, np.diff(times).tolist(), strict=True))

    def _counts(self, line: Line) -> bool:
        """Whether a line belongs to the page: it was read well enough, or something stands there that fits nothing."""
        if line.free is not None and not line.text:
            return bool(line.free.text)
        least = least_score(line.text, self._min_score) if self._by_letters else self._min_score
        return bool(line.text) and (line.score or 0.0) >= least

    def _typed(
        self,
        lines: Sequence[Line],
        boxes: Sequence[tuple[int, int, int, int]],
        guides: Sequence[PatternGuide | None],
    ) -> list[Line]:
        """The lines of a document's own text that lie in a box, as their patterns have them."""
        from munja.read.patterns.typed import fit_typed

        found: list[Line] = []
        for line in lines:
            x, y = np.mean(np.asarray(line.polygon), axis=0)
            if not boxes or any(_inside(x, y, box) for box in boxes):
                guide = _guide_at(x, y, boxes, guides)
                found += [line] if guide is None else fit_typed(line, guide)
        return found

    def find(self, image: Image, boxes: Sequence[tuple[int, int, int, int]], threads: int) -> Upright:
        """The lines of an image (H, W, C) made upright, of its boxes (left, top, right, bottom) alone if there are."""
        found = self.detector(image, threads, boxes)
        sideways = is_sideways(found.quads)
        if not found.quads or not (sideways or self._looks_upside_down(image, found.quads)):
            return Upright(image, 0, found, boxes, () if sideways else longest(found.quads, ASKED))
        quarters = quarter_turns(image, found.quads, self.lines.read)
        asked = longest(found.quads)
        if self.lines.sense(image, asked, quarters + 2) > self.lines.sense(image, asked, quarters):
            quarters = (quarters + 2) % 4
        if not quarters:
            return Upright(image, 0, found, boxes)
        height, width = image.shape[:2]
        image = turned_back(image, quarters)
        boxes = [turned_box(box, quarters, width, height) for box in boxes]
        return Upright(image, quarters, self.detector(image, threads, boxes), boxes)

    def _read_found(self, upright: Upright, guides: Sequence[PatternGuide | None], run: Mapper[Any, Any]) -> list[Line]:
        """The lines of a picture; text that is very high only if it reads well, in place of the pieces found of it."""
        found = upright.found

        def read(quads: Sequence[NDArray[np.float32]]) -> list[Line]:
            wishes = [self._wish(quad, upright, guides) for quad in quads] if any(guides) else ()
            return self.lines.read(upright.image, quads, run, wishes, upright.standing)

        high = read(found.large) if found.large else []
        kept: list[Line] = []
        for line in sorted(high, key=lambda each: each.score or 0.0, reverse=True):
            quad = np.asarray(line.polygon, np.float32)
            reads = len(line.text) > 1 and (line.score or 0.0) >= SURE
            if reads and outside([quad], [np.asarray(each.polygon, np.float32) for each in kept]):
                kept.append(line)
        quads = outside(found.quads, [np.asarray(line.polygon, np.float32) for line in kept])
        return self._refilled(upright, guides, [*kept, *read(quads)])

    def _refilled(self, upright: Upright, guides: Sequence[PatternGuide | None], lines: list[Line]) -> list[Line]:
        """The lines; a box in which none fits its pattern is read as one line, and what that says takes their place.

        Close around a code, little is left by which the detector would know a line as one.
        """
        for number, (box, guide) in enumerate(zip(upright.boxes, guides, strict=False)):
            if guide is None:
                continue
            inside = [each for each in lines if self._box_of(each, upright) == number]
            if any(each.text and (each.score or 0.0) >= self._min_score for each in inside):
                continue
            left, top, right, bottom = box
            quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
            whole = self.lines.read(upright.image, [quad], map, [self._wished(guide)])
            if any(each.text for each in whole):
                lines = [each for each in lines if each not in inside] + whole
        return lines

    @staticmethod
    def _box_of(line: Line, upright: Upright) -> int:
        x, y = np.mean(np.asarray(line.polygon), axis=0)
        return _nearest(x, y, upright.boxes)

    def _wish(self, quad: NDArray[np.float32], upright: Upright, guides: Sequence[PatternGuide | None]) -> Wish | None:
        x, y = quad.mean(0)
        guide = _guide_at(x, y, upright.boxes, guides)
        return None if guide is None else self._wished(guide)

    def _wished(self, guide: PatternGuide) -> Wish:
        from munja.read.fitting import Wish

        return Wish(guide, self._min_score)

    def _looks_upside_down(self, image: Image, quads: Sequence[NDArray[np.float32]]) -> bool:
        """Whether one of the longest lines seems to stand upside down."""
        if self._direction is None:
            return False
        rule, codec, engine = self._direction
        for quad in longest(quads, ASKED):
            picture = show_line(image, quad, rule)
            (probability,) = engine.run(picture, ["probability"])
            if codec.decode(probability[0]) == 180.0:
                return True
        return False

    def _page(self, frame: Frame, lines: list[Line], notes: tuple[str, ...]) -> Page:
        height, width = frame.image.shape[:2]
        angle = page_angle([line.angle for line in lines], [len(line.text) for line in lines])
        if self._order == "reading":
            places = [np.asarray(line.polygon, np.float32) for line in lines]
            lines = [lines[index] for index in reading_order(places, angle)]
        if lines and all(line.unfit for line in lines):
            notes = (*notes, f"no reading fits the pattern; what {len(lines)} lines say freely is in the JSON (free)")
        angle = round(angle, 2) % 360.0
        return Page(width, height, tuple(lines), angle, frame.source, frame.index, frame.dpi, notes)


def _box(region: Region, width: int, height: int, frame: Frame) -> tuple[int, int, int, int]:
    """A region as (left, top, right, bottom) within a picture; InputError if nothing of it lies there."""
    x, y, across, down = region
    left, top, right, bottom = max(0, x), max(0, y), min(width, x + across), min(height, y + down)
    if left >= right or top >= bottom:
        where = frame.source or "the given picture"
        raise InputError(
            f"{where}: the region {x},{y},{across},{down} (x,y,width,height) lies outside its {width} x {height} pixels"
        )
    return left, top, right, bottom


def _inside(x: float, y: float, box: tuple[int, int, int, int]) -> bool:
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _guide_at(
    x: float, y: float, boxes: Sequence[tuple[int, int, int, int]], guides: Sequence[PatternGuide | None]
) -> PatternGuide | None:
    """The guide of the first box around a point, of the nearest where none is; without boxes the page's, if any."""
    if not any(guides):
        return None
    return guides[_nearest(x, y, boxes)] if boxes else guides[0]


def _nearest(x: float, y: float, boxes: Sequence[tuple[int, int, int, int]]) -> int:
    """The number of the first box around a point, of the nearest where none is."""

    def away(number: int) -> float:
        left, top, right, bottom = boxes[number]
        return float(max(left - x, x - right, 0.0) ** 2 + max(top - y, y - bottom, 0.0) ** 2)

    return min(range(len(boxes)), key=away)
