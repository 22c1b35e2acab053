from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError
from munja.core.page import Page
from munja.data.synth.write import contact_sheet, write_lines


def test_a_folder_of_lines_holds_pictures_and_pages(plain: dict[str, Any], tmp_path: Path) -> None:
    assert write_lines(plain, 70, tmp_path / "lines", widths=(96, 160)) == 70
    rows = [json.loads(row) for row in (tmp_path / "lines" / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(list((tmp_path / "lines" / "images").iterdir())) == 70
    for row in rows:
        picture = cv2.imread(str(tmp_path / "lines" / row["image"]), cv2.IMREAD_UNCHANGED)
        page = Page.from_tree(row["page"])
        assert picture.shape == (page.height, page.width)
        assert page.text == row["text"]
        assert [word.text for word in page.words] == row["text"].split()
        for word in page.words:
            assert "".join(each.text for each in word.characters) == word.text
            assert all(len(each.polygon) == 4 for each in word.characters)


def test_nothing_is_left_when_writing_stops_half_way(plain: dict[str, Any], tmp_path: Path) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_lines(plain, 10, tmp_path / "lines", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_not_touched(plain: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        write_lines(plain, 1, tmp_path)


def test_a_contact_sheet_shows_every_picture() -> None:
    pictures = [np.full((10, 20 + i), 10 * i, np.uint8) for i in range(5)]
    pictures.append(np.zeros((8, 8, 3), np.uint8))
    sheet = contact_sheet(pictures, 4)
    assert sheet.shape == (2 * 14 + 4, 4 * 28 + 4, 3)
    assert {int(value) for value in np.unique(sheet)} == {0, 10, 20, 30, 40, 255}


def test_a_contact_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="one picture"):
        contact_sheet([], 3)
