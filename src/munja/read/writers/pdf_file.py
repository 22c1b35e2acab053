"""The objects of a PDF file, written one after the other, so that no more than one is in memory."""

from __future__ import annotations

import hashlib
import zlib
from typing import BinaryIO

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # four bytes above 127 say that the file is binary


class PdfFile:
    """Writes numbered objects to a target, then the table that says where each stands."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._offset = 0
        self._places: dict[int, int] = {}
        self._count = 0
        self._hash = hashlib.md5(usedforsecurity=False)
        self._shared: dict[bytes, int] = {}
        self._write(HEADER)

    def reserve(self) -> int:
        """A number for an object that is written later."""
        self._count += 1
        return self._count

    def add(self, body: str, number: int | None = None) -> int:
        """Write an object; its number."""
        number = self.reserve() if number is None else number
        self._places[number] = self._offset
        self._write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
        return number

    def stream(self, data: bytes, entries: str = "", *, number: int | None = None, packed: bool = False) -> int:
        """Write a stream with these entries in its dictionary, compressed unless it is `packed` already."""
        if not packed:
            data = zlib.compress(data, 9)
            entries += " /Filter /FlateDecode"
        number = self.reserve() if number is None else number
        self._places[number] = self._offset
        self._write(f"{number} 0 obj\n<< {entries.strip()} /Length {len(data)} >>\nstream\n".encode("latin-1"))
        self._write(data)
        self._write(b"\nendstream\nendobj\n")
        return number

    def shared(self, data: bytes, entries: str = "") -> int:
        """A stream that is written once, however often it is asked for."""
        key = hashlib.sha256(entries.encode() + b"\0" + data).digest()
        if key not in self._shared:
            self._shared[key] = self.stream(data, entries)
        return self._shared[key]

    def finish(self, root: int, info: int) -> None:
        """Write the table of objects and the trailer with the catalogue `root` and the `info` dictionary."""
        start = self._offset
        rows = [f"{self._places[number]:010d} 00000 n \n" for number in range(1, self._count + 1)]
        self._write(f"xref\n0 {self._count + 1}\n0000000000 65535 f \n{''.join(rows)}".encode())
        mark = self._hash.hexdigest()
        trailer = f"<< /Size {self._count + 1} /Root {root} 0 R /Info {info} 0 R /ID [<{mark}> <{mark}>] >>"
        self._write(f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode())

    def _write(self, data: bytes) -> None:
        self._target.write(data)
        self._hash.update(data)
        self._offset += len(data)


def number(value: float) -> str:
    """A number as PDF writes it, to a thousandth."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def text_string(text: str) -> str:
    """A text as PDF writes it, whatever characters it has."""
    return "<" + (b"\xfe\xff" + text.encode("utf-16-be", errors="replace")).hex() + ">"
