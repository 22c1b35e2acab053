"""Reader: one object that reads pictures, from as many threads as you like."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from munja.core.errors import InputError, MunjaError, SpecError, did_you_mean
from munja.core.page import Page
from munja.imaging.image import MAX_PIXELS, Frame, InputRule, PageRanges, Source, frames
from munja.read.choice import chosen_engine
from munja.read.memory import for_pictures, parse_memory
from munja.read.order import ORDERS
from munja.read.page_reader import PageReader, Part, Region
from munja.read.stream import Event, PageRead, read_stream
from munja.read.weights import Models, model_set

if TYPE_CHECKING:  # most pictures are read without a pattern
    from munja.read.patterns.compile import Given
    from munja.read.patterns.guide import PatternGuide

MIN_SCORE = 0.65
REMEMBERED = 100  # patterns that are kept compiled

Regions = Region | Sequence[Region] | None
Patterns: TypeAlias = "Given | Sequence[Given | None] | None"
Pages = Iterable[int] | PageRanges | None


class Reader:
    """Reads text with positions from pictures and documents.

    `models` is the name of a model set (munja, ppocr), a folder of artifacts, or None for the default; `recogniser` an
    artifact file that takes the place of the set's own, `language` a language model file that tells look-alikes apart,
    or "none". `engine` is onnxruntime, openvino or auto (see
    munja.read.choice). `precision` is f32, bf16 or int8 and never changed silently. `threads` is the number of cores
    to use, all of them by default. `max_pixels` bounds a picture and `memory` (bytes, or text such as 2GB) what
    reading takes; without either, pictures of up to 100 million pixels are read. `dpi` is the resolution at which
    documents are rendered, and with `text_layer` the pages of a PDF that hold text are not read but taken as they are.
    `order` is reading or raw, and lines read with a score below `min_score` are left out (where Hangul is read by its
    letters, whose scores a syllable's is the product of, each letter is asked for that score). `pattern` says what the
    lines look like, where a call does not: a regular expression, `@iban` and the like, a function from text to bool,
    or a list of these that must all fit (see docs/patterns.md).

    A Reader may be shared between threads; what it reads does not depend on them.
    """

    def __init__(
        self,
        *,
        models: Models = None,
        recogniser: str | os.PathLike[str] | None = None,
        language: str | os.PathLike[str] | None = None,
        engine: str = "auto",
        threads: int | None = None,
        precision: str = "f32",
        max_pixels: int | None = None,
        memory: int | str | None = None,
        dpi: float = 200.0,
        text_layer: bool = False,
        order: str = "reading",
        min_score: float = MIN_SCORE,
        pattern: Given | None = None,
    ) -> None:
        if order not in ORDERS:
            raise SpecError(f"order {order!r} is not known; {did_you_mean(order, ORDERS)}")
        if (max_pixels is not None and max_pixels < 1) or not 0 < dpi <= 2400:
            raise SpecError(f"max_pixels from 1 and dpi up to 2400 were wanted, got {max_pixels} and {dpi:g}")
        self.threads = threads if threads is not None else available_cores()
        self._most_bytes: int | None = None
        if memory is not None:
            allowed = memory if isinstance(memory, int) else parse_memory(memory)
            self._most_bytes = for_pictures(allowed, max(1, self.threads))
        # One picture may take three quarters; while those in work take more than the last quarter, none is loaded.
        share = None if self._most_bytes is None else self._most_bytes * 3 // 4
        self._stream_bytes = None if self._most_bytes is None else self._most_bytes // 4
        if max_pixels is None:
            max_pixels = MAX_PIXELS if share is None else share
        self._rule = InputRule(max_pixels=max_pixels, dpi=dpi, most_bytes=share, text_layer=text_layer)
        self._pages = PageReader(
            model_set(models, recogniser, language),
            engine=chosen_engine(engine, precision),
            threads=self.threads,
            precision=precision,
            order=order,
            min_score=min_score,
        )
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._guides: dict[Any, PatternGuide] = {}
        self._guide = None if pattern is None else self._guide_of(pattern)

    def __call__(
        self, source: Source, *, region: Regions = None, pattern: Patterns = None, password: str | None = None
    ) -> Page:
        """Read a source that holds one picture: a path, bytes, binary file, NumPy array (RGB) or Pillow image.

        `region` is (x, y, width, height) in pixels, or several of them: nothing outside is read. `pattern` says what
        the lines look like; for a list of regions it may be a list of as many, None for those to be read freely.
        `password` opens a locked PDF.
        """
        parts = self._parts(region, pattern)
        found = iter(frames(source, self._rule_for(None, password)))
        first = next(found)
        if next(found, None) is not None:
            name = first.source or "this source"
            raise InputError(f"{name}: holds several pages; read them with munja.read_pages(x) or reader.pages(x)")
        return self._read_frame(first, parts)

    def pages(
        self,
        source: Source,
        *,
        pages: Pages = None,
        region: Regions = None,
        pattern: Patterns = None,
        password: str | None = None,
    ) -> Iterator[Page]:
        """Read all pages of a source one by one, or those numbered in `pages`, counted from 0."""
        parts = self._parts(region, pattern)
        for frame in frames(source, self._rule_for(pages, password)):
            yield self._read_frame(frame, parts)

    def stream(
        self,
        sources: Iterable[Source],
        *,
        pages: Pages = None,
        region: Regions = None,
        pattern: Patterns = None,
        password: str | None = None,
        on_error: Callable[[Source, MunjaError], None] | None = None,
    ) -> Iterator[Page]:
        """Read all pages of many sources, `threads` pages at a time, and yield them in the order of the sources.

        Loading, detection and recognition of different pages overlap; at most twice as many pages as threads are in
        memory. With `on_error`, a source that cannot be read is handed to it, and reading goes on.
        """
        for event in self.events(sources, pages=pages, region=region, pattern=pattern, password=password):
            if isinstance(event, PageRead):
                yield event.page
            elif event.error is not None:
                if on_error is None:
                    raise event.error
                on_error(event.source, event.error)

    def timed(self, source: Source) -> Iterator[tuple[Page, dict[str, float]]]:
        """All pages of a source, each with the seconds that its stages took: load, find, read, order."""
        found = frames(source, self._rule)
        run = map if self.threads == 1 else self._workers().map
        while True:
            started = time.perf_counter()
            frame = next(found, None)
            if frame is None:
                return
            loaded = time.perf_counter() - started
            page, stages = self._pages.timed(frame, self._parts(None, None), threads=self.threads, run=run)
            yield page, {"load": loaded, **stages}

    def events(
        self,
        sources: Iterable[Source],
        *,
        pages: Pages = None,
        region: Regions = None,
        pattern: Patterns = None,
        password: str | None = None,
    ) -> Generator[Event, None, None]:
        """As `stream`, each page with its picture, and after the last page of each source its end or its error."""
        parts = self._parts(region, pattern)
        return read_stream(
            sources,
            lambda frame: self._pages.read(frame, parts),
            self._rule_for(pages, password),
            threads=self.threads,
            most_bytes=self._stream_bytes,
        )

    def _rule_for(self, pages: Pages, password: str | None) -> InputRule:
        rule = self._rule
        ranges = pages if pages is None or isinstance(pages, PageRanges) else PageRanges.of(pages)
        return InputRule(rule.max_pixels, rule.dpi, ranges, rule.most_bytes, password, rule.text_layer)

    def _read_frame(self, frame: Frame, parts: Sequence[Part]) -> Page:
        run = map if self.threads == 1 else self._workers().map
        return self._pages.read(frame, parts, threads=self.threads, run=run)

    def _parts(self, region: Regions, pattern: Patterns) -> list[Part]:
        """The regions with their patterns; the whole page as one part if it has a pattern."""
        regions = _regions(region)
        several = region is not None and not _is_region(region)
        if several and isinstance(pattern, Sequence) and not isinstance(pattern, str):
            if len(pattern) != len(regions):
                raise SpecError(
                    f"{len(regions)} regions and {len(pattern)} patterns: one pattern for each region was wanted, "
                    "None for those to be read freely, or one for all"
                )
            guides = [None if each is None else self._guide_of(each) for each in pattern]
        else:
            guides = [self._guide if pattern is None else self._guide_of(cast("Given", pattern))] * max(1, len(regions))
        if regions:
            return [Part(each, guide) for each, guide in zip(regions, guides, strict=True)]
        return [Part(None, guides[0])] if guides[0] is not None else []

    def _guide_of(self, pattern: Given) -> PatternGuide:
        """The guide of a pattern, made once."""
        from munja.read.patterns import Pattern, compile_pattern

        key = _key(pattern)
        guide = self._guides.get(key)
        if guide is None:
            name = "of the given object" if isinstance(pattern, Pattern) else str(pattern)
            guide = self._pages.guide(compile_pattern(pattern), name)
            if len(self._guides) < REMEMBERED:
                self._guides[key] = guide
        return guide

    def _workers(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.threads, "munja-line")
            return self._pool


def _regions(region: Regions) -> list[Region]:
    """The regions as a list; SpecError if one is not four whole numbers with a size."""
    if region is None:
        return []
    several = [region] if not region or _is_region(region) else list(region)
    for each in several:
        numbers = tuple(cast(Sequence[Any], each))
        if len(numbers) != 4 or any(int(number) != number for number in numbers) or min(numbers[2:]) < 1:
            raise SpecError(f"region {each!r}: x, y, width, height in pixels were wanted, such as (0, 100, 640, 200)")
    return [cast(Region, tuple(int(number) for number in cast(Sequence[Any], each))) for each in several]


def _is_region(region: Region | Sequence[Region]) -> bool:
    """Whether it is one region, not several."""
    return bool(region) and isinstance(region[0], int | float)


def _key(pattern: Given) -> Any:
    """What stands for a pattern among those that were compiled already."""
    return tuple(map(_key, pattern)) if isinstance(pattern, Sequence) and not isinstance(pattern, str) else pattern


def available_cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_shared: dict[tuple[tuple[str, Any], ...], Reader] = {}
_shared_lock = threading.Lock()


def read(
    source: Source, *, region: Regions = None, pattern: Patterns = None, password: str | None = None, **settings: Any
) -> Page:
    """Read one picture with a Reader of these settings, which is kept for the next call.

    A source with several pages is an error here: use `munja.read_pages`.
    """
    return _reader(settings)(source, region=region, pattern=pattern, password=password)


def read_pages(
    source: Source,
    *,
    pages: Pages = None,
    region: Regions = None,
    pattern: Patterns = None,
    password: str | None = None,
    **settings: Any,
) -> Iterator[Page]:
    """Read all pages of a source, or those numbered in `pages` from 0, with a Reader of these settings."""
    return _reader(settings).pages(source, pages=pages, region=region, pattern=pattern, password=password)


def _reader(settings: dict[str, Any]) -> Reader:
    key = tuple(sorted(settings.items()))
    with _shared_lock:
        if key not in _shared:
            _shared[key] = Reader(**settings)
        return _shared[key]
