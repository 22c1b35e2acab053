"""Garbled JPEG files are told from whole ones of every kind that ordinary tools write."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.imaging.jpeg import jpeg_is_garbled

PICTURE = np.random.default_rng(1).integers(0, 256, (120, 160, 3), np.uint8)
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "progressive": {"progressive": True},
    "restart marks": {"restart_marker_blocks": 4},
    "no subsampling": {"subsampling": 0, "quality": 100},
    "with a comment and EXIF": {"comment": b"\xff\xd8\xff", "exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"},
}


def jpeg(mode: str = "RGB", **settings: Any) -> bytes:
    target = io.BytesIO()
    PIL.Image.fromarray(PICTURE).convert(mode).save(target, "JPEG", **settings)
    return target.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_whole_files_are_whole(kind: str, mode: str) -> None:
    assert not jpeg_is_garbled(jpeg(mode, **KINDS[kind]))


def test_what_stands_behind_the_end_is_no_matter() -> None:
    assert not jpeg_is_garbled(jpeg() + b"\xff\xd8 a second picture, as phones append it \xff\x01")
    assert not jpeg_is_garbled(jpeg()[:-2])  # that is cut off, which is another matter


def test_a_kilobyte_of_random_bytes_is_found_out_in_nearly_every_file() -> None:
    found = 0
    whole = jpeg(quality=95)
    for seed in range(200):
        random = np.random.default_rng(seed)
        content = bytearray(whole)
        start = int(random.integers(1000, len(content) - 1200))
        content[start : start + 1000] = random.integers(0, 256, 1000, np.uint8).tobytes()
        found += jpeg_is_garbled(bytes(content))
    assert found >= 186


@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(content: bytes) -> None:
    assert jpeg_is_garbled(b"\xff\xd8" + content) in (True, False)
