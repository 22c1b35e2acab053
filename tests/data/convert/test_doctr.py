"""docTR's labels.json for detection and recognition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from munja.data.convert import convert, open_truth


def put(folder: Path, drawn: Any, labels: Any) -> Path:
    (folder / "train" / "images").mkdir(parents=True)
    (folder / "train" / "images" / "1.png").write_bytes(drawn.picture(1))
    (folder / "train" / "labels.json").write_text(json.dumps(labels))
    return folder


def test_polygons_are_lines_without_text(tmp_path: Path, drawn: Any) -> None:
    label = {
        "img_dimensions": [900, 600],
        "img_hash": "x",
        "polygons": {"words": [[[1, 1], [9, 1], [9, 9], [1, 9]], [[1]]]},
    }
    truth = open_truth(put(tmp_path, drawn, {"1.png": label, "2.png": label, "3.png": {}}))
    (sample,) = truth.samples()
    assert (truth.format, sample.name, sample.split) == ("doctr-det", "1.png", "train")
    assert sample.page is not None
    assert [(line.text, line.polygon) for line in sample.page.lines] == [("", ((1, 1), (9, 1), (9, 9), (1, 9)))]
    assert sample.attributes["lines"] == [{"class": "words"}]
    assert len(truth.report.dropped) == 3
    assert "img_dimensions [900, 600] are not those of the picture" in truth.report.notes[0]


def test_texts_are_read_and_others_listed(tmp_path: Path, drawn: Any) -> None:
    truth = open_truth(put(tmp_path, drawn, {"1.png": "I", "2.png": "lost", "3.png": 3}))
    assert [(each.name, each.text) for each in truth.samples()] == [("1.png", "I")]
    assert truth.format == "doctr-rec"
    assert len(truth.report.dropped) == 2


def test_what_is_written_has_the_hash_and_the_dimensions_that_the_tool_wants(
    tmp_path: Path, drawn: Any, a_set: Any
) -> None:
    a_set([drawn.page(1, geometry="quad")])
    convert(tmp_path / "set", tmp_path / "out", to_format="doctr-det")
    label = json.loads((tmp_path / "out" / "labels.json").read_text())["page_1.png"]
    assert set(label) == {"img_dimensions", "img_hash", "polygons"}
    assert label["img_dimensions"] == [90, 160]
    assert len(label["img_hash"]) == 64
    assert all(len(each) == 4 for each in label["polygons"])
