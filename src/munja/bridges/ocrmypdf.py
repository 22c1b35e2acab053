"""Munja as the engine of OCRmyPDF: `ocrmypdf --ocr-engine munja in.pdf out.pdf`.

OCRmyPDF finds this plug-in by itself where both are installed. It stays with Tesseract unless Munja is asked for.
"""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
from ocrmypdf import hookimpl
from ocrmypdf.exceptions import BadArgsError
from ocrmypdf.hocrtransform import BoundingBox, OcrClass, OcrElement
from ocrmypdf.models.ocr_element import Baseline
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence

import munja
from munja.bridges.languages import readable
from munja.core.errors import MunjaError
from munja.core.page import Page
from munja.read.weights import model_set
from munja.read.writers import document
from munja.read.writers.layout import Box, PlacedLine, blocks, box, covering, language
from munja.read.writers.pdf_pages import layer_file, page_matrix
from munja.read.writers.pdf_text import GlyphlessFont, text_layer

if TYPE_CHECKING:
    from ocrmypdf._options import OcrOptions

    from munja.read.reader import Reader

NAME = "munja"
DPI = 300.0  # of a picture that does not state its own, as OCRmyPDF takes it
SURE_LINES = 5  # lines that point one way from which on a page's direction is beyond doubt
_log = logging.getLogger(__name__)


class MunjaEngine(OcrEngine):
    """Reads the pages of OCRmyPDF. One Reader serves all threads of a process."""

    @staticmethod
    def version() -> str:
        """The version of Munja."""
        return munja.__version__

    @staticmethod
    def creator_tag(options: OcrOptions) -> str:
        """What stands in the finished PDF's metadata."""
        return f"Munja {munja.__version__}"

    def __str__(self) -> str:
        return f"Munja {munja.__version__}"

    @staticmethod
    def languages(options: OcrOptions) -> set[str]:
        """The languages, as Tesseract calls them, whose letters the recogniser knows."""
        extra: dict[str, Any] = options.extra_attrs
        try:
            models = model_set(extra.get("munja_models"), extra.get("munja_recogniser"))
        except MunjaError as error:
            raise BadArgsError(str(error)) from error
        return readable(models.recogniser.manifest.charset)

    @staticmethod
    def get_orientation(input_file: Path, options: OcrOptions) -> OrientationConfidence:
        """How far the page is turned clockwise, in quarter turns, and how sure that is, from 0 to 15."""
        page, _ = _read(input_file, options)
        quarters = [round(line.angle / 90.0) % 4 for line in page.lines for _ in line.text]
        if not quarters:
            return OrientationConfidence(0, 0.0)
        commonest = max(set(quarters), key=quarters.count)
        agreed = quarters.count(commonest) / len(quarters)
        return OrientationConfidence(commonest * 90, 15.0 * agreed * min(1.0, len(page.lines) / SURE_LINES))

    @staticmethod
    def get_deskew(input_file: Path, options: OcrOptions) -> float:
        """How far the page is to be turned counter-clockwise to stand straight, in degrees."""
        page, _ = _read(input_file, options)
        return (page.angle + 45.0) % 90.0 - 45.0

    @staticmethod
    def supports_generate_ocr() -> bool:
        """Munja gives its lines as they are, without a file between."""
        return True

    @staticmethod
    def generate_ocr(input_file: Path, options: OcrOptions, page_number: int = 0) -> tuple[OcrElement, str]:
        """The lines and words of a page picture, and its plain text."""
        page, _ = _read(input_file, options)
        return to_elements(page, page_number), document("text", page).decode()

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: OcrOptions) -> None:
        """Write what stands in a page picture as hOCR and as text."""
        page, _ = _read(input_file, options)
        output_hocr.write_bytes(document("hocr", page))
        output_text.write_bytes(document("text", page))

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: OcrOptions) -> None:
        """Write what stands in a page picture as a PDF of its size that holds invisible text alone."""
        page, dpi = _read(input_file, options)
        width, height = page.width * 72.0 / dpi, page.height * 72.0 / dpi
        shown: Box = (0.0, 0.0, width, height)
        font = GlyphlessFont()
        text = text_layer(page, page_matrix(page, shown, 0), font)
        output_pdf.write_bytes(layer_file(text, font, shown))
        output_text.write_bytes(document("text", page))


def to_elements(page: Page, number: int) -> OcrElement:
    """A Page as OCRmyPDF's tree of paragraphs, lines and words."""
    root = OcrElement(OcrClass.PAGE, _bounds((0.0, 0.0, float(page.width), float(page.height))))
    root.dpi, root.page_number = page.dpi or DPI, number
    for block in blocks(page):
        paragraph = OcrElement(OcrClass.PARAGRAPH, _bounds(box(covering(block))))
        paragraph.children = [_line_element(line) for line in block]
        root.children.append(paragraph)
    return root


def _line_element(line: PlacedLine) -> OcrElement:
    element = OcrElement(OcrClass.LINE, _bounds(box(line.outline)), language=language(line.text))
    if line.turn is not None:
        element.textangle = -line.turn  # counter-clockwise
    else:
        left, _, _, bottom = box(line.outline)
        element.baseline = Baseline(*line.slope_from(left, bottom))
    element.children = [
        OcrElement(OcrClass.WORD, _bounds(box(word.quad)), text=word.text, confidence=word.score) for word in line.words
    ]
    return element


def _bounds(place: Box) -> BoundingBox:
    return BoundingBox(*place)


@lru_cache(maxsize=2)
def _reader(models: str | None, recogniser: str | None) -> Reader:
    """One Reader per process and choice of models: OCRmyPDF spreads pages over cores by itself."""
    from munja.read.reader import Reader

    return Reader(models=models, recogniser=recogniser, threads=1)


def _reader_for(options: OcrOptions) -> Reader:
    extra: dict[str, Any] = options.extra_attrs
    try:
        return _reader(extra.get("munja_models"), extra.get("munja_recogniser"))
    except MunjaError as error:
        raise BadArgsError(str(error)) from error


def _read(input_file: Path, options: OcrOptions) -> tuple[Page, float]:
    with PIL.Image.open(input_file) as picture:
        dpi = float(picture.info.get("dpi", (DPI, DPI))[0]) or DPI
        pixels = np.asarray(picture.convert("RGB"))
    page = _reader_for(options)(pixels)
    for note in page.notes:
        _log.warning(note)
    return Page(page.width, page.height, page.lines, page.angle, page.source, page.index, dpi, page.notes), dpi


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    """Let the command line know Munja."""
    for action in parser._actions:  # there is no public way to add a choice to an option that exists
        if "--ocr-engine" in action.option_strings and action.choices is not None:
            action.choices = [*action.choices, NAME]
    group = parser.add_argument_group("Munja", "Options of the engine munja")
    group.add_argument("--munja-models", help="model set: munja, ppocr, or a folder of artifacts")
    group.add_argument("--munja-recogniser", help="recogniser artifact that takes the place of the set's own")


@hookimpl
def get_ocr_engine(options: OcrOptions | None) -> OcrEngine | None:
    """Munja where it is asked for."""
    return MunjaEngine() if options is not None and options.ocr_engine == NAME else None
