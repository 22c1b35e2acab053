"""Detector: small text on large pages is found, and the Page says where text may have been missed."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pytest

from munja.imaging.image import three_channels
from munja.read.detect import Found
from munja.read.reader import Reader

WORDS = ["Valve", "Flange", "Section", "Detail", "Pump", "Weld"]
RULE = {"small_text": 11.0}


@pytest.fixture(scope="module")
def drawing() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A drawing (4800, 6400) with a title 300 px high and notes 20 px high, some of them where tiles meet."""
    picture = PIL.Image.new("L", (6400, 4800), 255)
    draw = PIL.ImageDraw.Draw(picture)
    draw.text((300, 200), "ARRANGEMENT", fill=0, font=PIL.ImageFont.load_default(300))
    small = PIL.ImageFont.load_default(22)
    for k in range(24):
        draw.text((300 + 1000 * (k % 6), 1500 + 900 * (k // 6)), f"{WORDS[k % 6]} {1000 + k}", fill=0, font=small)
    return np.asarray(picture, np.uint8)


def test_small_notes_and_a_high_title_on_one_drawing_are_all_read_once(reader: Reader, drawing: Any) -> None:
    page = reader(drawing)
    texts = sorted(line.text for line in page.lines)
    assert texts == sorted([*(f"{WORDS[k % 6]} {1000 + k}" for k in range(24)), "ARRANGEMENT"])
    assert page.notes == ()


def test_a_large_grey_picture_that_is_kept_as_one_channel_reads_the_same(reader: Reader, drawing: Any) -> None:
    view = three_channels(drawing)
    assert view.strides[2] == 0
    part = np.ascontiguousarray(view[1400:2500])
    assert [line.text for line in reader(part).lines] == [f"{WORDS[k % 6]} {1000 + k}" for k in range(12)]


@pytest.mark.parametrize("tall", [True, False])
def test_a_strip_of_50_by_20000_pixels_is_read(reader: Reader, tall: bool) -> None:
    picture = PIL.Image.new("L", (50, 20_000) if tall else (20_000, 50), 255)
    draw = PIL.ImageDraw.Draw(picture)
    font = PIL.ImageFont.load_default(18)
    for k in range(40):
        draw.text((6, 100 + 490 * k) if tall else (100 + 490 * k, 12), f"{310 + k}", fill=0, font=font)
    page = reader(np.asarray(picture))
    words = [word.text for word in page.words]
    assert words == [f"{310 + k}" for k in range(40)]


def test_regions_are_searched_alone_and_what_lies_in_two_of_them_is_found_once(reader: Reader, heading: Any) -> None:
    page = reader(heading, region=[(0, 55, 460, 50), (0, 60, 460, 45)])
    assert [line.text for line in page.lines] == ["Bakery and coffee house"]
    assert reader(heading, region=(0, 55, 460, 50)).lines == page.lines


def test_text_that_may_be_missing_is_noted() -> None:
    seen = [np.array([[0, 0], [400, 0], [400, 30], [0, 30]], np.float32)] * 6
    assert Found(seen, 1.0, []).notes(RULE) == ()
    assert Found(seen, 0.5, []).notes(RULE) == ()
    (note,) = Found(seen, 0.15, []).notes(RULE)
    assert "at 15% of its size: text lower than 37 pixels may be missing" in note
    low = [quad / 5 for quad in seen]
    (note,) = Found(low, 0.5, []).notes(RULE)
    assert "text lower than 11 pixels may be missing" in note
