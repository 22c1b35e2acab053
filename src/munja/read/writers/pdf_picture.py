"""The picture of a PDF page: JPEG and PNG data as they are in the source, anything else compressed without loss."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from munja.core.errors import InputError
from munja.core.page import Page
from munja.imaging.image import Image
from munja.read.writers.pdf_file import PdfFile
from munja.read.writers.pictures import (
    QUALITY,
    JpegHead,
    PngParts,
    SourcePicture,
    encode,
    group4,
    is_bilevel,
    jpeg_head,
    needed,
    png_parts,
    simplest,
)

_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_PROFILES = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
# How the unit square that a PDF draws a picture into goes onto a page of one by one, for each EXIF orientation.
_TURNS = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}


@dataclass(frozen=True, slots=True)
class PdfPicture:
    """A picture that was written: its object, how it is turned, and whether PDF/A allows it."""

    number: int
    turn: tuple[int, int, int, int, int, int]
    archival: bool


def write_picture(file: PdfFile, page: Page, picture: Image | None, source: SourcePicture) -> PdfPicture:
    """Write the picture of a Page; InputError if neither the source nor the caller has it."""
    jpeg = source.jpeg(page)
    if jpeg is not None:
        return _jpeg(file, *jpeg)
    png = source.png(page)
    if png is not None:
        return _png(file, png[1])
    plain = simplest(needed(page, picture))
    if is_bilevel(plain):
        height, width = plain.shape
        data, inverted = group4(plain)
        entries = f"/DecodeParms << /K -1 /Columns {width} /Rows {height} /BlackIs1 {str(inverted).lower()} >>"
        entries += " /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode"
        return PdfPicture(_stream(file, data, width, height, entries), _TURNS[1], True)
    if source.lossy:
        content = encode(plain, ".jpg", cv2.IMWRITE_JPEG_QUALITY, QUALITY)
        head = jpeg_head(content)
        if head is not None:
            return _jpeg(file, content, head)
    parts = png_parts(encode(plain, ".png", cv2.IMWRITE_PNG_COMPRESSION, 6))
    if parts is None:
        raise InputError(f"{page.source or 'this page'}: its picture cannot be stored: OpenCV gave no plain PNG")
    return _png(file, parts)


def _jpeg(file: PdfFile, content: bytes, head: JpegHead) -> PdfPicture:
    profile = head.profile if head.profile and _fits(head.profile, head.channels) else None
    space = _SPACES[head.channels]
    if profile:
        space = f"[/ICCBased {file.shared(profile, f'/N {head.channels} /Alternate {space}')} 0 R]"
    entries = f"/ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode"
    if head.channels == 4:  # stored inverted, as Adobe began it and as every reader, ours too, takes it
        entries += " /Decode [1 0 1 0 1 0 1 0]"
    if head.plain_rgb:
        entries += " /DecodeParms << /ColorTransform 0 >>"
    number = _stream(file, content, head.width, head.height, entries)
    return PdfPicture(number, _TURNS[head.orientation], profile is not None or head.channels != 4)


def _png(file: PdfFile, parts: PngParts) -> PdfPicture:
    space = _SPACES[parts.channels]
    if parts.palette is not None:
        space = f"[/Indexed /DeviceRGB {len(parts.palette) // 3 - 1} <{parts.palette.hex()}>]"
    entries = (
        f"/ColorSpace {space} /BitsPerComponent {parts.bits} /Filter /FlateDecode /DecodeParms << /Predictor 15"
        f" /Colors {parts.channels} /BitsPerComponent {parts.bits} /Columns {parts.width} >>"
    )
    return PdfPicture(_stream(file, parts.data, parts.width, parts.height, entries), _TURNS[1], True)


def _stream(file: PdfFile, data: bytes, width: int, height: int, entries: str) -> int:
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
    return file.stream(data, head + entries, packed=True)


def _fits(profile: bytes, channels: int) -> bool:
    """Whether a colour profile is one for so many channels that PDF/A knows: of a device or a space, version 2 or 4."""
    kind, space, mark = profile[12:16], profile[16:20], profile[36:40]
    return (
        mark == b"acsp"
        and len(profile) == int.from_bytes(profile[:4], "big")
        and profile[8] in (2, 4)
        and kind in (b"scnr", b"mntr", b"prtr", b"spac")
        and space == _PROFILES[channels]
    )
