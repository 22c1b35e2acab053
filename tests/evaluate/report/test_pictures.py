from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from munja.data.sample import Picture
from munja.evaluate.report.pictures import THUMB, Shown, try_shown


def decoded(content: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB))


def test_a_picture_keeps_its_colours_and_is_made_no_larger_than_asked(tmp_path: Path) -> None:
    image = np.full((200, 600, 3), (220, 30, 30), np.uint8)
    path = tmp_path / "red.png"
    cv2.imwrite(str(path), image[..., ::-1])
    found = try_shown(Picture(path), [((0, 0), (9, 0), (9, 9), (0, 9))], longest=300)
    assert isinstance(found, Shown)
    assert decoded(found.picture).shape == (100, 300, 3)
    assert decoded(found.thumb).shape[1] == THUMB
    assert np.abs(decoded(found.picture).astype(int) - (220, 30, 30)).max() < 8
    assert found.contrasts == (0.0,)


def test_a_picture_that_cannot_be_decoded_says_why_and_none_is_none(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    told = try_shown(Picture(path), [], longest=300)
    assert isinstance(told, str)
    assert "broken.png" in told
    assert try_shown(None, [], longest=300) is None
