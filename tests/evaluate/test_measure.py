from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from munja.core.page import Page
from munja.evaluate import Evaluation, Options, Reading, opened_truth
from munja.evaluate.measure import COLUMNS, measure
from munja.evaluate.truth import Truth


def test_a_reader_without_errors_has_full_figures(evaluation: Evaluation) -> None:
    right = evaluation.readers[1]
    assert [right.figure(column).value for column in evaluation.columns] == [1] * len(evaluation.columns)


def test_figures_count_what_went_wrong(evaluation: Evaluation) -> None:
    wrong = evaluation.readers[0]
    values = {column.title: wrong.figure(column).value for column in evaluation.columns}
    # 40 true characters: 1 wrong, 9 missed, 1 penalty of the split; 36 read: 1 wrong, 5 that are not there.
    assert values["Recall"] == pytest.approx(29 / 40)
    assert values["Precision"] == pytest.approx(30 / 36)
    assert values["Words"] == pytest.approx(2 * 6 / (10 + 10))


def test_a_picture_that_was_not_read_counts_as_one_without_text(truth: Truth, right_pages: dict[str, Page]) -> None:
    part = {name: right_pages[name] for name in ("a.png", "b.png")}
    found = measure(truth, Reading("partial", part), Options())
    assert len(found.records["cleval.strict"]) == 3
    assert found.findings[2].sums.lost == {"missed": 9}


def test_case_counts_by_the_custom_of_the_truth(truth: Truth) -> None:
    assert not Options().keeps_case(truth)
    assert Options(case_sensitive=True).keeps_case(truth)


@pytest.mark.parametrize(
    ("row", "kind", "main"),
    [
        ({"kind": "page", "size": [400, 160], "text": "HELLO WORLD\nTOTAL 9.00"}, "text", 0.75),
        ({"kind": "word", "text": "HELLO WORLD TOTAL 9.00"}, "crops", 0.0),
        ({"kind": "math", "text": "HELLO WORLD TOTAL 9.00"}, "formulas", 0.1 * 0.75),
    ],
)
def test_every_kind_of_truth_has_its_own_figures(
    truth_folder: Path, row: Mapping[str, object], kind: str, main: float, wrong_pages: dict[str, Page]
) -> None:
    (truth_folder / "gt.jsonl").write_text(json.dumps({"image": "images/a.png", **row}) + "\n", encoding="utf-8")
    lines = (wrong_pages["a.png"].lines[0], wrong_pages["a.png"].lines[1])
    text = Page(400, 160, (lines[0], type(lines[1])("TOTAL 9.00", lines[1].polygon)))
    with opened_truth(truth_folder) as truth:
        assert truth.kind == kind
        found = measure(truth, Reading("r", {"a.png": text}), Options())
        assert found.figure(COLUMNS[truth.kind][0]).value == pytest.approx(main)
        assert [each.kinds for each in found.findings[0].findings] == [("wrong characters",)]


def test_what_is_undefined_is_said(truth_folder: Path, written: Callable[..., Path]) -> None:
    items = [{"quad": [[1, 1], [9, 1], [9, 9], [1, 9]], "text": "###", "ignore": True}]
    row = {"image": "images/a.png", "kind": "page", "size": [400, 160], "items": items}
    (truth_folder / "gt.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with opened_truth(truth_folder) as truth:
        found = measure(truth, Reading("nothing", {}), Options())
    assert str(found.figure(COLUMNS["boxes"][0])) == "undefined (0/0)"
