"""Folders of classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from munja.data.convert import open_truth


def test_folders_are_classes_below_their_splits(tmp_path: Path, drawn: Any) -> None:
    for name in ("train/cat/1.png", "val/cat/1.png", "train/dog/a/2.png", "stray.png"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(drawn.picture(len(name)))
    truth = open_truth(tmp_path)
    found = {(each.split, each.label, each.name) for each in truth.samples()}
    assert truth.format == "classes"
    assert found == {("train", "cat", "cat/1.png"), ("validate", "cat", "cat/1.png"), ("train", "dog", "dog/a/2.png")}
    assert [str(each) for each in truth.report.dropped] == [f"{tmp_path / 'stray.png'}: lies in no folder of a class"]
