"""What a person names on the command line: files, folders, patterns, standard input, pages and regions."""

from __future__ import annotations

import glob
import io
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from munja.core.errors import InputError, SpecError

if TYPE_CHECKING:
    from munja.imaging.image import PageRanges

STANDARD_INPUT = ("-", "/dev/stdin")
_MAGIC = frozenset("*?[")


@dataclass(frozen=True)
class Input:
    """One source: what to call it, where its results stand below the results' folder, and what to open."""

    name: str
    place: Path
    path: Path | None
    content: bytes | None = None

    def open(self) -> Any:
        """The source as a reader takes it: a path, or a file in memory that knows its name."""
        if self.path is not None:
            return self.path
        file = io.BytesIO(self.content or b"")
        file.name = self.name
        return file

    @property
    def origin(self) -> Path | bytes | None:
        """The source as a writer takes it: a path or bytes."""
        return self.path if self.path is not None else self.content


def expand(sources: Iterable[str]) -> Iterator[Input]:
    """The pictures that the sources name; each is there, InputError says which is not.

    A source is a file, a folder (all pictures below it), a pattern such as `scans/**/*.tif`, or `-` for standard input.
    """
    used = False
    for source in sources:
        if source in STANDARD_INPUT:
            if used:
                raise InputError("-: standard input was named twice; it can be read once")
            used = True
            yield Input("standard input", Path("stdin"), None, _standard_input())
            continue
        path = Path(source)
        if os.path.exists(path):  # unlike Path.exists, it also takes a name that is too long
            yield from _existing(path)
        elif _MAGIC & set(source):
            found = sorted(glob.glob(source, recursive=True))
            if not found:
                raise InputError(f"{source}: no file fits this pattern")
            for each in found:
                if not os.path.isdir(each):
                    yield from _existing(Path(each))
        else:
            raise InputError(f"{path}: no such file or folder")


def _existing(path: Path) -> Iterator[Input]:
    from munja.imaging.image import PICTURE_SUFFIXES, printable

    if not os.path.isdir(path):
        yield Input(printable(path), Path(path.name), path)
        return
    found = sorted(each for each in path.rglob("*") if each.suffix.lower() in PICTURE_SUFFIXES and each.is_file())
    if not found:
        kinds = " ".join(sorted(PICTURE_SUFFIXES))
        raise InputError(f"{path}: a folder without pictures (looked for {kinds})")
    yield from (Input(printable(each), each.relative_to(path), each) for each in found)


def _standard_input() -> bytes:
    if sys.stdin.isatty():
        raise InputError("-: a picture was wanted on standard input: munja read - < FILE")
    content = sys.stdin.buffer.read()
    if not content:
        raise InputError("-: standard input held nothing; a picture was wanted")
    return content


def parse_pages(text: str) -> PageRanges:
    """Page numbers from 0 for ranges that count from 1, such as `1-3,7`."""
    from munja.imaging.image import PageRanges

    ranges: list[range] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        counts = [each.isascii() and each.isdigit() for each in (first, last)]
        if not counts[0] or (dash and not counts[1]) or int(first) < 1 or (dash and int(last) < int(first)):
            raise SpecError(f"--pages {text}: pages counted from 1 were wanted, such as 1-3,7")
        ranges.append(range(int(first) - 1, int(last) if dash else int(first)))
    return PageRanges(tuple(ranges))


def parse_region(text: str) -> tuple[int, int, int, int]:
    """x, y, width and height in pixels of a text such as `0,100,640,200`."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise SpecError(f"--region {text}: x,y,width,height in pixels were wanted, such as 0,100,640,200")
    x, y, width, height = (int(part) for part in parts)
    if not width or not height:
        raise SpecError(f"--region {text}: its width and height are {width} and {height}; 1 or more were wanted")
    return x, y, width, height
