"""Pictures inside documents: the source's own bytes where a document can hold them, else as small as is fair."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.page import Page
from munja.imaging.image import Image, Source
from munja.read.writers.document import source_bytes

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
QUALITY = 90  # of a JPEG made of a picture that was compressed with loss before
_LOSSLESS_WEBP = b"VP8L"
_PNG_KINDS = {0: 1, 2: 3, 3: 1}  # channels of grey, RGB and palette; the kinds with transparency are drawn anew


@dataclass(frozen=True, slots=True)
class JpegHead:
    """What the header of a JPEG says; `orientation` is its EXIF tag, 1 to 8."""

    width: int
    height: int
    channels: int
    orientation: int
    profile: bytes | None
    plain_rgb: bool  # channels are stored as red, green and blue, and nothing but their names says so


@dataclass(frozen=True, slots=True)
class PngParts:
    """The parts of a PNG that a document can hold as they are."""

    width: int
    height: int
    bits: int
    channels: int
    palette: bytes | None
    data: bytes


class SourcePicture:
    """A source, looked at for what of it a document can take over."""

    def __init__(self, source: Source | None) -> None:
        self._source = source
        start = source_bytes(source, 1024)
        self.is_pdf = start.lstrip()[:5] == b"%PDF-"
        self._is_jpeg, self._is_png = start.startswith(JPEG), start.startswith(PNG)
        self.lossy = self._is_jpeg or _is_lossy(source, start)

    def jpeg(self, page: Page) -> tuple[bytes, JpegHead] | None:
        """The bytes and header of a JPEG that shows just this Page; None if the source is none."""
        if not self._is_jpeg or page.index:
            return None
        content = source_bytes(self._source)
        head = jpeg_head(content)
        if head is None:
            return None
        size = (head.width, head.height) if head.orientation < 5 else (head.height, head.width)
        return (content, head) if size == (page.width, page.height) else None

    def png(self, page: Page) -> tuple[bytes, PngParts] | None:
        """The bytes and parts of a PNG that shows just this Page; None if the source is none, or needs drawing."""
        if not self._is_png or page.index:
            return None
        content = source_bytes(self._source)
        parts = png_parts(content)
        return (content, parts) if parts and (parts.width, parts.height) == (page.width, page.height) else None


def needed(page: Page, picture: Image | None) -> Image:
    """The picture of a Page; InputError if there is none, or if it is of another size than the Page says."""
    where = page.source or "this page"
    if picture is None:
        raise InputError(
            f"{where}: a picture of {page.width} x {page.height} pixels was wanted for page {page.index + 1}"
        )
    if picture.shape[:2] != (page.height, page.width):
        raise InputError(
            f"{where}: page {page.index + 1} is {page.width} x {page.height} pixels, its picture "
            f"{picture.shape[1]} x {picture.shape[0]}; give the picture that was read"
        )
    return picture


def simplest(picture: Image) -> NDArray[np.uint8]:
    """A picture (H, W, 3) as (H, W) if it is grey, else as it is."""
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    return red if np.array_equal(red, green) and np.array_equal(green, blue) else picture


def is_bilevel(grey: NDArray[np.uint8]) -> bool:
    """Whether a picture (H, W) is of black and white alone."""
    return grey.ndim == 2 and not bool(((grey != 0) & (grey != 255)).any())


def encode(picture: NDArray[np.uint8], suffix: str, *settings: int) -> bytes:
    """A picture (H, W) or (H, W, 3) RGB as a file of the kind of a suffix."""
    done, data = cv2.imencode(suffix, picture if picture.ndim == 2 else picture[..., ::-1], settings)
    if not done:
        raise InputError(f"a picture of {picture.shape[1]} x {picture.shape[0]} pixels cannot be written as {suffix}")
    return data.tobytes()


def group4(bilevel: NDArray[np.uint8]) -> tuple[bytes, bool]:
    """A picture (H, W) of black and white as CCITT group 4 data, as a fax sends it, and whether its black is white."""
    import PIL.Image

    target = io.BytesIO()
    # One strip: the tag of rows per strip is set to the height.
    picture = PIL.Image.fromarray(bilevel).convert("1")
    picture.save(target, "TIFF", compression="group4", tiffinfo={278: bilevel.shape[0]})
    target.seek(0)
    with PIL.Image.open(target) as written:
        tags: Any = written.tag_v2  # type: ignore[attr-defined]
        (start,), (length,), photometric = tags[273], tags[279], tags[262]
    return target.getvalue()[start : start + length], photometric == 1


def jpeg_head(content: bytes) -> JpegHead | None:
    """What a JPEG's header says; None for a kind that not every program can show: 12 bits, arithmetic, lossless."""
    size: tuple[int, int, int] | None = None
    names, marked = b"", False
    for marker, segment in _jpeg_segments(content):
        if marker in (0xC0, 0xC1, 0xC2) and len(segment) >= 6:
            bits, height, width, channels = struct.unpack(">BHHB", segment[:6])
            if bits != 8 or channels not in (1, 3, 4) or not height:
                return None
            size, names = (width, height, channels), segment[6::3][:channels]
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return None
        marked |= (marker == 0xEE and segment[:5] == b"Adobe") or (marker == 0xE0 and segment[:4] == b"JFIF")
    if size is None:
        return None
    orientation, profile = _pillow_facts(content)
    return JpegHead(*size, orientation, profile, not marked and names == b"RGB")


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xDA:  # the picture begins
            return
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        yield marker, content[at + 4 : at + 2 + length]
        at += 2 + length


def _pillow_facts(content: bytes) -> tuple[int, bytes | None]:
    """EXIF orientation (1 to 8) and colour profile of a JPEG."""
    import PIL.Image

    try:
        with PIL.Image.open(io.BytesIO(content)) as picture:
            orientation = picture.getexif().get(274, 1)
            profile = picture.info.get("icc_profile")
    except (OSError, ValueError, SyntaxError, struct.error):  # damaged EXIF; reading has taken it as upright
        return 1, None
    return (orientation if orientation in range(1, 9) else 1), profile or None


def png_parts(content: bytes) -> PngParts | None:
    """The parts of a PNG; None if it is transparent, interlaced or has 16 bits."""
    data, palette = [], None
    width = height = bits = channels = 0
    for kind, chunk in _png_chunks(content):
        if kind == b"IHDR" and len(chunk) == 13:
            width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
            if colour not in _PNG_KINDS or bits > 8 or interlaced:
                return None
            channels = _PNG_KINDS[colour]
        elif kind == b"PLTE":
            palette = chunk if channels == 1 else None
        elif kind == b"tRNS":
            return None
        elif kind == b"IDAT":
            data.append(chunk)
    return PngParts(width, height, bits, channels, palette, b"".join(data)) if channels and data else None


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _is_lossy(source: Source | None, start: bytes) -> bool:
    """Whether a source that is no JPEG was compressed with loss: WebP, JPEG 2000, JPEG inside TIFF."""
    if start[8:12] == b"WEBP":
        return _LOSSLESS_WEBP not in start[:64]
    if start[4:8] == b"jP  ":
        return True
    if start[:4] not in (b"II*\0", b"MM\0*"):
        return False
    import PIL.Image

    try:
        with PIL.Image.open(io.BytesIO(source_bytes(source))) as picture:
            return picture.info.get("compression") in ("jpeg", "tiff_jpeg", "webp")
    except (OSError, ValueError, SyntaxError, struct.error):
        return False
