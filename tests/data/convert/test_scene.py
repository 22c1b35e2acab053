"""Total-Text, COCO-Text and MMOCR's JSON, as their documentation shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from munja.data.convert import open_truth


@pytest.fixture
def folder(tmp_path: Path, drawn: Any) -> Path:
    """A folder with a picture of 160 x 90 pixels."""
    (tmp_path / "img11.png").write_bytes(drawn.picture(1))
    return tmp_path


def test_total_text_rows_are_read(folder: Path) -> None:
    rows = (
        "x: [[ 115  503 494 115]], y: [[322 346 426 404]], ornt: [u'm'], transcriptions: [u'nauGHTY']\n"
        "x: [[1 2 3 4 5 6]], y: [[1 1 1 9 9 9]], ornt: [u'c'], transcriptions: [u\"it's\"]\n"
        "x: [[1 9 9 1]], y: [[1 1 9 9]], ornt: [u'#'], transcriptions: [u'#']\n"
        "x: [[1 9 9]], y: [[1 1 9 9]], ornt: [u'h'], transcriptions: [u'odd']\n"
    )
    (folder / "poly_gt_img11.txt").write_text(rows)
    truth = open_truth(folder)
    (sample,) = truth.samples()
    assert truth.format == "total-text"
    assert sample.page is not None
    assert [(line.text, line.ignore, len(line.polygon)) for line in sample.page.lines] == [
        ("nauGHTY", False, 4), ("it's", False, 6), ("###", True, 4)
    ]  # fmt: skip
    assert sample.attributes["lines"] == [{"orientation": "m"}, {"orientation": "c"}, {"orientation": "#"}]
    assert [str(each).split("/")[-1] for each in truth.report.dropped] == [
        "poly_gt_img11.txt:4: a polygon needs as many x as y, got 3 and 4"
    ]


def test_coco_text_is_read(folder: Path) -> None:
    known = {"class": "handwritten", "language": "english", "utf8_string": "New", "legibility": "legible"}
    annotation = {"mask": [1, 1, 20, 1, 20, 9, 1, 9], "bbox": [1, 1, 19, 8], "image_id": 7, "id": 1, **known}
    without_mask = {**annotation, "mask": [], "legibility": "illegible", "utf8_string": ""}
    tree = {
        "cats": {},
        "imgs": {"7": {"id": 7, "set": "val", "width": 160, "file_name": "img11.png", "height": 90},
                 "8": {"id": 8, "set": "train", "width": 160, "file_name": "img12.png", "height": 90}},
        "anns": {"1": annotation, "2": without_mask, "3": {"mask": [1, 2, 3]}},
        "imgToAnns": {"7": [1, 2, 3, 4]},
        "info": {},
    }  # fmt: skip
    (folder / "cocotext.v2.json").write_text(json.dumps(tree))
    truth = open_truth(folder)
    (sample,) = truth.samples()
    assert (truth.format, sample.split) == ("coco-text", "validate")
    assert sample.page is not None
    assert [(line.text, line.ignore) for line in sample.page.lines] == [("New", False), ("", True)]
    assert sample.page.lines[1].polygon == ((1, 1), (20, 1), (20, 9), (1, 9))
    assert sample.attributes["lines"][0] == {"class": "handwritten", "language": "english"}
    assert [each.where.split("/")[-1] for each in truth.report.dropped] == [
        "cocotext.v2.json, anns.3", "cocotext.v2.json, anns.4", "cocotext.v2.json, imgs.8"
    ]  # fmt: skip


def test_mmocr_pages_and_texts_are_read(folder: Path) -> None:
    polygon = {
        "polygon": [1, 1, 20, 1, 20, 9, 1, 9],
        "bbox": [1, 1, 20, 9],
        "bbox_label": 0,
        "text": "a",
        "ignore": True,
    }
    entries = [
        {
            "img_path": "img11.png",
            "height": 90,
            "width": 160,
            "instances": [polygon, {"bbox": [1, 1, 5, 5]}, {"text": "x"}],
        },
        {"img_path": "img11.png", "instances": [{"text": "crop"}]},
        {"img_path": "img11.png"},
    ]
    (folder / "textspotting_test.json").write_text(json.dumps({"metainfo": {}, "data_list": entries}))
    truth = open_truth(folder)
    page, text = truth.samples()
    assert (truth.format, page.split, text.text) == ("mmocr", "test", "crop")
    assert page.page is not None
    assert [(line.text, line.ignore) for line in page.page.lines] == [("a", True), ("", False)]
    assert [str(each).split("/")[-1] for each in truth.report.dropped] == [
        "textspotting_test.json, data_list[0].instances[2]: a polygon or bbox was wanted",
        "textspotting_test.json, data_list[2]: an object with a list of instances was wanted",
    ]
