"""Pictures in: whatever holds one becomes frames of (H, W, 3) uint8 RGB, turned as its EXIF tag says.

Bilevel, grey, palette, 16-bit, CMYK and transparent pictures all end as RGB; transparency is laid on white, or on black
where the visible pixels are nearly all white. A picture is never decoded before its header said that it is small
enough. How each kind of file is decoded stands in `picture_in` and `pdf_in`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.page import Line

MAX_PIXELS = 100_000_000
GREY_VIEW = 30_000_000  # pixels; a grey picture of more is kept as one channel that is shown three times
Image = NDArray[np.uint8]  # (H, W, 3) RGB
Source = Any  # path, bytes, binary file, NumPy array or Pillow image

PICTURE_SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .png .bmp .dib .tif .tiff .webp .gif .pbm .pgm .ppm .pnm .jp2 .pdf .heic .heif .avif".split()
)


@dataclass(frozen=True)
class Frame:
    """One picture: RGB pixels (H, W, 3), the source's name, the page's number in it from 0, dots per inch if known.

    `text` holds the lines that the source itself states, as a PDF with a text layer does, where they were asked for.
    `notes` are sentences for a person about what is wrong with the picture. A large grey picture is a view of one
    channel: it takes a third of the memory, and libraries that need contiguous pixels must be given parts of it.
    """

    image: Image
    source: str | None = None
    index: int = 0
    dpi: float | None = None
    text: tuple[Line, ...] | None = None
    notes: tuple[str, ...] = ()


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
    """What is accepted, and how documents are opened.

    Most pixels of a frame, most bytes that one may take while it is decoded (None: any), dots per inch of rendered
    pages, page numbers from 0 (None: all), the password of a locked PDF, whether a PDF's own text is wanted.
    """

    max_pixels: int = MAX_PIXELS
    dpi: float = 200.0
    pages: PageRanges | frozenset[int] | None = None
    most_bytes: int | None = None
    password: str | None = None
    text_layer: bool = False


def frames(source: Source, rule: InputRule | None = None) -> Iterator[Frame]:
    """All pictures in a source, one after the other; InputError names the source and says what to do.

    It is an error if pages were asked for and the source has none of them, or if it holds no picture at all.
    """
    rule = rule or InputRule()
    content: bytes | None = None
    name: str | None = None
    if isinstance(source, np.ndarray):
        found = _array_frames(source, rule)
        where = "the given array"
    elif hasattr(source, "getbands"):  # a Pillow image
        from munja.imaging.picture_in import pillow_frames

        name = getattr(source, "filename", None) or None
        where = name or "the given picture"
        found = pillow_frames(source, name, rule)
    else:
        content, name = _content(source)
        where = name or "the given bytes"
        found = _content_frames(content, name, where, rule)
    empty = True
    for frame in found:
        empty = False
        yield frame
    if empty:
        count = count_frames(source if content is None else content, rule.password)
        if rule.pages is None or count == 0:
            raise InputError(f"{where}: holds no page; a picture or a document with at least one page was wanted")
        raise InputError(f"{where}: page {rule.pages} was asked for, it has {count} (pages count from 1)")


def count_frames(source: Source, password: str | None = None) -> int:
    """How many pictures a source holds, without decoding them."""
    if isinstance(source, np.ndarray):
        return 1
    if hasattr(source, "getbands"):
        return int(getattr(source, "n_frames", 1))
    content, name = _content(source)
    if is_pdf(content):
        from munja.imaging.pdf_in import pdf_length

        return pdf_length(content, name, password)
    from munja.imaging.picture_in import picture_length

    return picture_length(content, name or "the given bytes")


def is_pdf(content: bytes) -> bool:
    """Whether bytes are a PDF: its mark stands at their beginning, or soon after it."""
    return b"%PDF-" in content[:1024]


def printable(path: str | os.PathLike[str]) -> str:
    """A path as text that any document can hold: bytes of its name that are no UTF-8 become replacement characters."""
    return os.fsencode(path).decode(errors="replace")


def check_size(width: int, height: int, bytes_per_pixel: float, where: str, rule: InputRule) -> None:
    """InputError if a picture has more pixels than allowed, or takes more memory than allowed while it is decoded."""
    if width * height > rule.max_pixels:
        raise InputError(
            f"{where}: {width} x {height} pixels, more than max_pixels = {rule.max_pixels:,}; "
            "allow it with --max-pixels N (or Reader(max_pixels=N)), or make the picture smaller"
        )
    needed = width * height * bytes_per_pixel
    if rule.most_bytes is not None and needed > rule.most_bytes:
        raise InputError(
            f"{where}: {width} x {height} pixels take {needed / 1e9:.2f} GB while they are decoded, --memory leaves "
            f"{rule.most_bytes / 1e9:.2f} GB for one picture; allow more, or cut the picture into parts"
        )


def _content_frames(content: bytes, name: str | None, where: str, rule: InputRule) -> Iterator[Frame]:
    if not content:
        raise InputError(f"{where}: 0 bytes; a picture was wanted")
    if is_pdf(content):
        from munja.imaging.pdf_in import pdf_frames

        return pdf_frames(content, name, rule)
    from munja.imaging.picture_in import picture_frames

    return picture_frames(content, name, where, rule)


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
        name = getattr(source, "name", None)
        return _from_file(source), name if isinstance(name, str) else None
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


def _array_frames(array: NDArray[Any], rule: InputRule) -> Iterator[Frame]:
    image = _from_array(array, rule)
    if rule.pages is None or 0 in rule.pages:
        yield Frame(image)


def _from_array(array: NDArray[Any], rule: InputRule) -> Image:
    if array.dtype != np.uint8:
        raise InputError(
            f"an array of uint8 was wanted, got {array.dtype}; scale it to 0..255 and use .astype(np.uint8)"
        )
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or 0 in array.shape:
        raise InputError(f"an array (H, W), (H, W, 3) RGB or (H, W, 4) RGBA was wanted, got shape {array.shape}")
    check_size(array.shape[1], array.shape[0], 0.0, "the given array", rule)
    if channels == 4:
        return on_ground(array)
    if channels == 1:
        return three_channels(array.reshape(array.shape[:2]))
    return np.ascontiguousarray(array)


def three_channels(grey: NDArray[np.uint8]) -> Image:
    """A grey picture (H, W) as RGB (H, W, 3); of a large one, a view that takes no memory."""
    if grey.size > GREY_VIEW:
        return np.broadcast_to(grey[..., None], (*grey.shape, 3))
    return np.repeat(grey[..., None], 3, axis=2)


def on_ground(rgba: NDArray[np.uint8]) -> Image:
    """Lay a picture (H, W, 4) on white; on black if what is visible is nearly all white, as white text on glass."""
    height, width = rgba.shape[:2]
    solid = rgba[..., 3] > 127
    visible, bright = int(solid.sum()), int((np.all(rgba[..., :3] > 200, axis=2) & solid).sum())
    white = visible > 0 and bright > 0.95 * visible and visible < solid.size
    ground = 0 if white else 255
    blended = np.empty((height, width, 3), np.uint8)
    rows = max(1, 4_000_000 // width)  # a few rows at a time: 16-bit copies of a large picture would not fit
    for top in range(0, height, rows):
        part = rgba[top : top + rows]
        alpha = part[..., 3:].astype(np.uint16)
        blended[top : top + rows] = (part[..., :3] * alpha + ground * (255 - alpha) + 127) // 255
    return blended
