"""Receipts as the competition gave them out: boxes and entities in folders, or picture and text side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from munja.data.convert import open_truth

ROW = "72,25,326,25,326,64,72,64,TAN WOON, YANN\n"


def test_boxes_come_with_their_entities(tmp_path: Path, drawn: Any) -> None:
    for folder in ("img", "box", "key"):
        (tmp_path / folder).mkdir()
    (tmp_path / "img" / "000.png").write_bytes(drawn.picture(1))
    (tmp_path / "box" / "000.csv").write_text(ROW)
    (tmp_path / "key" / "000.json").write_text('{"company": "BOOK TA .K", "total": "9.00"}')
    truth = open_truth(tmp_path)
    (sample,) = truth.samples()
    assert truth.format == "sroie"
    assert (sample.name, sample.attributes) == (
        "000.png", {"level": "line", "entities": {"company": "BOOK TA .K", "total": "9.00"}}
    )  # fmt: skip
    assert sample.page is not None
    assert [(line.text, line.words) for line in sample.page.lines] == [("TAN WOON, YANN", ())]


def test_texts_beside_their_pictures_are_read(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "X51005200931(1).png").write_bytes(drawn.picture(1))
    (tmp_path / "X51005200931(1).txt").write_text(ROW)
    truth = open_truth(tmp_path)
    assert [line.text for _, page in truth for line in page.lines] == ["TAN WOON, YANN"]
    assert truth.format == "sroie"


def test_broken_entities_are_listed_and_the_boxes_read(tmp_path: Path, drawn: Any) -> None:
    for folder in ("img", "box", "key"):
        (tmp_path / folder).mkdir()
    (tmp_path / "img" / "000.png").write_bytes(drawn.picture(1))
    (tmp_path / "box" / "000.csv").write_text(ROW)
    (tmp_path / "key" / "000.json").write_text('{"company":\n "BOOK" "total"}')
    truth = open_truth(tmp_path)
    (sample,) = truth.samples()
    assert sample.attributes == {"level": "line"}
    assert [each.reason for each in truth.report.dropped] == [
        f"{tmp_path / 'key' / '000.json'}:2: not JSON (Expecting ',' delimiter at column 9)"
    ]
