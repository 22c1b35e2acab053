"""gt.jsonl: words, pages, transcripts, formulas, classes and backgrounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from munja.data.convert import convert, open_truth

QUAD = [[1, 1], [9, 1], [9, 9], [1, 9]]
ROWS: list[dict[str, Any]] = [
    {"kind": "word", "text": "You", "source": "iiit5k", "case": "sensitive", "punct": "dropped"},
    {"kind": "page", "level": "word", "size": [160, 90], "scale": 0.69,
     "items": [{"quad": QUAD, "text": "a"}, {"quad": QUAD, "text": "###", "ignore": True}]},
    {"kind": "page", "source": "isri", "size": [160, 90], "text": "first\n\n  second  \nthird"},
    {"kind": "math", "text": "x^2", "tex_mathml": "x ^ { 2 }", "mismatch": True, "subset": "HAMEX", "split": "train"},
    {"kind": "math", "ignore": True},
    {"kind": "class", "label": "functional", "prob": 0.3333, "cell": "mono"},
    {"kind": "background", "source": "x", "licence": "CC0", "note": "n"},
    {"kind": "paper", "licence": "MIT"},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, drawn: Any) -> Path:
    """A set with a row of each kind."""
    folder = tmp_path / "in"
    (folder / "images").mkdir(parents=True)
    rows = []
    for i, row in enumerate(ROWS):
        (folder / "images" / f"{i}.png").write_bytes(drawn.picture(i))
        rows.append(json.dumps({"image": f"images/{i}.png", **row}))
    (folder / "gt.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_every_kind_is_read(folder: Path) -> None:
    word, page, transcript, formula, empty, of_class, background, paper = open_truth(folder).samples()
    assert (word.text, word.attributes["source"]) == ("You", "iiit5k")
    assert page.page is not None
    assert [(line.text, line.ignore, len(line.words)) for line in page.page.lines] == [
        ("a", False, 1),
        ("###", True, 0),
    ]
    assert transcript.page is not None
    assert [line.text for line in transcript.page.lines] == ["first", "second", "third"]
    assert transcript.text == "first\n\n  second  \nthird"
    assert (formula.text, formula.attributes["raw_text"], formula.split) == ("x ^ { 2 }", "x^2", "train")
    assert [line.ignore for line in empty.as_page().lines] == [True]
    assert (of_class.label, of_class.kind) == ("functional", "class")
    assert (background.kind, paper.attributes["kind"]) == ("picture", "paper")


def test_the_rows_come_back_as_they_were(folder: Path, tmp_path: Path) -> None:
    convert(folder, tmp_path / "munja")
    convert(tmp_path / "munja", tmp_path / "back", to_format="gt-jsonl")
    found = [json.loads(row) for row in (tmp_path / "back" / "gt.jsonl").read_text(encoding="utf-8").splitlines()]
    for i, (row, wanted) in enumerate(zip(found, ROWS, strict=True)):
        assert row.pop("image") == f"images/{i}.png"
        assert row == ({**wanted, "text": ""} if wanted == {"kind": "math", "ignore": True} else wanted)


def test_bad_rows_and_items_are_listed(folder: Path) -> None:
    bad = [
        {"image": "images/0.png", "kind": "wrod", "text": "x"},
        {"image": "images/0.png", "kind": "word"},
        {"image": "images/nowhere.png", "kind": "word", "text": "x"},
        {"image": "images/0.png", "kind": "page", "size": [0, 5], "items": []},
        {"image": "images/0.png", "kind": "page", "items": [{"quad": [[1, 1], [2, 2]], "text": "x"}]},
    ]
    (folder / "gt.jsonl").write_text("\n".join([*map(json.dumps, bad), "nonsense", "7"]))
    truth = open_truth(folder)
    assert len(list(truth.samples())) == 1
    said = [str(each).removeprefix(f"{folder}/") for each in truth.report.dropped]
    assert said == [
        "gt.jsonl:1: kind should be one of word, line, page, math, class, background, paper, got 'wrod'",
        "gt.jsonl:2: a word without text",
        f"gt.jsonl:3: there is no picture images/nowhere.png below {folder}",
        "gt.jsonl:4: size should be 1 x 1 pixels or more, got 0 x 5",
        "gt.jsonl:5, items[0]: a polygon needs 3 points or more, got 2",
        "gt.jsonl:6: not JSON (Expecting value at column 1)",
        "gt.jsonl:7: an object was wanted",
    ]
