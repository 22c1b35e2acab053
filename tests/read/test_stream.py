"""Many sources at once: each one's pages and its end, in order, and no more in memory than was allowed."""

from __future__ import annotations

import io
import threading
from typing import Any

import numpy as np
import PIL.Image
import pytest

from munja.core.errors import EngineError
from munja.core.page import Page
from munja.imaging.image import Frame, InputRule
from munja.read.stream import PageRead, SourceRead, read_stream


def blank(height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.full((height, 10, 3), 255, np.uint8)


def pages(*heights: int) -> bytes:
    target = io.BytesIO()
    first, *more = [PIL.Image.fromarray(blank(height)) for height in heights]
    first.save(target, "TIFF", save_all=True, append_images=more)
    return target.getvalue()


def read(frame: Frame) -> Page:
    if frame.image.shape[0] == 13:
        raise EngineError("13 is read by nobody")
    return Page(frame.image.shape[1], frame.image.shape[0], index=frame.index)


def told(events: Any) -> list[tuple[int, Any]]:
    """For each event its source's number, and the page's height, the error, or the end."""
    found: list[tuple[int, Any]] = []
    for event in events:
        if isinstance(event, PageRead):
            assert event.image.shape[0] == event.page.height
            found.append((event.number, event.page.height))
        else:
            found.append((event.number, str(event.error) if event.error is not None else "end"))
    return found


@pytest.mark.parametrize("threads", [1, 4])
def test_each_source_gives_its_pages_and_its_end_in_order(threads: int) -> None:
    sources = [blank(1), pages(2, 3, 4), "none.png", blank(5), b"no picture"]
    found = told(read_stream(sources, read, InputRule(), threads=threads))
    assert [number for number, _ in found] == [0, 0, 1, 1, 1, 1, 2, 3, 3, 4]
    assert [each for _, each in found][:6] == [1, "end", 2, 3, 4, "end"]
    assert "none.png: no such file" in found[6][1]
    assert found[7:9] == [(3, 5), (3, "end")]
    assert "not a picture" in found[9][1]


@pytest.mark.parametrize("threads", [1, 4])
def test_a_page_that_cannot_be_read_ends_its_source_once(threads: int) -> None:
    found = told(read_stream([pages(2, 13, 3, 13), blank(4)], read, InputRule(), threads=threads))
    assert found == [(0, 2), (0, "13 is read by nobody"), (1, 4), (1, "end")]


def test_no_page_is_loaded_while_those_in_memory_take_more_than_allowed() -> None:
    alive: list[int] = []
    lock = threading.Lock()

    def watched() -> Any:
        for k in range(20):
            with lock:
                alive.append(k)
            yield blank(100 + k)

    most = 0
    taken = 0
    for event in read_stream(watched(), read, InputRule(), threads=4, most_bytes=4 * 3200):
        if isinstance(event, SourceRead):
            taken += 1
            most = max(most, len(alive) - taken)
    assert taken == 20
    assert most <= 6  # eight would be in memory without the bound
