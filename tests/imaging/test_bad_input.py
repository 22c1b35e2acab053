"""Bad input: a test for each row of the table in docs/inputs.md. Never a traceback, a silent empty page or a hang."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import PIL.Image
import pytest

from munja.core.errors import InputError
from munja.imaging.image import Frame, InputRule, frames

DOCUMENT = Path(__file__).parents[2] / "docs" / "inputs.md"


def encoded(picture: Any, kind: str, **settings: Any) -> bytes:
    target = io.BytesIO()
    PIL.Image.fromarray(picture).save(target, kind, **settings)
    return target.getvalue()


def refusal(content: bytes, rule: InputRule | None = None) -> str:
    """What is said of a file that cannot be read."""
    with pytest.raises(InputError) as caught:
        list(frames(content, rule))
    return str(caught.value)


def frames_or_refusal(content: bytes) -> list[Frame] | str:
    """The frames of a file, or what is said of it; any other exception fails the test."""
    try:
        return list(frames(content))
    except InputError as error:
        return str(error)


ROWS: dict[str, Callable[..., None]] = {}


def row(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Says which row of the table a test is for."""

    def add(test: Callable[..., None]) -> Callable[..., None]:
        ROWS[name] = test
        return test

    return add


def test_the_table_has_a_row_for_each_test_and_a_test_for_each_row() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("## Bad input")[1]
    rows = re.findall(r"^\| (?!what |---)([^|]+?) \|", table, re.MULTILINE)
    assert sorted(rows) == sorted(ROWS)


@pytest.fixture(scope="module")
def whole(heading: Any) -> dict[str, bytes]:
    """The heading of the receipt in every kind of file, two pages of it where a kind has pages."""
    two = {"save_all": True, "append_images": [PIL.Image.fromarray(heading[::-1])]}
    return {
        "JPEG": encoded(heading, "JPEG", quality=90),
        "progressive JPEG": encoded(heading, "JPEG", quality=90, progressive=True),
        "PNG": encoded(heading, "PNG"),
        "TIFF": encoded(heading, "TIFF", compression="tiff_lzw", **two),
        "BMP": encoded(heading, "BMP"),
        "GIF": encoded(heading, "GIF", **two),
        "WebP": encoded(heading, "WEBP", lossless=True),
        "PDF": encoded(heading, "PDF", **two),
    }


@row("cut off at any place")
@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize("kind", ["JPEG", "progressive JPEG", "PNG", "TIFF", "BMP", "GIF", "WebP", "PDF"])
def test_cut_off(whole: dict[str, bytes], kind: str, tenth: int) -> None:
    content = whole[kind][: len(whole[kind]) * tenth // 10]
    message = refusal(content)
    if tenth == 0:
        assert "0 bytes" in message
    else:
        assert re.search("damaged|not a picture that Munja knows", message)


@row("garbled inside: JPEG")
@pytest.mark.parametrize("kind", ["JPEG", "progressive JPEG"])
def test_garbled_jpeg(whole: dict[str, bytes], kind: str) -> None:
    content = bytearray(whole[kind])
    middle = len(content) // 2
    content[middle : middle + 3000] = np.random.default_rng(1).integers(0, 256, 3000, np.uint8).tobytes()
    found = frames_or_refusal(bytes(content))
    assert "damaged" in (found if isinstance(found, str) else found[0].notes[0])


@row("garbled inside: PNG, TIFF, GIF, WebP")
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "GIF", "WebP"])
@pytest.mark.parametrize("seed", range(5))
def test_garbled_lossless(whole: dict[str, bytes], kind: str, seed: int) -> None:
    content = bytearray(whole[kind])
    start = len(content) // 3
    content[start : start + 2000] = np.random.default_rng(seed).integers(0, 256, 2000, np.uint8).tobytes()
    found = frames_or_refusal(bytes(content))
    if isinstance(found, str):
        assert "damaged" in found
    else:  # no checksum stands in these files: noise that decodes is a picture of noise, in its own size
        assert kind != "PNG"
        assert found[0].image.shape == (170, 460, 3)


@row("no picture")
@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(60), b"a shopping list", b"<html></html>", bytes(5000)])
def test_no_picture(content: bytes) -> None:
    assert "not a picture that Munja knows (JPEG, PNG, TIFF, WebP, GIF, BMP or PDF)" in refusal(content)


@row("empty file")
def test_empty_file(tmp_path: Path) -> None:
    assert "0 bytes; a picture was wanted" in refusal(b"")


@row("decompression bomb: picture")
def test_bomb_picture(make_png: Callable[..., bytes]) -> None:
    bomb = make_png(60_000, 60_000, 8, 0, zlib.compress(bytes(10)))
    assert "60000 x 60000 pixels, more than max_pixels = 100,000,000" in refusal(bomb)


@row("decompression bomb: picture inside a PDF")
def test_bomb_in_a_pdf() -> None:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(100, 100))
    bomb = document.make_stream(zlib.compress(bytes(1000)))
    for key, value in {"Width": 60_000, "Height": 60_000, "BitsPerComponent": 8}.items():
        bomb[f"/{key}"] = value
    bomb.Type, bomb.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    bomb.ColorSpace, bomb.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.FlateDecode
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(B=bomb))
    page.obj.Contents = document.make_stream(b"100 0 0 100 0 0 cm /B Do")
    target = io.BytesIO()
    document.save(target)
    message = refusal(target.getvalue())
    assert "page 1: a picture on it: 60000 x 60000 pixels, more than max_pixels" in message


@row("decompression bomb: page of a PDF")
def test_bomb_page() -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(14_000, 14_000))
    target = io.BytesIO()
    document.save(target)
    assert "choose a lower --dpi or allow it with --max-pixels" in refusal(target.getvalue())


@row("locked PDF")
def test_locked_pdf(whole: dict[str, bytes]) -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(whole["PDF"])) as document:
        document.save(target, encryption=pikepdf.Encryption(user="a", owner="b"))
    assert "give it with --password" in refusal(target.getvalue())
    assert "another password" in refusal(target.getvalue(), InputRule(password="c"))
    assert len(list(frames(target.getvalue(), InputRule(password="a")))) == 2


@row("broken PDF")
@pytest.mark.parametrize("seed", range(8))
def test_broken_pdf(whole: dict[str, bytes], seed: int) -> None:
    random = np.random.default_rng(seed)
    content = bytearray(whole["PDF"])
    for place in random.integers(20, len(content), 40):
        content[place] = random.integers(0, 256)
    found = frames_or_refusal(bytes(content))
    if isinstance(found, str):
        assert re.search("damaged|locked|not a picture", found)
    else:  # PDFium mends what it can: then there are pages
        assert found
        assert all(frame.image.size for frame in found)


@row("PDF, TIFF or GIF without a page")
def test_without_a_page() -> None:
    empty = io.BytesIO()
    pikepdf.new().save(empty)
    assert re.search("holds no page|damaged PDF", refusal(empty.getvalue()))
    assert re.search("damaged|not a picture", refusal(b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 0)))
    assert re.search("damaged|not a picture", refusal(b"GIF89a" + struct.pack("<HH", 10, 10) + b"\x00\x00\x00;"))


@row("1 x 1 pixel")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_one_pixel(reader: Any, kind: str) -> None:
    page = reader(encoded(np.zeros((1, 1, 3), np.uint8), kind))
    assert (page.width, page.height, page.lines) == (1, 1, ())


@row("absurd EXIF")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_absurd_exif(heading: Any, kind: str, orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    exif[0x011A] = 4e9  # dots per inch
    (frame,) = frames(encoded(heading, kind, exif=exif))
    assert frame.image.shape == heading.shape


@row("garbage in place of EXIF")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"Exif\0\0" + b"\xff" * 60, b"Exif\0\0II*\0\xff\xff\xff\xff", b"x" * 40])
def test_garbage_exif(heading: Any, kind: str, exif: bytes) -> None:
    (frame,) = frames(encoded(heading, kind, exif=exif))
    assert frame.image.shape == heading.shape


@row("HEIC without its package")
def test_heic(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as if it were not installed
    assert "pip install pillow-heif" in refusal(b"\0\0\0\x18ftypheic" + bytes(40))


@row("larger than --max-pixels or --memory")
def test_too_large(heading: Any) -> None:
    content = encoded(heading, "PNG")
    assert "allow it with --max-pixels" in refusal(content, InputRule(max_pixels=1000))
    assert "--memory leaves" in refusal(content, InputRule(most_bytes=1000))


@row("page beyond the end")
def test_page_beyond_the_end(whole: dict[str, bytes]) -> None:
    for kind in ("TIFF", "GIF", "PDF"):
        message = refusal(whole[kind], InputRule(pages=frozenset({6})))
        assert "has 2 (pages count from 1)" in message
