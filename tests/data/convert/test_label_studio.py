"""Label Studio's exports, written as its documentation shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from munja.data.convert import open_truth

UPLOAD = "/data/upload/1/0a1b2c3d-page.png"


def region(kind: str, value: dict[str, Any], key: str = "a1", **more: Any) -> dict[str, Any]:
    common = {"original_width": 160, "original_height": 90, "image_rotation": 0, "to_name": "image", "id": key}
    return {**common, "type": kind, "from_name": kind, "value": value, **more}


def put(folder: Path, drawn: Any, tasks: Any) -> Path:
    (folder / "page.png").write_bytes(drawn.picture(1))
    (folder / "project-1.json").write_text(json.dumps(tasks, indent=1), encoding="utf-8")
    return folder


def task(*result: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "data": {"ocr": UPLOAD},
        "annotations": [{"id": 5, "was_cancelled": False, "result": list(result)}],
        **more,
    }


def test_a_rectangle_in_percent_becomes_pixels(tmp_path: Path, drawn: Any) -> None:
    box = {"x": 6.25, "y": 100 * 12 / 90, "width": 50.0, "height": 100 * 28 / 90, "rotation": 0}
    folder = put(tmp_path, drawn, [task(region("rectangle", box), region("textarea", {**box, "text": ["Hello"]}),
                                        region("labels", {**box, "labels": ["Text"]}))])  # fmt: skip
    truth = open_truth(folder)
    (sample,) = truth.samples()
    assert (truth.format, sample.name) == ("label-studio", "page.png")
    assert sample.page is not None
    assert sample.page.lines[0].text == "Hello"
    assert sample.page.lines[0].polygon == ((10, 12), (90, 12), (90, 40), (10, 40))


def test_a_turned_rectangle_turns_around_its_top_left_corner(tmp_path: Path, drawn: Any) -> None:
    box = {"x": 50.0, "y": 50.0, "width": 25.0, "height": 100 * 10 / 90, "rotation": 90}
    folder = put(tmp_path, drawn, [task(region("rectangle", box))])
    (sample,) = open_truth(folder).samples()
    assert sample.page is not None
    assert sample.page.lines[0].polygon == ((80, 45), (80, 85), (70, 85), (70, 45))


def test_polygons_scores_and_ignored_regions_are_read(tmp_path: Path, drawn: Any) -> None:
    shape = {"points": [[0, 0], [50, 0], [50, 50], [0, 50], [0, 20]], "closed": True}
    folder = put(tmp_path, drawn, [task(region("polygonlabels", {**shape, "polygonlabels": ["Ignore"]}, score=0.5))])
    (sample,) = open_truth(folder).samples()
    assert sample.page is not None
    line = sample.page.lines[0]
    assert (len(line.polygon), line.ignore, line.score) == (5, True, 0.5)


def test_the_latest_annotation_that_was_not_cancelled_counts(tmp_path: Path, drawn: Any) -> None:
    def annotation(text: str, cancelled: bool = False) -> dict[str, Any]:
        box = {"x": 1, "y": 1, "width": 5, "height": 5}
        return {"was_cancelled": cancelled, "result": [region("textarea", {**box, "text": [text]})]}

    made = [annotation("old"), annotation("new"), annotation("cancelled", cancelled=True)]
    folder = put(tmp_path, drawn, [{"id": 1, "data": {"ocr": UPLOAD}, "annotations": made}])
    truth = open_truth(folder)
    (sample,) = truth.samples()
    assert sample.page is not None
    assert [line.text for line in sample.page.lines] == ["new"]
    assert "annotated several times" in truth.report.notes[0]


def test_the_short_form_is_read(tmp_path: Path, drawn: Any) -> None:
    box = {"x": 6.25, "y": 0, "width": 50, "height": 50, "rotation": 0, "original_width": 160, "original_height": 90}
    short = {
        "id": 1,
        "ocr": UPLOAD,
        "bbox": [box, box],
        "transcription": ["one", "two"],
        "annotator": 1,
        "lead_time": 2.0,
    }
    single = {**short, "bbox": [box], "transcription": "only"}
    truth = open_truth(put(tmp_path, drawn, [short, single]))
    found = [[line.text for line in page.lines] for _, page in truth]
    assert found == [["one", "two"], ["only"]]


def test_choices_are_classes(tmp_path: Path, drawn: Any) -> None:
    truth = open_truth(put(tmp_path, drawn, [task(region("choices", {"choices": ["loaded"]}))]))
    (sample,) = truth.samples()
    assert (sample.label, sample.page) == ("loaded", None)


def test_what_is_wrong_is_listed_by_task_and_region(tmp_path: Path, drawn: Any) -> None:
    good = region("rectangle", {"x": 1, "y": 1, "width": 5, "height": 5}, "good")
    bad = region("rectangle", {"x": "left", "y": 1, "width": 5, "height": 5}, "bad")
    tasks = [
        task(good, bad, region("textarea", {"text": ["lost"]}, "t")),
        {"id": 2, "data": {"ocr": "s3://bucket/nowhere.png"}, "annotations": [{"result": []}]},
        {"id": 3, "data": {"ocr": UPLOAD}, "annotations": []},
        "nonsense",
    ]
    truth = open_truth(put(tmp_path, drawn, tasks))
    (sample,) = truth.samples()
    assert sample.page is not None
    assert len(sample.page.lines) == 1
    said = [str(each).split("project-1.json, ")[1].replace(str(tmp_path), "") for each in truth.report.dropped]
    assert said == [
        "task 1, result[1]: x should be a number, got 'left'",
        "task 1: the text 'lost' has no box",
        "task 2: there is no picture nowhere.png below ",
        "task 3: was not annotated",
        "task 4: an object was wanted",
    ]
