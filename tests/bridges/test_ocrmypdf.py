"""OCRmyPDF with Munja as its engine: the real program on real scans. It needs Debian's tesseract-ocr, as always."""

from __future__ import annotations

import re
import subprocess
import sys
from argparse import ArgumentParser
from importlib.metadata import entry_points
from pathlib import Path

import PIL.Image
import pypdfium2
import pytest
from ocrmypdf.hocrtransform import OcrClass

from munja.bridges import ocrmypdf as plugin
from munja.core.page import Line, Page, Word


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ocrmypdf", "--ocr-engine", "munja", "--output-type", "pdf", "-O0", "--jobs", "1"]
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=300)


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range().replace("\r", "") for page in pdf)


def test_the_plug_in_is_found_by_its_entry_point() -> None:
    (found,) = [each for each in entry_points(group="ocrmypdf") if each.name == "munja-ocrmypdf"]
    assert found.load() is plugin


def test_a_scanned_document_becomes_searchable(examples: Path, tmp_path: Path) -> None:
    out, sidecar = tmp_path / "out.pdf", tmp_path / "out.txt"
    done = run("--pages", "1", "--sidecar", sidecar, examples / "pages.pdf", out)
    assert done.returncode == 0, done.stderr
    text = text_of(out)
    assert "the joiner's workshop in the old fire station opens again on 1 September." in text
    assert "There are twelve benches" in sidecar.read_text(encoding="utf-8")
    with pypdfium2.PdfDocument(out) as pdf:
        assert pdf.get_metadata_dict()["Creator"].startswith("OCRmyPDF")
        assert "Munja" in pdf.get_metadata_dict()["Creator"]


def test_a_page_on_its_side_is_set_upright_and_its_own_text_layer_taken(examples: Path, tmp_path: Path) -> None:
    picture = tmp_path / "sideways.png"
    with PIL.Image.open(examples / "rotated_scan.png") as scan:
        scan.transpose(PIL.Image.Transpose.ROTATE_270).save(picture, dpi=(150, 150))
    out = tmp_path / "out.pdf"
    done = run("--rotate-pages", "--deskew", "--pdf-renderer", "sandwich", picture, out)
    assert done.returncode == 0, done.stderr
    assert re.search(r"NORTHFIELD\s+INSTRUMENTS", text_of(out))
    with pypdfium2.PdfDocument(out) as pdf:
        width, height = pdf[0].get_size()
        assert width < height
        image = pdf[0].render(scale=0.5).to_numpy()
        assert image.mean() > 150


def test_a_language_whose_letters_are_unknown_is_refused(examples: Path, tmp_path: Path) -> None:
    done = run("-l", "jpn", examples / "pages.pdf", tmp_path / "out.pdf")
    assert done.returncode == 3
    assert "jpn" in done.stderr


def test_models_that_are_missing_are_named_and_not_traced(examples: Path, tmp_path: Path) -> None:
    done = run("--munja-models", tmp_path / "nothing", examples / "pages.pdf", tmp_path / "out.pdf")
    assert done.returncode != 0
    assert str(tmp_path / "nothing") in done.stderr
    assert "Traceback" not in done.stderr


def test_tesseract_stays_the_engine_unless_munja_is_asked_for() -> None:
    class Options:
        ocr_engine = "auto"

    assert plugin.get_ocr_engine(Options()) is None  # type: ignore[arg-type]
    assert plugin.get_ocr_engine(None) is None
    Options.ocr_engine = "munja"
    assert str(plugin.get_ocr_engine(Options())).startswith("Munja ")  # type: ignore[arg-type]


def test_the_command_line_knows_the_engine_and_its_options() -> None:
    parser = ArgumentParser()
    parser.add_argument("--ocr-engine", choices=["auto", "tesseract"])
    plugin.add_options(parser)
    found = parser.parse_args(["--ocr-engine", "munja", "--munja-models", "ppocr"])
    assert (found.ocr_engine, found.munja_models, found.munja_recogniser) == ("munja", "ppocr", None)


@pytest.mark.parametrize(("turned", "angle"), [(False, None), (True, 90.0)])
def test_lines_say_how_they_run(turned: bool, angle: float | None) -> None:
    quad = (
        ((10.0, 90.0), (10.0, 10.0), (30.0, 10.0), (30.0, 90.0)) if turned else ((10, 10), (90, 14), (90, 34), (10, 30))
    )
    page = Page(100, 100, (Line("안녕", quad, 0.8, (Word("안녕", quad, 0.8),)),), dpi=150)
    root = plugin.to_elements(page, 2)
    ((line,),) = [root.lines]
    assert (root.ocr_class, root.dpi, root.page_number) == (OcrClass.PAGE, 150, 2)
    assert line.textangle == angle
    if not turned:
        assert line.baseline is not None
        assert line.baseline.slope == pytest.approx(4 / 80)
    assert [(word.text, word.confidence) for word in root.words] == [("안녕", 0.8)]
    assert line.language == "ko"
