"""Pages as JSON: one object for one Page, an array for several. The format is described in docs/page.md."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from munja.core.page import Page
from munja.imaging.image import Image, Source
from munja.read.writers.document import Document


def open_json(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """A JSON document that ends in a newline."""
    return _JsonDocument(target)


def to_json(pages: Sequence[Page]) -> str:
    """The JSON document of one source's Pages."""
    target = io.BytesIO()
    document = _JsonDocument(target)
    for page in pages:
        document.add(page, None)
    document.finish()
    return target.getvalue().decode()


class _JsonDocument:
    """Holds the first Page back until it is known whether it is the only one."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._first: Page | None = None
        self._count = 0

    def add(self, page: Page, picture: Image | None) -> None:
        """Write a Page; the first waits, since one alone stands without brackets."""
        if self._count == 0:
            self._first = page
        else:
            if self._first is not None:
                self._write("[\n", self._first)
                self._first = None
            self._write(",\n", page)
        self._count += 1

    def finish(self) -> None:
        """Write the only Page, or close the array."""
        if self._first is not None:
            self._write("", self._first)
        elif self._count == 0:
            self._target.write(b"[\n")
        self._target.write(b"\n]\n" if self._count != 1 else b"\n")

    def _write(self, before: str, page: Page) -> None:
        # A lone half of a surrogate pair has no UTF-8: JSON can hold it as an escape, and the Page comes back exactly.
        text = before + page.to_json(indent=1)
        self._target.write(text.encode("utf-8", errors="backslashreplace"))
