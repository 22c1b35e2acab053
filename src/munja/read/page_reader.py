"""PageReader: from one frame to its Page: find lines, turn the page upright, read, order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.core.registry import build
from munja.imaging.image import Frame, Image
from munja.read.batching import show_line
from munja.read.detect import Detector, Found
from munja.read.engines import open_engine
from munja.read.lines import LineReader, Mapper
from munja.read.order import page_angle, reading_order
from munja.read.tiles import outside
from munja.read.turn import is_sideways, longest, quarter_turns, turned_back, turned_box, turned_line
from munja.read.weights import ModelSet

SURE = 0.9  # very high text that reads with a lower score may be a block of small lines
STAGES = ("find", "read", "order")
ASKED = 3  # lines whose direction is asked for on every page

Region = tuple[int, int, int, int]  # x, y, width, height in pixels


@dataclass(frozen=True)
class Upright:
    """A picture turned upright, by how many quarters it had been turned clockwise, and the lines found in it."""

    image: Image
    quarters: int
    found: Found


class PageReader:
    """Reads frames with a set of models; may be shared between threads."""

    def __init__(
        self, models: ModelSet, *, engine: str, threads: int, precision: str, order: str, min_score: float
    ) -> None:
        self._order = order
        self._min_score = min_score
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

    def read(
        self, frame: Frame, regions: Sequence[Region] = (), *, threads: int = 1, run: Mapper[Any, Any] = map
    ) -> Page:
        """The Page of a frame, or of its regions alone; `run` maps a function over lines."""
        return self.timed(frame, regions, threads=threads, run=run)[0]

    def timed(
        self, frame: Frame, regions: Sequence[Region] = (), *, threads: int = 1, run: Mapper[Any, Any] = map
    ) -> tuple[Page, dict[str, float]]:
        """As `read`, with the seconds that finding lines, reading them and putting them in order took."""
        times = [time.perf_counter()]
        height, width = frame.image.shape[:2]
        boxes = [_box(region, width, height, frame) for region in regions]
        if frame.text:
            lines = [line for line in frame.text if not boxes or any(_inside(line, box) for box in boxes)]
            return self._page(frame, lines, frame.notes), {}
        upright = self.find(frame.image, boxes, threads)
        times.append(time.perf_counter())
        lines = self._read_found(upright, run)
        times.append(time.perf_counter())
        kept = [line for line in lines if line.text and (line.score or 0.0) >= self._min_score]
        if upright.quarters:
            size = upright.image.shape
            kept = [turned_line(line, upright.quarters, size[1], size[0]) for line in kept]
        page = self._page(frame, kept, (*frame.notes, *upright.found.notes(self.detector.rule)))
        times.append(time.perf_counter())
        return page, dict(zip(STAGES, np.diff(times).tolist(), strict=True))

    def find(self, image: Image, boxes: Sequence[tuple[int, int, int, int]], threads: int) -> Upright:
        """The lines of an image (H, W, 3), made upright; of its boxes (left, top, right, bottom) alone if there are."""
        found = self.detector(image, threads, boxes)
        sideways = is_sideways(found.quads)
        if not found.quads or not (sideways or self._looks_upside_down(image, found.quads)):
            return Upright(image, 0, found)
        quarters = quarter_turns(image, found.quads, self.lines.read)
        asked = longest(found.quads)
        if self.lines.sense(image, asked, quarters + 2) > self.lines.sense(image, asked, quarters):
            quarters = (quarters + 2) % 4
        if not quarters:
            return Upright(image, 0, found)
        height, width = image.shape[:2]
        image = turned_back(image, quarters)
        return Upright(
            image, quarters, self.detector(image, threads, [turned_box(box, quarters, width, height) for box in boxes])
        )

    def _read_found(self, upright: Upright, run: Mapper[Any, Any]) -> list[Line]:
        """The lines of a picture; text that is very high only if it reads well, in place of the pieces found of it."""
        found = upright.found
        high = self.lines.read(upright.image, found.large, run) if found.large else []
        kept: list[Line] = []
        for line in sorted(high, key=lambda each: each.score or 0.0, reverse=True):
            quad = np.asarray(line.polygon, np.float32)
            reads = len(line.text) > 1 and (line.score or 0.0) >= SURE
            if reads and outside([quad], [np.asarray(each.polygon, np.float32) for each in kept]):
                kept.append(line)
        quads = outside(found.quads, [np.asarray(line.polygon, np.float32) for line in kept])
        return [*kept, *self.lines.read(upright.image, quads, run)]

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


def _inside(line: Line, box: tuple[int, int, int, int]) -> bool:
    x, y = np.mean(np.asarray(line.polygon), axis=0)
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])
