"""Tiles: whatever stands in a picture is found once, wherever the tiles and bands are cut."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.read.codecs.db import DB
from munja.read.tiles import find_in_tiles, large_text, outside, spans

CODEC = DB(unclip_ratio=0.01, min_side=1.0, max_boxes=10_000)


def show(batch: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A detector that takes dark pixels for text."""
    assert batch.shape[0] == 1
    assert batch.shape[1] % 32 == 0
    assert batch.shape[2] % 32 == 0
    return (batch[0, :, :, 0] < 128).astype(np.float32)


def coarse(batch: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The same with a map of a quarter of the size, as some detectors give it."""
    return show(batch)[::4, ::4]


def page(width: int, height: int, boxes: list[tuple[int, int, int, int]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    picture = np.full((height, width, 3), 255, np.uint8)
    for left, top, right, bottom in boxes:
        picture[top:bottom, left:right] = 0
    return picture


def box_of(quad: Any) -> tuple[int, int, int, int]:
    return tuple(int(value) for value in np.round([*quad.min(axis=0), *quad.max(axis=0)]))  # type: ignore[return-value]


@given(st.integers(1, 50_000), st.integers(32, 2048))
def test_spans_cover_a_length_without_gap_or_overlap(length: int, core: int) -> None:
    found = spans(length, core)
    assert found[0][0] == 0
    assert found[-1][1] == length
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert all(0 < end - start <= core for start, end in found)


@pytest.mark.parametrize("core", [64, 100, 333, 5000])
@pytest.mark.parametrize("detector", [show, coarse])
def test_lines_that_cross_tiles_are_found_once_and_whole(core: int, detector: Any) -> None:
    wanted = [(40 + 8 * k, 40 + 60 * k, 940 - 16 * k, 60 + 60 * k) for k in range(12)]
    found = find_in_tiles(page(1000, 800, wanted), 1.0, detector, CODEC.decode, core=core)
    boxes = sorted((box_of(quad) for quad in found), key=lambda each: each[1])
    assert len(boxes) == len(wanted)
    assert np.abs(np.array(boxes) - np.array(wanted)).max() <= (2 if detector is show else 6)


@given(st.integers(0, 2**32 - 1), st.sampled_from([64, 150, 400]), st.sampled_from([20_000, 100_000, 10**9]))
def test_any_page_gives_the_boxes_of_the_page_shown_at_once(seed: int, core: int, most_map: int) -> None:
    random = np.random.default_rng(seed)
    wanted = []
    for row in range(0, 560, 40):  # rows of words that never touch
        left = int(random.integers(0, 60))
        while left < 560:
            right = left + int(random.integers(10, 300))
            wanted.append((left, row + 5, min(right, 600), row + 5 + int(random.integers(6, 20))))
            left = right + int(random.integers(15, 80))
    picture = page(600, 600, wanted)
    whole = sorted(box_of(quad) for quad in find_in_tiles(picture, 1.0, show, CODEC.decode, core=10_000))
    tiled = find_in_tiles(picture, 1.0, show, CODEC.decode, core=core, most_map=most_map)
    assert sorted(box_of(quad) for quad in tiled) == whole
    assert len(whole) == len(wanted)


@pytest.mark.parametrize("scale", [0.5, 0.37, 1.0])
def test_places_are_those_of_the_picture_whatever_the_scale(scale: float) -> None:
    wanted = [(100, 100, 900, 140), (50, 1500, 1900, 1540), (1700, 1900, 1960, 1960)]
    found = find_in_tiles(page(2000, 2000, wanted), scale, show, CODEC.decode, core=256)
    boxes = sorted(box_of(quad) for quad in found)
    assert np.abs(np.array(boxes) - np.array(sorted(wanted))).max() <= 2 / scale + 1


def test_plain_tiles_are_not_shown() -> None:
    shown = []

    def count(batch: Any) -> Any:
        shown.append(batch.shape)
        return show(batch)

    find_in_tiles(page(4096, 4096, [(3000, 3000, 3050, 3020)]), 1.0, count, CODEC.decode, core=512)
    assert 1 <= len(shown) <= 4


@pytest.mark.parametrize(("width", "height"), [(50, 20_000), (20_000, 50)])
def test_the_tiles_of_a_strip_are_long(width: int, height: int) -> None:
    shown = []

    def count(batch: Any) -> Any:
        shown.append(batch.shape)
        return show(batch)

    places = range(200, 19_000, 400)
    wanted = [(10, at, 40, at + 20) if height > width else (at, 10, at + 200, 30) for at in places]
    found = find_in_tiles(page(width, height, wanted), 1.0, count, CODEC.decode)
    assert sorted(box_of(quad) for quad in found) == wanted
    assert len(shown) <= 3


def test_a_view_of_one_channel_is_read_as_the_picture_is() -> None:
    grey = page(700, 500, [(30, 30, 650, 60), (30, 400, 600, 440)])[..., 0]
    view = np.broadcast_to(grey[..., None], (*grey.shape, 3))
    for scale in (1.0, 0.5):
        found = find_in_tiles(view, scale, show, CODEC.decode, core=200)
        wanted = find_in_tiles(np.ascontiguousarray(view), scale, show, CODEC.decode, core=200)
        assert [box_of(quad) for quad in found] == [box_of(quad) for quad in wanted]


# --- Text too high for a tile ---


def quad(left: float, top: float, right: float, bottom: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def test_high_text_comes_before_blocks_of_small_lines_and_low_text_is_no_matter() -> None:
    title, block, low = quad(0, 0, 4000, 400), quad(0, 1000, 4000, 1400), quad(0, 2000, 900, 2030)
    lines = [quad(10, 1010 + 50 * k, 3900, 1040 + 50 * k) for k in range(7)]
    found = large_text([low, block, title], [quad(0, 0, 300, 390), *lines], 0.5)
    assert [each[0, 1] for each in found] == [0, 1000]


def test_what_lies_in_a_cover_is_left_out() -> None:
    cover = quad(0, 0, 100, 100)
    inside, half, beside = quad(10, 10, 90, 90), quad(60, 0, 160, 50), quad(200, 0, 300, 100)
    assert [each[0, 0] for each in outside([inside, half, beside], [cover])] == [60, 200]
