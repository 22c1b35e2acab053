"""Writers: the Pages of one source as a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from munja.core.errors import SpecError, did_you_mean
from munja.core.page import Page
from munja.read.writers.json import to_json
from munja.read.writers.text import to_text


class Writer(NamedTuple):
    """A format: the suffix of its files, the function from Pages to a document."""

    suffix: str
    document: Callable[[Sequence[Page]], str]


def _text(pages: Sequence[Page]) -> str:
    # A form feed between pages, as pdftotext and Tesseract write it.
    return "\f".join(text + "\n" if (text := to_text(page)) else "" for page in pages)


WRITERS = {"text": Writer(".txt", _text), "json": Writer(".json", to_json)}


def writer(name: str) -> Writer:
    """The writer of a format; SpecError names the nearest for an unknown one."""
    if name not in WRITERS:
        raise SpecError(f"--to {name}: not a format; {did_you_mean(name, WRITERS)}")
    return WRITERS[name]
