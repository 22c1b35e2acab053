"""Pages as the table that Tesseract writes: one row per page, block, paragraph, line and word."""

from __future__ import annotations

from typing import BinaryIO

from munja.core.page import Page
from munja.imaging.image import Source
from munja.read.writers.document import Document, TextDocument
from munja.read.writers.layout import blocks, covering, percent, pixel_box

COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text".split()
NOT_A_WORD = "-1"  # what Tesseract writes as the confidence of anything that is no word


def open_tsv(target: BinaryIO, *, title: str = "", source: Source | None = None) -> Document:
    """A table with one row of headings, columns parted by tabs."""
    return TextDocument(target, lambda page, _: to_rows(page), head=lambda _: "\t".join(COLUMNS) + "\n")


def to_rows(page: Page) -> str:
    """The rows of one Page; page_num counts the pages of its source from 1."""
    number = page.index + 1
    rows = [_row(1, (number, 0, 0, 0, 0), (0, 0, page.width, page.height))]
    for block_number, block in enumerate(blocks(page), 1):
        place = pixel_box(covering(block), page)
        rows.append(_row(2, (number, block_number, 0, 0, 0), place))
        rows.append(_row(3, (number, block_number, 1, 0, 0), place))
        for line_number, line in enumerate(block, 1):
            rows.append(_row(4, (number, block_number, 1, line_number, 0), pixel_box(line.outline, page)))
            for word_number, word in enumerate(line.words, 1):
                numbers = (number, block_number, 1, line_number, word_number)
                # A word without a score was written by a person: code that drops low scores must keep it.
                score = percent(1.0 if word.score is None else word.score)
                rows.append(_row(5, numbers, pixel_box(word.quad, page), f"{score:.6f}", word.text))
    return "".join(rows)


def _row(
    level: int, numbers: tuple[int, ...], place: tuple[int, int, int, int], score: str = NOT_A_WORD, text: str = ""
) -> str:
    left, top, right, bottom = place
    return "\t".join([str(level), *map(str, (*numbers, left, top, right - left, bottom - top)), score, text]) + "\n"
