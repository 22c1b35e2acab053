"""Reader: one object that reads pictures, from as many threads as you like."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, MunjaError, SpecError, did_you_mean
from munja.core.page import Page
from munja.core.registry import build
from munja.imaging.geometry import clip, quad_size
from munja.imaging.image import MAX_PIXELS, Frame, Image, InputRule, PageRanges, Source, count_frames, frames
from munja.read.batching import show_to_detector
from munja.read.codecs import db  # noqa: F401  (registers itself)
from munja.read.engines import Engine, open_engine
from munja.read.lines import LineReader
from munja.read.order import ORDERS, page_angle, reading_order
from munja.read.weights import Models, model_set

MIN_SCORE = 0.65
SMALL_SCALE = 0.25  # a page shown to the detector at less than this gets a note


class Reader:
    """Reads text with positions from pictures and documents.

    `models` is the name of a model set (ppocr), a folder of artifacts, or None for the default; `recogniser` an
    artifact file that takes the place of the set's own. `engine` is onnxruntime, openvino or auto (see
    munja.read.engines). `precision` is f32, bf16 or int8 and never changed silently. `threads` is the number of cores
    to use, all of them by default. `max_pixels` bounds a picture, `dpi` is the resolution at which documents are
    rendered, `order` is reading or raw, and lines read with a score below `min_score` are left out.

    A Reader may be shared between threads; what it reads does not depend on them.
    """

    def __init__(
        self,
        *,
        models: Models = None,
        recogniser: str | os.PathLike[str] | None = None,
        engine: str = "auto",
        threads: int | None = None,
        precision: str = "f32",
        max_pixels: int = MAX_PIXELS,
        dpi: float = 200.0,
        order: str = "reading",
        min_score: float = MIN_SCORE,
    ) -> None:
        if order not in ORDERS:
            raise SpecError(f"order {order!r} is not known; {did_you_mean(order, ORDERS)}")
        if max_pixels < 1 or not 0 < dpi <= 2400:
            raise SpecError(f"max_pixels from 1 and dpi up to 2400 were wanted, got {max_pixels} and {dpi:g}")
        self.threads = threads if threads is not None else available_cores()
        self._rule = InputRule(max_pixels=max_pixels, dpi=dpi)
        self._order = order
        self._min_score = min_score
        self._models = model_set(models, recogniser)
        self._engine = engine
        self._precision = precision
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._detectors: dict[int, Engine] = {}
        chosen = self._models
        direction = chosen.direction
        self._detector_rule = chosen.detector.manifest.input
        self._db = build("codec", chosen.detector.manifest.codec)
        self._lines = LineReader(
            chosen.recogniser,
            open_engine(
                chosen.recogniser, engine=engine, threads=self.threads, streams=self.threads, precision=precision
            ),
            direction,
            # Small and asked rarely: not worth a second precision or a compilation.
            None if direction is None else open_engine(direction, engine="onnxruntime", streams=1),
        )
        self._detector(self.threads)

    def __call__(self, source: Source) -> Page:
        """Read a source that holds one picture: a path, bytes, binary file, NumPy array (RGB) or Pillow image."""
        found = iter(frames(source, self._rule))
        first = next(found, None)
        if first is None:
            raise InputError(f"{source}: holds no picture")
        if next(found, None) is not None:
            name = first.source or "this source"
            raise InputError(f"{name}: holds several pages; read them with munja.read_pages(x) or reader.pages(x)")
        return self._read_frame(first, self.threads)

    def pages(self, source: Source, *, pages: Iterable[int] | None = None) -> Iterator[Page]:
        """Read all pages of a source one by one, or those numbered in `pages`, counted from 0."""
        for frame in _wanted_frames(source, self._rule_for(pages)):
            yield self._read_frame(frame, self.threads)

    def stream(
        self,
        sources: Iterable[Source],
        *,
        pages: Iterable[int] | PageRanges | None = None,
        on_error: Callable[[Source, MunjaError], None] | None = None,
    ) -> Iterator[Page]:
        """Read all pages of many sources, `threads` pages at a time, and yield them in the order of the sources.

        Loading, detection and recognition of different pages overlap; at most twice as many pages as threads are in
        memory. With `on_error`, a source that cannot be read is handed to it, and reading goes on.
        """
        rule = self._rule_for(pages)
        waiting: deque[tuple[Source, Future[Page] | MunjaError]] = deque()

        def results(keep: int) -> Iterator[Page]:
            while len(waiting) > keep:
                source, outcome = waiting.popleft()
                try:
                    if isinstance(outcome, MunjaError):
                        raise outcome
                    page = outcome.result()
                except MunjaError as error:
                    if on_error is None:
                        raise
                    on_error(source, error)
                    continue
                yield page

        with ThreadPoolExecutor(self.threads, "munja-page") as pool:
            try:
                for source in sources:
                    found = _frames_or_error(source, rule)
                    for each in found:
                        outcome = each if isinstance(each, MunjaError) else pool.submit(self._read_frame, each, 1)
                        waiting.append((source, outcome))
                        yield from results(2 * self.threads - 1)
                yield from results(0)
            finally:
                pool.shutdown(cancel_futures=True)

    def _rule_for(self, pages: Iterable[int] | PageRanges | None) -> InputRule:
        if pages is None:
            return self._rule
        ranges = pages if isinstance(pages, PageRanges) else PageRanges.of(pages)
        return InputRule(self._rule.max_pixels, self._rule.dpi, ranges)

    def _read_frame(self, frame: Frame, threads: int) -> Page:
        image = frame.image
        height, width = image.shape[:2]
        quads, scale = self._detect(image, threads)
        run = map if threads == 1 else self._workers().map
        lines = self._lines.read(image, quads, run)
        kept = [line for line in lines if line.text and (line.score or 0.0) >= self._min_score]
        lengths = [len(line.text) for line in kept]
        angle = page_angle([line.angle for line in kept], lengths)
        if self._order == "reading":
            places = [np.asarray(line.polygon, np.float32) for line in kept]
            kept = [kept[index] for index in reading_order(places, angle)]
        notes: tuple[str, ...] = ()
        if scale < SMALL_SCALE:
            least = round(self._detector_rule["small_text"] / scale)
            notes = (f"searched for text at {scale:.0%} of its size: text lower than {least} pixels may be missing",)
        return Page(width, height, tuple(kept), round(angle, 2) % 360.0, frame.source, frame.index, frame.dpi, notes)

    def _detect(self, image: Image, threads: int) -> tuple[list[NDArray[np.float32]], float]:
        """Quads (4, 2) of lines of text in pixels of the image, from the top, and the scale at which they were found.

        A page whose text turns out too small for the detector's usual size is shown to it once more, larger.
        """
        rule = self._detector_rule
        quads, scale = self._detect_at(image, threads, rule["long_side"])
        if scale < 1.0 and quads:
            heights = [min(quad_size(quad)) * scale for quad in quads]
            if float(np.median(heights)) < rule["small_text"]:
                quads, scale = self._detect_at(image, threads, 2 * rule["long_side"])
        return sorted(quads, key=lambda quad: (float(quad[:, 1].min()), float(quad[:, 0].min()))), scale

    def _detect_at(self, image: Image, threads: int, long_side: int) -> tuple[list[NDArray[np.float32]], float]:
        batch, scale = show_to_detector(image, {**self._detector_rule, "long_side": long_side})
        (probability,) = self._detector(threads).run(batch, ["probability"])
        boxes = self._db.decode(probability[0, 0])
        stride = probability.shape[-1] / batch.shape[2]
        quads = [clip(quad / (scale * stride), image.shape[1], image.shape[0]) for quad in boxes.quads]
        return [quad for quad in quads if min(np.ptp(quad, axis=0)) >= 2.0], scale

    def _detector(self, threads: int) -> Engine:
        """The detector with all cores on one page, or one core on each of several pages."""
        with self._lock:
            if threads not in self._detectors:
                self._detectors[threads] = open_engine(
                    self._models.detector,
                    engine=self._engine,
                    threads=self.threads,
                    streams=self.threads if threads == 1 else 1,
                    precision=self._precision,
                    few_sizes=False,
                )
            return self._detectors[threads]

    def _workers(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.threads, "munja-line")
            return self._pool


def _wanted_frames(source: Source, rule: InputRule) -> Iterator[Frame]:
    """The frames of a source; InputError if pages were asked for and it has none of them."""
    empty = True
    for frame in frames(source, rule):
        empty = False
        yield frame
    if empty and rule.pages is not None:
        count = count_frames(source)
        raise InputError(f"{_name(source)}: page {rule.pages} was asked for, it has {count} (pages count from 1)")


def _frames_or_error(source: Source, rule: InputRule) -> Iterator[Frame | MunjaError]:
    """The frames of a source, and at last what stopped it, if anything did."""
    try:
        yield from _wanted_frames(source, rule)
    except MunjaError as error:
        yield error


def _name(source: Source) -> str:
    return str(source) if isinstance(source, str | os.PathLike) else f"the given {type(source).__name__}"


def available_cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_shared: dict[tuple[tuple[str, Any], ...], Reader] = {}
_shared_lock = threading.Lock()


def read(source: Source, **settings: Any) -> Page:
    """Read one picture with a Reader of these settings, which is kept for the next call.

    A source with several pages is an error here: use `munja.read_pages`.
    """
    return _reader(settings)(source)


def read_pages(source: Source, *, pages: Iterable[int] | None = None, **settings: Any) -> Iterator[Page]:
    """Read all pages of a source, or those numbered in `pages` from 0, with a Reader of these settings."""
    return _reader(settings).pages(source, pages=pages)


def _reader(settings: dict[str, Any]) -> Reader:
    key = tuple(sorted(settings.items()))
    with _shared_lock:
        if key not in _shared:
            _shared[key] = Reader(**settings)
        return _shared[key]
