"""PDF pages in: each page rendered to RGB at the asked-for resolution."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from munja.core.errors import InputError
from munja.imaging.image import Frame, InputRule

_LOCK = threading.Lock()  # PDFium is not thread-safe, not even across documents


def pdf_frames(content: bytes, name: str | None, rule: InputRule) -> Iterator[Frame]:
    """The pages of a PDF as frames at `rule.dpi` dots per inch; InputError for a damaged or locked document."""
    where = name or "the given PDF"
    document = _open(content, where)
    try:
        for index in range(len(document)):
            if rule.pages is not None and index not in rule.pages:
                continue
            with _LOCK:
                image = _render(document, index, where, rule)
            yield Frame(image, name, index, rule.dpi)
    finally:
        with _LOCK:
            document.close()


def _render(document: Any, index: int, where: str, rule: InputRule) -> Any:
    """One page (H, W, 3) RGB, with what was filled into its forms."""
    import pypdfium2

    try:
        page = document[index]
        width, height = page.get_size()
        scale = rule.dpi / 72.0
        pixels = round(width * scale) * round(height * scale)
        if pixels > rule.max_pixels:
            raise InputError(
                f"{where}: page {index + 1} has {pixels:,} pixels at {rule.dpi:g} dpi, more than max_pixels = "
                f"{rule.max_pixels:,}; choose a lower --dpi or allow it with --max-pixels"
            )
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=True)
        image = np.ascontiguousarray(bitmap.to_numpy()[..., :3])
        bitmap.close()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{where}: page {index + 1} is damaged ({error})") from error
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def pdf_length(content: bytes, name: str | None) -> int:
    """Number of pages of a PDF."""
    document = _open(content, name or "the given PDF")
    with _LOCK:
        length = len(document)
        document.close()
    return length


def _open(content: bytes, where: str) -> Any:
    import pypdfium2

    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
            document.init_forms()
            return document
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise InputError(f"{where}: a PDF locked with a password; save an unlocked copy first") from error
            raise InputError(f"{where}: a damaged PDF ({error})") from error
