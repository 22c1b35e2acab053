"""Writers: the Pages of one source as a document, in every format that Munja writes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO

from munja.core.errors import SpecError, did_you_mean
from munja.core.page import Page
from munja.imaging.image import Image, InputRule, PageRanges, Source, frames
from munja.read.writers.document import Document

__all__ = ["WRITERS", "Document", "Writer", "document", "writer"]

_MOST_PIXELS = 10**12  # the pictures were read already: whatever bound there was let them through


@dataclass(frozen=True, slots=True)
class Writer:
    """A format and what a program must know to write it.

    `suffix` is that of its files. A `binary` document is none to be printed on a screen. Where `needs_picture`, each
    Page is to come with its picture. A document of a format that is `one_page` holds a single Page: a source of several
    pages takes several documents.
    """

    name: str
    suffix: str
    opener: str  # module:function, imported when first used
    binary: bool = False
    needs_picture: bool = False
    one_page: bool = False

    def open(
        self, target: BinaryIO, *, title: str = "", source: Source | None = None, password: str | None = None
    ) -> Document:
        """Begin a document in a target that takes bytes.

        `source` is what the pages come from, as a path or bytes: a PDF document then keeps the pages of a PDF, which
        `password` opens, and takes over the data of a JPEG or PNG.
        """
        module, function = self.opener.split(":")
        begin: Callable[..., Document] = getattr(import_module(f"munja.read.writers.{module}"), function)
        if self.name == "pdf":
            return begin(target, title=title, source=source, password=password)
        return begin(target, title=title, source=source)


WRITERS = {
    each.name: each
    for each in (
        Writer("text", ".txt", "text:open_text"),
        Writer("markdown", ".md", "markdown:open_markdown"),
        Writer("json", ".json", "json:open_json"),
        Writer("tsv", ".tsv", "tsv:open_tsv"),
        Writer("hocr", ".hocr", "hocr:open_hocr"),
        Writer("alto", ".alto.xml", "alto:open_alto"),
        Writer("page", ".page.xml", "page_xml:open_page_xml", one_page=True),
        Writer("pdf", ".pdf", "pdf:open_pdf", binary=True, needs_picture=True),
        Writer("html", ".html", "html:open_html", needs_picture=True),
        Writer("png", ".png", "png:open_png", binary=True, needs_picture=True, one_page=True),
    )
}


def writer(name: str) -> Writer:
    """The writer of a format; SpecError names the nearest for an unknown one."""
    if name not in WRITERS:
        raise SpecError(f"--to {name}: not a format; {did_you_mean(name, WRITERS)}")
    return WRITERS[name]


def document(
    name: str,
    pages: Page | Iterable[Page],
    pictures: Iterable[Image] | None = None,
    *,
    title: str = "",
    source: Source | None = None,
) -> bytes:
    """The Pages of one source as a document of a format.

    `pictures` are those that were read, (H, W, 3) RGB; where a format needs them and they are not given, they are taken
    from `source`.
    """
    chosen = writer(name)
    listed = [pages] if isinstance(pages, Page) else list(pages)
    given: Iterator[Image | None]
    if pictures is not None:
        given = iter(pictures)
    elif chosen.needs_picture and source is not None and listed:
        given = _pictures(source, listed)
    else:
        given = iter([None] * len(listed))
    target = io.BytesIO()
    begun = chosen.open(target, title=title, source=source)
    for page in listed:
        begun.add(page, next(given, None))
    begun.finish()
    return target.getvalue()


def _pictures(source: Source, pages: list[Page]) -> Iterator[Image]:
    """The pictures of Pages, in their order, which is that of the source."""
    rule = InputRule(_MOST_PIXELS, pages[0].dpi or 200.0, PageRanges.of(page.index for page in pages))
    return (frame.image for frame in frames(source, rule))
