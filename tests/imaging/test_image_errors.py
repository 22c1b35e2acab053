"""Pictures that cannot be read: every kind of damage is an InputError that names the source and the cure."""

from __future__ import annotations

import io
import re
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError
from munja.imaging.image import InputRule, frames

NOISE = np.random.default_rng(3).integers(0, 256, (60, 80, 3), np.uint8)


def encoded(picture: PIL.Image.Image, kind: str, **settings: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **settings)
    return target.getvalue()


def refusal(source: Any, rule: InputRule | None = None) -> str:
    with pytest.raises(InputError) as caught:
        list(frames(source, rule))
    return str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.png") == f"{tmp_path / 'none.png'}: no such file"


def test_a_file_name_longer_than_the_system_allows_is_an_input_error() -> None:
    assert "no such file" in refusal("n" * 300)


def test_a_folder_is_named_with_the_command_that_reads_it(tmp_path: Path) -> None:
    assert f"`munja read {tmp_path}`" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 bytes"),
        (b"this is a shopping list", "not a picture that Munja knows"),
        (b"\x89PNG\r\n\x1a\n", "not a picture that Munja knows"),
        (b"PK\x03\x04" + bytes(60), "not a picture that Munja knows"),
    ],
)
def test_a_file_without_a_picture_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert re.search(said, message)


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_a_heic_picture_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brand: bytes) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as if it were not installed
    path = tmp_path / "phone.heic"
    path.write_bytes(b"\0\0\0\x18ftyp" + brand + bytes(40))
    message = refusal(path)
    assert message.startswith(f"{path}: a HEIC picture; ")
    assert "pip install pillow-heif" in message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP"])
@pytest.mark.parametrize("kept", [0.4, 0.7, 0.95])
def test_a_cut_off_picture_is_an_error_and_never_a_grey_page(tmp_path: Path, kind: str, kept: float) -> None:
    path = tmp_path / "cut.picture"
    content = encoded(PIL.Image.fromarray(NOISE), kind)
    path.write_bytes(content[: int(kept * len(content))])
    message = refusal(path)
    assert str(path) in message
    assert "damaged" in message


def test_a_jpeg_cut_off_behind_its_thumbnail_is_an_error() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (300, 400, 3), np.uint8)
    thumbnail = encoded(PIL.Image.fromarray(noise[:80, :100]), "JPEG", quality=30)  # it has an end mark of its own
    entries = struct.pack("<HHII", 0x0201, 4, 1, 44) + struct.pack("<HHII", 0x0202, 4, 1, len(thumbnail))
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0" + struct.pack("<IH", 14, 2) + entries + bytes(4) + thumbnail
    content = encoded(PIL.Image.fromarray(noise), "JPEG", exif=exif)
    assert "damaged" in refusal(content[: len(thumbnail) + 3000])


def test_a_png_with_damaged_pixels_is_an_error() -> None:
    content = bytearray(encoded(PIL.Image.fromarray(NOISE), "PNG"))
    content[5000:5050] = bytes(50)
    assert "damaged" in refusal(bytes(content))


@given(
    st.sampled_from(["GIF", "TIFF"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4),
    st.integers(1, 2000),
)
def test_whatever_is_wrong_with_a_file_of_several_pages_is_an_input_error(
    kind: str, changes: list[tuple[int, int]], kept: int
) -> None:
    pages = [
        PIL.Image.fromarray(np.random.default_rng(level).integers(0, 256, (12, 16), np.uint8)) for level in range(3)
    ]
    content = bytearray(encoded(pages[0], kind, save_all=True, append_images=pages[1:]))
    for place, value in changes:
        content[place % len(content)] = value
    try:
        found = list(frames(bytes(content[:kept]), InputRule(max_pixels=100_000)))
    except InputError:
        return  # any other exception fails the test
    assert all(frame.image.shape[2] == 3 and frame.image.size for frame in found)


@pytest.mark.parametrize("size", [(3000, 4000), (11_000, 10_000), (20_000, 20_000)])
def test_a_picture_over_max_pixels_is_not_decoded(
    tmp_path: Path, make_png: Callable[..., bytes], size: tuple[int, int]
) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(make_png(*size, 8, 0, b""))  # there is nothing to decode: only the header can have been looked at
    message = refusal(path, InputRule(max_pixels=10_000_000))
    assert message.startswith(f"{path}: ")
    assert "--max-pixels" in message
    assert f"{size[0]} x {size[1]}" in message


def test_max_pixels_alone_decides_what_is_too_large(make_png: Callable[..., bytes]) -> None:
    # 200 million pixels: more than Pillow opens by itself. The file holds none of them, so that decoding fails at once.
    message = refusal(make_png(20_000, 10_000, 1, 0, b""), InputRule(max_pixels=200_000_000))
    assert "cut off or damaged" in message


def test_max_pixels_holds_for_arrays_pillow_images_and_later_pages() -> None:
    rule = InputRule(max_pixels=599)
    assert "the given array: 30 x 20" in refusal(np.zeros((20, 30), np.uint8), rule)
    assert "30 x 20" in refusal(PIL.Image.new("L", (30, 20)), rule)
    pages = [PIL.Image.new("L", (10, 10)), PIL.Image.new("L", (30, 20))]
    content = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert "30 x 20" in refusal(content, rule)
    assert [frame.index for frame in frames(content, InputRule(max_pixels=599, pages=frozenset({0})))] == [0]


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((4, 4), np.float32), "uint8 was wanted, got float32.*astype"),
        (np.zeros((4, 4), bool), "uint8 was wanted, got bool"),
        (np.zeros((4, 4, 2), np.uint8), r"got shape \(4, 4, 2\)"),
        (np.zeros((3, 40, 40), np.uint8), r"got shape \(3, 40, 40\)"),
        (np.zeros((1, 4, 4, 3), np.uint8), r"got shape \(1, 4, 4, 3\)"),
        (np.zeros((0, 4, 3), np.uint8), r"got shape \(0, 4, 3\)"),
        (np.zeros(4, np.uint8), r"got shape \(4,\)"),
    ],
)
def test_an_array_that_is_no_picture_says_what_is_wanted(array: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(frames(array))


@pytest.mark.parametrize("source", [None, 3, ["a.png"], object()])
def test_a_source_of_another_type_lists_the_types_that_are_taken(source: Any) -> None:
    assert "path, bytes, binary file, NumPy array or Pillow image" in refusal(source)


def test_a_file_opened_as_text_asks_for_binary_mode(tmp_path: Path) -> None:
    assert "open(path, 'rb')" in refusal(io.StringIO("text"))
    path = tmp_path / "picture.png"
    PIL.Image.fromarray(NOISE).save(path)
    with path.open(encoding="utf-8") as file:  # a picture is no UTF-8: reading it as text fails by itself
        assert "open(path, 'rb')" in refusal(file)


def test_a_pillow_image_that_was_closed_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    PIL.Image.fromarray(NOISE).save(path)
    picture = PIL.Image.open(path)
    picture.close()
    assert str(path) in refusal(picture)
