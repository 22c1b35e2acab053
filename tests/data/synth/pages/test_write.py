from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError
from munja.core.page import Page
from munja.data.synth.pages import PageSynthesiser
from munja.data.synth.pages.write import drawn, page_of, write_pages


def test_a_folder_of_pages_holds_pictures_and_pages(everything: dict[str, Any], tmp_path: Path) -> None:
    told: list[int] = []
    assert write_pages(everything, 20, tmp_path / "pages", size=192, progress=told.append) == 20
    assert told == [16, 20]
    rows = [json.loads(row) for row in (tmp_path / "pages" / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(list((tmp_path / "pages" / "images").iterdir())) == 20
    for row in rows:
        picture = cv2.imread(str(tmp_path / "pages" / row["image"]), cv2.IMREAD_UNCHANGED)
        page = Page.from_tree(row["page"])
        assert picture.shape == (page.height, page.width) == (192, 192)
        for line in page.lines:
            assert line.text == " ".join(word.text for word in line.words)


def test_nothing_is_left_when_writing_stops_half_way(pages: dict[str, Any], tmp_path: Path) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pages(pages, 2, tmp_path / "pages", size=128, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_not_touched(pages: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        write_pages(pages, 1, tmp_path)
    with pytest.raises(InputError, match="1 page or more"):
        write_pages(pages, 0, tmp_path / "pages")


def test_the_angle_of_a_line_is_how_far_it_is_turned_clockwise(pages: dict[str, Any]) -> None:
    recipe = {**pages, "pages": {"table": 1}, "looks": {"turn": 1.0}}
    batch = PageSynthesiser(recipe).batch(2, 12, size=256)
    angles = {round(line.angle / 90) % 4 for i in range(12) for line in page_of(batch, i).lines}
    assert angles == {1, 2, 3}


def test_drawn_pages_show_their_quads_in_colour(upright: PageSynthesiser) -> None:
    batch = upright.batch(3, 6, size=256)
    for picture, image, lines in zip(drawn(batch), batch.images, batch.lines, strict=True):
        assert picture.shape == (*image.shape, 3)
        coloured = np.ptp(picture.astype(int), axis=2) > 60
        assert coloured.any() == bool(lines)
