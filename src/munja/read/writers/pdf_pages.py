"""The text layer of a PDF that keeps its own pages: nothing that is on them is drawn or compressed anew."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from munja.core.errors import InputError
from munja.core.page import Page
from munja.imaging import pdf_in
from munja.imaging.image import Image, Source
from munja.read.writers.layout import Box, Quad
from munja.read.writers.pdf_file import PdfFile, number
from munja.read.writers.pdf_text import FONT, GlyphlessFont, Matrix, text_layer


class PdfPagesDocument:
    """A PDF whose pages get a layer of invisible text, where they have no text already.

    Pages that were not read stay as they are.
    """

    def __init__(self, target: BinaryIO, source: Source, password: str | None = None) -> None:
        self._target = target
        self._name = str(source) if isinstance(source, str | os.PathLike) else "the given PDF"
        with _pdfium(self._name) as pdfium:
            content = source if isinstance(source, str | os.PathLike) else bytes(source)
            self._document = pdfium.PdfDocument(content, password=password)

    def add(self, page: Page, picture: Image | None) -> None:
        """Lay the text of a Page over the page of the PDF that it was read from."""
        if not any(not line.ignore for line in page.lines):
            return
        with _pdfium(self._name) as pdfium:
            if page.index >= len(self._document):
                raise InputError(
                    f"{self._name}: has {len(self._document)} pages, text came for page {page.index + 1}; "
                    "give the PDF that the pages were read from"
                )
            under = self._document[page.index]
            try:
                self._lay_over(pdfium, under, page)
            finally:
                under.close()

    def finish(self) -> None:
        """Write the whole PDF."""
        with _pdfium(self._name):
            self._document.save(self._target)
            self._document.close()

    def _lay_over(self, pdfium: Any, under: Any, page: Page) -> None:
        shown = under.get_bbox()
        matrix = page_matrix(page, shown, under.get_rotation())
        taken = _text_boxes(under)
        font = GlyphlessFont()
        text = text_layer(page, matrix, font, wanted=lambda quad: _is_free(quad, matrix, taken))
        if not text:
            return
        over = pdfium.PdfDocument(layer_file(text, font, shown))
        drawn = over.page_as_xobject(0, self._document)
        layer = drawn.as_pageobject()
        layer.set_matrix(pdfium.PdfMatrix(e=shown[0], f=shown[1]))  # PDFium moves a captured page to (0, 0)
        under.insert_obj(layer)
        under.gen_content()
        drawn.close()
        over.close()


def page_matrix(page: Page, shown: Box, rotation: int) -> Matrix:
    """What takes pixels of a Page to units of the PDF page that it shows.

    `shown` is the visible box (left, bottom, right, top) of the PDF page, turned clockwise by `rotation` degrees when
    it is shown.
    """
    left, bottom, right, top = shown
    upright = rotation % 180 == 0
    across, down = (right - left, top - bottom) if upright else (top - bottom, right - left)
    x, y = across / page.width, down / page.height
    return {
        0: (x, 0.0, 0.0, -y, left, top),
        90: (0.0, x, y, 0.0, left, bottom),
        180: (-x, 0.0, 0.0, y, right, bottom),
        270: (0.0, -x, -y, 0.0, right, top),
    }[rotation % 360]


def layer_file(text: str, font: GlyphlessFont, shown: Box) -> bytes:
    """A PDF of one page, the box (left, bottom, right, top) in size, that holds the invisible text of a Page alone."""
    target = io.BytesIO()
    file = PdfFile(target)
    catalogue, tree, font_number = (file.reserve() for _ in range(3))
    content = file.stream(text.encode())
    kid = file.add(
        f"<< /Type /Page /Parent {tree} 0 R /MediaBox [{' '.join(number(value) for value in shown)}]"
        f" /Contents {content} 0 R /Resources << /Font << /{FONT} {font_number} 0 R >> >> >>"
    )
    font.write(file, font_number)
    file.add(f"<< /Type /Pages /Count 1 /Kids [{kid} 0 R] >>", tree)
    file.add(f"<< /Type /Catalog /Pages {tree} 0 R >>", catalogue)
    file.finish(catalogue, file.add("<< >>"))
    return target.getvalue()


def _text_boxes(under: Any) -> list[Box]:
    """Where a PDF page has text already, visible or not: boxes (left, bottom, right, top) in its own units."""
    text = under.get_textpage()
    try:
        return [text.get_rect(index) for index in range(text.count_rects())]
    finally:
        text.close()


def _is_free(quad: Quad, matrix: Matrix, taken: list[Box]) -> bool:
    """Whether the middle of a word lies on no text that the page has already."""
    x, y = (sum(point[axis] for point in quad) / 4.0 for axis in (0, 1))
    a, b, c, d, e, f = matrix
    x, y = a * x + c * y + e, b * x + d * y + f
    return not any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in taken)


@contextmanager
def _pdfium(name: str) -> Iterator[Any]:
    """PDFium for this thread alone; what it refuses becomes an InputError that names the PDF."""
    import pypdfium2

    with pdf_in.LOCK:  # the lock of those who read pages meanwhile
        try:
            yield pypdfium2
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise InputError(f"{name}: a PDF locked with a password, and none or another was given") from error
            raise InputError(f"{name}: a text layer cannot be added to this PDF ({error})") from error
