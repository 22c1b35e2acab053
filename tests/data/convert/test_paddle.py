"""PaddleOCR's detection labels and PPOCRLabel's projects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from munja.data.convert import convert, open_truth

BOX = {"transcription": "Hello", "points": [[10, 12], [90, 12], [90, 40], [10, 40]]}


@pytest.mark.parametrize(
    ("file", "reference", "name"),
    [("train_label.txt", "imgs/1.png", "paddle-det"), ("Label.txt", "project/imgs/1.png", "ppocrlabel")],
)
def test_rows_of_json_are_read(tmp_path: Path, drawn: Any, file: str, reference: str, name: str) -> None:
    folder = tmp_path / "project"
    (folder / "imgs").mkdir(parents=True)
    (folder / "imgs" / "1.png").write_bytes(drawn.picture(1))
    boxes = [BOX, {**BOX, "transcription": "###"}, {**BOX, "transcription": "real", "difficult": True}]
    (folder / file).write_text(f"{reference}\t{json.dumps(boxes)}\n", encoding="utf-8")
    truth = open_truth(folder)
    (sample,) = truth.samples()
    assert truth.format == name
    assert sample.split == ("train" if name == "paddle-det" else None)
    assert sample.page is not None
    assert [(line.text, line.ignore) for line in sample.page.lines] == [("Hello", False), ("###", True), ("real", True)]


def test_polygons_of_many_points_stay(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "1.png").write_bytes(drawn.picture(1))
    curve = [[i * 10, i % 2] for i in range(7)] + [[60 - i * 10, 20] for i in range(7)]
    (tmp_path / "label.txt").write_text("1.png\t" + json.dumps([{"transcription": "curve", "points": curve}]))
    (sample,) = open_truth(tmp_path).samples()
    assert sample.page is not None
    assert len(sample.page.lines[0].polygon) == 14


def test_bad_rows_and_boxes_are_listed_and_the_rest_read(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "1.png").write_bytes(drawn.picture(1))
    rows = [
        "1.png\t" + json.dumps([BOX, {"transcription": "no points"}, {**BOX, "points": [[1, 2], [3]]}, 7]),
        "1.png no tab",
        '1.png\t[{"points": broken}]',
        "2.png\t" + json.dumps([BOX]),
        "1.png\t[]",
    ]
    (tmp_path / "label.txt").write_text("\n".join(rows))
    truth = open_truth(tmp_path)
    assert [len(page.lines) for _, page in truth] == [1, 0]
    said = [str(each).replace(f"{tmp_path}/", "").removesuffix(str(tmp_path)) for each in truth.report.dropped]
    assert said == [
        "label.txt:1, box 2: a polygon was wanted, got None",
        "label.txt:1, box 3: a point [x, y] was wanted, got [3]",
        "label.txt:1, box 4: an object was wanted",
        "label.txt:2: path, tab and a JSON list of boxes was wanted, got '1.png no tab'",
        "label.txt:3: not JSON (Expecting value at column 13)",
        "label.txt:4: there is no picture 2.png below ",
    ]


def test_a_project_is_written_as_the_tool_opens_it(tmp_path: Path, drawn: Any, a_set: Any) -> None:
    a_set([drawn.page(1)])
    convert(tmp_path / "set", tmp_path / "out", to_format="ppocrlabel")
    key, boxes = (tmp_path / "out" / "images" / "Label.txt").read_text(encoding="utf-8").strip().split("\t")
    assert key == "images/page_1.png"
    assert (tmp_path / "out" / key).is_file()
    assert [set(each) for each in json.loads(boxes)] == [{"transcription", "points", "difficult"}] * 4
    assert (tmp_path / "out" / "images" / "fileState.txt").read_text() == "page_1.png\t1\n"
