"""Lists of picture and text as Clova, PaddleOCR, EasyOCR and TRDG write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from munja.data.convert import open_truth


@pytest.fixture
def folder(tmp_path: Path, drawn: Any) -> Path:
    """A folder with two pictures in images/."""
    (tmp_path / "images").mkdir()
    for i in (1, 2):
        (tmp_path / "images" / f"w{i}.png").write_bytes(drawn.picture(i, 60, 20))
    return tmp_path


def read(folder: Path, name: str = "auto") -> tuple[str, list[tuple[str, str | None]], list[str]]:
    truth = open_truth(folder, name)
    found = [(each.name, each.text) for each in truth.samples()]
    return truth.format, found, [str(each).replace(f"{folder}/", "") for each in truth.report.dropped]


@pytest.mark.parametrize(
    ("file", "name"), [("gt.txt", "clova"), ("rec_gt_train.txt", "paddle-rec"), ("labels.tsv", "tsv")]
)
def test_rows_with_a_tab_are_read_and_bad_ones_listed(folder: Path, file: str, name: str) -> None:
    rows = "images/w1.png\tGenaxis Theatre\r\nimages/w2.png\t가나 \nimages/w3.png\tx\nimages/w1.png no tab\n"
    (folder / file).write_text(rows, encoding="utf-8", newline="")
    assert read(folder) == (
        name,
        [("w1.png", "Genaxis Theatre"), ("w2.png", "가나 ")],
        [
            f"{file}:3: there is no picture images/w3.png below {folder}",
            f"{file}:4: path, tab, text was wanted, got 'images/w1.png no tab'",
        ],
    )


def test_a_list_of_pictures_shares_a_text(folder: Path) -> None:
    (folder / "rec_gt.txt").write_text('["images/w1.png", "images/w2.png"]\tsame\n["images/w1.png\tbroken\n')
    name, found, dropped = read(folder)
    assert (name, found) == ("paddle-rec", [("w1.png", "same"), ("w2.png", "same")])
    assert dropped[0].startswith("rec_gt.txt:2: not JSON")


def test_easyocr_tables_are_read_quoted_or_not(folder: Path) -> None:
    (folder / "labels.csv").write_text(
        'filename,words\nw1.png,"quoted, with ""comma"""\nw2.png,never, quoted\nw3.png\n'
    )
    name, found, dropped = read(folder)
    assert (name, found) == ("easyocr", [("w1.png", 'quoted, with "comma"'), ("w2.png", "never, quoted")])
    assert dropped == ["labels.csv:4: filename and words were wanted, got ['w3.png']"]


def test_trdg_folders_are_read_with_their_list_and_by_their_names(tmp_path: Path, drawn: Any) -> None:
    for name in ("hello world_0.png", "1_foo.png", "plain.png"):
        (tmp_path / name).write_bytes(drawn.picture(len(name), 60, 20))
    name, found, dropped = read(tmp_path, "trdg")
    assert found == [("1_foo.png", "foo"), ("hello world_0.png", "hello world")]
    assert dropped == ["plain.png: TEXT_NUMBER or NUMBER_TEXT was wanted as its name"]
    (tmp_path / "labels.txt").write_text("plain.png two words\n")
    assert read(tmp_path)[:2] == ("trdg", [("plain.png", "two words")])
