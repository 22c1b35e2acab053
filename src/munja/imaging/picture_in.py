"""Picture files in: OpenCV decodes plain JPEG and PNG, Pillow everything else, frame by frame."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np

from munja.core.errors import InputError
from munja.imaging.image import GREY_VIEW, Frame, Image, InputRule, check_size, on_ground, three_channels
from munja.imaging.jpeg import jpeg_is_garbled

GARBLED = "the file is damaged inside: text in its damaged parts is missing or wrong"
_BOMB_LOCK = threading.Lock()
# What Pillow's readers were seen to raise for damaged files, found by fuzzing.
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, OverflowError)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx")
# Bytes per pixel while a picture of each mode is decoded by Pillow and made RGB; 16 where the mode is rare.
_BYTES = {"1": 2.0, "L": 2.0, "P": 8.0, "RGB": 7.0, "CMYK": 11.0, "RGBA": 11.0, "LA": 13.0}


def picture_frames(content: bytes, name: str | None, where: str, rule: InputRule) -> Iterator[Frame]:
    """The frames of a picture file; InputError names it where it is damaged, too large or of no known kind."""
    picture = _open(content, where)
    with _pillow(where):
        one = getattr(picture, "n_frames", 1) == 1
    notes = (GARBLED,) if picture.format == "JPEG" and jpeg_is_garbled(content) else ()
    plain = picture.mode in ("L", "RGB", "1") and "transparency" not in picture.info
    if one and plain and (rule.pages is None or 0 in rule.pages) and picture.format in ("JPEG", "PNG"):
        grey = picture.mode != "RGB" and picture.width * picture.height > GREY_VIEW
        check_size(picture.width, picture.height, 1.0 if grey else 3.0, where, rule)
        if _is_whole(content, picture.format):
            with _pillow(where):
                orientation = _orientation(picture)
            image = _decode(content, grey, orientation)
            if image is not None:
                yield Frame(image, name, 0, _dpi(picture), notes=notes)
                return
    yield from pillow_frames(picture, name, rule, where, notes)


def pillow_frames(
    picture: Any, name: str | None, rule: InputRule, where: str = "the given picture", notes: tuple[str, ...] = ()
) -> Iterator[Frame]:
    """The frames of an opened Pillow image."""
    where = name or where
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
        check_size(*size, _BYTES.get(picture.mode, 16.0), where, rule)
        with _pillow(page), _unbounded(size[0] * size[1]):
            picture.load()
            image = _from_pillow(_upright(picture))
            dpi = _dpi(picture)
        yield Frame(image, name, index, dpi, notes=notes)


def picture_length(content: bytes, where: str) -> int:
    """Number of frames of a picture file, without decoding them."""
    picture = _open(content, where)
    with _pillow(where):
        return int(getattr(picture, "n_frames", 1))


def _open(content: bytes, where: str) -> Any:
    """A Pillow image with its header read; InputError says why not."""
    import PIL.Image

    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        _know_heif(where)
    with _pillow(where, "not a picture that Munja knows (JPEG, PNG, TIFF, WebP, GIF, BMP or PDF)"), _unbounded():
        return PIL.Image.open(io.BytesIO(content))


@contextmanager
def _unbounded(pixels: int | None = None) -> Iterator[None]:
    """Lift Pillow's own bound where `pixels` is beyond it: max_pixels decides what is too large, for every source.

    Pillow's bound is one for the whole process, so only one thread at a time may lift it.
    """
    import PIL.Image

    if pixels is not None and pixels < (PIL.Image.MAX_IMAGE_PIXELS or pixels + 1):
        yield
        return
    with _BOMB_LOCK:
        bound, PIL.Image.MAX_IMAGE_PIXELS = PIL.Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            PIL.Image.MAX_IMAGE_PIXELS = bound


def _know_heif(where: str) -> None:
    """Teach Pillow HEIC, which phones write; InputError says what to install."""
    try:
        import pillow_heif
    except ImportError as error:
        raise InputError(
            f"{where}: a HEIC picture; to read it: pip install pillow-heif. "
            "Or save it as JPEG on the phone: Settings, Camera, Formats, Most Compatible"
        ) from error
    pillow_heif.register_heif_opener()


@contextmanager
def _pillow(where: str, unknown: str = "") -> Iterator[None]:
    """Whatever Pillow raises for a damaged picture as one InputError; its warnings say nothing more and are dropped."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PIL.UnidentifiedImageError as error:
        raise InputError(f"{where}: {unknown or 'not a picture'}") from error
    except PIL.Image.DecompressionBombError as error:
        raise InputError(f"{where}: a part of it is far larger than its header says; nothing was read") from error
    except MemoryError as error:
        raise InputError(f"{where}: does not fit into memory; allow fewer pixels with --max-pixels") from error
    except _DAMAGED as error:
        raise InputError(f"{where}: cut off or damaged ({error}); nothing was read from it") from error


def _is_whole(content: bytes, kind: str) -> bool:
    """Whether a JPEG has its end mark, and each part of a PNG its checksum.

    OpenCV fills what a damaged file lacks with grey and says nothing; Pillow calls it an error.
    """
    if kind == "JPEG":
        return b"\xff\xd9" in content[-4096:]
    at = 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        if zlib.crc32(memoryview(content)[at + 4 : end]) != int.from_bytes(content[end : end + 4], "big"):
            return False
        if content[at + 4 : at + 8] == b"IEND":
            return True
        at = end + 4
    return False


def _decode(content: bytes, grey: bool, orientation: int) -> Image | None:
    """The pixels as OpenCV decodes them, which is faster than Pillow; None if it cannot."""
    way = (cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR_RGB) | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(np.frombuffer(content, np.uint8), way)
    if image is None:
        return None
    turned = _TURNS.get(orientation, lambda upright: upright)(np.asarray(image, np.uint8))
    return three_channels(turned) if grey else np.ascontiguousarray(turned)


# What a viewer does to a stored picture of each EXIF orientation.
_TURNS: dict[int, Any] = {
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: np.rot90(stored, 1),
}


def _orientation(picture: Any) -> int:
    """The EXIF orientation of a picture, 1 (upright) where the tag is missing or makes no sense."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1  # Pillow would decode the whole picture to look behind it
    try:
        value = picture.getexif().get(0x0112, 1)
    except _DAMAGED:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(picture: Any) -> Any:
    """The picture turned as its EXIF tag says; as it is stored where the tag makes no sense."""
    import PIL.ImageOps

    try:
        return PIL.ImageOps.exif_transpose(picture)
    except _DAMAGED:
        return picture


def _from_pillow(picture: Any) -> Image:
    if picture.mode == "La":  # premultiplied grey, which Pillow converts only back to LA
        picture = picture.convert("LA")
    mode = picture.mode
    if mode in ("RGBA", "LA", "PA", "RGBa") or "transparency" in picture.info:
        return on_ground(np.asarray(picture.convert("RGBA")))
    if mode.startswith("I") or mode == "F":
        deep = np.asarray(picture, np.float32)
        # 16-bit files say what white is; of whole numbers and fractions only the values tell.
        highest = float(deep.max(initial=0.0))
        white = 65535.0 if mode.startswith("I;16") or highest > 255.0 else 255.0
        if mode == "F" and highest <= 1.0:
            white = 1.0
        return three_channels(np.clip(deep * (255.0 / white), 0, 255).astype(np.uint8))
    if mode in ("1", "L"):
        return three_channels(np.asarray(picture.convert("L")))
    return np.ascontiguousarray(np.asarray(picture.convert("RGB")))


def _dpi(picture: Any) -> float | None:
    value = picture.info.get("dpi")
    try:
        dpi = float(value[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return round(dpi, 2) if 10.0 <= dpi <= 10_000.0 else None
