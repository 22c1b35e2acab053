"""Pictures in: every kind of file becomes RGB, the right way up. What cannot be read is in test_image_errors.py."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from munja.imaging.image import Frame, InputRule, count_frames, frames

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 180, 60), (40, 40, 190), (120, 120, 120)
HEIGHT, WIDTH = 48, 80
EXIF_ORIENTATION = 0x0112

# How a picture is stored that is shown upright under each EXIF orientation (the inverse of what a viewer does).
STORED: dict[int, Callable[[Any], Any]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),  # shown after a quarter turn clockwise
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


def quarters() -> Any:
    """A picture (48, 80, 3) whose four quarters differ in colour."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for (y, x), colour in zip(((0, 0), (0, 1), (1, 0), (1, 1)), (RED, GREEN, BLUE, GREY), strict=True):
        picture[y * 24 : y * 24 + 24, x * 40 : x * 40 + 40] = colour
    return picture


def encoded(picture: PIL.Image.Image, kind: str, **settings: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **settings)
    return target.getvalue()


def one(source: Any, rule: InputRule | None = None) -> Frame:
    (frame,) = frames(source, rule)
    assert frame.image.dtype == np.uint8
    assert frame.image.ndim == 3
    assert frame.image.shape[2] == 3
    assert frame.image.flags.c_contiguous
    return frame


def assert_quarters(image: Any, tolerance: int = 0) -> None:
    assert image.shape == (HEIGHT, WIDTH, 3)
    for (y, x), colour in zip(((12, 20), (12, 60), (36, 20), (36, 60)), (RED, GREEN, BLUE, GREY), strict=True):
        assert np.abs(image[y, x].astype(int) - colour).max() <= tolerance


# --- The ways in ---


@pytest.mark.parametrize("way", ["string", "path", "bytes", "bytearray", "memoryview", "binary file", "file in memory"])
def test_a_picture_comes_in_by_any_way(tmp_path: Path, way: str) -> None:
    path = tmp_path / "picture.png"
    content = encoded(PIL.Image.fromarray(quarters()), "PNG")
    path.write_bytes(content)
    with path.open("rb") as file:
        sources = {
            "string": str(path),
            "path": path,
            "bytes": content,
            "bytearray": bytearray(content),
            "memoryview": memoryview(content),
            "binary file": file,
            "file in memory": io.BytesIO(content),
        }
        frame = one(sources[way])
    assert np.array_equal(frame.image, quarters())
    assert frame.source == (str(path) if way in ("string", "path", "binary file") else None)
    assert frame.index == 0


def test_arrays_are_taken_as_rgb_rgba_and_grey() -> None:
    picture = quarters()
    assert np.array_equal(one(picture).image, picture)
    assert np.array_equal(one(np.dstack([picture, np.full((HEIGHT, WIDTH), 255, np.uint8)])).image, picture)
    grey = picture[..., 0]
    for array in (grey, grey[..., None]):
        assert np.array_equal(one(array).image, np.repeat(grey[..., None], 3, axis=2))


def test_arrays_of_any_layout_are_taken() -> None:
    picture = quarters()
    read_only = picture.copy()
    read_only.setflags(write=False)
    padded = np.zeros((HEIGHT + 4, WIDTH + 6, 3), np.uint8)
    padded[2:-2, 3:-3] = picture
    for array in (read_only, np.asfortranarray(picture), padded[2:-2, 3:-3], picture[:, ::-1].copy()[:, ::-1]):
        assert np.array_equal(one(array).image, picture)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "L", "LA", "PA", "La", "1", "I", "I;16", "F", "HSV"])
def test_a_pillow_image_of_any_mode_is_taken(mode: str) -> None:
    picture = PIL.Image.new(mode, (30, 20))
    assert one(picture).image.shape == (20, 30, 3)


def test_a_pillow_image_that_was_opened_keeps_its_name(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    PIL.Image.fromarray(quarters()).save(path)
    with PIL.Image.open(path) as picture:
        frame = one(picture)
    assert frame.source == str(path)
    assert np.array_equal(frame.image, quarters())


# --- The kinds of picture ---


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_is_turned_as_its_exif_orientation_says(kind: str, orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    stored = PIL.Image.fromarray(np.ascontiguousarray(STORED[orientation](quarters())))
    exact = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    content = encoded(stored, kind, exif=exif, **exact)
    assert_quarters(one(content).image, tolerance=4)
    assert_quarters(one(PIL.Image.open(io.BytesIO(content))).image, tolerance=4)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "GIF", "PPM", "JPEG", "JPEG2000"])
def test_every_common_format_gives_the_same_colours(kind: str) -> None:
    settings = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}.get(kind, {})
    assert_quarters(one(encoded(PIL.Image.fromarray(quarters()), kind, **settings)).image, tolerance=4)


def test_a_cmyk_jpeg_has_white_paper_and_black_ink() -> None:
    picture = np.full((32, 64, 4), 0, np.uint8)
    picture[:, 32:] = (0, 0, 0, 255)
    image = one(encoded(PIL.Image.fromarray(picture, "CMYK"), "JPEG", quality=100)).image
    assert image[:, :24].min() > 250
    assert image[:, 40:].max() < 5


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_grey_picture_has_three_equal_channels(kind: str) -> None:
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (20, 1))
    image = one(encoded(PIL.Image.fromarray(ramp), kind)).image
    assert np.ptp(image, axis=2).max() == 0
    assert np.abs(image[..., 0].astype(int) - ramp).max() <= 6


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_picture_of_16_bits_keeps_its_contrast(kind: str) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint16) * 257, (20, 1))
    image = one(encoded(PIL.Image.fromarray(ramp), kind)).image
    assert np.abs(image[..., 1].astype(int) - np.arange(256)).max() <= 1


def test_a_colour_png_of_16_bits_keeps_its_colours(make_png: Callable[..., bytes]) -> None:
    rows = b"".join(b"\0" + struct.pack(">3H", *(257 * level for level in RED)) * 10 for _ in range(6))
    image = one(make_png(10, 6, 16, 2, rows)).image
    assert np.abs(image.astype(int) - RED).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP"])
def test_a_picture_with_a_palette_gets_its_colours(kind: str) -> None:
    picture = PIL.Image.fromarray(quarters()).quantize(8)
    assert picture.mode == "P"
    assert_quarters(one(encoded(picture, kind)).image, tolerance=1)


def with_text(ink: int, mode: str) -> PIL.Image.Image:
    """A square of ink on a ground that is fully transparent, and black underneath."""
    alpha = np.zeros((20, 40), np.uint8)
    alpha[5:15, 10:30] = 255
    level = np.where(alpha > 0, ink, 0).astype(np.uint8)
    return PIL.Image.fromarray(np.dstack([level, level, level, alpha]), "RGBA").convert(mode)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_black_text_on_nothing_lies_on_white_and_white_text_on_black(kind: str, mode: str) -> None:
    settings = {"lossless": True} if kind == "WEBP" else {}
    for ink, ground in ((0, 255), (255, 0), (90, 255)):
        image = one(encoded(with_text(ink, mode), kind, **settings)).image
        assert image[10, 20].tolist() == [ink] * 3
        assert image[2, 2].tolist() == [ground] * 3


def test_transparency_in_a_palette_and_in_a_colour_key_lies_on_white() -> None:
    keyed = np.array([[0, 1], [1, 0]], np.uint8).repeat(10, axis=0).repeat(10, axis=1)
    picture = PIL.Image.fromarray(keyed, "P")
    picture.putpalette([9, 9, 9, 60, 60, 60])
    for settings in ({"transparency": 0}, {"transparency": b"\x00\xff"}):
        image = one(encoded(picture, "PNG", **settings)).image
        assert image[2, 2].tolist() == [255] * 3
        assert image[2, 12].tolist() == [60] * 3
    colours = PIL.Image.fromarray(np.where(keyed[..., None] == 0, (255, 0, 255), (60, 60, 60)).astype(np.uint8))
    image = one(encoded(colours, "PNG", transparency=(255, 0, 255))).image
    assert image[2, 2].tolist() == [255] * 3
    assert image[2, 12].tolist() == [60] * 3


def test_an_opaque_picture_with_an_alpha_channel_keeps_its_white_ground() -> None:
    white = np.full((20, 40, 4), 255, np.uint8)
    assert one(white).image.min() == 255


def test_half_transparent_ink_is_mixed_with_the_ground() -> None:
    picture = np.zeros((4, 4, 4), np.uint8)
    picture[..., 3] = 128
    assert one(picture).image[0, 0].tolist() == pytest.approx([127] * 3, abs=1)


@pytest.mark.parametrize(("kind", "settings"), [("TIFF", {"compression": "group4"}), ("TIFF", {}), ("PNG", {})])
def test_a_bilevel_picture_is_black_and_white(kind: str, settings: dict[str, str]) -> None:
    stripes = np.zeros((16, 32), bool)
    stripes[:, ::4] = True
    image = one(encoded(PIL.Image.fromarray(stripes), kind, **settings)).image
    assert np.array_equal(image[..., 0], stripes * np.uint8(255))


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP"])
def test_every_page_of_a_file_with_several_is_a_frame(kind: str) -> None:
    pages = [PIL.Image.new("RGB", (30, 20), (level, level, level)) for level in (10, 120, 230)]
    content = encoded(pages[0], kind, save_all=True, append_images=pages[1:])
    found = list(frames(content))
    assert [frame.index for frame in found] == [0, 1, 2]
    assert [int(frame.image[10, 15, 0]) for frame in found] == pytest.approx([10, 120, 230], abs=4)
    assert count_frames(content) == 3
    (second,) = frames(content, InputRule(pages=frozenset({1})))
    assert second.index == 1
    assert abs(int(second.image[10, 15, 0]) - 120) <= 4


def test_a_picture_is_counted_without_decoding_it(make_png: Callable[..., bytes]) -> None:
    assert count_frames(quarters()) == 1
    assert count_frames(PIL.Image.fromarray(quarters())) == 1
    assert count_frames(make_png(5000, 5000, 8, 0, b"")) == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_the_resolution_in_the_file_is_kept(kind: str) -> None:
    picture = PIL.Image.new("RGB", (20, 20))
    assert one(encoded(picture, kind, dpi=(300, 300))).dpi == pytest.approx(300, abs=0.1)
    assert one(encoded(picture, kind)).dpi is None
    assert one(encoded(picture, kind, dpi=(1, 1))).dpi is None  # a ratio, no resolution


def test_a_dark_16_bit_picture_stays_dark() -> None:
    picture = PIL.Image.fromarray(np.full((8, 8), 200, np.uint16))
    assert one(picture).image.max() == 0


def test_a_picture_of_fractions_from_black_to_white_is_grey() -> None:
    ramp = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (4, 1))
    image = one(PIL.Image.fromarray(ramp)).image
    assert (image[0, 0, 0], image[0, 255, 0]) == (0, 255)
