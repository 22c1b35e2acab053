from __future__ import annotations

from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError
from munja.data.synth.pages import grounds


def test_photographs_come_from_the_folder_or_its_folder_of_images(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for k, name in enumerate(("b.png", "a.jpg", "text_c.png")):
        cv2.imwrite(str(tmp_path / "images" / name), np.full((30, 40 + k, 3), 60 * k, np.uint8))
    (tmp_path / "images" / "notes.txt").write_text("no picture")
    assert [each.shape for each in grounds.photographs(str(tmp_path))] == [(30, 41), (30, 40), (30, 42)]
    assert len(grounds.photographs(str(tmp_path), ("text",))) == 2
    assert grounds.photographs("") == ()


def test_a_folder_without_photographs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no photograph"):
        grounds.photographs(str(tmp_path))
    with pytest.raises(InputError, match="no such folder"):
        grounds.photographs(str(tmp_path / "missing"))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"broken\.png: not a picture"):
        grounds.photographs(str(tmp_path) + "/")


def test_walls_of_every_kind_fill_the_sheet() -> None:
    photo = np.random.default_rng(1).integers(0, 256, (90, 120)).astype(np.uint8)
    random, levels = Random(1), set()
    for k in range(60):
        wall = grounds.wall(random, 200, (photo,), photo=k % 2 == 0)
        assert wall.shape == (200, 200)
        assert wall.dtype == np.uint8
        levels.add(round(float(wall.mean()) / 20))
    assert len(levels) > 5


def test_paper_lies_inside_its_edges_and_the_ground_around_it() -> None:
    paper, ground = np.full((100, 100), 250, np.uint8), np.full((100, 100), 40, np.uint8)
    for seed in range(20):
        laid = grounds.lay_on(Random(seed), paper, ground, (20, -10, 80, 130))
        assert (laid[:, 30:70] == 250).all()
        assert (laid[:, :10] <= 40).all()
        assert (laid[:, 90:] <= 40).all()
