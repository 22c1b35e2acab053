"""PDF pages in: each page rendered to RGB at the asked-for resolution, with its own text where that is wanted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from munja.core.errors import InputError
from munja.core.page import Line
from munja.imaging.image import Frame, Image, InputRule, check_size

LOCK = threading.Lock()  # PDFium is not thread-safe, not even across documents


def pdf_frames(content: bytes, name: str | None, rule: InputRule) -> Iterator[Frame]:
    """The pages of a PDF as frames at `rule.dpi` dots per inch; InputError for a damaged or locked document."""
    where = name or "the given PDF"
    with _document(content, where, rule.password) as document:
        for index in range(len(document)):
            if rule.pages is not None and index not in rule.pages:
                continue
            with LOCK:
                image, text = _page(document, index, where, rule)
            yield Frame(image, name, index, rule.dpi, text)


def pdf_length(content: bytes, name: str | None, password: str | None = None) -> int:
    """Number of pages of a PDF."""
    with _document(content, name or "the given PDF", password) as document:
        return len(document)


def _page(document: Any, index: int, where: str, rule: InputRule) -> tuple[Image, tuple[Line, ...] | None]:
    """One page (H, W, 3) RGB, with what was filled into its forms, and its own text if the rule wants that."""
    import pypdfium2

    try:
        page = document[index]
        try:
            _check_page(page, f"{where}: page {index + 1}", rule)
            image = _render(page, rule.dpi / 72.0)
            if not rule.text_layer:
                return image, None
            from munja.imaging.pdf_text import text_lines

            return image, text_lines(page, image.shape[1], image.shape[0])
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{where}: page {index + 1} is damaged ({error})") from error
    except MemoryError as error:
        raise InputError(f"{where}: page {index + 1} does not fit into memory; choose a lower --dpi") from error


def _render(page: Any, scale: float) -> Image:
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=True)
    image = np.ascontiguousarray(bitmap.to_numpy()[..., :3])
    bitmap.close()
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def _check_page(page: Any, where: str, rule: InputRule) -> None:
    """InputError if the page, or a picture on it, is too large: PDFium decodes pictures whole, whatever is shown."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    width, height = (round(side * rule.dpi / 72.0) for side in page.get_size())
    if width * height > rule.max_pixels:
        raise InputError(
            f"{where} has {width * height:,} pixels at {rule.dpi:g} dpi, more than max_pixels = "
            f"{rule.max_pixels:,}; choose a lower --dpi or allow it with --max-pixels"
        )
    check_size(width, height, 6.0, f"{where} at {rule.dpi:g} dpi", rule)
    for each in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        with suppress(pypdfium2.PdfiumError):  # a picture that is not even described is not decoded either
            across, down = each.get_px_size()
            check_size(across, down, 4.0, f"{where}: a picture on it", rule)


@contextmanager
def _document(content: bytes, where: str, password: str | None) -> Iterator[Any]:
    document = _open(content, where, password)
    try:
        yield document
    finally:
        with LOCK:
            document.close()


def _open(content: bytes, where: str, password: str | None) -> Any:
    import pypdfium2

    with LOCK:
        try:
            document = pypdfium2.PdfDocument(content, password=password)
            document.init_forms()
            return document
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower() and password is None:
                raise InputError(
                    f"{where}: a PDF locked with a password; give it with --password (Reader: password=...)"
                ) from error
            if "password" in str(error).lower():
                raise InputError(f"{where}: a PDF locked with another password than the one that was given") from error
            raise InputError(f"{where}: a damaged PDF ({error})") from error
