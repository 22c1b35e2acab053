"""Files made by hand, which no library would write."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest


def png(width: int, height: int, depth: int, colour: int, rows: bytes) -> bytes:
    """A PNG file of `depth` bits per sample and colour type `colour`, from its unfiltered rows."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(scope="session")
def make_png() -> Callable[[int, int, int, int, bytes], bytes]:
    return png
