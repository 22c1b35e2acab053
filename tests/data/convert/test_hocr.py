"""hOCR as Tesseract and others write it, HTML that is not quite well-formed included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from munja.data.convert import open_truth

TESSERACT = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta name='ocr-system' content='tesseract 5.3.0' /></head><body>
<div class='ocr_page' id='page_1' title='image "/elsewhere/page.png"; bbox 0 0 160 90; ppageno 0; scan_res 300 300'>
 <div class='ocr_carea' id='block_1_1' title="bbox 10 12 90 40"><p class='ocr_par' lang='eng'>
  <span class='ocr_line' title="bbox 10 12 90 40; baseline 0 -5; x_size 20">
   <span class='ocrx_word' title='bbox 10 12 40 40; x_wconf 96'>Fish</span>
   <span class='ocrx_word' title='bbox 45 12 90 40; x_wconf 91'><strong>&amp; chips</strong></span>
  </span>
  <span class='ocr_header' title="bbox 10 50 20 85; textangle 270">turned</span>
  <span class='ocr_line' title="bbox ten 50 20 85">bad</span>
  <span class='ocr_line' title="bbox 10 50 90 60"> <span class='ocrx_word' title='bbox 10 50 9 60'>flat</span> </span>
 </p></div></div></body></html>
"""


def test_lines_words_scores_and_turned_text_are_read(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "page.png").write_bytes(drawn.picture(1))
    (tmp_path / "page.hocr").write_text(TESSERACT)
    truth = open_truth(tmp_path)
    (sample,) = truth.samples()
    page = sample.page
    assert page is not None
    assert (truth.format, page.source, page.dpi) == ("hocr", "page.png", 300.0)
    first, second = page.lines
    assert first.text == "Fish & chips"
    assert [(word.text, word.score) for word in first.words] == [("Fish", 0.96), ("& chips", 0.91)]
    assert (second.text, second.angle, second.polygon[0]) == ("turned", 90.0, (20.0, 50.0))
    assert [str(each).split("/")[-1] for each in truth.report.dropped] == [
        "page.hocr:10: a coordinate should be a number, got 'ten'",
        "page.hocr:11: a box of -1 x 10 pixels has no extent",
    ]


def test_html_that_is_not_well_formed_is_read(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "p.png").write_bytes(drawn.picture(1))
    document = (
        "<HTML><body><div class=ocr_page title='bbox 0 0 160 90'><br><p>"
        "<span class='ocr_line' title='bbox 1 1 50 20'>caf&eacute;&nbsp;noir<br></p>"
    )
    (tmp_path / "p.html").write_text(document)
    ((_, page),) = open_truth(tmp_path)
    assert [line.text for line in page.lines] == ["café noir"]


def test_a_page_without_its_size_is_an_error_that_names_the_line(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "p.png").write_bytes(drawn.picture(1))
    (tmp_path / "p.hocr").write_text("\n<div class='ocr_page' title='image x'></div>")
    truth = open_truth(tmp_path)
    assert list(truth) == []
    assert str(truth.report.dropped[0]).endswith("p.hocr:2: an ocr_page needs a bbox of four numbers")
