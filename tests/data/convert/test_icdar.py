"""The text files of the ICDAR competitions, as the competitions' pages describe them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from munja.core.page import Page
from munja.data.convert import open_truth


def put(folder: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def pages(folder: Path) -> list[Page]:
    return [page for _, page in open_truth(folder)]


def test_the_2015_layout_is_read_with_its_mark_and_commas(tmp_path: Path, drawn: Any) -> None:
    row = "\ufeff10,12,90,12,90,40,10,40,Genaxis, Theatre\r\n20,50,95,55,94,75,19,70,###\r\n"
    folder = put(tmp_path, {"ch4_training_images/img_1.png": drawn.picture(1),
                            "ch4_training_localization_transcription_gt/gt_img_1.txt": row})  # fmt: skip
    truth = open_truth(folder)
    (sample,) = truth.samples()
    assert (truth.format, sample.split, sample.name) == ("icdar2015", "train", "ch4_training_images/img_1.png")
    assert sample.page is not None
    first, second = sample.page.lines
    assert first.text == "Genaxis, Theatre"
    assert first.polygon == ((10, 12), (90, 12), (90, 40), (10, 40))
    assert (second.text, second.ignore, second.words) == ("###", True, ())


@pytest.mark.parametrize(
    "row", ['38, 43, 920, 215, "Tiredness"', '38 43 920 215 "Tiredness"', '38,43,920,215,"Tiredness"']
)
def test_the_2013_layout_is_read_with_commas_and_blanks(tmp_path: Path, drawn: Any, row: str) -> None:
    folder = put(tmp_path, {"100.png": drawn.picture(1), "gt_100.txt": row + "\n"})
    assert open_truth(folder).format == "icdar2013"
    (page,) = pages(folder)
    assert page.lines[0].text == "Tiredness"
    assert page.lines[0].polygon == ((38, 43), (920, 43), (920, 215), (38, 215))
    assert [word.text for word in page.words] == ["Tiredness"]


def test_quotes_are_read_as_the_official_evaluation_reads_them(tmp_path: Path, drawn: Any) -> None:
    rows = ['1,1,9,1,9,9,1,9,"say \\"so\\" \\\\ here"', '1,1,9,1,9,9,1,9,half"quoted']
    folder = put(tmp_path, {"1.png": drawn.picture(1), "gt_1.txt": "\n".join(rows)})
    (page,) = pages(folder)
    assert [line.text for line in page.lines] == ['say "so" \\ here', 'half"quoted']


def test_the_multilingual_layout_keeps_the_script(tmp_path: Path, drawn: Any) -> None:
    rows = "1,1,9,1,9,9,1,9,Korean,가나, 다\n1,1,9,1,9,9,1,9,None,###\n"
    folder = put(tmp_path, {"tr_img_1.png": drawn.picture(1), "gt/gt_tr_img_1.txt": rows})
    truth = open_truth(folder)
    assert truth.format == "icdar2019"
    (sample,) = truth.samples()
    assert sample.page is not None
    assert [line.text for line in sample.page.lines] == ["가나, 다", "###"]
    assert sample.attributes["lines"] == [{"script": "Korean"}, {"script": "None"}]


def test_bad_rows_are_listed_with_file_and_line_and_the_others_read(tmp_path: Path, drawn: Any) -> None:
    rows = b"1,1,9,1,9,9,1,9,good\n1,1,9,1,9,9,1,bad\n\n1,1,9,1,9,9,1,9,\xff\xfe\n1,1,9,1,9,9,1,99999999999,far\n"
    rows += b"1,1,9,1,9,9,1,9,good too"
    folder = put(tmp_path, {"1.png": drawn.picture(1), "2.png": drawn.picture(2), "gt_1.txt": rows})
    truth = open_truth(folder, "icdar2015")
    (page,) = [page for _, page in truth]
    assert [line.text for line in page.lines] == ["good", "good too"]
    assert [str(each).removeprefix(str(folder)) for each in truth.report.dropped] == [
        "/gt_1.txt:2: x1,y1,x2,y2,x3,y3,x4,y4,text was wanted, got '1,1,9,1,9,9,1,bad'",
        "/gt_1.txt:4: not UTF-8 (invalid start byte at byte 17 of the line)",
        "/gt_1.txt:5: a coordinate should be a number of pixels, got '99999999999'",
        "/2.png: a picture without a file of boxes",
    ]


def test_a_file_without_its_picture_is_listed(tmp_path: Path, drawn: Any) -> None:
    folder = put(tmp_path, {"1.png": drawn.picture(1), "gt_1.txt": "", "gt_2.txt": "1,1,9,1,9,9,1,9,x\n"})
    truth = open_truth(folder, "icdar2015")
    assert len(list(truth)) == 1
    assert "there is no picture 2 below" in truth.report.dropped[0].reason


def test_texts_alone_are_pages_as_large_as_their_boxes(tmp_path: Path) -> None:
    folder = put(tmp_path, {"gt_7.txt": "1,1,90,1,90,39.5,1,40,x\n"})
    truth = open_truth(folder)
    (sample,) = truth.samples()
    assert sample.page is not None
    assert (sample.page.width, sample.page.height, sample.picture) == (90, 40, None)
    assert truth.report.notes == ["there are no pictures: the pages are as large as their boxes reach"]
