"""Pictures in: whatever holds one becomes frames of (H, W, 3) uint8 RGB, turned as its EXIF tag says.

Bilevel, grey, palette, 16-bit, CMYK and transparent pictures all end as RGB; transparency is laid on white, or on black
where the visible pixels are nearly all white. A picture is never decoded before its header said that it is small
enough.
"""

from __future__ import annotations

import io
import os
import struct
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError

MAX_PIXELS = 100_000_000
_BOMB_LOCK = threading.Lock()
# What Pillow's readers were seen to raise for damaged files, found by fuzzing.
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, OverflowError)
Image = NDArray[np.uint8]  # (H, W, 3) RGB
Source = Any  # path, bytes, binary file, NumPy array or Pillow image

_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
PICTURE_SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .png .bmp .dib .tif .tiff .webp .gif .pbm .pgm .ppm .pnm .jp2 .pdf".split()
)


@dataclass(frozen=True)
class Frame:
    """One picture: RGB pixels (H, W, 3), the source's name, the page's number in it from 0, dots per inch if known."""

    image: Image
    source: str | None = None
    index: int = 0
    dpi: float | None = None


@dataclass(frozen=True)
class PageRanges:
    """Page numbers from 0, as ranges, so that an open end costs nothing."""

    ranges: tuple[range, ...]

    @staticmethod
    def of(numbers: Iterable[int]) -> PageRanges:
        """The ranges of single page numbers."""
        return PageRanges(tuple(range(number, number + 1) for number in sorted(set(numbers))))

    def __contains__(self, number: object) -> bool:
        return any(number in each for each in self.ranges)

    def __str__(self) -> str:
        ends = [(each.start + 1, each.stop) for each in self.ranges]
        return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ends)


@dataclass(frozen=True)
class InputRule:
    """What is accepted: most pixels of a frame, dots per inch of rendered pages, page numbers from 0 (None: all)."""

    max_pixels: int = MAX_PIXELS
    dpi: float = 200.0
    pages: PageRanges | frozenset[int] | None = None


def frames(source: Source, rule: InputRule | None = None) -> Iterator[Frame]:
    """All pictures in a source, one after the other; InputError names the source and says what to do."""
    rule = rule or InputRule()
    if isinstance(source, np.ndarray):
        yield Frame(_from_array(source, rule))
        return
    if hasattr(source, "getbands"):  # a Pillow image
        yield from _pillow_frames(source, getattr(source, "filename", None) or None, rule)
        return
    content, name = _content(source)
    where = name or "the given bytes"
    if not content:
        raise InputError(f"{where}: 0 bytes; a picture was wanted")
    if content[:1024].lstrip()[:5] == b"%PDF-":
        from munja.imaging.pdf_in import pdf_frames

        yield from pdf_frames(content, name, rule)
        return
    yield from _picture_frames(content, name, where, rule)


def count_frames(source: Source) -> int:
    """How many pictures a source holds, without decoding them."""
    if isinstance(source, np.ndarray):
        return 1
    if hasattr(source, "getbands"):
        return int(getattr(source, "n_frames", 1))
    content, name = _content(source)
    if content[:1024].lstrip()[:5] == b"%PDF-":
        from munja.imaging.pdf_in import pdf_length

        return pdf_length(content, name)
    where = name or "the given bytes"
    picture = _open(content, where)
    with _pillow(where):
        return int(getattr(picture, "n_frames", 1))


def printable(path: str | os.PathLike[str]) -> str:
    """A path as text that any document can hold: bytes of its name that are no UTF-8 become replacement characters."""
    return os.fsencode(path).decode(errors="replace")


def _content(source: Source) -> tuple[bytes, str | None]:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), None
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if not os.path.exists(path):  # unlike Path.exists, it also takes a name that is too long
            raise InputError(f"{path}: no such file")
        if path.is_dir():
            raise InputError(f"{path}: a folder; one file was wanted. `munja read {path}` reads all pictures in it")
        try:
            return path.read_bytes(), printable(path)
        except OSError as error:
            raise InputError(f"{path}: cannot be opened ({error.strerror})") from error
    if hasattr(source, "read"):
        return _from_file(source), getattr(source, "name", None) if isinstance(
            getattr(source, "name", None), str
        ) else None
    raise InputError(
        f"a picture was wanted as a path, bytes, binary file, NumPy array or Pillow image, got {type(source).__name__}"
    )


def _from_file(file: BinaryIO) -> bytes:
    try:
        content = file.read()
    except UnicodeDecodeError:
        content = ""  # type: ignore[assignment]  # a picture read as text
    if not isinstance(content, bytes):
        raise InputError("a file opened in binary mode was wanted, this one is in text mode: open(path, 'rb')")
    return content


def _from_array(array: NDArray[Any], rule: InputRule) -> Image:
    if array.dtype != np.uint8:
        raise InputError(
            f"an array of uint8 was wanted, got {array.dtype}; scale it to 0..255 and use .astype(np.uint8)"
        )
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or 0 in array.shape:
        raise InputError(f"an array (H, W), (H, W, 3) RGB or (H, W, 4) RGBA was wanted, got shape {array.shape}")
    _check_size(array.shape[1], array.shape[0], "the given array", rule)
    if channels == 4:
        return _on_ground(array)
    if channels == 1:
        return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(array)


def _open(content: bytes, where: str) -> Any:
    """A Pillow image with its header read; InputError says why not."""
    import PIL.Image

    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        raise InputError(f"{where}: a HEIC/AVIF picture; convert it first, such as with `heif-convert {where} out.jpg`")
    with _pillow(where, "not a picture that Munja knows (JPEG, PNG, TIFF, WebP, GIF, BMP or PDF)"), _BOMB_LOCK:
        # max_pixels decides what is too large, for every source alike; Pillow's own bound is one for the whole process.
        bound, PIL.Image.MAX_IMAGE_PIXELS = PIL.Image.MAX_IMAGE_PIXELS, None
        try:
            picture = PIL.Image.open(io.BytesIO(content))
        finally:
            PIL.Image.MAX_IMAGE_PIXELS = bound
    return picture


@contextmanager
def _pillow(where: str, unknown: str = "") -> Iterator[None]:
    """Whatever Pillow raises for a damaged picture as one InputError; its warnings say nothing more and are dropped."""
    import PIL

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PIL.UnidentifiedImageError as error:
        raise InputError(f"{where}: {unknown or 'not a picture'}") from error
    except MemoryError as error:
        raise InputError(f"{where}: does not fit into memory; allow fewer pixels with --max-pixels") from error
    except _DAMAGED as error:
        raise InputError(f"{where}: cut off or damaged ({error}); nothing was read from it") from error


def _picture_frames(content: bytes, name: str | None, where: str, rule: InputRule) -> Iterator[Frame]:
    picture = _open(content, where)
    with _pillow(where):
        one = getattr(picture, "n_frames", 1) == 1
    if one and (rule.pages is None or 0 in rule.pages):
        _check_size(picture.width, picture.height, where, rule)
        plain = picture.mode in ("L", "RGB", "1") and "transparency" not in picture.info
        if plain and picture.format in ("JPEG", "PNG") and _is_whole(content, picture.format):
            image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
            if image is not None:
                yield Frame(np.asarray(image, np.uint8), name, 0, _dpi(picture))
                return
    yield from _pillow_frames(picture, name, rule)


def _is_whole(content: bytes, kind: str) -> bool:
    """Whether the end mark is there: OpenCV fills what a cut-off file lacks with grey and says nothing."""
    return (b"\xff\xd9" if kind == "JPEG" else b"IEND") in content[-4096:]


def _pillow_frames(picture: Any, name: str | None, rule: InputRule) -> Iterator[Frame]:
    import PIL.ImageOps

    where = name or "the given picture"
    with _pillow(where):
        last = getattr(picture, "n_frames", 1)
    for index in range(last):
        if rule.pages is not None and index not in rule.pages:
            continue
        page = f"{where} (page {index + 1})" if last > 1 else where
        with _pillow(page):
            if last > 1:
                picture.seek(index)
            size = (picture.width, picture.height)
        _check_size(*size, where, rule)
        with _pillow(page):
            image = _from_pillow(PIL.ImageOps.exif_transpose(picture))
            dpi = _dpi(picture)
        yield Frame(image, name, index, dpi)


def _from_pillow(picture: Any) -> Image:
    if picture.mode == "La":  # premultiplied grey, which Pillow converts only back to LA
        picture = picture.convert("LA")
    mode = picture.mode
    if mode in ("RGBA", "LA", "PA", "RGBa") or "transparency" in picture.info:
        return _on_ground(np.asarray(picture.convert("RGBA")))
    if mode.startswith("I") or mode == "F":
        deep = np.asarray(picture, np.float32)
        # 16-bit files say what white is; of whole numbers and fractions only the values tell.
        highest = float(deep.max(initial=0.0))
        white = 65535.0 if mode.startswith("I;16") or highest > 255.0 else 255.0
        if mode == "F" and highest <= 1.0:
            white = 1.0
        return np.repeat(np.clip(deep * (255.0 / white), 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return np.ascontiguousarray(np.asarray(picture.convert("RGB")))


def _on_ground(rgba: NDArray[np.uint8]) -> Image:
    """Lay a picture (H, W, 4) on white; on black if what is visible is nearly all white, as white text on glass."""
    alpha = rgba[..., 3:].astype(np.uint16)
    visible = rgba[..., :3][rgba[..., 3] > 127]
    ground = 0 if visible.size and float((visible > 200).mean()) > 0.95 and bool((alpha < 128).any()) else 255
    blended = (rgba[..., :3] * alpha + ground * (255 - alpha) + 127) // 255
    return np.ascontiguousarray(blended.astype(np.uint8))


def _check_size(width: int, height: int, where: str, rule: InputRule) -> None:
    if width * height > rule.max_pixels:
        raise InputError(
            f"{where}: {width} x {height} pixels, more than max_pixels = {rule.max_pixels:,}; "
            "allow it with --max-pixels N (or Reader(max_pixels=N)), or make the picture smaller"
        )


def _dpi(picture: Any) -> float | None:
    value = picture.info.get("dpi")
    try:
        dpi = float(value[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return round(dpi, 2) if 10.0 <= dpi <= 10_000.0 else None
