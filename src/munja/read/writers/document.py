"""What every writer gives: a document that takes one Page after the other, so that memory stays flat."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO, Protocol

from munja.core.errors import InputError
from munja.core.page import Page
from munja.imaging.image import Image, Source


class Document(Protocol):
    """A document that is being written."""

    def add(self, page: Page, picture: Image | None) -> None:
        """Take the next Page, with its picture (H, W, 3) RGB where the format wants it."""

    def finish(self) -> None:
        """Write what is left; the target then holds the whole document."""


class TextDocument:
    """A document of text: a head, a body for each Page, a tail.

    `head` gets the first Page, None where there is none; `body` gets a Page and its number from 0.
    """

    def __init__(
        self,
        target: BinaryIO,
        body: Callable[[Page, int], str],
        *,
        head: Callable[[Page | None], str] = lambda _: "",
        tail: str = "",
    ) -> None:
        self._target = target
        self._head = head
        self._body = body
        self._tail = tail
        self._count = 0

    def add(self, page: Page, picture: Image | None) -> None:
        """Write the next Page."""
        if not self._count:
            self._write(self._head(page))
        self._write(self._body(page, self._count))
        self._count += 1

    def finish(self) -> None:
        """Write the end."""
        if not self._count:
            self._write(self._head(None))
        self._write(self._tail)

    def _write(self, text: str) -> None:
        # Only names of files and texts that somebody else made can hold halves of surrogate pairs.
        self._target.write(text.encode("utf-8", errors="replace"))


class OnePage:
    """A document of a format that holds one Page alone: a second one is an error that says what to do."""

    def __init__(self, name: str, write: Callable[[Page, Image | None], None]) -> None:
        self._name = name
        self._write = write
        self._taken = False

    def add(self, page: Page, picture: Image | None) -> None:
        """Write the only Page."""
        if self._taken:
            raise InputError(
                f"{page.source or 'this source'}: has several pages, a document of the format {self._name} holds one; "
                "write each page to a document of its own"
            )
        self._taken = True
        self._write(page, picture)

    def finish(self) -> None:
        """Check that there was a Page."""
        if not self._taken:
            raise InputError(f"a document of the format {self._name} holds one page, got none")


def source_bytes(source: Source | None, most: int | None = None) -> bytes:
    """The first `most` bytes of a source that is a path or bytes, all by default; none of any other."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source[:most])
    if isinstance(source, str | os.PathLike) and os.path.isfile(source):
        with open(source, "rb") as file:
            return file.read() if most is None else file.read(most)
    return b""


def source_name(title: str, page: Page | None) -> str:
    """What a document is called: its title, else the file that its first Page came from."""
    return title or (page.source or "" if page else "")
