"""Many sources at once: pages of different sources are loaded and read side by side, and come out in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from munja.core.errors import MunjaError
from munja.core.page import Page
from munja.imaging.image import Frame, Image, InputRule, Source, frames


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page that was read, its picture (H, W, 3), and its source, the `number`-th from 0."""

    number: int
    source: Source
    page: Page
    image: Image


@dataclass(frozen=True, slots=True)
class SourceRead:
    """The end of the `number`-th source: all its pages were read, or `error` says what stopped it."""

    number: int
    source: Source
    error: MunjaError | None = None


Event = PageRead | SourceRead


def read_stream(
    sources: Iterable[Source],
    read: Callable[[Frame], Page],
    rule: InputRule,
    *,
    threads: int,
    most_bytes: int | None = None,
) -> Generator[Event, None, None]:
    """The pages of sources in order, each followed by its source's end; `threads` pages are read at a time.

    At most twice as many pages as threads are in memory, and, where `most_bytes` is given, no page is loaded while
    those in memory take more.
    """
    waiting: deque[tuple[int, Source, Frame, Future[Page]] | SourceRead] = deque()
    failed: set[int] = set()

    def results(keep: int) -> Iterator[Event]:
        """What is finished, in order, until `keep` pages or fewer are waiting and they fit into memory."""
        while len(waiting) > keep or _bytes(waiting) > (most_bytes or float("inf")):
            first = waiting.popleft()
            if isinstance(first, SourceRead):
                if first.number not in failed:
                    yield first
                continue
            number, source, frame, outcome = first
            if number in failed:
                continue
            try:
                page = outcome.result()
            except MunjaError as error:
                failed.add(number)
                yield SourceRead(number, source, error)
                continue
            yield PageRead(number, source, page, frame.image)

    with ThreadPoolExecutor(threads, "munja-page") as pool:
        try:
            for number, source in enumerate(sources):
                error = None
                try:
                    for frame in frames(source, rule):
                        waiting.append((number, source, frame, pool.submit(read, frame)))
                        del frame
                        yield from results(2 * threads - 1)
                        if number in failed:
                            break
                except MunjaError as found:
                    error = found
                waiting.append(SourceRead(number, source, error))
                yield from results(2 * threads - 1)
            yield from results(0)
        finally:
            pool.shutdown(cancel_futures=True)


def _bytes(waiting: Iterable[tuple[int, Source, Frame, Future[Page]] | SourceRead]) -> int:
    return sum(each[2].image.size for each in waiting if isinstance(each, tuple))
